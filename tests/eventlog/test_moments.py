"""Moments of the record: positions and instants that people write."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from eventlog import Log
from eventlog.moments import NoSuchMoment, position_at, position_when
from tests.eventlog.examples import Opener, record

TIMES = ["2026-01-01T23:59:59.999999", "2026-01-02T00:00:00", "2026-01-02T03:04:05.678901"]


@pytest.fixture
def log(open_log: Opener) -> Log:
    """Return a log of three appends, of one, two and three entries."""
    times = iter(TIMES)
    log = open_log(clock=lambda: datetime.fromisoformat(next(times)).replace(tzinfo=UTC))
    record(log, "a")
    record(log, "b", "c")
    record(log, "d", "e", "f")
    return log


def test_a_position_within_an_append_is_the_end_of_it(log: Log) -> None:
    assert [position_at(log, position) for position in range(7)] == [0, 1, 3, 3, 6, 6, 6]


@pytest.mark.parametrize(
    ("position", "told"),
    [
        (-1, "there is no position -1: the log begins after 0"),
        (7, "there is no position 7 yet: the log ends at 6"),
        (10**30, "the log ends at 6"),
    ],
)
def test_a_position_that_is_not_in_the_log_is_refused(log: Log, position: int, told: str) -> None:
    with pytest.raises(NoSuchMoment, match=told):
        position_at(log, position)


@pytest.mark.parametrize(
    ("recorded_at", "position"),
    [
        ("2025-12-31", 0),
        ("2026-01-01", 1),
        ("2026-01-02", 6),
        ("2026-01-01T23:59:59.999998Z", 0),
        ("2026-01-01T23:59:59.999999Z", 1),
        ("2026-01-02T00:00Z", 3),
        ("2026-01-02T03:04:05Z", 3),
        ("2026-01-02T03:04:05.678901Z", 6),
        ("2026-01-02T03:04:06Z", 6),
        ("2026-01-02T01:00:00+01:00", 3),
        ("2026-01-01T18:59-05:00", 0),
        ("9999-12-31", 6),
        ("0001-01-01", 0),
    ],
)
def test_an_instant_is_what_was_recorded_by_then(log: Log, recorded_at: str, position: int) -> None:
    assert position_when(log, recorded_at) == position


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("yesterday", "is no instant: write 2026-01-02T03:04:05Z"),
        ("", "is no instant"),
        ("2026", "is no instant"),
        ("2026-01-02T", "is no instant"),
        ("2026-01-02 03:04Z", "is no instant"),
        ("2026-01-02T03:04", "has no zone: write 2026-01-02T03:04Z if it is in UTC"),
        ("2026-02-30", "is no instant: day"),
        ("2026-01-02T25:00Z", "is no instant: hour"),
        ("0001-01-01T00:00+10:00", "is no instant"),
        ("٢٠٢٦-٠١-٠٢", "is no instant"),
    ],
)
def test_a_text_that_names_no_instant_is_refused(log: Log, text: str, told: str) -> None:
    with pytest.raises(NoSuchMoment, match=told):
        position_when(log, text)


@pytest.mark.parametrize(
    "moment", [lambda log: position_at(log, 0), lambda log: position_when(log, "2026-01-02")]
)
def test_an_empty_log_has_one_moment(open_log: Opener, moment: Callable[[Log], int]) -> None:
    assert moment(open_log(name="empty")) == 0
