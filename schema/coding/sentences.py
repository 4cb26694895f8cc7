"""Sentences: what coverage counts, and what a coder works down.

A rule of thumb for texts of newspapers, not a grammar: it knows abbreviations of English and a
few of German and French, and the full stops of other scripts. Headings, headlines and items of
lists, which have no full stop, are sentences of their own. Its time is linear in the text.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from schema.coding.abbreviations import is_full_stop
from schema.coding.blocks import blocks
from schema.coding.quotations import quotations
from schema.coding.stretches import HIDDEN, VISIBLE, Stretch, trimmed

_STOPS = ".!?…؟۔।"
_WIDE_STOPS = "。！？｡"
_SPACED_CLOSER = f"[ \u00a0\u202f]»(?=[{HIDDEN}]|$)"  # French
_END = re.compile(
    f"(?<![{_STOPS}])(?P<stops>[{_STOPS}]++)[\"'”“’‘»«›‹」』)）\\]}}]*+(?:{_SPACED_CLOSER})?"
    f"(?:\\[\\d{{1,3}}\\])*+(?=[{HIDDEN}]|$)"
    f"|[{_WIDE_STOPS}]++[”’」』)）\\]}}]*+"
)
_GOES_ON = re.compile(f"[,;:.!?)\\]}}%”’」』]|[»«›‹](?=[{HIDDEN}]|$)")

_SAYING = "said|says|asked|asks|told|added|adds|wrote|writes|replied|answered|wondered|shouted"
_TAG = re.compile(rf"\s+(?:[\w.’'-]+,?\s+){{1,4}}(?:{_SAYING})\b")
_WIDE_TAG = re.compile(
    r"[^\s。！？，、“「]{0,15}(?:说|說|表示|称|稱|道|指出|问|問|写道|と述べ|と語|と言)(?!\s*[：:])"
)


def sentences(text: str) -> list[Stretch]:
    """Return the sentences of a text in order, each without white space at its ends.

    Every visible character lies in exactly one, the marks of bullets aside. Nothing is split
    inside brackets, or inside a quotation that is in one sentence with who says it.
    """
    quoted = quotations(text)
    starts = [one.start for one in quoted]
    found: list[Stretch] = []
    for block in blocks(text):
        first = bisect_right(starts, block.start) - 1
        last = bisect_right(starts, block.end)
        inside = (_clipped(one, block) for one in quoted[max(first, 0) : last])
        found += _Block(text, block, [one for one in inside if one is not None]).sentences()
    return found


def _clipped(one: Stretch, block: Stretch) -> Stretch | None:
    start, end = max(one.start, block.start), min(one.end, block.end)
    return Stretch(start, end) if start < end else None


class _Block:
    """One paragraph, heading or item, and what in it is not to be split."""

    def __init__(self, text: str, block: Stretch, quoted: Sequence[Stretch]) -> None:
        self.text = text
        self.start, self.end = block.start, block.end
        self.quoted = quoted
        self.quoted_starts = [one.start for one in quoted]
        self.tagged = [self._has_tag(one) for one in quoted]
        self.bracketed = _brackets(text, block)
        self.bracketed_starts = [one.start for one in self.bracketed]

    def sentences(self) -> Iterator[Stretch]:
        begin = self.start
        for end in _END.finditer(self.text, self.start, self.end):
            if not self._ends(begin, end):
                continue
            if (found := trimmed(self.text, begin, end.end())) is not None:
                yield found
            begin = end.end()
        if (found := trimmed(self.text, begin, self.end)) is not None:
            yield found

    def _ends(self, begin: int, end: re.Match[str]) -> bool:
        """Tell whether a sentence that begins somewhere ends with a stop."""
        following = VISIBLE.search(self.text, end.end(), self.end)
        if following is None:
            return True
        if self._is_kept_together(begin, end):
            return False
        sign = end[0][0]
        if following[0].islower() or _GOES_ON.match(self.text, following.start(), self.end):
            return False
        if sign in _WIDE_STOPS:
            return len(end[0]) == 1 or not _WIDE_TAG.match(self.text, end.end(), self.end)
        if sign in "!?…" and self._is_tagged_question(end):
            return False
        if end["stops"] == ".":
            return is_full_stop(self.text, begin, end.start(), self.end)
        return True

    def _is_kept_together(self, begin: int, end: re.Match[str]) -> bool:
        at = bisect_right(self.bracketed_starts, end.start()) - 1
        if at >= 0 and end.end() < self.bracketed[at].end:
            return True
        at = bisect_right(self.quoted_starts, end.start()) - 1
        if at < 0 or end.end() >= self.quoted[at].end:
            return False
        before = VISIBLE.search(self.text, begin, self.quoted[at].start)
        return before is not None or self.tagged[at]

    def _has_tag(self, quoted: Stretch) -> bool:
        """Tell whether a sentence goes on after a quotation: who said it stands there."""
        following = VISIBLE.search(self.text, quoted.end, self.end)
        if following is None:
            return False
        if following.start() == quoted.end and following[0] in _STOPS + _WIDE_STOPS:
            return False
        inner = trimmed(self.text, quoted.start, quoted.end - 1)
        last = self.text[inner.end - 1] if inner is not None else ""
        if last in _WIDE_STOPS:
            return _WIDE_TAG.match(self.text, quoted.end, self.end) is not None
        if last not in _STOPS:
            return True
        if following[0].islower() or following[0] in ",;":
            return True
        return last in "!?…" and _TAG.match(self.text, quoted.end, self.end) is not None

    def _is_tagged_question(self, end: re.Match[str]) -> bool:
        """Tell whether a name and a verb of saying follow: "Will it hold?" Solveig asked."""
        closed = end[0][-1] in '"”’»“«'
        return closed and _TAG.match(self.text, end.end(), self.end) is not None


def _brackets(text: str, block: Stretch) -> list[Stretch]:
    """Return the outermost pairs of round brackets of a block."""
    found: list[Stretch] = []
    opened: list[int] = []
    for sign in re.compile(r"[()（）]").finditer(text, block.start, block.end):
        if sign[0] in "(（":
            opened.append(sign.start())
        elif opened:
            start = opened.pop()
            while found and found[-1].start > start:
                found.pop()
            found.append(Stretch(start, sign.end()))
    return found
