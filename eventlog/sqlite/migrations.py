"""The tables of a log in a file: made and brought up to date by numbered scripts, each run once."""

import sqlite3
import uuid
from collections.abc import Iterator, Sequence
from importlib.resources import files
from pathlib import Path

from eventlog.errors import WrongFormat
from eventlog.log import FORMAT
from eventlog.sqlite.database import transaction

SCRIPTS = tuple(
    script.read_text("utf-8")
    for script in sorted(
        files("eventlog.sqlite").joinpath("migrations").iterdir(), key=lambda one: one.name
    )
)
"""What made the tables what they are, in order; a released one is never changed."""


def opened_log(
    database: sqlite3.Connection,
    path: Path,
    *,
    make: bool,
    log_id: str | None = None,
    scripts: Sequence[str] = SCRIPTS,
) -> str:
    """Return the id of the log in a file, which with ``make`` is made a log if it is empty.

    ``log_id`` is the id of a log that is made, a fresh one if there is none. Its tables are brought
    up to date by the scripts that were not run yet.

    :raises WrongFormat: it holds something else, or a log of another format or a newer program.
    """
    if make and not _tables(database):
        with transaction(database):
            if not _tables(database):
                _run(database, scripts, 0)
                made = [("format", FORMAT), ("log_id", log_id or str(uuid.uuid4()))]
                database.executemany("INSERT INTO meta VALUES (?, ?)", made)
    if "meta" not in _tables(database):
        what = "a database, but not a log of onrecord" if _tables(database) else "empty: no log"
        raise WrongFormat(f"{path} is {what}")
    meta = dict(database.execute("SELECT name, value FROM meta").fetchall())
    if meta.get("format") != FORMAT or "log_id" not in meta:
        raise WrongFormat(
            f"{path} has the log format {meta.get('format')}, this program {FORMAT}: "
            "use the program that wrote it, or record the dossiers again into a new data folder"
        )
    _bring_up_to_date(database, path, scripts)
    return str(meta["log_id"])


def _bring_up_to_date(database: sqlite3.Connection, path: Path, scripts: Sequence[str]) -> None:
    done = _scripts_run(database)
    if done > len(scripts):
        raise WrongFormat(
            f"{path} was brought up to date by a newer program (script {done}; this one knows "
            f"{len(scripts)}): use that one"
        )
    if done < len(scripts):
        with transaction(database):
            _run(database, scripts, _scripts_run(database))


def _run(database: sqlite3.Connection, scripts: Sequence[str], done: int) -> None:
    """Run the scripts behind those that were run, within a transaction."""
    for number, script in enumerate(scripts[done:], done + 1):
        for statement in _statements(script):
            database.execute(statement)
        database.execute(f"PRAGMA user_version = {number:d}")  # takes no parameter


def _scripts_run(database: sqlite3.Connection) -> int:
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
