"""Recording over HTTP into a real log, which a real Neo4j follows."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from api.limits import Limits
from eventlog.sqlite import SqliteLog
from graph.connection import Graph
from graph.managed import Connection
from graph.projector import Projector
from graph.reader import GraphReader
from tests.api.asking import AsyncAsker
from tests.api.asking import Json as Answer
from tests.api.engine import asker, opened
from tests.api.test_changing import AMEND, JUDGE, REINSTATE, RETRACT
from tests.api.test_recording import RECORD
from tests.conftest import empty

pytestmark = pytest.mark.engine

ANN: Answer = {"actor": {"id": "actor/ann", "name": "Ann", "kind": "PERSON"}}
BOB: Answer = {"actor": {"id": "actor/bob", "name": "Bob", "kind": "PERSON"}}
WITHOUT_WAITING = """mutation ($entries: [EntryInput!]!) {
  record(entries: $entries, waitForGraph: false) { ... on Recorded { position inGraph nodes { id } } } }"""
ACTORS = "{ actors { nodes { id } } }"


@pytest.fixture
def log(tmp_path: Path) -> Iterator[SqliteLog]:
    """Return an empty log."""
    opened = SqliteLog(tmp_path / "data" / "log.sqlite3")
    yield opened
    opened.close()


@pytest.fixture
async def graph(neo4j_server: Connection, log: SqliteLog) -> AsyncIterator[Graph]:
    """Return the graph of the empty log, which nobody keeps equal to it."""
    async with opened(neo4j_server) as graph:
        await empty(graph)
        await Projector(log, graph).catch_up()
        yield graph


@asynccontextmanager
async def projecting(log: SqliteLog, graph: Graph) -> AsyncIterator[None]:
    """Let the graph follow the log."""
    task = asyncio.create_task(Projector(log, graph).run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@pytest.fixture
async def ask(log: SqliteLog, graph: Graph) -> AsyncIterator[AsyncAsker]:
    """Return how to ask a service whose graph follows its log."""
    async with projecting(log, graph):
        yield asker(log, graph)


async def record(ask: AsyncAsker, *entries: Answer, **variables: object) -> Any:
    return (await ask(RECORD, entries=entries, **variables))["record"]


async def test_what_was_recorded_is_there_at_once(ask: AsyncAsker) -> None:
    outcome = await record(ask, ANN, {"issue": {"id": "issue/x", "name": "X"}})
    assert outcome["inGraph"]
    assert outcome["nodes"] == [
        {"__typename": "Actor", "id": "actor/ann", "name": "Ann"},
        {"__typename": "Issue", "id": "issue/x", "name": "X"},
    ]
    assert await ask(ACTORS) == {"actors": {"nodes": [{"id": "actor/ann"}]}}


async def test_another_process_waits_for_the_position_it_was_told(
    log: SqliteLog, graph: Graph
) -> None:
    ask = asker(log, graph)
    recorded = (await ask(WITHOUT_WAITING, entries=[ANN]))["record"]
    assert recorded == {"position": 1, "inGraph": False, "nodes": []}
    assert await ask(ACTORS) == {"actors": {"nodes": []}}
    wanted = {"Onrecord-Min-Position": "1"}
    waiting = asyncio.create_task(ask.with_headers(wanted, ACTORS))
    async with projecting(log, graph):
        body = await waiting
    assert body["data"] == {"actors": {"nodes": [{"id": "actor/ann"}]}}
    assert body["extensions"]["onrecord"]["graphPosition"] == 1


async def test_a_graph_that_does_not_follow_keeps_nobody_waiting(
    log: SqliteLog, graph: Graph
) -> None:
    ask = asker(log, graph, limits=Limits(wait_seconds=0.2))
    outcome = await record(ask, ANN)
    assert (outcome["__typename"], outcome["inGraph"], outcome["nodes"]) == ("Recorded", False, [])
    body = await ask.with_headers({"Onrecord-Min-Position": "1"}, ACTORS)
    (error,) = body["errors"]
    assert error["extensions"]["code"] == "GRAPH_BEHIND"


async def test_a_repeated_request_gives_the_first_outcome_again(
    ask: AsyncAsker, log: SqliteLog
) -> None:
    unnamed = {"actor": {"name": "Ann", "kind": "PERSON"}}
    first = await record(ask, unnamed, BOB, key="mine")
    again = await record(ask, unnamed, BOB, key="mine")
    assert again == first
    assert len(first["nodes"]) == 2
    assert log.head().position == 2


async def test_a_dry_run_changes_neither_log_nor_graph(ask: AsyncAsker, log: SqliteLog) -> None:
    outcome = await record(ask, ANN, dry=True)
    assert [entry["subject"] for entry in outcome["entries"]] == ["actor/ann"]
    assert (outcome["inGraph"], outcome["nodes"], log.head().position) == (False, [], 0)
    assert await ask(ACTORS) == {"actors": {"nodes": []}}


@pytest.mark.parametrize(
    ("entries", "variables", "expected"),
    [
        ([{"actor": {**BOB["actor"], "id": "bob"}}], {}, {"__typename": "Invalid"}),
        (
            [{"actor": {**BOB["actor"], "partOf": ["actor/nobody"]}}],
            {},
            {"__typename": "NotFound", "ids": ["actor/nobody"]},
        ),
        (
            [{"actor": {**ANN["actor"], "aliases": ["A"]}}],
            {},
            {"__typename": "AlreadyOnRecord", "ids": ["actor/ann"]},
        ),
        (
            [{"actor": {**ANN["actor"], "expectedRevision": 7}}],
            {},
            {"__typename": "RevisionConflict", "expected": 7, "actual": 1},
        ),
        ([BOB], {"key": "used"}, {"__typename": "IdempotencyConflict", "key": "used"}),
    ],
    ids=lambda value: value.get("__typename") if isinstance(value, dict) else "",
)
async def test_refusals_are_data_and_change_nothing(
    ask: AsyncAsker,
    log: SqliteLog,
    entries: list[Answer],
    variables: Answer,
    expected: Answer,
) -> None:
    await record(ask, ANN, key="used")
    outcome = await record(ask, *entries, **variables)
    assert expected.items() <= outcome.items()
    assert outcome["message"]
    assert outcome["path"]
    assert log.head().position == 1
    assert await ask(ACTORS) == {"actors": {"nodes": [{"id": "actor/ann"}]}}


SAID = """{ statements { nodes { id speaker { name } claim { text } } }
    claims { nodes { text } }
    actors { nodes { name } } }"""


async def test_what_is_amended_retracted_and_reinstated_shows_in_answers(
    ask: AsyncAsker, graph: Graph, log: SqliteLog
) -> None:
    sha = "0" * 64
    source: Answer = {"source": {"id": "source/s", "name": "S", "sha256": sha, "length": 99}}
    claim: Answer = {"claim": {"id": "claim/c", "text": "Tariffs fall."}}
    statement: Answer = {
        "statement": {
            "id": "statement/s/one",
            "speaker": "actor/ann",
            "attribution": "PARAPHRASE",
            "polarity": "ASSERTS",
            "claim": "claim/c",
            "passages": [{"source": "source/s", "start": 0, "end": 9, "sha256": sha}],
        }
    }
    await record(ask, ANN, BOB, source, claim, statement)

    changes = {"id": "statement/s/one", "fields": {"speaker": "actor/bob"}, "reason": "misread"}
    outcome = (await ask(AMEND, **changes))["amend"]
    assert (outcome["inGraph"], [one["id"] for one in outcome["nodes"]]) == (True, [changes["id"]])
    changes = {"id": "claim/c", "fields": {"text": "Tariffs rise."}, "reason": "misread"}
    await ask(AMEND, **changes)
    whole = await ask(SAID)
    (said,) = whole["statements"]["nodes"]
    assert (said["speaker"]["name"], said["claim"]["text"]) == ("Bob", "Tariffs rise.")

    outcome = (await ask(RETRACT, id="claim/c", reason="not in it", cascade=True))["retract"]
    assert [one["subject"] for one in outcome["entries"]] == ["claim/c", "statement/s/one"]
    assert (outcome["inGraph"], outcome["nodes"]) == (True, [])
    gone = await ask(SAID)
    assert (gone["statements"]["nodes"], gone["claims"]["nodes"]) == ([], [])
    assert gone["actors"] == whole["actors"]

    outcome = (await ask(REINSTATE, id="claim/c", reason="it is", cascade=True))["reinstate"]
    assert [one["id"] for one in outcome["nodes"]] == ["claim/c", "statement/s/one"]
    assert await ask(SAID) == whole
    assert (await GraphReader(graph).checkpoint()).position == log.head().position
    assert await GraphReader(graph).problems() == []


async def test_a_judgement_reaches_the_graph(ask: AsyncAsker, graph: Graph) -> None:
    await record(ask, ANN, BOB)
    judgement = {"type": "SAME_AS", "from": "actor/ann", "to": "actor/bob", "because": "a name"}
    outcome = (await ask(JUDGE, judgement=judgement))["judgeIdentity"]
    assert (outcome["__typename"], outcome["inGraph"], outcome["nodes"]) == ("Recorded", True, [])
    assert await GraphReader(graph).problems() == []


async def test_pages_stay_stable_while_more_is_recorded(ask: AsyncAsker) -> None:
    """What was there shows exactly once, whatever is recorded while somebody pages."""
    await record(ask, *(named(f"person {number:02}") for number in range(0, 20, 2)))
    document = """query ($after: String) { actors(first: 3, after: $after) {
        nodes { name } pageInfo { hasNextPage endCursor } } }"""
    seen: list[str] = []
    after, more = None, True
    for number in range(1, 99, 2):
        if not more:
            break
        page = (await ask(document, after=after))["actors"]
        seen += [one["name"] for one in page["nodes"]]
        after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
        await record(ask, named(f"person {number:02}"))
    assert len(seen) == len(set(seen))
    assert {f"person {number:02}" for number in range(0, 20, 2)} <= set(seen)


def named(name: str) -> Answer:
    return {"actor": {"name": name, "kind": "PERSON"}}


async def test_many_ask_and_record_at_once(ask: AsyncAsker, log: SqliteLog) -> None:
    outcomes = await asyncio.gather(
        *(record(ask, named(f"person {number}")) for number in range(10)),
        *(ask("{ actors { totalCount nodes { recorded { hash } } } }") for _ in range(10)),
    )
    assert sorted(one["position"] for one in outcomes[:10]) == list(range(1, 11))
    assert all(one["inGraph"] for one in outcomes[:10])
    assert (await ask("{ actors { totalCount } }"))["actors"] == {"totalCount": 10}
