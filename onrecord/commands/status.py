"""``onrecord status``: how far log and graph are."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

import orjson
import typer

from eventlog import Head
from graph.checkpoint import Checkpoint, check_owner, read_checkpoint
from graph.errors import GraphError, GraphRefused, GraphUnavailable
from graph.model import KINDS
from graph.reader import GraphReader
from onrecord.composition import (
    VERSION,
    Neo4j,
    found_neo4j,
    log_name,
    not_running,
    open_graph,
    open_log,
)
from onrecord.locking import service_of
from onrecord.settings import Settings, read_settings
from onrecord.showing import Format, console

SHOWN = 10
"""How many entries that could not be applied are listed in the table."""


@dataclass(frozen=True, slots=True)
class _Graph:
    """What the graph says of itself; ``trouble`` is why it cannot be used as it is."""

    checkpoint: Checkpoint | None = None
    counts: dict[str, int] | None = None
    problems: Sequence[Mapping[str, str | int]] = ()
    trouble: GraphError | None = None


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(status)


def status(
    output: Annotated[Format, typer.Option("--format", help="How to show it.")] = Format.TABLE,
) -> None:
    """Show how far the log is, how far the graph, and whether the service runs.

    Exit code 1: the graph is behind, not whole, another log's, or could not take every entry; 3: no
    Neo4j answers.
    """
    settings = read_settings()
    with open_log(settings) as log:
        head = log.head()
    found = found_neo4j(settings)
    graph = asyncio.run(_graph(found, head)) if found else None
    state = _state(settings, head, graph)
    if output is Format.JSON:
        typer.echo(orjson.dumps(state, option=orjson.OPT_INDENT_2))
    else:
        for name, value in _lines(state):
            console().print(f"{name:<16}{value}", soft_wrap=True, markup=False)
    if graph is None or isinstance(graph.trouble, GraphUnavailable | GraphRefused):
        raise typer.Exit(3)
    if not _sound(head, graph):
        raise typer.Exit(1)


async def _graph(found: Neo4j, head: Head) -> _Graph:
    async with open_graph(found) as graph:
        try:
            checkpoint = await read_checkpoint(graph)
            if checkpoint is not None:
                check_owner(checkpoint, head.log_id, graph.uri)
            reader = GraphReader(graph)
            return _Graph(checkpoint, await reader.counts(), await reader.problems())
        except GraphError as error:
            return _Graph(trouble=error)


def _sound(head: Head, graph: _Graph) -> bool:
    checkpoint = graph.checkpoint
    current = checkpoint is not None and checkpoint.ready and checkpoint.position == head.position
    return current and not graph.problems and graph.trouble is None


def _state(settings: Settings, head: Head, graph: _Graph | None) -> dict[str, object]:
    url = service_of(settings.data)
    return {
        "version": VERSION,
        "service": {"running": url is not None, "url": url},
        "log": {
            "path": log_name(settings),
            "id": head.log_id,
            "position": head.position,
            "hash": head.hash,
            "recordedAt": head.recorded_at,
        },
        "graph": None if graph is None else _graph_state(head, graph),
    }


def _graph_state(head: Head, graph: _Graph) -> dict[str, object]:
    checkpoint = graph.checkpoint
    return {
        "ready": checkpoint is not None and checkpoint.ready,
        "position": checkpoint and checkpoint.position,
        "lag": checkpoint and head.position - checkpoint.position,
        "modelVersion": checkpoint and checkpoint.model_version,
        "problems": [
            {name: one[name] for name in ("position", "subject", "reason")}
            for one in graph.problems
        ],
        "trouble": graph.trouble and str(graph.trouble),
        "counts": graph.counts
        and {KINDS[label].plural: number for label, number in graph.counts.items()},
    }


def _lines(state: dict[str, object]) -> list[tuple[str, str]]:
    service, log, graph = state["service"], state["log"], state["graph"]
    assert isinstance(service, dict)
    assert isinstance(log, dict)
    lines = [
        ("onrecord", str(state["version"])),
        ("service", f"serves at {service['url']}" if service["running"] else "not running"),
        ("log", f"{log['path']}"),
        ("", f"position {log['position']:,}, recorded {log['recordedAt'] or 'nothing yet'}"),
        ("", f"hash {log['hash']}"),
    ]
    if not isinstance(graph, dict):
        return [*lines, ("graph", not_running(serves=service["running"]))]
    if graph["trouble"]:
        return [*lines, ("graph", str(graph["trouble"]))]
    if graph["position"] is None:
        return [*lines, ("graph", "not built yet")]
    whole = "whole" if graph["ready"] else "still being built"
    lines.append(("graph", f"position {graph['position']:,}, {graph['lag']:,} behind, {whole}"))
    counts = graph["counts"] or {}
    lines.append(("", ", ".join(f"{number:,} {plural}" for plural, number in counts.items())))
    return [*lines, *_problem_lines(graph["problems"])]


def _problem_lines(problems: Sequence[Mapping[str, str | int]]) -> Iterator[tuple[str, str]]:
    """Yield how many entries could not be applied, and of the first ones where and why."""
    yield "problems", f"{len(problems):,} entries could not be applied"
    for one in problems[:SHOWN]:
        yield "", f"position {one['position']:,} ({one['subject']}): {one['reason']}"
    if len(problems) > SHOWN:
        yield "", f"... and {len(problems) - SHOWN:,} more: --format json lists all"
