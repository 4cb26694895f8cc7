"""The engines that tests run against: one managed Neo4j a session, a log file a test."""

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from eventlog.sqlite import SqliteLog
from graph.connection import Graph
from graph.managed import Connection, ManagedServer
from tests.postgres import PostgresServer, running_server

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "onrecord"


@pytest.fixture(scope="session")
def neo4j_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    """Return a running Neo4j that the whole session shares."""
    with ManagedServer.start(tmp_path_factory.mktemp("neo4j"), cache=CACHE) as server:
        yield server.connection


@pytest.fixture(scope="session")
def own_postgres() -> Iterator[PostgresServer]:
    """Return a running PostgreSQL that tests may stop and kill, if they start it again."""
    with running_server() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_server(request: pytest.FixtureRequest) -> str:
    """Return the URL of a running PostgreSQL, which may be somebody else's."""
    given = os.environ.get("ONRECORD_TEST_POSTGRES_URL")
    if given:
        return given
    own: PostgresServer = request.getfixturevalue("own_postgres")
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
            "MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 10000 ROWS"
        )
        await result.consume()


@pytest.fixture
def log(tmp_path: Path) -> Iterator[SqliteLog]:
    """Return an empty log."""
    opened = SqliteLog(tmp_path / "data" / "log.sqlite3")
    yield opened
    opened.close()
