"""The entries that change what is on record: fields replaced, a thing taken back, or given back.

They are corrections of ours. What a speaker took back is a statement (``withdraws``), and what a
publisher corrected is a source (``revisionOf``): facts about the world.
"""

from collections.abc import Mapping
from typing import Annotated, NamedTuple, TypeAlias

import orjson
from pydantic import AfterValidator, Field

from schema.canonical import MAX_INTEGER
from schema.decoding import NotAnEntry, lifted
from schema.identifiers import AnyId
from schema.things import Recorded
from schema.upcasting import STEPS, Steps
from schema.values import Text, check_storable

Json: TypeAlias = "str | int | bool | list[Json] | dict[str, Json] | None"

MAX_DEPTH = 8
"""How deep the values of a field are nested; far deeper than any field is."""


def _checked(fields: dict[str, object]) -> dict[str, object]:
    if "id" in fields:
        raise ValueError("an id is never amended: retract the thing, and record another one")
    for name, value in fields.items():
        if not (name.isascii() and name.isalnum()):
            raise ValueError(f"{name!a} is no name of a field")
        _check_plain(value, MAX_DEPTH)
    return fields


def _check_plain(value: object, depth: int) -> None:
    """Refuse what has no canonical JSON (see :mod:`schema.canonical`)."""
    match value:
        case None | bool():
            return
        case str():
            check_storable(value)
        case int():
            if abs(value) > MAX_INTEGER:
                raise ValueError("an integer is at most 2**53 - 1")
        case list() | dict() if depth == 0:
            raise ValueError(f"is nested more than {MAX_DEPTH} deep")
        case list():
            for item in value:
                _check_plain(item, depth - 1)
        case dict():
            for key, item in value.items():
                if not (isinstance(key, str) and key.isascii() and key.isalnum()):
                    raise ValueError(f"{key!a} is no name of a field")
                _check_plain(item, depth - 1)
        case float():
            raise ValueError("holds a number with a fraction: amounts are written as texts")
        case _:
            raise ValueError(f"holds a {type(value).__name__}, which has no JSON")


class Amended(Recorded):
    """Fields of a thing replaced; those that are not named stay as they are."""

    id: AnyId
    """The thing that is amended."""
    fields: Annotated[dict[str, object], Field(min_length=1), AfterValidator(_checked)]
    """The new values by field, as the thing's own entry has them; null leaves a field out."""
    of_version: Annotated[int, Field(ge=1)] = 1
    """The version of the thing's kind that the fields are of."""
    reason: Text
    """Why."""


class Retracted(Recorded):
    """A thing taken back: we were wrong to record it. It leaves every current answer."""

    id: AnyId
    """The thing that is taken back."""
    reason: Text
    """Why."""
    cascaded_from: AnyId | None = None
    """The thing that it depends on, with which it was taken back."""


class Reinstated(Recorded):
    """A retraction taken back: the thing is on record again as it was."""

    id: AnyId
    """The thing that is given back."""
    reason: Text
    """Why."""


AnyChange = Amended | Retracted | Reinstated
CHANGE_TYPES: tuple[type[AnyChange], ...] = (Amended, Retracted, Reinstated)


class Content(NamedTuple):
    """What a thing says as a whole, in the form that a version of its kind has."""

    kind: str
    version: int
    payload: bytes

    def amended(self, change: Amended, steps: Steps = STEPS) -> "Content":
        """Return what the thing says after a change, which has still to be decoded.

        What was recorded before the change was of the present version is lifted to that of the
        change; together they are lifted further when the thing is decoded.

        :raises NewerVersion: the change is of a version that is not known here.
        :raises NotAnEntry: it is of an older version than what it changes, or that is none.
        """
        version = change.of_version
        if version < self.version:
            raise NotAnEntry(f"amends version {version} of {self.kind}, but it has {self.version}")
        told = lifted(self.kind, self.version, version, self.payload, steps)
        replaced = {**told, **change.fields}
        payload = {name: value for name, value in replaced.items() if value is not None}
        return Content(self.kind, version, orjson.dumps(payload, option=orjson.OPT_SORT_KEYS))


def changed_fields(before: Mapping[str, object], now: Mapping[str, object]) -> dict[str, object]:
    """Return the fields that an amendment has to name so that ``before`` becomes ``now``.

    Both are payloads as the log has them, with defaults left out.
    """
    return {
        name: now.get(name)
        for name in sorted(before.keys() | now.keys())
        if name != "id" and before.get(name) != now.get(name)
    }
