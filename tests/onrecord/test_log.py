"""``onrecord log``: entries as they come, anchors to hold the log against."""

import json
import signal
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from eventlog.recorder import Recorder
from eventlog.sqlite import SqliteLog
from schema.entries import ActorRecorded
from tests.onrecord.running import Program, tailing


def actors(*names: str) -> list[ActorRecorded]:
    return [
        ActorRecorded.model_validate({"id": f"actor/{name}", "name": name, "kind": "PERSON"})
        for name in names
    ]


def put(program: Program, *names: str) -> None:
    """Record an actor of each name, each in an append of its own."""
    with closing(SqliteLog(program.data / "log.sqlite3")) as log:
        for name in names:
            Recorder(log, "tester").record(actors(name))


def positions(lines: str) -> list[int]:
    return [json.loads(line)["position"] for line in lines.splitlines()]


# -- tail --------------------------------------------------------------------------------------


def test_tail_shows_the_last_entries(program: Program) -> None:
    put(program, *(f"a{number}" for number in range(12)))
    assert positions(program.ok("log", "tail", "--format", "json")) == list(range(3, 13))
    after = program.ok("log", "tail", "--after", "1", "--format", "json")
    assert positions(after) == list(range(2, 13))
    assert program.ok("log", "tail", "--after", "12") == ""


def test_tail_shows_an_entry_a_line(program: Program) -> None:
    put(program, "ann")
    (line,) = program.ok("log", "tail").splitlines()
    position, _, by, kind, about, hash_ = line.split()
    assert (position, by, kind, about) == ("1", "tester", "ActorRecorded", "actor/ann")
    told = json.loads(program.ok("log", "tail", "--format", "json"))
    assert told["hash"].startswith(hash_)
    assert told["payload"] == {"id": "actor/ann", "kind": "PERSON", "name": "ann"}


def test_tail_follows_until_ctrl_c(program: Program) -> None:
    put(program, "a")
    with tailing(program, "--follow", "--format", "json") as process:
        assert process.stdout is not None
        assert positions(process.stdout.readline()) == [1]
        for number, name in enumerate("bc", 2):
            put(program, name)
            assert positions(process.stdout.readline()) == [number]
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
        assert (process.returncode, out, err) == (0, "", "")


def test_tail_ends_when_nobody_reads_it_any_more(program: Program) -> None:
    put(program, "a")
    with tailing(program, "--follow") as process:
        assert process.stdout is not None
        assert process.stdout.readline().split()[0] == "1"
        process.stdout.close()
        process.stdout = None
        _, err = process.communicate(timeout=30)
        assert (process.returncode, err) == (0, "")


# -- anchors -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        ("show", "9" * 20),
        ("show", "--after", "9" * 20),
        ("tail", "--after", "9" * 20),
        ("verify", "--anchor", "9" * 20 + ":" + "ab" * 32),
    ],
)
def test_a_position_beyond_all_is_refused(program: Program, arguments: tuple[str, ...]) -> None:
    put(program, "ann")
    assert "a defect" not in program.refused("log", *arguments, code=2)


@pytest.fixture
def anchored(program: Program) -> tuple[Program, dict[str, object]]:
    """Return the program with three entries, and the anchor that it prints of them."""
    put(program, *"abc")
    return program, json.loads(program.ok("log", "anchor", "--format", "json"))


def test_an_anchor_tells_where_the_log_ends(program: Program) -> None:
    put(program, *"ab")
    told = json.loads(program.ok("log", "anchor", "--format", "json"))
    with closing(SqliteLog(program.data / "log.sqlite3")) as log:
        head = log.head()
    assert told == {
        "position": 2,
        "hash": head.hash,
        "logId": head.log_id,
        "recordedAt": head.recorded_at,
    }
    lines = [line.split() for line in program.ok("log", "anchor").splitlines()]
    assert dict(lines) == {name: str(value) for name, value in told.items()}


def test_an_anchor_of_an_empty_log_is_its_genesis(program: Program, tmp_path: Path) -> None:
    with closing(SqliteLog(program.data / "log.sqlite3")) as log:
        start = log.genesis
    kept = tmp_path / "anchor.txt"
    kept.write_text(program.ok("log", "anchor"))
    assert f"hash        {start}\n" in kept.read_text()
    put(program, "a")
    assert "held against the anchor" in program.ok("log", "verify", "--anchor", str(kept))


@pytest.mark.parametrize("form", ["table", "json", "short"])
def test_the_log_is_held_against_an_anchor(
    anchored: tuple[Program, dict[str, object]], tmp_path: Path, form: str
) -> None:
    program, told = anchored
    short = f"{told['position']}:{told['hash']}"
    kept = tmp_path / "anchor"
    kept.write_text(short if form == "short" else program.ok("log", "anchor", "--format", form))
    put(program, "d")
    for argument in (str(kept), short, short.upper()):
        answer = program.ok("log", "verify", "--anchor", argument)
        assert answer.startswith("the log is as it was written: 4 entries, head ")
        assert "held against the anchor" in answer
        assert answer.endswith(" at position 3\n")


def cut_off(program: Program) -> None:
    """Remove the last entry, as somebody would who knows SQLite."""
    with closing(sqlite3.connect(program.data / "log.sqlite3")) as database, database:
        database.execute("DROP TRIGGER entries_are_not_deleted")
        database.execute("DELETE FROM entries WHERE position = 3")


def test_a_tail_cut_off_is_found_by_an_anchor(
    anchored: tuple[Program, dict[str, object]],
) -> None:
    program, told = anchored
    cut_off(program)
    assert "2 entries" in program.ok("log", "verify")
    sentence = program.refused("log", "verify", "--anchor", f"3:{told['hash']}", code=1)
    assert sentence == (
        "the log is not as it was written: position 3 is missing: the anchor is at position 3"
    )


def test_a_log_written_anew_is_found_by_an_anchor(
    anchored: tuple[Program, dict[str, object]], tmp_path: Path
) -> None:
    program, told = anchored
    kept = tmp_path / "anchor.json"
    kept.write_text(json.dumps(told))
    (program.data / "log.sqlite3").unlink()
    put(program, *"abc")
    sentence = program.refused("log", "verify", "--anchor", str(kept), code=1)
    assert sentence.startswith(f"the anchor in {kept} is of the log {told['logId']}, and this one")
    short = f"3:{told['hash']}"
    assert "position 3 has the hash" in program.refused("log", "verify", "--anchor", short, code=1)


def test_what_is_no_anchor_is_refused(
    anchored: tuple[Program, dict[str, object]], tmp_path: Path
) -> None:
    program, _ = anchored
    missing = str(tmp_path / "nothing")
    assert "cannot be read" in program.refused("log", "verify", "--anchor", missing, code=2)
    for text in ("", "3:abc", "{}", "[1]", '{"position": "x", "hash": "y"}', "hash\nposition"):
        kept = tmp_path / "kept"
        kept.write_text(text)
        sentence = program.refused("log", "verify", "--anchor", str(kept), code=2)
        assert sentence == f"{kept}: is no anchor: onrecord log anchor prints one"


@pytest.mark.engine
def test_the_graph_is_an_anchor_that_is_at_hand(with_neo4j: Program) -> None:
    put(with_neo4j, *"abc")
    assert "held against" not in with_neo4j.ok("log", "verify")
    with_neo4j.ok("rebuild")
    assert "held against the graph's checkpoint at position 3" in with_neo4j.ok("log", "verify")
    with closing(SqliteLog(with_neo4j.data / "log.sqlite3")) as log:
        log_id = log.log_id
    cut_off(with_neo4j)
    assert "position 3 is missing" in with_neo4j.refused("log", "verify", code=1)
    (with_neo4j.data / "log.sqlite3").unlink()
    with closing(SqliteLog(with_neo4j.data / "log.sqlite3", log_id=log_id)) as log:
        for name in "abc":
            Recorder(log, "somebody else").record(actors(name))
    assert "not the anchor's" in with_neo4j.refused("log", "verify", code=1)
    (with_neo4j.data / "log.sqlite3").unlink()
    put(with_neo4j, *"abc")
    sentence = with_neo4j.refused("log", "verify", code=1)
    assert sentence.startswith(f"the graph's checkpoint is of the log {log_id}, and this one is")


def test_a_graph_that_does_not_answer_is_told(program: Program) -> None:
    put(program, "a")
    silent = {"NEO4J_URI": f"bolt://127.0.0.1:{program.port}", "NEO4J_PASSWORD": "x"}
    ran = Program(program.data, silent).run("log", "verify")
    assert ran.code == 0
    assert "the log is not held against the graph: " in ran.err
    assert "held against" not in ran.out
