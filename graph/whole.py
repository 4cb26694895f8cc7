"""Folding a whole log in memory: what a graph is that has all of it."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from eventlog import Entry
from graph.delta import Delta
from graph.elements import Node, Relationship
from graph.fold import fold_append
from graph.lines import digest
from graph.reading import appends, read
from graph.things import ThingsInMemory


class _Read:
    """Entries that are in memory."""

    def __init__(self) -> None:
        self.by_position: dict[int, Entry] = {}

    def read_positions(self, positions: Collection[int]) -> Mapping[int, Entry]:
        return {place: self.by_position[place] for place in positions}


@dataclass(frozen=True, slots=True)
class WholeGraph:
    """A graph in memory."""

    nodes: list[Node]
    relationships: list[Relationship]

    def digest(self) -> str:
        """Return its digest, in hexadecimal."""
        return digest(self.nodes, self.relationships)


def fold_all(entries: Iterable[Entry]) -> WholeGraph:
    """Return what the fold makes of a whole log, from its first entry to its last."""
    kept = _Read()
    things = ThingsInMemory(kept)
    delta = Delta()
    for append in appends(entries):
        kept.by_position.update((entry.position, entry) for entry in append)
        delta.take(fold_append(read(append), things))
    return WholeGraph([*delta.all_nodes()], [*delta.all_relationships()])
