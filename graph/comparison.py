"""Holding two graphs against each other, node by node and relationship by relationship.

One side is what the fold makes of the log, the other what Neo4j holds. The digest of a side is
the SHA-256 over its nodes in order of id, each with its relationships, in canonical JSON.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum

import orjson

from graph.elements import Additions, Properties
from graph.model import CHECKPOINT_ID


@dataclass(slots=True)
class Held:
    """A node with what is attached to it: labels, properties, outgoing relationships.

    A relationship is the canonical JSON of ``[type, target, properties]``. ``element`` is
    Neo4j's own name of a node that was found there.
    """

    id: str
    labels: list[str]
    properties: Properties
    relationships: Counter[str] = field(default_factory=Counter)
    element: str = ""


class Mark(Enum):
    """What a difference is."""

    MISSING = "is missing"
    UNEXPECTED = "does not belong"
    DIFFERENT = "is different"


@dataclass(frozen=True, slots=True)
class Difference:
    """One way in which the graph is not what the log says."""

    mark: Mark
    id: str
    what: str

    def __str__(self) -> str:
        return f"{self.id}: {self.what} {self.mark.value}"


def relationship_key(kind: str, target: str, properties: Properties) -> str:
    """Return what makes a relationship of a node equal to another one.

    A text, since orjson's bytes keep a buffer of some kilobytes for as long as they live.
    """
    return _json([kind, target, dict(properties)]).decode()


def held(additions: Additions) -> dict[str, Held]:
    """Return what additions to an empty graph make, by id."""
    nodes: dict[str, Held] = {}
    hold(nodes, additions)
    return nodes


def hold(nodes: dict[str, Held], additions: Additions) -> None:
    """Add to what is held what further additions make."""
    for node in additions.nodes:
        nodes[node.id] = Held(node.id, [node.label], node.properties)
    for one in additions.relationships:
        key = relationship_key(one.type, one.target, one.properties)
        nodes[one.source].relationships[key] += 1


def digest(nodes: Mapping[str, Held]) -> str:
    """Return the SHA-256 of a graph without its checkpoint, in hexadecimal."""
    total = hashlib.sha256()
    for identifier in sorted(nodes.keys() - {CHECKPOINT_ID}):
        node = nodes[identifier]
        relationships = [[one, count] for one, count in sorted(node.relationships.items())]
        line = [node.id, sorted(node.labels), dict(node.properties), relationships]
        total.update(_json(line) + b"\n")
    return total.hexdigest()


def _json(value: object) -> bytes:
    """Return canonical JSON; what no fold writes (a point, a date) is shown as it prints."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS, default=repr)


def differences(expected: Mapping[str, Held], found: Mapping[str, Held]) -> Iterator[Difference]:
    """Yield every difference, by id."""
    for identifier in sorted(expected.keys() | found.keys()):
        if identifier not in found:
            yield Difference(Mark.MISSING, identifier, f"the {expected[identifier].labels[0]}")
        elif identifier not in expected:
            labels = ", ".join(found[identifier].labels) or "unlabelled"
            yield Difference(Mark.UNEXPECTED, identifier, f"the node ({labels})")
        else:
            yield from _in_node(expected[identifier], found[identifier])
    for identifier in sorted(found.keys() - expected.keys()):
        yield from _relationships(identifier, Counter(), found[identifier].relationships)


def _in_node(expected: Held, found: Held) -> Iterator[Difference]:
    for label in sorted(set(expected.labels) - set(found.labels)):
        yield Difference(Mark.MISSING, expected.id, f"the label {label}")
    for label in sorted(set(found.labels) - set(expected.labels)):
        yield Difference(Mark.UNEXPECTED, expected.id, f"the label {label}")
    for name in sorted(expected.properties.keys() | found.properties.keys()):
        if name not in found.properties:
            yield Difference(Mark.MISSING, expected.id, f"the property {name}")
        elif name not in expected.properties:
            yield Difference(Mark.UNEXPECTED, expected.id, f"the property {name}")
        elif not same(expected.properties[name], found.properties[name]):
            values = f"{found.properties[name]!r}, not {expected.properties[name]!r}"
            yield Difference(Mark.DIFFERENT, expected.id, f"the property {name} ({values})")
    yield from _relationships(expected.id, expected.relationships, found.relationships)


def same(one: object, other: object) -> bool:
    """Tell whether two property values are equal and of one type: True is not 1."""
    return type(one) is type(other) and one == other


def _relationships(
    identifier: str, expected: Counter[str], found: Counter[str]
) -> Iterator[Difference]:
    for mark, keys in (
        (Mark.MISSING, expected - found),
        (Mark.UNEXPECTED, found - expected),
    ):
        for key in sorted(keys.elements()):
            yield Difference(mark, identifier, f"the relationship {_shown(key)}")


def _shown(key: str) -> str:
    kind, target, properties = orjson.loads(key)
    shown = ", ".join(f"{name}: {value!r}" for name, value in properties.items())
    return f"-[:{kind} {{{shown}}}]->({target})"
