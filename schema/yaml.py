"""Reading YAML 1.2 written by hand: texts stay as written, and every place knows its line.

Only what a person needs is read: mappings with names, lists, texts, whole numbers, true, false
and null. Everything else that YAML has is either left as the text that was written (dates, 0.10)
or refused (aliases, merge keys, tags), so that a small file cannot grow without bounds and
nothing is made that was not written.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import CollectionNode, MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.reader import ReaderError

from schema.errors import Fault, InvalidInput

Tree = None | bool | int | str | list["Tree"] | dict[str, "Tree"]

MAX_CHARACTERS = 5_000_000

_YAML = "tag:yaml.org,2002:"
_SCALARS = ("str", "null", "bool", "int", "float", "timestamp", "value")
_PLAIN_TAGS = {f"{_YAML}{tag}" for tag in (*_SCALARS, "map", "seq")}
_MERGE = f"{_YAML}merge"
_NUMBER = re.compile(r"[-+]?(0|[1-9][0-9]{0,39})", re.ASCII)  # as long as a figure may be
_NULLS = ("", "~", "null", "Null", "NULL")
_UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Extent:
    """Where a name or a value stands in the YAML text: code points, half-open.

    That of a mapping or list in block style, or of a text after ``|`` or ``>``, goes on to where
    the next thing begins; that of a value which is not written is empty.
    """

    start: int
    end: int
    column: int
    """How many characters stand before it in its line."""
    flow: bool
    """True for a mapping or list in braces or brackets."""
    block: bool
    """True for a text after ``|`` or ``>``."""


class Document:
    """A parsed YAML document: its tree, and where every path in it stands."""

    def __init__(
        self,
        name: str,
        root: Tree,
        lines: dict[Path, int],
        names: dict[Path, Extent],
        values: dict[Path, Extent],
    ) -> None:
        self.name = name
        self.root = root
        self._lines = lines
        self.names = names
        self.values = values

    def where(self, path: Sequence[str]) -> str:
        """Return ``name:line`` of the innermost part of a path that the document has."""
        parts = (tuple(path[:length]) for length in range(len(path), 0, -1))
        line = next((self._lines[part] for part in parts if part in self._lines), 1)
        return f"{self.name}:{line}"


def read_document(text: str, name: str) -> Document:
    """Parse one YAML document.

    :raises InvalidInput: not YAML 1.2, too large, too deep, a name twice, or something of YAML
        that is not read: aliases, merge keys, tags.
    """
    if len(text) > MAX_CHARACTERS:
        raise _refusal(name, f"has {len(text):,} characters; at most {MAX_CHARACTERS:,} are read")
    builder = _Builder(name)
    try:
        node = YAML(typ="safe", pure=True).compose(text)
        root = builder.tree(node, ()) if node is not None else None
    except RecursionError:
        raise _refusal(name, "is nested too deeply") from None
    except ReaderError as error:
        where = f"{name}:{text.count(chr(10), 0, error.position) + 1}"
        problem = f"the character U+{ord(text[error.position]):04X} stands in no YAML"
        raise _refusal(where, f"is not YAML: {problem}") from None
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"{name}:{mark.line + 1}" if mark is not None else name
        problem = str(error.problem or error.context).splitlines()[0]
        raise _refusal(where, f"is not YAML: {problem}") from None
    except (YAMLError, ValueError) as error:
        problem = (str(error) or type(error).__name__).splitlines()[0]
        raise _refusal(name, f"is not YAML: {problem}") from None
    if builder.faults:
        raise InvalidInput(list(dict.fromkeys(builder.faults)))
    return Document(name, root, builder.lines, builder.names, builder.values)


def _refusal(where: str, message: str) -> InvalidInput:
    return InvalidInput([Fault((), message, where)])


class _Builder:
    """Turns parsed nodes into a tree, noting lines and what is not read."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.lines: dict[Path, int] = {}
        self.names: dict[Path, Extent] = {}
        self.values: dict[Path, Extent] = {}
        self.faults: list[Fault] = []
        self._seen: set[int] = set()

    def tree(self, node: Node, path: Path) -> Tree:
        if id(node) in self._seen:  # an alias has no node of its own, so its line is not its own
            line = self.lines.get(path) or self.lines[path[:-1]]
            self._fault(line, path, "is an alias (*name), and aliases are not read")
            return None
        line = self.lines.setdefault(path, _line(node))
        self.values[path] = _extent(node)
        self._seen.add(id(node))
        if node.tag not in _PLAIN_TAGS:
            self._fault(line, path, f"has a tag ({_shown_tag(node)}), and tags are not read")
            return None
        if isinstance(node, MappingNode):
            return self._mapping(node, path)
        if isinstance(node, SequenceNode):
            return [self.tree(item, (*path, str(n))) for n, item in enumerate(node.value)]
        return self._scalar(node, path)

    def _mapping(self, node: MappingNode, path: Path) -> Tree:
        found: dict[str, Tree] = {}
        for key, value in node.value:
            name = self._name(key, path)
            if name is None:
                continue
            if name in found:
                first = self.lines[(*path, name)]
                twice = f"stands twice, here and in line {first}"
                self._fault(_line(key), (*path, name), twice)
                continue
            self.lines[(*path, name)] = _line(key)
            self.names[(*path, name)] = _extent(key)
            found[name] = self.tree(value, (*path, name))
        return found

    def _name(self, key: Node, path: Path) -> str | None:
        """Return the name that a value stands under, as it is written."""
        if key.tag == _MERGE:
            self._fault(_line(key), path, "merge keys (<<) are not read")
        elif not isinstance(key, ScalarNode) or key.tag not in _PLAIN_TAGS:
            self._fault(_line(key), path, "a name has to be a text")
        elif not key.value:
            self._fault(_line(key), path, "a name is empty")
        elif unfit := _UNFIT.search(key.value):
            self._fault(_line(key), path, f"a name {_unfit(unfit)}")
        else:
            return str(key.value)
        return None

    def _scalar(self, node: Node, path: Path) -> Tree:
        """Return null, true, false and whole numbers as such, all else as the text written."""
        text = str(node.value)
        kind = str(node.tag).removeprefix(_YAML)
        if kind == "null" and text in _NULLS:
            return None
        if kind == "bool" and text.lower() in ("true", "false"):
            return text.lower() == "true"
        if kind == "int" and _NUMBER.fullmatch(text):
            return int(text)
        if unfit := _UNFIT.search(text):
            self._fault(_line(node), path, _unfit(unfit))
        return text

    def _fault(self, line: int, path: Path, message: str) -> None:
        self.faults.append(Fault(path, message, f"{self.name}:{line}"))


def _line(node: Node) -> int:
    return int(node.start_mark.line) + 1


def _extent(node: Node) -> Extent:
    start, end = int(node.start_mark.index), int(node.end_mark.index)
    block = isinstance(node, ScalarNode) and node.style in ("|", ">")
    flow = isinstance(node, CollectionNode) and bool(node.flow_style)
    return Extent(start, end, int(node.start_mark.column), flow, block)


def _unfit(found: re.Match[str]) -> str:
    return f"has a character (U+{ord(found[0]):04X}) that no text has"


def _shown_tag(node: Node) -> str:
    tag = str(node.tag)
    return f"!!{tag.removeprefix(_YAML)}" if tag.startswith(_YAML) else tag
