"""The SQLite store: write-ahead log, full synchronisation, one writer at a time.

An append is acknowledged after COMMIT returned, which with ``synchronous=FULL`` is after its
fsync. Readers have a connection of their own and never wait for a writer.
"""

import sqlite3
import threading
import time
from collections.abc import Callable, Collection
from contextlib import closing
from pathlib import Path
from typing import Any

from eventlog.chain import genesis
from eventlog.entries import Entry, Head, Subject
from eventlog.errors import LogUnavailable, WrongFormat
from eventlog.log import Clock, Log, utc_now
from eventlog.planning import Kept, Needs, Plan, State
from eventlog.rows import entry_of, grouped, head_of, kept_of, subject_of
from eventlog.sqlite.appending import json_list, read_state, write_plan
from eventlog.sqlite.database import (
    QUERIES,
    connect,
    connect_to_write,
    failures,
    make_file,
    transaction,
)
from eventlog.sqlite.migrations import opened_log

BUSY_SECONDS = 30.0
BACKUP_PAGES = 1000
POLL_SECONDS = 0.05
"""How often a waiting reader looks for appends of other programs; its own program wakes it."""


class SqliteLog(Log):
    """A log in one file, with ``make`` made with its folder if it is not there.

    ``busy_seconds`` is how long to wait for another program that writes to the same file;
    ``log_id`` the id that the log gets if it is made now, a fresh one if there is none.

    :raises LogUnavailable: the file cannot be made, opened or locked.
    :raises WrongFormat: it is not a log, or one of another format.
    """

    def __init__(
        self,
        path: Path,
        *,
        make: bool = True,
        busy_seconds: float = BUSY_SECONDS,
        log_id: str | None = None,
        clock: Clock = utc_now,
    ) -> None:
        super().__init__(clock)
        self.path = path
        self._write_lock, self._read_lock = threading.Lock(), threading.Lock()
        self._appended, self._told = threading.Condition(), 0
        with failures(path):
            if make:
                make_file(path)
            elif path.stat().st_size == 0:
                raise WrongFormat(
                    f"{path} is empty: it was cut off, or its making was interrupted; remove it "
                    "if nothing was recorded in it"
                )
            self._writer = connect_to_write(path, busy_seconds)
            try:
                self.log_id = opened_log(self._writer, path, make=make, log_id=log_id)
                self._reader = connect(path, busy_seconds)
            except BaseException:
                self._writer.close()
                raise
        self.genesis = genesis(self.log_id).hex()

    def _transact(self, needed: Needs, decide: Callable[[State], Plan]) -> Plan:
        """Read, decide and write in one transaction; see :class:`Log`."""
        with failures(self.path), self._write_lock:
            with transaction(self._writer):
                planned = decide(read_state(self._writer, needed, self._head(self._writer)))
                write_plan(self._writer, planned)
            if planned.entries:
                self._tell(planned.entries[-1].position)
        return planned

    def _tell(self, position: int) -> None:
        """Wake those who wait for entries."""
        with self._appended:
            self._told = position
            self._appended.notify_all()

    def wait_beyond(self, position: int, timeout_seconds: float) -> int:
        """Wait for entries of this or another program; see :class:`Log`."""
        deadline = time.monotonic() + timeout_seconds
        seen, end = None, 0
        while True:
            version = self._rows("data_version")  # read first: what comes later changes it
            if version != seen:
                seen, end = version, self.head().position
            left = deadline - time.monotonic()
            if end > position or left <= 0:
                return end
            with self._appended:
                self._appended.wait_for(lambda: self._told > position, min(left, POLL_SECONDS))

    def _read(self, after: int, limit: int) -> list[Entry]:
        """Return entries after a position, in order; see :class:`Log`."""
        return self._entries("read", after=after, limit=limit)

    def read_positions(self, positions: Collection[int]) -> dict[int, Entry]:
        """Return those entries at some positions that there are, in one read."""
        found = self._entries("read_positions", positions=json_list(positions))
        return {entry.position: entry for entry in found}

    def recorded_until(self, instant: str) -> int:
        """Return the last position that was recorded at an instant or before; see :class:`Log`."""
        return next((int(low) for (low,) in self._rows("recorded_until", instant=instant)), 0)

    def subjects(self, ids: Collection[str]) -> dict[str, Subject]:
        """Return those of some ids that are on record, in one read."""
        return self._subjects("subjects", ids=json_list(ids))

    def positions(self, ids: Collection[str]) -> dict[str, list[int]]:
        """Return the positions of all entries about some things; see :class:`Log`."""
        return grouped(self._rows("positions", ids=json_list(ids)))

    def dependants(self, ids: Collection[str]) -> dict[str, list[str]]:
        """Return which live things refer to some ids; see :class:`Log`."""
        return grouped(self._rows("dependants", ids=json_list(ids)))

    def known_ids(self, kind: str) -> list[str]:
        """Return the ids of all things of a kind, in order."""
        return [identifier for (identifier,) in self._rows("known_ids", kind=kind)]

    def subjects_below(self, folders: Collection[str]) -> dict[str, Subject]:
        """Return what is on record with ids ``folder/...``, in order, in one read."""
        return self._subjects("subjects_below", folders=json_list(folders))

    def kept(self, after: str = "", limit: int = 1000) -> list[Kept]:
        """Return the outcomes of idempotency keys after one of them; see :class:`Log`."""
        rows = self._rows("kept_after", after=after, limit=limit)
        return [kept_of(row) for row in rows]

    def backup(self, target: Path, on_progress: Callable[[int, int], None] | None = None) -> Head:
        """Copy the log as it is now into a file, while others append; return where the copy ends.

        The file is made, for its owner alone. ``on_progress`` is called with how many pages are
        copied, and how many there are.

        :raises LogUnavailable: the log cannot be read, or the file not be written.
        """
        try:
            make_file(target)
            with closing(connect(self.path, BUSY_SECONDS)) as source:
                source.execute("BEGIN")  # all pages are of the moment at which this first reads
                head = self._head(source)
                with closing(sqlite3.connect(target)) as copy:
                    source.backup(copy, pages=BACKUP_PAGES, progress=_copied(on_progress))
        except (sqlite3.Error, OSError) as error:
            raise LogUnavailable(f"the log {self.path} cannot be backed up: {error}") from error
        return head

    def head(self) -> Head:
        """Return where the log ends."""
        with failures(self.path), self._read_lock:
            return self._head(self._reader)

    def close(self) -> None:
        """Close both connections; closing twice does nothing more."""
        with self._write_lock, self._read_lock:
            self._writer.close()
            self._reader.close()

    def _head(self, database: sqlite3.Connection) -> Head:
        row = database.execute(QUERIES["head"]).fetchone()
        return head_of(row, self.log_id, self.genesis)

    def _subjects(self, query: str, **parameters: str | int) -> dict[str, Subject]:
        return {row[0]: subject_of(row) for row in self._rows(query, **parameters)}

    def _entries(self, query: str, **parameters: str | int) -> list[Entry]:
        return [entry_of(self.log_id, row) for row in self._rows(query, **parameters)]

    def _rows(self, query: str, **parameters: str | int) -> list[tuple[Any, ...]]:
        with failures(self.path), self._read_lock:
            return self._reader.execute(QUERIES[query], parameters).fetchall()


def _copied(
    on_progress: Callable[[int, int], None] | None,
) -> Callable[[int, int, int], object] | None:
    """Return what SQLite tells of status, pages that remain, and pages in all."""
    if on_progress is None:
        return None
    return lambda _, remaining, total: on_progress(total - remaining, total)
