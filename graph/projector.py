"""The live projector: it follows the log and keeps the graph equal to it.

Each batch is one transaction that holds the checkpoint as well, and ends where an append ends; an
append that changes more than Neo4j has memory for is applied in several.
The projector keeps no history in memory: what a batch has to know of older things it reads from
the graph.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from eventlog import Entry
from eventlog.errors import LogUnavailable
from graph.applying import RETRY_SECONDS, Batch
from graph.checkpoint import Checkpoint, prepare
from graph.connection import TRANSACTION_SECONDS, Graph
from graph.errors import (
    DamagedGraph,
    Fenced,
    GraphMoving,
    GraphUnavailable,
    QueryTimeout,
    TooLarge,
)
from graph.following import following
from graph.history import ReadableLog, check_history
from graph.progress import Progress
from graph.reconcile import Work, reconcile
from graph.shown import show
from graph.watching import ProjectionWatcher, Unwatched

BATCH_ENTRIES = 2_000
REST_SECONDS = 0.025
"""How long the graph stands still after it caught up, for readers; what comes meanwhile gathers.

Without it a steady stream is applied a few entries at a time, and all batches cost nearly the same.
"""
LONGEST_WAIT_SECONDS = 10.0
LONGEST_BATCH_SECONDS = 3_600.0


_PASSING = (Fenced, GraphMoving, GraphUnavailable, LogUnavailable, QueryTimeout)
"""What is over by itself, sooner or later."""


class Projector:
    """Follows one log into one graph, some entries at a time and always whole appends.

    A batch has ``batch_seconds``. Neo4j ends it then and lets its lock go, so that a projector that
    was paused holds up no other. One that needs longer gets twice the time with each further try.
    ``folder`` is where the log is folded when a graph has to be put right.
    """

    def __init__(
        self,
        log: ReadableLog,
        graph: Graph,
        *,
        batch_entries: int = BATCH_ENTRIES,
        batch_seconds: float = TRANSACTION_SECONDS,
        watcher: ProjectionWatcher | None = None,
        folder: Path | None = None,
    ) -> None:
        self._log = log
        self._graph = graph
        self._batch_entries = batch_entries
        self._batch_seconds = batch_seconds
        self._watcher = watcher or Unwatched()
        self._folder = folder
        self._checkpoint: Checkpoint | None = None

    async def run(self) -> None:
        """Follow the log until cancelled; wait and try again when Neo4j or the log is away.

        A graph that lacks what it should have is put right from the log.

        :raises WrongGraph: the graph belongs to another log or model.
        """
        grown = asyncio.Event()
        retry_seconds = RETRY_SECONDS
        with following(self._log, grown.set):
            while True:
                grown.clear()
                try:
                    # As far as it goes now: in a steady stream it would never be caught up.
                    head = await asyncio.to_thread(self._log.head)
                    checkpoint = await self.catch_up(to=head.position)
                except DamagedGraph as error:
                    self._watcher.mends(error)
                    await self._mend()
                except _PASSING as error:
                    self._watcher.waits(error)
                else:
                    self._watcher.caught_up(checkpoint.position)
                    retry_seconds = RETRY_SECONDS
                    await asyncio.sleep(REST_SECONDS)
                    await grown.wait()
                    continue
                await asyncio.sleep(retry_seconds)
                retry_seconds = min(2 * retry_seconds, LONGEST_WAIT_SECONDS)

    async def _mend(self) -> None:
        try:
            self._watcher.mended(await reconcile(self._log, self._graph, folder=self._folder))
        except _PASSING as error:
            self._watcher.waits(error)

    async def catch_up(
        self, on_progress: Progress | None = None, *, to: int | None = None
    ) -> Checkpoint:
        """Apply what the log has beyond the checkpoint, and return the new one.

        ``on_progress`` is called with the position of the graph and that of the log; ``to`` is a
        position at which to stop, once the append is applied that holds it.

        :raises Fenced: another projector was faster; reading the checkpoint again helps.
        :raises GraphError: Neo4j is away, or the graph is not this log's.
        """
        checkpoint = await self.checkpoint()
        self._checkpoint = None  # until it is known again: what failed may have been committed
        taking = _Taking(self._batch_entries)
        while True:
            left = (
                taking.limit if to is None else min(taking.limit, max(to - checkpoint.position, 0))
            )
            entries: list[Entry] = []
            if left:
                entries = await asyncio.to_thread(
                    self._log.read, checkpoint.position, left, whole_appends=True
                )
            if not entries and checkpoint.ready:
                self._checkpoint = checkpoint
                return checkpoint
            began = time.monotonic()
            ready = len(entries) < taking.limit
            batch = Batch(self._log, self._graph, entries, checkpoint, ready=ready)
            applied = await self._apply(batch)
            if applied is None and taking.less(entries):
                continue
            checkpoint = applied or await self._apply_large(batch)
            taking.more()
            if entries:
                self._watcher.applied(checkpoint.position, len(entries), time.monotonic() - began)
            if on_progress is not None and entries:
                head = await asyncio.to_thread(self._log.head)
                on_progress(checkpoint.position, head.position)

    async def catch_up_beside_others(
        self, on_progress: Progress | None = None, *, to: int | None = None
    ) -> Checkpoint:
        """Do the same where others may project at the same time: what they applied is done.

        :raises GraphError: Neo4j is away, or the graph is not this log's.
        """
        while True:
            try:
                return await self.catch_up(on_progress, to=to)
            except Fenced as error:
                self._watcher.waits(error)

    async def checkpoint(self) -> Checkpoint:
        """Return the checkpoint from which it goes on; what a rebuild left undone is done first.

        :raises GraphError: Neo4j is away, or the graph is not this log's.
        """
        if self._checkpoint is not None:
            return self._checkpoint
        checkpoint = await prepare(self._graph, self._log.log_id, self._log.genesis)
        if checkpoint.rebuilding:
            await reconcile(self._log, self._graph, folder=self._folder)
            checkpoint = await self._prepared()
        await asyncio.to_thread(check_history, self._log, checkpoint, self._graph.uri)
        await show(self._graph)  # what failed may have left it hidden
        self._checkpoint = checkpoint
        return checkpoint

    async def _prepared(self) -> Checkpoint:
        """Return the checkpoint of a graph that nobody rebuilds.

        :raises GraphMoving: somebody else does.
        """
        checkpoint = await prepare(self._graph, self._log.log_id, self._log.genesis)
        if checkpoint.rebuilding:
            raise GraphMoving("somebody else is rebuilding the graph: try again")
        return checkpoint

    async def _apply(self, batch: Batch) -> Checkpoint | None:
        """Apply a batch at once; None if Neo4j has too little memory for it."""
        try:
            return await self._in_time(batch.apply)
        except TooLarge as error:
            self._watcher.waits(error)
            return None

    async def _in_time(self, apply: Callable[[float], Awaitable[Checkpoint]]) -> Checkpoint:
        """Apply a batch within some seconds, and in more of them whenever these were too few."""
        seconds = self._batch_seconds
        while True:
            try:
                return await apply(seconds)
            except QueryTimeout as error:
                if seconds >= LONGEST_BATCH_SECONDS:
                    raise
                self._watcher.waits(error)
                seconds *= 2

    async def _apply_large(self, batch: Batch) -> Checkpoint:
        """Apply a batch that is too large for one transaction; readers have to wait for it.

        If it is not that large, others may have needed the memory, and it is tried once more. Where
        Neo4j cannot even be asked at once what the graph has, all of it is compared.

        :raises Fenced: somebody else wrote to it.
        :raises GraphMoving: it was written in part only.
        """
        if not batch.is_large:
            await asyncio.sleep(RETRY_SECONDS)
            if applied := await self._apply(batch):
                return applied
        try:
            return await self._in_time(batch.apply_in_parts)
        except TooLarge as error:
            self._watcher.waits(error)
        batch.forget()
        work = Work(self._log, self._graph, batch.before, folder=self._folder)
        await work.bring_in(batch.after.position)
        return await self._prepared()


@dataclass(slots=True)
class _Taking:
    """How many entries a batch takes: fewer where a transaction has no memory for the ``most``."""

    most: int
    limit: int = 0

    def __post_init__(self) -> None:
        self.limit = self.most

    def less(self, entries: Sequence[Entry]) -> bool:
        """Take less than these the next time; tell whether that is possible.

        A single append cannot be parted.
        """
        if not entries or entries[0].header.append_size == len(entries):
            return False
        self.limit = max(min(self.limit, len(entries)) // 2, 1)
        return True

    def more(self) -> None:
        """Take a little more the next time, since what was taken went well."""
        self.limit = min(self.limit + max(self.limit // 4, 1), self.most)
