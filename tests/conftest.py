"""The engines that tests run against: one managed Neo4j a session, a log file a test."""

import os
import signal
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from eventlog.sqlite import SqliteLog
from graph.connection import Graph
from graph.managed import Connection, ManagedServer
from tests.postgres import PostgresServer, drop_place, new_place, running_server

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "onrecord"


def pytest_configure() -> None:
    """Let the programs that tests start be ended by Ctrl-C, as they are for whoever starts them.

    A shell has what it runs in the background ignore that signal, which would be handed on.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def neo4j_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    """Return a running Neo4j that the whole session shares."""
    with ManagedServer.start(tmp_path_factory.mktemp("neo4j"), cache=CACHE) as server:
        yield server.connection


@pytest.fixture(scope="session")
def _postgres() -> Iterator[PostgresServer]:
    with running_server() as server:
        yield server


@pytest.fixture
def own_postgres(_postgres: PostgresServer) -> Iterator[PostgresServer]:
    """Return a running PostgreSQL that a test may stop and kill."""
    yield _postgres
    if not _postgres.runs:
        _postgres.start()


@pytest.fixture
def place(own_postgres: PostgresServer) -> Iterator[str]:
    """Return where a log can be made on a PostgreSQL that a test may stop and kill."""
    made = new_place(own_postgres.url)
    yield made
    if not own_postgres.runs:
        own_postgres.start()
    drop_place(made)


@pytest.fixture(scope="session")
def postgres_server(request: pytest.FixtureRequest) -> str:
    """Return the URL of a running PostgreSQL, which may be somebody else's."""
    if given := os.environ.get("ONRECORD_TEST_POSTGRES_URL"):
        return given
    own: PostgresServer = request.getfixturevalue("_postgres")
    return own.url


@pytest.fixture
async def graph(neo4j_server: Connection) -> AsyncIterator[Graph]:
    """Return an empty graph."""
    opened = Graph.open(neo4j_server.uri, neo4j_server.username, neo4j_server.password, "neo4j")
    await empty(opened)
    yield opened
    await opened.close()


async def empty(graph: Graph) -> None:
    """Delete every node of a database; its constraints and indexes stay."""
    async with graph.session() as session:
        result = await session.run(
            "MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 1000 ROWS"
        )
        await result.consume()


@pytest.fixture
def log(tmp_path: Path) -> Iterator[SqliteLog]:
    """Return an empty log."""
    opened = SqliteLog(tmp_path / "data" / "log.sqlite3")
    yield opened
    opened.close()
