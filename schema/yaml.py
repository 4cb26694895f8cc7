"""Reading YAML 1.2 written by hand: texts stay texts, and every place knows its line."""

from collections.abc import Mapping, Sequence
from typing import cast

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.constructor import RoundTripConstructor
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import AliasEvent

from schema.errors import Fault, InvalidInput

Tree = None | bool | int | str | Sequence["Tree"] | Mapping[str, "Tree"]

MAX_CHARACTERS = 5_000_000


class _PlainConstructor(RoundTripConstructor):
    """Builds dates and decimals as the texts that were written: 2025-05, 0.10."""


def _as_written(constructor: RoundTripConstructor, node: object) -> object:
    return constructor.construct_scalar(node)


for _tag in ("timestamp", "float"):
    _PlainConstructor.add_constructor(f"tag:yaml.org,2002:{_tag}", _as_written)


class Document:
    """A parsed YAML document: its tree, and the line of every path in it."""

    def __init__(self, name: str, root: object) -> None:
        self.name = name
        self.root = root

    def where(self, path: Sequence[str]) -> str:
        """Return ``name:line`` of the innermost part of a path that the document has."""
        node, line = self.root, 1
        for step in path:
            if isinstance(node, CommentedMap) and step in node:
                line = node.lc.key(step)[0] + 1
                node = node[step]
            elif isinstance(node, CommentedSeq) and step.isdecimal() and int(step) < len(node):
                line = node.lc.item(int(step))[0] + 1
                node = node[int(step)]
            else:
                break
        return f"{self.name}:{line}"


def read_document(text: str, name: str) -> Document:
    """Parse one YAML document.

    :raises InvalidInput: not YAML 1.2, too large, a key twice, or anchors, which could grow
        a small file without bounds.
    """
    if len(text) > MAX_CHARACTERS:
        raise InvalidInput(
            [Fault((), f"has {len(text):,} characters; at most {MAX_CHARACTERS:,} are read", name)]
        )
    yaml = YAML(typ="rt")
    yaml.Constructor = _PlainConstructor
    try:
        for event in yaml.parse(text):
            if isinstance(event, AliasEvent):
                raise InvalidInput(
                    [Fault((), "aliases (*name) are not read", _at(name, event.start_mark.line))]
                )
        return Document(name, yaml.load(text))
    except InvalidInput:
        raise
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = _at(name, mark.line) if mark is not None else name
        problem = str(error.problem or error.context).splitlines()[0]
        raise InvalidInput([Fault((), f"is not YAML: {problem}", where)]) from None
    except (YAMLError, ValueError, RecursionError) as error:
        first_line = (str(error) or type(error).__name__).splitlines()[0]
        raise InvalidInput([Fault((), f"is not YAML: {first_line}", name)]) from None


def _at(name: str, line: int) -> str:
    return f"{name}:{line + 1}"


def plain(node: object) -> Tree:
    """Return a parsed tree as plain dicts, lists and scalars."""
    if isinstance(node, Mapping):
        return {
            str(key): plain(value) for key, value in cast("Mapping[object, object]", node).items()
        }
    if isinstance(node, list):
        return [plain(item) for item in cast("list[object]", node)]
    if node is None or isinstance(node, bool):
        return node
    if isinstance(node, int):
        return int(node)
    return str(node)
