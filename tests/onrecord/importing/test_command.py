"""``onrecord import`` as its users run it."""

import subprocess
import time
from contextlib import closing
from pathlib import Path

import orjson
import pytest

from eventlog.errors import WrongFormat
from eventlog.sqlite import SqliteLog
from tests.onrecord.importing.archive import FILES, NAME, archive
from tests.onrecord.importing.database import database
from tests.onrecord.importing.reviews import lines, review
from tests.onrecord.running import COMMAND, PATIENCE_SECONDS, Program


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """Return the program with a data folder of its own."""
    return Program(tmp_path / "data")


def _subjects(program: Program) -> list[str]:
    told = program.ok("log", "show", "--first", "1000000", "--format", "json")
    return [orjson.loads(line)["subject"] for line in told.splitlines()]


def test_every_format_is_recorded_and_nothing_the_second_time(
    tmp_path: Path, program: Program
) -> None:
    files = {
        "factopolis": (archive(tmp_path), 2),
        "dna": (database(tmp_path), 3),
        "claimreview": (lines(tmp_path / "reviews.jsonl", map(review, range(4))), 4),
    }
    for name, (file, rows) in files.items():
        assert f"recorded {rows} rows as " in program.ok("import", name, str(file))
    recorded = _subjects(program)
    assert len(recorded) == len(set(recorded))
    for name, (file, rows) in files.items():
        told = program.ok("import", name, str(file))
        assert told == f"recorded 0 rows as 0 entries; {rows} rows on record already\n"
    assert _subjects(program) == recorded
    program.ok("log", "verify")


def test_bad_rows_are_told_and_the_others_recorded(tmp_path: Path, program: Program) -> None:
    changed = {NAME: FILES[NAME].replace("date: 2017-03-01", "date: [1mred[0m")}
    file = archive(tmp_path, changed)
    ran = program.run("import", "factopolis", str(file))
    assert ran.code == 1
    told, sentence = ran.out.splitlines()
    assert told.startswith(f"{file}: {NAME}: ")
    assert sentence.startswith("recorded 1 row as ")
    assert sentence.endswith("; 1 row left out")


def test_names_in_an_archive_do_not_command_the_terminal(tmp_path: Path, program: Program) -> None:
    name = "content/person/ada-marsh/\x1b[2J\n1.md"
    told = program.run("import", "factopolis", str(archive(tmp_path, {name: "nothing"}))).out
    assert len(told.splitlines()) == 2
    assert "/\\x1b[2J\\n1.md: has no YAML" in told


def test_a_dry_run_writes_nothing(tmp_path: Path, program: Program) -> None:
    bad = review(7, url="nowhere")
    file = lines(tmp_path / "reviews.jsonl", [*map(review, range(3)), bad])
    ran = program.run("import", "claimreview", "--dry-run", str(file))
    assert ran.code == 1
    assert f"{file}:4: source.url: 'nowhere' is not a web address" in ran.out
    assert ran.out.endswith("; 1 row left out; nothing was written\n")
    assert not program.data.exists()
    program.run("import", "claimreview", str(file))
    assert "would record 0 rows" in program.run("import", "claimreview", "--dry-run", str(file)).out


@pytest.mark.parametrize("name", ["factopolis", "dna", "claimreview"])
def test_a_file_that_cannot_be_read_makes_no_log(
    tmp_path: Path, program: Program, name: str
) -> None:
    file = tmp_path / "file"
    assert "cannot be read" in program.refused("import", name, str(file), code=2)
    file.write_bytes(b"\x00\xff nothing")
    assert program.refused("import", name, str(file), code=2).startswith(f"{file}: is not ")
    assert not program.data.exists()


def test_killed_at_any_time_it_is_gone_on_with(tmp_path: Path, program: Program) -> None:
    file = lines(tmp_path / "reviews.jsonl", map(review, range(1500)))
    whole = Program(tmp_path / "whole")
    assert "recorded 1,500 rows" in whole.ok("import", "claimreview", str(file))
    for entries in (1, 2000):
        _kill_beyond(entries, program, file)
        program.ok("log", "verify")
    told = program.ok("import", "claimreview", str(file))
    assert "rows on record already" in told
    assert _subjects(program) == _subjects(whole)


def _kill_beyond(entries: int, program: Program, file: Path) -> None:
    """Import, and kill that once the log has more than so many entries."""
    command = [*COMMAND, "import", "claimreview", str(file)]
    nowhere = subprocess.DEVNULL
    deadline = time.monotonic() + PATIENCE_SECONDS
    with subprocess.Popen(command, env=program.environment(), stderr=nowhere) as process:
        try:
            while _count(program.data / "log.sqlite3") <= entries:
                assert process.poll() is None, "it ended before it was killed"
                assert time.monotonic() < deadline
                time.sleep(0.005)
        finally:
            process.kill()


def _count(path: Path) -> int:
    """Return how many entries a log has; none while it is being made."""
    if not path.exists():
        return 0
    try:
        with closing(SqliteLog(path, make=False)) as log:
            return log.head().position
    except WrongFormat:
        return 0
