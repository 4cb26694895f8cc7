"""Up to where readers are shown the graph, in a node of its own beside the checkpoint.

Neo4j makes the parts of one commit visible one after the other: for some milliseconds a reader may
find the new checkpoint and miss a node of the same batch, or the other way round. So the position
is hidden before a batch is committed, in a transaction of its own, and shown again once the commit
has returned. Whoever finds one position shown before and after reading has read just that one.

A writer that ends in between leaves it hidden. Any other one shows it again, readers included:
whoever holds the checkpoint's lock knows that nobody is committing.
"""

import time

from graph.checkpoint import Checkpoint
from graph.connection import Graph
from graph.errors import GraphMoving
from graph.model import CHECKPOINT_ID, SHOWN_ID
from graph.watching import Arrivals

HIDDEN = -1
"""The position while a batch is being committed; a node that is missing says the same."""

NAME = "how much of the log readers are shown"

POLL_SECONDS = 0.005
LONGEST_POLL_SECONDS = 0.1
HELP_SECONDS = 1.0
"""After how long somebody who waits shows again what another one left hidden."""
PATIENCE_SECONDS = 5.0


async def hide(graph: Graph) -> None:
    """Have readers wait; for one who holds the checkpoint's lock in another transaction."""
    async with graph.session() as session:
        result = await session.run(
            "MATCH (s:Checkpoint {id: $shown}) SET s.position = $hidden",
            shown=SHOWN_ID,
            hidden=HIDDEN,
        )
        await result.consume()


async def show(graph: Graph) -> None:
    """Let readers see what the checkpoint says, once nobody who holds its lock is committing."""
    async with graph.session() as session:
        result = await session.run(
            "MATCH (c:Checkpoint {id: $id}) SET c.locked = true REMOVE c.locked "
            "WITH c MERGE (s:Checkpoint {id: $shown}) "
            "SET s = {id: $shown, name: $name, position: "
            # What somebody put there that is no position counts as none.
            "CASE WHEN c.position IS :: INTEGER NOT NULL AND c.position > 0 "
            "THEN c.position ELSE 0 END}",
            id=CHECKPOINT_ID,
            shown=SHOWN_ID,
            name=NAME,
        )
        await result.consume()


async def settled(graph: Graph, arrivals: Arrivals | None = None) -> Checkpoint | None:
    """Return the checkpoint, if there is one, once readers are shown what it says.

    Two that are equal, before and after something was read, say that nothing moved meanwhile.
    ``arrivals`` spare the time until the next look where the projector is in this process.

    :raises GraphMoving: they were not shown it for some time.
    """
    arrivals = arrivals or Arrivals()
    deadline = time.monotonic() + PATIENCE_SECONDS
    helps, wait = time.monotonic() + HELP_SECONDS, POLL_SECONDS
    while time.monotonic() < deadline:
        seen = arrivals.count
        position, checkpoint = await _look(graph)
        if checkpoint is None or checkpoint.position == position:
            return checkpoint
        if time.monotonic() > helps:
            await show(graph)
            helps = time.monotonic() + HELP_SECONDS
        await arrivals.beyond(seen, wait)
        wait = min(2 * wait, LONGEST_POLL_SECONDS)
    raise GraphMoving("the graph did not stand still for a moment: try again")


async def _look(graph: Graph) -> tuple[int, Checkpoint | None]:
    """Return what is shown, and the checkpoint as it was read after that."""
    async with graph.session() as session:
        result = await session.run(
            "OPTIONAL MATCH (s:Checkpoint {id: $shown}) WITH s.position AS position "
            "OPTIONAL MATCH (c:Checkpoint {id: $id}) RETURN position, properties(c) AS said",
            shown=SHOWN_ID,
            id=CHECKPOINT_ID,
        )
        record = await result.single(strict=True)
    position, said = record["position"], record["said"]
    return (
        position if isinstance(position, int) else HIDDEN,
        None if said is None else Checkpoint.of(said),
    )
