"""The log's interface: what every store does, whatever database it keeps its entries in.

A store knows headers, references and bytes, not kinds of entries.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Protocol

from eventlog.appending import check_request
from eventlog.entries import (
    NOTHING_SEEN,
    Append,
    Appended,
    Entry,
    Head,
    NewEntry,
    Restored,
    Seen,
    Subject,
    Verified,
)
from eventlog.errors import InvalidAppend, LogDamaged, Refused, Tampered
from eventlog.planning import Kept, Needs, Plan, State, needs, plan, timestamp
from eventlog.restoring import needs_of_entries, needs_of_kept, plan_entries, plan_kept
from eventlog.verification import Anchor, Progress, verified

FORMAT = "0.1.0"
"""The format of what this program writes: headers, hashes, and the lines of an export."""

BATCH = 1000
_BEFORE_ALL = -(2**63)  # also before what somebody may have put below position 1

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """Return the present time in UTC."""
    return datetime.now(UTC)


class GroupAppending(Protocol):
    """What can be appended to for several callers at once."""

    def append_group(self, appends: Sequence[Append]) -> list[Appended | Refused]:
        """Append in one transaction, each on its own; see :meth:`Log.append_group`."""
        ...


class Log(ABC):
    """An append-only log. Its methods can be called from any thread.

    Positions are 1, 2, 3, ... without a gap; no reader sees a position before all lower ones;
    ``recordedAt`` never decreases. What was acknowledged survives a crash of the machine.
    Every method raises :class:`~eventlog.errors.LogUnavailable` when the store fails.

    Beside the entries, which are the truth, a store keeps what its checks need: the things on
    record, their edges and the outcomes of idempotent appends. Things and edges could be built
    again from the entries by a function that reads edges off a payload, which a store cannot.
    """

    log_id: str
    """The log's identity: a random UUID in text, made with it."""

    genesis: str
    """The hash before the first entry, in hexadecimal."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def append(
        self,
        entries: Sequence[NewEntry],
        *,
        recorded_by: str,
        idempotency_key: str | None = None,
        expected_revisions: Mapping[str, int] | None = None,
        dry_run: bool = False,
        seen: Seen = NOTHING_SEEN,
    ) -> Appended:
        """Append entries in one transaction, or none of them.

        Entries whose subject says the same already are left out: it is live, and its content was
        recorded by the same kind, version and payload, or the entry is marked so. An append with
        an idempotency key that was seen before changes nothing and gives the first outcome again.
        ``dry_run`` answers what would be appended and writes nothing. An append that was refused
        leaves its idempotency key unused. ``seen`` is what was looked at to make the entries.

        :raises InvalidAppend: no entry or too many, a subject twice, an unfit name or value.
        :raises IdempotencyConflict: the key was used for another append.
        :raises RevisionConflict: a subject's revision is not the expected one; 0 is "not yet".
        :raises AlreadyRecorded: subjects are on record with other content.
        :raises NotOnRecord: subjects to change are not on record.
        :raises IsRetracted: subjects to record or to change were retracted.
        :raises NotRetracted: subjects to reinstate were not.
        :raises Outdated: what was looked at has changed since.
        :raises StillInUse: live things refer to subjects to retract.
        :raises UnknownReference: edges end at things that are not on record, or retracted.
        :raises Cycle: an acyclic relation would lead back.
        """
        request = Append(
            tuple(entries), recorded_by, idempotency_key, expected_revisions or {}, dry_run, seen
        )
        (outcome,) = self.append_group([request])
        if isinstance(outcome, Refused):
            raise outcome
        return outcome

    def append_group(self, appends: Sequence[Append]) -> list[Appended | Refused]:
        """Append for several callers in one durable transaction, in order, each on its own.

        Each append has its own outcome: what is refused is told and harms no other, and a later
        append meets what the earlier ones added.

        :raises LogUnavailable: the store failed, and nothing of all this was written.
        :raises OutcomeUnknown: the store went away in the middle of the commit.
        """
        faults = [_fault(append) for append in appends]
        fit = [one for one, fault in zip(appends, faults, strict=True) if fault is None]
        outcomes = iter(self._append_fit(fit) if fit else ())
        return [next(outcomes) if fault is None else fault for fault in faults]

    def _append_fit(self, appends: Sequence[Append]) -> list[Appended | Refused]:
        return self._transact(
            needs(appends), lambda state: plan(appends, state, timestamp(self._clock()))
        ).outcomes

    @abstractmethod
    def _transact(self, needed: Needs, decide: Callable[[State], Plan]) -> Plan:
        """Take the lock of appending, read what is needed, decide, and write that durably.

        What ``decide`` raises ends the transaction, and nothing is written.
        """

    def restore(self, entries: Sequence[Restored]) -> None:
        """Put whole appends back behind what is there, as they were: position, time, salt, hash.

        All of them in one transaction, or none. The outcomes of their idempotency keys come back
        by :meth:`restore_kept`.

        :raises OtherLog: the log does not end where they begin.
        :raises Tampered: they are not what was appended, naming the position.
        :raises Refused: they could not have been appended: a thing on record, an unfit value.
        """
        if entries:
            self._transact(needs_of_entries(entries), lambda state: plan_entries(entries, state))

    def restore_kept(self, kept: Sequence[Kept]) -> None:
        """Put outcomes of appends with an idempotency key back, all or none, unless they are there.

        :raises OtherLog: a key has another outcome.
        """
        if kept:
            self._transact(needs_of_kept(kept), lambda state: plan_kept(kept, state))

    @abstractmethod
    def kept(self, after: str = "", limit: int = 1000) -> list[Kept]:
        """Return the outcomes of idempotency keys after one of them, in the order of keys.

        They lack the positions of their entries, which are those from the first to the last.
        """

    @abstractmethod
    def wait_beyond(self, position: int, timeout_seconds: float) -> int:
        """Wait until the log goes beyond a position, or the time is over; return where it ends.

        Closing the log ends the wait with :class:`~eventlog.errors.LogUnavailable`.
        """

    def read(
        self, after: int = 0, limit: int = 1000, *, whole_appends: bool = False
    ) -> list[Entry]:
        """Return entries after a position, in order, at most ``limit`` of them.

        ``whole_appends`` goes on beyond the limit until an append ends.
        """
        entries = self._read(after, max(limit, 0))
        if whole_appends and entries and not entries[-1].ends_append:
            header = entries[-1].header
            rest = header.append_first + header.append_size - 1 - header.position
            entries += self._read(header.position, max(rest, 0))
        return entries

    @abstractmethod
    def _read(self, after: int, limit: int) -> list[Entry]:
        """Return at most so many entries after a position, in order."""

    @abstractmethod
    def read_positions(self, positions: Collection[int]) -> dict[int, Entry]:
        """Return those entries at some positions that there are, in one read."""

    @abstractmethod
    def recorded_until(self, instant: str) -> int:
        """Return the last position that was recorded at an instant or before it; 0 if none was.

        ``instant`` is written as ``recordedAt`` is: ``2026-01-02T03:04:05.678901Z``.
        """

    def append_end(self, position: int) -> int:
        """Return where the append ends that holds a position, 0 before the first.

        One beyond the log counts as its last.
        """
        entry = self.read_positions([position]).get(position)
        if entry is None:
            return self.head().position if position > 0 else 0
        return entry.header.append_first + entry.header.append_size - 1

    @abstractmethod
    def subjects(self, ids: Collection[str]) -> dict[str, Subject]:
        """Return those of some ids that are on record, in one read."""

    @abstractmethod
    def positions(self, ids: Collection[str]) -> dict[str, list[int]]:
        """Return the positions of all entries about those things of some that are on record."""

    @abstractmethod
    def dependants(self, ids: Collection[str]) -> dict[str, list[str]]:
        """Return, for those of some ids that live things refer to, which things these are."""

    @abstractmethod
    def known_ids(self, kind: str) -> list[str]:
        """Return the ids of all things of a kind (``actor``), in order."""

    @abstractmethod
    def subjects_below(self, folders: Collection[str]) -> dict[str, Subject]:
        """Return what is on record with ids ``folder/...``, in order, in one read.

        The folder ``claim/dam`` holds ``claim/dam/rises`` and not ``claim/dam-report/rises``.
        """

    @abstractmethod
    def head(self) -> Head:
        """Return where the log ends."""

    @abstractmethod
    def close(self) -> None:
        """Let go of the store; closing twice does nothing more."""

    def entries(self, after: int = 0, up_to: int | None = None) -> Iterator[Entry]:
        """Yield entries in order, a batch in memory at a time."""
        while batch := self.read(after, BATCH):
            for entry in batch:
                if up_to is not None and entry.position > up_to:
                    return
                yield entry
            after = batch[-1].position

    def verify(self, anchor: Anchor | None = None, on_progress: Progress | None = None) -> Verified:
        """Recompute the whole chain with flat memory.

        ``anchor`` is a position and its hash in hexadecimal from elsewhere, by which a cut-off
        tail or a wholly rewritten chain is found.

        :raises Tampered: naming the first position that is not as it was written.
        """
        return verified(self._as_stored(), self.genesis, anchor, on_progress)

    def _as_stored(self) -> Iterator[Entry]:
        """Yield everything that stands in the log, and name the entry that cannot be read."""
        after, limit = _BEFORE_ALL, BATCH
        while True:
            try:
                batch = self.read(after, limit)
            except LogDamaged as error:
                if limit == 1:
                    raise Tampered(max(after, 0) + 1, "cannot be read") from error
                limit = 1
                continue
            if not batch:
                return
            yield from batch
            after = batch[-1].position


def _fault(append: Append) -> InvalidAppend | None:
    try:
        check_request(append)
    except InvalidAppend as fault:
        return fault
    return None
