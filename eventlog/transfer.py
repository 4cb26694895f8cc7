"""Moving a log: out as lines, and in again on any store, the same to the last byte.

Entries are proven by their hash chain on the way out and on the way in, and a batch of them is in
memory at a time. :mod:`eventlog.lines` says what an export looks like.
"""

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from eventlog.chain import genesis
from eventlog.entries import Entry, Head, Restored
from eventlog.errors import OtherLog, Refused, Tampered, WrongExport, WrongFormat
from eventlog.lines import (
    MAX_LINE,
    FirstLine,
    Json,
    Unfit,
    entry_line,
    first_line,
    is_last,
    last_line,
    outcome_line,
    read_entry_line,
    read_first,
    read_line,
    read_outcome,
)
from eventlog.log import FORMAT, Log
from eventlog.planning import Kept
from eventlog.verification import Chain, Progress

BATCH_ENTRIES = 1_000
BATCH_BYTES = 8 * 2**20

Restoring: TypeAlias = Callable[[Sequence[Entry]], list[Restored]]
"""Reads off the next entries of a log what they do, which a store cannot: it knows no kinds."""


class Lines(Protocol):
    """What an export is read from: a file, or what unpacks one."""

    def readline(self, limit: int, /) -> bytes:
        """Return the bytes up to and with the next line end, at most ``limit``."""
        ...


@dataclass(frozen=True, slots=True)
class Imported:
    """How many entries an import added, and where the log ends now."""

    entries: int
    position: int


# -- out ---------------------------------------------------------------------------------------


def export_log(
    log: Log, write: Callable[[bytes], object], on_progress: Progress | None = None
) -> Head:
    """Write what a log holds now, and return where it ends; others may append meanwhile.

    :raises Tampered: an entry is not what was appended: nobody could import it.
    """
    head = log.head()
    write(first_line(head))
    chain = _chain(head.log_id)
    for batch in _batches(log.entries(up_to=head.position)):
        for entry in batch:
            chain.take(entry)
        write(b"".join(map(entry_line, batch)))
        _report(on_progress, chain.position)
    chain.end()
    outcomes = 0
    for kept in _kept_up_to(log, head.position):
        write(outcome_line(kept, log.genesis))
        outcomes += 1
    write(last_line(outcomes))
    return head


def _kept_up_to(log: Log, position: int) -> Iterator[Kept]:
    """Yield the outcomes that were kept when the log ended at a position.

    Nothing tells when an outcome without entries of its own was kept. It counts if all that it
    found on record was there: asked for then, it would have been the same.
    """
    after = ""
    while batch := log.kept(after, BATCH_ENTRIES):
        found = log.subjects({one for kept in batch for one in kept.outcome.unchanged})
        for kept in batch:
            outcome = kept.outcome
            known = all(found[one].first_position <= position for one in outcome.unchanged)
            if outcome.last <= position and known:
                yield kept
        after = batch[-1].key


# -- in ----------------------------------------------------------------------------------------


class Export:
    """An export that is being read, once and in order.

    :raises WrongExport: it is none.
    :raises WrongFormat: it is one of another format.
    """

    def __init__(self, lines: Lines) -> None:
        self._lines, self._line = lines, 0
        with self._blamed():
            self.of: FirstLine = read_first(self._told())
        if self.of.format != FORMAT:
            raise WrongFormat(
                f"the export has the log format {self.of.format}, this program {FORMAT}: use the "
                "program that wrote it"
            )
        self._rest = self._proven()
        self._begun = list(itertools.islice(self._rest, 1))  # seen before anything is made of it

    def entries(self) -> Iterator[Entry]:
        """Yield the entries, each proven by the chain.

        :raises WrongExport: naming the first line that is not as it was exported.
        """
        return itertools.chain(self._begun, self._rest)

    def _proven(self) -> Iterator[Entry]:
        chain = _chain(self.of.log_id)
        while chain.position < self.of.position:
            with self._blamed(chain.position + 1):
                entry = read_entry_line(self._told())
                if entry.header.log_id != self.of.log_id:
                    raise Unfit("is of another log")
                chain.take(entry)
            yield entry
        with self._blamed(chain.position):
            chain.end()
            if chain.hash.hex() != self.of.hash:
                raise Unfit("does not have the hash that the first line tells")

    def outcomes(self) -> Iterator[tuple[int, Kept]]:
        """Yield the outcomes, which follow the entries, each with its line.

        :raises WrongExport: naming the first line that is not as it was exported.
        """
        number = 0
        with self._blamed():
            while not is_last(told := self._told()):
                number += 1
                yield self._line, read_outcome(told, genesis(self.of.log_id).hex())
            if told["outcomes"] != number:
                raise Unfit(f"tells of {told['outcomes']} outcomes, but {number} were there")
            if self._lines.readline(1):
                self._line += 1
                raise Unfit("stands behind the end of the export")

    def _told(self) -> Json:
        self._line += 1
        line = self._lines.readline(MAX_LINE)
        if not line:
            raise Unfit("is missing: the export was cut off")
        if not line.endswith(b"\n"):
            raise Unfit("is too long" if len(line) == MAX_LINE else "was cut off")
        return read_line(line)

    @contextmanager
    def _blamed(self, position: int | None = None) -> Iterator[None]:
        """Name the line, and the position that it is for."""
        try:
            yield
        except Unfit as fault:
            raise wrong_line(self._line, position, str(fault)) from None
        except Tampered as fault:
            raise wrong_line(self._line, fault.position, fault.reason) from None


def wrong_line(line: int, position: int | None, reason: str) -> WrongExport:
    """Return the error that names a line of an export, and the entry that it is for."""
    at = "" if position is None else f" (position {position:,})"
    return WrongExport(f"the export is not as it was written: line {line:,}{at} {reason}")


def import_log(
    log: Log, export: Export, restoring: Restoring, on_progress: Progress | None = None
) -> Imported:
    """Put an export into a log, in transactions of whole appends, behind what is there.

    What is there has to be what the export says, so that an import that was interrupted goes on.

    :raises OtherLog: the log has another id, or other content.
    :raises WrongExport: naming the line; the transactions before its own are done.
    :raises Unreadable: an entry was written by a newer program, so that its edges are not known.
    """
    if log.log_id != export.of.log_id:
        raise OtherLog(
            f"the export is of the log {export.of.log_id}, and here is another one: {log.log_id}; "
            "it can only be imported where there is none yet"
        )
    entries = export.entries()
    there = _held(log, entries, export.of.position, on_progress)
    for batch in _batches(entries):
        try:
            log.restore(restoring(batch))
        except Refused as refusal:
            raise WrongExport(
                f"the entries at positions {batch[0].position:,} to {batch[-1].position:,} cannot "
                f"be restored: {refusal}"
            ) from refusal
        _report(on_progress, batch[-1].position)
    _restore_outcomes(log, export)
    return Imported(max(export.of.position - there, 0), log.head().position)


def _held(log: Log, entries: Iterator[Entry], end: int, on_progress: Progress | None) -> int:
    """Hold what a log has against an export, and return up to where it has it."""
    position = 0
    for stored in log.entries(up_to=end):
        if next(entries) != stored:
            raise OtherLog(
                f"the log holds something else than the export at position {stored.position:,}: "
                "nothing was imported"
            )
        position = stored.position
        if position % BATCH_ENTRIES == 0:
            _report(on_progress, position)
    return position


def _restore_outcomes(log: Log, export: Export) -> None:
    batch: list[tuple[int, Kept]] = []
    size = 0
    for line, kept in export.outcomes():
        batch.append((line, kept))
        # A store reads an outcome that is there with all its entries.
        size += 1 + max(kept.outcome.last - kept.outcome.first, 0)
        if size >= BATCH_ENTRIES:
            _restore_kept(log, batch)
            batch, size = [], 0
    _restore_kept(log, batch)


def _restore_kept(log: Log, batch: Iterable[tuple[int, Kept]]) -> None:
    """Restore outcomes whose entries are those that they tell of."""
    kept = list(batch)
    firsts = {one.outcome.first for _, one in kept if one.outcome.first}
    entries = log.read_positions(firsts)
    found = log.subjects({name for _, one in kept for name in one.outcome.unchanged})
    for line, one in kept:
        outcome = one.outcome
        whole = (outcome.first, outcome.last) == (0, 0) or _tells_of(
            one, entries.get(outcome.first)
        )
        if not whole or not all(name in found for name in outcome.unchanged):
            raise wrong_line(line, None, "tells of an append that is not there")
    log.restore_kept([one for _, one in kept])


def _tells_of(kept: Kept, first: Entry | None) -> bool:
    if first is None:
        return False
    header = first.header
    told = (kept.key, kept.outcome.first, kept.outcome.last - kept.outcome.first + 1)
    return told == (header.idempotency_key, header.append_first, header.append_size)


def _chain(log_id: str) -> Chain:
    return Chain(Head(0, genesis(log_id).hex(), None, log_id))


def _batches(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    """Yield entries in batches of whole appends."""
    batch: list[Entry] = []
    size = 0
    for entry in entries:
        batch.append(entry)
        size += len(entry.payload)
        if entry.ends_append and (len(batch) >= BATCH_ENTRIES or size >= BATCH_BYTES):
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _report(on_progress: Progress | None, position: int) -> None:
    if on_progress is not None:
        on_progress(position)
