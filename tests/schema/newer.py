"""A newer program: it knows actors of version 2, which say how their name is said."""

from typing import ClassVar

from schema import entries
from schema.decoding import Decoder
from schema.entries import CHANGE_TYPES, THING_TYPES, AnyEntry, AnyThing, Content
from schema.upcasting import Payload, Steps
from schema.values import Text


class ActorRecorded(entries.ActorRecorded):
    """An actor of version 2."""

    VERSION: ClassVar[int] = 2

    said: Text


def with_sound(payload: Payload) -> Payload:
    """Return an actor of version 1 as one of version 2."""
    return {**payload, "said": payload["name"]}


STEPS: Steps = {("ActorRecorded", 1): with_sound}

_OTHERS: list[type[AnyThing]] = [one for one in THING_TYPES if one is not entries.ActorRecorded]
_THINGS: Decoder[AnyThing] = Decoder([*_OTHERS, ActorRecorded], STEPS)

decode = Decoder[AnyEntry]([*_OTHERS, ActorRecorded, *CHANGE_TYPES], STEPS).decode
"""What the newer program reads entries by."""


def decode_thing(content: Content) -> AnyThing:
    """Return what the newer program reads things as."""
    return _THINGS.decode(*content)


def older(name: str) -> entries.ActorRecorded:
    """Return an actor as version 1 has it."""
    given = {"id": f"actor/{name}", "name": name, "kind": "PERSON"}
    return entries.ActorRecorded.model_validate(given)


def newer(name: str, said: str | None = None) -> ActorRecorded:
    """Return an actor as version 2 has it."""
    given = {"id": f"actor/{name}", "name": name, "kind": "PERSON", "said": said or name}
    return ActorRecorded.model_validate(given)
