"""``onrecord log``: looking at the log, and proving it."""

from collections.abc import Iterator
from typing import Annotated

import orjson
import typer

from eventlog import Entry, Log
from onrecord.composition import open_log
from onrecord.settings import read_settings
from onrecord.showing import Format, console, progress, table

app = typer.Typer(help="Look at the log, and prove that it is as it was written.")

HEADS = ("Position", "Recorded", "By", "Kind", "About", "Hash")


@app.command()
def show(
    position: Annotated[
        int | None, typer.Argument(help="One entry, with its payload.", min=1)
    ] = None,
    after: Annotated[int, typer.Option(help="Only entries after this position.", min=0)] = 0,
    first: Annotated[int, typer.Option(help="At most so many.", min=1)] = 100,
    output: Annotated[
        Format, typer.Option("--format", help="json: one entry a line, payload included.")
    ] = Format.TABLE,
) -> None:
    """Show entries in order, or one of them whole."""
    with open_log(read_settings()) as log:
        if position is None:
            entries = list(_some(log, after, first))
        else:
            entries = list(log.read_positions([position]).values())
            if not entries:
                raise typer.BadParameter(f"the log ends at position {log.head().position:,}")
    if output is Format.JSON:
        for entry in entries:
            typer.echo(orjson.dumps(as_json(entry)))
    elif position is None:
        console().print(table(HEADS, map(_cells, entries)))
    else:
        typer.echo(orjson.dumps(as_json(entries[0]), option=orjson.OPT_INDENT_2))


@app.command()
def verify() -> None:
    """Recompute the whole hash chain; a changed, missing or moved entry is named."""
    with open_log(read_settings()) as log, progress() as report:
        total = log.head().position
        proven = log.verify(on_progress=lambda done: report("verifying the log", done, total))
    console().print(
        f"the log is as it was written: {proven.entries:,} entries, head {proven.hash}",
        soft_wrap=True,
    )


def _some(log: Log, after: int, first: int) -> Iterator[Entry]:
    while first and (batch := log.read(after, min(first, 1000))):
        yield from batch
        after, first = batch[-1].position, first - len(batch)


def as_json(entry: Entry) -> dict[str, object]:
    """Return an entry as JSON: its header, its payload and its hash."""
    header = entry.header
    return {
        "position": header.position,
        "recordedAt": header.recorded_at,
        "recordedBy": header.recorded_by,
        "kind": header.kind,
        "version": header.version,
        "subject": header.subject,
        "appendFirst": header.append_first,
        "appendSize": header.append_size,
        "idempotencyKey": header.idempotency_key,
        "payload": orjson.loads(entry.payload),
        "salt": entry.salt.hex(),
        "hash": entry.hash_hex,
    }


def _cells(entry: Entry) -> tuple[str, ...]:
    header = entry.header
    return (
        str(header.position),
        header.recorded_at,
        header.recorded_by,
        header.kind,
        header.subject,
        entry.hash_hex[:16],
    )
