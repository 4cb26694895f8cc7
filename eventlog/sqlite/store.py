"""The SQLite store: write-ahead log, full synchronisation, one writer at a time.

An append is acknowledged after COMMIT returned, which with ``synchronous=FULL`` is after its
fsync. Readers have a connection of their own and never wait for a writer.
"""

import sqlite3
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from eventlog.appending import (
    acyclic_starts,
    check_acyclic,
    check_references,
    check_request,
    check_revisions,
    new_among,
    request_digest,
)
from eventlog.chain import Header, entry_hash, genesis, new_salt, payload_hash
from eventlog.entries import Appended, Entry, Head, NewEntry, Subject
from eventlog.errors import IdempotencyConflict, WrongFormat
from eventlog.log import Log
from eventlog.sqlite.database import QUERIES, connect, failures, make_file, opened_log, transaction

BUSY_SECONDS = 30.0

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """Return the present time in UTC."""
    return datetime.now(UTC)


class SqliteLog(Log):
    """A log in one file, with ``make`` made with its folder if it is not there.

    ``busy_seconds`` is how long to wait for another program that writes to the same file.

    :raises LogUnavailable: the file cannot be made, opened or locked.
    :raises WrongFormat: it is not a log, or one of another format.
    """

    def __init__(
        self,
        path: Path,
        *,
        make: bool = True,
        busy_seconds: float = BUSY_SECONDS,
        clock: Clock = utc_now,
    ) -> None:
        self.path = path
        self._clock = clock
        self._write_lock, self._read_lock = threading.Lock(), threading.Lock()
        with failures(path):
            if make:
                make_file(path)
            elif path.stat().st_size == 0:
                raise WrongFormat(
                    f"{path} is empty: it was cut off, or its making was interrupted; remove it "
                    "if nothing was recorded in it"
                )
            self._writer = connect(path, busy_seconds)
            try:
                self.log_id = opened_log(self._writer, path, make=make)
                self._reader = connect(path, busy_seconds)
            except BaseException:
                self._writer.close()
                raise
        self.genesis = genesis(self.log_id).hex()

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
        request = request_digest(entries, recorded_by)
        with (
            failures(self.path),
            self._write_lock,
            transaction(self._writer, commit=not dry_run),
        ):
            if idempotency_key is not None:
                outcome = _outcome(self._writer, idempotency_key, request)
                if outcome is not None:
                    return outcome
            _check_revisions(self._writer, expected_revisions or {})
            new, unchanged = _new_among(self._writer, entries)
            appended = self._insert(new, unchanged, recorded_by, idempotency_key)
            if idempotency_key is not None:
                _keep_outcome(self._writer, idempotency_key, request, appended)
        return appended

    def _insert(
        self,
        entries: Sequence[NewEntry],
        unchanged: tuple[str, ...],
        recorded_by: str,
        idempotency_key: str | None,
    ) -> Appended:
        if not entries:
            return Appended(0, 0, {}, unchanged)
        _check_references(self._writer, entries)
        head = self._head(self._writer)
        now = self._clock().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        recorded_at = max(now, head.recorded_at or now)
        first, previous = head.position + 1, bytes.fromhex(head.hash)
        for position, entry in enumerate(entries, first):
            header = Header(
                log_id=self.log_id,
                position=position,
                recorded_at=recorded_at,
                recorded_by=recorded_by,
                kind=entry.kind,
                version=entry.version,
                subject=entry.subject,
                append_first=first,
                append_size=len(entries),
                idempotency_key=idempotency_key,
            )
            previous = _insert_entry(self._writer, header, entry, previous)
        _check_acyclic(self._writer, entries)
        positions = {entry.subject: position for position, entry in enumerate(entries, first)}
        return Appended(first, first + len(entries) - 1, positions, unchanged)

    def read(
        self, after: int = 0, limit: int = 1000, *, whole_appends: bool = False
    ) -> list[Entry]:
        """Return entries after a position, in order; see :class:`Log`."""
        entries = self._entries("read", after=after, limit=max(limit, 0))
        if whole_appends and entries and not entries[-1].ends_append:
            header = entries[-1].header
            rest = header.append_first + header.append_size - 1 - header.position
            entries += self._entries("read", after=header.position, limit=max(rest, 0))
        return entries

    def read_positions(self, positions: Collection[int]) -> dict[int, Entry]:
        """Return those entries at some positions that there are, in one read."""
        found = self._entries("read_positions", positions=_json(positions))
        return {entry.position: entry for entry in found}

    def subjects(self, ids: Collection[str]) -> dict[str, Subject]:
        """Return those of some ids that are on record, in one read."""
        return self._subjects("subjects", ids=_json(ids))

    def known_ids(self, kind: str) -> list[str]:
        """Return the ids of all things of a kind, in order."""
        return [identifier for (identifier,) in self._rows("known_ids", kind=kind)]

    def subjects_below(self, folders: Collection[str]) -> dict[str, Subject]:
        """Return what is on record with ids ``folder/...``, in order, in one read."""
        return self._subjects("subjects_below", folders=_json(folders))

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
        position, hash_, recorded_at = row or (0, bytes.fromhex(self.genesis), None)
        return Head(position, hash_.hex(), recorded_at, self.log_id)

    def _subjects(self, query: str, **parameters: str | int) -> dict[str, Subject]:
        return {
            one: Subject(one, kind, revision, bool(live), first)
            for one, kind, revision, live, first in self._rows(query, **parameters)
        }

    def _entries(self, query: str, **parameters: str | int) -> list[Entry]:
        return [_entry(self.log_id, row) for row in self._rows(query, **parameters)]

    def _rows(self, query: str, **parameters: str | int) -> list[tuple[Any, ...]]:
        with failures(self.path), self._read_lock:
            return self._reader.execute(QUERIES[query], parameters).fetchall()


def _json(values: Collection[str] | Collection[int]) -> str:
    return orjson.dumps(list(values)).decode()


def _entry(log_id: str, row: tuple[Any, ...]) -> Entry:
    position, *header, payload, salt, digest = row
    return Entry(Header(log_id, position, *header), payload, salt, digest)


def _check_revisions(database: sqlite3.Connection, expected: Mapping[str, int]) -> None:
    rows = database.execute(QUERIES["revisions"], {"ids": _json(expected.keys())})
    check_revisions(expected, dict(rows.fetchall()))


def _new_among(
    database: sqlite3.Connection, entries: Sequence[NewEntry]
) -> tuple[list[NewEntry], tuple[str, ...]]:
    subjects = [entry.subject for entry in entries]
    rows = database.execute(QUERIES["contents"], {"ids": _json(subjects)})
    recorded = {row[0]: row[1:] for row in rows}

    def same(entry: NewEntry) -> bool:
        kind, version, salt, content_hash = recorded[entry.subject]
        content = (entry.kind, entry.version, payload_hash(salt, entry.payload))
        return content == (kind, version, content_hash)

    return new_among(entries, recorded.keys(), same)


def _check_references(database: sqlite3.Connection, entries: Sequence[NewEntry]) -> None:
    ends = {end for one in entries for ref in one.references for end in (ref.source, ref.target)}
    rows = database.execute(QUERIES["live"], {"ids": _json(ends)})
    check_references(entries, {identifier for (identifier,) in rows})


def _check_acyclic(database: sqlite3.Connection, entries: Sequence[NewEntry]) -> None:
    """Walk from where the new edges lead; they have been written, so a way round shows."""
    for relation, starts in acyclic_starts(entries).items():
        parameters = {"relation": relation, "starts": _json(starts)}
        check_acyclic(relation, database.execute(QUERIES["reachable"], parameters))


def _insert_entry(
    database: sqlite3.Connection, header: Header, entry: NewEntry, previous: bytes
) -> bytes:
    salt = new_salt()
    content_hash = payload_hash(salt, entry.payload)
    digest = entry_hash(previous, header, content_hash)
    database.execute(
        QUERIES["insert_entry"],
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
        QUERIES["insert_subject"],
        {
            "id": entry.subject,
            "kind": entry.subject.partition("/")[0],
            "position": header.position,
            "content_hash": content_hash,
        },
    )
    database.executemany(
        QUERIES["insert_reference"],
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


def _outcome(database: sqlite3.Connection, key: str, request: bytes) -> Appended | None:
    row = database.execute(QUERIES["outcome"], {"key": key}).fetchone()
    if row is None:
        return None
    salt, request_hash, first, last, unchanged = row
    if payload_hash(salt, request) != request_hash:
        raise IdempotencyConflict(key)
    positions = database.execute(QUERIES["positions"], {"first": first, "last": last})
    return Appended(
        first, last, dict(positions.fetchall()), tuple(orjson.loads(unchanged)), repeated=True
    )


def _keep_outcome(
    database: sqlite3.Connection, key: str, request: bytes, appended: Appended
) -> None:
    salt = new_salt()
    database.execute(
        QUERIES["insert_outcome"],
        {
            "key": key,
            "salt": salt,
            "request_hash": payload_hash(salt, request),
            "first": appended.first,
            "last": appended.last,
            "unchanged": _json(appended.unchanged),
        },
    )
