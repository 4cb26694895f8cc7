"""Rows of a file: each with all the entries that it becomes, or with why it becomes none."""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple, TypeAlias

from pydantic import ValidationError

from schema.entries import AnyEntry
from schema.errors import Fault, InvalidInput, faults_of

_CAPITAL = re.compile("(?<!^)(?=[A-Z])")


class Unfit(ValueError):
    """Raised when a row cannot go on record; the message is one sentence."""


class Row(NamedTuple):
    """A row that can go on record: where it stands, and all entries that it needs.

    Nothing in them refers to what stands in another row alone.
    """

    where: str
    entries: tuple[AnyEntry, ...]


class BadRow(NamedTuple):
    """A row that is left out: where it stands, and why in one sentence."""

    where: str
    reason: str


Rows: TypeAlias = Iterator[Row | BadRow]


def drafted(where: str, draft: Callable[[], Iterable[AnyEntry]]) -> Row | BadRow:
    """Return the row that a function drafts, or why it cannot be one."""
    try:
        return Row(where, tuple(together(draft())))
    except ValueError as error:
        return BadRow(where, reason_of(error))


def together(entries: Iterable[AnyEntry]) -> Iterable[AnyEntry]:
    """Return entries, each once.

    :raises Unfit: an id stands for two different things.
    """
    by_id: dict[str, AnyEntry] = {}
    for entry in entries:
        if by_id.setdefault(entry.id, entry) != entry:
            raise Unfit(f"{entry.id} says one thing here and another elsewhere in the file")
    return by_id.values()


def reason_of(error: ValueError) -> str:
    """Return an error about one row as a sentence; of several faults, the first."""
    match error:
        case ValidationError():
            kind = _CAPITAL.sub(" ", error.title.removesuffix("Recorded")).lower()
            return _first([fault.under(kind) for fault in faults_of(error)])
        case InvalidInput(faults=faults):
            return _first(faults)
        case _:
            return str(error)


def printable(text: str) -> str:
    """Return a text in one line, without what would command a terminal."""
    return "".join(one if one.isprintable() else ascii(one)[1:-1] for one in text)


def _first(faults: Iterable[Fault]) -> str:
    first, *others = faults
    more = f" (and {len(others)} more)" if others else ""
    return f"{first}{more}"
