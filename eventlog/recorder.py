"""Putting entries on record: checked against each other and the log, then appended."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime

from eventlog.amending import Amendment, amendment
from eventlog.contents import Thing, edges, effect_of, things
from eventlog.entries import Appended, NewEntry
from eventlog.errors import AlreadyRecorded, Outdated
from eventlog.log import Log
from eventlog.writer import Writer
from schema.canonical import canonical_bytes
from schema.entries import Amended, AnyEntry, AnyThing, Recorded, Reinstated, Retracted
from schema.errors import Fault, InvalidInput
from schema.rules import faults_among, rule_references

TRIES = 5
"""How often an append is made anew because somebody else changed what it is about."""


class Recorder:
    """Records entries in one log in one name, which is public for ever.

    ``writer`` stands in front of the log where many record at the same time.
    """

    def __init__(self, log: Log, recorded_by: str, writer: Writer | None = None) -> None:
        self._log = log
        self._recorded_by = recorded_by
        self._writer = writer

    def record(
        self,
        entries: Sequence[AnyEntry],
        *,
        idempotency_key: str | None = None,
        expected_revisions: Mapping[str, int] | None = None,
        cascade: bool = False,
        dry_run: bool = False,
    ) -> Appended:
        """Append entries in one append, or none of them.

        ``cascade``: what depends on a thing that is retracted is retracted with it.

        :raises InvalidInput: they contradict each other or what they refer to, or an amendment
            makes of a thing what is none of its kind.
        :raises Unreadable: the rules have to look at an entry of a newer program, or a defect.
        :raises LogError: the log refuses them; see :meth:`eventlog.log.Log.append`.
        """
        attempt = _Attempt(self._log, entries, cascade)
        while True:
            try:
                return (self._writer or self._log).append(
                    attempt.checked(),
                    recorded_by=self._recorded_by,
                    idempotency_key=idempotency_key,
                    expected_revisions=expected_revisions,
                    dry_run=dry_run,
                )
            except (AlreadyRecorded, Outdated) as refusal:
                attempt.learn(refusal)

    async def record_async(
        self,
        entries: Sequence[AnyEntry],
        *,
        idempotency_key: str | None = None,
        expected_revisions: Mapping[str, int] | None = None,
        cascade: bool = False,
        dry_run: bool = False,
    ) -> Appended:
        """Record as :meth:`record` does; behind a writer no thread is held while it waits."""
        if self._writer is None:
            return await asyncio.to_thread(
                self.record,
                entries,
                idempotency_key=idempotency_key,
                expected_revisions=expected_revisions,
                cascade=cascade,
                dry_run=dry_run,
            )
        attempt = _Attempt(self._log, entries, cascade)
        while True:
            try:
                return await self._writer.append_async(
                    await asyncio.to_thread(attempt.checked),
                    recorded_by=self._recorded_by,
                    idempotency_key=idempotency_key,
                    expected_revisions=expected_revisions,
                    dry_run=dry_run,
                )
            except (AlreadyRecorded, Outdated) as refusal:
                await asyncio.to_thread(attempt.learn, refusal)


class _Attempt:
    """Entries on their way into the log, with what was learnt from being refused."""

    def __init__(self, log: Log, entries: Sequence[AnyEntry], cascade: bool) -> None:
        self._log, self._entries, self._cascade = log, entries, cascade
        self._same: dict[str, int] = {}
        self._tries = 1

    def checked(self) -> list[NewEntry]:
        """Hold entries against each other and the record, and give them the log's form.

        :raises InvalidInput: with every fault.
        """
        changed = [one.id for one in self._entries if isinstance(one, Amended | Reinstated)]
        before = things(self._log, changed)
        amended = _amendments(self._entries, before)
        becoming = _becoming(self._entries, before, amended)
        self._check_rules(becoming, amended, before)
        return [self._new(one, before, amended) for one in self._entries]

    def learn(self, refusal: AlreadyRecorded | Outdated) -> None:
        """Find out whether what is on record says the same; see again what was changed meanwhile.

        The log compares with the bytes of one entry: those of an older version, or of a thing that
        was amended, may say the same.

        :raises AlreadyRecorded, Outdated: it does not help to try again.
        """
        if self._tries == TRIES:
            raise refusal
        self._tries += 1
        if isinstance(refusal, Outdated):
            self._same.clear()
            return
        known = things(self._log, refusal.ids)
        entries = {one.id: one for one in self._entries}
        same = {
            name: thing.revision for name, thing in known.items() if thing.read() == entries[name]
        }
        if other := [name for name in refusal.ids if name not in same]:
            raise AlreadyRecorded(other)
        self._same |= same

    def _check_rules(
        self,
        becoming: Sequence[AnyThing],
        amended: Mapping[str, Amendment],
        before: Mapping[str, Thing],
    ) -> None:
        """Hold what things become, and what rules look at them, against all they refer to."""
        affected = self._affected(amended, before)
        going = {one.id for one in self._entries if isinstance(one, Retracted)}
        checked = [*becoming, *(one for one in affected if one.id not in going)]
        known: dict[str, AnyThing] = {one.id: one for one in checked}
        wanted = set().union(*(rule_references(one) for one in checked)) - known.keys()
        known |= {name: thing.read() for name, thing in things(self._log, wanted).items()}
        if faults := list(faults_among(checked, known.get, _now())):
            raise InvalidInput(faults)

    def _affected(
        self, amended: Mapping[str, Amendment], before: Mapping[str, Thing]
    ) -> list[AnyThing]:
        """Return the things whose rules look at fields that are amended."""
        looked_at = [name for name, one in amended.items() if one.matters_to_others]
        found = self._log.dependants(looked_at) if looked_at else {}
        users = {user for of_one in found.values() for user in of_one}
        here = {one.id for one in self._entries}
        return [thing.read() for thing in things(self._log, users - here).values()]

    def _new(
        self, entry: AnyEntry, before: Mapping[str, Thing], amended: Mapping[str, Amendment]
    ) -> NewEntry:
        match entry:
            case Amended() if entry.id in amended:
                one = amended[entry.id]
                return new_entry(one.change)._replace(
                    references=edges(one.becomes), seen=one.thing.revision, same=one.same
                )
            case Reinstated() if entry.id in before:
                thing = before[entry.id]
                return new_entry(entry)._replace(
                    references=edges(thing.read()), seen=thing.revision
                )
            case Retracted() if self._cascade:
                return _cascading(entry)
            case _:
                seen = self._same.get(entry.id)
                return new_entry(entry)._replace(seen=seen, same=seen is not None)


def _amendments(entries: Sequence[AnyEntry], before: Mapping[str, Thing]) -> dict[str, Amendment]:
    """Return what amendments make of things on record; the log refuses those of others.

    :raises InvalidInput: with every fault.
    """
    amended: dict[str, Amendment] = {}
    faults: list[Fault] = []
    for entry in entries:
        if isinstance(entry, Amended) and entry.id in before:
            try:
                amended[entry.id] = amendment(before[entry.id], entry)
            except InvalidInput as error:
                faults.extend(fault.under(entry.id) for fault in error.faults)
    if faults:
        raise InvalidInput(faults)
    return amended


def _becoming(
    entries: Sequence[AnyEntry], before: Mapping[str, Thing], amended: Mapping[str, Amendment]
) -> list[AnyThing]:
    """Return what things say once entries are on record."""
    becoming: list[AnyThing] = []
    for entry in entries:
        match entry:
            case Amended():
                becoming += [amended[entry.id].becomes] if entry.id in amended else []
            case Reinstated():
                becoming += [before[entry.id].read()] if entry.id in before else []
            case Retracted():
                pass
            case _:
                becoming.append(entry)
    return becoming


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def new_entry(entry: AnyEntry) -> NewEntry:
    """Return an entry in the form that the log stores; of a change without its subject's edges."""
    return NewEntry(
        kind=entry.kind(),
        version=entry.VERSION,
        subject=entry.id,
        payload=canonical_bytes(entry),
        references=edges(entry) if isinstance(entry, AnyThing) else (),
        effect=effect_of(entry),
    )


def _cascading(entry: Retracted) -> NewEntry:
    """Return a retraction that takes along what depends on its subject."""

    def taken_along(user: str) -> NewEntry:
        return _cascading(Retracted(id=user, reason=entry.reason, cascaded_from=entry.id))

    return new_entry(entry)._replace(cascade=taken_along)
