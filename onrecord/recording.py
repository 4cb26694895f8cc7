"""Putting dossiers on record: all files of one call in one append, or none of them."""

import os
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from eventlog import Appended, Log
from eventlog.errors import Refused, StillInUse
from eventlog.recorder import Recorder
from onrecord.comparing import Changed, Differing, Gone, Missing, differing
from onrecord.files import read_text
from onrecord.refusing import faults_of_refusal
from onrecord.steps import at_positions, done_by
from schema.dossier import Dossier, read_dossier
from schema.entries import Amended, AnyEntry, AnyThing, Retracted, SourceRecorded
from schema.errors import Fault, InvalidInput, faults_of
from schema.values import Text

_SAME = "on record with the same content"
_SHOWN = 10
_REASON: TypeAdapter[str | None] = TypeAdapter(Text | None)


@dataclass(frozen=True, slots=True)
class Corrections:
    """What recording a dossier again may correct of the record.

    ``reason`` is why what a dossier tells otherwise is amended, and with ``retract_missing`` why
    what it lacks is retracted; without one nothing is corrected.
    """

    reason: str | None = None
    retract_missing: bool = False

    def __post_init__(self) -> None:
        """Check the reason.

        :raises InvalidInput: it is none.
        """
        try:
            _REASON.validate_python(self.reason)
        except ValidationError as error:
            raise InvalidInput([one.under("reason") for one in faults_of(error)]) from None

    def of(self, one: Differing) -> Amended | Retracted | None:
        """Return the change that brings the record to what a dossier says, if it may be made."""
        match one:
            case Changed() if self.reason is not None:
                return one.amended(self.reason)
            case Missing() if self.reason is not None and self.retract_missing:
                return one.retracted(self.reason)
            case _:
                return None


NOTHING_CORRECTED = Corrections()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What recording some dossiers did, or would do."""

    appended: Appended
    entries: tuple[AnyThing, ...]
    """All that the dossiers say, what was on record included."""
    asked: tuple[AnyEntry, ...]
    """What was to be appended, with amendments in the place of what they change."""

    def sentence(self, *, dry_run: bool = False) -> str:
        """Tell it."""
        same = len(self.appended.unchanged)
        if not self.appended.positions:
            all_of_them = "the entry is" if same == 1 else f"all {same:,} entries are"
            return f"nothing to record: {all_of_them} {_SAME}; {self._looked_for()}"
        new = (one for one in self.asked if one.id in self.appended.positions)
        done = done_by(Counter(one.kind() for one in new), dry_run=dry_run)
        were = "was" if same == 1 else "were"
        kept = f"; {same:,} {were} {_SAME}; {self._looked_for()}" if same else ""
        rest = "; nothing was written" if dry_run else ""
        return f"{done} {at_positions(self.appended)}{kept}{rest}"

    def _looked_for(self) -> str:
        """Tell how much of what may be missing was looked for."""
        sources = [entry.id for entry in self.entries if isinstance(entry, SourceRecorded)]
        if not sources:
            return "what is missing was not looked for, since there is no source among them"
        below = sources[0] if len(sources) == 1 else f"their {len(sources):,} sources"
        more = "else " if any(isinstance(one, Retracted) for one in self.asked) else ""
        return (
            f"nothing {more}below {below} is missing, "
            "and what has an id elsewhere was not looked for"
        )


class Differs(InvalidInput):
    """Raised when dossiers say something else than the record; tells what can be done."""

    def __init__(self, differences: Sequence[Differing]) -> None:
        self.differences = tuple(differences)
        super().__init__([fault for one in differences for fault in one.faults()])

    def __str__(self) -> str:
        """Return every difference, and what can be done now."""
        return f"{super().__str__()}\n{self._advice()}"

    def _advice(self) -> str:
        found = {type(one) for one in self.differences}
        ways = []
        if Changed in found:
            ways.append("--reason TEXT amends what was recorded wrongly")
        if Missing in found:
            ways.append("--retract-missing retracts what is missing here, for a --reason as well")
        if Gone in found:
            ways.append("onrecord reinstate ID --reason TEXT gives back what was retracted")
        ways.append(
            "else let the dossier say it as it is on record (onrecord log show POSITION shows how)"
        )
        return f"nothing was written, and what is on record stays as it is: {'; '.join(ways)}"


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
    log: Log,
    recorded_by: str,
    dossiers: Sequence[Dossier],
    *,
    corrections: Corrections = NOTHING_CORRECTED,
    dry_run: bool = False,
) -> Outcome:
    """Record dossiers, which may refer to each other in any order.

    What is on record as it stands here is left alone, what is new is appended, and what differs is
    corrected as far as that was asked for (see :mod:`onrecord.comparing`), all in one append.
    A dossier has to hold all that is on record below its source: who adds a statement to the
    source by other means, such as the ``record`` mutation of the API, adds it to the dossier as
    well, or the dossier is refused from then on since it lacks that statement.

    :raises Differs: something is on record with other content, was retracted, or is missing here,
        and is not to be corrected; nothing was written.
    :raises InvalidInput: they contradict each other or the record; each fault tells its place.
    :raises LogError: the log fails.
    """
    entries = [entry for dossier in dossiers for entry in dossier.entries]
    if not entries:
        raise InvalidInput([Fault((), f"{_names(dossiers)}: there is nothing in it to record")])
    _check_ids(dossiers)
    found = [(one, corrections.of(one)) for one in differing(log, dossiers)]
    if left := [one for one, change in found if change is None]:
        raise Differs(left)
    changes = _Changes.of(found)
    asked = changes.among(entries)
    try:
        appended = Recorder(log, recorded_by).record(
            asked, expected_revisions=changes.revisions, dry_run=dry_run
        )
    except StillInUse as error:
        raise InvalidInput([changes.in_use(error)]) from None
    except (InvalidInput, Refused) as error:
        refused = faults_of_refusal(error, log, [*entries, *asked])
        raise InvalidInput([_located(fault, dossiers) for fault in refused]) from None
    return Outcome(appended, tuple(entries), tuple(asked))


@dataclass(frozen=True, slots=True)
class _Changes:
    """Corrections to append, with the revisions of what they correct."""

    amended: dict[str, Amended] = field(default_factory=dict)
    retracted: list[Retracted] = field(default_factory=list)
    missing: dict[str, Missing] = field(default_factory=dict)
    revisions: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, found: Iterable[tuple[Differing, Amended | Retracted | None]]) -> "_Changes":
        changes = cls()
        for one, change in found:
            if isinstance(one, Changed) and isinstance(change, Amended):
                changes.amended[change.id] = change
                changes.revisions[change.id] = one.subject.revision
            elif isinstance(one, Missing) and isinstance(change, Retracted):
                changes.retracted.append(change)
                changes.missing[change.id] = one
                changes.revisions[change.id] = one.subject.revision
        return changes

    def among(self, entries: Sequence[AnyThing]) -> list[AnyEntry]:
        """Return entries with amendments in the place of what they change, and what goes."""
        return [*(self.amended.get(one.id, one) for one in entries), *self.retracted]

    def in_use(self, error: StillInUse) -> Fault:
        """Tell what depends on things that are missing in the dossiers."""
        users = ", ".join(error.dependants[:_SHOWN])
        more = f" and {len(error.dependants) - _SHOWN:,} more" if error.dependants[_SHOWN:] else ""
        first, *others = error.ids
        too = f", like {len(others):,} more," if others else ""
        return self.missing[first].fault(
            f"{first} is missing here{too} but cannot be retracted while in use by {users}{more}: "
            "record the dossiers that use it along with this one, without it, or let onrecord "
            "retract ID --cascade take them along"
        )


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


def _located(fault: Fault, dossiers: Sequence[Dossier]) -> Fault:
    return next(
        (found for dossier in dossiers if (found := dossier.located(fault)) is not fault), fault
    )


def _names(dossiers: Sequence[Dossier]) -> str:
    return ", ".join(dossier.name for dossier in dossiers)
