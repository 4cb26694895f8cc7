"""What a thing says here against what is on record of it: field by field, in sentences."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import TypeAlias, cast

import orjson

from schema.entries import AnyEntry
from schema.errors import SHOWN_LENGTH, Fault, shown
from schema.yaml import Tree

Path: TypeAlias = tuple[str, ...]

_BARE = re.compile(r"[\w/.:~-]+", re.ASCII)  # ids, constants and numbers need no quotation marks
_BEFORE = 20  # characters of a long text before the first one that differs
_UNTOLD = "sha256"  # of a stretch whose place is told already


def differences(recorded: AnyEntry, here: AnyEntry, position: int) -> Iterator[Fault]:
    """Yield a fault for each field, by its path, in which two entries of one id differ.

    ``position`` is where ``recorded`` stands in the log. Defaults count as what they stand for.
    """
    yield from _Comparison(position).between(_tree(recorded), _tree(here), ())


def _tree(entry: AnyEntry) -> Tree:
    return cast("Tree", entry.model_dump(mode="json", by_alias=True))


class _Comparison:
    """Compares with what stands at one position of the log."""

    def __init__(self, position: int) -> None:
        self._at = f"on record at position {position:,}"

    def between(self, recorded: Tree, here: Tree, path: Path) -> Iterator[Fault]:
        if recorded == here:
            return
        if isinstance(recorded, dict) and isinstance(here, dict):
            for field, value in recorded.items():
                yield from self.between(value, here.get(field), (*path, field))
        elif isinstance(recorded, list) and isinstance(here, list):
            yield from self._lists(recorded, here, path)
        else:
            before, now = _shown_both(recorded, here)
            yield Fault(path, f"{before} {self._at}, {now} here")

    def _lists(self, recorded: Sequence[Tree], here: Sequence[Tree], path: Path) -> Iterator[Fault]:
        """Tell what was added, removed or changed; what stays as it is need not stay in place."""
        before, now = [_key(one) for one in recorded], [_key(one) for one in here]
        if sorted(before) == sorted(now):
            yield Fault(path, f"the same {self._at}, but in another order")
            return
        for tag, i, until, j, to in SequenceMatcher(None, before, now, False).get_opcodes():
            if tag != "equal":
                yield from self._items(recorded[i:until], here[j:to], j, path)

    def _items(
        self, recorded: Sequence[Tree], here: Sequence[Tree], first: int, path: Path
    ) -> Iterator[Fault]:
        left = list(recorded)
        for index, item in enumerate(here, first):
            place = (*path, str(index))
            alike = next((one for one in left if _are_alike(one, item)), None)
            if alike is None:
                yield Fault(place, f"{_shown(item)} here, but not {self._at}")
            else:
                left.remove(alike)
                yield from self.between(alike, item, place)
        for item in left:
            yield Fault(path, f"{_shown(item)} {self._at}, but not here")


def _key(item: Tree) -> bytes:
    return orjson.dumps(item, option=orjson.OPT_SORT_KEYS)


def _are_alike(recorded: Tree, here: Tree) -> bool:
    """Tell whether an item is the other one changed: half of what either says is the same."""
    if not isinstance(recorded, dict) or not isinstance(here, dict):
        return False
    said = [key for key in recorded if _says(recorded[key]) or _says(here.get(key))]
    return 2 * sum(recorded[key] == here.get(key) for key in said) >= len(said)


def _says(value: Tree) -> bool:
    return value is not None and value != []


# -- values, on one line and not too long --------------------------------------------------------


def _shown_both(recorded: Tree, here: Tree) -> tuple[str, str]:
    """Return two values; of long texts the part in which they begin to differ."""
    if not isinstance(recorded, str) or not isinstance(here, str):
        return _shown(recorded), _shown(here)
    same = next(
        (n for n, (a, b) in enumerate(zip(recorded, here, strict=False)) if a != b),
        min(len(recorded), len(here)),
    )
    start = same - _BEFORE
    if start <= 0 or max(len(recorded), len(here)) <= SHOWN_LENGTH:
        return _shown(recorded), _shown(here)
    start = recorded.find(" ", start, same) + 1 or start
    return _shown(f"…{recorded[start:]}"), _shown(f"…{here[start:]}")


def _shown(value: Tree) -> str:
    if not _says(value):
        return "nothing"
    if isinstance(value, str):
        return value if _BARE.fullmatch(value) and len(value) <= SHOWN_LENGTH else shown(value)
    if isinstance(value, dict):
        return _cut(f"{{{', '.join(_fields(value))}}}")
    if isinstance(value, list):
        return _cut(f"[{', '.join(map(_shown, value))}]")
    return shown(value)


def _fields(value: Mapping[str, Tree]) -> Iterable[str]:
    told = {key: one for key, one in value.items() if _says(one) and key != _UNTOLD}
    return (f"{key}: {_shown(one)}" for key, one in told.items())


def _cut(text: str) -> str:
    return text if len(text) <= 2 * SHOWN_LENGTH else f"{text[: 2 * SHOWN_LENGTH]}…"
