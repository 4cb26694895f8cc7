"""Records in a log and in Neo4j, put there once for all tests of a module."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from eventlog.sqlite import SqliteLog
from graph.connection import Graph, own_text
from graph.managed import Connection
from graph.projector import Projector
from graph.whole import WholeGraph, fold_all
from schema.entries import AnyEntry
from tests.conftest import empty
from tests.graph.records import fill


@dataclass(frozen=True, slots=True)
class Loaded:
    """A log whose record is in the graph, and what the fold makes of it."""

    log: SqliteLog
    position: int
    additions: WholeGraph = field(repr=False)


def open_graph(server: Connection) -> Graph:
    """Open the server's database as it is."""
    return Graph.open(server.uri, server.username, server.password, "neo4j")


async def run(graph: Graph, cypher: str) -> None:
    """Run a statement of somebody else."""
    async with graph.session() as session:
        await (await session.run(own_text(cypher))).consume()


def load(
    server: Connection,
    folder: Path,
    appends: Sequence[Sequence[AnyEntry]],
    change: Callable[[SqliteLog], None] = lambda log: None,
) -> Loaded:
    """Put a record, then changed, into a new log, and into a database that is emptied first."""
    log = SqliteLog(folder / "log.sqlite3")
    fill(log, appends)
    change(log)
    asyncio.run(_project(server, log))
    return Loaded(log, log.head().position, fold_all(log.entries()))


async def _project(server: Connection, log: SqliteLog) -> None:
    graph = open_graph(server)
    await empty(graph)
    await Projector(log, graph).catch_up()
    await graph.close()
