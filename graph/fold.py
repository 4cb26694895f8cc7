"""The fold: from entries of the log to changes of the graph.

A pure and total function of the log's prefix. It works append by append, since an append is
atomic and its entries may name each other. An entry that cannot be applied (a defect, or a kind
that this program does not know) becomes a ``Problem`` node and changes nothing else.

An append is folded in three steps. What its entries make of their things is put in place; whatever
derives from a thing that others have to know otherwise now is looked up; and of each thing that may
have changed, what it was in the graph is held against what it is now.
"""

from collections import defaultdict
from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence

from graph.batching import batches
from graph.deriving import NOTHING, Known, derive, known_of, past
from graph.elements import Changes, Derived, NodeChange, Relationship, RelationshipChange
from graph.identity import canonical, connected
from graph.reading import Candidate, Problem, Readable, fit_among
from graph.things import Judged, Thing, Things, parts
from schema.entries import (
    Amended,
    AnyThing,
    Reinstated,
    StatementRecorded,
    decode_thing,
)

AT_ONCE = 1_000
"""How many things that an append is not about are read at once."""


def fold_append(append: Readable, things: Things) -> Changes:
    """Return what one append changes, and put what it makes of its things in place.

    ``things`` hold at least what the append needs and the graph has.
    """
    return _Folding(things).fold(append)


class _Folding:
    """One append on its way: what was there before, and what is known to say what."""

    def __init__(self, things: Things) -> None:
        self._things = things
        self._before: dict[str, Thing | None] = {}
        self._causes: dict[str, int] = {}
        self._saying: dict[str, AnyThing] = {}
        self._said: dict[str, AnyThing] = {}

    def fold(self, append: Readable) -> Changes:
        fit, problems = self._fit(append)
        changes = Changes(
            nodes=[NodeChange(None, one.node, one.header.position) for one in problems]
        )
        for one in fit:
            self._apply(one)
        self._learn([one.entry.id for one in fit])
        for part in batches([*self._before], AT_ONCE):
            for identifier, saying in self._all_saying(part).items():
                self._compare(identifier, saying, changes)
        self._merge(changes)
        return changes

    def _fit(self, append: Readable) -> tuple[list[Candidate], list[Problem]]:
        amended = [one.entry.id for one in append.candidates if isinstance(one.entry, Amended)]
        found = [self._things.get(identifier) for identifier in amended]
        contents = self._things.contents([one for one in found if one is not None])
        fit, problems = fit_among(append, self._things, contents)
        for one in fit:
            if isinstance(one.entry, Amended):
                self._said[one.entry.id] = decode_thing(contents[one.entry.id])
        return fit, problems

    # -- what entries make of their things -----------------------------------------------------

    def _apply(self, one: Candidate) -> None:
        identifier, position = one.entry.id, one.header.position
        before = self._things.get(identifier)
        if one.becomes is not None:
            self._saying[identifier] = one.becomes
        if before is None:
            assert one.becomes is not None
            recorded_at, said = one.header.recorded_at, parts(one.becomes)
            after = Thing(identifier, (position,), recorded_at, position, **said)
        elif one.becomes is not None:
            places, said = (*before.positions, position), parts(one.becomes)
            after = before._replace(positions=places, revision=position, **said)
        else:
            live = isinstance(one.entry, Reinstated)
            after = before._replace(revision=position, live=live)
        self._put(after, before, position)

    def _put(self, thing: Thing, before: Thing | None, cause: int) -> None:
        self._before.setdefault(thing.id, before)
        self._causes[thing.id] = max(cause, self._causes.get(thing.id, 0))
        self._things.put(thing)

    # -- what others have to know --------------------------------------------------------------

    def _learn(self, changed: Sequence[str]) -> None:
        """Put in place what is to be known of changed things, and of all that derives from it.

        What is new is known to others of the same append only, which come after it here.
        """
        self._saying |= self._read([one for one in changed if one not in self._saying])
        moved = self._learn_in_order(changed)
        while moved:
            users: dict[str, None] = {}
            for part in batches(moved, AT_ONCE):
                for identifier, found in self._things.dependants(part).items():
                    for user in found:
                        self._touch(user, self._causes[identifier])
                        users[user] = None
            self._things.fetch({one for user in users for one in self._inputs(user)})
            moved = [
                one
                for part in batches([*users], AT_ONCE)
                for one, saying in self._all_saying(part).items()
                if self._learn_one(one, saying)
            ]

    def _inputs(self, identifier: str) -> Sequence[str]:
        thing = self._things.get(identifier)
        return () if thing is None else thing.inputs

    def _touch(self, identifier: str, cause: int) -> None:
        thing = self._things.get(identifier)
        assert thing is not None
        self._put(thing, thing, cause)

    def _learn_in_order(self, identifiers: Sequence[str]) -> list[str]:
        """Learn of things, those first that others look at; return those known otherwise now."""
        waiting = dict.fromkeys(sorted(identifiers, key=self._is_statement))
        moved: list[str] = []
        for identifier in [*waiting]:
            chain: list[str] = []
            at = identifier
            while at in waiting:  # a chain of relays, to its far end
                del waiting[at]
                chain.append(at)
                at = self._relayed(at)
            moved += [one for one in reversed(chain) if self._learn_one(one, self._saying[one])]
        return moved

    def _is_statement(self, identifier: str) -> bool:
        return isinstance(self._saying[identifier], StatementRecorded)

    def _relayed(self, identifier: str) -> str:
        thing = self._saying.get(identifier)
        return (thing.relays or "") if isinstance(thing, StatementRecorded) else ""

    def _learn_one(self, identifier: str, saying: AnyThing) -> bool:
        """Learn of a thing; tell whether others that were there before have to be looked at."""
        thing = self._things.get(identifier)
        assert thing is not None
        known = known_of(saying, self._known) if thing.live else thing.known
        if known == thing.known:
            return False
        self._things.put(thing._replace(known=known))
        return self._before[identifier] is not None

    def _known(self, identifier: str) -> Known:
        thing = self._things.get(identifier)
        return NOTHING if thing is None else thing.known

    def _known_before(self, identifier: str) -> Known:
        if identifier not in self._before:
            return self._known(identifier)
        thing = self._before[identifier]
        return NOTHING if thing is None else thing.known

    def _read(self, identifiers: Iterable[str]) -> dict[str, AnyThing]:
        """Return what things say as they are in place."""
        found = [self._things.get(one) for one in identifiers]
        contents = self._things.contents([one for one in found if one is not None])
        return {one: decode_thing(content) for one, content in contents.items()}

    def _all_saying(self, identifiers: Sequence[str]) -> dict[str, AnyThing]:
        """Return what things say; of those that the append is not about it is not kept."""
        here = {one: self._saying[one] for one in identifiers if one in self._saying}
        return here | self._read([one for one in identifiers if one not in here])

    # -- what the graph has --------------------------------------------------------------------

    def _compare(self, identifier: str, saying: AnyThing, changes: Changes) -> None:
        """Hold what a thing was in the graph against what it is now."""
        before, after = self._before[identifier], self._things.get(identifier)
        assert after is not None
        was, now = Derived(), derive(saying, after.told, self._known)
        if before is not None:
            was = derive(self._said.get(identifier, saying), before.told, self._known_before)
            was = was if before.live else _left(was, before)
        now = now if after.live else _left(now, after)
        at = self._causes[identifier]
        if now.node is not None and now.node != was.node:
            label = None if was.node is None else was.node.label
            changes.nodes.append(NodeChange(label, now.node, at))
        _compare(was.relationships, now.relationships, at, changes)

    # -- identity ------------------------------------------------------------------------------

    def _merge(self, changes: Changes) -> None:
        """Hold who is whose canonical one against what was, about all judgements that changed."""
        pairs = {
            (identifier, thing.judged)
            for identifier, before in self._before.items()
            for thing in (before, self._things.get(identifier))
            if thing is not None and thing.judged is not None
        }
        if not pairs:
            return
        at = max(self._causes[identifier] for identifier, _ in pairs)
        ends = sorted({end for _, judged in pairs for end in (judged.one, judged.other)})
        views = (_Before(self._before, self._things).judged, self._judged)
        around = sorted(set().union(*(connected(ends, view) for view in views)))
        self._things.fetch(around)
        was, now = (
            _canonicals(canonical(around, [*view(around)], self._position)) for view in views
        )
        _compare(was, now, at, changes)

    def _position(self, identifier: str) -> int:
        thing = self._things.get(identifier)
        return 0 if thing is None else thing.positions[0]

    def _judged(self, ids: Collection[str]) -> Iterator[Judged]:
        return _all_judged(self._things, ids, but=())


class _Before:
    """The live judgements as they were before an append, by the things that they are about."""

    def __init__(self, before: Mapping[str, Thing | None], things: Things) -> None:
        self._before, self._things = before, things
        self._changed: defaultdict[str, list[Judged]] = defaultdict(list)
        for thing in before.values():
            if thing is not None and thing.live and thing.judged is not None:
                self._changed[thing.judged.one].append(thing.judged)
                self._changed[thing.judged.other].append(thing.judged)

    def judged(self, ids: Collection[str]) -> Iterator[Judged]:
        for identifier in ids:
            yield from self._changed.get(identifier, ())
        yield from _all_judged(self._things, ids, but=self._before)


def _all_judged(things: Things, ids: Collection[str], but: Container[str]) -> Iterator[Judged]:
    for found in things.judgements(ids).values():
        for one in found:
            thing = None if one in but else things.get(one)
            if thing is not None and thing.judged is not None:
                yield thing.judged


def _left(derived: Derived, thing: Thing) -> Derived:
    """Return what is left in the graph of a thing that is retracted."""
    return Derived(None if derived.node is None else past(derived.node, thing.told))


def _canonicals(merged: Mapping[str, str]) -> list[Relationship]:
    return [Relationship("CANONICAL", one, first, {}) for one, first in merged.items()]


def _compare(
    was: Sequence[Relationship], now: Sequence[Relationship], at: int, changes: Changes
) -> None:
    changes.closed.extend(RelationshipChange(one, at) for one in was if one not in now)
    changes.opened.extend(RelationshipChange(one, at) for one in now if one not in was)
