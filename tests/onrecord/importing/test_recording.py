"""Rows on their way into the log: whole or not at all, and gone on with after any end."""

from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from eventlog import Log
from eventlog.recorder import Recorder
from eventlog.sqlite import SqliteLog
from onrecord.importing import claimreview, recording
from onrecord.importing.recording import Import, Recording, Tally, Trying
from onrecord.importing.rows import BadRow, Row, Rows
from schema.entries import Amended, Retracted
from tests.onrecord.importing.reviews import Review, lines, review

BY = "tester"
AFTERWARDS: Review = {"author": "Ada", "datePublished": "2018-01-01"}
"""Who makes a claim after the review of it appeared: the rules of the record refuse it."""


@pytest.fixture(autouse=True)
def _few_rows_an_append(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording, "MAX_ROWS", 4)


def _rows(folder: Path, reviews: Iterable[Review]) -> list[Row | BadRow]:
    return list(claimreview.rows(lines(folder / "reviews.jsonl", reviews)))


def _run(log: Log, rows: Iterable[Row | BadRow]) -> tuple[Tally, list[tuple[str, str]]]:
    """Import rows; return the tally, and the bad rows by their line."""
    bad: list[BadRow] = []
    run = Import(Recording(log, BY), bad.append, lambda done: None)
    run.run(iter(rows))
    return run.tally, [(one.where.rpartition(":")[2], one.reason) for one in bad]


def _ids(log: Log) -> set[str]:
    return {entry.header.subject for entry in log.entries()}


def _ids_of(rows: Iterable[Row | BadRow]) -> set[str]:
    return {entry.id for row in rows if isinstance(row, Row) for entry in row.entries}


def test_all_rows_are_recorded_several_in_one_append(tmp_path: Path, log: SqliteLog) -> None:
    rows = _rows(tmp_path, map(review, range(10)))
    tally, bad = _run(log, rows)
    assert (tally, bad) == (Tally(recorded=10, entries=len(_ids_of(rows))), [])
    assert _ids(log) == _ids_of(rows)
    assert len({entry.header.append_first for entry in log.entries()}) == 3
    assert {entry.header.recorded_by for entry in log.entries()} == {BY}


def test_a_second_time_nothing_is_recorded(tmp_path: Path, log: SqliteLog) -> None:
    rows = _rows(tmp_path, map(review, range(10)))
    _run(log, rows)
    head = log.head()
    assert _run(log, rows) == (Tally(unchanged=10), [])
    assert log.head() == head


def test_only_new_rows_of_a_file_that_grew_are_recorded(tmp_path: Path, log: SqliteLog) -> None:
    _run(log, _rows(tmp_path, map(review, range(5))))
    tally, _ = _run(log, _rows(tmp_path, map(review, range(9, -1, -1))))
    assert (tally.recorded, tally.unchanged) == (5, 5)


def _interrupted(rows: list[Row | BadRow], after: int) -> Rows:
    yield from rows[:after]
    raise KeyboardInterrupt


def test_stopped_at_any_row_it_is_gone_on_with(tmp_path: Path) -> None:
    rows = _rows(tmp_path, map(review, range(10)))
    for after in range(len(rows) + 1):
        with closing(SqliteLog(tmp_path / f"{after}.sqlite3")) as log:
            with pytest.raises(KeyboardInterrupt):
                _run(log, _interrupted(rows, after))
            full = max(after - 1, 0) // recording.MAX_ROWS * recording.MAX_ROWS
            assert _ids(log) == _ids_of(rows[:full])
            tally, _ = _run(log, rows)
            assert _ids(log) == _ids_of(rows)
            assert (tally.unchanged, tally.recorded) == (full, len(rows) - full)


@pytest.mark.parametrize("place", range(10))
def test_a_row_that_is_refused_harms_no_other(tmp_path: Path, log: SqliteLog, place: int) -> None:
    reviews = [review(number) for number in range(10)]
    reviews[place] = review(place, itemReviewed=AFTERWARDS)
    tally, ((line, reason),) = _run(log, _rows(tmp_path, reviews))
    assert (tally.recorded, tally.left_out) == (9, 1)
    assert line == str(place + 1)
    assert "2018-01-01 is after source/claimreview/" in reason
    assert f"claim/claimreview/the-dam-has-{place}-leaks" not in " ".join(sorted(_ids(log)))


def test_nothing_of_a_file_of_bad_rows_is_recorded(tmp_path: Path, log: SqliteLog) -> None:
    reviews = [review(number, itemReviewed=AFTERWARDS) for number in range(9)]
    tally, bad = _run(log, _rows(tmp_path, reviews))
    assert (tally, len(bad)) == (Tally(left_out=9), 9)
    assert log.head().position == 0


def test_rows_that_contradict_an_earlier_one_are_left_out(tmp_path: Path, log: SqliteLog) -> None:
    other = review(1, datePublished="2017-03-09")
    for between in (0, 6):  # in one append, and in different ones
        reviews = [review(1), *(review(10 + number) for number in range(between)), other]
        tally, ((line, reason),) = _run(log, _rows(tmp_path, reviews))
        assert line == str(len(reviews))
        assert reason.startswith("on record with other content: source/claimreview/")
        assert tally.left_out == 1


def test_what_is_on_record_otherwise_is_told_and_stays(tmp_path: Path, log: SqliteLog) -> None:
    _run(log, _rows(tmp_path, map(review, range(3))))
    head = log.head()
    changed = [review(0), review(1, datePublished="2017-03-09"), review(2)]
    tally, ((line, reason),) = _run(log, _rows(tmp_path, changed))
    assert (tally.unchanged, tally.left_out, line) == (2, 1, "2")
    assert reason.startswith("on record with other content: ")
    assert log.head() == head


def test_what_was_corrected_since_stays_corrected(tmp_path: Path, log: SqliteLog) -> None:
    _run(log, _rows(tmp_path, map(review, range(6))))
    actors = [entry for entry in log.entries() if entry.header.kind == "ActorRecorded"]
    for actor in actors:
        name = {"fields": {"name": "Another"}, "reason": "misspelt", "id": actor.header.subject}
        Recorder(log, BY).record([Amended.model_validate(name)])
    head = log.head()
    rows = _rows(tmp_path, map(review, range(9)))
    assert _tried(log, rows)[0] == Tally(recorded=3, unchanged=6, entries=3 * 4)
    assert log.head() == head
    assert _run(log, rows) == (Tally(recorded=3, unchanged=6, entries=3 * 4), [])


def test_what_was_taken_back_is_not_recorded_again(tmp_path: Path, log: SqliteLog) -> None:
    rows = _rows(tmp_path, map(review, range(6)))
    _run(log, rows)
    (row,) = (row for row in rows[2:3] if isinstance(row, Row))
    statement = row.entries[-1].id
    taken_back = Retracted.model_validate({"id": statement, "reason": "not said so"})
    Recorder(log, BY).record([taken_back])
    tally, ((line, reason),) = _run(log, rows)
    assert (tally.unchanged, tally.left_out, line) == (5, 1, "3")
    assert statement in reason
    assert "retracted" in reason


def test_a_row_that_stands_twice_is_recorded_once(tmp_path: Path, log: SqliteLog) -> None:
    tally, _ = _run(log, _rows(tmp_path, [review(1), review(2), review(1)]))
    assert (tally.recorded, tally.unchanged) == (2, 1)


def test_a_file_that_breaks_off_leaves_what_came_before(tmp_path: Path, log: SqliteLog) -> None:
    rows = _rows(tmp_path, map(review, range(6)))

    def breaking() -> Iterator[Row | BadRow]:
        yield from rows
        raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        _run(log, breaking())
    assert _ids(log) == _ids_of(rows[:4])


# -- dry runs ----------------------------------------------------------------------------------


def _tried(log: Log | None, rows: Iterable[Row | BadRow]) -> tuple[Tally, list[str]]:
    bad: list[BadRow] = []
    with Trying(log, BY) as target:
        run = Import(target, bad.append, lambda done: None)
        run.run(iter(rows))
    return run.tally, [one.reason for one in bad]


@pytest.mark.parametrize("known", [1, 3, 10])
def test_a_dry_run_tells_what_the_import_then_does(
    tmp_path: Path, log: SqliteLog, known: int
) -> None:
    _run(log, _rows(tmp_path, map(review, range(known))))
    reviews = [
        *map(review, range(10)),
        review(11, itemReviewed=AFTERWARDS),
        review(9, datePublished="2017-03-09"),
    ]
    rows, head = _rows(tmp_path, reviews), log.head()
    tried, reasons = _tried(log, rows)
    assert log.head() == head
    tally, bad = _run(log, rows)
    assert (tried, reasons) == (tally, [reason for _, reason in bad])


def test_a_dry_run_needs_no_log(tmp_path: Path, log: SqliteLog) -> None:
    rows = _rows(tmp_path, map(review, range(10)))
    tried, _ = _tried(None, rows)
    assert tried == _run(log, rows)[0]


def test_the_tally_is_told_in_a_sentence() -> None:
    assert Tally(1, 0, 0, 1).sentence() == "recorded 1 row as 1 entry"
    told = Tally(1200, 3, 1, 5000).sentence(dry_run=True)
    assert told == (
        "would record 1,200 rows as 5,000 entries; 3 rows on record already; 1 row left out; "
        "nothing was written"
    )
