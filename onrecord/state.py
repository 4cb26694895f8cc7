"""How far log and graph are, as ``status`` tells it: asked in bounded time."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass

from eventlog import Head
from graph.checkpoint import Checkpoint, check_owner, read_checkpoint
from graph.connection import Graph
from graph.contradictions import Contradiction
from graph.errors import GraphError, GraphRefused, GraphUnavailable
from graph.model import KINDS
from graph.reader import GraphReader
from onrecord.composition import VERSION, Neo4j, found_neo4j, log_name, open_graph, open_log
from onrecord.locking import service_of
from onrecord.settings import Settings

ANSWER_SECONDS = 5.0
"""How long Neo4j has for its first answer, the smallest there is."""
PATIENCE_SECONDS = 10.0
"""How long it has for all that is asked of it then, some of which it has to count."""


@dataclass(frozen=True, slots=True)
class GraphState:
    """What the graph says of itself; ``trouble`` is why it cannot be used as it is.

    A graph with contradictions is sound: it merges nothing where judgements contradict each other.
    """

    checkpoint: Checkpoint | None = None
    counts: Mapping[str, int] | None = None
    problems: Sequence[Mapping[str, str | int]] = ()
    contradictions: Sequence[Contradiction] = ()
    trouble: GraphError | None = None

    @property
    def answers(self) -> bool:
        """Tell whether there is a Neo4j that answers."""
        return not isinstance(self.trouble, GraphUnavailable | GraphRefused)

    @property
    def position(self) -> int | None:
        """Return how far it is, as far as one knows."""
        return None if self.checkpoint is None else self.checkpoint.position


@dataclass(frozen=True, slots=True)
class State:
    """Where the log is and ends, who serves it, and its graph: None if no Neo4j runs."""

    service: str | None
    log: str
    head: Head
    graph: GraphState | None

    @property
    def lag(self) -> int | None:
        """Return how many entries the graph does not have yet, as far as one knows."""
        position = None if self.graph is None else self.graph.position
        return None if position is None else self.head.position - position

    @property
    def sound(self) -> bool:
        """Tell whether the graph is whole, and has all that the log has."""
        graph = self.graph
        if graph is None or graph.checkpoint is None:
            return False
        return (
            graph.checkpoint.ready
            and self.lag == 0
            and not graph.problems
            and graph.trouble is None
        )

    def told(self) -> dict[str, object]:
        """Return it for programs."""
        return {
            "version": VERSION,
            "service": {"running": self.service is not None, "url": self.service},
            "log": {
                "path": self.log,
                "id": self.head.log_id,
                "position": self.head.position,
                "hash": self.head.hash,
                "recordedAt": self.head.recorded_at,
            },
            "graph": None if self.graph is None else self._graph_told(self.graph),
        }

    def _graph_told(self, graph: GraphState) -> dict[str, object]:
        checkpoint = graph.checkpoint
        return {
            "ready": checkpoint is not None and checkpoint.ready,
            "position": graph.position,
            "lag": self.lag,
            "modelVersion": checkpoint and checkpoint.model_version,
            "problems": [
                {name: one[name] for name in ("position", "subject", "reason")}
                for one in graph.problems
            ],
            "contradictions": [asdict(one) for one in graph.contradictions],
            "trouble": graph.trouble and str(graph.trouble),
            "counts": graph.counts
            and {KINDS[label].plural: number for label, number in graph.counts.items()},
        }


async def read_state(settings: Settings) -> State:
    """Ask the log, then the graph.

    :raises NoLog: there is no log.
    :raises LogError: the log cannot be read.
    """
    head = await asyncio.to_thread(_head, settings)
    found = await asyncio.to_thread(found_neo4j, settings)
    graph = None if found is None else await _graph_state(found, head)
    return State(service_of(settings.data), log_name(settings), head, graph)


def _head(settings: Settings) -> Head:
    with open_log(settings) as log:
        return log.head()


async def _graph_state(found: Neo4j, head: Head) -> GraphState:
    async with open_graph(found) as graph:
        try:
            async with _answering(graph, ANSWER_SECONDS):
                checkpoint = await read_checkpoint(graph)
            if checkpoint is not None:
                check_owner(checkpoint, head.log_id, graph.uri)
            async with _answering(graph, PATIENCE_SECONDS):
                reader = GraphReader(graph)
                return GraphState(
                    checkpoint,
                    await reader.counts(),
                    await reader.problems(),
                    await reader.contradictions(),
                )
        except GraphError as error:
            return GraphState(trouble=error)


@asynccontextmanager
async def _answering(graph: Graph, seconds: float) -> AsyncIterator[None]:
    """Ask in bounded time.

    :raises GraphUnavailable: Neo4j did not answer by then.
    """
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError:
        sentence = f"Neo4j at {graph.uri} did not answer within {seconds:g} s"
        raise GraphUnavailable(sentence) from None
