"""``rebuild``, ``verify`` and ``status``: the graph from the log, proven."""

import json
from pathlib import Path

import pytest

from eventlog import NewEntry
from eventlog.sqlite import SqliteLog
from graph.connection import Graph
from tests.graph.loading import run
from tests.onrecord.dossiers import GOOD, write
from tests.onrecord.running import Program

pytestmark = pytest.mark.engine


@pytest.fixture
def built(with_neo4j: Program, tmp_path: Path) -> Program:
    """Return the program with the Gazette on record and in the graph."""
    with_neo4j.ok("record", write(tmp_path))
    with_neo4j.ok("rebuild")
    return with_neo4j


def _digest(built: Program) -> str:
    return built.ok("verify").rpartition(" ")[2]


def test_a_built_graph_is_what_the_log_says(built: Program) -> None:
    assert "the graph is what the log says up to position 8" in built.ok("verify")


async def test_a_graph_that_was_emptied_comes_back_identical(built: Program, graph: Graph) -> None:
    before = _digest(built)
    await run(graph, "MATCH (n) DETACH DELETE n")
    assert "the graph is not built yet" in built.refused("verify", code=3)
    assert "up to position 8" in built.ok("rebuild")
    assert _digest(built) == before


async def test_changes_by_hand_are_named_and_mended(built: Program, graph: Graph) -> None:
    before = _digest(built)
    await run(graph, "MATCH (a:Actor {id: 'actor/gazette/mayor'}) SET a.name = 'Eve'")
    await run(graph, "MATCH (:Statement)-[r:ASSERTS]->(:Claim) DELETE r")
    ran = built.run("verify")
    assert ran.code == 1
    assert "actor/gazette/mayor: the property name ('Eve', not 'Ada Marsh') is different" in ran.out
    assert "statement/gazette/fees-rise: the relationship -[:ASSERTS" in ran.out
    built.ok("rebuild")
    assert _digest(built) == before


def test_status_tells_how_far_log_and_graph_are(built: Program, tmp_path: Path) -> None:
    state = json.loads(built.ok("status", "--format", "json"))
    assert state["log"]["position"] == 8
    assert (state["graph"]["position"], state["graph"]["lag"]) == (8, 0)
    assert state["graph"]["counts"]["statements"] == 2
    assert "position 8, 0 behind, whole" in built.ok("status")
    more = GOOD.replace("issues:\n  harbour:", "issues:\n  boats: {name: Boats}\n  harbour:")
    built.ok("record", write(tmp_path, more))
    ran = built.run("status", "--format", "json")
    assert ran.code == 1
    assert json.loads(ran.out)["graph"]["lag"] == 1


def test_what_a_newer_program_recorded_is_counted_and_told_with_what_to_do(
    built: Program,
) -> None:
    log = SqliteLog(built.data / "log.sqlite3")
    newer = [NewEntry("ActorRecorded", 2, f"actor/new-{n}", b"{}") for n in range(12)]
    log.append(newer, recorded_by="a newer program")
    log.close()
    ran = built.run("rebuild")
    assert ran.code == 1
    assert "rebuilt up to position 20: 0 changes needed, 12 entries added" in ran.out
    assert "12 entries could not be applied: see onrecord status" in ran.out
    assert "the graph is what the log says up to position 20" in built.ok("verify")

    reason = (
        "no ActorRecorded of version 2 is known to this program, which knows it up to version 1: "
        "use the newer program that wrote it"
    )
    told = built.run("status")
    assert told.code == 1
    problems = told.out[told.out.index("problems") :].splitlines()
    assert problems[0].split(maxsplit=1) == ["problems", "12 entries could not be applied"]
    assert problems[1].strip() == f"position 9 (actor/new-0): {reason}"
    assert len(problems) == 12
    assert problems[-1].strip() == "... and 2 more: --format json lists all"
    as_json = json.loads(built.run("status", "--format", "json").out)["graph"]["problems"]
    assert as_json == [
        {"position": 9 + n, "subject": f"actor/new-{n}", "reason": reason} for n in range(12)
    ]


CONTRADICTORY = (
    GOOD.replace("  mayor:\n", "  master: {name: A. Marsh, kind: PERSON}\n  mayor:\n")
    + """\
judgements:
  one: {type: SAME_AS, from: mayor, to: gazette, because: she writes it}
  two: {type: SAME_AS, from: gazette, to: master, because: he owns it}
  apart: {type: NOT_SAME_AS, from: master, to: mayor, because: they are two people}
"""
)


def test_judgements_that_contradict_each_other_are_listed(built: Program, tmp_path: Path) -> None:
    assert "contradict others" not in built.ok("status")
    built.ok("record", write(tmp_path, CONTRADICTORY))
    built.ok("rebuild")
    told = built.ok("status")
    assert "1 contradict others: what they are about is not merged" in told
    apart = "judgement/gazette/apart (actor/gazette/master is not actor/gazette/mayor)"
    assert f"{apart}: against judgement/gazette/two, judgement/gazette/one" in told
    assert json.loads(built.ok("status", "--format", "json"))["graph"]["contradictions"] == [
        {
            "one": "actor/gazette/master",
            "other": "actor/gazette/mayor",
            "apart": "judgement/gazette/apart",
            "joining": ["judgement/gazette/two", "judgement/gazette/one"],
        }
    ]


def test_a_graph_of_another_log_is_refused_and_left_alone(built: Program, tmp_path: Path) -> None:
    before = _digest(built)
    other = Program(tmp_path / "other", built.settings, built.port)
    other.ok("record", write(tmp_path))
    for command in ("rebuild", "verify", "said", "up"):
        assert "was written from another log" in other.refused(command, code=3)
    assert _digest(built) == before


def test_status_and_browser_say_when_no_neo4j_runs(program: Program, tmp_path: Path) -> None:
    program.ok("record", write(tmp_path))
    ran = program.run("status")
    assert ran.code == 3
    assert "Neo4j is not running" in ran.out
    assert "onrecord up starts it" in program.refused("browser", code=3)
