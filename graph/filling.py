"""Filling an empty graph with all of a log: while some of it is written, the next is folded.

Nothing has to be read from the graph, since what was folded is on disk. A graph that is filled only
in part says that it is being rebuilt, and the next rebuild goes on by comparing.
"""

import asyncio
from typing import Any

from neo4j import AsyncTransaction

from graph.checkpoint import Checkpoint, advance, locked
from graph.connection import Graph
from graph.errors import DamagedGraph, GraphMoving, TooLarge
from graph.folded import FoldedLog, Part
from graph.found import counted
from graph.progress import Stages
from graph.shown import hide
from graph.writing import write_changes, write_new_nodes

FILLING = "filling the graph"
PART_SECONDS = 600.0
"""How long a part may take, with its wait for the part before it."""

_OTHERS = "somebody else writes to the graph that is being filled: try again"


async def is_empty(graph: Graph) -> bool:
    """Tell whether there is nothing but a checkpoint."""
    async with graph.session() as session:
        return await counted(session) == (0, 0)


async def fill(graph: Graph, log_id: str, folded: FoldedLog, to: int, on_progress: Stages) -> bool:
    """Fill an empty graph up to a position of the log, which is folded up to there as well.

    Readers do not get it yet. Tell whether all of it is there: Neo4j may have too little memory
    for two parts at a time, and then the rest is to be brought in by comparing.

    :raises GraphMoving: somebody else writes to it.
    """
    on_progress(FILLING, 0, to)
    parts = folded.parts(to)
    folding = asyncio.ensure_future(asyncio.to_thread(next, parts, None))
    writing: asyncio.Future[Checkpoint] | None = None
    try:
        while (part := await folding) is not None:
            folding = asyncio.ensure_future(asyncio.to_thread(next, parts, None))
            before, writing = writing, asyncio.ensure_future(_write(graph, log_id, part, writing))
            if before is not None:
                on_progress(FILLING, (await before).position, to)
        if writing is not None:
            on_progress(FILLING, (await writing).position, to)
    except TooLarge:
        while await folding is not None:
            folding = asyncio.ensure_future(asyncio.to_thread(next, parts, None))
        return False
    finally:
        await _ended(folding, writing)
    return True


async def _ended(*tasks: asyncio.Future[Any] | None) -> None:
    """End what is still under way, whatever it raises: the first to fail has told why."""
    under_way = [one for one in tasks if one is not None]
    for one in under_way:
        one.cancel()
    await asyncio.gather(*under_way, return_exceptions=True)


async def _write(
    graph: Graph, log_id: str, part: Part, before: asyncio.Future[Checkpoint] | None
) -> Checkpoint:
    """Write a part behind the one before it, and return what the checkpoint says then.

    Its new nodes need nothing of that one, and are made while Neo4j commits it.
    """
    new = Checkpoint(log_id, part.position, part.hash, rebuilding=True)
    try:
        async with graph.transaction(PART_SECONDS) as transaction:
            if before is None:
                await _begin(transaction)
                await hide(graph)
            await write_new_nodes(transaction, part.delta)
            if before is not None and await before != await locked(transaction):
                raise GraphMoving(_OTHERS)
            await write_changes(transaction, part.delta)
            await advance(transaction, new)
    except DamagedGraph as error:  # what others made or removed
        raise GraphMoving(_OTHERS) from error
    return new


async def _begin(transaction: AsyncTransaction) -> None:
    if await locked(transaction) is None or await counted(transaction) != (0, 0):
        raise GraphMoving("the graph that is to be filled is empty no longer: try again")
