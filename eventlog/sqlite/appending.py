"""What an append reads of the file before it is planned, and what it writes of the plan."""

import sqlite3
from collections.abc import Collection, Sequence

import orjson

from eventlog.entries import Edge, Head
from eventlog.planning import Content, Kept, Needs, OnRecord, Plan, State, User
from eventlog.rows import Row, changed_row, entry_row, kept_of, kept_row
from eventlog.sqlite.database import QUERIES


def read_state(database: sqlite3.Connection, needed: Needs, head: Head) -> State:
    """Read what a group of appends needs, each kind of thing in one statement."""
    subjects = _on_record(database, needed.ids)
    return State(
        head,
        subjects,
        _contents(database, needed.contents & subjects.keys()),
        _kept(database, needed.keys) if needed.keys else {},
        {one: _reachable(database, one, starts) for one, starts in needed.starts.items()},
        _users(database, needed) if needed.users else None,
        _last_used(database, needed.watched) if needed.watched else None,
    )


def _on_record(database: sqlite3.Connection, ids: Collection[str]) -> dict[str, OnRecord]:
    rows = database.execute(QUERIES["on_record"], {"ids": json_list(ids)})
    return {name: OnRecord(last, bool(live), content) for name, last, live, content in rows}


def _contents(database: sqlite3.Connection, ids: Collection[str]) -> dict[str, Content]:
    if not ids:
        return {}
    rows = database.execute(QUERIES["contents"], {"ids": json_list(ids)})
    return {name: Content(*content) for name, *content in rows}


def _kept(database: sqlite3.Connection, keys: Collection[str]) -> dict[str, Kept]:
    asked = {"keys": json_list(keys)}
    rows = database.execute(QUERIES["kept"], asked).fetchall()
    subjects: dict[str, list[str]] = {key: [] for key, *_ in rows}
    if rows:
        for key, subject in database.execute(QUERIES["kept_subjects"], asked):
            subjects[key].append(subject)
    return {row[0]: kept_of(row, subjects[row[0]]) for row in rows}


def _reachable(database: sqlite3.Connection, relation: str, starts: Sequence[str]) -> list[Edge]:
    parameters = {"relation": relation, "starts": json_list(starts)}
    return list(map(Edge._make, database.execute(QUERIES["reachable"], parameters)))


def _users(database: sqlite3.Connection, needed: Needs) -> list[User]:
    parameters = {"ids": json_list(needed.users), "all": needed.all_users}
    return list(map(User._make, database.execute(QUERIES["users"], parameters)))


def _last_used(database: sqlite3.Connection, ids: Collection[str]) -> dict[str, int]:
    return dict(database.execute(QUERIES["last_used"], {"ids": json_list(ids)}).fetchall())


def write_plan(database: sqlite3.Connection, plan: Plan) -> None:
    """Write the rows of a plan, each table's in one go."""
    _insert(database, "insert_entry", [entry_row(one) for one in plan.entries])
    _insert(database, "insert_subject", [(name, place, place) for name, place in plan.subjects])
    _insert(database, "change_subject", list(map(changed_row, plan.changed)))
    _insert(database, "insert_revision", plan.revisions)
    _insert(database, "insert_edge", plan.edges)
    _insert(database, "insert_kept", [kept_row(one) for one in plan.kept])


def _insert(database: sqlite3.Connection, query: str, rows: Sequence[Row]) -> None:
    if rows:
        database.executemany(QUERIES[query], rows)


def json_list(values: Collection[str] | Collection[int]) -> str:
    """Return values as one parameter of a statement, which reads them by ``json_each``."""
    return orjson.dumps(list(values)).decode()
