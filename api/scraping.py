"""``/metrics``: what the service counts, and what log and graph say when somebody looks.

An answer comes in bounded time. What does not answer by then is told to be down, and left out.
"""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from prometheus_client import generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import Response

from api.context import Context, GraphState
from api.latest import Latest
from api.metrics import Metrics, Shown
from eventlog import Entry, Head
from eventlog.errors import LogError
from graph.errors import GraphError, NotReady

PATIENCE_SECONDS = 3.0
"""How long log and graph are waited for, each: Prometheus waits 10 s unless told otherwise."""


@dataclass(frozen=True, slots=True)
class LogSeen:
    """What the log says: its head, and the entries at the graph's position and just after it."""

    head: Head
    around: tuple[Entry, ...] = ()

    def at(self, position: int) -> Entry | None:
        """Return one of these entries."""
        return next((one for one in self.around if one.position == position), None)


@dataclass(frozen=True, slots=True)
class GraphSeen:
    """What the graph says: its state once it is whole, and how many entries it could not take."""

    state: GraphState | None
    problems: int | None = None


class Scrape:
    """Answers whoever collects the metrics."""

    def __init__(self, context: Context, metrics: Metrics) -> None:
        self._context = context
        self._metrics = metrics
        self._log = Latest[LogSeen]()

    async def answer(self, request: Request) -> Response:
        """Ask the graph, then the log, and tell all that is known."""
        graph = await self._graph_seen()
        if graph is not None and graph.state is not None:
            self._metrics.projection.position = graph.state.position
        position = self._metrics.projection.position
        log = await self._log_seen(position)
        body = generate_latest(Shown(self._metrics.registry)) + generate_latest(
            _Seen(log, graph, position, datetime.now(UTC))
        )
        return Response(
            body,
            headers={"Content-Type": CONTENT_TYPE_PLAIN_0_0_4, "Cache-Control": "no-store"},
        )

    async def _graph_seen(self) -> GraphSeen | None:
        graph = self._context.graph
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                state = await graph.checkpoint()
                return GraphSeen(state, len(await graph.problems()))
        except NotReady:
            return GraphSeen(None)
        except (GraphError, TimeoutError):
            return None

    async def _log_seen(self, position: int | None) -> LogSeen | None:
        def look() -> LogSeen:
            log = self._context.log
            around = () if position is None else log.read(max(position - 1, 0), 2)
            return LogSeen(log.head(), tuple(around))

        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                return await self._log.ask(look)
        except (LogError, TimeoutError):
            return None


@dataclass(frozen=True, slots=True)
class _Seen(Collector):
    """What log and graph said, as metrics."""

    log: LogSeen | None
    graph: GraphSeen | None
    position: int | None
    now: datetime

    def collect(self) -> Iterator[Metric]:
        """Yield what is known."""
        yield _gauge("log_up", "Whether the log answered in time.", self.log is not None)
        yield _gauge("graph_up", "Whether Neo4j answered in time.", self.graph is not None)
        if self.log is not None:
            head = self.log.head.position
            yield _gauge("log_position", "The position of the log's last entry.", head)
        if self.graph is not None:
            yield from self._of_graph(self.graph)
        if self.log is not None and self.position is not None:
            yield from self._lag(self.log, self.position)

    def _of_graph(self, graph: GraphSeen) -> Iterator[Metric]:
        state = graph.state
        yield _gauge("graph_ready", "Whether the graph is whole.", state is not None)
        if state is None:
            return
        yield _gauge("graph_position", "The position up to which it holds the log.", state.position)
        if self.log is not None:
            matches = _matches(state, self.log)
            yield _gauge("graph_matches_log", "Whether it was written from this log.", matches)
        if graph.problems is not None:
            told = "Entries that could not be applied to the graph."
            yield _gauge("projection_problems", told, graph.problems)

    def _lag(self, log: LogSeen, position: int) -> Iterator[Metric]:
        entries = max(log.head.position - position, 0)
        yield _gauge("graph_lag_entries", "Entries that the graph does not have yet.", entries)
        oldest = log.at(position + 1)
        seconds = 0.0
        if entries and oldest is not None:
            seconds = (self.now - datetime.fromisoformat(oldest.header.recorded_at)).total_seconds()
        told = "The age of the oldest entry that the graph does not have; 0 when there is none."
        yield _gauge("graph_lag_seconds", told, max(seconds, 0.0))


def _gauge(name: str, told: str, value: float) -> Metric:
    return GaugeMetricFamily(f"onrecord_{name}", told, value=float(value))


def _matches(state: GraphState, log: LogSeen) -> bool:
    """Tell whether a graph is this log's: the same log, and the same entry where it stands."""
    if state.log_id != log.head.log_id:
        return False
    if state.position == 0:
        return True
    entry = log.at(state.position)
    return entry is not None and entry.hash_hex == state.hash
