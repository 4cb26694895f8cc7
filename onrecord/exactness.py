"""Holding dossiers, or all that is on record, against the texts of the sources."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from eventlog import Entry, Log
from eventlog.errors import Unreadable
from eventlog.reading import read_entry
from onrecord.documents import Find
from schema.coding.evidence import Cited, cited_by, cited_in, inexact, located, mismeasured
from schema.dossier import Dossier
from schema.entries import AnyEntry, SourceRecorded
from schema.errors import Fault

Locate = Callable[[Fault], Fault]


class Exactness:
    """A check that goes on from batch to batch; it keeps sources in memory, and no entries."""

    def __init__(self, find: Find) -> None:
        self.count = 0
        """How many passages, quotations, hedges and things left out were held against a text."""
        self.sources: dict[str, SourceRecorded] = {}
        self.unchecked: dict[str, int] = {}
        """How many of these could not be, by source, since its text or the source is missing."""
        self._find = find

    def dossiers(self, dossiers: Sequence[Dossier]) -> Iterator[Fault]:
        """Yield what is not exact in dossiers, which may name each other's sources."""
        for dossier in dossiers:
            yield from map(_locate_in(dossier), self._know(dossier.entries))
        for dossier in dossiers:
            yield from map(_locate_in(dossier), self._hold(cited_in(dossier)))

    def log(self, log: Log, on_progress: Callable[[int], None]) -> Iterator[Fault]:
        """Yield what is not exact in a log, an append in memory at a time."""
        for _, append in groupby(log.entries(), lambda entry: entry.header.append_first):
            read = list(append)
            positions = {entry.header.subject: entry.position for entry in read}
            entries: list[AnyEntry] = []
            for entry in read:
                found = _read(entry)
                if isinstance(found, Fault):
                    yield found
                else:
                    entries.append(found)
            locate = _locate_at(positions)
            yield from map(locate, self._know(entries))
            yield from map(locate, self._hold(one for entry in entries for one in cited_by(entry)))
            on_progress(read[-1].position)

    def _know(self, entries: Iterable[AnyEntry]) -> Iterator[Fault]:
        for source in entries:
            if isinstance(source, SourceRecorded):
                self.sources[source.id] = source
                text = self._find(source.sha256)
                if text is None:
                    self.unchecked.setdefault(source.id, 0)
                else:
                    yield from mismeasured(source, text)

    def _hold(self, cited: Iterable[Cited]) -> Iterator[Fault]:
        by_source: dict[str, list[Cited]] = {}
        for one in cited:
            by_source.setdefault(one.source, []).append(one)
        for identifier, some in by_source.items():
            source = self.sources.get(identifier)
            text = self._find(source.sha256) if source is not None else None
            if source is None or text is None:
                self.unchecked[identifier] = self.unchecked.get(identifier, 0) + len(some)
            else:
                self.count += len(some)
                yield from inexact(source, some, text)


def _locate_in(dossier: Dossier) -> Locate:
    return lambda fault: located(dossier, fault)


def _locate_at(positions: dict[str, int]) -> Locate:
    return lambda fault: replace(fault, where=f"position {positions[fault.path[0]]:,}")


def _read(entry: Entry) -> AnyEntry | Fault:
    try:
        return read_entry(entry)
    except Unreadable as error:
        return Fault((error.subject,), error.reason, f"position {error.position:,}")
