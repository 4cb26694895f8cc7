"""Writing additions to Neo4j: one statement for each label and each sort of relationship."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias

from neo4j import AsyncTransaction

from graph.connection import own_text
from graph.elements import Additions, Node, Relationship
from graph.model import label_of

BATCH_ROWS = 5_000

Rows: TypeAlias = list[dict[str, object]]


async def write(transaction: AsyncTransaction, additions: Additions) -> None:
    """Create nodes and then relationships; what they lie between is there."""
    await write_nodes(transaction, additions.nodes)
    await write_relationships(transaction, additions.relationships)


async def write_nodes(transaction: AsyncTransaction, nodes: Iterable[Node]) -> None:
    """Create nodes."""
    by_label: defaultdict[str, Rows] = defaultdict(list)
    for node in nodes:
        by_label[node.label].append(dict(node.properties))
    for label, rows in by_label.items():
        await run_rows(transaction, f"CREATE (n:{label}) SET n = row", rows)


async def write_relationships(
    transaction: AsyncTransaction, relationships: Iterable[Relationship]
) -> None:
    """Create relationships between nodes that are there."""
    by_ends: defaultdict[tuple[str, str, str], Rows] = defaultdict(list)
    for one in relationships:
        ends = (one.type, label_of(one.source), label_of(one.target))
        row: dict[str, object] = {
            "source": one.source,
            "target": one.target,
            "properties": dict(one.properties),
        }
        by_ends[ends].append(row)
    for (kind, source, target), rows in by_ends.items():
        await run_rows(
            transaction,
            f"MATCH (a:{source} {{id: row.source}}) MATCH (b:{target} {{id: row.target}}) "
            f"CREATE (a)-[r:{kind}]->(b) SET r = row.properties",
            rows,
        )


async def run_rows(transaction: AsyncTransaction, statement: str, rows: Rows) -> None:
    """Run a statement for each row, many rows at a time; the text holds names of the model only."""
    for batch in _batches(rows):
        text = own_text(f"UNWIND $rows AS row {statement}")
        await (await transaction.run(text, rows=batch)).consume()


def _batches(rows: Rows) -> Iterator[Sequence[dict[str, object]]]:
    for start in range(0, len(rows), BATCH_ROWS):
        yield rows[start : start + BATCH_ROWS]
