"""Writing to Neo4j: one statement for each label and each sort of relationship, many rows at a time.

Every statement tells how many rows it found its nodes for. Where one is missing, somebody else has
changed the graph, and nothing of the transaction is written.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias, TypeVar

from neo4j import AsyncTransaction

from graph.batching import batches
from graph.connection import own_text
from graph.delta import Delta
from graph.elements import Node, Relationship, RelationshipChange
from graph.errors import DamagedGraph
from graph.model import VERSION, label_of, past_label, past_type

BATCH_ROWS = 10_000

Row: TypeAlias = dict[str, object]
Rows: TypeAlias = list[Row]
Ends: TypeAlias = tuple[Any, ...]
"""Two ids, and what else there is to say of the relationship between their nodes."""
T = TypeVar("T")

_CLOSE = (
    "MATCH (n:{label} {{id: row.id}}) CREATE (v:" + VERSION + ") SET v = properties(n), "
    "v.id = n.id + '@' + toString(n.since), v.of = n.id, v.until = row.until "
    "RETURN count(*)"
)
_END = (
    "MATCH (a:{source} {{id: row[0]}})-[r:{type}]->(b:{target} {{id: row[1]}}) "
    "WHERE size(keys(r)) = size(keys(row[2])) + 1 "
    "AND all(key IN keys(row[2]) WHERE r[key] = row[2][key]) "
    "CREATE (a)-[p:{past}]->(b) SET p = properties(r), p.until = row[3] DELETE r"
)
_OPEN = (
    "MATCH (a:{source} {{id: row[0]}}) MATCH (b:{target} {{id: row[1]}}) "
    "CREATE (a)-[r:{type}]->(b) SET r = row[2]"
)
_NUMBERED = "UNWIND range(0, size($rows) - 1) AS n WITH n, $rows[n] AS row "
# Nothing if something was found for all rows, which is nearly always.
_FOUND = " RETURN CASE count(DISTINCT n) WHEN size($rows) THEN null ELSE collect(DISTINCT n) END"


async def write(transaction: AsyncTransaction, delta: Delta) -> None:
    """Write what some appends change.

    :raises DamagedGraph: the graph lacks something that it should have.
    """
    await write_new_nodes(transaction, delta)
    await write_changes(transaction, delta)


async def write_new_nodes(transaction: AsyncTransaction, delta: Delta) -> None:
    """Write the nodes that some appends add, which needs nothing of what is there."""
    await write_nodes(transaction, delta.versions)
    await write_nodes(
        transaction, (one for one in delta.nodes.values() if one.id not in delta.before)
    )


async def write_changes(transaction: AsyncTransaction, delta: Delta) -> None:
    """Write all else that some appends change, behind their new nodes.

    :raises DamagedGraph: the graph lacks something that it should have.
    """
    await _end_relationships(transaction, delta.relationship_ends)
    await _end_nodes(transaction, delta)
    await _change_nodes(transaction, delta)
    await write_relationships(transaction, delta.opened.values())
    await write_relationships(transaction, delta.ended)


async def write_nodes(transaction: AsyncTransaction, nodes: Iterable[Node]) -> None:
    """Create nodes."""
    for label, ones in _grouped((one.label, one) for one in nodes).items():
        rows: Rows = [dict(one.properties) for one in ones]
        await run_rows(transaction, f"CREATE (n:{label}) SET n = row", rows)


async def write_relationships(
    transaction: AsyncTransaction, relationships: Iterable[Relationship]
) -> None:
    """Create relationships between nodes that are there.

    :raises DamagedGraph: one of them is not.
    """
    for kind, ones in _grouped((one.type, one) for one in relationships).items():
        rows = [(one.source, one.target, one.properties) for one in ones]
        await _between(transaction, _OPEN, rows, type=kind)


async def _end_relationships(
    transaction: AsyncTransaction, ends: Iterable[RelationshipChange]
) -> None:
    for kind, ones in _grouped((one.relationship.type, one) for one in ends).items():
        rows = [(*one.relationship[1:], one.at) for one in ones]
        await _between(transaction, _END, rows, type=kind, past=past_type(kind))


async def _end_nodes(transaction: AsyncTransaction, delta: Delta) -> None:
    ends = ((delta.before[one], one) for one in delta.node_ends)
    for label, ids in _grouped(ends).items():
        rows: Rows = [{"id": one, "until": delta.node_ends[one]} for one in ids]
        await _counted(transaction, _CLOSE.format(label=label), rows)


async def _change_nodes(transaction: AsyncTransaction, delta: Delta) -> None:
    changed = (
        ((label, delta.nodes[one].label), delta.nodes[one]) for one, label in delta.before.items()
    )
    for (label, becomes), nodes in _grouped(changed).items():
        rows: Rows = [{"id": one.id, "properties": dict(one.properties)} for one in nodes]
        relabel = "" if label == becomes else f" REMOVE n:{label} SET n:{becomes}"
        statement = (
            f"MATCH (n:{label} {{id: row.id}}) SET n = row.properties{relabel} RETURN count(*)"
        )
        await _counted(transaction, statement, rows)


async def _between(
    transaction: AsyncTransaction, statement: str, rows: Sequence[Ends], **names: str
) -> None:
    """Run a statement for rows that begin with two nodes, wherever these may be by their labels.

    Ends are live, but for those of entries that no log should have taken.
    """
    ends: defaultdict[tuple[str, str], list[Ends]] = defaultdict(list)
    for row in rows:
        ends[label_of(row[0]), label_of(row[1])].append(row)
    for (source, target), ones in ends.items():
        left: Sequence[Ends] = ones
        for one in (source, past_label(source)):
            for other in (target, past_label(target)):
                text = statement.format(source=one, target=other, **names)
                left = await _not_found(transaction, text, left) if left else []
        if left:
            raise DamagedGraph(
                f"the graph has no {left[0][0]} or {left[0][1]} with what the log "
                f"says of them ({names['type']}): run onrecord rebuild"
            )


async def _not_found(
    transaction: AsyncTransaction, statement: str, rows: Sequence[Ends]
) -> list[Ends]:
    """Run a statement, and return the rows that it found nothing for."""
    left: list[Ends] = []
    text = own_text(_NUMBERED + statement + _FOUND)
    for batch in batches(rows, BATCH_ROWS):
        result = await transaction.run(text, rows=batch)
        if (found := (await result.single(strict=True)).value()) is not None:
            there = set(found)
            left += [row for n, row in enumerate(batch) if n not in there]
    return left


async def _counted(transaction: AsyncTransaction, statement: str, rows: Rows) -> None:
    text = own_text(f"UNWIND $rows AS row {statement}")
    for batch in batches(rows, BATCH_ROWS):
        result = await transaction.run(text, rows=batch)
        if (await result.single(strict=True)).value() != len(batch):
            raise DamagedGraph(
                f"the graph lacks one of {batch[0]['id']} and what came with it: "
                "run onrecord rebuild"
            )


async def run_rows(transaction: AsyncTransaction, statement: str, rows: Rows) -> None:
    """Run a statement for each row, many rows at a time; the text holds names of the model only."""
    for batch in batches(rows, BATCH_ROWS):
        text = own_text(f"UNWIND $rows AS row {statement}")
        await (await transaction.run(text, rows=batch)).consume()


K = TypeVar("K")


def _grouped(pairs: Iterable[tuple[K, T]]) -> Mapping[K, list[T]]:
    groups: defaultdict[K, list[T]] = defaultdict(list)
    for key, item in pairs:
        groups[key].append(item)
    return groups
