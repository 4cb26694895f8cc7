"""The rows that every store keeps, and what they mean; columns as in the stores' tables."""

from collections.abc import Iterable, Sequence
from typing import Any

import orjson

from eventlog.chain import Header
from eventlog.entries import Appended, Entry, Head, Subject
from eventlog.planning import ChangedSubject, Kept

Row = tuple[str | int | bytes | None, ...]


def entry_row(entry: Entry) -> Row:
    """Return the header but for the log's id, payload, salt and hash."""
    return (*entry.header[1:], *entry[1:])


def entry_of(log_id: str, row: Sequence[Any]) -> Entry:
    """Return an entry by its row."""
    position, *header, payload, salt, digest = row
    return Entry(Header(log_id, position, *header), payload, salt, digest)


def head_of(row: Sequence[Any] | None, log_id: str, genesis: str) -> Head:
    """Return where a log ends by position, hash and time of its last entry; none if it is empty."""
    if row is None or row[0] is None:
        return Head(0, genesis, None, log_id)
    position, hash_, recorded_at = row
    return Head(position, hash_.hex(), recorded_at, log_id)


def subject_of(row: Sequence[Any]) -> Subject:
    """Return a thing on record by its row; its kind is what its id begins with."""
    identifier, revision, live, first, content = row
    kind = identifier.partition("/")[0]
    return Subject(identifier, kind, revision, bool(live), first, content or first)


def changed_row(changed: ChangedSubject) -> Row:
    """Return what a thing on record has become."""
    return changed.revision, changed.live, changed.content_position, changed.id


def grouped(rows: Iterable[Sequence[Any]]) -> dict[str, list[Any]]:
    """Return the second values of rows by their first."""
    found: dict[str, list[Any]] = {}
    for name, value in rows:
        found.setdefault(name, []).append(value)
    return found


def kept_row(kept: Kept) -> Row:
    """Return the outcome of an append that had an idempotency key, but for its positions."""
    outcome = kept.outcome
    unchanged = orjson.dumps(outcome.unchanged).decode()
    return kept.key, kept.salt, kept.request_hash, outcome.first, outcome.last, unchanged


def kept_of(row: Sequence[Any], subjects: Sequence[str] = ()) -> Kept:
    """Return an outcome by its row, and by the subjects of its entries in order."""
    key, salt, request_hash, first, last, unchanged = row
    positions = {subject: position for position, subject in enumerate(subjects, first)}
    outcome = Appended(first, last, positions, tuple(orjson.loads(unchanged)))
    return Kept(key, salt, request_hash, outcome)
