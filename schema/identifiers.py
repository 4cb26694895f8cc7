"""Identifiers: plain strings ``kind/name`` or ``kind/document/name``."""

import os
import re
import time
import uuid
from dataclasses import dataclass
from typing import Annotated

from pydantic import AfterValidator

from schema.errors import shown

KINDS = (
    "actor",
    "role",
    "issue",
    "claim",
    "event",
    "statement",
    "source",
    "link",
    "judgement",
)
MAX_LENGTH = 200
_FORM = re.compile(r"(?P<kind>[a-z]+)(?:/[a-z0-9-]+){1,2}")


@dataclass(frozen=True, slots=True)
class Ref:
    """Marks a field that names another thing: of which kinds, and whether chains may close.

    ``relation`` overrides the field's path as the name of the relation, so that two fields
    can share one acyclicity check.
    """

    kinds: tuple[str, ...]
    acyclic: bool = False
    relation: str | None = None


def kind_of(identifier: str) -> str:
    """Return the kind of an identifier.

    :raises ValueError: the text is not an identifier; the message says what one looks like.
    """
    match = _FORM.fullmatch(identifier)
    if match is None or len(identifier) > MAX_LENGTH:
        raise ValueError(
            f"{shown(identifier)} is not an identifier: kind/name or kind/document/name, "
            f"each of a-z, 0-9 and '-', at most {MAX_LENGTH} characters"
        )
    if match["kind"] not in KINDS:
        raise ValueError(f"{shown(identifier)} has an unknown kind; known are {', '.join(KINDS)}")
    return match["kind"]


def made_id(kind: str) -> str:
    """Make a new identifier whose name is a UUIDv7 (RFC 9562, section 5.7)."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds & (2**48 - 1)) << 80 | int.from_bytes(os.urandom(10), "big")
    value = value & ~(0xF << 76) | 0x7 << 76  # version 7
    value = value & ~(0x3 << 62) | 0x2 << 62  # the variant of RFC 9562
    return f"{kind}/{uuid.UUID(int=value)}"


def _ids(*kinds: str) -> AfterValidator:
    def check(identifier: str) -> str:
        if kind_of(identifier) not in kinds:
            raise ValueError(f"{shown(identifier)} is not the id of {_one_of(kinds)}")
        return identifier

    return AfterValidator(check)


def _one_of(kinds: tuple[str, ...]) -> str:
    return " or ".join(f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}" for kind in kinds)


ActorId = Annotated[str, _ids("actor"), Ref(("actor",))]
RoleId = Annotated[str, _ids("role"), Ref(("role",))]
IssueId = Annotated[str, _ids("issue"), Ref(("issue",))]
ClaimId = Annotated[str, _ids("claim"), Ref(("claim",))]
EventId = Annotated[str, _ids("event"), Ref(("event",))]
StatementId = Annotated[str, _ids("statement"), Ref(("statement",))]
SourceId = Annotated[str, _ids("source"), Ref(("source",))]

WholeActorId = Annotated[str, _ids("actor"), Ref(("actor",), acyclic=True, relation="actorPartOf")]
BroaderIssueId = Annotated[str, _ids("issue"), Ref(("issue",), acyclic=True)]
RelayedStatementId = Annotated[str, _ids("statement"), Ref(("statement",), acyclic=True)]
WithdrawnStatementId = Annotated[str, _ids("statement"), Ref(("statement",), acyclic=True)]
OriginSourceId = Annotated[str, _ids("source"), Ref(("source",), acyclic=True)]
RevisedSourceId = Annotated[str, _ids("source"), Ref(("source",), acyclic=True)]
_JUDGED = ("actor", "issue", "claim", "statement", "event", "source")
JudgedId = Annotated[str, _ids(*_JUDGED), Ref(_JUDGED)]
LinkedId = Annotated[str, _ids("actor", "claim", "event"), Ref(("actor", "claim", "event"))]


AnyId = Annotated[str, _ids(*KINDS)]


def own_id(kind: str) -> AfterValidator:
    """Return the check for an entry's own id, which refers to nothing."""
    return _ids(kind)
