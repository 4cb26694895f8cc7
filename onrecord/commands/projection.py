"""``onrecord rebuild`` and ``onrecord verify``: the graph from the log, and the proof."""

import typer

from graph.errors import NotReady
from graph.rebuild import rebuild as rebuild_graph
from graph.verify import Comparison, compare
from onrecord.commands.graphs import Opened, with_graph
from onrecord.showing import console

SHOWN = 100


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(rebuild)
    app.command()(verify)


def rebuild() -> None:
    """Make the graph equal to the log again; only what differs is written.

    Exit code 1: an entry of the log could not be applied.
    """
    rebuilt = with_graph(
        lambda opened: rebuild_graph(
            opened.log,
            opened.graph,
            lambda done, total: opened.report("rebuilding the graph", done, total),
        )
    )
    console().print(
        f"the graph is rebuilt up to position {rebuilt.position:,}: "
        f"{rebuilt.mended:,} changes were needed",
        soft_wrap=True,
    )
    if rebuilt.problems:
        console().print(f"{rebuilt.problems:,} entries could not be applied: see onrecord status")
        raise typer.Exit(1)


def verify() -> None:
    """Prove that the graph is what the log says, or name each difference.

    Exit code 1: there are differences; onrecord rebuild mends them.
    """
    comparison = with_graph(_compared)
    differences = comparison.differences()
    expected, found = comparison.digests()
    out = console()
    if not differences:
        position = comparison.checkpoint.position
        out.print(
            f"the graph is what the log says up to position {position:,}: digest {found}",
            soft_wrap=True,
        )
        return
    for difference in differences[:SHOWN]:
        out.print(str(difference), soft_wrap=True, markup=False)
    more = len(differences) - SHOWN
    if more > 0:
        out.print(f"... and {more:,} more")
    out.print(
        f"the graph is not what the log says: {len(differences):,} differences "
        f"(digest {found}, expected {expected}); onrecord rebuild mends them",
        soft_wrap=True,
    )
    raise typer.Exit(1)


async def _compared(opened: Opened) -> Comparison:
    try:
        return await compare(opened.log, opened.graph)
    except NotReady:
        raise NotReady(
            "the graph is not built yet: onrecord rebuild builds it, and so does onrecord up"
        ) from None
