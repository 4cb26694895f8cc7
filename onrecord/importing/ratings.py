"""What a fact check's verdict says about the claim: no more than its words surely say."""

import re

from schema.entries import Polarity

_WORDS: dict[Polarity, tuple[str, ...]] = {
    Polarity.ASSERTS: ("true", "mostly true", "correct", "mostly correct", "accurate"),
    Polarity.DENIES: (
        "false",
        "fake",
        "hoax",
        "incorrect",
        "not true",
        "untrue",
        "wrong",
        "pants on fire",
        "4 pinocchios",
        "four pinocchios",
    ),
    Polarity.DOUBTS: (
        "mostly false",
        "partly false",
        "partially false",
        "half true",
        "partly true",
        "partially true",
        "somewhat true",
        "mixed",
        "mixture",
        "1 pinocchio",
        "one pinocchio",
        "2 pinocchios",
        "two pinocchios",
        "3 pinocchios",
        "three pinocchios",
        "cherry picks",
        "distorts the facts",
        "exaggerated",
        "exaggerates",
        "misleading",
        "missing context",
        "needs context",
        "no evidence",
        "not the whole story",
        "out of context",
        "spins the facts",
        "unproven",
        "unsupported",
    ),
}
POLARITIES = {words: polarity for polarity, several in _WORDS.items() for words in several}
"""The verdicts that are understood, in small letters without punctuation."""


def polarity_of(rating: str | None) -> Polarity:
    """Return how a verdict stands to the claim.

    One that is missing, or none of :data:`POLARITIES`, only tells that the claim was put to the
    test: ASKS.
    """
    return POLARITIES.get(_plain(rating or ""), Polarity.ASKS)


def polarity_of_number(value: float, worst: float, best: float) -> Polarity:
    """Return how a verdict on a scale stands to the claim: only its two ends are plain."""
    if worst == best:
        return Polarity.ASKS
    if not min(worst, best) <= value <= max(worst, best):
        return Polarity.ASKS
    if value == best:
        return Polarity.ASSERTS
    return Polarity.DENIES if value == worst else Polarity.DOUBTS


def _plain(rating: str) -> str:
    return " ".join(re.findall(r"\w+", rating.casefold()))
