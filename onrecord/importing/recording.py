"""Putting rows on record: many in one append for speed, and each wholly or not at all.

What is on record as it stands in a row is left alone, so that an import that was stopped is gone on
with by running it again. Rows that are refused are found by halving, and harm no other.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol, Self

from eventlog import Log
from eventlog.contents import first_entries
from eventlog.errors import AlreadyRecorded, Refused
from eventlog.reading import read_entry
from eventlog.recorder import Recorder
from eventlog.sqlite import SqliteLog
from onrecord.counting import counted
from onrecord.importing.rows import BadRow, Row, Rows, Unfit, reason_of, together
from schema.entries import AnyEntry
from schema.errors import InvalidInput

MAX_ROWS = 200
MAX_ENTRIES = 2_000
"""Of one append, unless a single row has more."""


class Target(Protocol):
    """Where entries go."""

    def record(self, entries: Sequence[AnyEntry]) -> Collection[str]:
        """Take entries, all or none, and return the ids of those that were not there.

        :raises InvalidInput: they contradict each other or what they refer to.
        :raises Refused: the log refuses them.
        """
        ...


class Recording:
    """Entries go into the log."""

    def __init__(self, log: Log, recorded_by: str) -> None:
        self._log = log
        self._recorder = Recorder(log, recorded_by)

    def record(self, entries: Sequence[AnyEntry], *, dry_run: bool = False) -> Collection[str]:
        """Record entries; see :meth:`Target.record`.

        What was recorded as it stands here, and corrected since, stays corrected.
        """
        try:
            return self._recorder.record(entries, dry_run=dry_run).positions.keys()
        except AlreadyRecorded as refusal:
            corrected = self._corrected(entries, refusal.ids)
            if corrected != set(refusal.ids):
                raise
        rest = [entry for entry in entries if entry.id not in corrected]
        return self.record(rest, dry_run=dry_run) if rest else ()

    def _corrected(self, entries: Sequence[AnyEntry], ids: Collection[str]) -> set[str]:
        """Return those ids whose first entry is the one that stands here."""
        here = {entry.id: entry for entry in entries}
        return {
            entry.header.subject
            for entry in first_entries(self._log, ids)
            if read_entry(entry) == here[entry.header.subject]
        }


class Trying:
    """Entries are held against the log, if there is one, and kept in a log that is thrown away.

    The latter stands for what the file's earlier rows would have added, and lies on the disk.
    """

    def __init__(self, log: Log | None, recorded_by: str) -> None:
        self._known = Recording(log, recorded_by) if log is not None else None
        self._recorded_by = recorded_by
        self._opened = ExitStack()

    def __enter__(self) -> Self:
        folder = self._opened.enter_context(TemporaryDirectory(prefix="onrecord-"))
        tried = SqliteLog(Path(folder) / "log.sqlite3")
        self._opened.callback(tried.close)
        self._tried = Recording(tried, self._recorded_by)
        return self

    def __exit__(self, *_: object) -> None:
        self._opened.close()

    def record(self, entries: Sequence[AnyEntry]) -> Collection[str]:
        """Try entries; see :meth:`Target.record`."""
        missing = {entry.id for entry in entries}
        if self._known is not None:
            missing &= set(self._known.record(entries, dry_run=True))
        return missing & set(self._tried.record(entries))


@dataclass(slots=True)
class Tally:
    """What an import did so far."""

    recorded: int = 0
    """Rows of which something was not on record."""
    unchanged: int = 0
    """Rows that were on record."""
    left_out: int = 0
    """Bad rows."""
    entries: int = 0
    """Entries that were not on record."""

    def sentence(self, *, dry_run: bool = False) -> str:
        """Tell it."""
        done = "would record" if dry_run else "recorded"
        parts = [f"{done} {counted(self.recorded, 'row')} as {counted(self.entries, 'entry')}"]
        if self.unchanged:
            parts.append(f"{counted(self.unchanged, 'row')} on record already")
        if self.left_out:
            parts.append(f"{counted(self.left_out, 'row')} left out")
        return "; ".join(parts) + ("; nothing was written" if dry_run else "")


class Import:
    """Rows on their way into the log; ``tally`` tells at any time how far it came."""

    def __init__(
        self, target: Target, on_bad: Callable[[BadRow], None], on_progress: Callable[[int], None]
    ) -> None:
        self.tally = Tally()
        self._target = target
        self._on_bad = on_bad
        self._on_progress = on_progress

    def run(self, rows: Rows) -> None:
        """Record all rows but the bad ones, each of which is told.

        :raises InvalidInput: the file cannot be read on; rows before are recorded.
        :raises LogError: the log fails; what was recorded before stays.
        """
        for batch in self._batches(rows):
            self._record(batch)
            tally = self.tally
            self._on_progress(tally.recorded + tally.unchanged + tally.left_out)

    def _batches(self, rows: Rows) -> Iterator[list[Row]]:
        batch: list[Row] = []
        entries = 0
        for row in rows:
            if isinstance(row, BadRow):
                self._leave_out(row)
                continue
            if batch and (len(batch) == MAX_ROWS or entries + len(row.entries) > MAX_ENTRIES):
                yield batch
                batch, entries = [], 0
            batch.append(row)
            entries += len(row.entries)
        if batch:
            yield batch

    def _record(self, batch: Sequence[Row]) -> None:
        try:
            all_entries = together(entry for row in batch for entry in row.entries)
            new = set(self._target.record(tuple(all_entries)))
        except (Unfit, InvalidInput, Refused) as error:
            self._halve(batch, error)
            return
        self.tally.entries += len(new)
        for row in batch:
            mine = new.intersection(entry.id for entry in row.entries)
            new -= mine
            self.tally.recorded += bool(mine)
            self.tally.unchanged += not mine

    def _halve(self, batch: Sequence[Row], error: Unfit | InvalidInput | Refused) -> None:
        """Record what can be of a batch that was refused, first the first half."""
        if len(batch) == 1:
            reason = reason_of(error) if isinstance(error, ValueError) else str(error)
            self._leave_out(BadRow(batch[0].where, reason))
            return
        middle = len(batch) // 2
        self._record(batch[:middle])
        self._record(batch[middle:])

    def _leave_out(self, row: BadRow) -> None:
        self.tally.left_out += 1
        self._on_bad(row)
