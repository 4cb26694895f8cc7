"""The SQLite store: write-ahead log, full synchronisation, one writer at a time.

An append is acknowledged after COMMIT returned, which with ``synchronous=FULL`` is after its
fsync. Readers have a connection of their own and never wait for a writer.
"""

import os
import re
import sqlite3
import threading
import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import orjson

from eventlog.appending import check_request, request_bytes, ruled_out
from eventlog.chain import Header, entry_hash, genesis, new_salt, payload_hash
from eventlog.errors import (
    Cycle,
    IdempotencyConflict,
    LogUnavailable,
    RevisionConflict,
    WrongFormat,
)
from eventlog.log import FORMAT, Appended, Entry, Head, Log, NewEntry, Subject

BUSY_SECONDS = 30.0

_SQL = files(__package__)
_QUERIES = dict(
    re.findall(r"-- name: (\w+)\n(.*?;)", (_SQL / "queries.sql").read_text("utf-8"), re.DOTALL)
)


class SqliteLog(Log):
    """A log in one file, made with its folder if it is not there."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with self._failures():
            _make_file(path)
            self._writer, self._reader = _connect(path), _connect(path)
            self._write_lock, self._read_lock = threading.Lock(), threading.Lock()
            self.log_id = self._opened()
        self.genesis = genesis(self.log_id).hex()

    # -- writing -------------------------------------------------------------------------------

    def append(
        self,
        entries: Sequence[NewEntry],
        *,
        recorded_by: str,
        idempotency_key: str | None = None,
        expected_revisions: Mapping[str, int] | None = None,
        dry_run: bool = False,
    ) -> Appended:
        """Append entries in one transaction, or none of them; see :class:`Log`."""
        check_request(entries, recorded_by, idempotency_key)
        with self._failures(), self._write_lock, self._transaction(commit=not dry_run) as database:
            request = request_bytes(entries)
            if idempotency_key is not None:
                outcome = _outcome(database, idempotency_key, request)
                if outcome is not None:
                    return outcome
            _check_revisions(database, expected_revisions or {})
            new, unchanged = _new_and_unchanged(database, entries)
            appended = self._insert(database, new, unchanged, recorded_by, idempotency_key)
            if idempotency_key is not None:
                _keep_outcome(database, idempotency_key, request, appended)
            return appended

    def _insert(
        self,
        database: sqlite3.Connection,
        entries: Sequence[NewEntry],
        unchanged: tuple[str, ...],
        recorded_by: str,
        idempotency_key: str | None,
    ) -> Appended:
        if not entries:
            return Appended(0, 0, {}, unchanged)
        head = _head(database, self.genesis)
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        first, previous = head.position + 1, bytes.fromhex(head.hash)
        for offset, entry in enumerate(entries):
            header = Header(
                log_id=self.log_id,
                position=first + offset,
                recorded_at=max(now, head.recorded_at or ""),
                recorded_by=recorded_by,
                kind=entry.kind,
                version=entry.version,
                subject=entry.subject,
                append_first=first,
                append_size=len(entries),
                idempotency_key=idempotency_key,
            )
            previous = _insert_entry(database, header, entry, previous)
        _check_cycles(database, entries)
        positions = {entry.subject: first + offset for offset, entry in enumerate(entries)}
        return Appended(first, first + len(entries) - 1, positions, unchanged)

    # -- reading -------------------------------------------------------------------------------

    def read(
        self, after: int = 0, limit: int = 1000, *, whole_appends: bool = False
    ) -> list[Entry]:
        """Return entries after a position, in order; see :class:`Log`."""
        entries = self._entries("read", after=after, limit=limit)
        if whole_appends and entries and not entries[-1].ends_append:
            header = entries[-1].header
            rest = header.append_first + header.append_size - 1 - header.position
            entries += self._entries("read", after=header.position, limit=rest)
        return entries

    def read_positions(self, positions: Collection[int]) -> dict[int, Entry]:
        """Return the entries at some positions, in one read."""
        found = self._entries("read_positions", positions=_json(positions))
        return {entry.position: entry for entry in found}

    def subjects(self, ids: Collection[str]) -> dict[str, Subject]:
        """Return those of some ids that are on record, in one read."""
        rows = self._rows("subjects", ids=_json(ids))
        return {
            one: Subject(one, kind, revision, bool(live), first)
            for one, kind, revision, live, first in rows
        }

    def known_ids(self, kind: str) -> list[str]:
        """Return the ids of all things of a kind, in order."""
        return [identifier for (identifier,) in self._rows("known_ids", kind=kind)]

    def head(self) -> Head:
        """Return where the log ends."""
        with self._failures(), self._read_lock:
            return _head(self._reader, self.genesis)

    def close(self) -> None:
        """Close both connections."""
        with self._write_lock, self._read_lock:
            self._writer.close()
            self._reader.close()

    def _entries(self, query: str, **parameters: str | int) -> list[Entry]:
        return [_entry(self.log_id, row) for row in self._rows(query, **parameters)]

    def _rows(self, query: str, **parameters: str | int) -> list[tuple[Any, ...]]:
        with self._failures(), self._read_lock:
            return self._reader.execute(_QUERIES[query], parameters).fetchall()

    # -- the file ------------------------------------------------------------------------------

    def _opened(self) -> str:
        """Return the log id of the file, which is made a log if it is empty."""
        with self._transaction(commit=True) as database:
            tables = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            names = {name for (name,) in tables}
            if not names:
                return _create(database)
            if "meta" not in names:
                raise WrongFormat(f"{self.path} is a database, but not a log of onrecord")
            meta = dict(database.execute("SELECT name, value FROM meta").fetchall())
        if meta.get("format") != FORMAT:
            raise WrongFormat(
                f"{self.path} has the log format {meta.get('format')}, this program {FORMAT}: "
                "use the program that wrote it, or record your dossiers into a new data folder"
            )
        return str(meta["log_id"])

    @contextmanager
    def _transaction(self, *, commit: bool) -> Iterator[sqlite3.Connection]:
        self._writer.execute("BEGIN IMMEDIATE")
        try:
            yield self._writer
        except BaseException:
            self._writer.execute("ROLLBACK")
            raise
        self._writer.execute("COMMIT" if commit else "ROLLBACK")

    @contextmanager
    def _failures(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise LogUnavailable(f"the log {self.path} cannot be used: {error}") from error
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise LogUnavailable(f"the log {self.path} cannot be used: {reason}") from error


def _make_file(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))


def _connect(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(
        path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
    )
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = FULL")
    return database


def _create(database: sqlite3.Connection) -> str:
    for statement in _statements((_SQL / "schema.sql").read_text("utf-8")):
        database.execute(statement)
    log_id = str(uuid.uuid4())
    rows = [("format", FORMAT), ("log_id", log_id)]
    database.executemany("INSERT INTO meta VALUES (?, ?)", rows)
    return log_id


def _statements(script: str) -> Iterator[str]:
    """Split a script; ``executescript`` would end the transaction."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def _json(values: Collection[str] | Collection[int]) -> str:
    return orjson.dumps(list(values)).decode()


def _head(database: sqlite3.Connection, empty: str) -> Head:
    row = database.execute(_QUERIES["head"]).fetchone()
    return Head(0, empty, None) if row is None else Head(row[0], row[1].hex(), row[2])


def _entry(log_id: str, row: tuple[Any, ...]) -> Entry:
    position, *header, payload, salt, digest = row
    return Entry(Header(log_id, position, *header), payload, salt, digest)


def _check_revisions(database: sqlite3.Connection, expected: Mapping[str, int]) -> None:
    rows = database.execute(_QUERIES["subjects"], {"ids": _json(expected)})
    actual = {row[0]: row[2] for row in rows}
    for subject, revision in expected.items():
        if actual.get(subject, 0) != revision:
            raise RevisionConflict(subject, revision, actual.get(subject, 0))


def _new_and_unchanged(
    database: sqlite3.Connection, entries: Sequence[NewEntry]
) -> tuple[list[NewEntry], tuple[str, ...]]:
    """Part entries into new and unchanged ones; refuse other content and loose ends."""
    ids = {end for one in entries for ref in one.references for end in (ref.source, ref.target)}
    ids |= {entry.subject for entry in entries}
    rows = database.execute(_QUERIES["contents"], {"ids": _json(ids)}).fetchall()
    recorded = {row[0]: row[1:] for row in rows}

    def same(entry: NewEntry) -> bool:
        kind, version, salt, digest = recorded[entry.subject]
        content = (entry.kind, entry.version, payload_hash(salt, entry.payload))
        return content == (kind, version, digest)

    ruled_out(entries, recorded.keys(), same)
    new = [entry for entry in entries if entry.subject not in recorded]
    unchanged = tuple(entry.subject for entry in entries if entry.subject in recorded)
    return new, unchanged


def _insert_entry(
    database: sqlite3.Connection, header: Header, entry: NewEntry, previous: bytes
) -> bytes:
    salt = new_salt()
    content_hash = payload_hash(salt, entry.payload)
    digest = entry_hash(previous, header, content_hash)
    database.execute(
        _QUERIES["insert_entry"],
        {
            "position": header.position,
            "recorded_at": header.recorded_at,
            "recorded_by": header.recorded_by,
            "kind": header.kind,
            "version": header.version,
            "subject": header.subject,
            "append_first": header.append_first,
            "append_size": header.append_size,
            "idempotency_key": header.idempotency_key,
            "payload": entry.payload,
            "salt": salt,
            "hash": digest,
        },
    )
    database.execute(
        _QUERIES["insert_subject"],
        {
            "id": entry.subject,
            "kind": entry.subject.partition("/")[0],
            "position": header.position,
            "content_hash": content_hash,
        },
    )
    database.executemany(
        _QUERIES["insert_reference"],
        [
            {
                "relation": one.relation,
                "source": one.source,
                "target": one.target,
                "position": header.position,
            }
            for one in entry.references
        ],
    )
    return digest


def _check_cycles(database: sqlite3.Connection, entries: Sequence[NewEntry]) -> None:
    for one in (ref for entry in entries for ref in entry.references if ref.acyclic):
        found = database.execute(
            _QUERIES["reaches"],
            {"start": one.target, "goal": one.source, "relation": one.relation},
        )
        if found.fetchone() is not None:
            raise Cycle(one.relation, one.source, one.target)


def _outcome(database: sqlite3.Connection, key: str, request: bytes) -> Appended | None:
    row = database.execute(_QUERIES["outcome"], {"key": key}).fetchone()
    if row is None:
        return None
    salt, request_hash, first, last, unchanged = row
    if payload_hash(salt, request) != request_hash:
        raise IdempotencyConflict(key)
    positions = database.execute(_QUERIES["positions"], {"first": first, "last": last})
    return Appended(
        first, last, dict(positions.fetchall()), tuple(orjson.loads(unchanged)), repeated=True
    )


def _keep_outcome(
    database: sqlite3.Connection, key: str, request: bytes, appended: Appended
) -> None:
    salt = new_salt()
    database.execute(
        _QUERIES["insert_outcome"],
        {
            "key": key,
            "salt": salt,
            "request_hash": payload_hash(salt, request),
            "first": appended.first,
            "last": appended.last,
            "unchanged": _json(appended.unchanged),
        },
    )
