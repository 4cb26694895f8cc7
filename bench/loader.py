"""What a person would write to load a graph into Neo4j: rows from files, many a statement.

Constraints come first, nodes are created, relationships are created between nodes that are matched
by their ids, and the other indexes come last. It checks nothing and could not go on where it was
interrupted.
"""

import json
from collections.abc import Iterable, Iterator
from itertools import groupby, islice
from pathlib import Path

from graph.connection import Graph, own_text
from graph.elements import Node, Relationship
from graph.folded import FoldedLog
from graph.indexes import constraint_statements, index_statements
from graph.model import label_of

ROWS = 10_000


def write_files(folded: FoldedLog, folder: Path) -> None:
    """Write the nodes and relationships of a folded log as lines of JSON, those of a sort together."""
    nodes: dict[str, list[Node]] = {}
    for node in folded.all_nodes():
        nodes.setdefault(node.label, []).append(node)
    relationships: dict[tuple[str, str, str], list[Relationship]] = {}
    for one in folded.all_relationships():
        ends = label_of(one.source), label_of(one.target)
        relationships.setdefault((one.type, *ends), []).append(one)
    with (folder / "nodes.jsonl").open("w", encoding="utf-8") as lines:
        for label, ones in nodes.items():
            lines.writelines(_line([label], dict(node.properties)) for node in ones)
    with (folder / "relationships.jsonl").open("w", encoding="utf-8") as lines:
        for sort, held in relationships.items():
            lines.writelines(
                _line(
                    [*sort],
                    {"source": one.source, "target": one.target, "own": dict(one.properties)},
                )
                for one in held
            )


def _line(sort: list[str], row: dict[str, object]) -> str:
    return json.dumps([sort, row]) + "\n"


async def load(graph: Graph, folder: Path) -> None:
    """Load an empty database from the files."""
    async with graph.session() as session:
        for statement in constraint_statements():
            await session.run(own_text(statement))
        for (label,), rows in _rows(folder / "nodes.jsonl"):
            text = f"UNWIND $rows AS row CREATE (n:{label}) SET n = row"
            await (await session.run(own_text(text), rows=rows)).consume()
        for (kind, source, target), rows in _rows(folder / "relationships.jsonl"):
            text = (
                f"UNWIND $rows AS row MATCH (a:{source} {{id: row.source}}) "
                f"MATCH (b:{target} {{id: row.target}}) CREATE (a)-[r:{kind}]->(b) SET r = row.own"
            )
            await (await session.run(own_text(text), rows=rows)).consume()
        for statement in index_statements():
            await session.run(own_text(statement))
        await (await session.run("CALL db.awaitIndexes(3600)")).consume()


def _rows(path: Path) -> Iterator[tuple[list[str], list[object]]]:
    with path.open(encoding="utf-8") as lines:
        for sort, found in groupby(map(_read, lines), key=lambda one: one[0]):
            rows: Iterable[object] = (row for _, row in found)
            while batch := list(islice(rows, ROWS)):
                yield sort, batch


def _read(line: str) -> tuple[list[str], object]:
    sort, row = json.loads(line)
    return sort, row
