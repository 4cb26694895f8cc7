"""``onrecord log``: looking at the log, proving it, and moving it."""

import select
import signal
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from functools import partial
from pathlib import Path
from threading import Event
from typing import Annotated

import orjson
import typer

from eventlog import Entry, Head, Log
from eventlog.contents import restored
from eventlog.entries import MAX_POSITION
from eventlog.errors import LogDamaged, LogUnavailable, Unreadable
from eventlog.lines import as_json, entry_line
from eventlog.reading import read_entry
from eventlog.sqlite import SqliteLog
from eventlog.transfer import Export, export_log, import_log
from onrecord import anchors, exports
from onrecord.captions import Captions
from onrecord.composition import open_log
from onrecord.errors import NotHere
from onrecord.files import new_file
from onrecord.settings import read_settings
from onrecord.showing import Format, Report, console, progress, say, table
from schema.entries import AnyEntry

app = typer.Typer(help="Look at the log, prove that it is as it was written, and move it.")


def add_to(parent: typer.Typer) -> None:
    """Add the commands of ``onrecord log``."""
    parent.add_typer(app, name="log")


HEADS = ("Position", "Recorded", "By", "Kind", "About", "Says", "Hash")
LAST = 10
"""How many entries ``tail`` begins with."""
WAIT_SECONDS = 1.0
"""How long it may take until ``tail --follow`` notices Ctrl-C, or that nobody reads it any more."""


# -- looking -----------------------------------------------------------------------------------


@app.command()
def show(
    position: Annotated[
        int | None, typer.Argument(help="One entry, with its payload.", min=1, max=MAX_POSITION)
    ] = None,
    after: Annotated[
        int, typer.Option(help="Only entries after this position.", min=0, max=MAX_POSITION)
    ] = 0,
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
        _write(entry_line(entry) for entry in entries)
    elif position is None:
        console().print(table(HEADS, _rows(entries)))
    else:
        typer.echo(orjson.dumps(as_json(entries[0]), option=orjson.OPT_INDENT_2))


@app.command()
def tail(
    follow: Annotated[
        bool, typer.Option("--follow", help="Go on with what is appended, until Ctrl-C.")
    ] = False,
    after: Annotated[
        int | None,
        typer.Option(
            help=f"Only entries after this position; else the last {LAST}.",
            min=0,
            max=MAX_POSITION,
        ),
    ] = None,
    output: Annotated[
        Format, typer.Option("--format", help="json: one entry a line, payload included.")
    ] = Format.TABLE,
) -> None:
    """Show the last entries, a line each, and with --follow those that come.

    Once it follows, it waits for a log that cannot be reached, and goes on with it.
    """
    line = entry_line if output is Format.JSON else _text_line
    watched = _ended_by_ctrl_c() if follow else nullcontext(Event())
    with watched as ended, open_log(read_settings()) as log:
        position = max(log.head().position - LAST, 0) if after is None else after
        shown = _followed(log, position, ended) if follow else log.entries(position)
        _write(line(entry) for entry in shown)


@contextmanager
def _ended_by_ctrl_c() -> Iterator[Event]:
    """Let Ctrl-C ask for the end, and not break in wherever the program is just then."""
    ended = Event()
    before = signal.signal(signal.SIGINT, lambda *_: ended.set())
    try:
        yield ended
    finally:
        signal.signal(signal.SIGINT, before)


def _followed(log: Log, position: int, ended: Event) -> Iterator[Entry]:
    """Yield entries as they come, until the end is asked for or nobody reads them."""
    reached = True
    while not (ended.is_set() or _reader_is_gone()):
        try:
            for entry in log.entries(position):
                yield entry
                position = entry.position
                if ended.is_set():
                    return
            sys.stdout.flush()
            log.wait_beyond(position, WAIT_SECONDS)
            reached = True
        except LogDamaged:
            raise
        except LogUnavailable as error:
            if reached:
                say(f"{error}; trying again")
            reached = False
            ended.wait(WAIT_SECONDS)


def _reader_is_gone() -> bool:
    """Tell whether standard output is a pipe that was closed, where the system can tell."""
    if not hasattr(select, "poll"):
        return False
    output = select.poll()
    output.register(sys.stdout, 0)
    return any(event & (select.POLLERR | select.POLLHUP) for _, event in output.poll(0))


def _some(log: Log, after: int, first: int) -> Iterator[Entry]:
    while first and (batch := log.read(after, min(first, 1000))):
        yield from batch
        after, first = batch[-1].position, first - len(batch)


def _rows(entries: Sequence[Entry]) -> Iterator[tuple[str, ...]]:
    """Yield entries as rows of a table, with what they say, unless this program cannot read it."""
    read = {entry.position: _read(entry) for entry in entries}
    captions = Captions(one for one in read.values() if one is not None)
    for entry in entries:
        said = read[entry.position]
        *cells, hash_ = _cells(entry)
        yield (*cells, "" if said is None else captions.of(said), hash_)


def _read(entry: Entry) -> AnyEntry | None:
    try:
        return read_entry(entry)
    except Unreadable:
        return None


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


def _text_line(entry: Entry) -> bytes:
    position, *cells = _cells(entry)
    return f"{position:>8}  {'  '.join(cells)}\n".encode()


def _write(lines: Iterable[bytes]) -> None:
    """Write lines to standard output, as they are whatever the locale."""
    for line in lines:
        sys.stdout.buffer.write(line)


# -- proving -----------------------------------------------------------------------------------


@app.command()
def anchor(
    output: Annotated[Format, typer.Option("--format", help="How to print it.")] = Format.TABLE,
) -> None:
    """Print where the log ends and its hash there, to be kept elsewhere; see verify --anchor."""
    with open_log(read_settings()) as log:
        told = anchors.told(log.head())
    if output is Format.JSON:
        typer.echo(orjson.dumps(told))
        return
    for name, value in told.items():
        typer.echo(f"{name:<12}{'' if value is None else value}".rstrip())


@app.command()
def verify(
    against: Annotated[
        str | None,
        typer.Option(
            "--anchor",
            metavar="FILE|POSITION:HASH",
            help="What log anchor printed some time ago; else the graph's checkpoint.",
        ),
    ] = None,
) -> None:
    """Recompute the whole hash chain; a changed, missing or moved entry is named.

    Held against an anchor, a cut-off tail and a log that was written anew are found as well.
    """
    settings = read_settings()
    known = None if against is None else anchors.given(against)
    with open_log(settings) as log:
        known = known or anchors.of_graph(settings, log)
        if known is not None:
            known.check_log(log.log_id)
        with progress() as report:
            total = log.head().position
            proven = log.verify(
                (known.position, known.hash) if known else None,
                lambda done: report("verifying the log", done, total),
            )
    held = f", held against {known.name} at position {known.position:,}" if known else ""
    console().print(
        f"the log is as it was written: {proven.entries:,} entries, head {proven.hash}{held}",
        soft_wrap=True,
        markup=False,
    )


# -- moving ------------------------------------------------------------------------------------


@app.command("export")
def export(
    file: Annotated[
        Path | None,
        typer.Argument(help="Packed with zstd if it ends in .zst; else standard output."),
    ] = None,
) -> None:
    """Write the log as JSON Lines: an entry a line, and what keeps idempotency keys' promises."""
    with open_log(read_settings()) as log:
        if file is None:
            _export(log, sys.stdout.buffer.write)
            return
        with exports.written(file) as write:
            head = _export(log, write)
    console().print(f"exported {head.position:,} entries, head {head.hash}", soft_wrap=True)


def _export(log: Log, write: exports.Write) -> Head:
    total = log.head().position
    with progress() as report:
        return export_log(log, write, lambda done: report("exporting the log", done, total))


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="What log export wrote; - is standard input.")],
) -> None:
    """Put an export into a log that is empty, or holds a part of it: the very same entries.

    Every entry is proven. An import that was interrupted goes on when it is run again.
    """
    with exports.opened(file) as lines:
        reading = Export(lines)
        with (
            open_log(read_settings(), make=True, log_id=reading.of.log_id) as log,
            progress() as report,
        ):
            total = reading.of.position
            done = import_log(
                log,
                reading,
                partial(restored, log),
                lambda position: report("importing the log", position, total),
            )
            head = log.head()
    console().print(
        f"imported {done.entries:,} entries; the log ends at position {head.position:,}, "
        f"head {head.hash}",
        soft_wrap=True,
    )


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="Where to; nothing may be there yet.")],
) -> None:
    """Copy a SQLite log as it is now, while others write to it, and prove the copy."""
    with open_log(read_settings()) as log:
        if not isinstance(log, SqliteLog):
            raise NotHere(
                "a log in PostgreSQL is backed up by PostgreSQL: pg_dump, or continuous archiving; "
                "docs/how-to/back-up-and-move-a-log.md tells how, and onrecord log export works "
                "as well"
            )
        with new_file(file) as path, progress() as report:
            head = _copied(log, path, report)
    console().print(
        f"backed up {head.position:,} entries, head {head.hash}: the copy is proven",
        soft_wrap=True,
    )


def _copied(log: SqliteLog, path: Path, report: Report) -> Head:
    """Copy a log, and prove the copy."""
    head = log.backup(path, lambda done, total: report("copying the log", done, total))
    copy = SqliteLog(path, make=False)
    try:
        copy.verify(
            (head.position, head.hash),
            lambda done: report("verifying the copy", done, head.position),
        )
    finally:
        copy.close()
    return head
