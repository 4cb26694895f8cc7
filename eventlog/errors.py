"""What a log can refuse or fail at; each message is one sentence."""

from collections.abc import Sequence
from dataclasses import dataclass

_SHOWN = 10


class LogError(Exception):
    """Base of the errors of this package."""


class LogUnavailable(LogError):
    """Raised when the store cannot be read or written; nothing was acknowledged."""


class OutcomeUnknown(LogUnavailable):
    """Raised when a commit was asked for, and nobody could be asked whether it was done.

    Asking again with the same idempotency key finds out, and appends only what was not.
    """


class LogBusy(LogUnavailable):
    """Raised when more is waiting to be appended than a log takes in good time."""


class LogClosed(LogUnavailable):
    """Raised when the log was closed, or the writer in front of it; nothing was written."""


class LogDamaged(LogUnavailable):
    """Raised when what the store holds cannot be read as what was written to it."""


class WrongFormat(LogError):
    """Raised when a log was written in a format that this program does not read."""


class Refused(LogError):
    """Base of the refusals of an append, which then changed nothing."""


class InvalidAppend(Refused):
    """Raised when an append is empty, too large, names a subject twice, or has unfit values."""


@dataclass(frozen=True, slots=True)
class Dangling:
    """A reference to something that is not on record, or was retracted."""

    subject: str
    relation: str
    target: str
    retracted: bool = False


class UnknownReference(Refused):
    """Raised when entries refer to things that are not on record, naming all of them."""

    def __init__(self, dangling: Sequence[Dangling]) -> None:
        self.dangling = tuple(dangling)
        parts = []
        for retracted, what in ((False, "not on record"), (True, "retracted")):
            ones = [one for one in dangling if one.retracted == retracted]
            named = [f"{one.target} ({one.relation} of {one.subject})" for one in ones]
            parts += [f"{what}: {_some(named)}"] if named else []
        super().__init__("; ".join(parts))


class NotOnRecord(Refused):
    """Raised when what is to be changed was never put on record."""

    def __init__(self, ids: Sequence[str]) -> None:
        self.ids = tuple(ids)
        super().__init__(f"not on record: {_some(ids)}")


class IsRetracted(Refused):
    """Raised when what is to be recorded again or changed was retracted; it can be reinstated."""

    def __init__(self, ids: Sequence[str]) -> None:
        self.ids = tuple(ids)
        super().__init__(f"retracted, and only a reinstatement gives it back: {_some(ids)}")


class NotRetracted(Refused):
    """Raised when what is to be reinstated is on record."""

    def __init__(self, ids: Sequence[str]) -> None:
        self.ids = tuple(ids)
        super().__init__(f"not retracted: {_some(ids)}")


class StillInUse(Refused):
    """Raised when live things depend on what is to be retracted: all of them, in order."""

    def __init__(self, ids: Sequence[str], dependants: Sequence[str]) -> None:
        self.ids, self.dependants = tuple(ids), tuple(dependants)
        super().__init__(
            f"{_some(ids)} cannot be retracted while in use by {_some(dependants)}: amend or "
            "retract what uses it too, or let a cascade retract it"
        )


class Outdated(Refused):
    """Raised when an append was made from a state of the record that is no longer the last."""

    def __init__(self, subject: str) -> None:
        self.subject = subject
        super().__init__(
            f"{subject}, or what depends on it, was changed by somebody else in this moment: "
            "try again"
        )


class AlreadyRecorded(Refused):
    """Raised when ids are on record with other content."""

    def __init__(self, ids: Sequence[str]) -> None:
        self.ids = tuple(ids)
        super().__init__(f"on record with other content: {_some(ids)}")


class Cycle(Refused):
    """Raised when edges that must not lead back would.

    ``ids`` are the things on the way round, along the edges, the first one again at the end.
    """

    def __init__(self, relation: str, ids: Sequence[str]) -> None:
        self.relation, self.ids = relation, tuple(ids)
        way = [*ids[: _SHOWN - 1], "...", ids[-1]] if len(ids) > _SHOWN + 1 else ids
        super().__init__(f"{relation} would close a cycle: {' -> '.join(way)}")


class RevisionConflict(Refused):
    """Raised when a thing's revision is not the expected one; 0 is "not on record"."""

    def __init__(self, subject: str, expected: int, actual: int) -> None:
        self.subject, self.expected, self.actual = subject, expected, actual
        found = f"has revision {actual}" if actual else "is not on record"
        wanted = f"expected at revision {expected}" if expected else "expected to be new"
        super().__init__(f"{subject} {found}, but was {wanted}")


class IdempotencyConflict(Refused):
    """Raised when an idempotency key was used for another append."""

    def __init__(self, key: str) -> None:
        self.key = key
        super().__init__(f"the idempotency key {key!r} was used for another append")


class OtherLog(LogError):
    """Raised when a log is not the one that something else is of, or not what that says of it."""


class WrongExport(LogError):
    """Raised when an export is not what was exported; names the line, and the entry's position."""


class Unreadable(LogError):
    """Raised when what is asked needs an entry that this program cannot read; says what to do."""

    def __init__(self, position: int, subject: str, reason: str) -> None:
        self.position, self.subject, self.reason = position, subject, reason
        super().__init__(f"position {position:,} ({subject}) cannot be read: {reason}")


class Tampered(LogError):
    """Raised when an entry is not what was appended at its position."""

    def __init__(self, position: int, reason: str) -> None:
        self.position, self.reason = position, reason
        super().__init__(f"the log is not as it was written: position {position} {reason}")


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more
