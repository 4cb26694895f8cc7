"""``onrecord up``: everything started by one command."""

import asyncio
import signal
import socket
import sys
from contextlib import ExitStack
from typing import Annotated

import typer

from eventlog import Log
from graph.checkpoint import read_checkpoint
from graph.reader import PATIENT_SECONDS, GraphReader
from onrecord import recording
from onrecord.asking import HEADS, Question, cells, said
from onrecord.composition import Neo4j, log_exists, log_name, neo4j, open_graph, open_log
from onrecord.locking import check_not_serving, serving
from onrecord.narrating import TO_PEOPLE, Narration, line_by_line
from onrecord.settings import Settings, read_settings, service_url
from onrecord.showing import console, table
from seeds import seed_files

QUESTIONS = (
    (
        "Who said what about rare earths in May and June 2025?",
        Question(about="rare earth", when="2025-05/2025-06", first=10),
    ),
    ("The latest statements on record", Question(first=10)),
)
"""Asked one after the other until one has an answer."""


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(up)


def up(
    wait: Annotated[
        bool, typer.Option("--wait/--no-wait", help="Serve until Ctrl-C, or show and exit.")
    ] = True,
    seeds: Annotated[
        bool, typer.Option("--seeds/--no-seeds", help="Record the two articles in an empty log.")
    ] = True,
) -> None:
    """Start log, Neo4j and service; show what is on record and where to look."""
    # What only a service needs, GraphQL above all, takes longer to load than other commands run.
    from onrecord.service import listening

    settings = read_settings()
    narration = _narration(settings) if wait else TO_PEOPLE
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # stopped in order while starting
    check_not_serving(settings.data)
    with (
        listening(settings) as listener,
        serving(settings.data, service_url(settings)),
        ExitStack() as while_serving,
    ):
        if log_exists(settings):
            while_serving.enter_context(open_log(settings))  # before anything slow is begun
        with narration.progress() as report:
            found = while_serving.enter_context(neo4j(settings, report, serving=True))
        asyncio.run(_run(settings, found, listener, narration, wait=wait, seeds=seeds))
    if not wait:
        console().print("Stopped again; onrecord up serves all this until Ctrl-C.")


def _narration(settings: Settings) -> Narration:
    """Begin to tell of the service's work, and return how to tell of its start and end."""
    from onrecord.diagnostics import get_logger, is_json, tell

    tell(settings.diagnostics_level, settings.diagnostics)
    if is_json(settings.diagnostics, sys.stderr):
        return line_by_line(get_logger("onrecord.up").info)
    return TO_PEOPLE


def _record_seeds(settings: Settings, log: Log, narration: Narration) -> None:
    dossiers = recording.read_dossiers(seed_files())
    outcome = recording.record(log, settings.recorded_by, dossiers)
    narration.say(f"the two articles: {outcome.sentence()}")


async def _run(
    settings: Settings,
    found: Neo4j,
    listener: socket.socket,
    narration: Narration,
    *,
    wait: bool,
    seeds: bool,
) -> None:
    from onrecord.service import Service

    def started() -> None:
        _show_places(settings, found)
        console().print("Ctrl-C stops it.")

    async with open_graph(found) as graph:
        await read_checkpoint(graph)  # nothing is made unless the graph can be used
        with open_log(settings, make=True) as log:
            service = Service(settings, log, graph, found)
            if seeds and log.head().position == 0:
                await service.projector.catch_up_beside_others()
                _record_seeds(settings, log, narration)
            with narration.progress() as report:
                await service.projector.catch_up_beside_others(
                    lambda done, total: report("building the graph", done, total)
                )
            await _show(GraphReader(graph, PATIENT_SECONDS))
            if not wait:
                _show_places(settings, found)
                return
            await service.serve(listener, started)
            narration.say("stopping ...")


async def _show(reader: GraphReader) -> None:
    for title, question in QUESTIONS:
        answer = await said(reader, question)
        if answer.rows:
            shown = f"{title} ({len(answer.rows)} of {answer.count})"
            console().print(table(HEADS, map(cells, answer.rows), shown))
            return
    console().print("Nothing is on record yet: onrecord record FILE puts a dossier on record.")


def _show_places(settings: Settings, found: Neo4j) -> None:
    url, managed = service_url(settings), found.managed is not None
    out = console()
    out.print(f"What is on record   {url}/", soft_wrap=True)
    out.print(f"Ask in GraphQL      {url}/graphql", soft_wrap=True)
    out.print(f"Neo4j Browser       {found.browser_url}", soft_wrap=True)
    password = "onrecord browser shows the password" if managed else "with your password"
    out.print(f"                    sign in as {found.username}; {password}", soft_wrap=True)
    out.print(f"Log                 {log_name(settings)}", soft_wrap=True)
