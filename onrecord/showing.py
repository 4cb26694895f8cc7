"""What a person sees of a command: progress while it works, tables when it has an answer.

Answers go to standard output, everything else to standard error.
"""

import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from typing import TypeAlias

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

Report: TypeAlias = Callable[[str, int, int], None]
"""Called with what is going on, how much is done and how much there is; 0 of 0 is unknown."""

LINE_SECONDS = 10.0
"""How often a line tells how far something is, where there is no terminal."""

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
    """Show progress: bars on a terminal; elsewhere a line a step, and one now and then."""
    if not sys.stderr.isatty():
        yield _Lines()
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        _Pace(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        yield _Bars(bars)


class _Lines:
    """Lines for a file or a pipe: when something begins, and every few seconds how far it is."""

    def __init__(self) -> None:
        self._last = ""
        self._began, self._told, self._first = 0.0, 0.0, 0

    def __call__(self, what: str, done: int, total: int) -> None:
        now = time.monotonic()
        if what != self._last:
            self._last, self._began, self._told, self._first = what, now, now, done
            say(f"{what} ...")
        elif done < total and now - self._told >= LINE_SECONDS:
            self._told = now
            speed = (done - self._first) / (now - self._began)
            left = f", {duration((total - done) / speed)} left" if speed else ""
            say(f"{what}: {_pace(done, total, speed)}{left}")


class _Pace(ProgressColumn):
    """How much is done of how much, and how fast."""

    def render(self, task: Task) -> Text:
        """Return it for one of the bars."""
        if not task.total:
            return Text("")
        so_far = task.completed / task.elapsed if task.elapsed else 0
        speed = task.finished_speed or task.speed or so_far
        return Text(_pace(int(task.completed), int(task.total), speed))


def _pace(done: int, total: int, speed: float) -> str:
    return f"{done:,} of {total:,}" + (f", {speed:,.0f} a second" if speed >= 1 else "")


def duration(seconds: float) -> str:
    """Return about how long something takes: ``40 s``, ``3 min``, ``2 h 5 min``."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"


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
