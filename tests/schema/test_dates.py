"""Uncertain dates: what each text means, what is refused, what a statement inherits."""

import calendar
import re
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import ValidationError

from schema.dates import (
    EARLIEST,
    LATEST,
    SPAN_MONTHS,
    SPAN_WIDTHS,
    Basis,
    Bounds,
    InvalidDate,
    Precision,
    UncertainDate,
    at_key,
    months_later,
    parse,
    range_bounds,
    said_bounds,
    span,
)

INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z", re.ASCII)


def _instant(text: str) -> str:
    """Return an instant of the table in full: midnight where it gives a day alone."""
    return text if "T" in text else f"{text}T00:00:00Z"


def _bounds(earliest: str, latest: str, precision: str) -> Bounds:
    return Bounds(_instant(earliest), _instant(latest), Precision(precision))


# -- the table ---------------------------------------------------------------------------------

TABLE = """
2025                    2025-01-01  2026-01-01  YEAR
0001                    0001-01-01  0002-01-01  YEAR
0987                    0987-01-01  0988-01-01  YEAR
9998                    9998-01-01  9999-01-01  YEAR
2025-05                 2025-05-01  2025-06-01  MONTH
2025-12                 2025-12-01  2026-01-01  MONTH
2024-02                 2024-02-01  2024-03-01  MONTH
9998-12                 9998-12-01  9999-01-01  MONTH
2025-06-02              2025-06-02  2025-06-03  DAY
2024-02-29              2024-02-29  2024-03-01  DAY
2000-02-29              2000-02-29  2000-03-01  DAY
2025-12-31              2025-12-31  2026-01-01  DAY
0001-01-01              0001-01-01  0001-01-02  DAY
9998-12-31              9998-12-31  9999-01-01  DAY

2025-06-02T09:30:00Z         2025-06-02T09:30:00Z  2025-06-02T09:30:01Z  SECOND
2025-06-02T09:30:00+08:00    2025-06-02T01:30:00Z  2025-06-02T01:30:01Z  SECOND
2025-06-02T09:30:00+08       2025-06-02T01:30:00Z  2025-06-02T01:30:01Z  SECOND
2025-06-02T20:30:00-04:00    2025-06-03T00:30:00Z  2025-06-03T00:30:01Z  SECOND
2025-06-02T00:15:00+05:45    2025-06-01T18:30:00Z  2025-06-01T18:30:01Z  SECOND
2024-12-31T23:59:59Z         2024-12-31T23:59:59Z  2025-01-01T00:00:00Z  SECOND
2024-12-31T22:00:00-03       2025-01-01T01:00:00Z  2025-01-01T01:00:01Z  SECOND
9998-12-31T23:59:59Z         9998-12-31T23:59:59Z  9999-01-01T00:00:00Z  SECOND

2025-21                 2025-03-01  2025-06-01  SEASON
2025-22                 2025-06-01  2025-09-01  SEASON
2025-23                 2025-09-01  2025-12-01  SEASON
2025-24                 2025-12-01  2026-03-01  SEASON
2023-24                 2023-12-01  2024-03-01  SEASON
9998-24                 9998-12-01  9999-01-01  SEASON

2025-06-XX              2025-06-01  2025-07-01  MONTH
2024-02-XX              2024-02-01  2024-03-01  MONTH
2025-XX                 2025-01-01  2026-01-01  YEAR
2025-XX-XX              2025-01-01  2026-01-01  YEAR
202X                    2020-01-01  2030-01-01  DECADE
20XX                    2000-01-01  2100-01-01  CENTURY
000X                    0001-01-01  0010-01-01  DECADE
00XX                    0001-01-01  0100-01-01  CENTURY
999X                    9990-01-01  9999-01-01  DECADE
99XX                    9900-01-01  9999-01-01  CENTURY

2025?                   2024-01-01  2027-01-01  YEAR
2025~                   2024-01-01  2027-01-01  YEAR
2025%                   2024-01-01  2027-01-01  YEAR
2025-06~                2025-05-01  2025-08-01  MONTH
2025-01?                2024-12-01  2025-03-01  MONTH
2025-12%                2025-11-01  2026-02-01  MONTH
2025-06-02~             2025-06-01  2025-06-04  DAY
2025-01-01?             2024-12-31  2025-01-03  DAY
2024-02-29%             2024-02-28  2024-03-02  DAY
2025-21~                2024-12-01  2025-09-01  SEASON
2025-24?                2025-09-01  2026-06-01  SEASON
2025-06-XX~             2025-05-01  2025-08-01  MONTH
2025-XX~                2024-01-01  2027-01-01  YEAR
202X~                   2010-01-01  2040-01-01  DECADE
20XX?                   1900-01-01  2200-01-01  CENTURY
0001~                   0001-01-01  0003-01-01  YEAR
0001-01-01~             0001-01-01  0001-01-03  DAY
9998~                   9997-01-01  9999-01-01  YEAR
9998-12-31~             9998-12-30  9999-01-01  DAY

2025/2026               2025-01-01  2027-01-01  INTERVAL
2025-05/2025-06         2025-05-01  2025-07-01  INTERVAL
2025-05-12/2025-06-02   2025-05-12  2025-06-03  INTERVAL
2025-05-12/2025-05-12   2025-05-12  2025-05-13  INTERVAL
2025-05-12/2025-06      2025-05-12  2025-07-01  INTERVAL
2025-05-12/2025         2025-05-12  2026-01-01  INTERVAL
2025/2025-03            2025-01-01  2025-04-01  INTERVAL
2024-24/2025-21         2024-12-01  2025-06-01  INTERVAL
2025-02/..              2025-02-01  9999-01-01  INTERVAL
../2025-02              0001-01-01  2025-03-01  INTERVAL
2025-02/                2025-02-01  9999-01-01  INTERVAL
/2025-02                0001-01-01  2025-03-01  INTERVAL
2025-05~/2025-06        2025-04-01  2025-07-01  INTERVAL
2025-05/2025-06?        2025-05-01  2025-08-01  INTERVAL
2025-05-12%/2025-06~    2025-05-11  2025-08-01  INTERVAL
2025-05~/..             2025-04-01  9999-01-01  INTERVAL
/2025-06-02?            0001-01-01  2025-06-04  INTERVAL
2025-05-XX/2025-06-02   2025-05-01  2025-06-03  INTERVAL
201X/2025               2010-01-01  2026-01-01  INTERVAL

[2025-05..2025-06]      2025-05-01  2025-07-01  INTERVAL
[2025-05-26..2025-06-01]  2025-05-26  2025-06-02  INTERVAL
[2025-05..2025-05]      2025-05-01  2025-06-01  INTERVAL
[2025-05-26..]          2025-05-26  9999-01-01  INTERVAL
[..2025-06-02]          0001-01-01  2025-06-03  INTERVAL
[2025-05~..2025-06-02]  2025-04-01  2025-06-03  INTERVAL
[2025-06-02T10:00:00Z..2025-06-02T11:00:00Z]  2025-06-02T10:00:00Z  2025-06-02T11:00:01Z  INTERVAL
"""

CASES = [tuple(line.split()) for line in TABLE.splitlines() if line]


@pytest.mark.parametrize(("edtf", "earliest", "latest", "precision"), CASES)
def test_a_date_lies_within_its_bounds(
    edtf: str, earliest: str, latest: str, precision: str
) -> None:
    assert parse(edtf) == _bounds(earliest, latest, precision)


def test_the_seasons_of_a_year_follow_one_another_without_a_gap() -> None:
    seasons = [parse(f"2025-{code}") for code in (21, 22, 23, 24)] + [parse("2026-21")]
    assert [one.latest for one in seasons[:-1]] == [one.earliest for one in seasons[1:]]


def test_a_leap_year_has_366_days_and_others_365() -> None:
    assert _width("2024") == timedelta(days=366)
    assert _width("1900") == timedelta(days=365)
    assert _width("2000") == timedelta(days=366)


# -- refusals ----------------------------------------------------------------------------------

REFUSED = {
    "": "an empty text is not a date: write it as 2025, 2025-06",
    "2025-02-30": "2025-02-30 is not a date: February 2025 has 28 days",
    "2024-02-30": "February 2024 has 29 days",
    "1900-02-29": "February 1900 has 28 days",
    "0900-06-31": "June 0900 has 30 days",
    "2025-06-00": "June 2025 begins with 01",
    "2025-00": "00 is no month (01-12) and no season (21-24)",
    "2025-13": "13 is no month",
    "2025-20": "20 is no month",
    "2025-25": "25 is no month",
    "2025-21-05": "21 is a season, and a season has no days",
    "2025-21-XX": "21 is a season, and a season has no days",
    "0000": "years run from 0001 to 9998",
    "9999": "years run from 0001 to 9998",
    "0000-01-01": "years run from 0001 to 9998",
    "Y12025": "without a letter or a sign",
    "-0100": "without a letter or a sign",
    "+2025": "without a letter or a sign",
    "2025/Y12025": "without a letter or a sign",
    "yesterday": "write it as 2025",
    "today": "write it as 2025",
    "25": "write it as 2025",
    "2025-6-2": "write it as 2025",
    "20250602": "write it as 2025",
    "2025-06-02 ": "'2025-06-02 ' is not a date: write it as",
    "2025-06\n": r"'2025-06\n' is not a date: write it as",
    "٢٠٢٥": "write it as 2025",
    "2025-XX-05": "a day needs its month",
    "202X-05": "a month needs its whole year",
    "XXXX": "X stands for",
    "2XXX": "X stands for",
    "2025-0X": "X stands for",
    "2025-06-1X": "X stands for",
    "2025-06-XXT10:00:00Z": "a time is written 2025-06-02T09:30:00Z",
    "2025?-06": "a qualifier (?, ~ or %) stands once, at the end",
    "?2025": "a qualifier (?, ~ or %) stands once, at the end",
    "2025?~": "a qualifier (?, ~ or %) stands once, at the end",
    "2025-06-02T09:30:00": "a time needs Z or an offset such as +02:00",
    "2025-06-02T09:30Z": "to the second and unqualified",
    "2025-06-02T09:30:00.5Z": "to the second and unqualified",
    "2025-06-02T09:30:00Z~": "to the second and unqualified",
    "2025-06-02T24:00:00Z": "hours run from 00 to 23",
    "2025-06-02T09:60:00Z": "minutes and seconds from 00 to 59",
    "2016-12-31T23:59:60Z": "minutes and seconds from 00 to 59",
    "2025-06-02T09:30:00+24:00": "hours run from 00 to 23",
    "2025-06-31T09:30:00Z": "June 2025 has 30 days",
    "2025-21-02T09:30:00Z": "21 is a season",
    "0001-01-01T00:00:00+01:00": "years run from 0001 to 9998, in UTC",
    "9998-12-31T23:59:59-01:00": "years run from 0001 to 9998, in UTC",
    "/": "an interval needs at least one known end",
    "../..": "an interval needs at least one known end",
    "/..": "an interval needs at least one known end",
    "[..]": "an interval needs at least one known end",
    "2025-06/2025-05": "it ends before it begins",
    "2025-06/2025-05~": "it ends before it begins",
    "2025-06~/2025-05": "it ends before it begins",
    "2025-05-02/2025-05-01": "it ends before it begins",
    "[2025-06-02..2025-06-01]": "it ends before it begins",
    "2025-02-30/2025-03": "2025-02-30/2025-03 is not a date: February 2025 has 28 days",
    "2025/2026/2027": "an interval a/b has two ends",
    "[2025..2026..2027]": "an interval [a..b] has two ends",
    "2025..2026": "once within is written [a..b], and an extent a/b",
    "..": "once within is written [a..b], and an extent a/b",
    "[2025-05]": "of sets only [a..b] is read",
    "[2025-05,2025-06]": "of sets only [a..b] is read",
    "{2025..2026}": "of sets only [a..b] is read",
    "[2025..2026]~": "of sets only [a..b] is read",
    "[2025/2026]": "of sets only [a..b] is read",
    "\ud800": r"'\ud800' is not a date",
}


@pytest.mark.parametrize(("edtf", "sentence"), REFUSED.items(), ids=ascii)
def test_what_is_no_date_is_refused_in_one_sentence_that_says_why(edtf: str, sentence: str) -> None:
    with pytest.raises(InvalidDate, match=re.escape(sentence)) as raised:
        parse(edtf)
    assert "\n" not in str(raised.value)
    assert " is not a date: " in str(raised.value)


def test_a_long_text_is_shown_by_its_beginning() -> None:
    with pytest.raises(InvalidDate) as raised:
        parse("2025" * 10_000)
    assert str(raised.value).startswith("20252025")
    assert len(str(raised.value)) < 250


# -- properties --------------------------------------------------------------------------------

DAYS = st.dates(min_value=date(1, 1, 1), max_value=date(9998, 12, 31))
YEARS = st.integers(min_value=1, max_value=9998).map(lambda year: f"{year:04}")
UNQUALIFIED = st.one_of(
    YEARS,
    YEARS.map(lambda year: f"{year[:3]}X"),
    YEARS.map(lambda year: f"{year[:2]}XX"),
    YEARS.map(lambda year: f"{year}-XX"),
    st.tuples(YEARS, st.sampled_from((21, 22, 23, 24))).map(lambda one: f"{one[0]}-{one[1]}"),
    DAYS.map(lambda day: day.isoformat()[:7]),
    DAYS.map(lambda day: f"{day.isoformat()[:7]}-XX"),
    DAYS.map(lambda day: day.isoformat()),
)
TIMES = st.datetimes(min_value=datetime(1, 1, 2), max_value=datetime(9998, 12, 30)).map(
    lambda moment: f"{moment.isoformat(timespec='seconds')}Z"
)
SINGLE = st.one_of(UNQUALIFIED, TIMES, st.tuples(UNQUALIFIED, st.sampled_from("?~%")).map("".join))
INTERVALS = st.tuples(
    st.one_of(SINGLE, st.sampled_from(("", ".."))), st.one_of(SINGLE, st.sampled_from(("", "..")))
)
ALPHABET = st.text(alphabet="0129-X?~%/.[]TZ:+Y ")


def _width(edtf: str) -> timedelta:
    bounds = parse(edtf)
    return datetime.fromisoformat(bounds.latest) - datetime.fromisoformat(bounds.earliest)


def _contains(outer: str, inner: str) -> bool:
    around, inside = parse(outer), parse(inner)
    return around.earliest <= inside.earliest and inside.latest <= around.latest


def _unwidened(edtf: str) -> Bounds:
    return parse(edtf.rstrip("?~%"))


def _refusal(text: str) -> str:
    """Return the sentence with which a text is refused; nothing for a date."""
    try:
        parse(text)
    except InvalidDate as refused:
        return str(refused)
    return ""


def _is_sound(bounds: Bounds) -> bool:
    both = (bounds.earliest, bounds.latest)
    return EARLIEST <= both[0] < both[1] <= LATEST and all(map(INSTANT.fullmatch, both))


@given(SINGLE)
def test_bounds_are_in_order_and_of_fixed_width(edtf: str) -> None:
    assert _is_sound(parse(edtf))


@given(UNQUALIFIED, st.sampled_from("?~%"))
def test_a_qualifier_widens_and_keeps_the_precision(edtf: str, qualifier: str) -> None:
    widened = edtf + qualifier
    assert _contains(widened, edtf)
    assert parse(widened) != parse(edtf)
    assert parse(widened).precision == parse(edtf).precision


def _neighbours(day: date, unit: str) -> tuple[str, str, str] | None:
    """Return a unit with the ones before and after it; None where years are not read."""
    year = day.year
    match unit:
        case "day":
            days = [day + timedelta(days=step) for step in (-1, 0, 1) if day != date(1, 1, 1)]
            texts = [one.isoformat() for one in days]
        case "month":
            months = [divmod(year * 12 + day.month - 1 + step, 12) for step in (-1, 0, 1)]
            texts = [f"{y:04}-{month + 1:02}" for y, month in months]
        case "season":
            seasons = [divmod(year * 4 + day.month % 4 + step, 4) for step in (-1, 0, 1)]
            texts = [f"{y:04}-{21 + season}" for y, season in seasons]
        case "year":
            texts = [f"{year + step:04}" for step in (-1, 0, 1)]
        case "decade":
            texts = [f"{year // 10 + step:03}X" for step in (-1, 0, 1) if year // 10 + step >= 0]
        case _:
            texts = [f"{year // 100 + step:02}XX" for step in (-1, 0, 1) if year // 100 + step >= 0]
    if len(texts) < 3 or any(len(one.split("-")[0]) > 4 or _refusal(one) for one in texts):
        return None
    return texts[0], texts[1], texts[2]


UNITS = st.sampled_from(("day", "month", "season", "year", "decade", "century"))


@given(DAYS, UNITS)
def test_units_follow_one_another_without_a_gap(day: date, unit: str) -> None:
    if neighbours := _neighbours(day, unit):
        for one, next_ in pairwise(neighbours):
            assert parse(one).latest == parse(next_).earliest
            assert parse(one).precision == parse(next_).precision


@given(DAYS, UNITS)
def test_a_qualifier_widens_by_the_unit_before_and_the_unit_after(day: date, unit: str) -> None:
    if neighbours := _neighbours(day, unit):
        before, this, after = neighbours
        for qualifier in "?~%":
            widened = parse(this + qualifier)
            assert widened.earliest == parse(before).earliest
            assert widened.latest == parse(after).latest


@given(DAYS)
def test_a_day_is_read_as_the_calendar_has_it(day: date) -> None:
    start = datetime(day.year, day.month, day.day)
    assert datetime.fromisoformat(parse(str(day)).earliest).replace(tzinfo=None) == start
    assert _width(str(day)) == timedelta(days=1)
    assert _width(f"{day:%Y}-{day:%m}".rjust(7, "0")) == timedelta(
        days=calendar.monthrange(day.year, day.month)[1]
    )


@given(SINGLE)
def test_a_date_that_was_read_before_is_read_alike(edtf: str) -> None:
    assert parse(edtf) == parse.__wrapped__(edtf)


def test_what_is_refused_is_refused_again_with_the_same_sentence() -> None:
    assert _refusal("2025-02-30") == _refusal("2025-02-30") != ""


@given(DAYS)
def test_a_day_lies_in_its_month_its_year_its_decade_and_its_century(day: date) -> None:
    text = day.isoformat()
    texts = [text, text[:7], text[:4], f"{text[:3]}X", f"{text[:2]}XX"]
    for inner, outer in pairwise(texts):
        assert _contains(outer, inner)


@given(
    st.datetimes(min_value=datetime(1, 1, 3), max_value=datetime(9998, 12, 29)),
    st.integers(min_value=-23 * 60, max_value=23 * 60),
)
def test_an_offset_names_the_same_moment_as_utc(moment: datetime, minutes: int) -> None:
    moment = moment.replace(microsecond=0)
    sign = "-" if minutes < 0 else "+"
    offset = f"{sign}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
    local = moment + timedelta(minutes=minutes)
    assert parse(f"{local.isoformat()}{offset}") == parse(f"{moment.isoformat()}Z")


@given(INTERVALS, st.sampled_from(("{}/{}", "[{}..{}]")))
def test_an_interval_reaches_from_its_start_to_its_end(ends: tuple[str, str], form: str) -> None:
    start, end = ends if form == "{}/{}" else (one.strip(".") for one in ends)
    edtf = form.format(start, end)
    earliest = EARLIEST if start in ("", "..") else parse(start).earliest
    latest = LATEST if end in ("", "..") else parse(end).latest
    if {start, end} <= {"", ".."}:
        assert "at least one known end" in _refusal(edtf)
    elif not {start, end} & {"", ".."} and _unwidened(end).latest <= _unwidened(start).earliest:
        assert "it ends before it begins" in _refusal(edtf)
    else:
        assert parse(edtf) == Bounds(earliest, latest, Precision.INTERVAL)
        assert _is_sound(parse(edtf))


@given(UNQUALIFIED, UNQUALIFIED)
def test_of_two_dates_apart_one_order_is_an_extent_and_the_other_refused(a: str, b: str) -> None:
    first, second = sorted((a, b), key=lambda one: parse(one).earliest)
    assert parse(f"{first}/{second}").earliest == parse(first).earliest
    if parse(first).latest <= parse(second).earliest:
        with pytest.raises(InvalidDate, match="it ends before it begins"):
            parse(f"{second}/{first}")


@given(SINGLE, SINGLE)
def test_bounds_sort_as_texts_like_the_times_they_name(a: str, b: str) -> None:
    texts = (parse(a).latest, parse(b).latest)
    times = tuple(datetime.fromisoformat(text) for text in texts)
    assert (texts[0] < texts[1]) == (times[0] < times[1])


@given(st.one_of(st.text(), ALPHABET))
@example("[")
@example("[..")
@example("[...]")
@example("T")
@example("2025-06-02T")
@example("0000-XX")
@example("000X-24")
@example("2025-06-02T09:30:00+")
def test_any_text_is_read_or_refused_and_nothing_else(text: str) -> None:
    refusal = _refusal(text)
    assert " is not a date: " in refusal if refusal else _is_sound(parse(text))


# -- ranges ------------------------------------------------------------------------------------


def test_a_range_is_given_by_its_two_instants() -> None:
    assert range_bounds("2025-05/2025-06") == ("2025-05-01T00:00:00Z", "2025-07-01T00:00:00Z")
    assert range_bounds("2025-05-30") == ("2025-05-30T00:00:00Z", "2025-05-31T00:00:00Z")
    assert range_bounds("2025-06/..") == ("2025-06-01T00:00:00Z", LATEST)


def test_a_range_that_is_no_date_is_refused_by_name() -> None:
    with pytest.raises(InvalidDate, match="'May to June 2025' is not a date"):
        range_bounds("May to June 2025")


# -- what goes on record -----------------------------------------------------------------------


def test_a_plain_date_is_stated() -> None:
    assert UncertainDate(edtf="2025-06-02").basis is Basis.STATED


def test_a_stated_date_may_say_why() -> None:
    told = UncertainDate(edtf="2025-06-04", because="the page was updated after publication")
    assert told.because == "the page was updated after publication"


@pytest.mark.parametrize("basis", [Basis.INFERRED, Basis.DERIVED_FROM_PUBLICATION])
def test_a_date_that_is_not_stated_needs_a_reason(basis: Basis) -> None:
    with pytest.raises(ValidationError, match=f"a date of basis {basis} needs because"):
        UncertainDate(edtf="2025-06", words="this week", basis=basis)
    assert UncertainDate(edtf="2025-06", basis=basis, because="the byline").basis is basis


def test_a_date_that_does_not_exist_is_refused_with_its_reason() -> None:
    with pytest.raises(ValidationError, match="February 2025 has 28 days"):
        UncertainDate(edtf="2025-02-30")


@pytest.mark.parametrize(
    ("field", "value"),
    [("certainty", "high"), ("words", ""), ("because", "  "), ("basis", "GUESSED"), ("edtf", 2025)],
)
def test_a_date_takes_no_other_field_and_no_empty_text(field: str, value: object) -> None:
    with pytest.raises(ValidationError, match=field):
        UncertainDate.model_validate({"edtf": "2025", field: value})


def test_a_date_on_record_does_not_change() -> None:
    told = UncertainDate(edtf="2025-06")
    with pytest.raises(ValidationError, match="frozen"):
        told.edtf = "2025-07"  # type: ignore[misc]  # what must fail


def test_a_date_is_kept_as_it_was_written() -> None:
    told = UncertainDate(
        edtf="[2025-05-26..2025-06-01]",
        words="this week",
        basis=Basis.INFERRED,
        because="the article is of 2 June",
    )
    assert UncertainDate.model_validate_json(told.model_dump_json()) == told
    assert told.model_dump(mode="json")["edtf"] == "[2025-05-26..2025-06-01]"


# -- what a statement inherits -----------------------------------------------------------------

RECORDED = "2025-06-10T12:00:00.250000Z"
AT_RECORDING = "2025-06-10T12:00:01Z"

INHERITED = [
    # said, published, earliest, latest, precision
    (None, None, EARLIEST, AT_RECORDING, "UNKNOWN"),
    (None, "2025-06-02", EARLIEST, "2025-06-03", "INTERVAL"),
    (None, "2025-06", EARLIEST, AT_RECORDING, "INTERVAL"),
    (None, "2025-06/..", EARLIEST, AT_RECORDING, "UNKNOWN"),
    (None, "2025-07-01", EARLIEST, AT_RECORDING, "INTERVAL"),
    ("2025-05", None, "2025-05-01", "2025-06-01", "MONTH"),
    ("2025-05", "2025-06-02", "2025-05-01", "2025-06-01", "MONTH"),
    ("2025", "2025-06-02", "2025-01-01", "2026-01-01", "YEAR"),
    ("2025-06-04", "2025-06-02", "2025-06-04", "2025-06-05", "DAY"),
    ("2025-02/..", "2025-06-02", "2025-02-01", "2025-06-03", "INTERVAL"),
    ("2025-02/", "2025-06-02", "2025-02-01", "2025-06-03", "INTERVAL"),
    ("[2025-02..]", "2025-06-02", "2025-02-01", "2025-06-03", "INTERVAL"),
    ("2025-02/..", None, "2025-02-01", AT_RECORDING, "INTERVAL"),
    ("2025-02/..", "2025-01/..", "2025-02-01", AT_RECORDING, "INTERVAL"),
    ("2025-06-05/..", "2025-06-02", "2025-06-05", AT_RECORDING, "INTERVAL"),
    ("2025-08/..", "2025-06-02", "2025-08-01", LATEST, "INTERVAL"),
    ("../2025-02", "2025-06-02", EARLIEST, "2025-03-01", "INTERVAL"),
    ("[..2025-02]", None, EARLIEST, "2025-03-01", "INTERVAL"),
]


@pytest.mark.parametrize(("said", "published", "earliest", "latest", "precision"), INHERITED)
def test_a_statement_inherits_what_its_date_leaves_open(
    said: str | None, published: str | None, earliest: str, latest: str, precision: str
) -> None:
    bounds = said_bounds(
        None if said is None else parse(said),
        None if published is None else parse(published),
        RECORDED,
    )
    assert bounds == _bounds(earliest, latest, precision)


@given(
    st.none() | SINGLE.map(parse) | DAYS.map(lambda day: parse(f"{day.isoformat()}/..")),
    st.none() | SINGLE.map(parse) | DAYS.map(lambda day: parse(f"{day.isoformat()}/..")),
    st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2100, 1, 1)),
)
def test_inherited_bounds_are_in_order_and_never_forget_what_was_stated(
    said: Bounds | None, published: Bounds | None, recorded: datetime
) -> None:
    bounds = said_bounds(said, published, recorded.replace(tzinfo=UTC).isoformat())
    assert _is_sound(bounds)
    if said is not None:
        assert (bounds.earliest, bounds.precision) == (said.earliest, said.precision)
        assert bounds.latest <= said.latest


def test_the_moment_of_recording_must_be_an_instant() -> None:
    with pytest.raises(ValueError, match="2025-06-10T12:00:00 is no instant: it has no offset"):
        said_bounds(None, None, "2025-06-10T12:00:00")


# -- index keys --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("edtf", "width"),
    [
        ("2025-05", 0),
        ("2025-05-01/2025-05-31", 0),
        ("2025-21", 1),
        ("2025-05~", 1),
        ("2025", 2),
        ("2024", 2),
        ("2024-07/2025-06", 2),
        ("2025-06-02T09:30:00Z", 3),
        ("2025-06-02", 4),
        ("2025-06-02T09:30:00Z/2025-06-02T10:30:00Z", 4),
        ("2025-06-02~", 5),
        ("2025-05-03/2025-05-06", 6),
        ("2025-05-02/2025-06-01", 7),
        ("2025-05-01/2025-06-01", 8),
        ("2025-05/2025-06", 8),
        ("2025-05-01/2025-08-02", 9),
        ("2024-01-01/2025-01-01", 10),
        ("2025~", 10),
        ("202X", 10),
        ("2025-02/..", 10),
    ],
)
def test_a_date_belongs_to_the_class_of_its_width(edtf: str, width: int) -> None:
    assert span(parse(edtf)) == width


@given(SINGLE)
def test_no_date_is_wider_than_its_class(edtf: str) -> None:
    number = span(parse(edtf))
    if number in SPAN_MONTHS:
        earliest, latest = map(datetime.fromisoformat, range_bounds(edtf))
        assert months_later(earliest, SPAN_MONTHS[number]) == latest
    else:
        assert _width(edtf) > SPAN_WIDTHS.get(number - 1, timedelta())
        assert number not in SPAN_WIDTHS or _width(edtf) <= SPAN_WIDTHS[number]


def test_what_is_known_by_its_recording_alone_has_a_class_of_its_own() -> None:
    assert span(said_bounds(None, None, RECORDED)) == 11
    assert span(said_bounds(None, parse("2025-06-02"), RECORDED)) == 10


def test_dated_things_sort_by_latest_and_then_by_id() -> None:
    may, june = parse("2025-05").latest, parse("2025-06").latest
    keys = [at_key(june, "claim/a"), at_key(may, "claim/b"), at_key(may, "claim/a")]
    assert sorted(keys) == [
        "2025-06-01T00:00:00Z|claim/a",
        "2025-06-01T00:00:00Z|claim/b",
        "2025-07-01T00:00:00Z|claim/a",
    ]
