"""What a person sees of a command: progress while it works, tables when it has an answer.

Answers go to standard output, everything else to standard error.
"""

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from typing import TypeAlias

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

Report: TypeAlias = Callable[[str, int, int], None]
"""Called with what is going on, how much is done and how much there is; 0 of 0 is unknown."""

_NUMBERS = ("Entry", "Position")
_DATES = ("When",)
_DATE_WIDTH = 20  # columns, so that an interval in EDTF is not broken
_WIDE = 400  # columns of a table that nobody looks at on a screen


class Format(StrEnum):
    """How a command shows its answer: for people, or for programs."""

    TABLE = "table"
    JSON = "json"


def console() -> Console:
    """Return where answers go; without a terminal their lines are not cut."""
    if sys.stdout.isatty():
        return Console(highlight=False)
    return Console(highlight=False, width=_WIDE, color_system=None)


def say(sentence: str) -> None:
    """Tell what is going on, on standard error."""
    Console(stderr=True, highlight=False, soft_wrap=True).print(Text(sentence))


@contextmanager
def progress() -> Iterator[Report]:
    """Show progress: bars on a terminal, one line a step elsewhere."""
    if not sys.stderr.isatty():
        yield _Lines()
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        yield _Bars(bars)


class _Lines:
    def __init__(self) -> None:
        self._last = ""

    def __call__(self, what: str, done: int, total: int) -> None:
        if what != self._last:
            self._last = what
            say(f"{what} ...")


class _Bars:
    def __init__(self, bars: Progress) -> None:
        self._bars = bars
        self._tasks: dict[str, TaskID] = {}

    def __call__(self, what: str, done: int, total: int) -> None:
        if what not in self._tasks:
            self._tasks[what] = self._bars.add_task(what)
        self._bars.update(self._tasks[what], completed=done, total=total or None)


def table(heads: Sequence[str], rows: Iterable[Sequence[str]], title: str | None = None) -> Table:
    """Return a table of plain texts: nothing in them is taken for markup."""
    made = Table(title=title and Text(title), title_justify="left", show_lines=True)
    for head in heads:
        made.add_column(
            Text(head),
            overflow="fold",
            no_wrap=head in _NUMBERS,
            min_width=_DATE_WIDTH if head in _DATES else None,
        )
    for row in rows:
        made.add_row(*map(Text, row))
    return made
