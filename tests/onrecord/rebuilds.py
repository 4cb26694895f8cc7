"""Rebuilds that are under way, of records large enough to be met in the midst of one."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from eventlog.sqlite import SqliteLog
from tests.graph.records import fill, record
from tests.onrecord.running import COMMAND, Program


def make_log(program: Program, statements: int) -> int:
    """Put an invented record on record, in appends of 200, and return where its log ends."""
    log = SqliteLog(program.data / "log.sqlite3")
    fill(log, record(9, statements, append_size=200))
    position = log.head().position
    log.close()
    return position


@contextmanager
def rebuilding(program: Program, *arguments: str) -> "Iterator[subprocess.Popen[str]]":
    """Run a rebuild as long as the block does."""
    process = subprocess.Popen(
        [*COMMAND, "rebuild", *arguments],
        env=program.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def until(process: "subprocess.Popen[str]", stage: str) -> None:
    """Wait until a rebuild tells that it has come to a stage."""
    assert process.stderr is not None
    told = []
    for line in process.stderr:
        told.append(line)
        if line.startswith(stage):
            return
    raise AssertionError(f"it never came to {stage}: {told}")
