"""Holding what Neo4j has against what the fold makes of the log, some nodes at a time.

Both sides come in the order of ids, so that neither has ever to be in memory as a whole. A stretch
whose lines are equal is done with; what differs is named.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from graph.elements import Node, Properties
from graph.found import FoundNode, FoundRelationship
from graph.lines import node_of, relationship_of


class Mark(Enum):
    """What a difference is."""

    MISSING = "is missing"
    UNEXPECTED = "does not belong"
    DIFFERENT = "is different"


@dataclass(frozen=True, slots=True)
class Difference:
    """One way in which the graph is not what the log says.

    ``entry`` is the position of the entry that should have made it so, where there is one.
    """

    mark: Mark
    id: str
    what: str
    entry: int | None = None

    def __str__(self) -> str:
        entry = "" if self.entry is None else f" (entry {self.entry:,})"
        return f"{self.id}: {self.what} {self.mark.value}{entry}"


OnDifference: TypeAlias = Callable[[Difference], object]
"""Told of each difference."""


@dataclass(slots=True)
class NodePair:
    """A node as it should be and as it is there; one of the two may be missing."""

    id: str
    expected: str | None
    found: FoundNode | None

    @property
    def equal(self) -> bool:
        """Tell whether it is as it should be."""
        return self.found is not None and self.expected == self.found.line

    def differences(self) -> Iterator[Difference]:
        """Yield in which ways it is not."""
        if self.found is None:
            assert self.expected is not None
            node = node_of(self.expected)
            yield Difference(Mark.MISSING, self.id, f"the {node.label}", _entry(node.properties))
        elif self.expected is None:
            labels = ", ".join(self.found.labels) or "unlabelled"
            yield Difference(
                Mark.UNEXPECTED, self.id, f"the node ({labels})", _entry(self.found.properties)
            )
        elif not self.equal:
            yield from node_differences(node_of(self.expected), self.found)


def node_differences(expected: Node, found: FoundNode) -> Iterator[Difference]:
    """Yield in which labels and properties a node is not as it should be."""
    identifier, entry = expected.id, _entry(expected.properties)
    if expected.label not in found.labels:
        yield Difference(Mark.MISSING, identifier, f"the label {expected.label}", entry)
    for label in sorted(set(found.labels) - {expected.label}):
        yield Difference(Mark.UNEXPECTED, identifier, f"the label {label}", entry)
    for name in sorted(expected.properties.keys() | found.properties.keys()):
        what = f"the property {name}"
        if name not in found.properties:
            yield Difference(Mark.MISSING, identifier, what, entry)
        elif name not in expected.properties:
            yield Difference(Mark.UNEXPECTED, identifier, what, entry)
        elif not same(expected.properties[name], found.properties[name]):
            values = f"({found.properties[name]!r}, not {expected.properties[name]!r})"
            yield Difference(Mark.DIFFERENT, identifier, f"{what} {values}", entry)


def same(one: object, other: object) -> bool:
    """Tell whether two property values are equal and of one type: True is not 1."""
    return type(one) is type(other) and one == other


@dataclass(slots=True)
class HeldPair:
    """What a node should hold, and what it does."""

    id: str
    expected: Sequence[str]
    found: Sequence[FoundRelationship]

    def missing(self) -> list[str]:
        """Return the lines of what should be there and is not."""
        return [*(Counter(self.expected) - Counter(one.line for one in self.found)).elements()]

    def unexpected(self) -> list[FoundRelationship]:
        """Return what is there and should not be, or should not be as often."""
        left = Counter(self.expected)
        surplus = []
        for one in self.found:
            if left[one.line] > 0:
                left[one.line] -= 1
            else:
                surplus.append(one)
        return surplus

    def differences(self) -> Iterator[Difference]:
        """Yield what is missing and what does not belong."""
        for line in sorted(self.missing()):
            yield _of_relationship(Mark.MISSING, line)
        for line in sorted(one.line for one in self.unexpected()):
            yield _of_relationship(Mark.UNEXPECTED, line)


def _of_relationship(mark: Mark, line: str) -> Difference:
    kind, source, target, properties = relationship_of(line)
    shown = ", ".join(f"{name}: {value!r}" for name, value in properties.items())
    what = f"the relationship -[:{kind} {{{shown}}}]->({target})"
    return Difference(mark, source or "?", what, _entry(properties))


def _entry(properties: Properties) -> int | None:
    for name in ("until", "since", "position"):
        if isinstance(value := properties.get(name), int):
            return value
    return None
