"""What Neo4j holds, in the order of ids, some nodes at a time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from neo4j import AsyncResult, AsyncSession, AsyncTransaction

from graph.connection import own_text
from graph.elements import Properties
from graph.lines import node_line, relationship_line
from graph.model import (
    CHECKPOINT,
    CHECKPOINT_ID,
    HELD_BY_TARGET,
    KINDS,
    PROBLEM,
    SHOWN_ID,
    VERSION,
    past_label,
)

LABELS = (*KINDS, *map(past_label, KINDS), VERSION, PROBLEM)
"""Every label that the fold gives to nodes."""

MOST_STRANGERS = 10_000
"""How many nodes that no fold makes are looked at together."""

Runner = AsyncSession | AsyncTransaction


_NODE = "n.id, labels(n), properties(n), elementId(n)"


@dataclass(frozen=True, slots=True)
class FoundRelationship:
    """A relationship that is there; ``element`` is Neo4j's own name of it."""

    line: str
    element: str


@dataclass(frozen=True, slots=True)
class FoundNode:
    """A node that is there; ``element`` is Neo4j's own name of it.

    ``id`` is that name as well where the node has no id of its own.
    """

    id: str
    labels: Sequence[str]
    properties: Properties
    element: str

    @property
    def line(self) -> str:
        """Return the line that the node is held against the fold by."""
        return node_line(self.labels, self.id, dict(self.properties))


async def nodes_after(run: Runner, label: str, after: str, limit: int) -> list[FoundNode]:
    """Return the next nodes of a label that have a text as their id, in the order of ids."""
    rows = await _rows(
        run,
        f"MATCH (n:{label}) WHERE n.id > $after WITH n ORDER BY n.id LIMIT $limit RETURN {_NODE}",
        after=after,
        limit=limit,
    )
    return [FoundNode(*row) for row in rows]


async def strangers(run: Runner) -> list[FoundNode]:
    """Return nodes that no fold makes, by label or id; not more than are looked at together."""
    known = " OR ".join(f"n:{label}" for label in LABELS)
    rows = await _rows(
        run,
        f"MATCH (n) WHERE NOT ({known}) AND NOT (n:{CHECKPOINT} AND n.id IN $own) "
        f"RETURN {_NODE} LIMIT $limit "
        "UNION ALL "
        f"MATCH (n) WHERE ({known}) AND NOT coalesce(valueType(n.id), '') STARTS WITH 'STRING' "
        f"RETURN {_NODE} LIMIT $limit",
        limit=MOST_STRANGERS,
        own=[CHECKPOINT_ID, SHOWN_ID],
    )
    return [
        FoundNode(own if isinstance(own, str) else element, labels, properties, element)
        for own, labels, properties, element in rows
    ]


async def labels_there(run: Runner) -> set[str]:
    """Return the labels that nodes have, or had once."""
    rows = await _rows(run, "CALL db.labels() YIELD label RETURN label")
    return {label for (label,) in rows}


async def checkpoint_node(run: Runner) -> FoundNode | None:
    """Return the checkpoint as it stands there."""
    rows = await _rows(run, f"MATCH (n:{CHECKPOINT} {{id: 'checkpoint'}}) RETURN {_NODE}")
    return FoundNode(*rows[0]) if rows else None


async def counted(run: Runner) -> tuple[int, int]:
    """Return how many nodes, but for the checkpoint, and how many relationships there are."""
    ((nodes, relationships),) = await _rows(
        run, f"RETURN COUNT {{ (n) }} - COUNT {{ (:{CHECKPOINT}) }}, COUNT {{ ()-->() }}"
    )
    return int(nodes), int(relationships)


class Holding:
    """Reads what nodes hold; made anew when there may be new types of relationships."""

    def __init__(self, types: Iterable[str]) -> None:
        quoted = {one: "`" + one.replace("`", "``") + "`" for one in types}
        self._inwards = "|".join(quoted[one] for one in quoted if one in HELD_BY_TARGET)
        self._outwards = "|".join(quoted[one] for one in quoted if one not in HELD_BY_TARGET)

    @classmethod
    async def of(cls, run: Runner) -> "Holding":
        """Return what reads relationships of all types that there are."""
        rows = await _rows(run, "CALL db.relationshipTypes() YIELD relationshipType RETURN *")
        return cls(kind for (kind,) in rows)

    async def after(
        self, run: Runner, label: str, after: str, limit: int
    ) -> list[tuple[str, list[FoundRelationship]]]:
        """Return what the next nodes of a label hold, in the order of their ids."""
        rows = await _rows(
            run,
            f"MATCH (n:{label}) WHERE n.id > $after WITH n ORDER BY n.id LIMIT $limit "
            f"RETURN n.id, {self._held('(n)-[r:%s]->(m)', self._outwards)}, "
            f"{self._held('(n)<-[r:%s]-(m)', self._inwards)}",
            after=after,
            limit=limit,
        )
        return [
            (
                identifier,
                [
                    *(_found(kind, identifier, end, *of) for kind, end, *of in outwards),
                    *(_found(kind, end, identifier, *of) for kind, end, *of in inwards),
                ],
            )
            for identifier, outwards, inwards in rows
        ]

    def _held(self, pattern: str, types: str) -> str:
        if not types:
            return "[]"
        match = pattern.replace("%s", types)
        return f"COLLECT {{ MATCH {match} RETURN [type(r), m.id, properties(r), elementId(r)] }}"


def _found(
    kind: str, source: Any, target: Any, properties: Properties, element: str
) -> FoundRelationship:
    line = relationship_line(kind, _text(source), _text(target), dict(properties))
    return FoundRelationship(line, element)


def _text(identifier: Any) -> str | None:
    return identifier if isinstance(identifier, str) else None


async def _rows(run: Runner, statement: str, **parameters: Any) -> list[list[Any]]:
    result: AsyncResult = await run.run(own_text(statement), parameters)
    return [record.values() async for record in result]
