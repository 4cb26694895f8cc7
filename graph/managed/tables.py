"""Nodes and relationships as the files that Neo4j's offline importer reads, row by row.

Every text is quoted and every quote in it doubled, so that commas, line ends and spaces count as
written; an empty text is ``""`` and a missing property is nothing at all. The texts of a list
stand one after the other with NUL between them: no other character is certain to be in none.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Self, TypeAlias

ARRAY_DELIMITER = "\0"
MOST_CHARACTERS = 4_000_000
"""How long a value may be as it is written, with its quotes doubled."""
_LONGEST_LINE = 1_000_000
"""How long a row may be, in characters, to be read in a piece of the file with others."""

Value: TypeAlias = str | int | bool | Sequence[str]

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_INTEGERS = range(-(2**63), 2**63)


class Kind(StrEnum):
    """The type of a property, in the importer's word for it."""

    TEXT = "string"
    INTEGER = "long"
    BOOLEAN = "boolean"
    TEXTS = "string[]"


class Table:
    """A file being written; it is whole when it is closed without an error.

    ``spans`` tells of a row that is more than a line, or a very long one: where no file has any,
    the importer reads them in pieces, by several threads and in half the time.
    """

    def __init__(self, path: Path, header: Sequence[str], columns: Mapping[str, Kind]) -> None:
        """Begin a file with a header, to which one field a column is added.

        :raises ValueError: a column's name is none.
        """
        self.path = path
        self.spans = False
        self._columns = [(name, _WRITERS[kind]) for name, kind in columns.items()]
        self._names = columns.keys()
        typed = [f"{checked_name(name)}:{kind}" for name, kind in columns.items()]
        self._file = path.open("w", encoding="utf-8", newline="")
        self._file.write(",".join([*header, *typed]) + "\n")

    def close(self) -> None:
        """Write what is left; more than once is no harm."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _write(self, keys: Sequence[str], properties: Mapping[str, Value]) -> None:
        """Write one row: the identifiers and then a field a column.

        Nothing of a row with an error is written.
        """
        if not properties.keys() <= self._names:
            unknown = sorted(properties.keys() - self._names)
            raise ValueError(f"no column of {self.path.name} takes {', '.join(unknown)}")
        fields = [_identifier(key) for key in keys]
        for name, written in self._columns:
            value = properties.get(name)
            try:
                fields.append("" if value is None else written(value))
            except TypeError as error:
                raise TypeError(f"{name} of {' -> '.join(keys)}: {error}") from None
            except ValueError as error:
                raise ValueError(f"{name} of {' -> '.join(keys)}: {error}") from None
        row = ",".join(fields)
        if len(row) > _LONGEST_LINE or "\n" in row or "\r" in row:
            self.spans = True
        self._file.write(row + "\n")


class NodeTable(Table):
    """The nodes of one label, each with an identifier that no other of the label has."""

    def __init__(
        self, path: Path, label: str, columns: Mapping[str, Kind], *, key: str = "id"
    ) -> None:
        """Begin a file; ``key`` is the property that holds a node's identifier.

        :raises ValueError: a name is none.
        """
        super().__init__(path, [f"{checked_name(key)}:ID({checked_name(label)})"], columns)

    def write(self, identifier: str, properties: Mapping[str, Value]) -> None:
        """Write a node.

        :raises TypeError: a value is not of its column's type.
        :raises ValueError: a value cannot be written so that it is read back as it is.
        """
        self._write((identifier,), properties)


class RelationshipTable(Table):
    """Relationships from nodes of one label to nodes of one label."""

    def __init__(self, path: Path, start: str, end: str, columns: Mapping[str, Kind]) -> None:
        """Begin a file for relationships between two labels.

        :raises ValueError: a name is none.
        """
        ends = [f":START_ID({checked_name(start)})", f":END_ID({checked_name(end)})"]
        super().__init__(path, ends, columns)

    def write(self, start: str, end: str, properties: Mapping[str, Value]) -> None:
        """Write a relationship between the nodes of two identifiers.

        :raises TypeError: a value is not of its column's type.
        :raises ValueError: a value cannot be written so that it is read back as it is.
        """
        self._write((start, end), properties)


def checked_name(name: str) -> str:
    """Return a name of a label, a type or a property that means nothing else to the importer.

    :raises ValueError: it is none.
    """
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no name that the importer takes")
    return name


def _identifier(identifier: str) -> str:
    if not identifier:
        raise ValueError("a node needs an identifier")
    return _text(identifier)


def _text(value: Value) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    written = value.replace('"', '""')
    if len(written) > MOST_CHARACTERS:
        raise ValueError(f"a value of {len(written)} characters is more than the importer reads")
    if not value.isascii():
        value.encode()  # a half of a surrogate pair is no text
    return f'"{written}"'


def _integer(value: Value) -> str:
    if type(value) is not int:
        raise TypeError(f"{value!r} is no integer")
    if value not in _INTEGERS:
        raise ValueError(f"{value} does not fit into 64 bits")
    return str(value)


def _boolean(value: Value) -> str:
    if type(value) is not bool:
        raise TypeError(f"{value!r} is neither true nor false")
    return "true" if value else "false"


def _texts(value: Value) -> str:
    if isinstance(value, str | int) or not all(isinstance(one, str) for one in value):
        raise TypeError(f"{value!r} is no list of texts")
    joined = ARRAY_DELIMITER.join(value)
    if not joined:  # the importer takes both for no value
        raise ValueError("a list of no text, or of an empty one alone, cannot be imported")
    if joined.count(ARRAY_DELIMITER) >= len(value):
        raise ValueError("a text in a list cannot hold NUL")
    return _text(joined)


_WRITERS: dict[Kind, Callable[[Value], str]] = {
    Kind.TEXT: _text,
    Kind.INTEGER: _integer,
    Kind.BOOLEAN: _boolean,
    Kind.TEXTS: _texts,
}
