"""A log held against a plain list, over random courses of appends."""

from collections.abc import Callable
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
from eventlog.errors import Refused
from tests.eventlog.conftest import Place, opened

NAMES = [f"thing/{letter}" for letter in "abcdefghijklmnop"]
RELATIONS = {"about": False, "partOf": True}
KEYS = ["k1", "k2", "k3"]
Content = tuple[str, int, str, bytes]


@st.composite
def requests(draw: st.DrawFn, recorded: list[str]) -> list[NewEntry]:
    """Draw entries of an append, most of which can be appended."""
    subjects = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=4, unique=True))
    ends = st.sampled_from([*recorded, *subjects] * 16 + NAMES)

    def references(subject: str) -> tuple[Reference, ...]:
        sources = st.sampled_from([subject] * 16 + recorded)
        edges = st.tuples(st.sampled_from(sorted(RELATIONS)), sources, ends)
        drawn = draw(st.lists(edges, max_size=2))
        return tuple(Reference(one, start, end, RELATIONS[one]) for one, start, end in drawn)

    payloads = st.sampled_from([b"text"] * 15 + [b"other"])
    return [NewEntry("Thing", 1, one, draw(payloads), references(one)) for one in subjects]


def content(entry: NewEntry) -> Content:
    return entry.kind, entry.version, entry.subject, entry.payload


@dataclass
class Model:
    """What a log should be: a list of entries, edges and remembered outcomes."""

    entries: list[Content] = field(default_factory=list)
    parts: set[tuple[str, str]] = field(default_factory=set)
    outcomes: dict[str, tuple[list[NewEntry], Appended]] = field(default_factory=dict)

    def append(self, entries: list[NewEntry], key: str | None, dry_run: bool) -> Appended | None:
        """Return the outcome, or none for an append that has to be refused."""
        asked = [content(entry) for entry in entries]
        if key in self.outcomes:
            before, outcome = self.outcomes[key]
            return outcome if [content(one) for one in before] == asked else None
        recorded = {one[2]: one for one in self.entries}
        if any(recorded.get(one[2], one) != one for one in asked):
            return None
        new = [entry for entry in entries if entry.subject not in recorded]
        edges = [edge for entry in new for edge in entry.references]
        known = {*recorded, *(entry.subject for entry in entries)}
        parts = self.parts | {(one.source, one.target) for one in edges if one.acyclic}
        if any(not {one.source, one.target} <= known for one in edges) or closes(parts):
            return None
        start = len(self.entries)
        positions = {entry.subject: start + place for place, entry in enumerate(new, 1)}
        unchanged = tuple(one[2] for one in asked if one[2] in recorded)
        bounds = (start + 1, start + len(new)) if new else (0, 0)
        outcome = Appended(*bounds, positions, unchanged)
        if not dry_run:
            self.entries += [content(entry) for entry in new]
            self.parts = parts
            if key is not None:
                again = Appended(*bounds, positions, unchanged, repeated=True)
                self.outcomes[key] = (entries, again)
        return outcome


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
        self.log: Log = opened(place)

    @rule(data=st.data(), key=st.none() | st.sampled_from(KEYS), dry_run=st.booleans())
    def append(self, data: st.DataObject, key: str | None, dry_run: bool) -> None:
        """Append something, mostly new."""
        recorded = [one[2] for one in self.model.entries]
        self.append_to_both(data.draw(requests(recorded)), key, dry_run)

    @rule(data=st.data(), size=st.integers(2, 4))
    def append_group(self, data: st.DataObject, size: int) -> None:
        """Append several in one group, which the list takes one by one."""
        recorded = [one[2] for one in self.model.entries]
        group = [
            Append(
                tuple(data.draw(requests(recorded))),
                "ann",
                data.draw(st.none() | st.sampled_from(KEYS)),
                dry_run=data.draw(st.booleans()),
            )
            for _ in range(size)
        ]
        expected = [
            self.model.append(list(one.entries), one.idempotency_key, one.dry_run) for one in group
        ]
        outcomes = self.log.append_group(group)
        assert [None if isinstance(one, Refused) else one for one in outcomes] == expected

    @precondition(lambda self: self.model.outcomes)
    @rule(data=st.data(), with_key=st.booleans())
    def append_again(self, data: st.DataObject, with_key: bool) -> None:
        """Append something again, with its key or without."""
        key = data.draw(st.sampled_from(sorted(self.model.outcomes)))
        entries, _ = self.model.outcomes[key]
        self.append_to_both(entries, key if with_key else None, dry_run=False)

    def append_to_both(self, entries: list[NewEntry], key: str | None, dry_run: bool) -> None:
        """Append to log and model; what the one refuses the other has to refuse."""
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
        known = sorted(one[2] for one in self.model.entries)
        assert self.log.known_ids("thing") == list(self.log.subjects_below(["thing"])) == known
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
