"""Dossiers against what is on record of them now: what was changed, is missing, or was retracted."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import orjson

from eventlog import Log, Subject
from eventlog.contents import Thing, things
from onrecord.differences import differences
from schema.canonical import canonical_bytes
from schema.changes import changed_fields
from schema.dossier import SECTIONS, Dossier
from schema.entries import Amended, AnyThing, Retracted
from schema.errors import Fault

_KINDS = [section.removesuffix("s") for section in SECTIONS]


@dataclass(frozen=True, slots=True)
class Changed:
    """A thing that a dossier tells otherwise than the record does."""

    dossier: Dossier
    here: AnyThing
    on_record: AnyThing
    subject: Subject

    def faults(self) -> Iterator[Fault]:
        """Yield how it differs, one fault a field."""
        for fault in differences(self.on_record, self.here, self.subject.content_position):
            yield self.dossier.located(fault.under(self.here.id))

    def amended(self, reason: str) -> Amended:
        """Return the change that makes the record say what the dossier says."""
        before, now = (orjson.loads(canonical_bytes(one)) for one in (self.on_record, self.here))
        return Amended(id=self.here.id, fields=changed_fields(before, now), reason=reason)


@dataclass(frozen=True, slots=True)
class Missing:
    """A thing on record below a dossier's source which does not stand in the dossier."""

    dossier: Dossier
    subject: Subject

    def faults(self) -> Iterator[Fault]:
        """Yield where it is on record."""
        position = self.subject.first_position
        yield self.fault(f"{self.subject.id} is on record at position {position:,}, but not here")

    def fault(self, message: str) -> Fault:
        """Return a fault of it, placed at the dossier's source: it has no place of its own."""
        return Fault(("source",), message, self.dossier.document.where(("source",)))

    def retracted(self, reason: str) -> Retracted:
        """Return the change that takes it off the record."""
        return Retracted(id=self.subject.id, reason=reason)


@dataclass(frozen=True, slots=True)
class Gone:
    """A thing that a dossier tells and that was retracted."""

    dossier: Dossier
    here: AnyThing
    position: int

    def faults(self) -> Iterator[Fault]:
        """Yield where it was retracted."""
        message = f"{self.here.id} stands here, but was retracted at position {self.position:,}"
        yield self.dossier.located(Fault((self.here.id,), message))


Differing: TypeAlias = Changed | Missing | Gone


def differing(log: Log, dossiers: Sequence[Dossier]) -> Iterator[Differing]:
    """Yield, in the order of the files, what dossiers tell otherwise than the record does now.

    Missing is what is on record below a dossier's source (``kind/<source name>/...``), in none of
    the dossiers, and not named under ``use`` by that dossier itself, which says that another
    file records it. Whether another dossier uses it does not count: to use is not to record.

    What has an id elsewhere, such as the things of a dossier without a source or one with an
    ``id`` of its own, is compared but never missed: the log does not know which file wrote what.
    An append does not tell it either. It may hold several files, of which one is recorded again
    alone, and it does not hold what a file got later.

    :raises Unreadable: an entry to compare with was written by a newer program, or is a defect.
    """
    found = _OnRecord.of(log, dossiers)
    here = {entry.id for dossier in dossiers for entry in dossier.entries}
    for dossier in dossiers:
        for entry in dossier.entries:
            yield from found.against(dossier, entry)
        yield from found.missing(dossier, here | set(dossier.used.values()))


@dataclass(frozen=True, slots=True)
class _OnRecord:
    """What the log has of some dossiers: by their ids, and below their sources."""

    subjects: Mapping[str, Subject]
    things: Mapping[str, Thing]
    below: Mapping[str, Subject]

    @classmethod
    def of(cls, log: Log, dossiers: Sequence[Dossier]) -> "_OnRecord":
        ids = {entry.id for dossier in dossiers for entry in dossier.entries}
        below = log.subjects_below([one for dossier in dossiers for one in _folders(dossier)])
        return cls(log.subjects(ids), things(log, ids), below)

    def against(self, dossier: Dossier, entry: AnyThing) -> Iterator[Differing]:
        """Yield how an entry differs from what is on record of it, if it does."""
        subject = self.subjects.get(entry.id)
        if subject is None:
            return
        if not subject.live:
            yield Gone(dossier, entry, subject.revision)
            return
        thing = self.things[entry.id]
        if (thing.content.version, thing.content.payload) == (
            entry.VERSION,
            canonical_bytes(entry),
        ):
            return
        on_record = thing.read()
        if on_record != entry:
            yield Changed(dossier, entry, on_record, subject)

    def missing(self, dossier: Dossier, here: set[str]) -> Iterator[Missing]:
        """Yield what a dossier lacks of what is on record below its source."""
        folders = _folders(dossier)
        lacking = [
            one
            for one in self.below.values()
            if one.live and one.id not in here and one.id.rpartition("/")[0] in folders
        ]
        for one in sorted(lacking, key=lambda thing: thing.first_position):
            yield Missing(dossier, one)


def _folders(dossier: Dossier) -> list[str]:
    """Return where the things of a dossier's own source have their ids."""
    if dossier.source is None:
        return []
    name = dossier.source.id.partition("/")[2]
    return [f"{kind}/{name}" for kind in _KINDS]
