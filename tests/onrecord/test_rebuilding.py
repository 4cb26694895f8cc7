"""``rebuild``: as far as a position, elsewhere, by import, and after whatever ended it before."""

import os
import pty
import select
import signal
import subprocess
from pathlib import Path

import pytest

from graph.connection import Graph
from graph.filling import FILLING
from graph.managed import Connection, has_store
from graph.progress import FOLDING
from graph.reconcile import MENDING
from tests.graph.loading import run
from tests.onrecord.dossiers import GOOD, write
from tests.onrecord.rebuilds import make_log, rebuilding, until
from tests.onrecord.running import COMMAND, PATIENCE_SECONDS, Program

LATER = GOOD.replace("issues:\n  harbour:", "issues:\n  boats: {name: Boats}\n  harbour:")


# -- what is refused ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moment", "sentence"),
    [
        ("0", "--to 0: nothing was on record by then"),
        ("2020-01-01", "--to 2020-01-01: nothing was on record by then"),
        ("9", "there is no position 9 yet: the log ends at 8"),
        ("-3", "there is no position -3: the log begins after 0"),
        ("nine", "'nine' is no instant"),
    ],
)
def test_only_moments_of_the_log_are_taken(
    program: Program, tmp_path: Path, moment: str, sentence: str
) -> None:
    program.ok("record", write(tmp_path))
    assert sentence in program.refused("rebuild", "--to", moment, code=2)


@pytest.mark.parametrize(
    ("uri", "why"),
    [
        ("http://localhost:7474", "--graph: a Neo4j server is named by SCHEME://HOST:PORT"),
        ("elsewhere", "--graph: a Neo4j server is named by SCHEME://HOST:PORT"),
        ("bolt://ann:swordfish@localhost", "--graph: user name and password do not belong here"),
        ("bolt://ann:1/swordfish@localhost", "--graph: user name and password do not belong here"),
        ("bolt://localhost/?password=swordfish", "--graph: a Neo4j server is named by SCHEME:"),
        ("bolt://localhost:7687/swordfish", "--graph: a Neo4j server is named by SCHEME:"),
        ("bolt://localhost:7687", "ONRECORD_NEO4J_PASSWORD is missing"),
    ],
)
@pytest.mark.parametrize("command", ["rebuild", "verify"])
def test_only_a_neo4j_to_sign_in_at_is_taken(
    program: Program, tmp_path: Path, command: str, uri: str, why: str
) -> None:
    program.ok("record", write(tmp_path))
    sentence = program.refused(command, "--graph", uri, code=2)
    assert why in sentence
    assert "swordfish" not in sentence


def test_what_is_for_one_sort_of_neo4j_is_refused_for_the_other(program: Program) -> None:
    assert "one database only" in program.refused("rebuild", "--database", "may", code=2)
    elsewhere = Program(program.data, {"NEO4J_PASSWORD": "swordfish"}, program.port)
    sentence = elsewhere.refused("rebuild", "--fresh", "--graph", "bolt://localhost", code=2)
    assert "--fresh is for the Neo4j that onrecord runs itself" in sentence


# -- as far as a position, elsewhere -----------------------------------------------------------


@pytest.fixture
def elsewhere(tmp_path: Path, neo4j_server: Connection, graph: Graph) -> Program:
    """Return the program with the Gazette on record, and credentials for an empty Neo4j."""
    signing_in = {"NEO4J_USERNAME": neo4j_server.username, "NEO4J_PASSWORD": neo4j_server.password}
    program = Program(tmp_path / "data", signing_in)
    program.ok("record", write(tmp_path))
    program.ok("record", write(tmp_path, LATER))
    return program


@pytest.mark.engine
async def test_a_graph_elsewhere_is_filled_with_what_was_on_record_by_then(
    elsewhere: Program, neo4j_server: Connection, graph: Graph
) -> None:
    there = ("--graph", neo4j_server.uri, "--database", "neo4j")
    for _ in range(2):
        assert "rebuilt up to position 8:" in elsewhere.ok("rebuild", *there, "--to", "3")
        assert "what the log says up to position 8:" in elsewhere.ok("verify", *there)
    async with graph.session() as session:
        await (await session.run("MATCH (n:Issue) DETACH DELETE n")).consume()
    assert "found and mended" in elsewhere.ok("verify", "--repair", *there)
    assert "what the log says up to position 8:" in elsewhere.ok("verify", *there)
    assert "rebuilt up to position 9:" in elsewhere.ok("rebuild", *there)
    sentence = elsewhere.refused("rebuild", *there, "--to", "8", code=3)
    assert "holds the log up to 9, beyond 8, and stays as it is" in sentence
    assert "what the log says up to position 9:" in elsewhere.ok("verify", *there)
    assert not has_store(elsewhere.data / "neo4j")


@pytest.mark.engine
def test_a_database_that_is_not_there_and_a_wrong_password_are_told(
    elsewhere: Program, neo4j_server: Connection
) -> None:
    there = ("--graph", neo4j_server.uri)
    sentence = elsewhere.refused("rebuild", *there, "--database", "may", code=3)
    assert "has no database named may" in sentence
    wrong = Program(elsewhere.data, {"NEO4J_PASSWORD": "swordfish"})
    sentence = wrong.refused("rebuild", *there, code=3)
    assert "refused the user name or password" in sentence
    assert "swordfish" not in sentence


# -- in place ----------------------------------------------------------------------------------


@pytest.mark.engine
async def test_ctrl_c_ends_a_rebuild_at_any_stage_and_the_next_one_is_complete(
    with_neo4j: Program, graph: Graph
) -> None:
    position = make_log(with_neo4j, 3_000)
    _stop_at(FILLING, with_neo4j)
    assert "the graph is not built yet" in with_neo4j.refused("verify", code=3)
    assert f"rebuilt up to position {position:,}:" in with_neo4j.ok("rebuild")
    await run(graph, "MATCH (n:Claim) DETACH DELETE n")
    for stage in (FOLDING, MENDING):
        _stop_at(stage, with_neo4j)
    assert f"rebuilt up to position {position:,}:" in with_neo4j.ok("rebuild")
    assert f"what the log says up to position {position:,}:" in with_neo4j.ok("verify")


def _stop_at(stage: str, program: Program) -> None:
    """Press Ctrl-C when a rebuild has come to a stage."""
    with rebuilding(program) as process:
        until(process, stage)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=PATIENCE_SECONDS)
    assert (process.returncode, out) == (130, "")
    assert err.splitlines()[-1] == "stopped"
    assert "Traceback" not in err


@pytest.mark.engine
def test_a_terminal_shows_how_fast_it_goes(with_neo4j: Program) -> None:
    make_log(with_neo4j, 500)
    leader, follower = pty.openpty()
    with subprocess.Popen(
        [*COMMAND, "rebuild"],
        env=with_neo4j.environment() | {"TERM": "xterm", "COLUMNS": "160"},
        stdout=subprocess.DEVNULL,
        stderr=follower,
    ) as process:
        os.close(follower)
        shown = _all_of(leader)
    os.close(leader)
    assert process.returncode == 0
    assert FILLING in shown
    assert " a second" in shown


def _all_of(terminal: int) -> str:
    shown = b""
    while select.select([terminal], [], [], PATIENCE_SECONDS)[0]:
        try:
            shown += os.read(terminal, 65_536)
        except OSError:  # nobody writes to it any more
            break
    return shown.decode(errors="replace")


DAMAGES = (
    ("MATCH (n:Actor {id: 'actor/gazette/mayor'}) SET n.name = 'Eve'", "the property name ('Eve'"),
    ("MATCH ()-[r:ASSERTS]->() DELETE r", "the relationship -[:ASSERTS"),
    ("MATCH (n:Claim) DETACH DELETE n", "the Claim is missing (entry "),
    ("CREATE (:Note {id: 'note/1'})", "note/1: the node (Note) does not belong"),
)


@pytest.mark.engine
async def test_what_was_damaged_is_listed_and_repaired(
    with_neo4j: Program, graph: Graph, tmp_path: Path
) -> None:
    with_neo4j.ok("record", write(tmp_path))
    with_neo4j.ok("rebuild")
    whole = with_neo4j.ok("verify")
    for cypher, named in DAMAGES:
        await run(graph, cypher)
        ran = with_neo4j.run("verify")
        assert ran.code == 1
        assert named in ran.out
        assert "the graph is not what the log says" in ran.out
        repaired = with_neo4j.ok("verify", "--repair")
        assert named in repaired
        assert "found and mended: " in repaired
        assert with_neo4j.ok("verify") == whole
    assert with_neo4j.ok("verify", "--repair") == whole  # nothing is left to repair
