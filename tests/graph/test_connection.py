"""Whatever goes wrong between here and Neo4j is told in one sentence, without the password."""

import asyncio

import pytest
from neo4j import AsyncTransaction

from eventlog.sqlite import SqliteLog
from graph.checkpoint import read_checkpoint
from graph.connection import Graph, open_driver, own_text
from graph.errors import GraphError, GraphRefused, GraphUnavailable, QueryTimeout
from graph.managed import Connection
from graph.projector import Projector
from graph.reader import GraphReader
from graph.selection import AllOf, Condition, Page, Pick, Quantifier, Related
from tests.graph.proxy import Door, door_before
from tests.graph.records import fill, record
from tests.ports import free_port

pytestmark = pytest.mark.engine

PASSWORD = "open sesame 42"  # one that is wrong everywhere


async def failure(uri: str, username: str, password: str, database: str = "neo4j") -> GraphError:
    """Ask a graph, and return what went wrong."""
    graph = Graph.open(uri, username, password, database)
    try:
        with pytest.raises(GraphError) as caught:
            await read_checkpoint(graph)
    finally:
        await graph.close()
    assert password not in str(caught.value)
    assert "\n" not in str(caught.value)
    return caught.value


async def test_a_wrong_password(neo4j_server: Connection) -> None:
    error = await failure(neo4j_server.uri, neo4j_server.username, PASSWORD)
    assert isinstance(error, GraphRefused)
    assert str(error) == f"Neo4j at {neo4j_server.uri} refused the user name or password"


@pytest.mark.parametrize("scheme", ["bolt", "neo4j"])
async def test_nobody_listens(scheme: str) -> None:
    uri = f"{scheme}://127.0.0.1:{free_port()}"
    error = await failure(uri, "neo4j", PASSWORD)
    assert isinstance(error, GraphUnavailable)
    assert str(error) == f"Neo4j at {uri} does not answer"


async def test_a_host_that_nobody_knows() -> None:
    error = await failure("bolt://neo4j.invalid:7687", "neo4j", PASSWORD)
    assert isinstance(error, GraphUnavailable)
    assert str(error) == "Neo4j at bolt://neo4j.invalid:7687 does not answer"


async def test_something_else_listens() -> None:
    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(greet, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        error = await failure(f"bolt://127.0.0.1:{port}", "neo4j", PASSWORD)
    assert isinstance(error, GraphUnavailable)


async def test_encryption_that_the_server_does_not_have(neo4j_server: Connection) -> None:
    uri = neo4j_server.uri.replace("bolt://", "bolt+s://")
    assert isinstance(await failure(uri, "neo4j", PASSWORD), GraphUnavailable)


async def test_a_database_that_is_not_there(neo4j_server: Connection) -> None:
    error = await failure(
        neo4j_server.uri, neo4j_server.username, neo4j_server.password, database="nowhere"
    )
    assert isinstance(error, GraphRefused)
    assert str(error) == f"Neo4j at {neo4j_server.uri} has no database named nowhere"


@pytest.mark.parametrize(
    "uri",
    ["http://localhost:7474", "localhost", "", "bolt://", "bolt://localhost:port", "bolt://[::1"],
)
def test_an_address_that_is_none(uri: str) -> None:
    with pytest.raises(GraphRefused, match="is no address of a Neo4j server") as caught:
        open_driver(uri, "neo4j", PASSWORD)
    assert PASSWORD not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_password_in_the_address_is_refused_and_not_repeated() -> None:
    with pytest.raises(GraphRefused) as caught:
        open_driver("bolt://neo4j:secret42@localhost:7687", "neo4j", PASSWORD)
    assert "secret42" not in str(caught.value)
    assert "bolt://localhost:7687" in str(caught.value)


async def test_a_server_that_goes_away_in_the_middle(neo4j_server: Connection) -> None:
    async with door_before(neo4j_server.uri) as door:
        graph = Graph.open(door.uri, neo4j_server.username, neo4j_server.password, "neo4j")
        with pytest.raises(GraphUnavailable) as caught:
            await _interrupted(graph, door)
        assert str(caught.value) == f"Neo4j at {door.uri} does not answer"
        await graph.close()


async def _interrupted(graph: Graph, door: Door) -> None:
    async with graph.transaction() as transaction:
        await transaction.run("RETURN 1")
        await door.shut()
        await transaction.run("RETURN 2")


async def test_a_question_over_its_time_limit(graph: Graph, log: SqliteLog) -> None:
    fill(log, record(2, 400))
    await Projector(log, graph).catch_up()
    where: Condition = AllOf()
    for relation in ("statements", "issues") * 3:  # far more to look at than anybody can wait for
        where = Related(relation, Quantifier.ALL, where)
    hurried = GraphReader(graph, time_limit_seconds=0.05)
    with pytest.raises(QueryTimeout, match=r"^the question took longer than its time limit$"):
        await hurried.page(Page("Statement", (Pick("id", "id"),), where, count=True))


async def merge(transaction: AsyncTransaction) -> None:
    """Take a lock, and wait for it if somebody else has it."""
    await (await transaction.run("MERGE (:Checkpoint {id: 'a'})")).consume()


async def merge_within(graph: Graph, seconds: float) -> None:
    """Do nothing else in a transaction of its own that has so long."""
    async with graph.transaction(seconds) as transaction:
        await merge(transaction)


async def test_a_transaction_over_its_time_limit_lets_others_go_on(graph: Graph) -> None:
    """Though whoever began it does nothing more."""

    async def pausing() -> None:
        async with graph.transaction(0.5) as paused:
            await merge(paused)
            await merge_within(graph, 60)

    with pytest.raises(QueryTimeout):
        await pausing()


async def test_who_waits_too_long_for_another_transaction_may_try_again(graph: Graph) -> None:
    async with graph.transaction() as holding:
        await merge(holding)
        with pytest.raises(GraphUnavailable, match="is busy"):
            await merge_within(graph, 0.5)


async def test_a_transaction_that_somebody_ended_may_be_tried_again(graph: Graph) -> None:
    """A Neo4j that is being stopped ends them likewise."""

    async def ended() -> None:
        async with graph.transaction() as transaction:
            await merge(transaction)
            await end_transactions(graph)
            await merge(transaction)

    with pytest.raises(GraphUnavailable, match="is busy"):
        await ended()


async def end_transactions(graph: Graph) -> None:
    """End every transaction that nobody works in at the moment."""
    idle = (
        "SHOW TRANSACTIONS YIELD transactionId, currentQuery WHERE coalesce(currentQuery, '') = ''"
    )
    async with graph.session() as session:
        result = await session.run(own_text(f"{idle} RETURN collect(transactionId)"))
        ids = (await result.single(strict=True)).value()
        assert ids
        await (await session.run("TERMINATE TRANSACTIONS $ids", ids=ids)).consume()


async def test_a_neo4j_that_falls_silent_is_not_waited_for(
    graph: Graph, log: SqliteLog, neo4j_server: Connection
) -> None:
    """Neo4j's own time limit does not hold while it plans a statement, nor when it hangs."""
    await Projector(log, graph).catch_up()
    async with door_before(neo4j_server.uri) as door:
        silent = Graph.open(door.uri, neo4j_server.username, neo4j_server.password, "neo4j")
        reader = GraphReader(silent, time_limit_seconds=0.1, grace_seconds=0.1)
        await reader.checkpoint()
        door.hold()
        for question in (
            reader.page(Page("Actor", (Pick("id", "id"),))),
            reader.checkpoint(),
            reader.counts(),
            reader.problems(),
        ):
            with pytest.raises(QueryTimeout):
                await asyncio.wait_for(question, 10)
        assert not await asyncio.wait_for(reader.wait_for(1, 0.1), 10)
        await door.shut()
        await silent.close()
