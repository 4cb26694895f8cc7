"""Progress where nobody watches a terminal: a line when something begins, and now and then."""

import re
import time

import pytest

from onrecord.showing import duration, progress


def test_a_line_tells_how_far_it_is_how_fast_it_goes_and_how_long_it_takes(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("onrecord.showing.LINE_SECONDS", 0.0)
    with progress() as report:
        report("folding the log", 0, 1_000)
        time.sleep(0.01)
        report("folding the log", 250, 1_000)
        report("folding the log", 1_000, 1_000)
        report("making indexes", 0, 0)
    begun, pace, other = capsys.readouterr().err.splitlines()
    assert (begun, other) == ("folding the log ...", "making indexes ...")
    assert re.fullmatch(r"folding the log: 250 of 1,000, [\d,]+ a second, \d+ s left", pace), pace


def test_lines_are_few(capsys: pytest.CaptureFixture[str]) -> None:
    with progress() as report:
        for done in range(1_000):
            report("folding the log", done, 1_000)
    assert capsys.readouterr().err.splitlines() == ["folding the log ..."]


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(0.2, "0 s"), (99, "99 s"), (140, "2 min"), (3_590, "1 h 0 min"), (7_500, "2 h 5 min")],
)
def test_a_time_is_told_as_exactly_as_is_of_use(seconds: float, told: str) -> None:
    assert duration(seconds) == told
