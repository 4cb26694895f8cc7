"""Logs to measure graphs with: invented records of any size, and one with a long past.

A log is made once for a folder and found there again, so that a run can be repeated.
"""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import groupby, islice
from pathlib import Path
from typing import TypeGuard

from eventlog.errors import Cycle
from eventlog.reading import read_entry
from eventlog.recorder import Recorder
from eventlog.sqlite import SqliteLog
from schema.entries import Amended, AnyEntry, StatementRecorded
from tests.graph.records import Statements, parts

APPEND = 1_000
"""How many entries an append holds, in any log: what is folded at once is as large in each."""
FILE = "log.sqlite3"
RECORDED_BY = "a generator"
SEED = 5


def filled(folder: Path, statements: int, amendments: int = 0) -> SqliteLog:
    """Return a log with so many statements and what they are about.

    Each entry is then amended so many times, the last time to what it said at first: what is on
    record at the end is the same, however long its past. A log whose making was broken off is
    made anew.
    """
    whole = folder / f"{statements}-{amendments}"
    if not whole.exists():
        begun = whole.with_name(f"{whole.name}-begun")
        shutil.rmtree(begun, ignore_errors=True)
        with closing(SqliteLog(begun / FILE)) as log:
            _fill(Recorder(log, RECORDED_BY), statements)
            for turn in range(1, amendments + 1):
                _amend(log, turn, last=turn == amendments)
        begun.rename(whole)
    return SqliteLog(whole / FILE, make=False)


def _fill(recorder: Recorder, statements: int) -> None:
    things, made = parts(SEED, statements)
    for append in _appends_of_things(things):
        recorder.record(append)
    for start in range(0, statements, APPEND):
        _record(recorder, made, start, min(start + APPEND, statements))


def _record(recorder: Recorder, made: Statements, start: int, end: int) -> None:
    """Record statements; those that were drawn so that they relay each other are drawn anew."""
    while True:
        try:
            recorder.record(made(start, end))
        except Cycle:
            continue
        return


ORDER = ("issue", "actor", "source", "role", "event", "claim", "link")
"""Kinds in an order in which none needs a later one; officials come with their source."""


def _appends_of_things(things: Sequence[AnyEntry]) -> Iterator[list[AnyEntry]]:
    def place(entry: AnyEntry) -> tuple[int, int]:
        kind, name = entry.id.split("/")[:2]
        if name.startswith("source-"):
            kind, name = "source", name.removeprefix("source-")
        return ORDER.index(kind), int(name)

    for _, ones in groupby(sorted(things, key=place), key=lambda entry: place(entry)[0]):
        while append := list(islice(ones, APPEND)):
            yield append


def _amend(log: SqliteLog, turn: int, *, last: bool) -> None:
    """Amend what every statement says of some things, in the end to what it said at first."""
    recorder = Recorder(log, RECORDED_BY)
    firsts = (entry for entry in map(read_entry, log.entries()) if _is_statement(entry))
    while append := [_amended(entry, turn, last=last) for entry in islice(firsts, APPEND)]:
        recorder.record(append)


def _is_statement(entry: AnyEntry) -> TypeGuard[StatementRecorded]:
    return isinstance(entry, StatementRecorded)


def _amended(entry: StatementRecorded, turn: int, *, last: bool) -> AnyEntry:
    fields: dict[str, object] = {
        "venue": f"room {turn}",
        "addressedTo": [f"actor/{turn}"],
        "issues": [f"issue/{turn % 5}"],
    }
    if last:
        said = entry.model_dump(mode="json", by_alias=True)
        fields = {name: said[name] for name in fields}
    amended = {"id": entry.id, "fields": fields, "reason": "so it was"}
    return Amended.model_validate(amended)
