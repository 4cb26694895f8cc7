"""A log is moved and backed up: whole or not at all, killed, or with a disk that is full."""

import hashlib
import io
import json
import os
import random
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
import zstandard

from eventlog import Head, Log, NewEntry
from eventlog.postgres import PostgresLog
from eventlog.recorder import Recorder
from eventlog.sqlite import SqliteLog
from schema.entries import ActorRecorded
from tests import postgres, tmpfs
from tests.onrecord.running import COMMAND, PATIENCE_SECONDS, Program
from tests.ports import free_port

APPENDS, SIZE = 12, 1000
KILLS = 4
ROOT = Path(__file__).parents[2]


def actors(append: int, size: int) -> list[ActorRecorded]:
    """Return actors of whom each but the first is a part of the first."""
    ids = [f"actor/of-{append}-{number}" for number in range(size)]
    return [
        ActorRecorded.model_validate(
            {"id": one, "name": f"Größe {one} „夢“", "kind": "PERSON"}
            | ({"partOf": ids[:1]} if one != ids[0] else {})
        )
        for one in ids
    ]


def fill(log: Log, appends: int, size: int) -> None:
    for number in range(appends):
        Recorder(log, "tester").record(actors(number, size), idempotency_key=f"key {number}")


def log_of(program: Program) -> "closing[SqliteLog]":
    return closing(SqliteLog(program.data / "log.sqlite3"))


@pytest.fixture
def recorded(program: Program) -> Program:
    """Return the program with a small log."""
    with log_of(program) as log:
        fill(log, 3, 4)
    return program


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Program:
    """Return the program with a log that takes a while to move; nobody changes it."""
    made = Program(tmp_path_factory.mktemp("large") / "data", port=free_port())
    with log_of(made) as log:
        fill(log, APPENDS, SIZE)
    return made


@pytest.fixture(scope="module")
def large_export(large: Program) -> Path:
    file = large.data.parent / "log.jsonl"
    large.ok("log", "export", str(file))
    return file


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.engine)])
def fresh(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Program]:
    """Return the program with a fresh data folder, whose log is to be made in one of two stores."""
    data = tmp_path / "fresh"
    if request.param == "sqlite":
        yield Program(data, port=free_port())
        return
    place = postgres.new_place(request.getfixturevalue("postgres_server"))
    yield Program(data, {"LOG_URL": place}, free_port())
    postgres.drop_place(place)


def opened(program: Program, log_id: str | None = None) -> "closing[Log]":
    """Open the log of a program in either store; made if it is not there, with this id."""
    url = program.settings.get("LOG_URL")
    if url is not None:
        return closing(PostgresLog(url, log_id=log_id))
    return closing(SqliteLog(program.data / "log.sqlite3", log_id=log_id))


def ends(program: Program) -> Head:
    """Return where the log of a program ends, which is the same for no other log."""
    with opened(program) as log:
        return log.head()


# -- out and in --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["log.jsonl", "log.jsonl.zst"])
def test_a_log_moves_to_another_store_and_back(
    recorded: Program, fresh: Program, tmp_path: Path, name: str
) -> None:
    there, back = tmp_path / name, tmp_path / f"back-{name}"
    assert "exported 12 entries" in recorded.ok("log", "export", str(there))
    assert "imported 12 entries" in fresh.ok("log", "import", str(there))
    assert ends(fresh) == ends(recorded)
    fresh.ok("log", "export", str(back))
    again = Program(tmp_path / "again", port=free_port())
    again.ok("log", "import", str(back))
    assert ends(again) == ends(recorded)
    assert back.read_bytes() == there.read_bytes()
    for moved in (fresh, again):
        with opened(moved) as log:
            assert log.verify().entries == 12
            outcome = Recorder(log, "tester").record(actors(1, 4), idempotency_key="key 1")
            assert (outcome.first, outcome.repeated) == (5, True)


def test_an_export_goes_to_standard_output_and_comes_from_standard_input(
    recorded: Program, fresh: Program
) -> None:
    out = recorded.ok("log", "export")
    assert len(out.splitlines()) == 1 + 12 + 3 + 1
    ran = fresh.run("log", "import", "-", stdin=out)
    assert (ran.code, ran.out[:20]) == (0, "imported 12 entries;")
    assert ends(fresh) == ends(recorded)


def test_an_export_is_for_its_owner_alone_and_packed_if_its_name_says_so(
    recorded: Program, tmp_path: Path
) -> None:
    packed = tmp_path / "log.jsonl.zst"
    recorded.ok("log", "export", str(packed))
    assert stat.S_IMODE(packed.stat().st_mode) == 0o600
    reader = zstandard.ZstdDecompressor().stream_reader(io.BytesIO(packed.read_bytes()))
    assert reader.read() == recorded.ok("log", "export").encode()


@pytest.mark.parametrize("command", ["export", "backup"])
def test_nothing_is_written_over(recorded: Program, command: str) -> None:
    log = recorded.data / "log.sqlite3"
    before = hashlib.sha256(log.read_bytes()).digest()
    assert "is there already" in recorded.refused("log", command, str(log), code=2)
    assert hashlib.sha256(log.read_bytes()).digest() == before


@pytest.mark.parametrize("command", ["export", "backup"])
def test_a_folder_that_is_not_there_is_told(
    recorded: Program, tmp_path: Path, command: str
) -> None:
    sentence = recorded.refused("log", command, str(tmp_path / "no" / "file"), code=3)
    assert sentence.endswith("cannot be written: No such file or directory")


def test_a_spoilt_export_makes_no_log_or_names_the_line(
    recorded: Program, fresh: Program, tmp_path: Path
) -> None:
    file = tmp_path / "export"
    assert "cannot be read" in fresh.refused("log", "import", str(file), code=2)
    file.write_text("Who said what?\n")
    assert "line 1 is not JSON" in fresh.refused("log", "import", str(file), code=2)
    assert "there is no log at" in fresh.refused("log", "verify", code=3)
    lines = recorded.ok("log", "export").splitlines(keepends=True)
    file.write_text(lines[0])
    assert "line 2 (position 1) is missing" in fresh.refused("log", "import", str(file), code=2)
    assert "there is no log at" in fresh.refused("log", "verify", code=3)
    lines[9] = lines[9].replace("Größe", "Große")
    file.write_text("".join(lines))
    assert fresh.refused("log", "import", str(file), code=2) == (
        "the export is not as it was written: line 10 (position 9) does not have the hash of its "
        "content"
    )
    assert "0 entries" in fresh.ok("log", "verify")


def test_a_packed_export_that_was_cut_off_or_spoilt_is_told(
    recorded: Program, fresh: Program, tmp_path: Path
) -> None:
    packed = tmp_path / "log.jsonl.zst"
    recorded.ok("log", "export", str(packed))
    whole = packed.read_bytes()
    for spoilt in (whole[:-20], whole[:-1] + bytes([whole[-1] ^ 1])):
        packed.write_bytes(spoilt)
        sentence = fresh.refused("log", "import", str(packed), code=2)
        assert "cut off" in sentence or "cannot be unpacked" in sentence


def test_an_entry_of_a_newer_program_is_not_imported_by_guess(
    program: Program, fresh: Program, tmp_path: Path
) -> None:
    with log_of(program) as log:
        newer = NewEntry("RumourRecorded", 1, "rumour/a", b"{}")
        log.append([newer], recorded_by="newer")
    file = tmp_path / "export"
    program.ok("log", "export", str(file))
    sentence = fresh.refused("log", "import", str(file), code=3)
    assert sentence.startswith("position 1 (rumour/a) cannot be read: no RumourRecorded of version")
    assert "use the newer program" in sentence


# -- killed ------------------------------------------------------------------------------------


def started(program: Program, *arguments: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [*COMMAND, *arguments],
        env=program.environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def wait_until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.002)


def test_killed_in_an_export_there_is_no_file(large: Program, tmp_path: Path) -> None:
    file = tmp_path / "out" / "log.jsonl"
    file.parent.mkdir()
    process = started(large, "log", "export", str(file))
    wait_until(lambda: any(one.stat().st_size for one in file.parent.glob(".*/*")))
    process.kill()
    assert process.wait(PATIENCE_SECONDS) == -signal.SIGKILL
    assert not file.exists()
    large.ok("log", "export", str(file))
    assert len(file.read_bytes().splitlines()) == 1 + APPENDS * SIZE + APPENDS + 1


def test_killed_again_and_again_an_import_is_completed(
    large: Program, large_export: Path, fresh: Program
) -> None:
    """At random moments, each time with a little more of the log in place."""
    rng = random.Random(20260711)  # noqa: S311
    kills = 0
    with log_of(large) as origin, opened(fresh, origin.log_id) as log:
        for _ in range(KILLS):
            before = log.head().position
            process = started(fresh, "log", "import", str(large_export))
            assert log.wait_beyond(before, PATIENCE_SECONDS) > before
            time.sleep(rng.uniform(0, 0.1))
            process.kill()
            kills += process.wait(PATIENCE_SECONDS) == -signal.SIGKILL
            # What PostgreSQL was told before is committed all the same, and may come only now.
            position, verified = log.head().position, log.verify().entries
            assert position <= verified <= log.head().position
            assert position % SIZE == verified % SIZE == 0
        assert kills > KILLS // 2
        fresh.ok("log", "import", str(large_export))
        assert log.head() == origin.head()
        assert log.kept() == origin.kept()


def test_ctrl_c_in_an_import_leaves_what_can_be_gone_on_with(
    large: Program, large_export: Path, program: Program
) -> None:
    process = started(program, "log", "import", str(large_export))
    with log_of(large) as origin, opened(program, origin.log_id) as log:
        assert log.wait_beyond(0, PATIENCE_SECONDS) > 0
    process.send_signal(signal.SIGINT)
    assert process.wait(PATIENCE_SECONDS) in (0, 130)
    program.ok("log", "import", str(large_export))
    assert ends(program) == ends(large)


# -- a full disk -------------------------------------------------------------------------------


def on_small_disk(
    program: Program, disk: Path, mebibytes: float, *arguments: str, then: str
) -> str:
    """Run a command where a folder is a small disk, and then a line of shell; return what it said."""
    disk.mkdir()
    line = f'"$@"; echo "code $?"; {then}'
    ran = subprocess.run(
        tmpfs.within(disk, mebibytes, ["bash", "-c", line, "bash", *COMMAND, *arguments]),
        env=program.environment() | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=False,
        text=True,
        timeout=PATIENCE_SECONDS,
    )
    assert "Traceback" not in ran.stderr
    return ran.stdout + ran.stderr


@pytest.mark.parametrize("name", ["log.jsonl", "log.jsonl.zst"])
def test_an_export_onto_a_full_disk_leaves_nothing(
    large: Program, tmp_path: Path, name: str
) -> None:
    disk = tmp_path / "disk"
    said = on_small_disk(large, disk, 0.25, "log", "export", f"{disk}/{name}", then="ls -A .")
    assert f"code 3\nonrecord: {disk}/{name} cannot be written: No space left on device" in (
        "\n".join([*said.splitlines()[:1], *said.splitlines()[-1:]])
    )
    assert name not in said.partition("code 3")[2].partition("onrecord:")[0]


def test_a_backup_onto_a_full_disk_leaves_nothing(large: Program, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    said = on_small_disk(large, disk, 1, "log", "backup", f"{disk}/copy", then="ls -A .")
    assert "code 3" in said
    assert "cannot be backed up: database or disk is full" in said
    assert "copy" not in said.partition("code 3")[2].partition("onrecord:")[0].split()


def test_an_import_onto_a_full_disk_goes_on_once_there_is_room(
    large: Program, large_export: Path, tmp_path: Path
) -> None:
    disk = tmp_path / "disk"
    kept = tmp_path / "kept"
    full = Program(disk / "data", port=free_port())
    then = f"cp -r data {kept}"
    said = on_small_disk(full, disk, 3, "log", "import", str(large_export), then=then)
    assert "code 3" in said
    assert "cannot be used: database or disk is full" in said or "disk I/O error" in said
    rescued = Program(kept, port=free_port())
    with log_of(rescued) as log:
        position = log.head().position
        assert 0 < position < APPENDS * SIZE
        assert log.verify().entries == position
    rescued.ok("log", "import", str(large_export))
    assert ends(rescued) == ends(large)


# -- backups -----------------------------------------------------------------------------------


def test_a_backup_is_of_one_moment_while_others_write(large: Program, tmp_path: Path) -> None:
    copied = Program(tmp_path / "copied", port=free_port())
    copied.data.mkdir()
    busy = Program(tmp_path / "busy", port=free_port())
    with log_of(busy) as log:
        fill(log, 2, 1000)
        ended = threading.Event()

        def write() -> None:
            number = 10
            while not ended.is_set():
                Recorder(log, "tester").record(actors(number, 3))
                number += 1

        writer = threading.Thread(target=write)
        writer.start()
        try:
            said = busy.ok("log", "backup", str(copied.data / "log.sqlite3"))
        finally:
            ended.set()
            writer.join()
        at = int(said.split()[2].replace(",", ""))
        assert 2000 <= at < log.head().position
        assert os.listdir(copied.data) == ["log.sqlite3"]
        assert stat.S_IMODE((copied.data / "log.sqlite3").stat().st_mode) == 0o600
        with log_of(copied) as copy:
            assert copy.head().position == at
            assert copy.log_id == log.log_id
            assert list(copy.entries()) == list(log.entries(up_to=at))
    assert f"as it was written: {at:,} entries" in copied.ok("log", "verify")


def test_a_tampered_log_is_not_backed_up_as_if_it_were_whole(
    recorded: Program, tmp_path: Path
) -> None:
    with closing(sqlite3.connect(recorded.data / "log.sqlite3")) as database, database:
        database.execute("DROP TRIGGER entries_are_not_updated")
        database.execute("UPDATE entries SET recorded_by = 'x' WHERE position = 2")
    copy = tmp_path / "copy"
    assert "position 2 " in recorded.refused("log", "backup", str(copy), code=1)
    assert not copy.exists()


@pytest.mark.engine
def test_a_log_in_postgresql_says_how_it_is_backed_up(postgres_server: str, tmp_path: Path) -> None:
    place = postgres.new_place(postgres_server)
    with closing(PostgresLog(place)):
        pass
    program = Program(tmp_path / "data", {"LOG_URL": place})
    sentence = program.refused("log", "backup", str(tmp_path / "copy"), code=3)
    assert "pg_dump" in sentence
    assert (ROOT / "docs/how-to/back-up-and-move-a-log.md").is_file()
    postgres.drop_place(place)


# -- size --------------------------------------------------------------------------------------


def peak_mebibytes(program: Program, *arguments: str) -> float:
    """Return how much memory a command needed at most."""
    script = (
        "import resource, sys; from onrecord.cli import run; code = run(sys.argv[1:]);"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, file=sys.stderr);"
        "sys.exit(code)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script, *arguments],
        env=program.environment(),
        capture_output=True,
        check=True,
        text=True,
    )
    return float(ran.stderr.split()[-1])


def test_memory_does_not_grow_with_the_log(
    recorded: Program, large: Program, large_export: Path, tmp_path: Path
) -> None:
    small_export = tmp_path / "small"
    base = peak_mebibytes(recorded, "log", "export", str(small_export))
    grown = peak_mebibytes(large, "log", "export", str(tmp_path / "large"))
    assert grown < base + 12
    one, other = (Program(tmp_path / name, port=free_port()) for name in ("one", "other"))
    base = peak_mebibytes(one, "log", "import", str(small_export))
    grown = peak_mebibytes(other, "log", "import", str(large_export))
    assert grown < base + 40
    assert json.loads(large_export.read_bytes().splitlines()[0])["position"] == APPENDS * SIZE
