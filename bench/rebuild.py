"""Rebuilding a graph into an empty Neo4j, beside a hand-written loader of the same graph.

Online, both fill a server that runs; for the offline import everything is counted, from the log to
the server that answers. The loader has the graph in files already, which is not counted. Each
measurement has a new and empty store. Arguments: numbers of statements, 200,000 if not given.
"""

import asyncio
import shutil
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path
from statistics import median

from bench.filling import filled
from bench.graphs import server
from bench.loader import load, write_files
from bench.measuring import line
from eventlog.sqlite import SqliteLog
from graph.connection import Graph
from graph.folded import FoldedLog
from graph.found import counted
from graph.rebuild import rebuild
from onrecord.rebuilding import Rebuilding
from onrecord.settings import Settings
from tests.graph.loading import open_graph

SIZES = (200_000,)
ROUNDS = 3
ONLINE_AT_LEAST = 0.8
OFFLINE_AT_LEAST = {200_000: 1.0, 1_000_000: 2.0}

Fill = Callable[[Graph], Awaitable[object]]


def online(folder: Path, fill: Fill, counts: tuple[int, int]) -> float:
    """Fill the graph of a new server; return the seconds that took."""

    async def timed() -> float:
        with server(folder) as running:
            graph = open_graph(running.connection)
            began = time.perf_counter()
            await fill(graph)
            seconds = time.perf_counter() - began
            async with graph.transaction() as transaction:
                assert await counted(transaction) == counts
            await graph.close()
        return seconds

    try:
        return asyncio.run(timed())
    finally:
        shutil.rmtree(folder)


def offline(folder: Path, log: SqliteLog) -> float:
    """Import a log into the store of a server that is started then; return the seconds of all."""
    settings = Settings(data=folder)
    began = time.perf_counter()
    rebuilt = Rebuilding(settings, log, _silently).run()
    seconds = time.perf_counter() - began
    assert rebuilt.position == log.head().position
    shutil.rmtree(folder)
    return seconds


def _silently(what: str, done: int, total: int) -> None:
    """Take progress that nobody reads."""


def measure(statements: int, folder: Path) -> None:
    """Compare all ways for one record."""
    with closing(filled(folder, statements)) as log:
        entries = log.head().position
        with closing(FoldedLog(log, "bench", folder)) as folded:
            folded.advance(entries)
            write_files(folded, folder)
            counts = folded.counts()
        own, imported, loaded = [], [], []
        for _ in range(ROUNDS):
            own.append(entries / online(folder / "own", lambda graph: rebuild(log, graph), counts))
            loaded.append(
                entries / online(folder / "loaded", lambda graph: load(graph, folder), counts)
            )
            imported.append(entries / offline(folder / "imported", log))
    for way, rates, least in (
        ("online", own, ONLINE_AT_LEAST),
        ("offline import", imported, OFFLINE_AT_LEAST.get(statements, 1.0)),
    ):
        ratios = [one / other for one, other in zip(rates, loaded, strict=True)]
        name = f"rebuild of {statements:,} statements, {way}"
        print(line(name, median(rates), median(loaded), ratios, least), flush=True)


def main() -> None:
    """Measure records of each size."""
    sizes = [int(one) for one in sys.argv[1:]] or SIZES
    for statements in sizes:
        with tempfile.TemporaryDirectory() as folder:
            measure(statements, Path(folder))


if __name__ == "__main__":
    main()
