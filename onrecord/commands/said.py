"""``onrecord said``: the main question, without GraphQL."""

import csv
import io
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Annotated

import orjson
import typer

from eventlog.moments import position_said
from graph.errors import NotReady
from graph.reader import GraphReader
from graph.selection import MAX_PAGE, PageRows
from onrecord import asking
from onrecord.asking import HEADS, Question, cells
from onrecord.commands.graphs import Opened, up_to_date, with_graph
from onrecord.composition import open_log
from onrecord.settings import read_settings
from onrecord.showing import console, say, table
from schema.dates import parse
from schema.errors import did_you_mean


class Format(StrEnum):
    """How the answer is shown."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    MD = "md"


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(said)


def said(
    by: Annotated[str | None, typer.Option(help="Who: a name, an alias, or part of one.")] = None,
    about: Annotated[str | None, typer.Option(help="An issue: its name, or part of it.")] = None,
    when: Annotated[
        str | None,
        typer.Option(
            help="When it may have been said, in EDTF: 2025-06, 2025-05/2025-06; "
            "what is only known to be older than a date is shown as well."
        ),
    ] = None,
    first: Annotated[
        int, typer.Option(help="At most so many statements.", min=1, max=MAX_PAGE)
    ] = 50,
    as_of: Annotated[
        str | None,
        typer.Option(
            metavar="POSITION|INSTANT",
            help="Of the record as it was: a position of the log, an instant such as "
            "2026-01-02T03:04:05Z, or a date for the end of that day in UTC.",
        ),
    ] = None,
    output: Annotated[Format, typer.Option("--format", help="How to show it.")] = Format.TABLE,
) -> None:
    """Tell who said what about which issue, and when: newest first, with the evidence."""
    if when is not None:
        parse(when)  # before anything is started
    position = None if as_of is None else _position(as_of)
    question = Question(by, about, when, first, position)
    answer, hints = with_graph(lambda opened: _asked(opened, question))
    for hint in hints:
        say(hint)
    _show(answer, output)


def _position(as_of: str) -> int:
    with open_log(read_settings()) as log:
        return position_said(log, as_of)


async def _asked(opened: Opened, question: Question) -> tuple[PageRows, list[str]]:
    reader = await up_to_date(opened)
    answer = await asking.said(reader, question)
    hints = []
    if question.as_of is not None:
        hints.append(f"the record as of position {question.as_of:,}")
        if answer.position < question.as_of:
            raise NotReady(f"the graph ends at {answer.position:,} as yet: try again in a moment")
    if not answer.rows:
        for kind, text in (("Issue", question.about), ("Actor", question.by)):
            if text is not None:
                hints.append(await _nothing(reader, kind, text, question.as_of))
    return answer, hints


async def _nothing(reader: GraphReader, kind: str, text: str, as_of: int | None) -> str:
    if await asking.is_on_record(reader, kind, text, as_of):
        return f"no statement for the {kind.lower()} {text!r} with all that was asked"
    near = did_you_mean(text, await asking.names_of(reader, kind, as_of=as_of))
    then = "" if as_of is None else " then"
    return f"no {kind.lower()} on record{then} is called {text!r}{near}"


def _show(answer: PageRows, output: Format) -> None:
    rows = [cells(row) for row in answer.rows]
    match output:
        case Format.JSON:
            typer.echo(orjson.dumps(list(answer.rows), option=orjson.OPT_INDENT_2))
        case Format.CSV:
            typer.echo(_csv([HEADS, *rows]), nl=False)
        case Format.MD:
            typer.echo(_markdown(rows))
        case Format.TABLE:
            console().print(table(HEADS, rows, f"{len(rows)} of {answer.count} statements"))
    if answer.more and output is not Format.TABLE:
        say(f"{len(rows):,} of {answer.count:,} statements are shown: --first shows more")


def _csv(rows: Iterable[Sequence[str]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows([_safe(cell) for cell in row] for row in rows)
    return text.getvalue()


def _safe(cell: str) -> str:
    """Keep a spreadsheet from taking a text for a formula."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def _markdown(rows: Iterable[Sequence[str]]) -> str:
    lines = [HEADS, ["---"] * len(HEADS), *([_escaped(cell) for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _escaped(cell: str) -> str:
    for character in "\\`*_[]<>|":
        cell = cell.replace(character, f"\\{character}")
    return cell.replace("\n", "<br>")
