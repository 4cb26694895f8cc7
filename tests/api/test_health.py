"""Health: alive while it runs, ready once log and graph can answer."""

import pytest

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
