"""What some appends change in a graph, all of them together: the periods that end and begin.

A node has one period after the other, and each that ended leaves a version of what it was. A
relationship that ended becomes one of the past. Periods that were open when these appends began are
in the graph alone, which copies them; those that begin and end in between are kept here whole.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from graph.batching import batches
from graph.elements import (
    Changes,
    Node,
    NodeChange,
    Properties,
    Relationship,
    RelationshipChange,
)
from graph.model import PAST, VERSION, past_type

Key: TypeAlias = tuple[str, str, str, tuple[tuple[str, object], ...]]


@dataclass(slots=True)
class Delta:
    """The changes of some appends.

    ``nodes`` are new or changed nodes as they are in the end, ``before`` the labels that the
    graph has for those of them that are there; ``versions`` and ``ended`` are what the appends
    themselves left in the past. ``node_ends`` and ``relationship_ends`` say at which position
    the graph's own periods end.
    """

    nodes: dict[str, Node] = field(default_factory=dict)
    before: dict[str, str] = field(default_factory=dict)
    node_ends: dict[str, int] = field(default_factory=dict)
    versions: list[Node] = field(default_factory=list)
    opened: dict[Key, Relationship] = field(default_factory=dict)
    ended: list[Relationship] = field(default_factory=list)
    relationship_ends: list[RelationshipChange] = field(default_factory=list)

    def take(self, changes: Changes) -> None:
        """Take in the changes of the next append."""
        for change in changes.nodes:
            self._take_node(change)
        for closed in changes.closed:
            self._close(closed)
        for relationship, at in changes.opened:
            self.opened[_key(relationship)] = since(relationship, at)

    def _take_node(self, change: NodeChange) -> None:
        label, after, at = change
        was = self.nodes.get(after.id)
        if label is not None and was is None:
            self.before[after.id] = label
            if not label.startswith(PAST):
                self.node_ends[after.id] = at
        elif was is not None and not was.label.startswith(PAST):
            self.versions.append(version(was, at))
        self.nodes[after.id] = Node(after.label, after.id, {**after.properties, "since": at})

    def _close(self, closed: RelationshipChange) -> None:
        was = self.opened.pop(_key(closed.relationship), None)
        if was is None:
            self.relationship_ends.append(closed)
        else:
            self.ended.append(ended(was, closed.at))

    @property
    def merges(self) -> bool:
        """Tell whether things are merged into others, or no longer."""
        changed = (*self.opened.values(), *(end.relationship for end in self.relationship_ends))
        return any(one.type == "CANONICAL" for one in changed)

    @property
    def size(self) -> int:
        """Return how many nodes and relationships are written."""
        written = (self.nodes, self.versions, self.opened, self.ended, self.relationship_ends)
        return sum(map(len, written))

    def parts(self, size: int) -> "Iterator[Delta]":
        """Yield these changes in parts of one kind, which are to be written in this order."""
        nodes, before, ends = self.nodes, self.before, self.node_ends
        for ids in batches([one for one in nodes if one not in before], size):
            yield Delta(nodes={one: nodes[one] for one in ids})
        for versions in batches(self.versions, size):
            yield Delta(versions=[*versions])
        for closed in batches(self.relationship_ends, size):
            yield Delta(relationship_ends=[*closed])
        for ids in batches([*before], size):
            yield Delta(
                nodes={one: nodes[one] for one in ids},
                before={one: before[one] for one in ids},
                node_ends={one: ends[one] for one in ids if one in ends},
            )
        for keys in batches([*self.opened], size):
            yield Delta(opened={key: self.opened[key] for key in keys})
        for past in batches(self.ended, size):
            yield Delta(ended=[*past])

    def all_nodes(self) -> Iterator[Node]:
        """Yield every node of a graph that was empty before."""
        yield from self.nodes.values()
        yield from self.versions

    def all_relationships(self) -> Iterator[Relationship]:
        """Yield every relationship of a graph that was empty before."""
        yield from self.opened.values()
        yield from self.ended


def since(relationship: Relationship, position: int) -> Relationship:
    """Return a relationship as the graph has it from a position on."""
    kind, source, target, properties = relationship
    return Relationship(kind, source, target, {**properties, "since": position})


def version(node: Node, until: int) -> Node:
    """Return what is kept of a node, as the graph had it, whose period ends."""
    identifier = version_id(node.id, node.properties)
    kept = {**node.properties, "id": identifier, "of": node.id, "until": until}
    return Node(VERSION, identifier, kept)


def version_id(identifier: str, properties: Properties) -> str:
    """Return the id of the version of a period: when it began makes it the only one."""
    return f"{identifier}@{properties['since']}"


def ended(relationship: Relationship, until: int) -> Relationship:
    """Return what is kept of a relationship, as the graph had it, whose period ends."""
    kind, source, target, properties = relationship
    return Relationship(past_type(kind), source, target, {**properties, "until": until})


def _key(relationship: Relationship) -> Key:
    kind, source, target, properties = relationship
    return kind, source, target, tuple(properties.items())  # which are derived in one order
