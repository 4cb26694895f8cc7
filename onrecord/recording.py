"""Putting dossiers on record: all files of one call in one append, or none of them."""

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from eventlog import Appended, Log
from eventlog.errors import Cycle, Refused, UnknownReference
from eventlog.recorder import Recorder
from onrecord.comparing import faults_against_record
from onrecord.files import read_text
from schema.dossier import Dossier, read_dossier
from schema.entries import AnyEntry, SourceRecorded
from schema.errors import Fault, InvalidInput, did_you_mean
from schema.references import places

NEAR = 0.8

_SAME = "on record with the same content"

_ADVICE = (
    "nothing was written, and what is on record stays as it is: let the dossier say it as it was "
    "recorded (onrecord log show POSITION shows how) and only add to it, or record all dossiers "
    "anew into an empty folder (ONRECORD_DATA names it)"
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What recording some dossiers did, or would do."""

    appended: Appended
    entries: tuple[AnyEntry, ...]
    """All of them, those included that were on record."""

    def new(self) -> list[tuple[int, AnyEntry]]:
        """Return what was not on record, with its positions."""
        by_id = {entry.id: entry for entry in self.entries}
        return sorted(
            ((position, by_id[one]) for one, position in self.appended.positions.items()),
            key=lambda one: one[0],
        )

    def sentence(self, *, dry_run: bool = False) -> str:
        """Tell it."""
        new, same = len(self.appended.positions), len(self.appended.unchanged)
        if not new:
            all_of_them = "the entry is" if same == 1 else f"all {same:,} entries are"
            return f"nothing to record: {all_of_them} {_SAME}; {self._looked_for()}"
        entries = f"{new:,} {'entry' if new == 1 else 'entries'}"
        were = "was" if same == 1 else "were"
        kept = f"; {same:,} {were} {_SAME}; {self._looked_for()}" if same else ""
        place = (
            f"position {self.appended.first:,}"
            if new == 1
            else f"positions {self.appended.first:,} to {self.appended.last:,}"
        )
        if dry_run:
            return f"would record {entries} at {place}{kept}; nothing was written"
        return f"recorded {entries} at {place}{kept}"

    def _looked_for(self) -> str:
        """Tell how much of what may be missing was looked for."""
        sources = [entry.id for entry in self.entries if isinstance(entry, SourceRecorded)]
        if not sources:
            return "what is missing was not looked for, since there is no source among them"
        below = sources[0] if len(sources) == 1 else f"their {len(sources):,} sources"
        return f"nothing below {below} is missing, and what has an id elsewhere was not looked for"


class Differs(InvalidInput):
    """Raised when dossiers say something else than the record; tells what can be done."""

    def __str__(self) -> str:
        """Return every difference, and what can be done now."""
        return f"{super().__str__()}\n{_ADVICE}"


def each_once(files: Iterable[Path]) -> list[Path]:
    """Return files without those that are another one under another path."""
    by_place: dict[str, Path] = {}
    for file in files:
        by_place.setdefault(os.path.realpath(file), file)
    return list(by_place.values())


def read_dossiers(files: Iterable[Path]) -> list[Dossier]:
    """Read dossier files.

    :raises InvalidInput: with every fault of every file.
    """
    dossiers: list[Dossier] = []
    faults: list[Fault] = []
    for file in files:
        try:
            dossiers.append(read_dossier(read_text(file), str(file)))
        except InvalidInput as error:
            faults.extend(error.faults)
    if faults:
        raise InvalidInput(faults)
    return dossiers


def record(
    log: Log, recorded_by: str, dossiers: Sequence[Dossier], *, dry_run: bool = False
) -> Outcome:
    """Record dossiers, which may refer to each other in any order.

    What is on record as it stands here is left alone, what is new is appended. A dossier has to
    hold all that is on record below its source (see :mod:`onrecord.comparing`): who adds a statement to the source by other
    means, such as the ``record`` mutation of the API, adds it to the dossier as well, or the
    dossier is refused from then on since it lacks that statement.

    :raises Differs: something is on record with other content, or is missing here; nothing was
        written.
    :raises InvalidInput: they contradict each other or the record; each fault tells its place.
    :raises LogError: the log fails.
    """
    entries: list[AnyEntry] = [entry for dossier in dossiers for entry in dossier.entries]
    if not entries:
        raise InvalidInput([Fault((), f"{_names(dossiers)}: there is nothing in it to record")])
    _check_ids(dossiers)
    if faults := list(faults_against_record(log, dossiers)):
        raise Differs(faults)
    try:
        appended = Recorder(log, recorded_by).record(entries, dry_run=dry_run)
    except (InvalidInput, Refused) as error:
        refused = _faults(error, log, entries)
        raise InvalidInput([_located(fault, dossiers) for fault in refused]) from None
    return Outcome(appended, tuple(entries))


def _check_ids(dossiers: Sequence[Dossier]) -> None:
    """Refuse an id that two files record: each would be right by itself."""
    first: dict[str, Dossier] = {}
    faults = []
    for dossier in dossiers:
        for entry in dossier.entries:
            other = first.setdefault(entry.id, dossier)
            if other is not dossier:
                fault = Fault((entry.id,), f"{entry.id} is recorded by {other.name} as well")
                faults.append(dossier.located(fault))
    if faults:
        raise InvalidInput(faults)


def _faults(
    error: InvalidInput | Refused, log: Log, entries: Sequence[AnyEntry]
) -> Iterator[Fault]:
    """Yield what was refused, one fault a thing."""
    by_id = {entry.id: entry for entry in entries}
    match error:
        case InvalidInput(faults=faults):
            yield from faults
        case UnknownReference(dangling=dangling):
            for one in dangling:
                message = f"{one.target} is not on record{_near(one.target, log, by_id)}"
                yield Fault((one.subject, *_place(by_id[one.subject], one.target)), message)
        case Cycle(ids=ids):
            subject = next((one for one in ids if one in by_id), ids[0])
            yield Fault((subject,), str(error))
        case _:
            yield Fault((), str(error))


def _place(entry: AnyEntry, target: str) -> tuple[str, ...]:
    """Return where an entry names a thing."""
    return next((place.path for place in places(entry) if place.target == target), ())


def _near(target: str, log: Log, new: Iterable[str]) -> str:
    """Suggest ids of the same kind; all of them begin alike, so that near means nearer."""
    kind = target.partition("/")[0]
    known = [*log.known_ids(kind), *(one for one in new if one.startswith(f"{kind}/"))]
    return did_you_mean(target, known, cutoff=NEAR)


def _located(fault: Fault, dossiers: Sequence[Dossier]) -> Fault:
    return next(
        (found for dossier in dossiers if (found := dossier.located(fault)) is not fault), fault
    )


def _names(dossiers: Sequence[Dossier]) -> str:
    return ", ".join(dossier.name for dossier in dossiers)
