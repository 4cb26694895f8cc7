"""What formats yield, sorted into good rows and bad ones."""

from collections.abc import Iterable
from typing import TypeVar

from onrecord.importing.rows import BadRow, Row
from schema.entries import AnyEntry

EntryT = TypeVar("EntryT", bound=AnyEntry)


def good(rows: Iterable[Row | BadRow]) -> list[Row]:
    """Return the rows, none of which may be bad."""
    listed = list(rows)
    assert [row for row in listed if isinstance(row, BadRow)] == []
    return [row for row in listed if isinstance(row, Row)]


def bad(rows: Iterable[Row | BadRow]) -> list[tuple[str, str]]:
    """Return the bad rows among others: the end of where each stands, and the reason."""
    return [(row.where.rpartition("/")[2], row.reason) for row in rows if isinstance(row, BadRow)]


def of_kind(kind: type[EntryT], rows: Iterable[Row]) -> list[EntryT]:
    """Return all entries of a kind, each once, in their order."""
    found = (entry for row in rows for entry in row.entries if isinstance(entry, kind))
    return list({entry.id: entry for entry in found}.values())
