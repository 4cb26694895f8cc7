"""JSON-LD as sites publish it: one object, a list, an ``@graph``, a feed, or an object a line.

A file of lines is read line by line and may have any size; any other file is one JSON text, which
has to be in memory as a whole and is therefore bounded.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, NamedTuple

from onrecord.importing.fields import Fields
from onrecord.importing.rows import BadRow
from schema.errors import Fault, InvalidInput

MAX_BYTES = 32_000_000
"""Bytes of the longest line, and of a file that is one JSON text."""
MAX_DEPTH = 20
"""How deep nodes may be nested in lists, graphs and feeds."""
_CONTAINERS = ("@graph", "dataFeedElement", "itemListElement", "item")


class Node(NamedTuple):
    """A node of a wanted type, and where it stands."""

    where: str
    fields: Fields


class _NoJson(Exception):
    """Raised with the reason why a text is no JSON that is read."""


def nodes(file: Path, wanted: str) -> Iterator[Node | BadRow]:
    """Yield the nodes of a type of schema.org, in their order.

    :raises InvalidInput: the file cannot be read, is no JSON, is too large, or has none of them.
    """
    try:
        with file.open("rb") as opened:
            yield from _nodes(file, opened, wanted)
    except OSError as error:
        raise _refusal(file, f"cannot be read: {error.strerror}") from None


def _nodes(file: Path, opened: IO[bytes], wanted: str) -> Iterator[Node | BadRow]:
    start = opened.read(MAX_BYTES + 1)
    failure = f"is larger than the {MAX_BYTES:,} bytes read at once: give one object a line"
    if len(start) <= MAX_BYTES:
        try:
            yield from _of_text(file, _parsed(start), wanted)
        except _NoJson as error:
            failure = str(error)
        else:
            return
    if not _has_lines(start):
        raise _refusal(file, failure)
    opened.seek(0)
    yield from _of_lines(file, opened, wanted)


def _of_text(file: Path, value: object, wanted: str) -> Iterator[Node | BadRow]:
    found = False
    for one in _below(str(file), "$", value, wanted):
        found = True
        yield one
    if not found:
        raise _refusal(file, f"has no {wanted} in it")


def _of_lines(file: Path, opened: IO[bytes], wanted: str) -> Iterator[Node | BadRow]:
    number = 0
    while line := opened.readline(MAX_BYTES + 1):
        number += 1
        if line.strip():
            yield from _of_line(f"{file}:{number}", line, wanted)
        while len(line) > MAX_BYTES and not line.endswith(b"\n"):  # the rest of a line too long
            line = opened.readline(MAX_BYTES + 1)


def _of_line(where: str, line: bytes, wanted: str) -> Iterator[Node | BadRow]:
    if len(line) > MAX_BYTES:
        yield BadRow(where, f"the line is longer than the {MAX_BYTES:,} bytes that are read")
        return
    try:
        value = _parsed(line)
    except _NoJson as error:
        yield BadRow(where, str(error))
        return
    found = list(_below(where, "", value, wanted))
    yield from found or [BadRow(where, f"has no {wanted} in it")]


def _has_lines(start: bytes) -> bool:
    """Tell whether one of the first two lines is a whole object, so that each line may be one."""
    for line in [line for line in start.split(b"\n", 3)[:3] if line.strip()][:2]:
        try:
            if isinstance(_parsed(line), dict):
                return True
        except _NoJson:
            continue
    return False


def _parsed(content: bytes) -> object:
    try:
        text = content.decode("utf-8-sig")
        parsed: object = json.loads(text)
    except UnicodeDecodeError as error:
        raise _NoJson(f"is not UTF-8: the byte at {error.start:,} belongs to no text") from None
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise _NoJson(f"is not JSON: {error.msg[0].lower()}{error.msg[1:]} ({place})") from None
    except RecursionError:
        raise _NoJson("is not JSON that is read: it is nested too deeply") from None
    except ValueError:  # Python reads no number of more than 4,300 digits
        raise _NoJson("is not JSON that is read: it has a number of thousands of digits") from None
    return parsed


# -- nodes in nodes ----------------------------------------------------------------------------


def _below(
    where: str,
    path: str,
    value: object,
    wanted: str,
    known: Mapping[str, Mapping[str, object]] | None = None,
) -> Iterator[Node | BadRow]:
    """Yield the nodes of a type in lists, graphs and feeds, each with the way to it."""
    if path.count("[") + path.count(".") > MAX_DEPTH:
        yield BadRow(_at(where, path), "is nested too deeply")
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _below(where, f"{path}[{number}]", item, wanted, known)
    elif not isinstance(value, dict):
        yield BadRow(_at(where, path), f"is no {wanted}: it has to be an object")
    elif wanted in Fields(value).types():
        yield Node(_at(where, path), Fields(value, known=known))
    else:
        known = _by_id(value.get("@graph")) or known
        for name in _CONTAINERS:
            if name in value:
                yield from _below(where, f"{path}.{name}", value[name], wanted, known)


def _at(where: str, path: str) -> str:
    return f"{where}: {path}" if path.strip("$") else where


def _by_id(graph: object) -> dict[str, Mapping[str, object]]:
    """Return the nodes of a graph that others name by their ``@id``."""
    found = graph if isinstance(graph, list) else []
    return {
        one["@id"]: one
        for one in found
        if isinstance(one, dict) and isinstance(one.get("@id"), str)
    }


def _refusal(file: Path, message: str) -> InvalidInput:
    return InvalidInput([Fault((), message, str(file))])
