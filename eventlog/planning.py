"""Appends are planned, then written: what every store does between its reads and its writes.

A store takes the lock of appending, reads what :func:`needs` names, gives it to :func:`plan`, and
writes the rows of the plan: one read and one write, however many appends a group has. Within the
plan an overlay stands for what the group's earlier appends add and nobody has written yet.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple

from eventlog.appending import (
    acyclic_edges,
    acyclic_starts,
    check_acyclic,
    check_references,
    check_revisions,
    new_among,
    request_digest,
)
from eventlog.chain import Header, entry_hash, new_salt, payload_hash
from eventlog.entries import Append, Appended, Edge, Entry, Head, NewEntry, Reference
from eventlog.errors import IdempotencyConflict, Refused


class Needs(NamedTuple):
    """What has to be read of a log before a group of appends can be planned.

    ``ids`` are those whose state counts, ``contents`` those of them whose content counts as well;
    ``starts`` are, for each relation that must not lead back, the ids from which to walk along
    the edges on record.
    """

    ids: frozenset[str]
    contents: frozenset[str]
    keys: frozenset[str]
    starts: Mapping[str, Sequence[str]]


class OnRecord(NamedTuple):
    """The state of a thing on record; its revision is the last position about it."""

    revision: int
    live: bool


class Content(NamedTuple):
    """What the last entry about a thing says."""

    kind: str
    version: int
    payload: bytes


@dataclass(frozen=True, slots=True)
class Kept:
    """The outcome of an append that had an idempotency key; the request as a salted hash."""

    key: str
    salt: bytes
    request_hash: bytes
    outcome: Appended


class State(NamedTuple):
    """What was read of a log, as far as it was needed.

    ``edges`` are, for each relation of :attr:`Needs.starts`, those on record that can be reached
    from its starts.
    """

    head: Head
    subjects: Mapping[str, OnRecord]
    contents: Mapping[str, Content]
    kept: Mapping[str, Kept]
    edges: Mapping[str, Iterable[Edge]]


class NewSubject(NamedTuple):
    """A thing that a plan puts on record, at its first position."""

    id: str
    position: int


class NewEdge(NamedTuple):
    """An edge that the entry at a position writes."""

    relation: str
    source: str
    target: str
    position: int


def new_edges(references: Iterable[Reference], position: int) -> list[NewEdge]:
    """Return the edges that an entry writes, each once."""
    edges = ((one.relation, one.source, one.target) for one in references)
    return [NewEdge(*edge, position) for edge in dict.fromkeys(edges)]


@dataclass(slots=True)
class Plan:
    """The outcomes of a group in order, and the rows to write; without rows nothing is new."""

    outcomes: list[Appended | Refused] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    subjects: list[NewSubject] = field(default_factory=list)
    edges: list[NewEdge] = field(default_factory=list)
    kept: list[Kept] = field(default_factory=list)

    @property
    def writes(self) -> bool:
        """Tell whether there is anything to write."""
        return bool(self.entries or self.kept)


def timestamp(moment: datetime) -> str:
    """Return a time as entries have it: UTC, of a fixed width, so that texts compare as times."""
    utc = moment.astimezone(UTC).replace(tzinfo=None)
    return utc.isoformat(timespec="microseconds") + "Z"


def is_timestamp(text: str) -> bool:
    """Tell whether a text is a time as entries have it."""
    try:
        return timestamp(datetime.fromisoformat(text)) == text
    except (ValueError, OverflowError):
        return False


def needs(appends: Collection[Append]) -> Needs:
    """Return what a store has to read before it plans a group."""
    ids: set[str] = set()
    subjects: set[str] = set()
    keys: set[str] = set()
    for append in appends:
        if append.idempotency_key is not None:
            keys.add(append.idempotency_key)
        ids.update(append.expected_revisions)
        for entry in append.entries:
            subjects.add(entry.subject)
            for reference in entry.references:
                ids.add(reference.source)
                ids.add(reference.target)
    entries = [entry for append in appends for entry in append.entries]
    return Needs(
        frozenset(ids | subjects), frozenset(subjects), frozenset(keys), acyclic_starts(entries)
    )


def plan(
    appends: Iterable[Append],
    state: State,
    now: str,
    salt: Callable[[], bytes] = new_salt,
) -> Plan:
    """Decide on a group of appends, each on its own and in order.

    ``now`` is the present :func:`timestamp`; the log's own time never goes back behind its head.
    """
    planning = _Planning(state, now, salt)
    for append in appends:
        planning.decide(append)
    return planning.plan


class _Planning:
    """A plan under way: the state that was read, with what the plan adds laid over it."""

    def __init__(self, state: State, now: str, salt: Callable[[], bytes]) -> None:
        self.plan = Plan()
        self._log_id = state.head.log_id
        self._position = state.head.position
        self._hash = bytes.fromhex(state.head.hash)
        self._recorded_at = max(now, state.head.recorded_at or now)
        self._salt = salt
        self._subjects = dict(state.subjects)
        self._live = {name for name, one in state.subjects.items() if one.live}
        self._contents = dict(state.contents)
        self._kept = dict(state.kept)
        self._ways = {relation: _ways(edges) for relation, edges in state.edges.items()}

    def decide(self, append: Append) -> None:
        try:
            outcome: Appended | Refused = self._decided(append)
        except Refused as refusal:
            outcome = refusal
        self.plan.outcomes.append(outcome)

    def _decided(self, append: Append) -> Appended:
        key = append.idempotency_key
        if key is not None and key in self._kept:
            return _again(self._kept[key], append)
        if append.expected_revisions:
            self._check_revisions(append.expected_revisions)
        new, unchanged = new_among(append.entries, self._subjects.keys(), self._same)
        if any(entry.references for entry in new):
            check_references(new, self._live)
            self._check_acyclic(new)
        outcome = self._outcome(new, unchanged)
        if not append.dry_run:
            for entry in new:
                self._add(entry, append, outcome)
            if key is not None:
                self._keep(key, append, outcome)
        return outcome

    def _check_revisions(self, expected: Mapping[str, int]) -> None:
        known = self._subjects
        check_revisions(expected, {one: known[one].revision for one in expected if one in known})

    def _same(self, entry: NewEntry) -> bool:
        return _content(entry) == self._contents.get(entry.subject)

    def _check_acyclic(self, new: Sequence[NewEntry]) -> None:
        edges = acyclic_edges(new)
        for relation, starts in acyclic_starts(new).items():
            edges[relation] = [*_walked(starts, self._ways[relation], _ways(edges[relation]))]
        for relation, ways in edges.items():
            check_acyclic(relation, ways)

    def _outcome(self, new: Sequence[NewEntry], unchanged: tuple[str, ...]) -> Appended:
        if not new:
            return Appended(0, 0, unchanged=unchanged)
        first = self._position + 1
        positions = {entry.subject: place for place, entry in enumerate(new, first)}
        return Appended(first, self._position + len(new), positions, unchanged)

    def _add(self, entry: NewEntry, append: Append, outcome: Appended) -> None:
        self._position += 1
        header = Header(
            log_id=self._log_id,
            position=self._position,
            recorded_at=self._recorded_at,
            recorded_by=append.recorded_by,
            kind=entry.kind,
            version=entry.version,
            subject=entry.subject,
            append_first=outcome.first,
            append_size=outcome.last - outcome.first + 1,
            idempotency_key=append.idempotency_key,
        )
        salt = self._salt()
        self._hash = entry_hash(self._hash, header, payload_hash(salt, entry.payload))
        self.plan.entries.append(Entry(header, entry.payload, salt, self._hash))
        self.plan.subjects.append(NewSubject(entry.subject, self._position))
        self._subjects[entry.subject] = OnRecord(self._position, True)
        self._contents[entry.subject] = _content(entry)
        self._live.add(entry.subject)
        if entry.references:
            self._add_edges(entry)

    def _add_edges(self, entry: NewEntry) -> None:
        edges = new_edges(entry.references, self._position)
        self.plan.edges.extend(edges)
        for relation, source, target, _ in edges:
            if relation in self._ways:
                self._ways[relation].setdefault(source, []).append(target)

    def _keep(self, key: str, append: Append, outcome: Appended) -> None:
        salt = self._salt()
        request = payload_hash(salt, request_digest(append.entries, append.recorded_by))
        kept = Kept(key, salt, request, outcome)
        self.plan.kept.append(kept)
        self._kept[key] = kept


def _content(entry: NewEntry) -> Content:
    return Content(entry.kind, entry.version, entry.payload)


def _again(kept: Kept, append: Append) -> Appended:
    request = request_digest(append.entries, append.recorded_by)
    if payload_hash(kept.salt, request) != kept.request_hash:
        raise IdempotencyConflict(kept.key)
    first = kept.outcome
    return Appended(first.first, first.last, first.positions, first.unchanged, repeated=True)


def _ways(edges: Iterable[Edge]) -> dict[str, list[str]]:
    ways: dict[str, list[str]] = {}
    for source, target in edges:
        ways.setdefault(source, []).append(target)
    return ways


def _walked(starts: Iterable[str], *ways: Mapping[str, Sequence[str]]) -> Iterable[Edge]:
    """Yield every edge that can be reached from some starts."""
    waiting = list(dict.fromkeys(starts))
    reached = set(waiting)
    while waiting:
        source = waiting.pop()
        for target in (target for way in ways for target in way.get(source, ())):
            yield source, target
            if target not in reached:
                reached.add(target)
                waiting.append(target)
