"""Neo4j servers to measure, each filled from a log, and how the service over one is asked."""

import asyncio
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from eventlog.sqlite import SqliteLog
from graph.connection import Graph
from graph.managed import ManagedServer
from graph.rebuild import rebuild
from tests.api.asking import Json as Answer
from tests.api.engine import service
from tests.conftest import CACHE
from tests.graph.loading import open_graph


@contextmanager
def server(folder: Path) -> Iterator[ManagedServer]:
    """Run a Neo4j in a folder, until the end."""
    with ManagedServer.start(folder, cache=CACHE) as started:
        yield started


@dataclass(frozen=True, slots=True)
class Side:
    """One graph that follows one log, asked through GraphQL in one event loop."""

    runner: asyncio.Runner
    graph: Graph
    client: httpx.AsyncClient

    def answer(self, question: str, **variables: object) -> Answer:
        """Return the data that answers a question."""
        return self.runner.run(self.ask(question, variables))

    async def ask(self, question: str, variables: Mapping[str, object]) -> Answer:
        """Return the data that answers a question, in the side's event loop."""
        asked = {"query": question, "variables": variables}
        answer: Answer = (await self.client.post("/graphql", json=asked)).json()
        assert "errors" not in answer, answer["errors"]
        data: Answer = answer["data"]
        return data

    def rate(self, question: str, times: int, **variables: object) -> float:
        """Ask a question so many times, one after the other; return answers a second."""

        async def repeatedly() -> float:
            began = time.perf_counter()
            for _ in range(times):
                await self.ask(question, variables)
            return times / (time.perf_counter() - began)

        return self.runner.run(repeatedly())


@contextmanager
def side(log: SqliteLog, running: ManagedServer) -> Iterator[Side]:
    """Fill the graph of a server from a log, if it is not yet, and let it be asked."""
    with asyncio.Runner() as runner:
        graph = open_graph(running.connection)
        runner.run(rebuild(log, graph))
        transport = httpx.ASGITransport(service(log, graph))
        client = httpx.AsyncClient(transport=transport, base_url="http://localhost:8000")
        try:
            yield Side(runner, graph, client)
        finally:
            runner.run(client.aclose())
            runner.run(graph.close())
