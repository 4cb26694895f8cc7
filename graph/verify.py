"""Proving that a graph equals its log, and saying where it does not."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass

from eventlog import Entry
from graph.checkpoint import Checkpoint, check_owner, check_ready, read_checkpoint
from graph.comparison import Difference, Held, Mark, differences, digest, held, relationship_key
from graph.connection import Graph
from graph.errors import GraphMoving, WrongGraph
from graph.fold import fold_all
from graph.model import CHECKPOINT, CHECKPOINT_ID
from graph.projector import ReadableLog

READ_ENTRIES = 5_000
TRIES = 5


@dataclass(frozen=True, slots=True)
class Comparison:
    """A graph held against the fold of the log up to the graph's position."""

    checkpoint: Checkpoint
    expected: dict[str, Held]
    found: dict[str, Held]
    checkpoint_differences: tuple[Difference, ...]

    def differences(self) -> list[Difference]:
        """Return every difference, the checkpoint's first."""
        return [*self.checkpoint_differences, *differences(self.expected, self.found)]

    def digests(self) -> tuple[str, str]:
        """Return the digests of the fold and of the graph."""
        return digest(self.expected), digest(self.found)


async def compare(log: ReadableLog, graph: Graph) -> Comparison:
    """Hold a graph against its log; a graph that moves meanwhile is read again.

    :raises NotReady: the graph is not built yet.
    :raises WrongGraph: it belongs to another log, or says it holds more than the log has.
    :raises GraphMoving: it moved during each of several tries.
    """
    for _ in range(TRIES):
        checkpoint = check_ready(await read_checkpoint(graph))
        check_owner(checkpoint, log.log_id, graph.uri)
        entries = await asyncio.to_thread(read_up_to, log, checkpoint.position)
        found = await read_graph(graph)
        if await read_checkpoint(graph) == checkpoint:
            wrong = tuple(_checkpoint_differences(checkpoint, entries, log, found))
            return Comparison(checkpoint, held(fold_all(entries)), found, wrong)
    raise GraphMoving(f"the graph changed during each of {TRIES} tries: try again")


def read_up_to(log: ReadableLog, position: int) -> list[Entry]:
    """Return the log's entries up to a position.

    :raises WrongGraph: the log ends before it.
    """
    entries: list[Entry] = []
    while len(entries) < position:
        read = log.read(len(entries), min(READ_ENTRIES, position - len(entries)))
        if not read:
            raise WrongGraph(
                f"the graph says it holds the log up to {position}, but the log ends at "
                f"{len(entries)}: the log was cut off or replaced"
            )
        entries += read
    return entries


async def read_graph(graph: Graph) -> dict[str, Held]:
    """Return everything that the graph holds but the checkpoint, by id.

    Nodes without an id of their own, or with one that another node has, go by Neo4j's.
    """
    found: dict[str, Held] = {}
    async with graph.session() as session:
        result = await session.run(
            "MATCH (n) WHERE NOT (n:Checkpoint AND n.id = $checkpoint) "
            "RETURN elementId(n) AS element, labels(n) AS labels, properties(n) AS properties, "
            "COLLECT { MATCH (n)-[r]->(m) "
            "RETURN [type(r), coalesce(m.id, elementId(m)), properties(r)] } AS relationships",
            checkpoint=CHECKPOINT_ID,
        )
        async for element, labels, properties, relationships in result:
            own = properties.get("id")
            identifier = own if isinstance(own, str) and own not in found else element
            node = Held(identifier, labels, properties, element=element)
            for kind, target, extra in relationships:
                node.relationships[relationship_key(kind, str(target), extra)] += 1
            found[identifier] = node
    return found


def _checkpoint_differences(
    checkpoint: Checkpoint, entries: list[Entry], log: ReadableLog, found: dict[str, Held]
) -> Iterator[Difference]:
    expected = entries[-1].hash_hex if entries else log.genesis
    if checkpoint.hash != expected:
        yield Difference(
            Mark.DIFFERENT,
            CHECKPOINT_ID,
            f"the hash at position {checkpoint.position} ({checkpoint.hash}, not {expected})",
        )
    for node in found.values():
        if CHECKPOINT in node.labels:
            yield Difference(Mark.UNEXPECTED, node.id, "a second checkpoint")
