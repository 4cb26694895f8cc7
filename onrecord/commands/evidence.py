"""``onrecord coverage`` and ``onrecord verify-quotes``: holding a coding against the documents."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import orjson
import typer

from onrecord.composition import open_log
from onrecord.documents import DocumentsOption, documents_folder, finder, not_there
from onrecord.exactness import Exactness
from onrecord.recording import each_once, read_dossiers
from onrecord.settings import read_settings
from onrecord.showing import Format, console, progress, say, table
from schema.coding.coverage import Coverage, Sentence, State, coverage
from schema.coding.stretches import beginning
from schema.dossier import Dossier
from schema.errors import Fault, InvalidInput

HEADS = ("Where", "State", "By", "Words")
_WORDS = {
    State.CODED: "coded",
    State.CONTEXT: "context",
    State.LEFT_OUT: "left out",
    State.PARTLY: "partly",
    State.FORGOTTEN: "forgotten",
}


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("coverage")(cover)
    app.command("verify-quotes")(verify_quotes)


def cover(
    files: Annotated[list[Path], typer.Argument(help="Dossiers, in YAML.", metavar="FILE...")],
    documents: DocumentsOption = None,
    output: Annotated[Format, typer.Option("--format", help="How to show it.")] = Format.TABLE,
) -> None:
    """Show sentence by sentence what of a document is coded, left out, or forgotten.

    Exit code 1: something is forgotten, or left out although it says something.
    """
    folder = documents_folder(documents, read_settings())
    covered = _covered(read_dossiers(each_once(files)), folder)
    if output is Format.JSON:
        told = [_as_json(dossier, text, found) for dossier, text, found in covered]
        typer.echo(orjson.dumps(told, option=orjson.OPT_INDENT_2))
    else:
        for dossier, text, found in covered:
            _show(dossier, text, found)
    if not all(found.is_whole for _, _, found in covered):
        raise typer.Exit(1)


def _covered(dossiers: Sequence[Dossier], folder: Path) -> list[tuple[Dossier, str, Coverage]]:
    """Return each dossier that codes a document, with the text and what is covered of it.

    :raises InvalidInput: naming each document that is not there.
    """
    find = finder(folder)
    covered = []
    faults = []
    for dossier in dossiers:
        source = dossier.source
        if source is None:
            say(f"{dossier.name} codes no document: it has no source")
            continue
        text = find(source.sha256)
        if text is None:
            fault = Fault((source.id, "sha256"), not_there(folder, source.sha256))
            faults.append(dossier.located(fault))
        else:
            covered.append((dossier, text, coverage(dossier, text)))
    if faults:
        raise InvalidInput(faults)
    return covered


def _show(dossier: Dossier, text: str, found: Coverage) -> None:
    out = console()
    rows = (_cells(text, sentence) for sentence in found.sentences)
    shown = table(HEADS, rows, dossier.name)
    shown.show_lines = False
    out.print(shown)
    for fault in found.problems:
        out.print(str(fault), soft_wrap=True, markup=False)
    counts = ", ".join(f"{found.count(state):,} {words}" for state, words in _WORDS.items())
    faults = len(found.problems)
    to_mend = f"; {faults:,} {'thing' if faults == 1 else 'things'} to mend" if faults else ""
    out.print(
        f"{dossier.name}: {found.share()} of {len(found.sentences):,} sentences: {counts}{to_mend}",
        soft_wrap=True,
        markup=False,
    )


def _cells(text: str, sentence: Sentence) -> tuple[str, ...]:
    where = f"{sentence.stretch.start}-{sentence.stretch.end}"
    words = beginning(text[sentence.stretch.start : sentence.stretch.end])
    return where, _WORDS[sentence.state], ", ".join(_by(text, sentence)), words


def _by(text: str, sentence: Sentence) -> Iterator[str]:
    for identifier in (*sentence.coded_by, *sentence.beside):
        kind, _, name = identifier.partition("/")
        short = name.rpartition("/")[2]
        yield short if kind == "statement" else f"{kind} {short}"
    yield from sentence.reasons
    if sentence.state is State.PARTLY:
        for one in sentence.uncovered:
            yield f"not {one.start}-{one.end}: {beginning(text[one.start : one.end])}"


def _as_json(dossier: Dossier, text: str, found: Coverage) -> dict[str, object]:
    source = dossier.source
    return {
        "dossier": dossier.name,
        "source": source and source.id,
        "share": found.share(),
        "counts": {state.value: found.count(state) for state in State},
        "problems": [str(fault) for fault in found.problems],
        "sentences": [
            {
                "start": one.stretch.start,
                "end": one.stretch.end,
                "state": one.state,
                "codedBy": one.coded_by,
                "beside": one.beside,
                "leftOut": one.reasons,
                "uncovered": [{"start": gap.start, "end": gap.end} for gap in one.uncovered],
                "begins": beginning(text[one.stretch.start : one.stretch.end]),
            }
            for one in found.sentences
        ],
    }


def verify_quotes(
    files: Annotated[
        list[Path] | None,
        typer.Argument(help="Dossiers; without any, all that is on record.", metavar="[FILE...]"),
    ] = None,
    documents: DocumentsOption = None,
) -> None:
    """Prove that every passage, quotation and hedge stands in its document, word for word.

    Exit code 1: something does not, or could not be checked since the document is not there.
    """
    settings = read_settings()
    folder = documents_folder(documents, settings)
    check = Exactness(finder(folder))
    if files:
        wrong = _tell(check.dossiers(read_dossiers(each_once(files))))
    else:
        with open_log(settings) as log, progress() as report:
            total = log.head().position
            wrong = _tell(check.log(log, lambda done: report("verifying quotations", done, total)))
    _conclude(check, wrong, folder)


def _tell(faults: Iterator[Fault]) -> int:
    """Print faults as they are found, and return how many there are."""
    out = console()
    count = 0
    for fault in faults:
        out.print(str(fault), soft_wrap=True, markup=False)
        count += 1
    return count


def _conclude(check: Exactness, wrong: int, folder: Path) -> None:
    out = console()
    for identifier, count in sorted(check.unchecked.items()):
        source = check.sources.get(identifier)
        why = not_there(folder, source.sha256) if source else "it is recorded elsewhere"
        out.print(
            f"{identifier}: {why}; {_things(count)} of it could not be checked",
            soft_wrap=True,
            markup=False,
        )
    out.print(_result(check, wrong), soft_wrap=True)
    if wrong or check.unchecked:
        raise typer.Exit(1)


def _result(check: Exactness, wrong: int) -> str:
    """Tell how much was checked and is exact, and how much was not checked."""
    unchecked = sum(check.unchecked.values())
    rest = f"; {_things(unchecked)} could not be checked" if check.unchecked else ""
    if not check.count:
        return f"nothing was checked{rest or ': there is nothing to check'}"
    sources = len(check.sources.keys() - check.unchecked.keys())
    against = f"{sources:,} {'document' if sources == 1 else 'documents'}"
    exact = f"{wrong:,} {'is' if wrong == 1 else 'are'} not exact" if wrong else "all are exact"
    if rest and not wrong:
        exact = "these are exact"
    return f"held {_things(check.count)} against {against}: {exact}{rest}"


def _things(count: int) -> str:
    return f"{count:,} passages, quotations and hedges"
