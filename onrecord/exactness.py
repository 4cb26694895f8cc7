"""Holding dossiers, or all that is on record, against the texts of the sources."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace

from eventlog import Entry, Log, Subject
from eventlog.contents import things
from eventlog.errors import Unreadable
from eventlog.log import BATCH
from eventlog.reading import read_entry
from onrecord.documents import Find
from schema.coding.evidence import Cited, cited_by, cited_in, inexact, located, mismeasured
from schema.dossier import Dossier
from schema.entries import AnyEntry, AnyThing, SourceRecorded
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
        """Yield what is not exact in what a log says now, a batch of it in memory at a time.

        What was amended is held against the text as it is told now, and what was retracted not.
        """
        position = 0
        while batch := log.read(position, BATCH):
            position = batch[-1].position
            said, faults = _said_now(log, batch)
            yield from faults
            entries = [one for one, _ in said]
            positions = {one.id: at for one, at in said}
            cited = [one for entry in entries for one in cited_by(entry)]
            sources = [one for one in entries if isinstance(one, SourceRecorded)]
            lacking = {one.source for one in cited} - {one.id for one in sources}
            yield from map(_locate_at(positions), self._know(sources))
            self._look_up(log, lacking)
            yield from map(_locate_at(positions), self._hold(cited))
            on_progress(position)

    def _look_up(self, log: Log, identifiers: AbstractSet[str]) -> None:
        """Know sources that stand elsewhere in a log; they are measured there."""
        subjects = log.subjects(identifiers - self.sources.keys())
        for subject in subjects.values():
            source = _thing(log, subject)
            if isinstance(source, SourceRecorded) and subject.live:
                self.sources[source.id] = source

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


def _said_now(log: Log, batch: Sequence[Entry]) -> tuple[list[tuple[AnyThing, int]], list[Fault]]:
    """Return what those things say now that a batch puts on record, and where they say it.

    Things that cannot be read are told as faults, those that were retracted not at all.
    """
    said: list[tuple[AnyThing, int]] = []
    faults: list[Fault] = []
    subjects = log.subjects({entry.header.subject for entry in batch})
    for entry in batch:
        subject = subjects[entry.header.subject]
        if entry.position != subject.first_position or not subject.live:
            continue
        unchanged = subject.content_position == entry.position
        found = _read(entry) if unchanged else _thing(log, subject)
        if isinstance(found, Fault):
            faults.append(found)
        elif isinstance(found, AnyThing):
            said.append((found, subject.content_position))
    return said, faults


def _thing(log: Log, subject: Subject) -> AnyThing | Fault:
    try:
        return things(log, [subject.id])[subject.id].read()
    except Unreadable as error:
        return _unreadable(error)


def _read(entry: Entry) -> AnyEntry | Fault:
    try:
        return read_entry(entry)
    except Unreadable as error:
        return _unreadable(error)


def _unreadable(error: Unreadable) -> Fault:
    return Fault((error.subject,), error.reason, f"position {error.position:,}")
