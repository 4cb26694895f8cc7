"""The file of a SQLite log: who may read it, what guards it, and what can go wrong with it."""

import hashlib
import resource
import sqlite3
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from eventlog.errors import (
    LogDamaged,
    LogUnavailable,
    OutcomeUnknown,
    WrongFormat,
)
from eventlog.migrations import Migration
from eventlog.sqlite import SqliteLog
from eventlog.sqlite.database import connect, connect_to_write, failures
from eventlog.sqlite.migrations import migrations, opened_log
from tests.eventlog.examples import record, thing
from tests.unprivileged import unprivileged

VALUES = (
    "recorded_at, recorded_by, kind, version, subject, append_first, append_size, "
    "idempotency_key, payload, salt, hash"
)
GAP = f"INSERT INTO entries SELECT 4, {VALUES} FROM entries LIMIT 1"  # noqa: S608 - a constant


def raw(path: Path) -> "closing[sqlite3.Connection]":
    return closing(sqlite3.connect(path, isolation_level=None))


# -- the file ----------------------------------------------------------------------------------


def test_the_file_and_its_folder_are_for_their_owner_alone(path: Path) -> None:
    with closing(SqliteLog(path)) as log:
        record(log, "a")
        modes = {one.name: stat.S_IMODE(one.stat().st_mode) for one in path.parent.iterdir()}
    assert modes[path.name] == modes[f"{path.name}-wal"] == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_an_empty_file_becomes_a_log(path: Path) -> None:
    path.parent.mkdir()
    path.touch()
    with closing(SqliteLog(path)) as log:
        record(log, "a")
        assert log.verify().entries == 1


@pytest.mark.parametrize("connect", [connect, connect_to_write])
def test_a_commit_waits_for_the_disk(
    path: Path, connect: Callable[[Path, float], sqlite3.Connection]
) -> None:
    with closing(SqliteLog(path)), closing(connect(path, 1.0)) as database:
        settings = [
            database.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "fullfsync")
        ]
    assert settings == ["wal", 2, 1]


def test_the_text_cannot_be_guessed_from_a_hash_in_the_file(path: Path) -> None:
    entry = thing("a", "a short text")
    with closing(SqliteLog(path)) as log:
        log.append([entry], recorded_by="ann", idempotency_key="k")
    data = path.read_bytes()
    assert entry.payload in data
    assert hashlib.sha256(entry.payload).digest() not in data


# -- what guards it ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("UPDATE entries SET recorded_by = 'bob' WHERE position = 1", "never updated"),
        ("UPDATE OR REPLACE entries SET position = 2 WHERE position = 1", "never updated"),
        ("DELETE FROM entries WHERE position = 2", "never deleted"),
        ("DELETE FROM entries", "never deleted"),
        ("INSERT OR REPLACE INTO entries SELECT * FROM entries WHERE position = 1", "a gap"),
        (GAP, "a gap"),
    ],
)
def test_the_file_itself_refuses_changes(path: Path, statement: str, reason: str) -> None:
    with closing(SqliteLog(path)) as log:
        record(log, "a", "b")
        with raw(path) as database, pytest.raises(sqlite3.IntegrityError, match=reason):
            database.execute(statement)
        assert log.verify().entries == 2


# -- waiting ----------------------------------------------------------------------------------


def test_who_waits_is_woken_by_its_own_program_without_a_look(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("eventlog.sqlite.store.POLL_SECONDS", 60.0)
    with closing(SqliteLog(path)) as log, ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(log.wait_beyond, 0, 60.0)
        time.sleep(0.1)  # into the wait itself
        record(log, "a")
        assert waiting.result(10.0) == 1


# -- what can go wrong -------------------------------------------------------------------------


def test_another_database_is_not_taken_for_a_log(path: Path) -> None:
    path.parent.mkdir()
    with raw(path) as database:
        database.execute("CREATE TABLE recipes (name TEXT)")
    with pytest.raises(WrongFormat, match=r"log\.sqlite3 is a database, but not a log"):
        SqliteLog(path)
    with raw(path) as database:
        tables = database.execute("SELECT name FROM sqlite_master").fetchall()
    assert tables == [("recipes",)]


@pytest.mark.parametrize("found", ["0.2.0", "0.1.0-pre.0"])
def test_a_log_of_another_format_says_what_to_do(path: Path, found: str) -> None:
    SqliteLog(path).close()
    with raw(path) as database:
        database.execute("UPDATE meta SET value = ? WHERE name = 'format'", [found])
    with pytest.raises(WrongFormat) as refusal:
        SqliteLog(path)
    assert str(refusal.value) == (
        f"{path} has the log format {found}, this program 0.1.0: use the program that wrote "
        "it, or record the dossiers again into a new data folder"
    )


def test_a_log_of_a_newer_program_is_refused(path: Path) -> None:
    SqliteLog(path).close()
    with raw(path) as database:
        database.execute("PRAGMA user_version = 99")
    with pytest.raises(WrongFormat, match=r"by a newer program \(script 99; this one knows"):
        SqliteLog(path)


def test_migrations_are_numbered_without_a_gap() -> None:
    assert [one.number for one in migrations()] == list(range(1, len(migrations()) + 1))


ADDED = b"CREATE TABLE notes (text TEXT) STRICT;"


def added(script: bytes) -> list[Migration]:
    """Return the migrations with one more."""
    return [*migrations(), Migration(len(migrations()) + 1, "more", script)]


def test_a_log_is_brought_up_to_date_once_and_keeps_what_it_holds(path: Path) -> None:
    with closing(SqliteLog(path)) as log:
        record(log, "a")
    known = added(ADDED)
    for _ in range(2):
        with closing(connect(path, 1.0)) as database:
            assert opened_log(database, path, make=False, known=known) == log.log_id
            assert database.execute("SELECT * FROM notes").fetchall() == []
            assert database.execute("SELECT count(*) FROM entries").fetchone() == (1,)
    with pytest.raises(WrongFormat, match="use that one"):
        SqliteLog(path)


def test_programs_that_bring_a_log_up_to_date_do_not_meet(path: Path) -> None:
    SqliteLog(path).close()
    start = threading.Barrier(8)

    def opened(_: int) -> str:
        with closing(connect(path, 10.0)) as database:
            start.wait()
            return opened_log(database, path, make=False, known=added(ADDED))

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(opened, range(8)))) == 1


def test_a_script_that_fails_leaves_the_log_as_it_was(path: Path) -> None:
    SqliteLog(path).close()
    with (
        closing(connect(path, 1.0)) as database,
        pytest.raises(sqlite3.OperationalError, match="nonsense"),
    ):
        opened_log(database, path, make=False, known=added(ADDED + b"\nnonsense;"))
    with closing(SqliteLog(path)) as log:
        record(log, "a")
    with raw(path) as database:
        assert (
            database.execute("SELECT name FROM sqlite_master WHERE name = 'notes'").fetchall() == []
        )


def test_a_file_that_is_no_database_is_named(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("Who said what about which issue, and when? " * 100)
    with pytest.raises(LogDamaged) as failure:
        SqliteLog(path)
    assert str(failure.value) == f"the log {path} cannot be used: file is not a database"


def test_a_folder_in_place_of_the_file_is_named(path: Path) -> None:
    path.mkdir(parents=True)
    with pytest.raises(LogUnavailable) as failure:
        SqliteLog(path)
    assert str(failure.value) == f"the log {path} cannot be used: Is a directory"


def test_a_file_in_place_of_the_folder_is_named(path: Path) -> None:
    path.parent.touch()
    with pytest.raises(LogUnavailable, match="cannot be used: "):
        SqliteLog(path)


def test_a_file_that_may_not_be_written_is_named() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "log.sqlite3"
        SqliteLog(path).close()
        path.chmod(0o400)
        path.parent.chmod(0o755)
        with unprivileged(), pytest.raises(LogUnavailable) as failure:
            SqliteLog(path)
    assert str(failure.value) == f"the log {path} cannot be used: Permission denied"


def test_a_folder_that_may_not_be_written_is_named() -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o555)
        path = Path(folder) / "data" / "log.sqlite3"
        with unprivileged(), pytest.raises(LogUnavailable) as failure:
            SqliteLog(path)
    assert str(failure.value) == f"the log {path} cannot be used: Permission denied"


def test_an_append_beside_a_writer_who_does_not_end_gives_up(path: Path) -> None:
    with closing(SqliteLog(path, busy_seconds=0.05)) as log, raw(path) as other:
        record(log, "a")
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(LogUnavailable) as failure:
            record(log, "b")
        assert (
            str(failure.value)
            == f"the log {path} cannot be used: another program writes to it and does not end"
        )
        assert [entry.position for entry in log.read()] == [1]
        with closing(SqliteLog(path)) as another:
            assert another.head().position == 1
        other.execute("ROLLBACK")
        record(log, "b")
        assert log.verify().entries == 2


def test_a_disk_that_fails_in_a_commit_leaves_it_unknown_whether_that_was_written(
    path: Path,
) -> None:
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorcode = sqlite3.SQLITE_IOERR_FSYNC
    again = "ask again with the same idempotency key"
    with pytest.raises(OutcomeUnknown, match=again), failures(path):
        raise error


@contextmanager
def no_room_in(file: Path) -> Iterator[None]:
    """Let no file grow beyond the present size of this one."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (file.stat().st_size + 100, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_an_append_without_room_changes_nothing(path: Path) -> None:
    with closing(SqliteLog(path)) as log:
        record(log, "a")
        head = log.head()
        with no_room_in(path.with_name(f"{path.name}-wal")):
            for _ in range(2):
                with pytest.raises(LogUnavailable, match="cannot be used: "):
                    log.append([thing("b", "x" * 100_000)], recorded_by="ann")
        assert log.head() == head
        record(log, "c")
        assert log.verify().entries == 2
    with closing(SqliteLog(path)) as log:
        assert [entry.header.subject for entry in log.read()] == ["thing/a", "thing/c"]


_TWICE = """
import sys
from pathlib import Path
from eventlog.recorder import Recorder
from eventlog.sqlite import SqliteLog
from schema.entries import ActorRecorded

path = Path(sys.argv[1])
first, second = SqliteLog(path), SqliteLog(path)
for name in "ab":
    actor = ActorRecorded.model_validate({"id": f"actor/{name}", "name": name, "kind": "PERSON"})
    Recorder(second, "tester").record([actor])
    print("recorded", flush=True)
    sys.stdin.readline()
"""


def test_a_log_that_a_program_has_open_twice_is_not_taken_from_it_by_another(
    tmp_path: Path,
) -> None:
    """Whoever closes a file last tidies up: nobody may think so while another program has it."""
    path = tmp_path / "log.sqlite3"
    SqliteLog(path).close()
    program = [sys.executable, "-c", _TWICE, str(path)]
    with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as one:
        assert one.stdin is not None
        assert one.stdout is not None
        for seen in (1, 2):
            assert one.stdout.readline() == "recorded\n"
            with closing(SqliteLog(path)) as other:
                assert other.head().position == seen
            one.stdin.write("\n")
            one.stdin.flush()
