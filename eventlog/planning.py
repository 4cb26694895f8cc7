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
    check_unused,
    new_among,
    request_digest,
)
from eventlog.chain import Header, entry_hash, new_salt, payload_hash
from eventlog.entries import (
    Append,
    Appended,
    Edge,
    Effect,
    Entry,
    Head,
    NewEntry,
    Reference,
    Seen,
)
from eventlog.errors import IdempotencyConflict, Outdated, Refused
from eventlog.overlay import Users, Ways


class Needs(NamedTuple):
    """What has to be read of a log before a group of appends can be planned.

    ``ids`` are those whose state counts, ``contents`` those of them whose content counts as well;
    ``starts`` are, for each relation that must not lead back, the ids from which to walk along
    the edges in force; ``users`` are those of which has to be known what depends on them, and
    with ``all_users`` what depends on that, and so on; ``watched`` are those of which has to be
    known when the last change was to what depends on them.
    """

    ids: frozenset[str]
    contents: frozenset[str]
    keys: frozenset[str]
    starts: Mapping[str, Sequence[str]]
    users: frozenset[str] = frozenset()
    all_users: bool = False
    watched: frozenset[str] = frozenset()


class OnRecord(NamedTuple):
    """The state of a thing on record; its revision is the last position about it.

    ``content_position`` is that of the entry that told what it is, if not the first one.
    """

    revision: int
    live: bool
    content_position: int | None = None


class User(NamedTuple):
    """A live thing that refers to another one, and its state."""

    target: str
    id: str
    revision: int
    content_position: int | None


class Content(NamedTuple):
    """What the last entry says that told what a thing is."""

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

    ``edges`` are, for each relation of :attr:`Needs.starts`, those in force that can be reached
    from its starts; ``users`` are those that :attr:`Needs.users` asks for;
    ``last_used`` are, for those of :attr:`Needs.watched` that live things refer to, the last
    revision of any of these. Both are None if nothing of theirs is needed.
    """

    head: Head
    subjects: Mapping[str, OnRecord]
    contents: Mapping[str, Content]
    kept: Mapping[str, Kept]
    edges: Mapping[str, Iterable[Edge]]
    users: Iterable[User] | None = None
    last_used: Mapping[str, int] | None = None


class NewSubject(NamedTuple):
    """A thing that a plan puts on record, at its first position."""

    id: str
    position: int


class ChangedSubject(NamedTuple):
    """What a thing on record has become; no ``content_position`` where its first entry counts."""

    id: str
    revision: int
    live: bool
    content_position: int | None


class Revision(NamedTuple):
    """An entry about a thing beyond the first one."""

    subject: str
    position: int


class NewEdge(NamedTuple):
    """An edge that the entry at a position writes."""

    relation: str
    source: str
    target: str
    position: int
    acyclic: bool


def new_edges(references: Iterable[Reference], position: int) -> list[NewEdge]:
    """Return the edges that an entry writes, each once."""
    edges = {(one.relation, one.source, one.target): one.acyclic for one in references}
    return [NewEdge(*edge, position, acyclic) for edge, acyclic in edges.items()]


@dataclass(slots=True)
class Plan:
    """The outcomes of a group in order, and the rows to write; without rows nothing is new."""

    outcomes: list[Appended | Refused] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    subjects: list[NewSubject] = field(default_factory=list)
    changes: dict[str, ChangedSubject] = field(default_factory=dict)
    revisions: list[Revision] = field(default_factory=list)
    edges: list[NewEdge] = field(default_factory=list)
    kept: list[Kept] = field(default_factory=list)

    @property
    def writes(self) -> bool:
        """Tell whether there is anything to write."""
        return bool(self.entries or self.kept)

    @property
    def changed(self) -> list[ChangedSubject]:
        """Return what things have become that were on record, or were changed at once."""
        return list(self.changes.values())

    def add(self, entry: Entry, effect: Effect, content_position: int | None) -> None:
        """Take in an entry, and what it makes of its subject.

        ``content_position`` is that of the entry that told what the subject is, if not its first.
        """
        subject, position = entry.header.subject, entry.position
        self.entries.append(entry)
        if effect is Effect.RECORDS:
            self.subjects.append(NewSubject(subject, position))
            return
        content = position if effect is Effect.AMENDS else content_position
        live = effect is not Effect.RETRACTS
        self.changes[subject] = ChangedSubject(subject, position, live, content)
        self.revisions.append(Revision(subject, position))


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
        ids.update(append.expected_revisions, append.seen.revisions)
        for entry in append.entries:
            subjects.add(entry.subject)
            for reference in entry.references:
                ids.add(reference.source)
                ids.add(reference.target)
    entries = [entry for append in appends for entry in append.entries]
    going = [entry for entry in entries if entry.effect is Effect.RETRACTS]
    # What an earlier append lets depend on what goes takes along what depends on it.
    amended = [entry for entry in entries if entry.effect is Effect.AMENDS] if going else []
    return Needs(
        frozenset(ids | subjects),
        frozenset(subjects),
        frozenset(keys),
        acyclic_starts(entries),
        frozenset(entry.subject for entry in (*going, *amended)),
        any(entry.cascade is not None for entry in going),
        frozenset(target for append in appends for target in append.seen.users),
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
        for one in state.users or ():
            self._subjects[one.id] = OnRecord(one.revision, True, one.content_position)
        self._live = {name for name, known in self._subjects.items() if known.live}
        self._contents = dict(state.contents)
        self._kept = dict(state.kept)
        self._ways = Ways(state.edges)
        self._users = Users((one.target, one.id) for one in state.users or ())
        self._last_used = dict(state.last_used or {})
        self._follows_edges = bool(state.edges) or (state.users, state.last_used) != (None, None)

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
        self._check_seen(append.seen)
        new, unchanged = new_among(append.entries, self._subjects.keys(), self._live, self._same)
        if any(entry.effect is Effect.RETRACTS for entry in new):
            cascaded = check_unused(append.entries, self._users.of)
            new = [*new, *cascaded]
            check_references([*append.entries, *cascaded], self._subjects.keys(), self._live)
        elif any(entry.references for entry in new):
            check_references(new, self._subjects.keys(), self._live)
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

    def _check_seen(self, seen: Seen) -> None:
        """Refuse what was made from another state of the record than there is by now."""
        for name, revision in seen.revisions.items():
            known = self._subjects.get(name)
            if revision != (known.revision if known else 0):
                raise Outdated(name)
        for name, position in seen.users.items():
            if self._last_used.get(name, 0) > position:
                raise Outdated(name)

    def _same(self, entry: NewEntry) -> bool:
        if entry.effect is Effect.RECORDS:
            return entry.same or _content(entry) == self._contents.get(entry.subject)
        return entry.same

    def _check_acyclic(self, new: Sequence[NewEntry]) -> None:
        edges = acyclic_edges(new)
        replaced = {entry.subject for entry in new if entry.effect is not Effect.RECORDS}
        for relation, starts in acyclic_starts(new).items():
            walked = self._ways.walked(relation, starts, edges[relation], replaced)
            edges[relation] = [*walked]
        for relation, edges_of in edges.items():
            check_acyclic(relation, edges_of)

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
        self._change(entry, Entry(header, entry.payload, salt, self._hash))
        if entry.references:
            self._add_edges(entry)

    def _change(self, entry: NewEntry, appended: Entry) -> None:
        """Take an entry into the plan, and into the state that the next append meets."""
        subject, effect = entry.subject, entry.effect
        content = None if effect is Effect.RECORDS else self._subjects[subject].content_position
        self.plan.add(appended, effect, content)
        if effect in (Effect.RECORDS, Effect.AMENDS):
            self._contents[subject] = _content(entry)
        if effect is Effect.AMENDS:
            content = self._position
        if effect is not Effect.RECORDS:
            self._ways.drop(subject)
            self._users.drop(subject)
        self._subjects[subject] = OnRecord(self._position, effect is not Effect.RETRACTS, content)
        (self._live.discard if effect is Effect.RETRACTS else self._live.add)(subject)

    def _add_edges(self, entry: NewEntry) -> None:
        """Take in the edges of an entry; those of what is reinstated are written already."""
        edges = new_edges(entry.references, self._position)
        if entry.effect is not Effect.REINSTATES:
            self.plan.edges.extend(edges)
        if not self._follows_edges:
            return
        for relation, source, target, *_ in edges:
            self._users.add(target, entry.subject)
            self._last_used[target] = self._position
            self._ways.add(relation, Edge(source, target, entry.subject))

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
