"""One of two projectors paused in the midst of a batch: the other goes on, and so do readers."""

import asyncio
import time
from dataclasses import dataclass
from pathlib import Path

from eventlog.recorder import Recorder
from eventlog.sqlite import SqliteLog
from graph.connection import Graph
from graph.managed import Connection
from graph.reader import GraphReader
from graph.verify import compare
from schema.entries import Amended
from tests.acceptance.kills.course import PATIENCE_SECONDS, History, wipe
from tests.acceptance.kills.polling import Seen, polling
from tests.acceptance.kills.victims import Order, Victim, Work
from tests.graph.loading import open_graph


@dataclass(frozen=True, slots=True)
class Pause:
    """How it went: after how long the other one went on, and what a reader got meanwhile."""

    held_up_seconds: float
    answers_meanwhile: int
    longest_wait_seconds: float
    seen: Seen


class Pausing:
    """Two projectors on one log and one graph."""

    def __init__(self, folder: Path, server: Connection, seed: int, batch_seconds: float) -> None:
        self._server = server
        self._path = folder / "log.sqlite3"
        self._seed = seed
        self._batch_seconds = batch_seconds

    async def outlast(self, seconds: float) -> Pause:
        """Pause one for so long, let it go on, and prove that nothing is done twice or undone."""
        server = self._server
        graph = open_graph(server)
        await wipe(graph)
        log = SqliteLog(self._path)
        paused, other = self._projector(dawdles=True), None
        try:
            history = History(log, self._seed)
            await _reached(graph, log)
            async with polling(graph, log, self._seed) as poller:
                await asyncio.to_thread(self._pause_inside_a_batch, paused, log)
                began, before = time.monotonic(), poller.seen.answers
                other = self._projector()
                await asyncio.to_thread(history.grow, 5)
                going_on = asyncio.create_task(_reached(graph, log))
                if self._batch_seconds < seconds:
                    await going_on  # while the first one is paused
                while time.monotonic() < began + seconds:
                    await asyncio.to_thread(history.grow, 1)
                    await asyncio.sleep(0.2)
                meanwhile = poller.seen.answers - before
                longest = poller.seen.longest_seconds
                paused.go_on()
                held_up = await going_on - began
                await asyncio.to_thread(history.grow, 5)
                await _reached(graph, log)
                other.kill()
                other = None
                await asyncio.to_thread(history.grow, 5)
                await _reached(graph, log)
                assert (await compare(log, graph)).differences() == []
            history.hold()
            return Pause(held_up, meanwhile, longest, poller.seen)
        finally:
            for one in (paused, other):
                if one is not None:
                    one.kill()
            log.close()
            await graph.close()

    def _projector(self, *, dawdles: bool = False) -> Victim:
        order = Order(
            Work.PROJECT,
            self._path,
            self._server,
            batch_seconds=self._batch_seconds,
            dawdles=dawdles,
        )
        return Victim(order)

    def _pause_inside_a_batch(self, projector: Victim, log: SqliteLog) -> None:
        """Have it change something, for which it asks the log with the graph locked."""
        while projector.step(1.0):
            pass
        change = Amended(id="actor/0", fields={"name": "Another"}, reason="Read again.")
        Recorder(log, "a corrector").record([change])
        assert projector.step(PATIENCE_SECONDS)
        projector.pause()


async def _reached(graph: Graph, log: SqliteLog) -> float:
    """Wait until the graph has all of the log, and return when that was."""
    assert await GraphReader(graph).wait_for(log.head().position, PATIENCE_SECONDS)
    return time.monotonic()
