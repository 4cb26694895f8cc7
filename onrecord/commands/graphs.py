"""What commands that need the graph share: reaching it, and bringing it up to the log."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from eventlog import Log
from graph.connection import Graph
from graph.projector import Projector
from graph.reader import PATIENT_SECONDS, GraphReader
from onrecord.composition import neo4j, open_graph, open_log
from onrecord.locking import service_of
from onrecord.settings import Settings, read_settings
from onrecord.showing import Report, progress, say

PATIENCE_SECONDS = 10.0

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Opened:
    """Log and graph, open, with where to report progress."""

    settings: Settings
    log: Log
    graph: Graph
    report: Report


def with_graph(work: Callable[[Opened], Awaitable[T]], settings: Settings | None = None) -> T:
    """Do something with log and graph, whose Neo4j runs meanwhile; by the settings of this process.

    ``settings`` are others.
    """
    settings = settings or read_settings()
    with open_log(settings) as log, progress() as report, neo4j(settings, report) as found:

        async def run() -> T:
            async with open_graph(found) as graph:
                return await work(Opened(settings, log, graph, report))

        return asyncio.run(run())


async def up_to_date(opened: Opened) -> GraphReader:
    """Return a reader of the graph once it has what the log has.

    A running service brings it there; without one, this does.
    """
    reader = GraphReader(opened.graph, PATIENT_SECONDS)
    if service_of(opened.settings.data) is not None:
        head = await asyncio.to_thread(opened.log.head)
        if not await reader.wait_for(head.position, PATIENCE_SECONDS):
            say(f"the graph has not reached position {head.position:,} yet: the answer is older")
        return reader
    await catch_up(opened)
    return reader


async def catch_up(opened: Opened) -> None:
    """Bring the graph up to the log; another program may do so at the same time."""
    await Projector(
        opened.log, opened.graph, folder=opened.settings.scratch
    ).catch_up_beside_others(lambda done, total: opened.report("building the graph", done, total))
