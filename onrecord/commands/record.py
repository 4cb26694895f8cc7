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
from onrecord.composition import log_exists, open_log
from onrecord.documents import DocumentsOption, finder
from onrecord.exactness import Exactness
from onrecord.recording import Corrections, Outcome
from onrecord.settings import Settings, read_settings
from onrecord.showing import Format, console, say, table
from onrecord.steps import HEADS, captions_for, steps_of
from schema.dossier import Dossier
from schema.errors import InvalidInput


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
    reason: Annotated[
        str | None,
        typer.Option(metavar="TEXT", help="Amend what a dossier says differently, and say why."),
    ] = None,
    retract_missing: Annotated[
        bool,
        typer.Option("--retract-missing", help="Retract what a dossier lacks, for that reason."),
    ] = False,
) -> None:
    """Put dossiers on record: all of them in one append, or nothing.

    What is on record already is left alone; what a dossier says differently, or lacks, is refused
    unless there is a reason to correct it. Where a document's text is at hand, so is a passage or
    quotation that is not exactly in it.
    """
    if output is not None and not dry_run:
        raise typer.BadParameter("--format is for what a dry run shows: add --dry-run")
    if retract_missing and reason is None:
        raise typer.BadParameter("--retract-missing needs --reason TEXT, which says why")
    settings = read_settings()
    dossiers = recording.read_dossiers(recording.each_once(files))
    if folder := documents or settings.documents:
        _hold_against(folder, dossiers)
    trying = dry_run or not log_exists(settings)  # what is refused makes no log
    corrections = Corrections(reason, retract_missing)
    with _log_for_trying(settings) if trying else open_log(settings, make=True) as log:
        outcome = recording.record(
            log, settings.recorded_by, dossiers, corrections=corrections, dry_run=trying
        )
        if dry_run:
            _show(log, outcome, output or Format.TABLE)
            return
    if trying:
        with open_log(settings, make=True) as log:
            outcome = recording.record(log, settings.recorded_by, dossiers, corrections=corrections)
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


def _show(log: Log, outcome: Outcome, output: Format) -> None:
    """Show what would be recorded, and say that it was not."""
    steps = steps_of(log, outcome.asked, outcome.appended, dry_run=True)
    sentence = outcome.sentence(dry_run=True)
    if output is Format.JSON:
        for step in steps:
            typer.echo(orjson.dumps(step.as_json()))
        say(sentence)  # so that every line of the answer is an entry
        return
    if steps:
        captions = captions_for(log, steps, outcome.entries)
        console().print(table(HEADS, [step.row(captions) for step in steps]))
    console().print(sentence, soft_wrap=True)


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
