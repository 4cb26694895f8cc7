"""Applying some appends to a graph: in one transaction, or in several if they change too much.

In one, the checkpoint moves with what it stands for. Where several are needed, the first one closes
the graph to its readers, says how far it is going and who writes it, and the last one opens it
again. Each of the others makes sure that nobody else has taken the graph on; whatever ends in
between leaves a rebuild to be done, as a rebuild that was interrupted does.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple
from uuid import uuid4

from neo4j import AsyncTransaction

from eventlog import Entry
from graph.checkpoint import Checkpoint, advance, lock, merged_labels
from graph.connection import TRANSACTION_SECONDS, Graph
from graph.delta import Delta
from graph.errors import QueryTimeout, TooLarge
from graph.fold import fold_append
from graph.history import ReadableLog
from graph.loading import ThingsInGraph
from graph.reading import Readable, appends, read
from graph.shown import hide, show
from graph.things import Things
from graph.writing import write

PART_CHANGES = 5_000
"""How much is written at once of what does not go into one transaction."""


class Batch(NamedTuple):
    """Some appends, and what the checkpoint says before and after they are applied."""

    appends: Sequence[Readable]
    before: Checkpoint
    after: Checkpoint

    @classmethod
    def of(cls, entries: Sequence[Entry], before: Checkpoint, *, ready: bool) -> "Batch":
        """Read the entries of whole appends; ``ready`` tells whether a first build ends here."""
        last = entries[-1] if entries else None
        after = replace(
            before,
            position=last.position if last else before.position,
            hash=last.hash_hex if last else before.hash,
            ready=before.ready or ready,
        )
        return cls([read(append) for append in appends(entries)], before, after)


async def apply(log: ReadableLog, graph: Graph, batch: Batch, seconds: float) -> Checkpoint:
    """Apply a batch within some seconds, and return the new checkpoint.

    :raises Fenced: somebody else wrote to the graph.
    :raises QueryTimeout: it takes longer.
    :raises TooLarge: Neo4j has too little memory for it.
    """
    async with graph.transaction(seconds) as transaction:
        delta = await _change(log, transaction, batch)
        await write(transaction, delta)
        after = await _after(transaction, batch, delta)
        await advance(transaction, after)
        await hide(graph)
    await show(graph)
    return after


async def apply_in_parts(
    log: ReadableLog, graph: Graph, batch: Batch, seconds: float
) -> Checkpoint:
    """Apply a batch in transactions of some seconds each, and return the new checkpoint.

    :raises Fenced: somebody else wrote to the graph.
    :raises QueryTimeout: one takes longer.
    :raises TooLarge: Neo4j has too little memory to read for it what the graph has.
    """
    claimed = replace(batch.after, rebuilding=True, writer=uuid4().hex)
    async with graph.transaction(seconds) as transaction:
        delta = await _change(log, transaction, batch)
        await advance(transaction, claimed)
        await hide(graph)
    await _write_parts(graph, claimed, delta, PART_CHANGES)
    async with graph.transaction() as transaction:
        await lock(transaction, claimed)
        after = await _after(transaction, batch, delta)
        await advance(transaction, after)
        await hide(graph)  # what is shown is the position of a graph that was not whole
    await show(graph)
    return after


async def _change(log: ReadableLog, transaction: AsyncTransaction, batch: Batch) -> Delta:
    """Return what a batch changes, with the checkpoint locked."""
    await lock(transaction, batch.before)
    things = ThingsInGraph(transaction, log, batch.before.position)
    await things.prefetch(batch.appends)
    return await asyncio.to_thread(_folded, batch, things)


def _folded(batch: Batch, things: Things) -> Delta:
    delta = Delta()
    for append in batch.appends:
        delta.take(fold_append(append, things))
    return delta


async def _after(transaction: AsyncTransaction, batch: Batch, delta: Delta) -> Checkpoint:
    """Return what the checkpoint says once what a batch changes is written."""
    if not delta.merges:
        return batch.after
    return replace(batch.after, merged=await merged_labels(transaction))


async def _write_parts(graph: Graph, claimed: Checkpoint, delta: Delta, size: int) -> None:
    """Write changes in parts of some size, or of smaller ones where these are too large as well."""
    for part in delta.parts(size):
        try:
            async with graph.transaction(TRANSACTION_SECONDS) as transaction:
                await lock(transaction, claimed)
                await write(transaction, part)
        except (QueryTimeout, TooLarge):
            if size == 1:
                raise
            await _write_parts(graph, claimed, part, size // 2)
