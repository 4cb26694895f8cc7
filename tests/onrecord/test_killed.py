"""``kill -9`` between append and checkpoint: started again, the graph is completed and proven."""

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from eventlog.recorder import Recorder
from eventlog.sqlite import SqliteLog
from graph.checkpoint import read_checkpoint
from graph.connection import Graph
from graph.verify import compare
from schema.entries import ActorRecorded
from tests.onrecord.running import Program, Service

pytestmark = pytest.mark.engine

FALLS = 10
MOST_TRIES = 40
ACTORS = 1_500


def _appended(log: SqliteLog, number: int) -> int:
    """Append enough that projecting it takes a while, and return the new head."""
    actors = [
        ActorRecorded.model_validate(
            {"id": f"actor/of-{number}-{one}", "name": f"Actor {one}", "kind": "PERSON"}
        )
        for one in range(ACTORS)
    ]
    return Recorder(log, "tester").record(actors).last


async def _position(graph: Graph) -> int:
    """Return where the graph stands once nothing is under way any more."""
    before = -1
    while True:
        checkpoint = await read_checkpoint(graph)
        now = 0 if checkpoint is None else checkpoint.position
        if now == before:
            return now
        before = now
        time.sleep(0.3)  # noqa: ASYNC251  # nothing else runs here


async def test_killed_between_append_and_checkpoint_it_completes_when_started_again(
    with_neo4j: Program, graph: Graph
) -> None:
    falls: list[tuple[int, int]] = []
    rng = random.Random(20250602)  # noqa: S311  # no secret
    tries, longest = 0, 0.5
    while len(falls) < FALLS:
        tries += 1
        assert tries <= MOST_TRIES, falls
        with with_neo4j.serving("--no-seeds") as service, _log(with_neo4j) as log:
            await _holds(log, graph, service)
            head = _appended(log, tries)
            time.sleep(rng.uniform(0, longest))  # noqa: ASYNC251  # nothing else runs here
            service.kill()
        position = await _position(graph)
        assert position <= head
        if position < head:
            falls.append((position, head))
        else:
            longest *= 0.8  # this machine projects in less time
    with with_neo4j.serving("--no-seeds") as service, _log(with_neo4j) as log:
        await _holds(log, graph, service)
        assert log.head().position == tries * ACTORS


async def _holds(log: SqliteLog, graph: Graph, service: Service) -> None:
    """Prove that a service that says it is ready has a graph that is what the log says."""
    assert service.get("/health/ready")[0] == 200
    comparison = await compare(log, graph)
    assert comparison.differences() == []
    assert comparison.last == log.head().position


@contextmanager
def _log(program: Program) -> Iterator[SqliteLog]:
    log = SqliteLog(program.data / "log.sqlite3")
    try:
        yield log
    finally:
        log.close()
