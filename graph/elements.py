"""What a graph is made of, and how it changes: nodes and relationships as plain data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from graph.model import PropertyValue

Properties = Mapping[str, PropertyValue]


class Node(NamedTuple):
    """A node with its one label; ``properties`` hold its id as well."""

    label: str
    id: str
    properties: Properties


class Relationship(NamedTuple):
    """A relationship between two nodes, named by their ids.

    Two of one type between the same nodes differ in a property: ``n``, ``id`` or a value.
    """

    type: str
    source: str
    target: str
    properties: Properties


@dataclass(frozen=True, slots=True)
class Derived:
    """What a thing is in the graph, without since when; a link is no node."""

    node: Node | None = None
    relationships: list[Relationship] = field(default_factory=list)


class NodeChange(NamedTuple):
    """A node that is another one from a position on; ``before`` is the label that it had."""

    before: str | None
    after: Node
    at: int


class RelationshipChange(NamedTuple):
    """A relationship that begins or ends at a position."""

    relationship: Relationship
    at: int


@dataclass(frozen=True, slots=True)
class Changes:
    """What an append changes in the graph, in no order."""

    nodes: list[NodeChange] = field(default_factory=list)
    opened: list[RelationshipChange] = field(default_factory=list)
    closed: list[RelationshipChange] = field(default_factory=list)
