"""The service over a real Neo4j: a graph filled once, and a graph that follows its log."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from api.app import create_app
from api.context import Context
from api.texts import Texts
from eventlog.recorder import Recorder
from eventlog.sqlite import SqliteLog
from graph.connection import Graph
from graph.managed import Connection
from graph.projector import Projector
from graph.reader import GraphReader
from tests.api import harbour
from tests.api.asking import AsyncAsker, Client
from tests.conftest import empty


@asynccontextmanager
async def opened(server: Connection) -> AsyncIterator[Graph]:
    """Open the graph in the event loop that runs."""
    graph = Graph.open(server.uri, server.username, server.password, "neo4j")
    try:
        yield graph
    finally:
        await graph.close()


def fill(server: Connection, log: SqliteLog) -> None:
    """Record all of the harbour's record, and let an empty graph follow it."""

    async def follow() -> None:
        async with opened(server) as graph:
            await empty(graph)
            await Projector(log, graph).catch_up()

    harbour.record(log)
    asyncio.run(follow())


def asker(log: SqliteLog, graph: Graph, documents: Path | None = None) -> AsyncAsker:
    """Return how to ask the service over a log and a graph."""
    texts = Texts(documents) if documents is not None else None
    recorder = Recorder(log, harbour.RECORDED_BY)
    context = Context(GraphReader(graph), log, recorder, "0.0.1", texts=texts)
    return AsyncAsker(Client(create_app(context)))
