"""The tables of a log in a file: made and brought up to date by numbered scripts, each run once."""

import sqlite3
import uuid
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from eventlog.errors import WrongFormat
from eventlog.log import FORMAT
from eventlog.migrations import Migration, checked_id, migrations_of
from eventlog.sqlite.database import transaction


def migrations() -> list[Migration]:
    """Return the scripts of this store, in order."""
    return migrations_of("eventlog.sqlite")


def opened_log(
    database: sqlite3.Connection,
    path: Path,
    *,
    make: bool,
    log_id: str | None = None,
    known: Sequence[Migration] | None = None,
) -> str:
    """Return the id of the log in a file, which with ``make`` is made a log if it is empty.

    ``log_id`` is the id of a log that is made, a fresh one if there is none. Its tables are brought
    up to date by the scripts that were not run yet.

    :raises WrongFormat: it holds something else, or a log of another format or a newer program.
    """
    known = migrations() if known is None else known
    if make and not _tables(database):
        with transaction(database):
            if not _tables(database):
                _apply(database, known)
                made = [("format", FORMAT), ("log_id", log_id or str(uuid.uuid4()))]
                database.executemany("INSERT INTO meta VALUES (?, ?)", made)
    if "meta" not in _tables(database):
        what = "a database, but not a log of onrecord" if _tables(database) else "empty: no log"
        raise WrongFormat(f"{path} is {what}")
    meta = dict(database.execute("SELECT name, value FROM meta").fetchall())
    found = checked_id(meta, str(path), "a new data folder")
    _bring_up_to_date(database, path, known)
    return found


def _bring_up_to_date(database: sqlite3.Connection, path: Path, known: Sequence[Migration]) -> None:
    done = _applied(database)
    if done > len(known):
        raise WrongFormat(
            f"{path} was brought up to date by a newer program (script {done}; this one knows "
            f"{len(known)}): use that one"
        )
    if done < len(known):
        with transaction(database):
            _apply(database, known[_applied(database) :])


def _apply(database: sqlite3.Connection, missing: Iterable[Migration]) -> None:
    """Run scripts, within a transaction."""
    for one in missing:
        for statement in _statements(one.script.decode()):
            database.execute(statement)
        database.execute(f"PRAGMA user_version = {one.number:d}")  # takes no parameter


def _applied(database: sqlite3.Connection) -> int:
    """Return the number of the last script that was run."""
    ((number,),) = database.execute("PRAGMA user_version").fetchall()
    return int(number)


def _tables(database: sqlite3.Connection) -> set[str]:
    rows = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    return {name for (name,) in rows}


def _statements(script: str) -> Iterator[str]:
    """Split a script; ``executescript`` would end the transaction."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
