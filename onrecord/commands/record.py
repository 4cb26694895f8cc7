"""``onrecord record``: dossiers into the log."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from eventlog.sqlite import SqliteLog
from onrecord import recording
from onrecord.composition import log_exists, open_log
from onrecord.settings import Settings, read_settings
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
    trying = dry_run or not log_exists(settings)  # what is refused makes no log
    with _log_for_trying(settings) if trying else open_log(settings, make=True) as log:
        outcome = recording.record(log, settings.recorded_by, dossiers, dry_run=trying)
    if trying and not dry_run:
        with open_log(settings, make=True) as log:
            outcome = recording.record(log, settings.recorded_by, dossiers)
    console().print(outcome.sentence(dry_run=dry_run), soft_wrap=True)


@contextmanager
def _log_for_trying(settings: Settings) -> Iterator[SqliteLog]:
    """Open the log, or an empty one elsewhere where there is none yet."""
    if log_exists(settings):
        with open_log(settings) as log:
            yield log
        return
    with TemporaryDirectory() as folder:
        elsewhere = settings.model_copy(update={"data": Path(folder), "log_url": None})
        with open_log(elsewhere, make=True) as log:
            yield log
