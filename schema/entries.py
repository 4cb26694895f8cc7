"""Every kind of entry of the log, and how one is read back from its bytes."""

from schema.changes import CHANGE_TYPES, Amended, AnyChange, Content, Reinstated, Retracted
from schema.decoding import Decoder
from schema.things import (
    LINKED_KINDS,
    THING_TYPES,
    THINGS,
    ActorKind,
    ActorRecorded,
    AnyThing,
    Attribution,
    ClaimRecorded,
    EventRecorded,
    EventStatus,
    Force,
    IdentityJudged,
    IdentityType,
    IssueRecorded,
    LinkRecorded,
    LinkType,
    Polarity,
    Recorded,
    RoleRecorded,
    SourceKind,
    SourceRecorded,
    StatementRecorded,
)
from schema.upcasting import STEPS

__all__ = [
    "CHANGE_TYPES",
    "ENTRY_TYPES",
    "LINKED_KINDS",
    "THINGS",
    "THING_TYPES",
    "ActorKind",
    "ActorRecorded",
    "Amended",
    "AnyChange",
    "AnyEntry",
    "AnyThing",
    "Attribution",
    "ClaimRecorded",
    "Content",
    "EventRecorded",
    "EventStatus",
    "Force",
    "IdentityJudged",
    "IdentityType",
    "IssueRecorded",
    "LinkRecorded",
    "LinkType",
    "Polarity",
    "Recorded",
    "Reinstated",
    "Retracted",
    "RoleRecorded",
    "SourceKind",
    "SourceRecorded",
    "StatementRecorded",
    "decode",
    "decode_thing",
]

AnyEntry = AnyThing | AnyChange
ENTRY_TYPES: tuple[type[AnyEntry], ...] = (*THING_TYPES, *CHANGE_TYPES)

_DECODER: Decoder[AnyEntry] = Decoder(ENTRY_TYPES, STEPS)
_THINGS: Decoder[AnyThing] = Decoder(THING_TYPES, STEPS)


def decode(kind: str, version: int, payload: bytes) -> AnyEntry:
    """Read an entry back from its bytes; one of an older version is lifted to the present one.

    :raises NewerVersion: the kind, or this version of it, is unknown: a newer program wrote it.
    :raises NotAnEntry: the bytes are not an entry of that kind and version.
    """
    return _DECODER.decode(kind, version, payload)


def decode_thing(content: Content) -> AnyThing:
    """Return what a thing says, in the present version of its kind; raises as :func:`decode`."""
    return _THINGS.decode(*content)
