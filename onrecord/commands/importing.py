"""``onrecord import``: records that others made into the log."""

from collections.abc import Callable
from contextlib import ExitStack
from itertools import chain
from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from onrecord.composition import log_exists, open_log
from onrecord.importing import claimreview, dna, factopolis
from onrecord.importing.recording import Import, Recording, Target, Trying
from onrecord.importing.rows import BadRow, Row, Rows, printable
from onrecord.settings import Settings, read_settings
from onrecord.showing import Report, console, progress, say

app = typer.Typer(
    help="Put records that others made on record. Run again, it records only what is missing."
)


def add_to(parent: typer.Typer) -> None:
    """Add the commands of ``onrecord import``."""
    parent.add_typer(app, name="import")


FileArgument: TypeAlias = Annotated[Path, typer.Argument(metavar="FILE")]
DryRunOption: TypeAlias = Annotated[
    bool, typer.Option("--dry-run", help="Only show what would be recorded, and the bad rows.")
]


@app.command("factopolis")
def import_factopolis(file: FileArgument, dry_run: DryRunOption = False) -> None:
    """Import Factopolis: the archive (.tar.gz) of its content folder.

    Exit code 1: rows were left out, each told with its reason; all others are on record.
    """
    _import(factopolis.rows, file, dry_run)


@app.command("dna")
def import_dna(file: FileArgument, dry_run: DryRunOption = False) -> None:
    """Import a database of Discourse Network Analyzer 3 (.dna).

    Exit code 1: rows were left out, each told with its reason; all others are on record.
    """
    _import(dna.rows, file, dry_run)


@app.command("claimreview")
def import_claimreview(file: FileArgument, dry_run: DryRunOption = False) -> None:
    """Import ClaimReview of schema.org in JSON-LD: one, a list, an @graph, or one a line.

    Exit code 1: rows were left out, each told with its reason; all others are on record.
    """
    _import(claimreview.rows, file, dry_run)


def _import(read: Callable[[Path], Rows], file: Path, dry_run: bool) -> None:
    settings = read_settings()
    rows = _begun(read(file))  # what cannot be read makes no log
    with ExitStack() as opened:
        report = opened.enter_context(progress())
        target = _target(opened, settings, dry_run)
        done = Import(target, _tell, _reporter(report))
        try:
            done.run(rows)
        except KeyboardInterrupt:
            say(f"{done.tally.sentence(dry_run=dry_run)}; run it again to go on")
            raise
    console().print(done.tally.sentence(dry_run=dry_run), soft_wrap=True)
    if done.tally.left_out:
        raise typer.Exit(1)


def _begun(rows: Rows) -> Rows:
    """Return the same rows, the first of which is read already."""
    first: list[Row | BadRow] = [row for row in [next(rows, None)] if row is not None]
    return chain(first, rows)


def _target(opened: ExitStack, settings: Settings, dry_run: bool) -> Target:
    if not dry_run:
        log = opened.enter_context(open_log(settings, make=True))
        return Recording(log, settings.recorded_by)
    known = opened.enter_context(open_log(settings)) if log_exists(settings) else None
    return opened.enter_context(Trying(known, settings.recorded_by))


def _tell(row: BadRow) -> None:
    told = printable(f"{row.where}: {row.reason}")
    console().print(told, soft_wrap=True, markup=False)


def _reporter(report: Report) -> Callable[[int], None]:
    return lambda done: report("importing", done, 0)
