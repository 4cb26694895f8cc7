"""``onrecord record``: dossiers into the log."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import orjson
import typer

from eventlog import Log
from onrecord import recording
from onrecord.captions import Captions
from onrecord.composition import log_exists, open_log
from onrecord.documents import DocumentsOption, finder
from onrecord.exactness import Exactness
from onrecord.recording import Outcome
from onrecord.settings import Settings, read_settings
from onrecord.showing import Format, console, say, table
from schema.canonical import canonical_bytes
from schema.dossier import Dossier
from schema.entries import AnyEntry
from schema.errors import InvalidInput

HEADS = ("Position", "Kind", "About", "Says")


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(record)


def record(
    files: Annotated[list[Path], typer.Argument(help="Dossiers, in YAML.", metavar="FILE...")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only show what would be recorded.")
    ] = False,
    output: Annotated[
        Format | None,
        typer.Option(
            "--format", help="How a dry run shows it; json: one entry a line, payload included."
        ),
    ] = None,
    documents: DocumentsOption = None,
) -> None:
    """Put dossiers on record: all of them in one append, or nothing.

    What is on record already is left alone; what a dossier says differently, or lacks, is refused.
    Where a document's text is at hand, so is a passage or quotation that is not exactly in it.
    """
    if output is not None and not dry_run:
        raise typer.BadParameter("--format is for what a dry run shows: add --dry-run")
    settings = read_settings()
    dossiers = recording.read_dossiers(recording.each_once(files))
    if folder := documents or settings.documents:
        _hold_against(folder, dossiers)
    trying = dry_run or not log_exists(settings)  # what is refused makes no log
    with _log_for_trying(settings) if trying else open_log(settings, make=True) as log:
        outcome = recording.record(log, settings.recorded_by, dossiers, dry_run=trying)
    if dry_run:
        _show(outcome, output or Format.TABLE)
        return
    if trying:
        with open_log(settings, make=True) as log:
            outcome = recording.record(log, settings.recorded_by, dossiers)
    console().print(outcome.sentence(), soft_wrap=True)


def _hold_against(folder: Path, dossiers: Sequence[Dossier]) -> None:
    """Refuse what does not stand in its document, and tell which documents are not there.

    :raises InvalidInput: naming each passage, quotation and hedge that is not exact.
    """
    check = Exactness(finder(folder))
    if faults := list(check.dossiers(dossiers)):
        raise InvalidInput(faults)
    for identifier, count in sorted(check.unchecked.items()):
        say(f"{identifier}: its text is not in {folder}; {count:,} places in it were not checked")


def _show(outcome: Outcome, output: Format) -> None:
    """Show what would be recorded, and say that it was not."""
    new, sentence = outcome.new(), outcome.sentence(dry_run=True)
    if output is Format.JSON:
        for position, entry in new:
            typer.echo(orjson.dumps(_as_json(position, entry)))
        say(sentence)  # so that every line of the answer is an entry
        return
    if new:
        captions = Captions(outcome.entries)
        rows = [(str(n), one.kind(), one.id, captions.of(one)) for n, one in new]
        console().print(table(HEADS, rows))
    console().print(sentence, soft_wrap=True)


def _as_json(position: int, entry: AnyEntry) -> dict[str, object]:
    """Return as much of an entry as is known before it is recorded; see ``onrecord log show``."""
    return {
        "position": position,
        "kind": entry.kind(),
        "version": entry.VERSION,
        "subject": entry.id,
        "payload": orjson.loads(canonical_bytes(entry)),
    }


@contextmanager
def _log_for_trying(settings: Settings) -> Iterator[Log]:
    """Open the log, or an empty one elsewhere where there is none yet."""
    if log_exists(settings):
        with open_log(settings) as log:
            yield log
        return
    with TemporaryDirectory() as folder:
        elsewhere = settings.model_copy(
            update={"data": Path(folder), "log_url": None, "log_password": None}
        )
        with open_log(elsewhere, make=True) as log:
            yield log
