"""Putting dossiers on record: all files of one call in one append, or none of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from eventlog import Appended
from eventlog.recorder import Recorder
from schema.dossier import Dossier, read_dossier
from schema.entries import AnyEntry
from schema.errors import Fault, InvalidInput
from schema.yaml import MAX_CHARACTERS


@dataclass(frozen=True, slots=True)
class Outcome:
    """What recording some dossiers did, or would do."""

    appended: Appended
    entries: int

    def sentence(self, *, dry_run: bool = False) -> str:
        """Tell it."""
        new, same = len(self.appended.positions), len(self.appended.unchanged)
        if not new:
            return f"nothing to record: all {same:,} entries are on record with the same content"
        entries = f"{new:,} {'entry' if new == 1 else 'entries'}"
        kept = f"; {same:,} were on record with the same content" if same else ""
        place = (
            f"position {self.appended.first:,}"
            if new == 1
            else f"positions {self.appended.first:,} to {self.appended.last:,}"
        )
        if dry_run:
            return f"would record {entries} at {place}{kept}; nothing was written"
        return f"recorded {entries} at {place}{kept}"


def read_dossiers(files: Iterable[Path]) -> list[Dossier]:
    """Read dossier files.

    :raises InvalidInput: with every fault of every file.
    """
    dossiers: list[Dossier] = []
    faults: list[Fault] = []
    for file in files:
        try:
            dossiers.append(read_dossier(_text(file), str(file)))
        except InvalidInput as error:
            faults.extend(error.faults)
    if faults:
        raise InvalidInput(faults)
    return dossiers


def record(recorder: Recorder, dossiers: Sequence[Dossier], *, dry_run: bool = False) -> Outcome:
    """Record dossiers, which may refer to each other in any order.

    :raises InvalidInput: an id stands in two of them, or they contradict the record.
    :raises LogError: the log refuses them.
    """
    entries: list[AnyEntry] = [entry for dossier in dossiers for entry in dossier.entries]
    if not entries:
        raise InvalidInput([Fault((), f"{_names(dossiers)}: there is nothing in it to record")])
    appended = recorder.record(entries, dry_run=dry_run)
    return Outcome(appended, len(entries))


def _names(dossiers: Sequence[Dossier]) -> str:
    return ", ".join(dossier.name for dossier in dossiers)


def _text(file: Path) -> str:
    try:
        if file.stat().st_size > 4 * MAX_CHARACTERS:
            raise InvalidInput(
                [Fault((), f"is larger than the {4 * MAX_CHARACTERS:,} bytes read", str(file))]
            )
        return file.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise InvalidInput(
            [Fault((), f"is not UTF-8: the byte at {error.start:,} belongs to no text", str(file))]
        ) from None
    except OSError as error:
        raise InvalidInput([Fault((), f"cannot be read: {error.strerror}", str(file))]) from None
