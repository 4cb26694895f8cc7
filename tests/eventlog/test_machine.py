"""A log held against a plain list, over random courses of appends."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from eventlog import Append, Appended, Log, NewEntry, Reference
from eventlog.entries import Effect
from eventlog.errors import Refused
from tests.eventlog.conftest import Place, opened

NAMES = [f"thing/{letter}" for letter in "abcdefghijklmnop"]
RELATIONS = {"about": False, "partOf": True}
KEYS = ["k1", "k2", "k3"]
Content = tuple[str, int, str, bytes]


@st.composite
def requests(draw: st.DrawFn, recorded: list[str]) -> list[NewEntry]:
    """Draw entries of an append, most of which can be appended.

    What is reinstated lacks its edges, which only who knows the record can give: :func:`whole`.
    """
    subjects = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=4, unique=True))
    ends = st.sampled_from([*recorded, *subjects] * 16 + NAMES)
    cascade = gone if draw(st.booleans()) else None

    def references(subject: str) -> tuple[Reference, ...]:
        sources = st.sampled_from([subject] * 16 + recorded)
        edges = st.tuples(st.sampled_from(sorted(RELATIONS)), st.tuples(sources, ends))
        drawn = draw(st.lists(edges, max_size=2))
        links = tuple(
            Reference("from", subject, start) for _, (start, _) in drawn if start != subject
        )
        return tuple(Reference(one, *way, RELATIONS[one]) for one, way in drawn) + links

    def entry(subject: str) -> NewEntry:
        effects = CHANGES if subject in recorded else [Effect.RECORDS] * 15 + CHANGES
        effect = draw(st.sampled_from(effects))
        if effect in (Effect.RETRACTS, Effect.REINSTATES):
            going = effect is Effect.RETRACTS
            return NewEntry(
                effect.value, 1, subject, b"", (), effect, cascade=cascade if going else None
            )
        edges = references(subject)
        return NewEntry(effect.value, 1, subject, repr(edges).encode(), edges, effect)

    return [entry(one) for one in subjects]


CHANGES = [*Effect]


def gone(subject: str) -> NewEntry:
    """Return a retraction that takes along what depends on its subject."""
    return NewEntry("RETRACTS", 1, subject, b"with it", (), Effect.RETRACTS, cascade=gone)


def content(entry: NewEntry) -> Content:
    return entry.kind, entry.version, entry.subject, entry.payload


@dataclass(frozen=True)
class Known:
    """A thing: the entries about it, whether it is live, and the entry that says what it is."""

    positions: tuple[int, ...]
    live: bool
    said: NewEntry


@dataclass
class Model:
    """What a log should be: a list of entries, what is known, and remembered outcomes."""

    entries: list[Content] = field(default_factory=list)
    known: dict[str, Known] = field(default_factory=dict)
    outcomes: dict[str, tuple[list[Content], Appended]] = field(default_factory=dict)

    def whole(self, entries: Sequence[NewEntry]) -> list[NewEntry]:
        """Return entries, with their edges those that reinstate what is known."""
        return [
            one._replace(references=self.known[one.subject].said.references)
            if one.effect is Effect.REINSTATES and one.subject in self.known
            else one
            for one in entries
        ]

    def users(self, target: str) -> list[str]:
        """Return the live things that refer to one."""
        return [
            name
            for name, one in sorted(self.known.items())
            if one.live and any(edge.target == target for edge in one.said.references)
        ]

    def append(self, entries: list[NewEntry], key: str | None, dry_run: bool) -> Appended | None:
        """Return the outcome, or none for an append that has to be refused."""
        asked = [content(entry) for entry in entries]
        if key is not None and key in self.outcomes:
            before, outcome = self.outcomes[key]
            return outcome if before == asked else None
        if not all(self._fits(entry) for entry in entries):
            return None
        unchanged = tuple(one.subject for one in entries if self._is_same(one))
        new = [one for one in entries if one.subject not in unchanged]
        new += self._cascaded(entries)
        start = len(self.entries)
        positions = {entry.subject: start + place for place, entry in enumerate(new, 1)}
        known = {**self.known, **{one.subject: self._after(one, positions) for one in new}}
        if broken(known):
            return None
        bounds = (start + 1, start + len(new)) if new else (0, 0)
        outcome = Appended(*bounds, positions, unchanged)
        if not dry_run:
            self.entries += [content(entry) for entry in new]
            self.known = known
            if key is not None:
                self.outcomes[key] = (asked, outcome._replace(repeated=True))
        return outcome

    def _fits(self, entry: NewEntry) -> bool:
        known = self.known.get(entry.subject)
        if entry.effect is Effect.RECORDS:
            return known is None or self._is_same(entry)
        return known is not None and known.live != (entry.effect is Effect.REINSTATES)

    def _is_same(self, entry: NewEntry) -> bool:
        known = self.known.get(entry.subject)
        if known is None or entry.effect is not Effect.RECORDS:
            return False
        return known.live and content(known.said) == content(entry)

    def _cascaded(self, entries: list[NewEntry]) -> list[NewEntry]:
        """Return retractions of everything that depends on what goes with a cascade."""
        told = {one.subject for one in entries}
        going = {one.subject for one in entries if one.cascade is not None}
        while more := {user for one in going for user in self.users(one)} - told - going:
            going |= more
        return [gone(one) for one in sorted(going - told)]

    def _after(self, entry: NewEntry, positions: dict[str, int]) -> Known:
        """Return what is known of a subject after an entry about it."""
        before = self.known.get(entry.subject)
        says = entry.effect in (Effect.RECORDS, Effect.AMENDS)
        return Known(
            (*(before.positions if before else ()), positions[entry.subject]),
            entry.effect is not Effect.RETRACTS,
            entry if says or before is None else before.said,
        )


def broken(known: Mapping[str, Known]) -> bool:
    """Tell whether a live thing refers to what is not live, or parts lead back."""
    edges = [edge for one in known.values() if one.live for edge in one.said.references]
    ends = {end for edge in edges for end in (edge.source, edge.target)}
    alive = {name for name, one in known.items() if one.live}
    return not ends <= alive or closes({(one.source, one.target) for one in edges if one.acyclic})


def closes(edges: set[tuple[str, str]]) -> bool:
    """Tell whether edges close a cycle: take ends away until none is left, or none can be."""
    while edges:
        sources = {source for source, _ in edges}
        left = {(source, target) for source, target in edges if target in sources}
        if left == edges:
            return True
        edges = left
    return False


class LogMachine(RuleBasedStateMachine):
    """Appends, some refused, some repeated, some tried; the log opened again now and then."""

    def __init__(self, place: Place) -> None:
        super().__init__()
        self.place = place
        self.model = Model()
        self.asked: list[list[NewEntry]] = []
        self.log: Log = opened(place)

    @rule(data=st.data(), key=st.none() | st.sampled_from(KEYS), dry_run=st.booleans())
    def append(self, data: st.DataObject, key: str | None, dry_run: bool) -> None:
        """Append something, mostly new."""
        drawn = data.draw(requests(list(self.model.known)))
        self.append_to_both(self.model.whole(drawn), key, dry_run)

    @rule(data=st.data(), size=st.integers(2, 4))
    def append_group(self, data: st.DataObject, size: int) -> None:
        """Append several in one group, which the list takes one by one."""
        group: list[Append] = []
        expected: list[Appended | None] = []
        for _ in range(size):
            entries = self.model.whole(data.draw(requests(list(self.model.known))))
            key = data.draw(st.none() | st.sampled_from(KEYS))
            dry_run = data.draw(st.booleans())
            group.append(Append(tuple(entries), "ann", key, dry_run=dry_run))
            expected.append(self.model.append(entries, key, dry_run))
        outcomes = self.log.append_group(group)
        assert [None if isinstance(one, Refused) else one for one in outcomes] == expected

    @precondition(lambda self: self.asked)
    @rule(data=st.data(), key=st.none() | st.sampled_from(KEYS))
    def append_again(self, data: st.DataObject, key: str | None) -> None:
        """Append something again, with its key, another one or none."""
        entries = data.draw(st.sampled_from(self.asked))
        self.append_to_both(self.model.whole(entries), key, dry_run=False)

    def append_to_both(self, entries: list[NewEntry], key: str | None, dry_run: bool) -> None:
        """Append to log and model; what the one refuses the other has to refuse."""
        self.asked.append(entries)
        expected = self.model.append(entries, key, dry_run)
        try:
            found = self.log.append(
                entries, recorded_by="ann", idempotency_key=key, dry_run=dry_run
            )
        except Refused:
            assert expected is None
        else:
            assert found == expected

    @rule()
    def open_again(self) -> None:
        """Close the log and go on with what is stored."""
        self.log.close()
        self.log = opened(self.place)

    @invariant()
    def holds_what_the_list_holds(self) -> None:
        """Compare everything that can be read with the list."""
        read = self.log.read()
        found = [(one.header, one.payload) for one in read]
        contents = [(one.kind, one.version, one.subject, payload) for one, payload in found]
        assert contents == self.model.entries
        assert [one.position for one in read] == list(range(1, len(read) + 1))
        times = [one.header.recorded_at for one in read]
        assert times == sorted(times)
        known = sorted(self.model.known)
        assert self.log.known_ids("thing") == list(self.log.subjects_below(["thing"])) == known
        assert self.log.positions(NAMES) == {
            name: list(one.positions) for name, one in self.model.known.items()
        }
        users = {name: self.model.users(name) for name in NAMES}
        assert self.log.dependants(NAMES) == {name: of for name, of in users.items() if of}
        for name, subject in self.log.subjects(NAMES).items():
            one = self.model.known[name]
            assert (subject.live, subject.revision) == (one.live, one.positions[-1])
        assert self.log.head().position == len(self.model.entries)

    @invariant()
    def proves_whole(self) -> None:
        """Prove the chain up to the head."""
        head = self.log.head()
        assert self.log.verify(anchor=(head.position, head.hash)).entries == head.position

    def teardown(self) -> None:
        """Let go of the log."""
        self.log.close()


def test_a_log_does_what_a_plain_list_does(new_place: Callable[[], Place]) -> None:
    class Machine(LogMachine):
        def __init__(self) -> None:
            super().__init__(new_place())

    courses = settings(max_examples=25, stateful_step_count=25, deadline=None)
    run_state_machine_as_test(Machine, settings=courses)
