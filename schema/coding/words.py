"""Finding words in a document as people type them.

Forgiven is only what typists change: straight for curly quotation marks and apostrophes, a hyphen
for a dash, any run of white space for any other. Upper and lower case, accents and the normal
forms of Unicode are not: what looks alike and is not the same has to be looked at by a person.
Nothing is found that begins or ends inside a word.
"""

import re
import unicodedata
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from itertools import islice
from typing import NamedTuple

from schema.errors import shown

SHOWN_PLACES = 5
MAX_NEAR = 50
"""How many stretches are compared letter by letter with words that were not found."""
MAX_COMPARED = 2000
"""How many words a text has at most that is compared letter by letter as a whole."""

_ALIKE = {'"': "“”„‟«»″", "'": "‘’‚‛ʼ′", "-": "‐‑‒–—―−"}
_SPACES = "".join(filter(str.isspace, map(chr, range(0x3001))))
_PLAIN = str.maketrans(
    {letter: plain for plain, letters in {**_ALIKE, " ": _SPACES}.items() for letter in letters}
)
_RUN = re.compile(" {2,}")
_ELLIPSIS = re.compile(r"\s+(?:(?:…|\.\.\.)\s+)+")
_WORD = re.compile(r"\S+")


class NotFound(ValueError):
    """Raised when words do not say which stretch of a document is meant; the message tells why."""


class Place(NamedTuple):
    """A stretch of a document: half-open, in code points."""

    start: int
    end: int


class Words:
    """A document, in which stretches are found by their words."""

    def __init__(self, text: str) -> None:
        self.text = text
        # Only runs of white space change the length: how far behind them the plain text has fallen.
        self._plain_joints, self._joints, self._shifts = [0], [0], [0]
        plain = text.translate(_PLAIN)
        shift = 0
        for run in _RUN.finditer(plain):
            shift += len(run[0]) - 1
            self._joints.append(run.end())
            self._plain_joints.append(run.end() - shift)
            self._shifts.append(shift)
        self._plain = _RUN.sub(" ", plain)

    def find(self, words: str, start: int = 0) -> Iterator[Place]:
        """Yield every place of words, in order, that begins at ``start`` or later."""
        sought = _plain(words)
        at = start - self._shifts[bisect_right(self._joints, start) - 1]
        while sought and (at := self._plain.find(sought, at)) >= 0:
            place = Place(self._original(at), self._original(at + len(sought) - 1) + 1)
            if not (_in_word(self.text, place.start) or _in_word(self.text, place.end)):
                yield place
            at += 1

    def passage(self, words: str) -> Place:
        """Return the stretch that begins with the first words and ends with the last.

        Between first and last words stands an ellipsis with white space on both sides. What
        follows an ellipsis is looked for where the words before it end, and the nearest counts;
        it may overlap them.

        :raises NotFound: the first words stand nowhere or more than once, or the last ones do
            not follow.
        """
        first, *others = _ELLIPSIS.split(words.strip())
        found = self._only(first)
        for other in others:
            after = (one for one in self.find(other, found.start) if one.end > found.end)
            last = next(after, None)
            if last is None:
                raise NotFound(f"{shown(other)} does not follow {shown(first)}{self._why(other)}")
            found = Place(found.start, last.end)
        return found

    def _only(self, words: str) -> Place:
        places = list(self.find(words))
        if len(places) == 1:
            return places[0]
        if places:
            raise NotFound(
                f"{shown(words)} stands {len(places):,} times in the document "
                f"({self.told(places)}): quote more words"
            )
        if not words.strip():
            raise NotFound("has no words in it")
        raise NotFound(f"{shown(words)} does not stand in the document{self.near(words)}")

    def _why(self, words: str) -> str:
        before = list(islice(self.find(words), SHOWN_PLACES))
        return f"; it stands only before ({self.told(before)})" if before else self.near(words)

    def told(self, places: list[Place]) -> str:
        """Tell some places: line and offset of each."""
        shown_places = [
            f"line {self.text.count(chr(10), 0, place.start) + 1:,} at {place.start:,}"
            for place in places[:SHOWN_PLACES]
        ]
        return ", ".join([*shown_places, *(["..."] if len(places) > SHOWN_PLACES else [])])

    # -- near misses -----------------------------------------------------------------------

    def near(self, words: str, within: Sequence[Place] | None = None) -> str:
        """Tell the stretch most like words that were not found, or nothing.

        Only stretches inside of one of ``within`` are told, where that is given.
        """
        near: dict[str, Place] = {}
        for place in self._candidates(words, within):
            near.setdefault(self.text[place.start : place.end], place)
        best = get_close_matches(words, list(near), n=1)
        if not best:
            return ""
        where = self.told([near[best[0]]])
        if unicodedata.normalize("NFC", best[0]) == unicodedata.normalize("NFC", words):
            return f"; what looks the same ({where}) has other characters: copy it from there"
        return f"; the nearest is {shown(best[0])} ({where})"

    def _candidates(self, words: str, within: Sequence[Place] | None) -> list[Place]:
        """Return stretches of as many words, those first that have most of them in place."""
        sought: dict[str, list[int]] = {}
        for at, word in enumerate(words.split()):
            sought.setdefault(_bare(word), []).append(at)
        known = self._known_words(within)
        votes: Counter[int] = Counter()
        for number, place in enumerate(known):
            for at in sought.get(_bare(self.text[place.start : place.end]), ()):
                votes[max(number - at, 0)] += 1
        begins = [number for number, _ in votes.most_common(MAX_NEAR)]
        if not begins and len(known) <= MAX_COMPARED:
            begins = list(range(len(known)))
        length = len(words.split())
        windows = (known[begin : begin + length] for begin in begins)
        return [Place(window[0].start, window[-1].end) for window in windows]

    def _known_words(self, within: Sequence[Place] | None) -> list[Place]:
        places = [Place(0, len(self.text))] if within is None else within
        return [
            Place(*found.span())
            for place in places
            for found in _WORD.finditer(self.text, place.start, place.end)
        ]

    def _original(self, at: int) -> int:
        return at + self._shifts[bisect_right(self._plain_joints, at) - 1]


def _plain(words: str) -> str:
    return _RUN.sub(" ", words.translate(_PLAIN)).strip()


def _bare(word: str) -> str:
    return "".join(filter(str.isalnum, word)).casefold()


def _in_word(text: str, at: int) -> bool:
    """Tell whether the place before a character lies inside a word, or parts a letter and its mark.

    Only of scripts that have cases, and of digits, is it known that they part words by spaces.
    """
    if not 0 < at < len(text):
        return False
    if _is_mark(text[at]):
        return True
    before = at - 1
    while before > 0 and _is_mark(text[before]):
        before -= 1
    return _spells(text[before]) and _spells(text[at])


def _is_mark(character: str) -> bool:
    return unicodedata.category(character).startswith("M")


def _spells(character: str) -> bool:
    return character.isdigit() or character.lower() != character.upper()
