"""Somebody who knows the database of a log, and gets round what guards it."""

import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.rows import TupleRow

from eventlog.errors import Tampered
from tests.eventlog.conftest import Place, opened
from tests.eventlog.examples import thing

APPENDS = ("ab", "c", "def", "gh")
LAST = 8


class Database(ABC):
    """The tables of a log, nothing of which is guarded any more."""

    meta: str

    @abstractmethod
    def execute(self, statement: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Run a statement with values for its question marks; return the rows, if it has any."""

    def change(self, statement: str, values: Sequence[object] = ()) -> None:
        """Run a statement that has to change one row."""
        assert len(self.execute(f"{statement} RETURNING position", values)) == 1

    @abstractmethod
    def columns(self, table: str) -> tuple[str, ...]:
        """Return the names of a table's columns, in order."""


class _Sqlite(Database):
    meta = "meta"

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        for (name,) in self.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
            self.execute(f"DROP TRIGGER {name}")

    def execute(self, statement: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        return self._database.execute(statement, tuple(values)).fetchall()

    def columns(self, table: str) -> tuple[str, ...]:
        rows = self.execute("SELECT name FROM pragma_table_info(?)", [table])
        return tuple(name for (name,) in rows)


class _Postgres(Database):
    meta = "log_meta"

    def __init__(self, database: psycopg.Connection[TupleRow]) -> None:
        self._database = database
        self.execute("ALTER TABLE entries DISABLE TRIGGER ALL")

    def execute(self, statement: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        cursor = self._database.execute(statement.replace("?", "%s").encode(), values)
        return [] if cursor.description is None else cursor.fetchall()

    def columns(self, table: str) -> tuple[str, ...]:
        rows = self.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = ? "
            "AND table_schema = current_schema() ORDER BY ordinal_position",
            [table],
        )
        return tuple(name for (name,) in rows)


@contextmanager
def unguarded(place: Place) -> Iterator[Database]:
    """Open a log as somebody who takes its triggers away, and keep what is done to it."""
    if isinstance(place, Path):
        with closing(sqlite3.connect(place)) as database, database:
            yield _Sqlite(database)
    else:
        with psycopg.connect(place) as session:
            yield _Postgres(session)


def write(place: Place) -> tuple[int, str]:
    """Write a log of eight entries in four appends and return where it ends."""
    with closing(opened(place)) as log:
        for number, names in enumerate(APPENDS):
            log.append(
                [thing(name, f"text of {name}") for name in names],
                recorded_by=f"writer {number}",
                idempotency_key=f"key {number}" if number % 2 else None,
            )
        return log.head().position, log.head().hash


def proven(place: Place, anchor: tuple[int, str] | None = None) -> int:
    """Return how many entries the proof counts."""
    with closing(opened(place)) as log:
        return log.verify(anchor=anchor).entries


def found_at(place: Place, anchor: tuple[int, str] | None = None) -> int:
    """Return the position that the proof names."""
    with pytest.raises(Tampered) as finding:
        proven(place, anchor)
    assert f"position {finding.value.position} " in str(finding.value)
    return finding.value.position
