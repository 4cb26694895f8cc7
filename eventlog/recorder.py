"""Putting entries on record: checked against each other and the log, then appended."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from eventlog.entries import Appended, NewEntry, Reference
from eventlog.log import Log
from schema.canonical import canonical_bytes
from schema.entries import AnyEntry, decode
from schema.errors import InvalidInput
from schema.references import references
from schema.rules import faults_among, rule_references


class Recorder:
    """Records entries in one log in one name, which is public for ever."""

    def __init__(self, log: Log, recorded_by: str) -> None:
        self._log = log
        self._recorded_by = recorded_by

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
        :raises LogError: the log refuses them: an unknown reference, an id that has other
            content, a cycle, a wrong revision, a used idempotency key.
        """
        known: dict[str, AnyEntry] = self._recorded(entries)
        known.update((entry.id, entry) for entry in entries)
        if faults := list(faults_among(entries, known.get, _now())):
            raise InvalidInput(faults)
        return self._log.append(
            [new_entry(entry) for entry in entries],
            recorded_by=self._recorded_by,
            idempotency_key=idempotency_key,
            expected_revisions=expected_revisions or {},
            dry_run=dry_run,
        )

    def _recorded(self, entries: Iterable[AnyEntry]) -> dict[str, AnyEntry]:
        """Return the entries on record that the rules have to look at, by id."""
        wanted = set().union(*(rule_references(entry) for entry in entries))
        positions = {one.first_position for one in self._log.subjects(wanted).values()}
        found = self._log.read_positions(positions).values()
        return {
            one.header.subject: decode(one.header.kind, one.header.version, one.payload)
            for one in found
        }


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def new_entry(entry: AnyEntry) -> NewEntry:
    """Return an entry in the form that the log stores."""
    return NewEntry(
        kind=entry.kind(),
        version=entry.VERSION,
        subject=entry.id,
        payload=canonical_bytes(entry),
        references=tuple(
            Reference(one.relation, one.source, one.target, one.acyclic)
            for one in references(entry)
        ),
    )
