"""A SQLite log on a disk that is full, or that may not be written: tests within a small disk.

They run where the present folder is a file system of a few MiB of its own; see
:mod:`tests.eventlog.test_disk`.
"""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from eventlog import Appended
from eventlog.errors import LogUnavailable
from eventlog.sqlite import SqliteLog
from tests.eventlog.examples import thing

LARGE, SMALL = 50_000, 10
FULL = r"log\.sqlite3 cannot be used: database or disk is full"


@pytest.fixture
def disk() -> Iterator[Path]:
    """Return an empty disk."""
    folder = Path.cwd()
    assert shutil.disk_usage(folder).total < 8 * 2**20, "this is no small disk"
    yield folder
    subprocess.run(["mount", "-o", "remount,rw", folder], check=True)
    for one in folder.iterdir():
        shutil.rmtree(one) if one.is_dir() else one.unlink()


@pytest.fixture
def ballast(disk: Path) -> Path:
    """Return a file by whose removal there is room again."""
    path = disk / "ballast"
    path.write_bytes(bytes(300_000))
    return path


@pytest.fixture
def path(disk: Path) -> Path:
    """Return where a log can be made on the disk."""
    return disk / "data" / "log.sqlite3"


def append(log: SqliteLog, name: str, size: int = SMALL) -> Appended:
    return log.append([thing(name, "x" * size)], recorded_by="ann", idempotency_key=name)


def fill(log: SqliteLog) -> tuple[list[str], list[str]]:
    """Append until not even something small finds room; return what was told of which."""
    acknowledged: list[str] = []
    refused: list[str] = []
    for size in (LARGE, SMALL):
        for number in range(1_000):
            name = f"{size}-{number}"
            try:
                append(log, name, size)
            except LogUnavailable:
                refused.append(name)
                break
            acknowledged.append(name)
    return acknowledged, refused


def subjects(log: SqliteLog) -> list[str]:
    """Return what is on record, after proof."""
    entries = list(log.entries())
    assert log.verify().entries == len(entries)
    return [entry.header.subject.removeprefix("thing/") for entry in entries]


def test_a_full_disk_is_told_and_what_was_acknowledged_can_be_read(
    path: Path, ballast: Path
) -> None:
    with closing(SqliteLog(path)) as log:
        acknowledged, refused = fill(log)
        assert len(acknowledged) > 10
        assert len(refused) == 2
        for _ in range(3):
            with pytest.raises(LogUnavailable, match=FULL):
                append(log, refused[0], LARGE)
        assert subjects(log) == acknowledged
        with closing(SqliteLog(path)) as another:
            assert subjects(another) == acknowledged


def test_once_there_is_room_the_same_log_goes_on(path: Path, ballast: Path) -> None:
    with closing(SqliteLog(path)) as log:
        acknowledged, (large, small) = fill(log)
        ballast.unlink()
        assert not append(log, small).repeated
        assert not append(log, large, LARGE).repeated
        assert append(log, large, LARGE).repeated
        assert append(log, acknowledged[0], LARGE).repeated
        assert subjects(log) == [*acknowledged, small, large]


def test_a_log_is_opened_on_a_full_disk(path: Path, ballast: Path) -> None:
    with closing(SqliteLog(path)) as log:
        acknowledged, (large, _) = fill(log)
    with closing(SqliteLog(path)) as log:
        assert subjects(log) == acknowledged
        with pytest.raises(LogUnavailable, match=FULL):
            append(log, large, LARGE)
        ballast.unlink()
        assert append(log, large, LARGE).first == len(acknowledged) + 1


def test_a_log_that_could_not_be_made_for_want_of_room_is_made_when_there_is(
    path: Path, ballast: Path
) -> None:
    with closing(SqliteLog(path)) as log:
        fill(log)
        other = path.with_name("other.sqlite3")
        with pytest.raises(LogUnavailable, match="disk is full"):
            SqliteLog(other)
        ballast.unlink()
        with closing(SqliteLog(other)) as made:
            append(made, "a")
            assert subjects(made) == ["a"]


def test_a_log_on_a_disk_that_became_read_only_is_told_and_used_again_after(
    path: Path,
) -> None:
    with closing(SqliteLog(path)) as log:
        append(log, "a")
    for state, refused in (("ro", True), ("rw", False)):
        subprocess.run(["mount", "-o", f"remount,{state}", Path.cwd()], check=True)
        if refused:
            with pytest.raises(LogUnavailable) as failure:
                SqliteLog(path)
            assert str(failure.value) == f"the log {path} cannot be used: Read-only file system"
    with closing(SqliteLog(path)) as log:
        append(log, "b")
        assert subjects(log) == ["a", "b"]
