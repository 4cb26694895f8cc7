"""Applying some appends to a graph: in one transaction, or in several if they change too much.

In one, the checkpoint moves with what it stands for. Where several are needed, the first one closes
the graph to its readers, says how far it is going and who writes it, and the last one opens it
again. Each of the others makes sure that nobody else has taken the graph on; whatever ends in
between leaves a rebuild to be done, as a rebuild that was interrupted does.
"""

import asyncio
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import replace
from uuid import uuid4

from neo4j import AsyncTransaction

from eventlog import Entry
from graph.checkpoint import Checkpoint, advance, lock, merged_labels
from graph.connection import Graph
from graph.delta import Delta
from graph.errors import GraphMoving, QueryTimeout, TooLarge
from graph.fold import fold_append
from graph.history import ReadableLog
from graph.loading import ThingsInGraph
from graph.reading import Readable, appends, read
from graph.shown import hide, show
from graph.things import Things
from graph.writing import write

PART_CHANGES = 5_000
"""How much is written at once of what does not go into one transaction."""
RETRY_SECONDS = 0.5

_IN_PART = "a large change is in the graph in part only, which is to be rebuilt: try again"


class Batch:
    """Some appends to apply, and what the checkpoint says before and after that."""

    def __init__(
        self,
        log: ReadableLog,
        graph: Graph,
        entries: Sequence[Entry],
        before: Checkpoint,
        *,
        ready: bool,
    ) -> None:
        """Take the entries of whole appends; ``ready`` tells whether a first build ends here."""
        self._log, self._graph = log, graph
        self._entries = entries
        self._delta: Delta | None = None
        self.before = before
        self.after = replace(before, ready=before.ready or ready)
        if entries:
            last = entries[-1]
            self.after = replace(self.after, position=last.position, hash=last.hash_hex)

    async def apply(self, seconds: float) -> Checkpoint:
        """Apply it in one transaction of some seconds, and return the new checkpoint.

        :raises Fenced: somebody else wrote to the graph.
        :raises QueryTimeout: it takes longer.
        :raises TooLarge: Neo4j has too little memory for it.
        """
        async with self._graph.transaction(seconds) as transaction:
            await lock(transaction, self.before)
            delta = await self._change(transaction)
            await write(transaction, delta)
            after = await self._end(transaction, delta)
        await show(self._graph)
        return after

    async def apply_in_parts(self, seconds: float) -> Checkpoint:
        """Apply it in several transactions, and return the new checkpoint.

        :raises Fenced: somebody else wrote to the graph, or took it on.
        :raises QueryTimeout: it takes longer than these seconds to find out what changes.
        :raises TooLarge: Neo4j has too little memory for that.
        :raises GraphMoving: it was written in part only, since Neo4j has no memory or time even for
            the smallest part: the graph is to be rebuilt.
        """
        claimed = replace(self.after, ready=False, rebuilding=True, writer=uuid4().hex)
        async with self._graph.transaction(seconds) as transaction:
            await lock(transaction, self.before)
            delta = await self._change(transaction)
            await advance(transaction, claimed)
            await hide(self._graph)
        await _write_parts(self._graph, claimed, delta)
        try:
            async with self._graph.transaction() as transaction:
                await lock(transaction, claimed)
                after = await self._end(transaction, delta)
        except (QueryTimeout, TooLarge) as error:
            raise GraphMoving(_IN_PART) from error
        await show(self._graph)
        return after

    @property
    def is_large(self) -> bool:
        """Tell whether it is known to change more than is written at once in parts."""
        return self._delta is not None and self._delta.size > PART_CHANGES

    def forget(self) -> None:
        """Keep no longer what it changes."""
        self._delta = None

    async def _change(self, transaction: AsyncTransaction) -> Delta:
        """Return what it changes in a graph whose checkpoint is locked and says ``before``.

        That is the same in each try, as long as the graph was what its checkpoint says.
        """
        if self._delta is None:
            batch = await asyncio.to_thread(lambda: [read(one) for one in appends(self._entries)])
            things = ThingsInGraph(transaction, self._log, self.before.position)
            await things.prefetch(batch)
            self._delta = await asyncio.to_thread(_folded, batch, things)
        return self._delta

    async def _end(self, transaction: AsyncTransaction, delta: Delta) -> Checkpoint:
        """Move the checkpoint to where the graph is once all of it is written."""
        after = self.after
        if delta.merges:
            after = replace(after, merged=await merged_labels(transaction))
        await advance(transaction, after)
        await hide(self._graph)
        return after


def _folded(batch: Iterable[Readable], things: Things) -> Delta:
    delta = Delta()
    for append in batch:
        delta.take(fold_append(append, things))
    return delta


async def _write_parts(graph: Graph, claimed: Checkpoint, delta: Delta) -> None:
    """Write changes in parts, which get smaller where they are too large as well."""
    size = PART_CHANGES
    left = deque(delta.parts(size))
    while left:
        part, *others = left.popleft().parts(size)
        left.extendleft(reversed(others))
        try:
            async with graph.transaction() as transaction:
                await lock(transaction, claimed)
                await write(transaction, part)
        except (QueryTimeout, TooLarge) as error:
            if size == 1:
                raise GraphMoving(_IN_PART) from error
            size //= 2
            left.appendleft(part)
            await asyncio.sleep(RETRY_SECONDS)  # others may need the memory just now
