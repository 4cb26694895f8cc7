"""The stretches of a dated index: what a range asks for lies in them, and little else."""

from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from graph.selection import RangeComparison, Within
from graph.spans import spans_of
from schema.dates import (
    EARLIEST,
    SPAN_MONTHS,
    UNDATED_SPAN,
    Bounds,
    Precision,
    at_key,
    parse,
    span,
)

DAYS = st.dates(date(2023, 11, 1), date(2025, 3, 31))
FORMS = ("{:%Y-%m-%d}", "{:%Y-%m-%d}~", "{:%Y-%m}", "{:%Y-%m}~", "{:%Y}", "{:%Y}~", "{:%Y}-21")
TIMES = st.builds("{:%Y-%m-%d}T{:02}:30:00Z".format, DAYS, st.integers(0, 23))
SINGLE = st.one_of(TIMES, st.builds(str.format, st.sampled_from(FORMS), DAYS))
INTERVALS = st.builds(
    lambda one, other, form: form.format(*sorted((one, other))),
    DAYS,
    DAYS,
    st.sampled_from(("{}/{}", "[{}..{}]", "{}/..", "../{1}")),
)
DATES = st.one_of(SINGLE, INTERVALS).map(parse)


def stretch(comparison: RangeComparison, asked: Bounds, k: int) -> tuple[str, str] | None:
    """Return the stretch of a class that a range has to be looked for in."""
    range_ = Within("said", comparison, asked.earliest, asked.latest)
    spans = {one["k"]: one for one in spans_of([range_], None, descending=True, backward=False)}
    return (str(spans[k]["min"]), str(spans[k]["max"])) if k in spans else None


def lies(comparison: RangeComparison, date: Bounds, asked: Bounds) -> bool:
    """Tell whether a date lies to a range as it says."""
    match comparison:
        case RangeComparison.CERTAINLY_WITHIN:
            return date.earliest >= asked.earliest and date.latest <= asked.latest
        case RangeComparison.POSSIBLY_WITHIN:
            return date.earliest < asked.latest and date.latest > asked.earliest
        case RangeComparison.BEFORE:
            return date.latest <= asked.earliest
        case RangeComparison.AFTER:
            return date.earliest >= asked.latest


def found(comparison: RangeComparison, date: Bounds, asked: Bounds) -> bool:
    """Tell whether a date is met on the stretch of its class."""
    bounds = stretch(comparison, asked, span(date))
    return bounds is not None and bounds[0] <= at_key(date.latest, "statement/x") < bounds[1]


@given(st.sampled_from(RangeComparison), DATES, DATES)
@example(RangeComparison.POSSIBLY_WITHIN, parse("9998-06/9998"), parse("9998-07"))
@example(RangeComparison.CERTAINLY_WITHIN, parse("9998-06/9998"), parse("9998-06/9998"))
@example(RangeComparison.POSSIBLY_WITHIN, parse("0001-01"), parse("0001-01-01"))
@example(RangeComparison.POSSIBLY_WITHIN, parse("2025-06-02"), parse("9998"))
@example(RangeComparison.CERTAINLY_WITHIN, parse("9998-11/9998-12"), parse("9998-11/9998-12"))
@example(RangeComparison.AFTER, parse("9998-02/.."), parse("9998-01"))
def test_what_lies_to_a_range_is_met_on_its_stretch(
    comparison: RangeComparison, date: Bounds, asked: Bounds
) -> None:
    assert found(comparison, date, asked) >= lies(comparison, date, asked)


@given(st.sampled_from(RangeComparison), DATES, DATES)
def test_a_stretch_settles_where_a_date_ends(
    comparison: RangeComparison, date: Bounds, asked: Bounds
) -> None:
    begins = {
        RangeComparison.CERTAINLY_WITHIN: date.earliest >= asked.earliest,
        RangeComparison.POSSIBLY_WITHIN: date.earliest < asked.latest,
        RangeComparison.BEFORE: True,
        RangeComparison.AFTER: date.earliest >= asked.latest,
    }
    met = found(comparison, date, asked) and begins[comparison]
    assert met == lies(comparison, date, asked)


@given(st.sampled_from(RangeComparison), DATES, DATES)
def test_of_dates_with_whole_months_none_is_met_in_vain(
    comparison: RangeComparison, date: Bounds, asked: Bounds
) -> None:
    if span(date) in SPAN_MONTHS:
        assert found(comparison, date, asked) == lies(comparison, date, asked)


@pytest.mark.parametrize("day", ["2025-03-02", "2025-03-31", "2025-04-01"])
def test_of_days_none_is_met_in_vain_around_a_month(day: str) -> None:
    asked = parse("2025-03")
    for comparison in RangeComparison:
        assert found(comparison, parse(day), asked) == lies(comparison, parse(day), asked)


def test_what_is_not_known_is_met_by_the_moment_of_its_recording() -> None:
    unknown = Bounds(EARLIEST, "2025-06-02T00:00:00Z", Precision.UNKNOWN)
    assert span(unknown) == UNDATED_SPAN
    assert found(RangeComparison.POSSIBLY_WITHIN, unknown, parse("2025"))
    assert not found(RangeComparison.POSSIBLY_WITHIN, unknown, parse("2026"))
    assert found(RangeComparison.BEFORE, unknown, parse("2026"))
    assert not found(RangeComparison.BEFORE, unknown, parse("2025"))


@pytest.mark.parametrize("comparison", [RangeComparison.BEFORE, RangeComparison.CERTAINLY_WITHIN])
def test_what_has_no_date_is_on_no_stretch_that_has_an_end(comparison: RangeComparison) -> None:
    """Of others the index has no beginning, which alone is looked at then."""
    for asked in ("0001", "2025", "9998"):
        bounds = stretch(comparison, parse(asked), UNDATED_SPAN)
        assert bounds is None or not bounds[0] <= at_key("", "source/x") < bounds[1]
