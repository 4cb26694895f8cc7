"""Bringing a graph back from the log: only what differs is written, in place.

An empty graph is filled; a damaged one is mended. Readers of a whole graph keep it meanwhile;
one that is not whole yet stays closed to them until it is.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TypeAlias, TypeVar
from uuid import uuid4

import orjson
from neo4j import AsyncTransaction

from graph.checkpoint import Checkpoint, advance, claim, prepare
from graph.comparison import Held, same
from graph.connection import Graph
from graph.elements import Node, Relationship
from graph.errors import Fenced, GraphMoving
from graph.history import ReadableLog
from graph.model import MODEL_VERSION
from graph.projector import BATCH_ENTRIES, Progress, Projector
from graph.reader import GraphReader
from graph.verify import fold_log, read_graph
from graph.writing import Rows, run_rows, write_nodes, write_relationships

ELEMENTS_PER_ENTRY = 5
"""About how many nodes and relationships an entry adds, by which batches are as large as live."""
TRIES = 5


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What a rebuild did: how far it came, how many changes it took, what cannot be applied."""

    position: int
    mended: int
    problems: int


@dataclass(slots=True)
class _Plan:
    """What has to be done to make a graph right, in this order."""

    remove: Rows = field(default_factory=list)
    create: list[Node] = field(default_factory=list)
    reset: list[tuple[Held, Held]] = field(default_factory=list)
    detach: Rows = field(default_factory=list)
    attach: list[Relationship] = field(default_factory=list)

    def steps(self) -> int:
        parts = (self.remove, self.create, self.reset, self.detach, self.attach)
        return sum(len(part) for part in parts)


async def rebuild(
    log: ReadableLog,
    graph: Graph,
    on_progress: Progress | None = None,
    *,
    batch_entries: int = BATCH_ENTRIES,
) -> Rebuilt:
    """Make a graph equal to the log up to its head.

    What the graph has is put right up to where its checkpoint says it is; from there on it
    follows the log as ever. It can be stopped at any point and run again; a service may go on
    meanwhile.

    :raises WrongGraph: the graph belongs to another log, or holds more than the log has.
    :raises GraphMoving: another writer kept moving the graph.
    """
    mended = 0
    for _ in range(TRIES):
        try:
            put_right, started = await _reconcile(
                log, graph, on_progress or _silently, ELEMENTS_PER_ENTRY * batch_entries
            )
            mended += put_right
            projector = Projector(log, graph, batch_entries=batch_entries)
            checkpoint = await projector.catch_up(on_progress)
        except Fenced:
            continue
        problems = len(await GraphReader(graph).problems())
        return Rebuilt(checkpoint.position, mended + checkpoint.position - started, problems)
    raise GraphMoving(f"another writer moved the graph during each of {TRIES} tries: try again")


def _silently(done: int, total: int) -> None:
    pass


async def _reconcile(
    log: ReadableLog, graph: Graph, on_progress: Progress, batch_elements: int
) -> tuple[int, int]:
    """Make a graph what it says it is; return how much was wrong, and the position."""
    before = await prepare(graph, log.log_id, log.genesis, rebuilding=True)
    folded = await asyncio.to_thread(fold_log, log, before.position, graph.uri)
    claimed = replace(
        before,
        position=folded.position,
        hash=folded.hash,
        ready=before.whole,
        writer=str(uuid4()),
    )
    await claim(graph, claimed)
    put_right = int(claimed != replace(before, writer=claimed.writer))
    plan = _plan(folded.with_checkpoint(claimed), await read_graph(graph))
    await _carry_out(graph, claimed, plan, on_progress, batch_elements)
    async with graph.transaction() as transaction:
        # Only now: a graph of an older model that is half put right is still one of that model.
        await advance(transaction, claimed, replace(claimed, model_version=MODEL_VERSION))
    return put_right + plan.steps(), folded.position


def _plan(expected: Mapping[str, Held], found: Mapping[str, Held]) -> _Plan:
    plan = _Plan()
    for identifier in found.keys() - expected.keys():
        plan.remove.append({"element": found[identifier].element})
    for identifier, node in expected.items():
        there = found.get(identifier)
        if there is None:
            plan.create.append(Node(node.labels[0], node.id, node.properties))
            relationships: Counter[str] = Counter()
        else:
            relationships = there.relationships
            if not _same_node(node, there):
                plan.reset.append((node, there))
        if relationships != node.relationships:
            if there is not None and relationships:
                plan.detach.append({"element": there.element})
            plan.attach.extend(_relationships(node))
    return plan


def _same_node(one: Held, other: Held) -> bool:
    return (
        one.labels == other.labels
        and one.properties.keys() == other.properties.keys()
        and all(same(value, other.properties[name]) for name, value in one.properties.items())
    )


def _relationships(node: Held) -> Iterator[Relationship]:
    for key in node.relationships.elements():
        kind, target, properties = orjson.loads(key)
        yield Relationship(kind, node.id, target, properties)


async def _carry_out(
    graph: Graph, checkpoint: Checkpoint, plan: _Plan, on_progress: Progress, batch_elements: int
) -> None:
    """Write in batches, each fenced by the checkpoint, which stays where it is."""
    done, total = 0, plan.steps()
    for write, part in _writes(plan, batch_elements):
        async with graph.transaction() as transaction:
            await advance(transaction, checkpoint, checkpoint)
            await write(transaction)
        done += part
        on_progress(done, total)


_Write: TypeAlias = Callable[[AsyncTransaction], Awaitable[None]]
_T = TypeVar("_T")


def _batches(items: Iterable[_T], size: int) -> Iterator[list[_T]]:
    batch: list[_T] = []
    for item in items:
        batch.append(item)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


def _writes(plan: _Plan, size: int) -> Iterator[tuple[_Write, int]]:
    """Yield every batch of a plan as something to run in a transaction, with its size."""
    remove = "MATCH (n) WHERE elementId(n) = row.element DETACH DELETE n"
    detach = "MATCH (n)-[r]->() WHERE elementId(n) = row.element DELETE r"
    for rows in _batches(plan.remove, size):
        yield partial(run_rows, statement=remove, rows=rows), len(rows)
    for nodes in _batches(plan.create, size):
        yield partial(write_nodes, nodes=nodes), len(nodes)
    for pairs in _batches(plan.reset, size):
        yield partial(_reset, pairs=pairs), len(pairs)
    for rows in _batches(plan.detach, size):
        yield partial(run_rows, statement=detach, rows=rows), len(rows)
    for relationships in _batches(plan.attach, size):
        yield partial(write_relationships, relationships=relationships), len(relationships)


async def _reset(transaction: AsyncTransaction, pairs: Iterable[tuple[Held, Held]]) -> None:
    """Give nodes back their labels and properties."""
    rows: Rows = [
        {
            "element": found.element,
            "properties": dict(expected.properties),
            "wrong": sorted(set(found.labels) - set(expected.labels)),
            "right": expected.labels,
        }
        for expected, found in pairs
    ]
    await run_rows(
        transaction,
        "MATCH (n) WHERE elementId(n) = row.element "
        "REMOVE n:$(row.wrong) SET n = row.properties SET n:$(row.right)",
        rows,
    )
