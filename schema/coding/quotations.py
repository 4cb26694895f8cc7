"""What stands in quotation marks, whatever marks a language uses.

Double and single marks are looked for apart, so that a stray apostrophe hides no quotation. The
end of a paragraph, of a line for single marks, ends a quotation that nobody closed, unless the next
one begins with the same opening mark: so newspapers print a quotation of several paragraphs.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from schema.coding.stretches import Stretch

_DOUBLE = {
    "“": "”",
    "”": "”",
    "„": "“”",
    "«": "»",
    "»": "«",
    "「": "」",
    "『": "』",
    '"': '"',
}
_SINGLE = {"‘": "’", "‚": "‘’", "‹": "›", "›": "‹", "'": "'"}
_LINE = r"\n|\r"
_PARAGRAPH = r"\n[^\S\n]*\n"
_BREAKS = "\n\r\x0b\x0c\x85\u2028\u2029"
_SEEN = re.compile(r"\S")
_ELISION = re.compile(r"'(?:\d|(?:tis|twas|em|til|n|cause|round)\b)", re.IGNORECASE)


def quotations(text: str) -> list[Stretch]:
    """Return the outermost quotations of a text in order, their marks included."""
    found = sorted([*_scanned(text, _DOUBLE, _PARAGRAPH), *_scanned(text, _SINGLE, _LINE)])
    outermost: list[Stretch] = []
    for one in found:
        if not outermost or one.start >= outermost[-1].end:
            outermost.append(one)
        elif one.end > outermost[-1].end:  # they cross, so that one of them is a mistake
            outermost[-1] = Stretch(outermost[-1].start, one.end)
    return outermost


def _scanned(text: str, closing: dict[str, str], ending: str) -> Iterator[Stretch]:
    """Yield the quotations with some pairs of marks; ``ending`` ends one that is open."""
    marks = re.escape("".join({*closing, *"".join(closing.values())}))
    opened: int | None = None
    likely: int | None = None  # where it ends unless a surer end comes: workers’
    for mark in re.finditer(f"[{marks}]|{ending}", text):
        at, sign = mark.start(), mark[0]
        if sign[0] in "\r\n":
            if opened is not None and not _goes_on(text, mark.end(), text[opened]):
                yield from _ended(opened, likely)
                opened = likely = None
        elif opened is not None and sign in closing[text[opened]] and _closes(text, at):
            if _is_possessive(text, at):
                likely = at + 1
            else:
                yield Stretch(opened, at + 1)
                opened = likely = None
        elif sign in closing and _opens(text, at) and (likely or _is_new(text, opened, at)):
            yield from _ended(opened, likely)
            opened, likely = at, None
    yield from _ended(opened, likely)


def _ended(opened: int | None, likely: int | None) -> Iterator[Stretch]:
    if opened is not None and likely is not None:
        yield Stretch(opened, likely)


def overlapping(quoted: Sequence[Stretch], stretch: Stretch) -> Stretch | None:
    """Return the first of some quotations, in order, that has a part of a stretch inside."""
    at = bisect_right(quoted, stretch.start, key=lambda one: one.end)
    return quoted[at] if at < len(quoted) and quoted[at].start < stretch.end else None


def _goes_on(text: str, paragraph: int, mark: str) -> bool:
    """Tell whether the next paragraph begins with the mark that opened a quotation."""
    first = _SEEN.search(text, paragraph)
    return first is not None and first[0] == mark


def _is_new(text: str, opened: int | None, at: int) -> bool:
    """Tell whether an opening mark begins a quotation, and none that is within another."""
    return opened is None or (text[at] == text[opened] and not _begins_line(text, at))


def _begins_line(text: str, at: int) -> bool:
    while at > 0 and text[at - 1] in " \t\u00a0":
        at -= 1
    return at > 0 and text[at - 1] in _BREAKS


def _opens(text: str, at: int) -> bool:
    """Tell by what stands around a mark whether it can open: the same marks close elsewhere."""
    sign, before = text[at], text[at - 1 : at]
    if sign in "”»›":
        return not before or before.isspace() or before in "([—–-"
    if sign in "\"'":
        inner = text[at + 1 : at + 2]
        fits = not before or not (before.isalnum() or before in ".,!?…")
        return fits and bool(inner) and not inner.isspace() and not _ELISION.match(text, at)
    return True


def _closes(text: str, at: int) -> bool:
    sign, before, after = text[at], text[at - 1], text[at + 1 : at + 2]
    if sign in "’'":
        return not after.isalnum() and not before.isspace()
    return sign != '"' or not (before.isspace() or after.isalnum())


def _is_possessive(text: str, at: int) -> bool:
    """Tell whether an apostrophe may stand for the genitive of a plural."""
    if text[at] not in "’'" or text[at - 1] not in "sS":
        return False
    return text[at + 1 : at + 2] == " " and text[at + 2 : at + 3].islower()
