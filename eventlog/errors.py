"""What a log can refuse or fail at; each message is one sentence."""

from collections.abc import Sequence
from dataclasses import dataclass


class LogError(Exception):
    """Base of the errors of this package."""


class LogUnavailable(LogError):
    """Raised when the store cannot be read or written; nothing was acknowledged."""


class WrongFormat(LogError):
    """Raised when a log was written in a format that this program does not read."""


class Refused(LogError):
    """Base of the refusals of an append, which then changed nothing."""


class InvalidAppend(Refused):
    """Raised when an append is empty, too large, or names a subject twice."""


@dataclass(frozen=True, slots=True)
class Dangling:
    """A reference to something that is not on record."""

    subject: str
    relation: str
    target: str


class UnknownReference(Refused):
    """Raised when entries refer to things that are not on record, naming all of them."""

    def __init__(self, dangling: Sequence[Dangling]) -> None:
        self.dangling = tuple(dangling)
        shown = "; ".join(f"{one.subject}: {one.relation} {one.target}" for one in dangling[:10])
        more = f"; and {len(dangling) - 10} more" if len(dangling) > 10 else ""
        super().__init__(f"not on record: {shown}{more}")


class AlreadyRecorded(Refused):
    """Raised when ids are on record with other content."""

    def __init__(self, ids: Sequence[str]) -> None:
        self.ids = tuple(ids)
        shown = ", ".join(ids[:10]) + (f" and {len(ids) - 10} more" if len(ids) > 10 else "")
        super().__init__(f"on record with other content: {shown}")


class Cycle(Refused):
    """Raised when references that must not close would close."""

    def __init__(self, relation: str, source: str, target: str) -> None:
        self.relation, self.source, self.target = relation, source, target
        super().__init__(f"{relation} from {source} to {target} would close a cycle")


class RevisionConflict(Refused):
    """Raised when a thing's revision is not the expected one."""

    def __init__(self, subject: str, expected: int, actual: int) -> None:
        self.subject, self.expected, self.actual = subject, expected, actual
        super().__init__(f"{subject} has revision {actual}, not {expected}")


class IdempotencyConflict(Refused):
    """Raised when an idempotency key was used for another append."""

    def __init__(self, key: str) -> None:
        self.key = key
        super().__init__(f"the idempotency key {key!r} was used for another append")


class Tampered(LogError):
    """Raised when an entry is not what was appended at its position."""

    def __init__(self, position: int, reason: str) -> None:
        self.position, self.reason = position, reason
        super().__init__(f"the log is not as it was written: position {position} {reason}")
