"""The record as it was, asked of a real Neo4j that followed a log in which much was changed."""

from collections.abc import AsyncIterator, Sequence

import pytest

from eventlog.recorder import Recorder
from eventlog.sqlite import SqliteLog
from graph.connection import Graph
from graph.managed import Connection
from graph.projector import Projector
from schema.entries import AnyEntry, Retracted
from tests.api import harbour
from tests.api.asking import AsyncAsker
from tests.api.asking import Json as Answer
from tests.api.engine import asker, fill, opened
from tests.graph.records import entry

pytestmark = pytest.mark.engine

BRANDT, CUT = "statement/post/brandt", "claim/cut"
ACTORS = """query($asOf: AsOf, $after: String) {
  actors(asOf: $asOf, after: $after, first: 3, orderBy: [{ name: ASC }]) {
    totalCount nodes { id name } pageInfo { hasNextPage endCursor }
  }
}"""


@pytest.fixture
async def graph(neo4j_server: Connection, log: SqliteLog) -> AsyncIterator[Graph]:
    """Return the graph of the harbour's record, in the event loop that runs."""
    async with opened(neo4j_server) as graph:
        await fill(graph, log)
        yield graph


@pytest.fixture
def ask(log: SqliteLog, graph: Graph) -> AsyncAsker:
    """Return how to ask the service."""
    return asker(log, graph)


async def record(log: SqliteLog, graph: Graph, entries: Sequence[AnyEntry]) -> int:
    """Record entries, let the graph follow, and return where the log ends."""
    Recorder(log, harbour.RECORDED_BY).record(entries, cascade=True)
    return (await Projector(log, graph).catch_up()).position


def amended(identifier: str, **fields: object) -> AnyEntry:
    return entry("Amended", {"id": identifier, "fields": fields, "reason": "Read again."})


def judged(type_: str, one: str, other: str) -> AnyEntry:
    given = {"id": "judgement/one", "type": type_, "from": one, "to": other}
    return entry("IdentityJudged", {**given, "because": "It is one of them."})


def of(answer: Answer) -> tuple[Answer, object]:
    """Return the data of an answer, and which position it is of."""
    assert "errors" not in answer
    return answer["data"], answer["extensions"]["onrecord"]["asOf"]


async def test_a_thing_is_told_as_it_was(ask: AsyncAsker, log: SqliteLog, graph: Graph) -> None:
    """By its id, within others and in lists: its words, its recording, and whom it concerns."""
    query = f"""query($asOf: AsOf) {{
      claim(id: "{CUT}", asOf: $asOf) {{
        text revision recorded {{ position recordedAt recordedBy hash }} issues {{ id }}
      }}
      node(id: "{BRANDT}", asOf: $asOf) {{ name revision ... on Statement {{ claim {{ text }} }} }}
      claims(asOf: $asOf, where: {{ text: {{ contains: "Nobody" }} }}) {{ totalCount }}
    }}"""
    before, head = await ask(query), log.head().position
    now = await record(
        log, graph, [amended(CUT, text="Nobody cuts anything.", issues=["issue/trade"])]
    )
    then, as_of = of(await ask.whole(query, asOf={"position": head}))
    assert (then, as_of) == (before, head)
    after, as_of = of(await ask.whole(query, asOf={"position": now}))
    assert as_of == now
    assert after == await ask(query) != before
    assert after["claim"]["text"] == after["node"]["claim"]["text"] == "Nobody cuts anything."
    trade = {"id": "issue/trade"}
    assert trade in after["claim"]["issues"]
    assert trade not in before["claim"]["issues"]
    assert after["claim"]["revision"] == now != before["claim"]["revision"]
    assert after["claim"]["recorded"] == before["claim"]["recorded"]
    assert (before["claims"]["totalCount"], after["claims"]["totalCount"]) == (0, 1)


async def test_what_was_retracted_since_is_there_and_what_came_later_is_not(
    ask: AsyncAsker, log: SqliteLog, graph: Graph
) -> None:
    query = f"""query($asOf: AsOf) {{
      statement(id: "{BRANDT}", asOf: $asOf) {{ speaker {{ name }} passages {{ source {{ id }} }} }}
      nodes(ids: ["{BRANDT}", "actor/new"], asOf: $asOf) {{ id }}
      actors(asOf: $asOf, first: 50) {{ nodes {{ id statements {{ id }} }} }}
    }}"""
    before, head = await ask(query), log.head().position
    await record(log, graph, [Retracted(id=BRANDT, reason="Nobody said so.")])
    new = entry("ActorRecorded", {"id": "actor/new", "name": "somebody new", "kind": "PERSON"})
    now = await record(log, graph, [new])
    assert before["nodes"] == [{"id": BRANDT}, None]
    assert await ask(query, asOf={"position": head}) == before
    after = await ask(query, asOf={"position": now})
    assert after == await ask(query)
    assert (after["statement"], after["nodes"]) == (None, [None, {"id": "actor/new"}])


async def test_who_is_one_with_whom_is_told_as_it_was(
    ask: AsyncAsker, log: SqliteLog, graph: Graph
) -> None:
    query = f"""query($asOf: AsOf) {{
      statement(id: "{BRANDT}", asOf: $asOf) {{ speaker {{ id }} speakerAsRecorded {{ id }} }}
      actors(asOf: $asOf, where: {{ name: {{ contains: "brandt" }} }}) {{ nodes {{ id }} }}
    }}"""
    apart, head = await ask(query), log.head().position
    judgement = judged("SAME_AS", "actor/ana-brandt", "actor/freedonia")
    merged_at = await record(log, graph, [judgement])
    merged = await ask(query)
    await record(log, graph, [Retracted(id="judgement/one", reason="A person is no state.")])
    assert await ask(query) == await ask(query, asOf={"position": head}) == apart
    assert await ask(query, asOf={"position": merged_at}) == merged
    assert merged["statement"]["speaker"] == {"id": "actor/freedonia"}
    assert merged["statement"]["speakerAsRecorded"] == {"id": "actor/ana-brandt"}
    assert "actor/ana-brandt" in [one["id"] for one in apart["actors"]["nodes"]]
    assert merged["actors"]["nodes"] == []


async def test_paging_as_of_a_position_stands_still_whatever_is_recorded_meanwhile(
    ask: AsyncAsker, log: SqliteLog, graph: Graph
) -> None:
    whole = await ask("{ actors(first: 50, orderBy: [{ name: ASC }]) { nodes { id name } } }")
    moment, seen, after = {"position": log.head().position}, [], None
    while True:
        page = (await ask(ACTORS, asOf=moment, after=after))["actors"]
        assert page["totalCount"] == len(whole["actors"]["nodes"])
        seen += page["nodes"]
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
        await record(
            log, graph, [amended(seen[0]["id"], name=f"{'az'[len(seen) % 2]} {len(seen)}")]
        )
    assert seen == whole["actors"]["nodes"]


async def test_an_instant_says_which_position_it_was(
    ask: AsyncAsker, log: SqliteLog, graph: Graph
) -> None:
    head = log.head()
    await record(log, graph, [amended(CUT, text="Nobody cuts anything.")])
    query = f'query($asOf: AsOf) {{ claim(id: "{CUT}", asOf: $asOf) {{ text }} }}'
    data, as_of = of(await ask.whole(query, asOf={"recordedAt": head.recorded_at}))
    assert as_of == head.position
    assert data["claim"]["text"] != "Nobody cuts anything."
    data, as_of = of(await ask.whole(query, asOf={"recordedAt": "2000-01-01"}))
    assert (data, as_of) == ({"claim": None}, 0)
