"""A SQLite log on a really full disk, and beside programs that do not let go of its file."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from eventlog.errors import LogUnavailable
from eventlog.sqlite import SqliteLog
from tests import tmpfs
from tests.eventlog.examples import record

ROOT = Path(__file__).parents[2]
HOLDER = """
import sqlite3, sys
database = sqlite3.connect(sys.argv[1], isolation_level=None)
database.execute(sys.argv[2])
print("held", flush=True)
sys.stdin.readline()
"""
PATIENCE_SECONDS = 0.3


def test_a_full_disk_and_a_read_only_one_are_told_and_survived(tmp_path: Path) -> None:
    tests = ROOT / "tests" / "eventlog" / "small_disk.py"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tests)]
    done = subprocess.run(
        tmpfs.within(tmp_path, 2, command, f"export PYTHONPATH={ROOT}"),
        check=False,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert "5 passed" in done.stdout


@contextmanager
def held(path: Path, statement: str) -> "Iterator[subprocess.Popen[str]]":
    """Let another program hold a lock on the file."""
    program = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path), statement],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert program.stdout is not None
    assert program.stdout.readline() == "held\n"
    try:
        yield program
    finally:
        program.kill()
        program.communicate()


@pytest.mark.parametrize("statement", ["BEGIN IMMEDIATE", "BEGIN EXCLUSIVE"])
def test_a_program_that_holds_the_file_is_told_and_its_end_is_enough(
    path: Path, statement: str
) -> None:
    with closing(SqliteLog(path, busy_seconds=PATIENCE_SECONDS)) as log:
        record(log, "a")
        with held(path, statement) as program:
            for _ in range(2):
                began = time.monotonic()
                with pytest.raises(LogUnavailable) as failure:
                    record(log, "b")
                assert time.monotonic() - began >= PATIENCE_SECONDS
                assert (
                    str(failure.value)
                    == f"the log {path} cannot be used: another program writes to it and does not end"
                )
            assert log.verify().entries == 1  # readers do not wait
            with closing(SqliteLog(path, busy_seconds=PATIENCE_SECONDS)) as another:
                assert another.head().position == 1
            program.kill()
            program.wait()
            record(log, "b")
        assert log.verify().entries == 2


def test_who_waits_for_a_program_within_patience_appends_when_it_lets_go(path: Path) -> None:
    with closing(SqliteLog(path)) as log, held(path, "BEGIN IMMEDIATE") as program:
        end = threading.Timer(0.3, program.kill)
        end.start()
        record(log, "a")
        assert end.finished.is_set()
        end.join()
        assert log.head().position == 1
