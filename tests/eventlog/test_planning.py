"""Appends planned without any database: a group gives what its appends give one after the other."""

import itertools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eventlog import Append, Appended, Entry, Head, NewEntry, Reference
from eventlog.chain import genesis
from eventlog.entries import Edge, Effect, Seen
from eventlog.errors import Refused
from eventlog.planning import (
    Content,
    Kept,
    Needs,
    NewEdge,
    NewSubject,
    OnRecord,
    Plan,
    State,
    User,
    needs,
    plan,
    timestamp,
)
from eventlog.verification import verified
from tests.eventlog.examples import START, edge, part, thing
from tests.eventlog.test_machine import KEYS, NAMES, RELATIONS, requests

LOG_ID = "00000000-0000-4000-8000-000000000000"
NOW = timestamp(START)


def counted() -> Callable[[], bytes]:
    """Return salts that are the same in each run."""
    numbers = itertools.count()
    return lambda: next(numbers).to_bytes(16, "big")


@dataclass
class Memory:
    """A store in memory, which hands out what was needed and nothing more."""

    entries: list[Entry] = field(default_factory=list)
    subjects: dict[str, OnRecord] = field(default_factory=dict)
    firsts: dict[str, int] = field(default_factory=dict)
    kept: dict[str, Kept] = field(default_factory=dict)
    written: list[NewEdge] = field(default_factory=list)
    salt: Callable[[], bytes] = field(default_factory=counted)

    def append_group(self, appends: Sequence[Append]) -> list[Appended | Refused]:
        """Read, plan and write, as every store does."""
        planned = plan(appends, self.state(needs(appends)), NOW, self.salt)
        self.write(planned)
        return planned.outcomes

    def state(self, needed: Needs) -> State:
        """Return what was asked for."""
        last_used = {one: self.last_used(one) for one in needed.watched}
        return State(
            self.head(),
            {one: self.subjects[one] for one in needed.ids if one in self.subjects},
            {one: self.content(one) for one in needed.contents if one in self.subjects},
            {one: self.kept[one] for one in needed.keys if one in self.kept},
            {one: self.reachable(one, starts) for one, starts in needed.starts.items()},
            self.users(needed.users, needed.all_users) if needed.users else None,
            {name: last for name, last in last_used.items() if last} if last_used else None,
        )

    def head(self) -> Head:
        """Return where the entries end."""
        if not self.entries:
            return Head(0, genesis(LOG_ID).hex(), None, LOG_ID)
        last = self.entries[-1]
        return Head(last.position, last.hash_hex, last.header.recorded_at, LOG_ID)

    def said_at(self, name: str) -> int:
        """Return the position of the entry that says what a thing is."""
        return self.subjects[name].content_position or self.firsts[name]

    def content(self, name: str) -> Content:
        """Return what a thing says."""
        entry = self.entries[self.said_at(name) - 1]
        return Content(entry.header.kind, entry.header.version, entry.payload)

    def edges(self) -> list[tuple[str, Edge]]:
        """Return the edges in force, each with its relation."""
        said = {self.said_at(name): name for name, one in self.subjects.items() if one.live}
        return [
            (relation, Edge(source, target, said[position]))
            for relation, source, target, position, _ in self.written
            if position in said
        ]

    def reachable(self, relation: str, starts: Sequence[str]) -> list[Edge]:
        """Return the edges that can be reached from some ids."""
        edges = [edge for one, edge in self.edges() if one == relation]
        reached, found = set(starts), list[Edge]()
        for _ in edges:  # a way is no longer than there are edges
            found = [one for one in edges if one.source in reached]
            reached.update(one.target for one in found)
        return found

    def users(self, targets: Iterable[str], everything: bool) -> list[User]:
        """Return what depends on some ids, and on that, if everything is asked for."""
        reached, found = set(targets), list[Edge]()
        edges = [edge for _, edge in self.edges()]
        for _ in edges if everything else edges[:1]:
            found = [one for one in edges if one.target in reached]
            reached.update(one.subject for one in found)
        states = [(one.target, one.subject, self.subjects[one.subject]) for one in found]
        return [
            User(target, user, one.revision, one.content_position) for target, user, one in states
        ]

    def last_used(self, target: str) -> int:
        """Return the last revision of what depends on a thing, 0 if nothing does."""
        users = {one.subject for _, one in self.edges() if one.target == target}
        return max((self.subjects[user].revision for user in users), default=0)

    def whole(self, append: Append) -> Append:
        """Return an append in which what is reinstated has its edges."""
        return append._replace(entries=tuple(map(self._with_edges, append.entries)))

    def _with_edges(self, entry: NewEntry) -> NewEntry:
        if entry.effect is not Effect.REINSTATES or entry.subject not in self.subjects:
            return entry
        said = self.said_at(entry.subject)
        edges = [one[:3] for one in self.written if one.position == said]
        return entry._replace(
            references=tuple(Reference(*one, RELATIONS.get(one[0], False)) for one in edges)
        )

    def write(self, planned: Plan) -> None:
        """Write what was planned."""
        self.entries += planned.entries
        for name, position in planned.subjects:
            assert self.entries[position - 1].header.subject == name
            assert name not in self.subjects
            self.subjects[name] = OnRecord(position, True)
            self.firsts[name] = position
        for name, revision, live, content in planned.changed:
            assert name in self.subjects
            self.subjects[name] = OnRecord(revision, live, content)
        self.written += planned.edges
        self.kept.update((one.key, one) for one in planned.kept)


RARELY = st.sampled_from([False] * 7 + [True])
REVISIONS = st.dictionaries(st.sampled_from(NAMES[:6]), st.integers(0, 4), max_size=1)


@st.composite
def appends(draw: st.DrawFn) -> Append:
    return Append(
        tuple(draw(requests(NAMES[:6]))),
        "ann",
        draw(st.none() | st.sampled_from(KEYS)),
        draw(REVISIONS) if draw(RARELY) else {},
        draw(RARELY),
        Seen(draw(REVISIONS), draw(REVISIONS)) if draw(RARELY) else Seen(),
    )


def told(outcomes: Sequence[Appended | Refused]) -> list[Appended | tuple[type, str]]:
    """Return outcomes so that they can be compared; there is more than one way round a cycle."""
    return [
        (type(one), str(one).partition(" ->")[0].partition("cycle:")[0])
        if isinstance(one, Refused)
        else one
        for one in outcomes
    ]


@given(
    before=st.lists(appends(), max_size=6),
    group=st.lists(appends(), min_size=2, max_size=6),
)
@settings(max_examples=300, deadline=None)
def test_a_group_gives_what_its_appends_give_one_by_one(
    before: list[Append], group: list[Append]
) -> None:
    together, apart = Memory(), Memory()
    for append in before:
        told_twice = [memory.append_group([apart.whole(append)]) for memory in (together, apart)]
        assert told(told_twice[0]) == told(told_twice[1])
    whole: list[Append] = []
    one_by_one: list[Appended | Refused] = []
    for append in group:
        whole.append(apart.whole(append))
        one_by_one += apart.append_group(whole[-1:])
    assert told(together.append_group(whole)) == told(one_by_one)
    assert together.entries == apart.entries
    assert together.subjects == apart.subjects
    assert together.kept == apart.kept
    assert together.written == apart.written
    assert verified(together.entries, genesis(LOG_ID).hex()).entries == len(together.entries)


def test_what_is_needed_is_named_once_for_all_appends() -> None:
    found = needs(
        [
            Append((thing("a"), part("b", "a")), "ann", "k1", {"thing/x": 1}),
            Append((part("c", "a"), thing("d", "", edge("d", "about", "y"))), "bob", "k2"),
            Append((thing("a"),), "bob"),
        ]
    )
    assert found.ids == {f"thing/{one}" for one in "abcdxy"}
    assert found.contents == {f"thing/{one}" for one in "abcd"}
    assert found.keys == {"k1", "k2"}
    assert found.starts == {}


def test_ways_are_walked_only_where_an_edge_begins_at_what_is_on_record() -> None:
    """A chain that grows at its end would be walked whole at each append."""
    own = Append((part("b", "a"), thing("c", "", edge("c", "broader", "a", acyclic=True))), "ann")
    link = Append((thing("link", "", edge("x", "partOf", "y", acyclic=True)),), "ann")
    assert needs([own]).starts == {}
    assert needs([own, link]).starts == {"partOf": ["thing/a", "thing/y"]}


def test_rows_say_what_stands_where() -> None:
    state = State(Head(0, genesis(LOG_ID).hex(), None, LOG_ID), {}, {}, {}, {})
    twice = part("b", "a", "a")
    planned = plan([Append((thing("a"), twice), "ann", "k")], state, NOW)
    assert planned.subjects == [NewSubject("thing/a", 1), NewSubject("thing/b", 2)]
    assert planned.edges == [NewEdge("partOf", "thing/b", "thing/a", 2, acyclic=True)]
    assert [(one.key, one.outcome) for one in planned.kept] == [("k", planned.outcomes[0])]
    salts = [*(one.salt for one in planned.entries), *(one.salt for one in planned.kept)]
    assert len(set(salts)) == 3
    assert planned.writes


@pytest.mark.parametrize(
    "append",
    [
        Append((thing("a"),), "ann", dry_run=True),
        Append((thing("a"),), "ann", "k", dry_run=True),
        Append((part("a", "a"),), "ann", "k"),
    ],
)
def test_a_plan_that_changes_nothing_writes_nothing(append: Append) -> None:
    planned = plan([append], State(Head(0, "00" * 32, None, LOG_ID), {}, {}, {}, {}), NOW)
    assert not planned.writes
    assert planned == Plan(planned.outcomes)


def test_time_does_not_go_back_behind_the_head() -> None:
    later = "2030-01-01T00:00:00.000000Z"
    state = State(Head(3, "00" * 32, later, LOG_ID), {}, {}, {}, {})
    (entry,) = plan([Append((thing("a"),), "ann")], state, NOW).entries
    assert (entry.position, entry.header.recorded_at) == (4, later)
