"""What an append reads of the file before it is planned, and what it writes of the plan."""

import sqlite3
from collections.abc import Collection, Sequence

import orjson

from eventlog.entries import Appended, Entry, Head
from eventlog.planning import Edge, Kept, Needs, NewSubject, OnRecord, Plan, State
from eventlog.sqlite.database import QUERIES

Value = str | int | bytes | None


def read_state(database: sqlite3.Connection, needed: Needs, head: Head) -> State:
    """Read what a group of appends needs, each kind of thing in one statement."""
    return State(
        head,
        _on_record(database, needed.ids),
        _kept(database, needed.keys) if needed.keys else {},
        {one: _reachable(database, one, starts) for one, starts in needed.starts.items()},
    )


def _on_record(database: sqlite3.Connection, ids: Collection[str]) -> dict[str, OnRecord]:
    rows = database.execute(QUERIES["on_record"], {"ids": _json(ids)})
    return {
        name: OnRecord(revision, bool(live), *content) for name, revision, live, *content in rows
    }


def _kept(database: sqlite3.Connection, keys: Collection[str]) -> dict[str, Kept]:
    asked = {"keys": _json(keys)}
    rows = database.execute(QUERIES["kept"], asked).fetchall()
    positions: dict[str, dict[str, int]] = {row[0]: {} for row in rows}
    if rows:
        for key, subject, position in database.execute(QUERIES["kept_positions"], asked):
            positions[key][subject] = position
    return {
        key: Kept(
            key,
            salt,
            request_hash,
            Appended(first, last, positions[key], tuple(orjson.loads(unchanged))),
        )
        for key, salt, request_hash, first, last, unchanged in rows
    }


def _reachable(database: sqlite3.Connection, relation: str, starts: Sequence[str]) -> list[Edge]:
    parameters = {"relation": relation, "starts": _json(starts)}
    return database.execute(QUERIES["reachable"], parameters).fetchall()


def write_plan(database: sqlite3.Connection, plan: Plan) -> None:
    """Write the rows of a plan, each table's in one go."""
    _insert(database, "insert_entry", [_entry_row(one) for one in plan.entries])
    _insert(database, "insert_subject", [_subject_row(one) for one in plan.subjects])
    _insert(database, "insert_edge", plan.edges)
    _insert(database, "insert_kept", [_kept_row(one) for one in plan.kept])


def _insert(database: sqlite3.Connection, query: str, rows: Sequence[tuple[Value, ...]]) -> None:
    if rows:
        database.executemany(QUERIES[query], rows)


def _entry_row(entry: Entry) -> tuple[Value, ...]:
    """Return a row of the table: the header but for the log's id, payload, salt and hash."""
    return (*entry.header[1:], *entry[1:])


def _subject_row(subject: NewSubject) -> tuple[Value, ...]:
    """Return a row of the table; a thing that is new has its first position for its revision."""
    position = subject.position
    return subject.id, subject.kind, position, position, subject.content_hash


def _kept_row(kept: Kept) -> tuple[Value, ...]:
    outcome = kept.outcome
    unchanged = _json(outcome.unchanged)
    return kept.key, kept.salt, kept.request_hash, outcome.first, outcome.last, unchanged


def _json(values: Collection[str]) -> str:
    return orjson.dumps(list(values)).decode()
