"""``onrecord status``: how far log and graph are."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated

import orjson
import typer
from rich.live import Live
from rich.text import Text

from graph.contradictions import LISTED, Contradiction
from graph.model import KINDS
from onrecord.composition import VERSION, not_running
from onrecord.settings import Settings, read_settings
from onrecord.showing import Format, console
from onrecord.state import GraphState, State, read_state
from onrecord.watching import Look, Pace, looks

SHOWN = 10
"""How many entries that could not be applied, and contradictions, are listed in the table."""
INTERVAL_SECONDS = 2.0


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(status)


def status(
    output: Annotated[Format, typer.Option("--format", help="How to show it.")] = Format.TABLE,
    watch: Annotated[
        bool, typer.Option("--watch", help="Look again and again until Ctrl-C.")
    ] = False,
    interval: Annotated[
        float, typer.Option(min=0.1, help="Seconds between two looks of --watch.")
    ] = INTERVAL_SECONDS,
) -> None:
    """Show how far the log is, how far the graph, and whether the service runs.

    Exit code 1: the graph is behind, not whole, another log's, or could not take every entry; 3: no
    Neo4j answers. With --watch, on a terminal, what is shown is kept up to date; elsewhere a line
    is printed whenever something changed.
    """
    settings = read_settings()
    if watch:
        _watch(settings, interval, output)
        return
    state = asyncio.run(read_state(settings))
    if output is Format.JSON:
        typer.echo(orjson.dumps(state.told(), option=orjson.OPT_INDENT_2))
    else:
        for line in _lines(state):
            console().print(line, soft_wrap=True, markup=False)
    if state.graph is None or not state.graph.answers:
        raise typer.Exit(3)
    if not state.sound:
        raise typer.Exit(1)


# -- once --------------------------------------------------------------------------------------


def _lines(state: State, pace: Pace | None = None) -> list[str]:
    return [f"{name:<16}{value}" for name, value in _told(state, pace or Pace())]


def _told(state: State, pace: Pace) -> Iterator[tuple[str, str]]:
    head = state.head
    yield "onrecord", VERSION
    yield "service", f"serves at {state.service}" if state.service else "not running"
    yield "log", state.log
    yield "", f"position {head.position:,}, recorded {head.recorded_at or 'nothing yet'}"
    yield "", f"hash {head.hash}"
    yield "graph", f"{_graph(state)}{_pace(pace)}"
    graph = state.graph
    if graph is not None and graph.trouble is None and graph.checkpoint is not None:
        yield "", ", ".join(f"{number:,} {plural}" for plural, number in _counts(graph))
        yield from _problems(graph.problems)
        yield from _contradictions(graph.contradictions)


def _graph(state: State) -> str:
    """Return where the graph is, in a sentence."""
    graph = state.graph
    if graph is None:
        return not_running(serves=state.service is not None)
    if graph.trouble is not None:
        return str(graph.trouble)
    if graph.checkpoint is None:
        return "not built yet"
    whole = "whole" if graph.checkpoint.ready else "still being built"
    return f"position {graph.position:,}, {state.lag:,} behind, {whole}"


def _counts(graph: GraphState) -> Iterator[tuple[str, int]]:
    for label, number in (graph.counts or {}).items():
        yield KINDS[label].plural, number


def _problems(problems: Sequence[Mapping[str, str | int]]) -> Iterator[tuple[str, str]]:
    """Yield how many entries could not be applied, and of the first ones where and why."""
    yield "problems", f"{len(problems):,} entries could not be applied"
    for one in problems[:SHOWN]:
        yield "", f"position {one['position']:,} ({one['subject']}): {one['reason']}"
    if len(problems) > SHOWN:
        yield "", f"... and {len(problems) - SHOWN:,} more: --format json lists all"


def _contradictions(found: Sequence[Contradiction]) -> Iterator[tuple[str, str]]:
    """Yield which judgements contradict each other, if any do: somebody has to decide."""
    if not found:
        return
    many = f"{len(found):,}{' or more' if len(found) == LISTED else ''}"
    yield "judgements", f"{many} contradict others: what they are about is not merged"
    for one in found[:SHOWN]:
        joining = ", ".join(one.joining)
        yield "", f"{one.apart} ({one.one} is not {one.other}): against {joining}"
    if len(found) > SHOWN:
        yield "", "... and more: --format json lists them"


# -- again and again ---------------------------------------------------------------------------


def _watch(settings: Settings, interval_seconds: float, output: Format) -> None:
    """Show until Ctrl-C."""
    shown = _on_screen if console().is_terminal and output is Format.TABLE else _as_lines
    try:
        asyncio.run(shown(settings, interval_seconds, output))
    except KeyboardInterrupt:
        return


async def _on_screen(settings: Settings, interval_seconds: float, output: Format) -> None:
    with Live(console=console(), auto_refresh=False) as live:
        async for look in looks(settings, interval_seconds):
            live.update(Text("\n".join(_screen(look)), overflow="fold"), refresh=True)


def _screen(look: Look) -> list[str]:
    if look.state is None:
        return [f"{'log':<16}{look.trouble}; trying again"]
    return _lines(look.state, look.pace)


async def _as_lines(settings: Settings, interval_seconds: float, output: Format) -> None:
    before: object = None
    async for look in looks(settings, interval_seconds):
        told = look.trouble if look.state is None else look.state.told()
        if told != before:
            before = told
            typer.echo(_json(look) if output is Format.JSON else f"{_now()} {_line(look)}")


def _json(look: Look) -> bytes:
    state = {"trouble": look.trouble} if look.state is None else look.state.told()
    pace = {
        "entriesPerSecond": look.pace.entries_per_second,
        "secondsLeft": look.pace.seconds_left,
    }
    return orjson.dumps({"at": _now(), **state, **pace})


def _line(look: Look) -> str:
    """Return what was seen in one line."""
    if look.state is None:
        return f"log: {look.trouble}"
    graph = look.state.graph
    problems = len(graph.problems) if graph else 0
    told = f", {problems:,} entries could not be applied" if problems else ""
    return f"log {look.state.head.position:,}; graph: {_graph(look.state)}{_pace(look.pace)}{told}"


def _pace(pace: Pace) -> str:
    if pace.entries_per_second is None:
        return ""
    told = f", {pace.entries_per_second:,.0f} entries/s"
    if pace.seconds_left is None:
        return f"{told}, not catching up"
    return f"{told}, {timedelta(seconds=round(pace.seconds_left))} left"


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
