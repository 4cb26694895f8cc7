"""Health: alive while it runs, ready once log and graph can answer."""

import asyncio
import threading

import pytest

import api.health
from api.app import create_app
from api.context import Context
from eventlog import Head
from eventlog.errors import LogUnavailable
from eventlog.sqlite import SqliteLog
from graph.errors import NotReady
from tests.api.asking import Client
from tests.api.record import Graph


def test_ready(client: Client) -> None:
    response = client.get("/health/ready")
    assert response.status_code == 200
    part = {"state": "ready", "position": 12}
    assert response.json() == {"ready": True, "log": part, "graph": part}


def test_not_ready_while_the_graph_is_built(client: Client, graph: Graph) -> None:
    graph.error = NotReady("the graph is still being built")
    response = client.get("/health/ready")
    assert response.status_code == 503
    assert response.json()["graph"] == {"state": "the graph is still being built"}
    assert client.get("/health/live").status_code == 200


def test_not_ready_with_the_graph_of_another_log(client: Client, graph: Graph) -> None:
    graph.log_id = "another"
    response = client.get("/health/ready")
    assert response.status_code == 503
    assert response.json()["graph"]["state"] == "the graph was written from another log"


def test_not_ready_without_the_log(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(self: SqliteLog) -> None:
        raise LogUnavailable("the log cannot be read")

    monkeypatch.setattr(SqliteLog, "head", fails)
    response = client.get("/health/ready")
    assert (response.status_code, response.json()["ready"]) == (503, False)
    assert response.json()["log"] == {"state": "the log cannot be read"}


async def test_a_log_that_hangs_is_asked_by_one_thread_only(
    context: Context, log: SqliteLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every probe gets its answer in time, and the threads that others need stay free."""
    monkeypatch.setattr(api.health, "PATIENCE_SECONDS", 0.1)
    head, asked, answers = log.head(), 0, threading.Event()

    def hangs(self: SqliteLog) -> Head:
        nonlocal asked
        asked += 1
        answers.wait(60)
        return head

    monkeypatch.setattr(SqliteLog, "head", hangs)
    client = Client(create_app(context))
    try:
        for _ in range(3):
            response = await client.send("GET", "/health/ready")
            assert response.status_code == 503
            assert response.json()["log"] == {"state": "no answer within 0.1 s"}
        assert asked == 1
    finally:
        answers.set()
    async with asyncio.timeout(10):
        while (await client.send("GET", "/health/ready")).status_code != 200:
            pass
