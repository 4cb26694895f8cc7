"""What happened to things, asked of a log and of a real Neo4j that follows it."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from eventlog import NewEntry
from eventlog.entries import Effect
from eventlog.recorder import Recorder
from eventlog.sqlite import SqliteLog
from graph.connection import Graph
from graph.managed import Connection
from graph.projector import Projector
from tests.api.asking import AsyncAsker
from tests.api.asking import Json as Answer
from tests.api.engine import asker, opened
from tests.conftest import empty
from tests.graph.records import entry

pytestmark = pytest.mark.engine

CHANGES = "position recordedAt recordedBy hash kind reason changed cascadedFrom"


ANN = entry("ActorRecorded", {"id": "actor/ann", "name": "Ann", "kind": "PERSON"})
MINISTER = entry(
    "RoleRecorded", {"id": "role/minister", "title": "minister", "holder": "actor/ann"}
)
RENAMED = entry("Amended", {"id": "actor/ann", "fields": {"name": "Anne"}, "reason": "A slip."})
RETRACTED = entry("Retracted", {"id": "actor/ann", "reason": "Nobody."})
REINSTATED = entry("Reinstated", {"id": "actor/ann", "reason": "Somebody after all."})


@pytest.fixture
def log(tmp_path: Path) -> Iterator[SqliteLog]:
    """Return an empty log."""
    opened = SqliteLog(tmp_path / "data" / "log.sqlite3")
    yield opened
    opened.close()


@pytest.fixture
def recorder(log: SqliteLog) -> Recorder:
    """Return who records, in the name of Cal."""
    return Recorder(log, "Cal")


@pytest.fixture
async def graph(neo4j_server: Connection) -> AsyncIterator[Graph]:
    """Return an empty graph."""
    async with opened(neo4j_server) as graph:
        await empty(graph)
        yield graph


async def followed(log: SqliteLog, graph: Graph) -> AsyncAsker:
    """Return how to ask a service whose graph has all of the log."""
    await Projector(log, graph).catch_up()
    return asker(log, graph)


async def test_each_entry_about_a_thing_is_told(
    log: SqliteLog, graph: Graph, recorder: Recorder
) -> None:
    for one in (ANN, RENAMED):
        recorder.record([one])
    ask = await followed(log, graph)
    data = await ask(f'{{ actor(id: "actor/ann") {{ name history {{ {CHANGES} }} }} }}')
    first, second = log.read(0, 2)
    plain: Answer = {"recordedBy": "Cal", "reason": None, "changed": [], "cascadedFrom": None}
    assert data["actor"] == {
        "name": "Anne",
        "history": [
            {
                **plain,
                "position": 1,
                "kind": "ACTOR_RECORDED",
                "recordedAt": first.header.recorded_at,
                "hash": first.hash_hex,
            },
            {
                **plain,
                "position": 2,
                "kind": "AMENDED",
                "recordedAt": second.header.recorded_at,
                "hash": second.hash_hex,
                "reason": "A slip.",
                "changed": ["name"],
            },
        ],
    }


async def test_history_is_that_of_things_in_lists_and_behind_relations_too(
    log: SqliteLog, graph: Graph, recorder: Recorder
) -> None:
    recorder.record([ANN, MINISTER])
    recorder.record([RENAMED])
    ask = await followed(log, graph)
    data = await ask(
        """{ roles { nodes { when: history { at: position } holder { history { position } } } }
             node(id: "actor/ann") { __typename retracted { kind } history { kind } } }"""
    )
    (role,) = data["roles"]["nodes"]
    assert role == {
        "when": [{"at": 2}],
        "holder": {"history": [{"position": 1}, {"position": 3}]},
    }
    assert data["node"] == {
        "__typename": "Actor",
        "retracted": None,
        "history": [{"kind": "ACTOR_RECORDED"}, {"kind": "AMENDED"}],
    }


async def test_as_of_a_moment_the_history_ends_there_and_a_later_retraction_is_told(
    log: SqliteLog, graph: Graph, recorder: Recorder
) -> None:
    recorder.record([ANN, MINISTER])
    recorder.record([RENAMED])
    recorder.record([RETRACTED], cascade=True)
    ask = await followed(log, graph)
    asked = f"history {{ position }} retracted {{ __typename {CHANGES} }}"
    data = await ask(
        f"""{{ actor(id: "actor/ann", asOf: {{ position: 2 }}) {{ name {asked} }}
               role(id: "role/minister", asOf: {{ position: 2 }}) {{ {asked} }} }}"""
    )
    assert data["actor"]["name"] == "Ann"
    assert data["actor"]["history"] == [{"position": 1}]
    retracted = data["actor"]["retracted"]
    assert retracted["__typename"] == "Change"
    assert (retracted["kind"], retracted["reason"]) == ("RETRACTED", "Nobody.")
    assert retracted["cascadedFrom"] is None
    assert data["role"]["retracted"]["cascadedFrom"] == "actor/ann"
    recorder.record([REINSTATED])
    ask = await followed(log, graph)
    data = await ask(
        '{ actor(id: "actor/ann", asOf: { position: 3 }) { name retracted { position } } }'
    )
    assert data["actor"] == {"name": "Anne", "retracted": None}


async def test_what_is_off_the_record_still_has_a_history(
    log: SqliteLog, graph: Graph, recorder: Recorder
) -> None:
    recorder.record([ANN, MINISTER])
    recorder.record([RETRACTED], cascade=True)
    ask = await followed(log, graph)
    data = await ask(
        """{ actor(id: "actor/ann") { id }
             history(id: "actor/ann") { kind reason changed }
             role(id: "role/minister", asOf: { position: 2 }) { history { kind } retracted { kind } }
             none: history(id: "actor/nobody") { kind } }"""
    )
    assert data == {
        "actor": None,
        "history": [
            {"kind": "ACTOR_RECORDED", "reason": None, "changed": []},
            {"kind": "RETRACTED", "reason": "Nobody.", "changed": []},
        ],
        "role": {"history": [{"kind": "ROLE_RECORDED"}], "retracted": {"kind": "RETRACTED"}},
        "none": [],
    }


async def test_a_history_of_no_identifier_is_refused(log: SqliteLog, graph: Graph) -> None:
    body = await (await followed(log, graph)).whole('{ history(id: "Ann") { kind } }')
    (error,) = body["errors"]
    assert error["extensions"]["code"] == "BAD_INPUT"
    assert "'Ann' is not an identifier" in error["message"]


async def test_what_only_a_newer_program_can_read_is_there_without_its_reason(
    log: SqliteLog, graph: Graph, recorder: Recorder
) -> None:
    recorder.record([ANN])
    newer = NewEntry("Amended", 99, "actor/ann", b"{}", effect=Effect.AMENDS)
    log.append([newer], recorded_by="Cal")
    ask = await followed(log, graph)
    data = await ask('{ history(id: "actor/ann") { kind reason changed } }')
    assert data["history"][1] == {"kind": "AMENDED", "reason": None, "changed": []}
