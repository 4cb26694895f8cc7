"""The stretches of a dated index that a page has to walk: one a width class of dates.

The index knows where dates end; a class (:mod:`schema.dates`) how wide they are, so nearly where
they begin. Of whole months one end tells the other, so that none is read in vain. Of the others only
those are that end within the width of their class of an end of the range; what is wider than all
classes is read to the end.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from graph.selection import RangeComparison, Within
from schema.dates import (
    SPAN_MONTHS,
    SPAN_WIDTHS,
    UNDATED_SPAN,
    instant_text,
    month_start,
    months_later,
)

LOWEST, HIGHEST = "", "~"
_UPON = "|"  # an instant followed by it is below every key that ends there
_BEYOND = "}"  # the character after it: above every such key


def spans_of(
    ranges: Iterable[Within],
    cursor: Sequence[str | int] | None,
    *,
    descending: bool,
    backward: bool,
) -> list[dict[str, object]]:
    """Return ``{k, min, max}`` for each width class: ``min <= at < max``.

    ``cursor`` is ``(undated, at)``. What has no date comes last in either direction.
    """
    ranges = list(ranges)
    spans: list[dict[str, object]] = []
    for k in range(UNDATED_SPAN + 1):
        low, high = LOWEST, HIGHEST
        for one in ranges:
            lower, upper = _range_bounds(one, k)
            low, high = max(low, lower), min(high, upper)
        if cursor is not None:
            lower, upper = _cursor_bounds(k, cursor, descending, backward)
            low, high = max(low, lower), min(high, upper)
        if low < high:
            spans.append({"k": k, "min": low, "max": high})
    return spans


def _cursor_bounds(
    k: int, cursor: Sequence[str | int], descending: bool, backward: bool
) -> tuple[str, str]:
    undated, at = bool(cursor[0]), str(cursor[1])
    if (k == UNDATED_SPAN) != undated:
        whole = (k == UNDATED_SPAN) != backward
        return (LOWEST, HIGHEST) if whole else (HIGHEST, LOWEST)
    return (LOWEST, at) if descending != backward else (at + "\x01", HIGHEST)


def _range_bounds(within: Within, k: int) -> tuple[str, str]:
    match within.comparison:
        case RangeComparison.POSSIBLY_WITHIN:
            return within.earliest + _BEYOND, _beginning_before(within.latest, k)
        case RangeComparison.CERTAINLY_WITHIN:
            return _beginning_from(within.earliest, k), within.latest + _BEYOND
        case RangeComparison.BEFORE:
            return LOWEST, within.earliest + _BEYOND
        case RangeComparison.AFTER:
            return _beginning_from(within.latest, k), HIGHEST


def _beginning_before(instant: str, k: int) -> str:
    """Return what all keys of a class are below whose dates begin before an instant."""
    moment = datetime.fromisoformat(instant)
    if k in SPAN_MONTHS:
        first = month_start(moment)
        last = first if first < moment else months_later(first, -1)
        return instant_text(months_later(last, SPAN_MONTHS[k])) + _BEYOND
    if k not in SPAN_WIDTHS:
        return HIGHEST
    try:
        return instant_text(moment + SPAN_WIDTHS[k]) + _UPON
    except OverflowError:
        return HIGHEST


def _beginning_from(instant: str, k: int) -> str:
    """Return what all keys of a class are at or above whose dates begin at an instant or later."""
    moment = datetime.fromisoformat(instant)
    if k in SPAN_MONTHS:
        first = month_start(moment)
        first = first if first == moment else months_later(first, 1)
        return instant_text(months_later(first, SPAN_MONTHS[k])) + _UPON
    if k - 1 not in SPAN_WIDTHS:
        return instant + _BEYOND
    try:
        return instant_text(moment + SPAN_WIDTHS[k - 1]) + _BEYOND
    except OverflowError:
        return HIGHEST
