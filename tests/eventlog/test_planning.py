"""Appends planned without any database: a group gives what its appends give one after the other."""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventlog import Append, Appended, Entry, Head
from eventlog.chain import genesis
from eventlog.entries import Edge
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
    needs,
    plan,
    timestamp,
)
from eventlog.verification import verified
from tests.eventlog.examples import START, edge, part, thing
from tests.eventlog.test_machine import KEYS, NAMES, requests

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
    contents: dict[str, Content] = field(default_factory=dict)
    kept: dict[str, Kept] = field(default_factory=dict)
    edges: dict[str, list[Edge]] = field(default_factory=dict)
    salt: Callable[[], bytes] = field(default_factory=counted)

    def append_group(self, appends: Sequence[Append]) -> list[Appended | Refused]:
        """Read, plan and write, as every store does."""
        planned = plan(appends, self.state(needs(appends)), NOW, self.salt)
        self.write(planned)
        return planned.outcomes

    def state(self, needed: Needs) -> State:
        """Return what was asked for."""
        return State(
            self.head(),
            {one: self.subjects[one] for one in needed.ids if one in self.subjects},
            {one: self.contents[one] for one in needed.contents if one in self.contents},
            {one: self.kept[one] for one in needed.keys if one in self.kept},
            {one: self.reachable(one, starts) for one, starts in needed.starts.items()},
        )

    def head(self) -> Head:
        """Return where the entries end."""
        if not self.entries:
            return Head(0, genesis(LOG_ID).hex(), None, LOG_ID)
        last = self.entries[-1]
        return Head(last.position, last.hash_hex, last.header.recorded_at, LOG_ID)

    def reachable(self, relation: str, starts: Sequence[str]) -> list[Edge]:
        """Return the edges that can be reached from some ids."""
        reached, found = set(starts), list[Edge]()
        for _ in self.edges.get(relation, ()):  # a way is no longer than there are edges
            found = [one for one in self.edges[relation] if one[0] in reached]
            reached.update(target for _, target in found)
        return found

    def write(self, planned: Plan) -> None:
        """Write what was planned."""
        self.entries += planned.entries
        entries = {one.position: one for one in planned.entries}
        for name, position in planned.subjects:
            entry = entries[position]
            assert entry.header.subject == name
            self.subjects[name] = OnRecord(position, True)
            self.contents[name] = Content(entry.header.kind, entry.header.version, entry.payload)
        for relation, source, target, _ in planned.edges:
            self.edges.setdefault(relation, []).append((source, target))
        self.kept.update((one.key, one) for one in planned.kept)


@st.composite
def appends(draw: st.DrawFn) -> Append:
    return Append(
        tuple(draw(requests(NAMES[:6]))),
        "ann",
        draw(st.none() | st.sampled_from(KEYS)),
        draw(st.dictionaries(st.sampled_from(NAMES), st.integers(0, 4), max_size=1)),
        draw(st.booleans()),
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
    before=st.lists(appends(), max_size=4),
    group=st.lists(appends(), min_size=2, max_size=6),
)
def test_a_group_gives_what_its_appends_give_one_by_one(
    before: list[Append], group: list[Append]
) -> None:
    together, apart = Memory(), Memory()
    for memory in (together, apart):
        for append in before:
            memory.append_group([append])
    outcomes = together.append_group(group)
    one_by_one = [memory for append in group for memory in apart.append_group([append])]
    assert told(outcomes) == told(one_by_one)
    assert together.entries == apart.entries
    assert together.subjects == apart.subjects
    assert together.kept == apart.kept
    assert {name: set(edges) for name, edges in together.edges.items()} == {
        name: set(edges) for name, edges in apart.edges.items()
    }
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
    assert planned.edges == [NewEdge("partOf", "thing/b", "thing/a", 2)]
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
