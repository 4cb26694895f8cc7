"""``onrecord rebuild`` and ``onrecord verify``: the graph from the log, and the proof."""

from collections.abc import Mapping, Sequence
from typing import Annotated, TypeAlias

import typer

from eventlog import Log
from eventlog.moments import NoSuchMoment, position_said
from graph.comparison import Difference, OnDifference
from graph.errors import NotReady
from graph.reader import GraphReader
from graph.reconcile import reconcile
from graph.verify import Comparison, compare
from onrecord.commands.graphs import Opened, with_graph
from onrecord.composition import open_log
from onrecord.counting import counted
from onrecord.rebuilding import Rebuilding
from onrecord.settings import Settings, read_settings
from onrecord.showing import console, progress

SHOWN = 100

GraphUri: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--graph",
        metavar="URI",
        help="Another Neo4j than that of the settings; ONRECORD_NEO4J_USERNAME and "
        "ONRECORD_NEO4J_PASSWORD sign in there.",
    ),
]
Database: TypeAlias = Annotated[
    str | None, typer.Option(metavar="NAME", help="Another database of that Neo4j.")
]


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(rebuild)
    app.command()(verify)


def rebuild(
    to: Annotated[
        str | None,
        typer.Option(
            metavar="POSITION|INSTANT",
            help="Fill a graph only with what was on record by then: a position of the log, an "
            "instant such as 2026-01-02T03:04:05Z, or a date for the end of that day in UTC.",
        ),
    ] = None,
    graph: GraphUri = None,
    database: Database = None,
    fresh: Annotated[
        bool,
        typer.Option("--fresh", help="Throw the managed graph away first; nobody may be using it."),
    ] = False,
) -> None:
    """Make the graph equal to the log again; only what differs is written.

    A managed Neo4j that nobody uses and that holds nothing yet is filled by import instead.
    Interrupted at any point, it is run again. Exit code 1: an entry could not be applied.
    """
    settings = _settings(graph, database)
    if fresh and settings.neo4j_uri is not None:
        raise typer.BadParameter("--fresh is for the Neo4j that onrecord runs itself")
    with open_log(settings) as log, progress() as report:
        rebuilt = Rebuilding(settings, log, report, _moment(log, to)).run(fresh=fresh)
    console().print(
        f"the graph is rebuilt up to position {rebuilt.position:,}: "
        f"{counted(rebuilt.mended, 'change')} needed, "
        f"{counted(rebuilt.added, 'entry')} added",
        soft_wrap=True,
    )
    if rebuilt.problems:
        _tell_problems(rebuilt.problems, rebuilt.named)
        raise typer.Exit(1)


def verify(
    repair: Annotated[
        bool, typer.Option("--repair", help="Put right what is not as the log says.")
    ] = False,
    graph: GraphUri = None,
    database: Database = None,
) -> None:
    """Prove that the graph is what the log says, or name each difference and the entry behind it.

    Exit code 1: there are differences; --repair mends them, and so does onrecord rebuild.
    """
    told = _Told()

    async def work(opened: Opened) -> tuple[Comparison, int | None, int]:
        comparison = await _compared(opened, told)
        mends = repair and comparison.count > 0
        mended = await _mended(opened) if mends else None
        return comparison, mended, len(await GraphReader(opened.graph).problems())

    comparison, mended, problems = with_graph(work, _settings(graph, database))
    told.end()
    console().print(_verdict(comparison, mended), soft_wrap=True)
    if problems:
        _tell_problems(problems, ())
    if comparison.count and mended is None:
        raise typer.Exit(1)


def _moment(log: Log, to: str | None) -> int | None:
    """Return the position that a rebuild goes up to, None for the head.

    :raises NoSuchMoment: there is none, or nothing was on record by then.
    """
    if to is None:
        return None
    position = position_said(log, to)
    if position == 0:
        raise NoSuchMoment(f"--to {to}: nothing was on record by then")
    return position


def _settings(uri: str | None, database: str | None) -> Settings:
    """Return the settings with another Neo4j or database in them.

    :raises WrongSetting: the Neo4j is none, or there is no password for it.
    """
    given = {"neo4j_uri": ("--graph", uri), "neo4j_database": ("--database", database)}
    settings = read_settings({name: one for name, one in given.items() if one[1] is not None})
    if database is not None and settings.neo4j_uri is None:
        raise typer.BadParameter(
            "--database is for another Neo4j, named by --graph or ONRECORD_NEO4J_URI: the one that "
            "onrecord runs itself has one database only"
        )
    return settings


def _verdict(comparison: Comparison, mended: int | None) -> str:
    """Return in a sentence what a comparison came to."""
    expected, found = comparison.digests()
    if not comparison.count:
        upto = (
            f"up to position {comparison.first:,}: digest {expected}"
            if comparison.first == comparison.last
            else f"at every position from {comparison.first:,} to {comparison.last:,}, to which "
            "it moved meanwhile"
        )
        return f"the graph is what the log says {upto}"
    differences = counted(comparison.count, "difference")
    if mended is not None:
        return f"found and mended: {differences}, by {counted(mended, 'change')}"
    return (
        f"the graph is not what the log says: {differences} "
        f"(digest {found}, expected {expected}); onrecord verify --repair mends them"
    )


def _tell_problems(number: int, named: Sequence[Mapping[str, str | int]]) -> None:
    """Tell how many entries could not be applied, and of the first ones why."""
    out = console()
    for one in named:
        line = f"position {one['position']:,} ({one['subject']}): {one['reason']}"
        out.print(line, soft_wrap=True, markup=False)
    out.print(
        f"{counted(number, 'entry')} could not be applied: see onrecord status", soft_wrap=True
    )


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


async def _mended(opened: Opened) -> int:
    """Put a graph right where it is, which may be a moment of the past."""
    return await reconcile(opened.log, opened.graph, opened.report, folder=opened.settings.scratch)


async def _compared(opened: Opened, told: OnDifference) -> Comparison:
    try:
        return await compare(
            opened.log, opened.graph, told, opened.report, folder=opened.settings.scratch
        )
    except NotReady:
        raise NotReady(
            "the graph is not built yet: onrecord rebuild builds it, and so does onrecord up"
        ) from None
