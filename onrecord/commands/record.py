"""``onrecord record``: dossiers into the log."""

from pathlib import Path
from typing import Annotated

import typer

from eventlog.recorder import Recorder
from onrecord import recording
from onrecord.composition import open_log
from onrecord.settings import read_settings
from onrecord.showing import console


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(record)


def record(
    files: Annotated[list[Path], typer.Argument(help="Dossiers, in YAML.", metavar="FILE...")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would be recorded.")
    ] = False,
) -> None:
    """Put dossiers on record: all of them in one append, or nothing."""
    settings = read_settings()
    dossiers = recording.read_dossiers(files)
    with open_log(settings) as log:
        recorder = Recorder(log, settings.recorded_by)
        outcome = recording.record(recorder, dossiers, dry_run=dry_run)
    console().print(outcome.sentence(dry_run=dry_run), soft_wrap=True)
