"""Proving that a graph equals its log, and saying where it does not."""

import asyncio
from dataclasses import dataclass, replace

from graph.additions import KnownThings
from graph.checkpoint import Checkpoint, check_empty, check_owner, check_ready, read_checkpoint
from graph.comparison import Difference, Held, differences, digest, hold, relationship_key
from graph.connection import Graph
from graph.errors import GraphMoving
from graph.fold import appends, fold_append, read
from graph.history import ReadableLog, entries_up_to
from graph.model import CHECKPOINT, CHECKPOINT_ID, label_of

TRIES = 5


@dataclass(frozen=True, slots=True)
class Comparison:
    """A graph held against the fold of the log up to the graph's position."""

    checkpoint: Checkpoint
    expected: dict[str, Held]
    found: dict[str, Held]

    def differences(self) -> list[Difference]:
        """Return every difference, by id."""
        return list(differences(self.expected, self.found))

    def digests(self) -> tuple[str, str]:
        """Return the digests of the fold and of the graph."""
        return digest(self.expected), digest(self.found)


@dataclass(frozen=True, slots=True)
class Folded:
    """What the log makes of an empty graph, up to a position with its hash."""

    nodes: dict[str, Held]
    position: int
    hash: str

    def with_checkpoint(self, checkpoint: Checkpoint) -> dict[str, Held]:
        """Return the nodes, and a checkpoint that is right where this one may be wrong."""
        right = replace(checkpoint, position=self.position, hash=self.hash)
        node = Held(CHECKPOINT_ID, [CHECKPOINT], right.properties())
        return {**self.nodes, CHECKPOINT_ID: node}


def fold_log(log: ReadableLog, position: int, uri: str) -> Folded:
    """Fold a log up to a position, and on to the end of the append that holds it.

    :raises WrongGraph: the log ends before.
    """
    nodes: dict[str, Held] = {}
    known = KnownThings()
    reached, hash_ = 0, log.genesis
    for append in appends(entries_up_to(log, position, uri)):
        hold(nodes, fold_append(read(append), known))
        reached, hash_ = append[-1].position, append[-1].hash_hex
    return Folded(nodes, reached, hash_)


async def compare(log: ReadableLog, graph: Graph) -> Comparison:
    """Hold a graph against its log; a graph that moves meanwhile is read again.

    :raises NotReady: the graph is not built yet.
    :raises WrongGraph: it belongs to another log, or says it holds more than the log has.
    :raises GraphMoving: it moved during each of several tries.
    """
    for _ in range(TRIES):
        checkpoint = await read_checkpoint(graph)
        if checkpoint is None:
            await check_empty(graph)
        else:
            check_owner(checkpoint, log.log_id, graph.uri)
        checkpoint = check_ready(checkpoint)
        folded = await asyncio.to_thread(fold_log, log, checkpoint.position, graph.uri)
        found = await read_graph(graph)
        if await read_checkpoint(graph) == checkpoint:
            return Comparison(checkpoint, folded.with_checkpoint(checkpoint), found)
    raise GraphMoving(f"the graph changed during each of {TRIES} tries: try again")


async def read_graph(graph: Graph) -> dict[str, Held]:
    """Return everything that the graph holds, by id.

    A node without an id, or with one that belongs to another node, goes by Neo4j's own name.
    """
    nodes: list[Held] = []
    async with graph.session() as session:
        result = await session.run("MATCH (n) RETURN elementId(n), labels(n), properties(n)")
        async for element, labels, properties in result:
            nodes.append(Held("", labels, properties, element=element))
        found = _identified(nodes)
        named = {node.element: node for node in nodes}
        result = await session.run(
            "MATCH (n)-[r]->(m) RETURN elementId(n), type(r), elementId(m), properties(r)"
        )
        async for source, kind, target, properties in result:
            if source in named and target in named:  # else made after the nodes were read
                key = relationship_key(kind, named[target].id, properties)
                named[source].relationships[key] += 1
    return found


def _identified(nodes: list[Held]) -> dict[str, Held]:
    """Give each node the id that it is known by: its own goes first to whom it fits by label."""
    found: dict[str, Held] = {}
    for node in sorted(nodes, key=lambda node: not _fits(node)):
        own = node.properties.get("id")
        if isinstance(own, str) and own not in found:
            node.id = own
        else:
            node.id = node.element
        found[node.id] = node
    return found


def _fits(node: Held) -> bool:
    own = node.properties.get("id")
    return isinstance(own, str) and label_of(own) in node.labels
