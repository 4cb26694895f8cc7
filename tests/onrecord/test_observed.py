"""A running service tells how it is: its metrics move, its lines say why."""

import asyncio
import json
import signal
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from graph.connection import Graph
from graph.managed import Connection
from tests.graph.proxy import Door, door_before
from tests.onrecord.running import Program, Service, settings_of
from tests.ports import free_port

pytestmark = pytest.mark.engine

RECORD = """mutation ($name: String!) { record(waitForGraph: false, entries: [
    { actor: { name: $name, kind: PERSON } }]) { __typename } }"""
PATIENCE_SECONDS = 60.0
ANSWERED_SECONDS = 8.0  # both waited for in vain, on a busy machine

Samples = dict[str, float]


def _metrics(service: Service) -> Samples:
    began = time.monotonic()
    status, text = service.get("/metrics")
    assert time.monotonic() - began < ANSWERED_SECONDS
    assert status == 200
    lines = (line.rpartition(" ") for line in text.splitlines() if not line.startswith("#"))
    return {name.removeprefix("onrecord_"): float(value) for name, _, value in lines}


async def _until(service: Service, holds: Callable[[Samples], bool]) -> Samples:
    """Return the metrics once something holds of them."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds(samples := await asyncio.to_thread(_metrics, service)):
        assert time.monotonic() < deadline, samples
        await asyncio.sleep(0.1)
    return samples


def _shows(position: int) -> Callable[[Samples], bool]:
    """Ask whether so many batches of one entry each are shown to readers.

    A batch is counted once it is; its position may be read from the graph before that.
    """
    names = ("graph_position", "projection_batch_entries_sum")
    return lambda told: [told.get(name) for name in names] == [position, position]


def _record(port: int, name: str) -> str:
    """Record an actor; return the name of the request."""
    asked = {"query": RECORD, "variables": {"name": name}}
    answer = httpx.post(f"http://127.0.0.1:{port}/graphql", json=asked, timeout=30)
    assert answer.json()["data"] == {"record": {"__typename": "Recorded"}}, answer.text
    return answer.headers["X-Request-Id"]


async def _follows(service: Service) -> str:
    """See an entry recorded and projected."""
    before = await asyncio.to_thread(_metrics, service)
    assert (before["log_position"], before["graph_ready"]) == (0, 1)
    name = await asyncio.to_thread(_record, service.port, "Ann")
    after = await _until(service, _shows(1))
    assert (after["log_position"], after["graph_lag_entries"]) == (1, 0)
    assert (after["graph_matches_log"], after["projection_problems"]) == (1, 0)
    assert after['log_appends_total{outcome="appended"}'] == 1
    assert after['http_request_seconds_count{path="/graphql",status="200"}'] == 1
    return name


async def _is_behind(service: Service, door: Door) -> None:
    """See the lag grow while Neo4j is away, and go when it is back."""
    await door.shut()
    await asyncio.to_thread(_record, service.port, "Bob")
    retried = 'projection_retries_total{reason="graph_unavailable"}'
    away = await _until(service, lambda told: told[retried] >= 2)
    assert (away["graph_up"], away["log_up"]) == (0, 1)
    assert "graph_position" not in away
    assert away["graph_lag_entries"] == 1
    assert away["graph_lag_seconds"] > 0
    await door.open()
    back = await _until(service, _shows(2))
    assert (back["graph_up"], back["graph_lag_entries"], back["graph_lag_seconds"]) == (1, 0, 0)


async def _hangs(service: Service, door: Door) -> None:
    """See an answer in bounded time although Neo4j keeps silent."""
    door.hold()
    assert (await asyncio.to_thread(_metrics, service))["graph_up"] == 0
    await door.shut()  # lets it end


def _end(service: Service) -> list[dict[str, object]]:
    """End a service, and return what it told."""
    service.process.send_signal(signal.SIGINT)
    _, told = service.process.communicate(timeout=30)
    assert service.process.returncode == 0
    assert "MATCH" not in told
    return [json.loads(line) for line in told.splitlines()]


async def test_a_service_tells_how_it_is(
    neo4j_server: Connection, graph: Graph, tmp_path: Path
) -> None:
    async with door_before(neo4j_server.uri) as door:
        settings = settings_of(replace(neo4j_server, uri=door.uri))
        settings["DIAGNOSTICS_LEVEL"] = "debug"
        program = Program(tmp_path / "data", settings, free_port())
        serving = program.serving("--no-seeds")
        service = await asyncio.to_thread(serving.__enter__)
        try:
            name = await _follows(service)
            await _is_behind(service, door)
            await _hangs(service, door)
            told = await asyncio.to_thread(_end, service)
        finally:
            await asyncio.to_thread(serving.__exit__, None, None, None)
    assert neo4j_server.password not in json.dumps(told)
    (mine,) = [one for one in told if one.get("request_id") == name]
    assert (mine["event"], mine["path"], mine["status"]) == ("request answered", "/graphql", 200)
    own = [one for one in told if not str(one["logger"]).startswith("neo4j")]  # it tells of breaks
    events = [one["event"] for one in own if one["level"] != "debug"]
    away = ["projection waits", "graph caught up"]
    assert events[events.index("serving") :] == ["serving", *away, "stopping ..."]
    (reason,) = [
        one["reason"] for one in own if one["event"] == away[0] and one["level"] != "debug"
    ]
    assert reason == f"Neo4j at {door.uri} does not answer"
