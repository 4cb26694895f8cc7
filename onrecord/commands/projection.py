"""``onrecord rebuild`` and ``onrecord verify``: the graph from the log, and the proof."""

from pathlib import Path
from typing import Annotated

import typer

from graph.comparison import Difference, OnDifference
from graph.errors import NotReady
from graph.rebuild import Rebuilt
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
    rebuilt = with_graph(lambda opened: _rebuilt(opened, "rebuilding the graph"))
    console().print(
        f"the graph is rebuilt up to position {rebuilt.position:,}: "
        f"{rebuilt.mended:,} changes were needed",
        soft_wrap=True,
    )
    if rebuilt.problems:
        console().print(f"{rebuilt.problems:,} entries could not be applied: see onrecord status")
        raise typer.Exit(1)


def verify(
    repair: Annotated[
        bool, typer.Option("--repair", help="Put right what is not as the log says.")
    ] = False,
) -> None:
    """Prove that the graph is what the log says, or name each difference and the entry behind it.

    Exit code 1: there are differences; --repair mends them, and so does onrecord rebuild.
    """
    out = console()
    told = _Told()

    async def work(opened: Opened) -> tuple[Comparison, Rebuilt | None]:
        comparison = await _compared(opened, told)
        mends = repair and comparison.count > 0
        return comparison, await _rebuilt(opened, "mending the graph") if mends else None

    comparison, rebuilt = with_graph(work)
    if not comparison.count:
        expected, _ = comparison.digests()
        upto = (
            f"up to position {comparison.first:,}: digest {expected}"
            if comparison.first == comparison.last
            else f"at every position from {comparison.first:,} to {comparison.last:,}, to which "
            "it moved meanwhile"
        )
        out.print(f"the graph is what the log says {upto}", soft_wrap=True)
        return
    told.end()
    if rebuilt is not None:
        out.print(
            f"{comparison.count:,} differences were found, and {rebuilt.mended:,} changes mended "
            "them",
            soft_wrap=True,
        )
        return
    expected, found = comparison.digests()
    out.print(
        f"the graph is not what the log says: {comparison.count:,} differences "
        f"(digest {found}, expected {expected}); onrecord verify --repair mends them",
        soft_wrap=True,
    )
    raise typer.Exit(1)


class _Told:
    """Prints the first differences, and tells how many more there are."""

    def __init__(self) -> None:
        self._number = 0

    def __call__(self, difference: Difference) -> None:
        self._number += 1
        if self._number <= SHOWN:
            console().print(str(difference), soft_wrap=True, markup=False)

    def end(self) -> None:
        if self._number > SHOWN:
            console().print(f"... and {self._number - SHOWN:,} more")


async def _rebuilt(opened: Opened, what: str) -> Rebuilt:
    return await rebuild_graph(
        opened.log,
        opened.graph,
        lambda done, total: opened.report(what, done, total),
        folder=_place(opened),
    )


def _place(opened: Opened) -> Path | None:
    """Return where a log is folded: beside what is large already, if there is such a place."""
    folder = opened.settings.data
    return folder if folder.is_dir() else None


async def _compared(opened: Opened, told: OnDifference) -> Comparison:
    try:
        return await compare(
            opened.log,
            opened.graph,
            told,
            lambda done, total: opened.report("comparing", done, total),
            folder=_place(opened),
        )
    except NotReady:
        raise NotReady(
            "the graph is not built yet: onrecord rebuild builds it, and so does onrecord up"
        ) from None
