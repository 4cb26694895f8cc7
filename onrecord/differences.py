"""What a thing says against what it says elsewhere or later: field by field, in sentences."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TypeAlias, cast

import orjson

from schema.entries import AnyThing
from schema.errors import SHOWN_LENGTH, Fault, shown
from schema.yaml import Tree

Path: TypeAlias = tuple[str, ...]

_BARE = re.compile(r"[\w/.:~-]+", re.ASCII)  # ids, constants and numbers need no quotation marks
_BEFORE = 20  # characters of a long text before the first one that differs
_UNTOLD = "sha256"  # of a stretch whose place is told already


@dataclass(frozen=True, slots=True)
class Wording:
    """How the four ways in which two values differ are told, as templates."""

    changed: str
    added: str
    removed: str
    turned: str
    """The same items in another order."""


BECOMES = Wording(
    "{before} becomes {now}", "{now} is added", "{before} is taken out", "is put in another order"
)
"""How an amendment is told."""


def differences(recorded: AnyThing, here: AnyThing, position: int) -> Iterator[Fault]:
    """Yield a fault for each field, by its path, in which two things of one id differ.

    ``position`` is where ``recorded`` stands in the log. Defaults count as what they stand for.
    """
    at = f"on record at position {position:,}"
    return between(
        recorded,
        here,
        Wording(
            f"{{before}} {at}, {{now}} here",
            f"{{now}} here, but not {at}",
            f"{{before}} {at}, but not here",
            f"the same {at}, but in another order",
        ),
    )


def between(before: AnyThing, now: AnyThing, wording: Wording = BECOMES) -> Iterator[Fault]:
    """Yield each difference between what a thing says and what it is to say, by its path."""
    yield from _Comparison(wording).between(_tree(before), _tree(now), ())


def _tree(entry: AnyThing) -> Tree:
    return cast("Tree", entry.model_dump(mode="json", by_alias=True))


class _Comparison:
    """Compares, and tells it in the words of one wording."""

    def __init__(self, wording: Wording) -> None:
        self._wording = wording

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
            yield Fault(path, self._wording.changed.format(before=before, now=now))

    def _lists(self, recorded: Sequence[Tree], here: Sequence[Tree], path: Path) -> Iterator[Fault]:
        """Tell what was added, removed or changed; what stays as it is need not stay in place."""
        before, now = [_key(one) for one in recorded], [_key(one) for one in here]
        if sorted(before) == sorted(now):
            yield Fault(path, self._wording.turned)
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
                yield Fault(place, self._wording.added.format(now=_shown(item)))
            else:
                left.remove(alike)
                yield from self.between(alike, item, place)
        for item in left:
            yield Fault(path, self._wording.removed.format(before=_shown(item)))


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


def shown_value(value: object) -> str:
    """Return a value of a field on one line, and not too long."""
    return _shown(cast("Tree", value))


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
