"""Reading entries back from the bytes that the log keeps, whatever version wrote them."""

from collections.abc import Iterable
from typing import ClassVar, Generic, Protocol, TypeVar

import orjson
from pydantic import TypeAdapter, ValidationError

from schema.errors import faults_of
from schema.upcasting import Payload, Steps, lift


class Undecodable(ValueError):
    """Raised when bytes cannot be read as an entry; the message is one sentence."""


class NotAnEntry(Undecodable):
    """Raised when bytes are not what an entry of their kind and version holds: a defect."""


class NewerVersion(Undecodable):
    """Raised for a kind, or a version of a kind, that this program does not know yet.

    Kinds are never given up and versions only count up, so a newer program wrote it.
    """


class Versioned(Protocol):
    """A model of entries: the kind that it is of, and the version of the kind."""

    VERSION: ClassVar[int]

    @classmethod
    def kind(cls) -> str:
        """Return the entry kind."""
        ...


EntryT = TypeVar("EntryT", bound=Versioned)


class Decoder(Generic[EntryT]):
    """Reads entries of some models, and those of their older versions by the steps between.

    :raises ValueError: a step is missing, or leads to no model.
    """

    def __init__(self, models: Iterable[type[EntryT]], steps: Steps) -> None:
        self._models = {one.kind(): (one.VERSION, TypeAdapter(one)) for one in models}
        self._steps = steps
        wanted = {
            (kind, version)
            for kind, (current, _) in self._models.items()
            for version in range(1, current)
        }
        if wrong := sorted(wanted ^ steps.keys()):
            raise ValueError(f"steps between versions are missing, or lead nowhere: {wrong}")

    def decode(self, kind: str, version: int, payload: bytes) -> EntryT:
        """Read an entry from its bytes, as one of the present version of its kind.

        :raises NewerVersion: no model of that kind, or not of a version as new.
        :raises NotAnEntry: the bytes are not an entry of that kind and version.
        """
        known = self._models.get(kind)
        if known is None:
            raise NewerVersion(_newer(kind, version, ""))
        current, adapter = known
        if version != current:
            payload = self._lifted(kind, version, current, payload)
        try:
            return adapter.validate_json(payload, by_alias=True, by_name=False)
        except ValidationError as error:
            raise NotAnEntry(str(faults_of(error)[0])) from error

    def _lifted(self, kind: str, version: int, current: int, payload: bytes) -> bytes:
        if version > current:
            raise NewerVersion(_newer(kind, version, f", which knows it up to version {current}"))
        if version < 1:
            raise NotAnEntry(f"no {kind} has version {version}: versions begin at 1")
        return orjson.dumps(lifted(kind, version, current, payload, self._steps))


def lifted(kind: str, version: int, to: int, payload: bytes, steps: Steps) -> Payload:
    """Return what a payload of one version is in a later one of the same kind.

    :raises NewerVersion: that version is not known here.
    :raises NotAnEntry: the bytes are not what its own version holds.
    """
    known = next((one for one in range(version, to) if (kind, one) not in steps), to)
    if known < to:
        raise NewerVersion(_newer(kind, to, f", which knows it up to version {known}"))
    try:
        return dict(lift(orjson.loads(payload), kind, version, to, steps))
    except Exception as error:  # what a step does with a payload that it was not made for
        raise NotAnEntry(f"is not what {kind} of version {version} holds") from error


def _newer(kind: str, version: int, known: str) -> str:
    return (
        f"no {kind} of version {version} is known to this program{known}: "
        "use the newer program that wrote it"
    )
