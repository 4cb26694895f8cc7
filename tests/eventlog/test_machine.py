"""A log held against a plain list, over random courses of appends."""

import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from eventlog import Appended, Log, NewEntry, Reference
from eventlog.errors import Refused
from eventlog.sqlite import SqliteLog
from tests.eventlog.examples import ticking

NAMES = [f"thing/{letter}" for letter in "abcdefgh"]
names = st.sampled_from(NAMES)
references = st.builds(
    Reference, st.sampled_from(["about", "partOf"]), names, names, acyclic=st.just(False)
).map(lambda one: Reference(one.relation, one.source, one.target, one.relation == "partOf"))
new_entries = st.builds(
    NewEntry,
    kind=st.sampled_from(["ThingRecorded", "OtherRecorded"]),
    version=st.just(1),
    subject=names,
    payload=st.sampled_from([b"", b"text"]),
    references=st.lists(references, max_size=2).map(tuple),
)
keys = st.none() | st.sampled_from(["k1", "k2"])
Content = tuple[str, int, str, bytes]


def content(entry: NewEntry) -> Content:
    return entry.kind, entry.version, entry.subject, entry.payload


@dataclass
class Model:
    """What a log should be: a list of entries, edges and remembered outcomes."""

    entries: list[Content] = field(default_factory=list)
    parts: set[tuple[str, str]] = field(default_factory=set)
    outcomes: dict[str, tuple[list[Content], Appended]] = field(default_factory=dict)

    def append(self, entries: list[NewEntry], key: str | None, dry_run: bool) -> Appended | None:
        """Return the outcome, or none for an append that has to be refused."""
        subjects = [entry.subject for entry in entries]
        if not entries or len(set(subjects)) < len(subjects):
            return None
        asked = [content(entry) for entry in entries]
        if key in self.outcomes:
            before, outcome = self.outcomes[key]
            return outcome if before == asked else None
        recorded = {one[2]: one for one in self.entries}
        if any(recorded.get(one[2], one) != one for one in asked):
            return None
        new = [entry for entry in entries if entry.subject not in recorded]
        edges = [edge for entry in new for edge in entry.references]
        known = {*recorded, *subjects}
        parts = self.parts | {(one.source, one.target) for one in edges if one.acyclic}
        if any(not {one.source, one.target} <= known for one in edges) or closes(parts):
            return None
        start = len(self.entries)
        positions = {entry.subject: start + place for place, entry in enumerate(new, 1)}
        unchanged = tuple(one for one in subjects if one in recorded)
        bounds = (start + 1, start + len(new)) if new else (0, 0)
        outcome = Appended(*bounds, positions, unchanged)
        if not dry_run:
            self.entries += [content(entry) for entry in new]
            self.parts = parts
            if key is not None:
                again = Appended(*bounds, positions, unchanged, repeated=True)
                self.outcomes[key] = (asked, again)
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

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.model = Model()
        self.log: Log = self.opened()

    def opened(self) -> Log:
        """Open the log, which is made the first time."""
        return SqliteLog(Path(self.folder.name) / "log.sqlite3", clock=ticking())

    @rule(entries=st.lists(new_entries, max_size=4), key=keys, dry_run=st.booleans())
    def append(self, entries: list[NewEntry], key: str | None, dry_run: bool) -> None:
        """Append to both; what the one refuses the other has to refuse."""
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
        """Close the log and go on with what its file holds."""
        self.log.close()
        self.log = self.opened()

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
        assert self.log.known_ids("thing") == sorted(one[2] for one in self.model.entries)
        assert self.log.head().position == len(self.model.entries)

    @invariant()
    def proves_whole(self) -> None:
        """Prove the chain up to the head."""
        head = self.log.head()
        assert self.log.verify(anchor=(head.position, head.hash)).entries == head.position

    def teardown(self) -> None:
        """Take the folder away."""
        self.log.close()
        self.folder.cleanup()


LogMachine.TestCase.settings = settings(max_examples=60, stateful_step_count=20, deadline=None)
TestLog = LogMachine.TestCase
