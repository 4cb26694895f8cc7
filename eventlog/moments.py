"""Moments of the record that somebody asks about: a position, or an instant at which it stood so."""

import re
from datetime import UTC, datetime

from eventlog.log import Log
from eventlog.planning import timestamp

MOST_DIGITS = 30
"""How many digits of a position are read: what has more is beyond every log."""

_FORM = re.compile(
    r"\d{4}-\d\d-\d\d(?P<time>T\d\d:\d\d(:\d\d(\.\d{1,6})?)?(?P<zone>Z|[+-]\d\d:\d\d)?)?",
    re.ASCII,
)


class NoSuchMoment(ValueError):
    """Raised when the log has no such moment, or a text names none; one sentence."""


def position_at(log: Log, position: int) -> int:
    """Return the moment of a position: where the append ends that holds it, 0 before the first.

    What was appended together was never on record in part.

    :raises NoSuchMoment: it is negative, or beyond the log.
    :raises LogUnavailable: the log cannot be read.
    """
    if position < 0:
        raise NoSuchMoment(f"there is no position {position}: the log begins after 0")
    end = log.head().position
    if position > end:
        raise NoSuchMoment(f"there is no position {position:,} yet: the log ends at {end:,}")
    return log.append_end(position)


def position_when(log: Log, recorded_at: str) -> int:
    """Return the moment of an instant: what was recorded by then, that instant included.

    An instant is a date and time with its zone, ``2026-01-02T03:04:05Z``, in as much detail as
    ``recordedAt``; a plain date is the end of that day in UTC. One that is still to come is now.

    :raises NoSuchMoment: the text names no instant.
    :raises LogUnavailable: the log cannot be read.
    """
    return log.append_end(log.recorded_until(timestamp(_instant(recorded_at))))


def position_said(log: Log, text: str) -> int:
    """Return the moment that a text says: a number is a position, anything else an instant.

    :raises NoSuchMoment: the log has no such moment, or the text names none.
    :raises LogUnavailable: the log cannot be read.
    """
    if text.isascii() and text.removeprefix("-").isdigit():
        return position_at(log, int(text[:MOST_DIGITS]))
    return position_when(log, text)


def _instant(text: str) -> datetime:
    form = _FORM.fullmatch(text)
    if form is None:
        raise NoSuchMoment(
            f"{text[:40]!r} is no instant: write 2026-01-02T03:04:05Z, or 2026-01-02 for the end "
            "of that day in UTC"
        )
    if form["time"] and not form["zone"]:
        raise NoSuchMoment(f"{text!r} has no zone: write {text}Z if it is in UTC")
    try:
        if form["time"]:
            return datetime.fromisoformat(text).astimezone(UTC)
        return datetime.fromisoformat(f"{text}T23:59:59.999999Z")
    except (ValueError, OverflowError) as error:
        raise NoSuchMoment(f"{text!r} is no instant: {error}") from None
