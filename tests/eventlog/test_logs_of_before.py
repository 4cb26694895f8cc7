"""A log of a program that knew no changes yet: opened, it goes on, and every check is right."""

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from eventlog import Append, Appended, Log, Subject
from eventlog.chain import genesis
from eventlog.entries import Effect, Head
from eventlog.errors import AlreadyRecorded, Cycle, StillInUse
from eventlog.planning import Plan, State, plan, timestamp
from eventlog.postgres import migrations as in_postgres
from eventlog.postgres.connection import Address
from eventlog.rows import Row, entry_row, kept_row
from eventlog.sqlite import migrations as in_sqlite
from eventlog.sqlite.database import connect_to_write
from tests.eventlog.conftest import Place, opened
from tests.eventlog.examples import START, part, thing
from tests.eventlog.test_changes import (
    about,
    amended,
    append,
    live,
    reinstated,
    retracted,
    with_all,
)

LOG_ID = "00000000-0000-4000-8000-000000000000"
EARLIER = [
    Append((thing("a"), part("b", "a"), about("x", "a", "b")), "ann", "k"),
    Append((thing("c"), about("y", "x")), "bob"),
]


def planned() -> Plan:
    """Return the rows of a log as it was before."""
    state = State(Head(0, genesis(LOG_ID).hex(), None, LOG_ID), {}, {}, {}, {})
    return plan(EARLIER, state, timestamp(START), lambda: bytes(16))


def rows(of: Plan) -> dict[str, Sequence[Row]]:
    """Return the rows by the tables and columns of the first script."""
    return {
        "entries (position, recorded_at, recorded_by, kind, version, subject, append_first, "
        "append_size, idempotency_key, payload, salt, hash)": [*map(entry_row, of.entries)],
        "subjects (id, revision, live, first_position)": [
            (name, position, True, position) for name, position in of.subjects
        ],
        "refs (relation, source, target, position)": [edge[:4] for edge in of.edges],
        "appends (idempotency_key, salt, request_hash, first, last, unchanged)": [
            *map(kept_row, of.kept)
        ],
    }


def made_before(place: Place) -> None:
    """Make the log that a program of before has left."""
    inserted = {f"INSERT INTO {table} VALUES": values for table, values in rows(planned()).items()}
    if isinstance(place, Path):
        place.parent.mkdir(exist_ok=True)
        with closing(connect_to_write(place, 5.0)) as database:
            first = in_sqlite.migrations()[:1]
            in_sqlite.opened_log(database, place, make=True, log_id=LOG_ID, known=first)
        with closing(sqlite3.connect(place)) as file, file:
            for insert, values in inserted.items():
                file.executemany(f"{insert} ({', '.join('?' * len(values[0]))})", values)
        return
    address = Address.of(place, lock_seconds=5, patience_seconds=30)
    with closing(address.connect()) as session:
        first = in_postgres.migrations()[:1]
        in_postgres.opened_log(session, "the log", make=True, log_id=LOG_ID, known=first)
    with psycopg.connect(place) as connection, connection.cursor() as cursor:
        for insert, values in inserted.items():
            cursor.executemany(f"{insert} ({', '.join(['%s'] * len(values[0]))})".encode(), values)


def reopened(new_place: Callable[[], Place]) -> Log:
    place = new_place()
    made_before(place)
    return opened(place)


def test_a_log_of_before_is_what_it_was(new_place: Callable[[], Place]) -> None:
    with closing(reopened(new_place)) as log:
        assert log.log_id == LOG_ID
        assert [entry.hash for entry in log.read()] == [one.hash for one in planned().entries]
        assert log.verify().entries == 5
        assert log.subjects(["thing/b"]) == {
            "thing/b": Subject("thing/b", "thing", 2, True, first_position=2, content_position=2)
        }
        assert log.positions(["thing/b", "thing/y"]) == {"thing/b": [2], "thing/y": [5]}
        again = log.append(EARLIER[0].entries, recorded_by="ann", idempotency_key="k")
        assert again == Appended(1, 3, {"thing/a": 1, "thing/b": 2, "thing/x": 3}, repeated=True)


def test_what_a_log_of_before_holds_is_checked_and_can_be_changed(
    new_place: Callable[[], Place],
) -> None:
    with closing(reopened(new_place)) as log:
        assert append(log, thing("c")).unchanged == ("thing/c",)
        for entry, refusal in (
            (thing("c", "other"), AlreadyRecorded),
            (part("a", "b")._replace(effect=Effect.AMENDS), Cycle),
            (retracted("a"), StillInUse),
        ):
            with pytest.raises(refusal):
                append(log, entry)
        append(log, amended("x", "", *about("x", "b").references))
        assert log.dependants(["thing/a"]) == {"thing/a": ["thing/b"]}
        outcome = append(log, with_all("a"))
        assert list(outcome.positions) == ["thing/a", "thing/b", "thing/x", "thing/y"]
        append(log, reinstated("a"), reinstated("b", *part("b", "a").references))
        assert live(log, *"abcxy") == "abc"
        assert log.verify().entries == 12
