"""Dossiers against what is on record of them: what was changed, and what is missing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from eventlog import Entry, Log, Subject
from eventlog.reading import read_entry
from onrecord.differences import differences
from schema.canonical import canonical_bytes
from schema.dossier import SECTIONS, Dossier
from schema.entries import AnyEntry
from schema.errors import Fault

_KINDS = [section.removesuffix("s") for section in SECTIONS]


def faults_against_record(log: Log, dossiers: Sequence[Dossier]) -> Iterator[Fault]:
    """Yield, in the order of the files, where dossiers say something else than the record.

    Changed is what has the id of something on record and other content: one fault a field.
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
            for fault in found.against(entry):
                yield dossier.located(fault.under(entry.id))
        yield from found.missing(dossier, here | set(dossier.used.values()))


@dataclass(frozen=True, slots=True)
class _OnRecord:
    """What the log has of some dossiers: by their ids, and below their sources."""

    things: Mapping[str, Subject]
    entries: Mapping[int, Entry]
    below: Mapping[str, Subject]

    @classmethod
    def of(cls, log: Log, dossiers: Sequence[Dossier]) -> "_OnRecord":
        things = log.subjects({entry.id for dossier in dossiers for entry in dossier.entries})
        below = log.subjects_below([one for dossier in dossiers for one in _folders(dossier)])
        entries = log.read_positions({one.first_position for one in things.values()})
        return cls(things, entries, below)

    def against(self, entry: AnyEntry) -> Iterator[Fault]:
        """Yield how an entry differs from what is on record of it, if anything is."""
        thing = self.things.get(entry.id)
        if thing is None:
            return
        position = thing.first_position
        header, payload = self.entries[position].header, self.entries[position].payload
        if (header.version, payload) == (entry.VERSION, canonical_bytes(entry)):
            return
        yield from differences(read_entry(self.entries[position]), entry, position)

    def missing(self, dossier: Dossier, here: set[str]) -> Iterator[Fault]:
        """Yield what a dossier lacks of what is on record below its source."""
        folders = _folders(dossier)
        things = [one for one in self.below.values() if one.id.rpartition("/")[0] in folders]
        for one in sorted(things, key=lambda thing: thing.first_position):
            if one.id not in here:
                message = f"{one.id} is on record at position {one.first_position:,}, but not here"
                yield Fault(("source",), message, dossier.document.where(("source",)))


def _folders(dossier: Dossier) -> list[str]:
    """Return where the things of a dossier's own source have their ids."""
    if dossier.source is None:
        return []
    name = dossier.source.id.partition("/")[2]
    return [f"{kind}/{name}" for kind in _KINDS]
