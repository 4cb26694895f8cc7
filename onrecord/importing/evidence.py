"""Passages of the text that is at hand when something is imported."""

import unicodedata
from dataclasses import dataclass

from onrecord.importing.rows import Unfit
from schema.values import MAX_PASSAGE_EXACT, MAX_TEXT, Part, Passage, Quote, text_sha256


@dataclass(frozen=True, slots=True)
class Evidence:
    """The text of a source, as far as it is at hand.

    :raises Unfit: there is none, or it cannot be written in UTF-8.
    """

    source: str
    text: str

    def __post_init__(self) -> None:
        if not self.text:
            raise Unfit("there is no text to show")
        if any("\ud800" <= character <= "\udfff" for character in self.text):
            raise Unfit("its text has half a character (a lone surrogate) in it")

    @property
    def sha256(self) -> str:
        """Return the SHA-256 of the text."""
        return text_sha256(self.text)

    def passage(self, start: int = 0, end: int | None = None, part: Part = Part.BODY) -> Passage:
        """Return a stretch of it, in code points, with its words if they are few."""
        end = len(self.text) if end is None else end
        words = self.text[start:end]
        return Passage(
            source=self.source,
            start=start,
            end=end,
            sha256=text_sha256(words),
            part=part,
            exact=words if len(words) <= MAX_PASSAGE_EXACT and _printable(words) else None,
        )

    def quotes(self) -> tuple[Quote, ...]:
        """Return all of it as quoted words, in as many stretches as their length asks for."""
        starts = range(0, len(self.text), MAX_TEXT)
        stretches = ((start, self.text[start : start + MAX_TEXT]) for start in starts)
        return tuple(
            Quote(start=start, end=start + len(words), sha256=text_sha256(words), exact=words)
            for start, words in stretches
        )


def _printable(words: str) -> bool:
    """Tell whether an entry may hold the words: it holds no control characters."""
    return all(one in "\n\t" or unicodedata.category(one) != "Cc" for one in words)
