"""The service over a real Neo4j: a graph filled once, and a graph that follows its log."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette

from api.app import create_app
from api.context import Context
from api.limits import Limits
from api.pages.landing import BrowserAccess
from api.texts import Texts
from eventlog.recorder import Recorder
from eventlog.sqlite import SqliteLog
from graph.connection import Graph
from graph.managed import Connection
from graph.projector import Projector
from graph.reader import PATIENT_SECONDS, GraphReader
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


async def fill(graph: Graph, log: SqliteLog) -> None:
    """Record all of the harbour's record, and let a graph that was emptied follow it."""
    harbour.record(log)
    await empty(graph)
    await Projector(log, graph).catch_up()


def service(
    log: SqliteLog,
    graph: Graph,
    documents: Path | None = None,
    browser: BrowserAccess | None = None,
    limits: Limits | None = None,
) -> Starlette:
    """Return the service over a log and a graph, patient with a Neo4j that has to plan a lot."""
    context = Context(
        GraphReader(graph, PATIENT_SECONDS),
        log,
        Recorder(log, harbour.RECORDED_BY),
        "0.0.1",
        limits or Limits(),
        Texts(documents) if documents is not None else None,
    )
    return create_app(context, browser=browser)


def asker(
    log: SqliteLog, graph: Graph, documents: Path | None = None, limits: Limits | None = None
) -> AsyncAsker:
    """Return how to ask the service over a log and a graph."""
    return AsyncAsker(Client(service(log, graph, documents, limits=limits)))
