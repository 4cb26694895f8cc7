"""The agreement of two coders as a text that people read."""

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest

from schema.coding.agreement import Agreement
from schema.coding.side_by_side import ORDINALS, Coding, Compared

COLUMN_WIDTH = 46
_GAP = "  "
_HEADS = ("first", "second", "field", "in the first", "in the second")


def agreement_text(result: Agreement, both: Compared) -> str:
    """Return shares, alphas, differences, the pairs with their claims, and what one alone found.

    All in the order of the document. Lines are of at most about 100 characters, except where names
    are long.
    """
    alone = zip(ORDINALS, both.codings, (result.only_first, result.only_second), strict=True)
    sections = [
        _found(result, both),
        _fields(result),
        _differences(result),
        _pairs(result, both),
        *(_alone(f"Only in the {ordinal}", coding, names) for ordinal, coding, names in alone),
    ]
    return "\n\n".join("\n".join(lines) for lines in sections if lines) + "\n"


def _found(result: Agreement, both: Compared) -> list[str]:
    counts = zip(ORDINALS, both.codings, strict=True)
    rows = [
        (f"{ordinal}:", f"{len(coding.statements)} statements", coding.name)
        for ordinal, coding in counts
    ]
    share = "" if result.share is None else f", {result.share:.1%} of {result.found}"
    only = f"only in the first: {len(result.only_first)}, in the second: {len(result.only_second)}"
    return [*_table(rows, right=(1,)), f"found by both: {len(result.pairs)}{share}; {only}"]


def _fields(result: Agreement) -> list[str]:
    rows = [
        (name, _alpha(one.alpha), str(one.compared), str(one.differing))
        for name, one in result.fields.items()
    ]
    lines = _table([("field", "alpha", "compared", "differ"), *rows], right=(1, 2, 3))
    if any(one.alpha is None for one in result.fields.values()):
        lines.append("- : no alpha, since the values compared are all the same, or there are none")
    return lines


def _alpha(alpha: float | None) -> str:
    return "-" if alpha is None else f"{alpha:.3f}"


def _differences(result: Agreement) -> list[str]:
    rows = [(*one.pair, one.field, one.first, one.second) for one in result.differences]
    return ["Differences", *_indented(_table([_HEADS, *rows]))] if rows else []


def _pairs(result: Agreement, both: Compared) -> list[str]:
    lines = ["Pairs"] if result.pairs else []
    for first, second in result.pairs:
        left, right = _entry(both.first, first), _entry(both.second, second)
        lines += _indented(
            f"{one:{COLUMN_WIDTH}}{_GAP}{other}".rstrip()
            for one, other in zip_longest(left, right, fillvalue="")
        )
    return lines


def _alone(title: str, coding: Coding, names: Sequence[str]) -> list[str]:
    lines = [line for name in names for line in _entry(coding, name)]
    return [title, *_indented(lines)] if lines else []


def _entry(coding: Coding, name: str) -> list[str]:
    """Return a statement's name and, below it, its claim."""
    claim = coding.claim_text(name) or f"(no claim, by {coding.speaker(name)})"
    return [_one_line(name), *_indented(textwrap.wrap(_one_line(claim), COLUMN_WIDTH - 2))]


def _table(rows: Iterable[Sequence[str]], right: Sequence[int] = ()) -> list[str]:
    """Return rows with their columns aligned, those named to the right."""
    cells = [list(map(_one_line, row)) for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return [
        _GAP.join(
            f"{cell:{'>' if number in right else '<'}{width}}"
            for number, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in cells
    ]


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _indented(lines: Iterable[str]) -> Iterator[str]:
    return (f"  {line}" for line in lines)
