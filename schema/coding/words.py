"""Finding words in a document as people type them.

Forgiven is only what typists change: straight for curly quotation marks and apostrophes, a hyphen
for a dash, any run of white space for any other. Upper and lower case, accents and the normal
forms of Unicode are not: what looks alike and is not the same has to be looked at by a person.
Nothing is found that begins or ends inside a word.
"""

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from itertools import islice, product

from schema.coding.stretches import Stretch
from schema.errors import SHOWN_LENGTH, shown

SHOWN_PLACES = 5
MAX_COUNTED = 1000
"""How often words are found at most before they are told to stand too often."""
MAX_NEAR = 50
"""How many stretches are compared letter by letter with words that were not found."""
MAX_NEAR_WORDS = 40
"""How many words that were not found are compared with a stretch."""
MAX_COMMON = 10_000
"""How often a word stands at most that tells where others of its stretch may stand."""
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
        self._words: tuple[list[Stretch], dict[str, list[int]]] | None = None
        self._alone: dict[str, Stretch | None] = {}

    def find(self, words: str, start: int = 0, end: int | None = None) -> Iterator[Stretch]:
        """Yield every place of words, in order, that lies from ``start`` to ``end``."""
        sought = _plain(words)
        at = self._plain_at(start)
        stop = len(self._plain) if end is None else self._plain_at(end)
        while sought and (at := self._plain.find(sought, at, stop)) >= 0:
            place = Stretch(self._original(at), self._original(at + len(sought) - 1) + 1)
            if not (_in_word(self.text, place.start) or _in_word(self.text, place.end)):
                yield place
            at += 1

    def passage(self, words: str) -> Stretch:
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
            extended = self._extended(found, other)
            if extended is None:
                raise NotFound(f"{shown(other)} does not follow {shown(first)}{self._why(other)}")
            found = extended
        return found

    def leads_to(self, words: str, place: Stretch) -> bool:
        """Tell whether a passage of some words is a place; if not, the reasons are not looked for.

        So it is told at once of words that stand in a thousand places, however often one asks.
        """
        first, *others = _ELLIPSIS.split(words.strip())
        if first not in self._alone:
            places = list(islice(self.find(first), 2))
            self._alone[first] = places[0] if len(places) == 1 else None
        found = self._alone[first]
        for other in others:
            found = self._extended(found, other) if found is not None else None
        return found == place

    def _extended(self, found: Stretch, words: str) -> Stretch | None:
        """Return a stretch up to the end of words that follow, or None if they do not."""
        after = (one for one in self.find(words, found.start) if one.end > found.end)
        last = next(after, None)
        return Stretch(found.start, last.end) if last is not None else None

    def _only(self, words: str) -> Stretch:
        if not words.strip():
            raise NotFound("has no words in it")
        places = list(islice(self.find(words), MAX_COUNTED + 1))
        if not places:
            raise NotFound(f"{shown(words)} does not stand in the document{self.near(words)}")
        if len(places) > 1:
            more = f"more than {MAX_COUNTED:,}" if len(places) > MAX_COUNTED else len(places)
            raise NotFound(
                f"{shown(words)} stands {more} times in the document "
                f"({self.told(places)}): quote more words"
            )
        return places[0]

    def _why(self, words: str) -> str:
        before = list(islice(self.find(words), SHOWN_PLACES + 1))
        return f"; it stands only before ({self.told(before)})" if before else self.near(words)

    def told(self, places: list[Stretch]) -> str:
        """Tell some places: line and offset of each."""
        shown_places = [
            f"line {self.text.count(chr(10), 0, place.start) + 1:,} at {place.start:,}"
            for place in places[:SHOWN_PLACES]
        ]
        return ", ".join([*shown_places, *(["..."] if len(places) > SHOWN_PLACES else [])])

    # -- near misses -----------------------------------------------------------------------

    def near(self, words: str, within: Sequence[Stretch] | None = None) -> str:
        """Tell the stretch most like words that were not found, or nothing.

        Only stretches inside of one of ``within`` are told, where that is given.
        """
        sought = " ".join(words.split()[:MAX_NEAR_WORDS])
        near: dict[str, Stretch] = {}
        for place in self._candidates(sought.split(), within):
            near.setdefault(self.text[place.start : place.end], place)
        best = get_close_matches(sought, list(near), n=1)
        if not best:
            return ""
        where = self.told([near[best[0]]])
        if unicodedata.normalize("NFC", best[0]) == unicodedata.normalize("NFC", sought):
            return f"; what looks the same ({where}) has other characters: copy it from there"
        return f"; the nearest ({where}) {_unlike(best[0], sought)}"

    def _candidates(self, words: list[str], within: Sequence[Stretch] | None) -> list[Stretch]:
        """Return stretches of as many words, those first that have most of them in place."""
        known, numbers = self._known_words()
        parts = [range(len(known))]
        if within is not None:
            parts = [range(_first(known, part.start), _first(known, part.end)) for part in within]
        votes: Counter[tuple[int, int]] = Counter()
        for part, (at, word) in product(parts, enumerate(words)):
            found = numbers.get(_bare(word), ())
            for number in found if len(found) <= MAX_COMMON else ():
                if number in part:
                    votes[max(number - at, part.start), part.stop] += 1
        begins = [begin for begin, _ in votes.most_common(MAX_NEAR)]
        if not begins and sum(map(len, parts)) <= MAX_COMPARED:
            begins = [(begin, part.stop) for part in parts for begin in part]
        ends = ((begin, min(begin + len(words), stop)) for begin, stop in begins)
        return [Stretch(known[begin].start, known[end - 1].end) for begin, end in ends]

    def _known_words(self) -> tuple[list[Stretch], dict[str, list[int]]]:
        """Return the words of the document, and their numbers by what they are when bare."""
        if self._words is None:
            known, numbers = [], dict[str, list[int]]()
            for number, found in enumerate(_WORD.finditer(self.text)):
                known.append(Stretch(*found.span()))
                numbers.setdefault(_bare(found[0]), []).append(number)
            self._words = known, numbers
        return self._words

    def _plain_at(self, at: int) -> int:
        """Return the place in the plain text for one in the document."""
        number = bisect_right(self._joints, at) - 1
        inside = at - self._shifts[number]
        return min([inside, *self._plain_joints[number + 1 : number + 2]])

    def _original(self, at: int) -> int:
        """Return the place in the document for one in the plain text."""
        return at + self._shifts[bisect_right(self._plain_joints, at) - 1]


def _plain(words: str) -> str:
    return _RUN.sub(" ", words.translate(_PLAIN)).strip()


def _first(words: list[Stretch], at: int) -> int:
    """Return the number of the first word that begins at a place or later."""
    return bisect_left(words, at, key=lambda word: word.start)


def _unlike(found: str, sought: str) -> str:
    """Tell what stands in a document instead of some words: from where they part, if long."""
    if len(found) <= SHOWN_LENGTH:
        return f"is {shown(found)}"
    there, here = _plain(found), _plain(sought)
    pairs = enumerate(zip(there, here, strict=False))
    parting = next((at for at, (one, other) in pairs if one != other), min(len(there), len(here)))
    begin = here.rfind(" ", 0, parting) + 1
    return f"has {shown(there[begin:])} instead of {shown(here[begin:])}"


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
