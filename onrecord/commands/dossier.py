"""``onrecord dossier``: writing dossiers, before they go on record."""

from pathlib import Path
from typing import Annotated, TypeAlias

import orjson
import typer

from onrecord.documents import read_document
from onrecord.files import read_text, replace_text, write_new_text
from onrecord.recording import each_once, read_dossiers
from onrecord.showing import console, say
from schema.coding.agreement import agreement as agreement_of
from schema.coding.agreement_text import agreement_text
from schema.coding.filling import Filled
from schema.coding.filling import fill as filled
from schema.coding.json_schema import dossier_schema
from schema.coding.pairing import Pair, pairs_text, propose_pairs, read_pairs
from schema.coding.side_by_side import Compared, compare
from schema.coding.starting import start
from schema.errors import Fault, InvalidInput

app = typer.Typer(help="Write dossiers: help for those who code a document.")


def add_to(parent: typer.Typer) -> None:
    """Add the commands of ``onrecord dossier``."""
    parent.add_typer(app, name="dossier")


DocumentOption: TypeAlias = Annotated[
    Path,
    typer.Option("--document", help="The text of the document, a file in UTF-8.", metavar="TEXT"),
]


@app.command()
def new(
    document: DocumentOption,
    name: Annotated[
        str | None, typer.Option(help="What the ids of the dossier begin with: source/NAME.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option(help="Write it to a file that is not there yet.", metavar="FILE")
    ] = None,
) -> None:
    """Start a dossier for a document: its sentences as a list to work down, and nothing guessed."""
    text = start(read_document(document), name)
    if output is None:
        typer.echo(text, nl=False)
    else:
        write_new_text(output, text)
        say(f"started {output}")


@app.command()
def fill(
    files: Annotated[list[Path], typer.Argument(help="Dossiers, in YAML.", metavar="FILE...")],
    document: DocumentOption,
) -> None:
    """Put offsets and hashes where a dossier gives passages by their words; check the others."""
    text = read_document(document)
    done: dict[Path, tuple[str, Filled]] = {}
    faults: list[Fault] = []
    for file in each_once(files):
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


@app.command("schema")
def print_schema() -> None:
    """Print the JSON Schema of dossiers, for editors that complete and check what one writes."""
    typer.echo(orjson.dumps(dossier_schema(), option=orjson.OPT_INDENT_2))


@app.command()
def agreement(
    first: Annotated[Path, typer.Argument(help="A dossier of a document.", metavar="FIRST")],
    second: Annotated[Path, typer.Argument(help="Another's of the same one.", metavar="SECOND")],
    pairs: Annotated[
        Path | None,
        typer.Option(
            help="Which statements are the same; made of the likely ones if it is not there.",
            metavar="FILE",
        ),
    ] = None,
    shared: Annotated[
        list[Path] | None,
        typer.Option(help="A dossier of things that both use; may be repeated.", metavar="FILE"),
    ] = None,
) -> None:
    """Tell how far two coders of one document agree, and each thing in which they differ."""
    one, other, *others = read_dossiers([first, second, *(shared or ())])
    both = compare(one, other, [entry for dossier in others for entry in dossier.entries])
    typer.echo(agreement_text(agreement_of(both, _pairs(pairs, both)), both), nl=False)


def _pairs(file: Path | None, both: Compared) -> tuple[Pair, ...]:
    """Return the pairs that a file tells, or the likely ones, put into it if it is not there."""
    if file is not None and file.exists():
        return read_pairs(read_text(file), str(file), both)
    likely = propose_pairs(both)
    if file is not None:
        write_new_text(file, pairs_text(likely, both))
        say(f"wrote the likely pairs to {file}: correct them, and ask again")
    return likely
