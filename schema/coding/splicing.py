"""Changing a YAML text in single places, so that every other character stays as it is."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from schema.yaml import Document, Extent, Path

Fields = Mapping[str, str]
"""Names with their values, as YAML has them."""


class CannotSplice(ValueError):
    """Raised when a place is written so that it cannot be changed; the message tells why."""


def as_yaml(text: str) -> str:
    """Return a text as YAML in double quotes: all on one line, whatever it holds."""
    return "".join(
        character if character == " " or character.isprintable() else _escaped(character)
        for character in json.dumps(text, ensure_ascii=False)
    )


def _escaped(character: str) -> str:
    number = ord(character)
    return f"\\u{number:04X}" if number <= 0xFFFF else f"\\U{number:08X}"


@dataclass
class Splices:
    """Changes of a parsed YAML text, made all at once by :meth:`spliced`."""

    text: str
    document: Document
    _changes: list[tuple[int, int, str]] = field(default_factory=list)

    def spliced(self) -> str:
        """Return the text with all changes made."""
        pieces, at = [], 0
        for start, end, new in sorted(self._changes, key=lambda change: change[:2]):
            pieces += [self.text[at:start], new]
            at = end
        return "".join([*pieces, self.text[at:]])

    def set_value(self, path: Path, value: str) -> None:
        """Put another value where one stands, or a name with none."""
        extent = self.document.values[path]
        if extent.start == extent.end:
            at = self._colon(path)
            self._change(at, at, f" {value}")
        else:
            self._put(extent, value)

    def set_item(self, path: Path, fields: Fields) -> None:
        """Put a mapping where a text stands."""
        self._put(self.document.values[path], f"{{{_in_line(fields)}}}")

    def replace_field(self, path: Path, fields: Fields) -> None:
        """Put other fields where a field stands; comments between its name and value are kept.

        :raises CannotSplice: the name is written after a question mark.
        """
        name, value = self.document.names[path], self.document.values[path]
        new = self._fields(path, name, fields)
        gap = self.text[name.end : value.start]
        if "#" in gap:
            self._change(name.start, self._colon(path), new)
            self._put(value, "")
        else:
            self._put(value, new, name.start)

    def add_before(self, path: Path, fields: Fields) -> None:
        """Put fields before a field.

        :raises CannotSplice: the name is written after a question mark.
        """
        name = self.document.names[path]
        new = self._fields(path, name, fields)
        between = ", " if self.document.values[path[:-1]].flow else self._line(name)
        self._change(name.start, name.start, new + between)

    def add_behind(self, path: Path, fields: Fields) -> None:
        """Put fields behind a field whose value ends where it seems to: in a line of their own."""
        name, value = self.document.names[path], self.document.values[path]
        new = self._fields(path, name, fields)
        if self.document.values[path[:-1]].flow:
            self._change(value.end, value.end, f", {new}")
        else:
            end = _line_end(self.text, value.end)
            self._change(end, end, self._line(name) + new)

    def _fields(self, path: Path, name: Extent, fields: Fields) -> str:
        line = self.text.rfind("\n", 0, name.start) + 1
        if self.text[line : name.start].rstrip().endswith("?"):
            raise CannotSplice("is written with a question mark before its name: leave that out")
        outer = self.document.values[path[:-1]]
        if not outer.flow:
            return self._line(name).join(f"{name}: {value}" for name, value in fields.items())
        if outer.start == name.start:  # a pair in a list needs no braces, several do
            self._change(outer.start, outer.start, "{")
            self._change(outer.end, outer.end, "}")
        return _in_line(fields)

    def _line(self, name: Extent) -> str:
        """Return what begins a line like that of a name, the end of the line before included."""
        end = _line_end(self.text, name.start)
        if end == len(self.text):
            end = self.text.rfind("\n", 0, name.start)
            end -= self.text[end - 1 : end] == "\r"
        newline = "\r\n" if self.text.startswith("\r\n", max(end, 0)) else "\n"
        return newline + " " * name.column

    def _colon(self, path: Path) -> int:
        """Return the place after the colon that follows a name."""
        return self.text.index(":", self.document.names[path].end) + 1

    def _put(self, extent: Extent, new: str, start: int | None = None) -> None:
        """Put a text where a value stands, or from ``start`` to where it ends."""
        start, end = extent.start if start is None else start, extent.end
        if extent.block:
            # What follows the sign that opens the text may be a comment, and is kept; so are
            # the empty lines behind the text.
            head = _line_end(self.text, extent.start)
            end = head + len(self.text[head:end].rstrip())
            comment = self.text.find("#", extent.start, head)
            self._change(head, end, "")
            end = head if comment < 0 else comment
            new = new if comment < 0 else f"{new} "
        self._change(start, end, new)

    def _change(self, start: int, end: int, new: str) -> None:
        self._changes.append((start, end, new))


def _in_line(fields: Fields) -> str:
    return ", ".join(f"{name}: {value}" for name, value in fields.items())


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    if end < 0:
        return len(text)
    return end - 1 if end > at and text[end - 1] == "\r" else end
