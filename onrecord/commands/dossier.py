"""``onrecord dossier``: writing dossiers, before they go on record."""

from pathlib import Path
from typing import Annotated

import typer

from onrecord.files import read_text, replace_text
from onrecord.showing import console
from schema.coding.filling import Filled
from schema.coding.filling import fill as filled
from schema.errors import Fault, InvalidInput

app = typer.Typer(help="Write dossiers: help for those who code a document.")

DOCUMENT = typer.Option(
    "--document", help="The text of the document, a file in UTF-8.", metavar="TEXT"
)


@app.command()
def fill(
    files: Annotated[list[Path], typer.Argument(help="Dossiers, in YAML.", metavar="FILE...")],
    document: Annotated[Path, DOCUMENT],
) -> None:
    """Put offsets and hashes where a dossier gives passages by their words; check the others."""
    text = read_text(document)
    done: dict[Path, tuple[str, Filled]] = {}
    faults: list[Fault] = []
    for file in files:
        try:
            before = read_text(file)
            done[file] = before, filled(before, str(file), text)
        except InvalidInput as error:
            faults.extend(error.faults)
    if faults:
        raise InvalidInput(faults)
    for file, (before, one) in done.items():
        if one.text != before:
            replace_text(file, one.text)
        console().print(f"{file}: {_told(one, before)}", soft_wrap=True, markup=False)


def _told(one: Filled, before: str) -> str:
    if one.count:
        return f"filled in {one.count:,} {'place' if one.count == 1 else 'places'}"
    if one.text != before:
        return "filled in what the source lacked"
    return "nothing to fill in: all stands where it says in the document"
