"""Bringing a graph back from the log: only what differs is written, in place.

An empty graph is filled; a damaged one is mended. Readers of a whole graph keep it meanwhile;
one that is not whole yet stays closed to them until it is. It can be stopped at any point and run
again, also by the live projector, which finishes what somebody else began.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from graph.comparison import OnDifference
from graph.connection import Graph
from graph.history import ReadableLog
from graph.progress import Stages, silently
from graph.projector import Projector
from graph.reader import GraphReader
from graph.reconcile import reconcile

ADDING = "adding what is new"
NAMED = 10
"""How many problems are told, besides how many there are."""


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What a rebuild did: how far it came, what it took, what cannot be applied.

    ``mended`` is how many nodes and relationships were not as they had to be, ``added`` how many
    entries came in afterwards; ``named`` are the first of the problems: position, subject, reason.
    """

    position: int
    mended: int
    added: int
    problems: int
    named: Sequence[Mapping[str, str | int]] = ()


async def rebuild(
    log: ReadableLog,
    graph: Graph,
    on_progress: Stages = silently,
    on_difference: OnDifference | None = None,
    *,
    to: int | None = None,
    folder: Path | None = None,
) -> Rebuilt:
    """Make a graph equal to the log, up to its head or to the append that ends at ``to``.

    ``on_difference`` is told of everything that was wrong; ``folder`` is where the log is
    folded, the system's place for such files if not said.

    :raises WrongGraph: the graph belongs to another log, or holds more than the log has, or more
        than it is to hold.
    :raises GraphMoving: its checkpoint went away meanwhile.
    """
    mended = await reconcile(log, graph, on_progress, on_difference, to=to, folder=folder)
    return await finish(log, graph, on_progress, to=to, mended=mended, folder=folder)


async def finish(
    log: ReadableLog,
    graph: Graph,
    on_progress: Stages,
    *,
    to: int | None,
    mended: int,
    folder: Path | None,
) -> Rebuilt:
    """Add what the log has got meanwhile to a graph that is whole, and tell what was done.

    ``mended`` is how many nodes and relationships were put right before.
    """
    projector = Projector(log, graph, folder=folder)
    before = await projector.checkpoint()
    checkpoint = await projector.catch_up_beside_others(
        lambda position, head: on_progress(ADDING, position, head), to=to
    )
    problems = await GraphReader(graph).problems()
    added = checkpoint.position - before.position
    return Rebuilt(checkpoint.position, mended, added, len(problems), problems[:NAMED])
