"""The service over a graph in memory and a log in a file."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from api.app import create_app
from api.context import Context
from api.pages.landing import BrowserAccess
from eventlog.recorder import Recorder
from eventlog.sqlite import SqliteLog
from schema.entries import ActorRecorded
from tests.api.asking import Asker, Client
from tests.api.record import Graph, context_of, small_graph

NAMES = [f"Person {number}" for number in range(1, 13)]


@pytest.fixture
def log(tmp_path: Path) -> Iterator[SqliteLog]:
    """Return a log with twelve entries, as many as the graph in memory says that it holds."""
    opened = SqliteLog(tmp_path / "data" / "log.db")
    recorder = Recorder(opened, "a coder")
    recorder.record(
        [
            ActorRecorded.model_validate(
                {"id": f"actor/person-{number}", "name": name, "kind": "PERSON"}
            )
            for number, name in enumerate(NAMES, 1)
        ]
    )
    yield opened
    opened.close()


@pytest.fixture
def graph() -> Graph:
    """Return the graph in memory."""
    return small_graph()


@pytest.fixture
def context(graph: Graph, log: SqliteLog) -> Context:
    """Return what the service works with."""
    return context_of(graph, log)


@pytest.fixture
def client(context: Context) -> Client:
    """Return a client of the service."""
    return Client(create_app(context, browser=BrowserAccess("http://localhost:7474/browser/")))


@pytest.fixture
def ask(client: Client) -> Asker:
    """Return how to ask the service."""
    return Asker(client)
