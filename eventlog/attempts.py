"""One attempt after the other to put entries on record, and what is learnt from each refusal.

What is checked here is read without a lock, while others append. So an append says what of the
record was looked at (:class:`~eventlog.entries.Seen`), and the log refuses it if that has changed.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import islice

from eventlog.amending import Amendment, amendment
from eventlog.contents import Thing, edges, effect_of, first_entries, things
from eventlog.entries import Appended, Asked, Effect, NewEntry, Seen
from eventlog.errors import (
    AlreadyRecorded,
    IdempotencyConflict,
    LogError,
    Outdated,
    Refused,
    Unreadable,
)
from eventlog.log import Log
from eventlog.reading import read_entry
from schema.canonical import canonical_bytes
from schema.entries import Amended, AnyChange, AnyEntry, AnyThing, Reinstated, Retracted
from schema.errors import Fault, InvalidInput
from schema.rules import faults_among, rule_references

TRIES = 8
"""How often an append is made anew because somebody else changed what it is about."""

AT_ONCE = 1_000
"""How many things that depend on an amended one are in memory at a time."""


class Attempt:
    """Entries on their way into the log."""

    def __init__(
        self,
        log: Log,
        entries: Sequence[AnyEntry],
        recorded_by: str,
        idempotency_key: str | None,
        cascade: bool,
    ) -> None:
        self._log, self._entries, self._cascade = log, entries, cascade
        self._things = [one for one in entries if not isinstance(one, AnyChange)]
        self._changes = [one for one in entries if isinstance(one, AnyChange)]
        self._recorded_by, self._key = recorded_by, idempotency_key
        self._sight = _Sight(log)
        self._same: dict[str, int] = {}
        self._asked: dict[str, Asked] = {}
        self._tries = 1

    @property
    def seen(self) -> Seen:
        """Return what of the log was looked at by the last check."""
        return Seen({**self._sight.revisions, **self._same}, self._sight.users)

    def checked(self) -> list[NewEntry]:
        """Hold entries against each other and the record, and give them the log's form.

        :raises InvalidInput: with every fault.
        :raises Unreadable: something that has to be looked at cannot be read.
        """
        self._sight = _Sight(self._log)
        changed = [one.id for one in self._changes if not isinstance(one, Retracted)]
        before = self._sight.things(changed)
        amended = _amendments(self._changes, before)
        becoming = [*self._things, *_becoming(self._changes, before, amended)]
        self._check_rules(becoming, amended)
        return [self._new(one, before, amended) for one in self._entries]

    def learn(self, refusal: InvalidInput | LogError) -> Appended | None:
        """Return the first outcome, if all this was asked before; or nothing, to try again.

        :raises InvalidInput, LogError: the refusal, if it does not help to try again.
        """
        match refusal:
            case InvalidInput() | Unreadable():
                if not self._sight.is_outdated():
                    return self._first_outcome(refusal)
            case IdempotencyConflict():
                self._ask_as_before(refusal)
            case AlreadyRecorded():
                self._find_same(refusal)
            case Outdated():
                self._same.clear()
            case _:
                raise refusal
        if self._tries == TRIES:
            raise refusal
        self._tries += 1
        return None

    def _first_outcome(self, refusal: InvalidInput | LogError) -> Appended:
        """Return the first outcome of a request that would be refused if it were not repeated."""
        if self._key is None:
            raise refusal
        try:
            outcome = self._log.append(
                [new_entry(one) for one in self._entries],
                recorded_by=self._recorded_by,
                idempotency_key=self._key,
                dry_run=True,
            )
        except IdempotencyConflict:
            raise
        except Refused:
            raise refusal from None
        if not outcome.repeated:
            raise refusal
        return outcome

    def _ask_as_before(self, refusal: IdempotencyConflict) -> None:
        """Ask in the form of an older program, which may have answered the first request."""
        newer = {one.id: one for one in self._entries if one.VERSION > 1}
        asked = {
            first.header.subject: Asked(first.header.version, first.payload)
            for first in first_entries(self._log, newer)
            if read_entry(first) == newer[first.header.subject]
        }
        if not asked or asked == self._asked:
            raise refusal
        self._asked = asked

    def _find_same(self, refusal: AlreadyRecorded) -> None:
        """Find out whether what is on record says the same.

        The log compares with the bytes of one entry: those of an older version, or of a thing that
        was amended, may say the same.
        """
        known = things(self._log, refusal.ids)
        entries = {one.id: one for one in self._entries}
        same = {
            name: thing.revision for name, thing in known.items() if thing.read() == entries[name]
        }
        if other := [name for name in refusal.ids if name not in same]:
            raise AlreadyRecorded(other)
        self._same |= same

    def _check_rules(self, becoming: Sequence[AnyThing], amended: Mapping[str, Amendment]) -> None:
        """Hold what things become, and then what rules hold against them, against each other."""
        here = {one.id: one for one in becoming}
        looked_at = [name for name, one in amended.items() if one.matters_to_others]
        users = self._sight.users_of(looked_at) - {one.id for one in self._entries}
        for checked in (becoming, *self._sight.read_some(users)):
            wanted = set().union(*(rule_references(one) for one in checked)) - here.keys()
            known = {name: one.read() for name, one in self._sight.things(wanted).items()}
            lookup = {**{one.id: one for one in checked}, **known, **here}.get
            if faults := list(faults_among(checked, lookup, _now())):
                raise InvalidInput(faults)

    def _new(
        self, entry: AnyEntry, before: Mapping[str, Thing], amended: Mapping[str, Amendment]
    ) -> NewEntry:
        if effect_of(entry) is Effect.RECORDS:  # nearly all
            new, same, asked = new_entry(entry), entry.id in self._same, self._asked.get(entry.id)
            return new._replace(same=same, asked=asked) if same or asked else new
        match entry:
            case Amended() if entry.id in amended:
                one = amended[entry.id]
                return new_entry(one.change)._replace(
                    references=edges(one.becomes), same=one.same, asked=_asked(entry)
                )
            case Reinstated() if entry.id in before:
                return new_entry(entry)._replace(references=edges(before[entry.id].read()))
            case Retracted() if self._cascade:
                return _cascading(entry)
            case _:  # of what is not on record: the log tells
                return new_entry(entry)


class _Sight:
    """What of a log is looked at, and in which state that was."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self.revisions: dict[str, int] = {}
        self.users: dict[str, int] = {}
        self._of_users: dict[str, int] = {}

    def things(self, ids: Collection[str]) -> dict[str, Thing]:
        """Return those of some things that are or were on record."""
        found = things(self._log, ids)
        self.revisions.update((name, _revision(found.get(name))) for name in ids)
        return found

    def users_of(self, ids: Collection[str]) -> set[str]:
        """Return the live things that depend on some others."""
        if not ids:
            return set()
        self.users.update(dict.fromkeys(ids, self._log.head().position))
        return {user for of_one in self._log.dependants(ids).values() for user in of_one}

    def read_some(self, users: Collection[str]) -> Iterator[list[AnyThing]]:
        """Yield what depends on something, a batch of it in memory at a time."""
        waiting = iter(sorted(users))
        while batch := list(islice(waiting, AT_ONCE)):
            found = things(self._log, batch)
            self._of_users.update((name, one.revision) for name, one in found.items())
            yield [one.read() for one in found.values()]

    def is_outdated(self) -> bool:
        """Tell whether something of this has changed since."""
        seen = {**self._of_users, **self.revisions}
        known = self._log.subjects(seen)
        return any(
            revision != (known[name].revision if name in known else 0)
            for name, revision in seen.items()
        )


def _revision(thing: Thing | None) -> int:
    return 0 if thing is None else thing.revision


def _amendments(changes: Sequence[AnyChange], before: Mapping[str, Thing]) -> dict[str, Amendment]:
    """Return what amendments make of things on record; the log refuses those of others.

    :raises InvalidInput: with every fault.
    """
    amended: dict[str, Amendment] = {}
    faults: list[Fault] = []
    for change in changes:
        if isinstance(change, Amended) and change.id in before:
            try:
                amended[change.id] = amendment(before[change.id], change)
            except InvalidInput as error:
                faults.extend(fault.under(change.id) for fault in error.faults)
    if faults:
        raise InvalidInput(faults)
    return amended


def _becoming(
    changes: Sequence[AnyChange], before: Mapping[str, Thing], amended: Mapping[str, Amendment]
) -> Iterator[AnyThing]:
    """Yield what things say once changes are on record."""
    for change in changes:
        if change.id in amended:
            yield amended[change.id].becomes
        elif change.id in before:
            yield before[change.id].read()


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def new_entry(entry: AnyEntry) -> NewEntry:
    """Return an entry in the form that the log stores; of a change without its subject's edges."""
    return NewEntry(
        kind=entry.kind(),
        version=entry.VERSION,
        subject=entry.id,
        payload=canonical_bytes(entry),
        references=() if isinstance(entry, AnyChange) else edges(entry),
        effect=effect_of(entry),
    )


def _asked(entry: AnyEntry) -> Asked:
    return Asked(entry.VERSION, canonical_bytes(entry))


def _cascading(entry: Retracted) -> NewEntry:
    """Return a retraction that takes along what depends on its subject."""

    def taken_along(user: str) -> NewEntry:
        return _cascading(Retracted(id=user, reason=entry.reason, cascaded_from=entry.id))

    return new_entry(entry)._replace(cascade=taken_along)
