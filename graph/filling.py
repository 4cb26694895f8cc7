"""Filling an empty graph with all of a log: while some of it is written, the next is folded.

Nothing has to be read from the graph, since what was folded is on disk. A graph that is filled only
in part says that it is being rebuilt, and the next rebuild goes on by comparing.
"""

import asyncio

from graph.checkpoint import Checkpoint, advance, locked
from graph.connection import Graph
from graph.errors import GraphMoving, TooLarge
from graph.folded import FoldedLog, Part
from graph.found import counted
from graph.progress import Stages
from graph.shown import hide
from graph.writing import write

FILLING = "filling the graph"


async def is_empty(graph: Graph) -> bool:
    """Tell whether there is nothing but a checkpoint."""
    async with graph.session() as session:
        return await counted(session) == (0, 0)


async def fill(graph: Graph, log_id: str, folded: FoldedLog, to: int, on_progress: Stages) -> bool:
    """Fill an empty graph up to a position of the log, which is folded up to there as well.

    Readers do not get it yet. Tell whether all of it is there: Neo4j may have too little memory
    for what one append changes, and then the rest is to be brought in by comparing.

    :raises GraphMoving: somebody else writes to it.
    """
    on_progress(FILLING, 0, to)
    parts = folded.parts(to)
    known: Checkpoint | None = None
    folding = asyncio.ensure_future(asyncio.to_thread(next, parts, None))
    try:
        while (part := await folding) is not None:
            folding = asyncio.ensure_future(asyncio.to_thread(next, parts, None))
            known = await _write(graph, log_id, part, known)
            on_progress(FILLING, part.position, to)
    except TooLarge:
        while await folding is not None:
            folding = asyncio.ensure_future(asyncio.to_thread(next, parts, None))
        return False
    finally:
        folding.cancel()
    return True


async def _write(graph: Graph, log_id: str, part: Part, known: Checkpoint | None) -> Checkpoint:
    """Write a part behind the one before it, and return what the checkpoint says then."""
    new = Checkpoint(log_id, part.position, part.hash, rebuilding=True)
    async with graph.transaction() as transaction:
        found = await locked(transaction)
        if found is None or (known is not None and found != known):
            raise GraphMoving("somebody else writes to the graph that is being filled: try again")
        if known is None:
            if await counted(transaction) != (0, 0):
                raise GraphMoving("the graph that is to be filled is empty no longer: try again")
            await hide(graph)
        await write(transaction, part.delta)
        await advance(transaction, new)
    return new
