"""Nodes and relationships as lines of text: canonical JSON, equal where they are equal.

The digest of a graph is taken over its sections, a section for each label: the nodes in the order
of ids, and what each of them holds. A relationship is held by the node whose thing tells of it,
so that a node holds few, however many lead to or from it.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import orjson

from graph.elements import Node, Relationship
from graph.model import HELD_BY_TARGET


def node_line(labels: Iterable[str], identifier: str, properties: Any) -> str:
    """Return the line of a node."""
    return _json([identifier, sorted(labels), properties])


def node_of(line: str) -> Node:
    """Return the node that a line of the fold tells of."""
    identifier, (label,), properties = orjson.loads(line)
    return Node(label, identifier, properties)


def relationship_line(kind: str, source: str | None, target: str | None, properties: Any) -> str:
    """Return the line of a relationship; an end may have no id in a graph that somebody changed."""
    return _json([kind, source, target, properties])


def relationship_of(line: str) -> Relationship:
    """Return the relationship that a line tells of."""
    return Relationship(*orjson.loads(line))


def holder_of(kind: str, source: str, target: str) -> str:
    """Return the id of the node that holds a relationship."""
    return target if kind in HELD_BY_TARGET else source


def _json(value: object) -> str:
    """Return canonical JSON; what no fold writes (a point, a date) is shown as it prints."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS, default=repr).decode()


@dataclass(slots=True)
class Section:
    """The digest of what a graph has of one label, as its lines come in order."""

    nodes: int = 0
    relationships: int = 0
    _nodes: Any = field(default_factory=hashlib.sha256)
    _relationships: Any = field(default_factory=hashlib.sha256)

    def take_node(self, line: str) -> None:
        """Take in the next node."""
        self.nodes += 1
        self._nodes.update(line.encode() + b"\n")

    def take_held(self, lines: Iterable[str]) -> None:
        """Take in what the next node holds, in any order."""
        for line in sorted(lines):
            self.relationships += 1
            self._relationships.update(line.encode() + b"\n")

    @property
    def empty(self) -> bool:
        """Tell whether there is nothing in it."""
        return not (self.nodes or self.relationships)

    def told(self, label: str) -> bytes:
        """Return the section in one line."""
        nodes, relationships = self._nodes.hexdigest(), self._relationships.hexdigest()
        return f"{label} {self.nodes} {nodes} {self.relationships} {relationships}\n".encode()


class Digest:
    """The digest of a graph, section by section."""

    def __init__(self) -> None:
        self._sections: dict[str, Section] = {}

    def section(self, label: str) -> Section:
        """Return the section of a label."""
        return self._sections.setdefault(label, Section())

    def hexdigest(self) -> str:
        """Return the digest of all that was taken in, in hexadecimal."""
        total = hashlib.sha256()
        for label, section in sorted(self._sections.items()):
            if not section.empty:
                total.update(section.told(label))
        return total.hexdigest()


def digest(nodes: Iterable[Node], relationships: Iterable[Relationship]) -> str:
    """Return the digest of a graph that is in memory."""
    whole = Digest()
    held: dict[str, list[str]] = {}
    for kind, source, target, properties in relationships:
        line = relationship_line(kind, source, target, dict(properties))
        held.setdefault(holder_of(kind, source, target), []).append(line)
    for label, identifier, properties in sorted(nodes, key=lambda node: node.id):
        section = whole.section(label)
        section.take_node(node_line([label], identifier, dict(properties)))
        section.take_held(held.get(identifier, ()))
    return whole.hexdigest()
