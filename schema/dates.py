"""Uncertain dates: EDTF (ISO 8601-2:2019, levels 0 and 1, and ``[a..b]``) with its bounds.

Bounds are UTC instants, half-open, as fixed-width texts that sort like the times they name.
Days are UTC days. An open or unknown end is ``EARLIEST`` or ``LATEST``.

EDTF names the seasons 21 (spring) to 24 (winter) and leaves their months open. Here they are the
meteorological seasons of the north (as the US National Centers for Environmental Information
reckon them, in whole months), each counted in the year in which it begins, so that 21 to 24
follow one another: spring is March to May, winter December to February of the next year. For another reading, write
the months: ``[2025-06..2025-08]``. Beyond level 1 a time of day may be an end of an interval, and
seasons and dates with X may be qualified or ends of an interval.
"""

import calendar
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Annotated, Self

from pydantic import AfterValidator, model_validator

from schema.values import Text, Value

EARLIEST, LATEST = "0001-01-01T00:00:00Z", "9999-01-01T00:00:00Z"
FIRST_YEAR, LAST_YEAR = 1, 9998
SHOWN_LENGTH = 80  # of a text that is refused
REMEMBERED = 8_192
"""How many texts are kept with their bounds: a record names few different dates, each often."""

SPAN_MONTHS = {0: 1, 1: 3, 2: 12}
"""Width classes of what begins and ends with months of the calendar: how many it spans."""
SPAN_WIDTHS = dict(
    enumerate((timedelta(seconds=1), *map(timedelta, (1, 3, 10, 31, 92, 366))), start=3)
)
"""Width classes of all else: the most that a date of a class spans, narrow ones first."""
WIDE_SPAN, UNDATED_SPAN = 10, 11
"""Those of what is wider, or has no end, and of what is not known."""

_FIRST, _LAST = datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)


class InvalidDate(ValueError):
    """Raised when a text is no EDTF date that the record takes."""


class Basis(StrEnum):
    """What a date rests on."""

    STATED = "STATED"
    DERIVED_FROM_PUBLICATION = "DERIVED_FROM_PUBLICATION"
    INFERRED = "INFERRED"


class Precision(StrEnum):
    """How finely a date is known.

    What X leaves open is not known: ``2025-06-XX`` is some day of a known MONTH. An INTERVAL has
    two ends (``a/b`` lasts from one to the other, ``[a..b]`` is once within); UNKNOWN is what is
    known by the moment of its recording alone.
    """

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

    edtf: Annotated[str, AfterValidator(_checked)]
    """The date in EDTF, such as 2025-06-02, 2025-06-XX or [2025-05..2025-06]."""
    words: Text | None = None
    """The source's own words for the date, such as "late last month"."""
    basis: Basis = Basis.STATED
    """What the date rests on."""
    because: Text | None = None
    """Why this date, required unless the source states it."""

    @model_validator(mode="after")
    def _has_a_reason(self) -> Self:
        if self.basis is not Basis.STATED and self.because is None:
            raise ValueError(f"a date of basis {self.basis} needs because: say what it rests on")
        return self


# -- reading -----------------------------------------------------------------------------------


class _Refused(Exception):
    """Raised with the reason why a text is not read."""


_MONTHS = {
    Precision.MONTH: 1,
    Precision.SEASON: 3,
    Precision.YEAR: 12,
    Precision.DECADE: 120,
    Precision.CENTURY: 1200,
}


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A time as two datetimes, half-open; a qualified one is uncertain or approximate."""

    start: datetime
    end: datetime
    precision: Precision
    qualified: bool = False

    def widened(self) -> "_Stretch":
        """Return the stretch with, if qualified, one unit more on either side."""
        if not self.qualified:
            return self
        return replace(self, start=self._moved(self.start, -1), end=self._moved(self.end, 1))

    def _moved(self, moment: datetime, units: int) -> datetime:
        if self.precision is Precision.DAY:
            return _days_later(moment, units)
        return months_later(moment, units * _MONTHS[self.precision])


_DATE = re.compile(
    r"(?P<year>\d{4}|\d{3}X|\d{2}XX)(?:-(?P<month>\d{2}|XX)(?:-(?P<day>\d{2}|XX))?)?"
    r"(?P<qualifier>[?~%])?",
    re.ASCII,
)
_TIME = re.compile(
    r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})"
    r"T(?P<hours>\d{2}):(?P<minutes>\d{2}):(?P<seconds>\d{2})"
    r"(?P<zone>Z|(?P<sign>[+-])(?P<zone_hours>\d{2})(?::(?P<zone_minutes>\d{2}))?)?",
    re.ASCII,
)
_SEASON_STARTS = {21: 3, 22: 6, 23: 9, 24: 12}
_MONTH_NAMES = (  # those of the calendar module change with the locale
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_YEARS = f"years run from {FIRST_YEAR:04} to {LAST_YEAR}"
_FORMS = "write it as 2025, 2025-06, 2025-06-02, 2025-06-XX, 2025~ or 2025-05/2025-06"
_HINTS = (
    (r"[Y+-]", f"{_YEARS}, in four digits without a letter or a sign"),
    (r"[\[{]", "of sets only [a..b] is read, once within two ends, one of which may be left out"),
    (r".*\.\.", "once within is written [a..b], and an extent a/b"),
    (r".*[?~%]", "a qualifier (?, ~ or %) stands once, at the end"),
    (r"[\dX-]*X", "X stands for the last one or two digits of a year, a whole month or a day"),
)


@lru_cache(maxsize=REMEMBERED)  # which keeps no refusals, so no text is longer than a date
def parse(edtf: str) -> Bounds:
    """Return the bounds of an EDTF text.

    ``a/b`` is an extent and ``[a..b]`` means once within; both reach from a's earliest to b's
    latest. ``?``, ``~`` and ``%`` widen by one unit of the precision on either side.

    :raises InvalidDate: the text is no date, or one that the record does not take; one sentence.
    """
    try:
        return _read(edtf)
    except _Refused as refused:
        raise InvalidDate(f"{_shown(edtf)} is not a date: {refused}") from None


def range_bounds(edtf: str) -> tuple[str, str]:
    """Return ``(earliest, latest)`` of a range text such as ``2025-05/2025-06``.

    :raises InvalidDate: the text is no date.
    """
    bounds = parse(edtf)
    return bounds.earliest, bounds.latest


def _shown(text: str) -> str:
    if not text:
        return "an empty text"
    short = text if len(text) <= SHOWN_LENGTH else text[:SHOWN_LENGTH] + "…"
    return short if short.isprintable() and " " not in short else repr(short)


def _read(edtf: str) -> Bounds:
    if edtf.startswith("[") and edtf.endswith("]") and ".." in edtf:
        return _interval(edtf[1:-1].split(".."), "[a..b]")
    if "/" in edtf:
        return _interval([one if one != ".." else "" for one in edtf.split("/")], "a/b")
    stretch = _stretch(edtf).widened()
    return Bounds(instant_text(stretch.start), instant_text(stretch.end), stretch.precision)


def _interval(ends: list[str], form: str) -> Bounds:
    if len(ends) != 2:
        raise _Refused(f"an interval {form} has two ends")
    start, end = (_stretch(one) if one else None for one in ends)
    if start is None and end is None:
        raise _Refused("an interval needs at least one known end")
    if start is not None and end is not None and end.end <= start.start:
        raise _Refused("it ends before it begins")
    return Bounds(
        EARLIEST if start is None else instant_text(start.widened().start),
        LATEST if end is None else instant_text(end.widened().end),
        Precision.INTERVAL,
    )


def _stretch(text: str) -> _Stretch:
    """Return a single date or time as it stands, not widened."""
    if re.match(r"[\dX-]+T", text, re.ASCII):
        return _second(text)
    match = _DATE.fullmatch(text)
    if match is None:
        hints = (hint for form, hint in _HINTS if re.match(form, text, re.ASCII | re.DOTALL))
        raise _Refused(next(hints, _FORMS))
    stretch = _calendar_date(match["year"], match["month"], match["day"])
    return replace(stretch, qualified=match["qualifier"] is not None)


def _second(text: str) -> _Stretch:
    match = _TIME.fullmatch(text)
    if match is None:
        raise _Refused("a time is written 2025-06-02T09:30:00Z, to the second and unqualified")
    if match["zone"] is None:
        raise _Refused("a time needs Z or an offset such as +02:00")
    day = _calendar_date(match["year"], match["month"], match["day"])
    time = _clock(match["hours"], match["minutes"], match["seconds"])
    shift = _clock(match["zone_hours"] or "00", match["zone_minutes"] or "00", "00")
    try:
        start = day.start + time + (shift if match["sign"] == "-" else -shift)
    except OverflowError:  # the first day of year 1, east of Greenwich
        raise _Refused(f"{_YEARS}, in UTC") from None
    if start >= _LAST:
        raise _Refused(f"{_YEARS}, in UTC")
    return _Stretch(start, start + timedelta(seconds=1), Precision.SECOND)


def _clock(hours: str, minutes: str, seconds: str) -> timedelta:
    if int(hours) > 23 or int(minutes) > 59 or int(seconds) > 59:
        raise _Refused("hours run from 00 to 23, minutes and seconds from 00 to 59")
    return timedelta(hours=int(hours), minutes=int(minutes), seconds=int(seconds))


def _calendar_date(year: str, month: str | None, day: str | None) -> _Stretch:
    if "X" in year:
        if month is not None:
            raise _Refused("a month needs its whole year")
        return _years(year)
    if not FIRST_YEAR <= int(year) <= LAST_YEAR:
        raise _Refused(_YEARS)
    if month is None or month == "XX":
        if day not in (None, "XX"):
            raise _Refused("a day needs its month")
        return _from_month(int(year), 1, Precision.YEAR)
    number = int(month)
    if number in _SEASON_STARTS:
        if day is not None:
            raise _Refused(f"{month} is a season, and a season has no days")
        return _from_month(int(year), _SEASON_STARTS[number], Precision.SEASON)
    if not 1 <= number <= 12:
        raise _Refused(f"{month} is no month (01-12) and no season (21-24)")
    if day is None or day == "XX":
        return _from_month(int(year), number, Precision.MONTH)
    return _day(int(year), number, int(day))


def _day(year: int, month: int, day: int) -> _Stretch:
    days = calendar.monthrange(year, month)[1]
    if not 1 <= day <= days:
        fault = f"has {days} days" if day else "begins with 01"
        raise _Refused(f"{_MONTH_NAMES[month - 1]} {year:04} {fault}")
    start = datetime(year, month, day, tzinfo=UTC)
    return _Stretch(start, start + timedelta(days=1), Precision.DAY)


def _years(year: str) -> _Stretch:
    """Return a decade (202X) or a century (20XX), without the years that are not read."""
    first = int(year.replace("X", "0"))
    precision = Precision.DECADE if year.count("X") == 1 else Precision.CENTURY
    end = min(first + _MONTHS[precision] // 12, LAST_YEAR + 1)
    start = datetime(max(first, FIRST_YEAR), 1, 1, tzinfo=UTC)
    return _Stretch(start, datetime(end, 1, 1, tzinfo=UTC), precision)


def _from_month(year: int, month: int, precision: Precision) -> _Stretch:
    start = datetime(year, month, 1, tzinfo=UTC)
    return _Stretch(start, months_later(start, _MONTHS[precision]), precision)


def _days_later(moment: datetime, days: int) -> datetime:
    if days < 0 and moment == _FIRST:
        return _FIRST
    return min(moment + timedelta(days=days), _LAST)


def months_later(moment: datetime, months: int) -> datetime:
    """Return a moment so many months later (or before), within the years that are read."""
    total = moment.year * 12 + moment.month - 1 + months
    if total < FIRST_YEAR * 12:
        return _FIRST
    if total >= (LAST_YEAR + 1) * 12:
        return _LAST
    return moment.replace(year=total // 12, month=total % 12 + 1)


def instant_text(moment: datetime) -> str:
    """Return a moment of UTC as the text that stands for it in bounds."""
    return f"{moment.replace(tzinfo=None).isoformat(timespec='seconds')}Z"


# -- statements --------------------------------------------------------------------------------


def said_bounds(said: Bounds | None, published: Bounds | None, recorded_at: str) -> Bounds:
    """Return when a statement was said, with what is missing inherited.

    The rule is said <= published <= recorded. The limit is the end of the publication's date, or
    the moment of recording where that is earlier (or all there is).

    - A date with a latest stays as it is, also where it is later than the publication's.
    - An open latest becomes the limit. A date that begins after the limit (its ``because`` says
      why) takes the moment of recording, and one that begins after that as well stays open.
    - Without a date, anything up to the limit: an INTERVAL if the publication's latest is known,
      else UNKNOWN, known by its recording alone.
    - A missing earliest is never inherited: it stays ``EARLIEST``.

    ``recorded_at`` is an instant with an offset; as an exclusive bound it is the next whole second.

    :raises ValueError: ``recorded_at`` is no such instant.
    """
    recorded = _second_after(recorded_at)
    limit = recorded if published is None else min(published.latest, recorded)
    if said is None:
        dated = published is not None and published.latest != LATEST
        return Bounds(EARLIEST, limit, Precision.INTERVAL if dated else Precision.UNKNOWN)
    if said.latest != LATEST:
        return said
    for latest in (limit, recorded):
        if said.earliest < latest:
            return replace(said, latest=latest)
    return said


def _second_after(instant: str) -> str:
    moment = datetime.fromisoformat(instant)
    if moment.tzinfo is None:
        raise ValueError(f"{instant} is no instant: it has no offset")
    return instant_text(moment.astimezone(UTC) + timedelta(seconds=1))


# -- sorting -----------------------------------------------------------------------------------


@lru_cache(maxsize=REMEMBERED)
def span(bounds: Bounds) -> int:
    """Return the width class of a date: so many months, up to a width, wider, or unknown.

    In a class one end of a date tells most of the other, so that an index by one serves for both.
    """
    if bounds.precision is Precision.UNKNOWN:
        return UNDATED_SPAN
    earliest, latest = map(datetime.fromisoformat, (bounds.earliest, bounds.latest))
    for number, months in SPAN_MONTHS.items():
        if month_start(earliest) == earliest and months_later(earliest, months) == latest:
            return number
    for number, width in SPAN_WIDTHS.items():
        if latest - earliest <= width:
            return number
    return WIDE_SPAN


def month_start(moment: datetime) -> datetime:
    """Return when the month of the calendar begins that a moment lies in."""
    return moment.replace(day=1, hour=0, minute=0, second=0)


def at_key(latest: str, identifier: str) -> str:
    """Return the key by which dated things sort: latest, then id."""
    return f"{latest}|{identifier}"
