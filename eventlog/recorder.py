"""Putting entries on record: checked against each other and the log, then appended."""

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime

from eventlog.entries import Appended, Entry, NewEntry, Reference
from eventlog.log import Log
from eventlog.reading import read_entry
from eventlog.writer import Writer
from schema.canonical import canonical_bytes
from schema.entries import AnyEntry
from schema.errors import InvalidInput
from schema.references import references
from schema.rules import faults_among, rule_references


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
        dry_run: bool = False,
    ) -> Appended:
        """Append entries in one append, or none of them.

        :raises InvalidInput: they contradict each other or what they refer to.
        :raises Unreadable: the rules have to look at an entry of a newer program, or a defect.
        :raises LogError: the log refuses them: an unknown reference, an id that has other
            content, a cycle, a wrong revision, a used idempotency key.
        """
        return (self._writer or self._log).append(
            self._checked(entries),
            recorded_by=self._recorded_by,
            idempotency_key=idempotency_key,
            expected_revisions=expected_revisions,
            dry_run=dry_run,
        )

    async def record_async(
        self,
        entries: Sequence[AnyEntry],
        *,
        idempotency_key: str | None = None,
        expected_revisions: Mapping[str, int] | None = None,
        dry_run: bool = False,
    ) -> Appended:
        """Record as :meth:`record` does; behind a writer no thread is held while it waits."""
        if self._writer is None:
            return await asyncio.to_thread(
                self.record,
                entries,
                idempotency_key=idempotency_key,
                expected_revisions=expected_revisions,
                dry_run=dry_run,
            )
        return await self._writer.append_async(
            await asyncio.to_thread(self._checked, entries),
            recorded_by=self._recorded_by,
            idempotency_key=idempotency_key,
            expected_revisions=expected_revisions,
            dry_run=dry_run,
        )

    def _checked(self, entries: Sequence[AnyEntry]) -> list[NewEntry]:
        """Hold entries against each other and the record, and give them the log's form."""
        known: dict[str, AnyEntry] = self._recorded(entries)
        known.update((entry.id, entry) for entry in entries)
        if faults := list(faults_among(entries, known.get, _now())):
            raise InvalidInput(faults)
        return self._as_on_record(entries)

    def _recorded(self, entries: Iterable[AnyEntry]) -> dict[str, AnyEntry]:
        """Return the entries on record that the rules have to look at, by id."""
        wanted = set().union(*(rule_references(entry) for entry in entries))
        return {one: read_entry(found) for one, found in self._found(wanted).items()}

    def _as_on_record(self, entries: Sequence[AnyEntry]) -> list[NewEntry]:
        """Return entries as the log stores them; what is on record keeps the form it has there.

        The log compares bytes, and those of an older version say the same in another form.
        """
        found = self._found([entry.id for entry in entries if entry.VERSION > 1])
        return [_in_form_of(found.get(entry.id), entry) for entry in entries]

    def _found(self, ids: Collection[str]) -> dict[str, Entry]:
        if not ids:
            return {}
        positions = {one.first_position for one in self._log.subjects(ids).values()}
        entries = self._log.read_positions(positions).values()
        return {entry.header.subject: entry for entry in entries}


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def new_entry(entry: AnyEntry) -> NewEntry:
    """Return an entry in the form that the log stores."""
    return NewEntry(
        kind=entry.kind(),
        version=entry.VERSION,
        subject=entry.id,
        payload=canonical_bytes(entry),
        references=_edges(entry),
    )


def references_of(entry: Entry) -> tuple[Reference, ...]:
    """Return the edges that an entry of the log wrote when it was recorded.

    :raises Unreadable: a newer program wrote it, or it is not what was recorded.
    """
    return _edges(read_entry(entry))


def _edges(entry: AnyEntry) -> tuple[Reference, ...]:
    return tuple(
        Reference(one.relation, one.source, one.target, one.acyclic) for one in references(entry)
    )


def _in_form_of(recorded: Entry | None, entry: AnyEntry) -> NewEntry:
    new = new_entry(entry)
    if recorded is None or recorded.header.version >= new.version:
        return new
    if recorded.header.kind != new.kind or read_entry(recorded) != entry:
        return new
    return new._replace(version=recorded.header.version, payload=recorded.payload)
