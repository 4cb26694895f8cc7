"""The stretches of a dated index that a page has to walk: one a width class of dates.

A date ``[earliest, latest)`` of width class ``k`` is at most ``SPAN_DAYS[k]`` days wide. So one
that overlaps ``[a, b)`` has its latest in ``(a, b + width)``, and nothing newer need be read.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from graph.selection import RangeComparison, Within
from schema.dates import SPAN_DAYS, UNDATED_SPAN

LOWEST, HIGHEST = "", "~"
_BEYOND = "}"  # the character after "|": a latest followed by it is beyond every latest|id


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
    after_earliest = within.earliest + _BEYOND
    match within.comparison:
        case RangeComparison.POSSIBLY_WITHIN:
            return after_earliest, _later(within.latest, k)
        case RangeComparison.CERTAINLY_WITHIN:
            return after_earliest, within.latest + _BEYOND
        case RangeComparison.BEFORE:
            return LOWEST, within.earliest + _BEYOND
        case RangeComparison.AFTER:
            return within.latest + _BEYOND, HIGHEST


def _later(instant: str, k: int) -> str:
    """Return the instant moved by the greatest width of a class; nothing for the unbounded."""
    if k not in SPAN_DAYS:
        return HIGHEST
    try:
        moved = datetime.fromisoformat(instant) + timedelta(days=SPAN_DAYS[k])
    except OverflowError:
        return HIGHEST
    return moved.strftime("%Y-%m-%dT%H:%M:%SZ").rjust(20, "0") + _BEYOND
