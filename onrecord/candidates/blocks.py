"""Which things are compared at all: those that share a key, since all pairs would be too many.

A key is a word, a passage, a claim: whatever two alike things have in common. Things with the same
key are a block. A block that is too large is cut by the further keys of its things, and its things
are compared with their neighbours in alphabetical order. What shares only keys that very many have,
and stands far apart in that order, is missed; so is what shares no key.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

_DEEPEST = 2  # keys that two things of a cut block share
_LONG = 5  # letters of a word that may be misspelled

Keys = Sequence[str]


def blocks(keys: Sequence[Keys], most: int) -> Iterator[Sequence[int]]:
    """Yield blocks of places, given the keys at each place; a pair may stand in several blocks.

    ``most`` is how many places a block holds before it is cut.
    Neighbours are those that stand beside each other in ``keys``, so it is ordered for that.
    """
    count = Counter(key for of_one in keys for key in of_one)
    ranked = [
        sorted((key for key in of_one if count[key] > 1), key=lambda key: (count[key], key))
        for of_one in keys
    ]
    yield from _cut(range(len(keys)), ranked, [0] * len(keys), most, _DEEPEST)


def _cut(
    places: Sequence[int], ranked: Sequence[Keys], skip: Sequence[int], most: int, deeper: int
) -> Iterator[Sequence[int]]:
    """Yield the blocks of some places; ``skip`` says how many keys of each one are used up."""
    by_key: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for at, place in enumerate(places):
        for rank in range(skip[at], len(ranked[place])):
            by_key[ranked[place][rank]].append((place, rank + 1))
    for members in by_key.values():
        block = [place for place, _ in members]
        if len(block) <= most:
            if len(block) > 1:
                yield block
            continue
        if deeper < _DEEPEST and len(block) == len(places):
            continue  # what all of them have cuts nothing
        yield from _windows(block, max(most // 6, 1))
        if deeper > 1:
            yield from _cut(block, ranked, [rank for _, rank in members], most, deeper - 1)


def _windows(block: Sequence[int], apart: int) -> Iterator[Sequence[int]]:
    """Yield parts of a block in which all stand together that are at most so far apart."""
    for start in range(0, len(block) - 1, apart):
        yield block[start : start + 2 * apart]


def with_misspelled(texts: Sequence[Sequence[str]]) -> list[list[str]]:
    """Return the words of texts, and for each word a key with every other that is nearly spelled so.

    Two long words are nearly spelled alike if they are one once each has lost a letter at most.
    """
    near = _nearly_alike({word for text in texts for word in text if len(word) >= _LONG})
    return [[*text, *(key for word in text for key in near.get(word, ()))] for text in texts]


def _nearly_alike(vocabulary: Iterable[str]) -> dict[str, set[str]]:
    by_rest: dict[str, list[str]] = defaultdict(list)
    for word in sorted(vocabulary):
        for rest in {word, *(word[:at] + word[at + 1 :] for at in range(len(word)))}:
            by_rest[rest].append(word)
    near: dict[str, set[str]] = defaultdict(set)
    for alike in by_rest.values():
        for at, one in enumerate(alike):
            for other in alike[at + 1 :]:
                key = f"{one} {other}"
                near[one].add(key)
                near[other].add(key)
    return near
