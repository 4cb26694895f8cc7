"""What a plan knows of the edges in force: those that were read, and what its appends make of them.

Appends of one group meet what the earlier ones did before anything of it is written.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping

from eventlog.entries import Edge


class Ways:
    """The edges of relations that must not lead back, by where they begin."""

    def __init__(self, edges: Mapping[str, Iterable[Edge]]) -> None:
        self._from: dict[str, dict[str, dict[Edge, None]]] = {one: {} for one in edges}
        self._of: dict[str, list[tuple[str, Edge]]] = {}
        for relation, of_relation in edges.items():
            for edge in of_relation:
                self.add(relation, edge)

    def add(self, relation: str, edge: Edge) -> None:
        """Take in an edge, if ways along its relation are walked at all."""
        if relation in self._from:
            self._from[relation].setdefault(edge.source, {})[edge] = None
            self._of.setdefault(edge.subject, []).append((relation, edge))

    def drop(self, subject: str) -> None:
        """Take out the edges that a thing wrote."""
        for relation, edge in self._of.pop(subject, ()):
            self._from[relation][edge.source].pop(edge, None)

    def walked(
        self, relation: str, starts: Iterable[str], new: Iterable[Edge], without: Collection[str]
    ) -> Iterator[Edge]:
        """Yield every edge that can be reached from some starts.

        ``new`` are edges beside those here, and ``without`` are things whose own here are not
        walked.
        """
        added: dict[str, list[Edge]] = {}
        for edge in new:
            added.setdefault(edge.source, []).append(edge)
        here = self._from[relation]
        waiting = list(dict.fromkeys(starts))
        reached = set(waiting)
        while waiting:
            source = waiting.pop()
            kept = [edge for edge in here.get(source, ()) if edge.subject not in without]
            for edge in (*kept, *added.get(source, ())):
                yield edge
                if edge.target not in reached:
                    reached.add(edge.target)
                    waiting.append(edge.target)


class Users:
    """Which live things refer to which, in pairs of a thing and one that depends on it."""

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        self._of: dict[str, set[str]] = {}
        self._used: dict[str, set[str]] = {}
        for target, user in pairs:
            self.add(target, user)

    def add(self, target: str, user: str) -> None:
        """Let one thing depend on another."""
        self._of.setdefault(target, set()).add(user)
        self._used.setdefault(user, set()).add(target)

    def drop(self, user: str) -> None:
        """Let a thing depend on nothing any more."""
        for target in self._used.pop(user, ()):
            self._of[target].discard(user)

    def of(self, target: str) -> Collection[str]:
        """Return what depends on a thing; that depends on itself never counts."""
        return self._of.get(target, set()) - {target}
