"""The lines of a document that stand by themselves: paragraphs, headings, items of lists."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from schema.coding.stretches import HIDDEN, Stretch

BULLETS = "-–—*+•·‣⁃◦○●▪▫■□►▶▸➤✓✔"

_BREAKS = "\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029"
_LINE = re.compile(f"[^{_BREAKS}]+")
_BULLET = re.compile(f"[{HIDDEN}]*[{re.escape(BULLETS)}]+(?=[{HIDDEN}]|$)", re.MULTILINE)
_WRAPPED_WIDTHS = range(40, 101)  # columns of texts whose lines are broken
_WRAPPED_BREAKS = 3
_WRAPPED_SHARE = 0.8
_INSIDE_SHARE = 0.4  # of lines that begin inside a sentence: a list of headlines has none


def blocks(text: str) -> Iterator[Stretch]:
    """Yield the lines of a text without bullets; lines that were only broken go together."""
    lines = [Stretch(*line.span()) for line in _LINE.finditer(text)]
    width = _wrapped_width(text, lines)
    start: int | None = None
    last: Stretch | None = None
    for line in lines:
        if last is not None and start is not None and not _is_wrapped(text, last, line, width):
            yield Stretch(start, last.end)
            start = None
        if start is None:
            bullet = _BULLET.match(text, line.start, line.end)
            start = bullet.end() if bullet else line.start
        last = line
    if last is not None and start is not None:
        yield Stretch(start, last.end)


def _wrapped_width(text: str, lines: Sequence[Stretch]) -> int:
    """Return the width at which the lines of a text were broken, or 0 if they were not."""
    width = max((len(text[one.start : one.end].rstrip()) for one in lines), default=0)
    if width not in _WRAPPED_WIDTHS:
        return 0
    pairs = [pair for pair in pairwise(lines) if _adjoin(text, *pair)]
    full = [after for line, after in pairs if _is_full(text, line, after, width)]
    inside = sum(text[after.start : after.end].lstrip()[:1].islower() for after in full)
    wrapped = len(full) >= max(_WRAPPED_BREAKS, _WRAPPED_SHARE * len(pairs))
    return width if wrapped and inside >= _INSIDE_SHARE * len(full) else 0


def _adjoin(text: str, line: Stretch, following: Stretch) -> bool:
    return text[line.end : following.start] in ("\n", "\r\n", "\r")


def _is_full(text: str, line: Stretch, following: Stretch, width: int) -> bool:
    """Tell whether the first word of the next line had no room in a line."""
    word = text[following.start : following.end].split(maxsplit=1)[:1]
    return len(text[line.start : line.end].rstrip()) + 1 + len("".join(word)) > width


def _is_wrapped(text: str, line: Stretch, following: Stretch, width: int) -> bool:
    """Tell whether a line goes on in the next one."""
    return (
        width > 0
        and _adjoin(text, line, following)
        and _BULLET.match(text, following.start, following.end) is None
        and _is_full(text, line, following, width)
    )
