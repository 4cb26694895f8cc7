"""How alike two names or two sentences are, whoever spelled them."""

import re
import unicodedata

from rapidfuzz import fuzz

from graph.model import fold_text

EQUAL = 100.0
NUMBERS_DIFFER = 20.0
"""What is taken off where the numbers of two texts differ: 30 percent is not 50 percent."""

NOT_STATED = "(not stated)"
"""Marks a name that the source does not tell: such names say nothing about who is who."""

_REORDERED, _CONTAINED = 0.95, 0.85
_SHORT = 4  # a letter less or another one makes another word of so short a word
_POSSESSIVE = re.compile(r"['’]s\b")
_DROPPED = re.compile(r"[.'’]")  # U.S. is US
_GAP = re.compile(r"[\W_]+")
_NUMBER = re.compile(r"\d+")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u9fff\uac00-\ud7af]")


def comparable(text: str) -> str:
    """Return a text without what spelling alone differs in: case, accents, punctuation, space.

    A name that is not stated is empty.
    """
    if NOT_STATED in text:
        return ""
    plain = fold_text(unicodedata.normalize("NFKD", text))
    plain = "".join(one for one in plain if not unicodedata.combining(one))
    plain = _DROPPED.sub("", _POSSESSIVE.sub("", plain))
    return unicodedata.normalize("NFC", _GAP.sub(" ", plain).strip())


def likeness(one: str, other: str) -> float:
    """Return how alike two comparable texts are, at most 100: less where their numbers differ."""
    alike = spelled_alike(one, other)
    return alike - NUMBERS_DIFFER if numbers_differ(one, other) else alike


def spelled_alike(one: str, other: str) -> float:
    """Return how alike the spelling of two comparable texts is, from 0 to 100.

    The best of: letter by letter, the words in any order (a little less), and the words of one
    among those of the other (less again).
    """
    if one == other:
        return EQUAL if one else 0.0
    if _is_short_word(one, other) and not set(one.split()) & set(other.split()):
        return 0.0
    return max(
        fuzz.ratio(one, other),
        fuzz.token_sort_ratio(one, other) * _REORDERED,
        fuzz.token_set_ratio(one, other) * _CONTAINED,
    )


def _is_short_word(one: str, other: str) -> bool:
    length = min(len(one), len(other))
    shorter = [text for text in (one, other) if len(text) == length]
    return length <= _SHORT and not any(map(_UNSPACED.search, shorter))


def numbers_differ(one: str, other: str) -> bool:
    """Tell whether two texts name different numbers."""
    return set(_NUMBER.findall(one)) != set(_NUMBER.findall(other))


def words(text: str) -> list[str]:
    """Return the words of a comparable text, each once; pairs of signs where no spaces are set."""
    if _UNSPACED.search(text) is None:
        return list(dict.fromkeys(text.split()))
    pieces = (piece for word in text.split() for piece in _pieces(word))
    return list(dict.fromkeys(pieces))


def _pieces(word: str) -> list[str]:
    if _UNSPACED.search(word) is None or len(word) <= 2:
        return [word]
    return [word[start : start + 2] for start in range(len(word) - 1)]
