"""Uncertain dates: EDTF (ISO 8601-2:2019, levels 0 and 1, and ``[a..b]``) with its bounds.

Bounds are UTC instants, half-open, as fixed-width texts that sort like the times they name.
Days are UTC days. Seasons are the northern ones: spring is March to May, winter December to
February of the next year (EDTF itself leaves the months open).
"""

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from schema.values import Text, Value

EARLIEST, LATEST = "0001-01-01T00:00:00Z", "9999-01-01T00:00:00Z"
FIRST_YEAR, LAST_YEAR = 1, 9998

SPAN_DAYS = {0: 31, 1: 366}
"""Width classes: the most days that a date of a class spans; the others have no bound."""
WIDE_SPAN, UNDATED_SPAN = 2, 3

_FIRST, _LAST = datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)


class InvalidDate(ValueError):
    """Raised when a text is no EDTF date that the record takes."""


class Basis(StrEnum):
    """What a date rests on."""

    STATED = "STATED"
    DERIVED_FROM_PUBLICATION = "DERIVED_FROM_PUBLICATION"
    INFERRED = "INFERRED"


class Precision(StrEnum):
    """How finely a date is known; INTERVAL has two ends, UNKNOWN is known by its entry alone."""

    SECOND = "SECOND"
    DAY = "DAY"
    MONTH = "MONTH"
    SEASON = "SEASON"
    YEAR = "YEAR"
    DECADE = "DECADE"
    CENTURY = "CENTURY"
    INTERVAL = "INTERVAL"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True, slots=True)
class Bounds:
    """The instants between which something lies: ``earliest`` in, ``latest`` out."""

    earliest: str
    latest: str
    precision: Precision


def _checked(edtf: str) -> str:
    parse(edtf)
    return edtf


class UncertainDate(Value):
    """A date as EDTF, with the source's words for it and what it rests on."""

    edtf: Annotated[str, AfterValidator(_checked), Field(max_length=80)]
    words: Text | None = None
    basis: Basis = Basis.STATED
    because: Text | None = None

    @model_validator(mode="after")
    def _inference_has_a_reason(self) -> Self:
        if self.basis is Basis.INFERRED and self.because is None:
            raise ValueError("an INFERRED date needs because: what it was inferred from")
        return self


# -- reading -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A time as two datetimes, half-open."""

    start: datetime
    end: datetime
    precision: Precision


_DATE = re.compile(
    r"(?P<year>\d{4}|\d{3}X|\d{2}XX)(?:-(?P<month>\d{2}|XX)(?:-(?P<day>\d{2}|XX))?)?"
    r"(?P<qualifier>[?~%])?",
    re.ASCII,
)
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?P<zone>Z|[+-]\d{2}:\d{2})?", re.ASCII)
_SEASON_STARTS = {21: 3, 22: 6, 23: 9, 24: 12}
_MONTHS = {
    Precision.MONTH: 1,
    Precision.SEASON: 3,
    Precision.YEAR: 12,
    Precision.DECADE: 120,
    Precision.CENTURY: 1200,
}


def parse(edtf: str) -> Bounds:
    """Return the bounds of an EDTF text.

    ``a/b`` is an extent and ``[a..b]`` means once within; both reach from a's earliest to b's
    latest. ``?``, ``~`` and ``%`` widen by one unit of the stated precision on either side.

    :raises InvalidDate: the text is no date, or one that the record does not take.
    """
    if edtf.startswith("[") and edtf.endswith("]") and ".." in edtf:
        ends = edtf[1:-1].split("..")
        return _interval(edtf, ends, "[a..b]")
    if "/" in edtf:
        return _interval(edtf, edtf.split("/"), "a/b")
    return _bounds(_stretch(edtf, edtf))


def range_bounds(edtf: str) -> tuple[str, str]:
    """Return ``(earliest, latest)`` of a range text such as ``2025-05/2025-06``.

    :raises InvalidDate: the text is no date.
    """
    bounds = parse(edtf)
    return bounds.earliest, bounds.latest


def _interval(edtf: str, ends: list[str], form: str) -> Bounds:
    if len(ends) != 2:
        raise InvalidDate(f"{edtf!r} is not a date: an interval {form} has two ends")
    start, end = (_end(one, edtf) for one in ends)
    if start is None and end is None:
        raise InvalidDate(f"{edtf!r} is not a date: an interval needs at least one known end")
    if start is not None and end is not None and end.end <= start.start:
        raise InvalidDate(f"{edtf!r} is not a date: it ends before it begins")
    return Bounds(
        EARLIEST if start is None else _text(start.start),
        LATEST if end is None else _text(end.end),
        Precision.INTERVAL,
    )


def _end(text: str, edtf: str) -> _Stretch | None:
    """Return one end of an interval; None for an open or unknown one."""
    return None if text in ("", "..") else _stretch(text, edtf)


def _stretch(text: str, edtf: str) -> _Stretch:
    if "T" in text:
        return _second(text, edtf)
    match = _DATE.fullmatch(text)
    if match is None:
        raise InvalidDate(
            f"{edtf[:80]!r} is not a date: EDTF such as 2025, 2025-06, 2025-06-02, 2025-06-XX, "
            "2025~, 2025-05/2025-06 or [2025-05..2025-06] is read"
        )
    stretch = _calendar_date(match["year"], match["month"], match["day"], edtf)
    return _widened(stretch) if match["qualifier"] else stretch


def _second(text: str, edtf: str) -> _Stretch:
    match = _TIME.fullmatch(text)
    if match is None:
        raise InvalidDate(f"{edtf[:80]!r} is not a date: a time is written 2025-06-02T09:30:00Z")
    if match["zone"] is None:
        raise InvalidDate(f"{edtf!r} is not a date: a time needs Z or an offset such as +02:00")
    try:
        start = datetime.fromisoformat(text).astimezone(UTC)
        end = start + timedelta(seconds=1)
    except (ValueError, OverflowError) as error:
        raise InvalidDate(f"{edtf!r} is not a date: {error}") from None
    _check_year(start.year, edtf)
    return _Stretch(start, end, Precision.SECOND)


def _calendar_date(year: str, month: str | None, day: str | None, edtf: str) -> _Stretch:
    if "X" in year:
        if month is not None:
            raise InvalidDate(f"{edtf!r} is not a date: a month needs its whole year")
        return _years(year, edtf)
    _check_year(int(year), edtf)
    if month is None or month == "XX":
        if day not in (None, "XX"):
            raise InvalidDate(f"{edtf!r} is not a date: a day needs its month")
        return _from_month(int(year), 1, Precision.YEAR)
    number = int(month)
    if number in _SEASON_STARTS and day is None:
        return _from_month(int(year), _SEASON_STARTS[number], Precision.SEASON)
    if not 1 <= number <= 12:
        raise InvalidDate(
            f"{edtf!r} is not a date: {month} is no month (01-12) and no season (21-24)"
        )
    if day is None or day == "XX":
        return _from_month(int(year), number, Precision.MONTH)
    return _day(int(year), number, int(day), edtf)


def _day(year: int, month: int, day: int, edtf: str) -> _Stretch:
    days = calendar.monthrange(year, month)[1]
    if not 1 <= day <= days:
        name = f"{calendar.month_name[month]} {year}"
        raise InvalidDate(f"{edtf!r} is not a date: {name} has {days} days")
    start = datetime(year, month, day, tzinfo=UTC)
    return _Stretch(start, start + timedelta(days=1), Precision.DAY)


def _years(year: str, edtf: str) -> _Stretch:
    first = int(year.replace("X", "0"))
    precision = Precision.DECADE if year.count("X") == 1 else Precision.CENTURY
    start = datetime(max(first, FIRST_YEAR), 1, 1, tzinfo=UTC)
    last = first + _MONTHS[precision] // 12
    return _Stretch(start, min(datetime(min(last, 9999), 1, 1, tzinfo=UTC), _LAST), precision)


def _from_month(year: int, month: int, precision: Precision) -> _Stretch:
    start = datetime(year, month, 1, tzinfo=UTC)
    return _Stretch(start, _months_later(start, _MONTHS[precision]), precision)


def _check_year(year: int, edtf: str) -> None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise InvalidDate(
            f"{edtf!r} is not a date: years from {FIRST_YEAR:04} to {LAST_YEAR} are read"
        )


def _widened(stretch: _Stretch) -> _Stretch:
    move = _mover(stretch.precision)
    return _Stretch(move(stretch.start, -1), move(stretch.end, 1), stretch.precision)


def _mover(precision: Precision) -> Callable[[datetime, int], datetime]:
    if precision is Precision.DAY:
        return _days_later
    return lambda moment, units: _months_later(moment, units * _MONTHS[precision])


def _days_later(moment: datetime, days: int) -> datetime:
    if days < 0 and moment == _FIRST:
        return _FIRST
    return min(moment + timedelta(days=days), _LAST)


def _months_later(moment: datetime, months: int) -> datetime:
    total = moment.year * 12 + moment.month - 1 + months
    if total < 12:
        return _FIRST
    if total >= 9999 * 12:
        return _LAST
    return moment.replace(year=total // 12, month=total % 12 + 1)


def _bounds(stretch: _Stretch) -> Bounds:
    return Bounds(_text(stretch.start), _text(stretch.end), stretch.precision)


def _text(moment: datetime) -> str:
    return f"{moment.year:04}-{moment:%m-%dT%H:%M:%S}Z"


# -- statements --------------------------------------------------------------------------------


def said_bounds(said: Bounds | None, published: Bounds | None, recorded_at: str) -> Bounds:
    """Return when a statement was said, with what is missing inherited.

    said <= published <= recorded: a missing latest becomes that of the publication, or else the
    moment of recording. Known only by the latter, the precision is UNKNOWN. A statement that
    begins after its publication (its date says why) takes the moment of recording instead.

    ``recorded_at`` is a UTC instant with or without a fraction of a second.
    """
    recorded = _second_after(recorded_at)
    limit = recorded if published is None else min(published.latest, recorded)
    if said is None:
        precision = Precision.UNKNOWN if published is None else Precision.INTERVAL
        return Bounds(EARLIEST, limit, precision)
    if said.latest != LATEST:
        return said
    for latest in (limit, recorded):
        if said.earliest < latest:
            return Bounds(said.earliest, latest, said.precision)
    return said


def _second_after(instant: str) -> str:
    """Return the whole second after an instant, as an exclusive bound."""
    moment = datetime.fromisoformat(instant).astimezone(UTC).replace(microsecond=0)
    return _text(moment + timedelta(seconds=1))


# -- sorting -----------------------------------------------------------------------------------


def span(bounds: Bounds) -> int:
    """Return the width class of a date: up to 31 days, up to 366, wider, or unknown."""
    if bounds.precision is Precision.UNKNOWN:
        return UNDATED_SPAN
    width = datetime.fromisoformat(bounds.latest) - datetime.fromisoformat(bounds.earliest)
    for number, days in SPAN_DAYS.items():
        if width <= timedelta(days=days):
            return number
    return WIDE_SPAN


def at_key(latest: str, identifier: str) -> str:
    """Return the key by which dated things sort: latest, then id."""
    return f"{latest}|{identifier}"
