"""Stretches of a text, and which of its characters a reader sees."""

import re
from dataclasses import dataclass

HIDDEN = "\\s\\x00-\\x1f\\x7f-\\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2064\u2066-\u2069\ufeff"
"""White space, control characters and marks without a shape, as the inside of a regex's set."""

VISIBLE = re.compile(f"[^{HIDDEN}]")
_SHOWN_LENGTH = 60


@dataclass(frozen=True, slots=True, order=True)
class Stretch:
    """A stretch of a text: half-open, in code points."""

    start: int
    end: int


def trimmed(text: str, start: int, end: int) -> Stretch | None:
    """Return a stretch without what is not seen at its ends; None if nothing is seen."""
    first = VISIBLE.search(text, start, end)
    if first is None:
        return None
    while VISIBLE.match(text, end - 1) is None:
        end -= 1
    return Stretch(first.start(), end)


def beginning(words: str, length: int = _SHOWN_LENGTH) -> str:
    """Return the first words of a text on one line, with an ellipsis where it is cut."""
    line = " ".join(words[: 2 * length].split())
    if len(line) <= length and len(words) <= 2 * length:
        return line
    cut = line[:length]
    return (cut.rpartition(" ")[0] or cut) + " …"
