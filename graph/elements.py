"""What a graph is made of: nodes and relationships as plain data."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from graph.model import PropertyValue

Properties = Mapping[str, PropertyValue]


@dataclass(frozen=True, slots=True)
class Node:
    """A node with its one label; ``properties`` hold its id as well."""

    label: str
    id: str
    properties: Properties


@dataclass(frozen=True, slots=True)
class Relationship:
    """A relationship between two nodes, named by their ids.

    Two of one type between the same nodes differ in a property: ``n``, ``id`` or a value.
    """

    type: str
    source: str
    target: str
    properties: Properties


@dataclass(frozen=True, slots=True)
class Additions:
    """What entries add to the graph."""

    nodes: list[Node] = field(default_factory=list)
    relationships: list[Relationship] = field(default_factory=list)

    def extend(self, other: "Additions") -> None:
        """Take in what others add."""
        self.nodes.extend(other.nodes)
        self.relationships.extend(other.relationships)
