"""A PostgreSQL that goes away: nothing is acknowledged that is not there, and all goes on after."""

import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import closing

import psycopg
import pytest

from eventlog import Appended, NewEntry
from eventlog.errors import LogUnavailable, OutcomeUnknown
from eventlog.postgres import PostgresLog, store
from tests.eventlog.door import Cut, Door, door_before
from tests.eventlog.examples import record, thing
from tests.eventlog.test_postgres import strict
from tests.postgres import PostgresServer

pytestmark = pytest.mark.engine

WRITERS = 4


@pytest.fixture
def door(place: str) -> Iterator[Door]:
    """Return a door before that place."""
    with door_before(place) as opened:
        yield opened


@pytest.fixture
def log(door: Door) -> Iterator[PostgresLog]:
    """Return a log behind the door, with one entry."""
    with closing(PostgresLog(door.url, patience_seconds=2)) as opened:
        record(opened, "before")
        yield opened


def append(log: PostgresLog, *entries: NewEntry) -> Appended:
    return log.append(entries or [thing("a")], recorded_by="ann", idempotency_key="k")


def is_whole(place: str, entries: int) -> None:
    with closing(PostgresLog(place)) as log:
        assert [entry.position for entry in log.read()] == list(range(1, entries + 1))
        assert log.verify().entries == entries


# -- the connection is cut in the middle of a commit -------------------------------------------


def test_a_commit_whose_answer_is_lost_is_found_out(
    log: PostgresLog, door: Door, place: str
) -> None:
    door.cut_at_commit(Cut.UNANSWERED)
    assert append(log) == Appended(2, 2, {"thing/a": 2})
    assert door.cut.is_set()
    assert append(log) == Appended(2, 2, {"thing/a": 2}, repeated=True)
    is_whole(place, 2)


def test_it_is_found_out_where_transactions_see_the_time_at_which_they_began(
    door: Door, place: str
) -> None:
    with closing(PostgresLog(strict(door.url), patience_seconds=2)) as log:
        record(log, "before")
        door.cut_at_commit(Cut.UNANSWERED)
        assert append(log) == Appended(2, 2, {"thing/a": 2})
    is_whole(place, 2)


def test_an_outcome_that_may_not_be_looked_up_is_unknown(
    log: PostgresLog, door: Door, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbidden(*_: object) -> bool:
        raise psycopg.errors.InsufficientPrivilege("permission denied")

    monkeypatch.setattr(store, "committed", forbidden)
    door.cut_at_commit(Cut.UNANSWERED)
    with pytest.raises(OutcomeUnknown, match="permission denied"):
        append(log)
    assert append(log).repeated
    is_whole(place, 2)


@pytest.mark.parametrize("how", [Cut.UNSENT, Cut.HALF_SENT])
def test_a_commit_that_never_arrived_is_told_as_not_done(
    log: PostgresLog, door: Door, place: str, how: Cut
) -> None:
    door.cut_at_commit(how)
    with pytest.raises(LogUnavailable, match="could not be written, and nothing was") as failure:
        append(log)
    assert not isinstance(failure.value, OutcomeUnknown)
    assert door.cut.is_set()
    assert log.head().position == 1
    assert append(log) == Appended(2, 2, {"thing/a": 2})
    is_whole(place, 2)


@pytest.mark.parametrize(
    ("how", "was_done"), [(Cut.UNANSWERED, True), (Cut.UNSENT, False), (Cut.HALF_SENT, False)]
)
def test_nothing_is_guessed_while_the_server_stays_away(
    log: PostgresLog, door: Door, place: str, how: Cut, was_done: bool
) -> None:
    door.cut_at_commit(how, then_shut=True)
    with pytest.raises(OutcomeUnknown, match="ask again with the same idempotency key"):
        append(log)
    with pytest.raises(LogUnavailable):
        append(log)
    door.open()
    assert append(log) == Appended(2, 2, {"thing/a": 2}, repeated=was_done)
    is_whole(place, 2)


def test_a_lost_session_that_still_holds_the_lock_is_waited_for(
    log: PostgresLog, door: Door, place: str
) -> None:
    door.cut_at_commit(Cut.HELD)
    began = time.monotonic()
    end = threading.Timer(0.5, door.release)
    end.start()
    with pytest.raises(LogUnavailable, match="nothing was") as failure:
        append(log)
    assert not isinstance(failure.value, OutcomeUnknown)
    assert time.monotonic() - began > 0.4
    end.join()
    assert append(log).first == 2
    is_whole(place, 2)


def test_a_lost_session_that_holds_the_lock_for_long_leaves_the_outcome_unknown(
    log: PostgresLog, door: Door, place: str
) -> None:
    door.cut_at_commit(Cut.HELD)
    with pytest.raises(OutcomeUnknown):
        append(log)
    door.release()
    assert append(log) == Appended(2, 2, {"thing/a": 2})
    is_whole(place, 2)


def test_an_append_of_nothing_new_is_found_out_by_its_key(
    log: PostgresLog, door: Door, place: str
) -> None:
    entry = thing("before")
    door.cut_at_commit(Cut.UNANSWERED)
    assert append(log, entry) == Appended(0, 0, {}, ("thing/before",))
    assert append(log, entry).repeated
    is_whole(place, 1)


def test_an_append_of_nothing_new_that_never_arrived_leaves_its_key_unused(
    log: PostgresLog, door: Door
) -> None:
    entry = thing("before")
    door.cut_at_commit(Cut.HALF_SENT)
    with pytest.raises(LogUnavailable, match="nothing was"):
        append(log, entry)
    assert append(log, entry) == Appended(0, 0, {}, ("thing/before",))


def test_another_program_may_have_appended_meanwhile(
    log: PostgresLog, door: Door, place: str
) -> None:
    door.cut_at_commit(Cut.UNSENT, then_shut=True)

    def meanwhile() -> None:
        door.cut.wait()
        with closing(PostgresLog(place)) as other:
            record(other, "meanwhile")
        door.open()

    other = threading.Thread(target=meanwhile)
    other.start()
    with pytest.raises(LogUnavailable, match="nothing was"):
        append(log)
    other.join()
    assert append(log) == Appended(3, 3, {"thing/a": 3})
    is_whole(place, 3)


# -- connections are cut between appends -------------------------------------------------------


def test_an_append_after_a_broken_connection_succeeds(log: PostgresLog, door: Door) -> None:
    door.shut()
    with pytest.raises(LogUnavailable):
        append(log)
    door.open()
    assert append(log) == Appended(2, 2, {"thing/a": 2})
    door.shut()
    door.open()
    record(log, "b")
    assert [entry.position for entry in log.read()] == [1, 2, 3]


def test_who_waits_for_entries_is_told_that_the_connection_broke(
    log: PostgresLog, door: Door
) -> None:
    failure: list[LogUnavailable] = []

    def wait() -> None:
        try:
            log.wait_beyond(1, 60)
        except LogUnavailable as error:
            failure.append(error)

    waiting = threading.Thread(target=wait)
    waiting.start()
    time.sleep(0.3)
    door.shut()
    waiting.join(10)
    assert len(failure) == 1
    assert "cannot be used" in str(failure[0])
    door.open()
    record(log, "b")
    assert log.wait_beyond(1, 60) == 2


# -- the server cannot write -------------------------------------------------------------------


def test_an_append_without_room_changes_nothing(own_postgres: PostgresServer, place: str) -> None:
    large = [NewEntry("Large", 1, f"large/{one}", secrets.token_bytes(2**20)) for one in range(20)]
    with closing(PostgresLog(place)) as log:
        record(log, "a")
        own_postgres.stop()
        own_postgres.start(largest_file_bytes=2**24)  # as large as a piece of its own log is
        for _ in range(2):
            with pytest.raises(LogUnavailable, match=r"and nothing was: .* File too large"):
                log.append(large, recorded_by="ann", idempotency_key="k")
        assert log.head().position == 1
        record(log, "b")
        own_postgres.stop()
        own_postgres.start()
        assert log.append(large, recorded_by="ann", idempotency_key="k").first == 3
        assert log.verify().entries == 22


# -- the server ends ---------------------------------------------------------------------------


def test_a_stopped_server_is_told_at_once_and_used_again_when_it_is_back(
    own_postgres: PostgresServer, place: str
) -> None:
    with closing(PostgresLog(place)) as log:
        record(log, "a")
        own_postgres.stop()
        began = time.monotonic()
        for action in (log.head, lambda: record(log, "b"), lambda: log.wait_beyond(1, 60)):
            with pytest.raises(LogUnavailable, match="cannot be used: "):
                action()
        assert time.monotonic() - began < 10
        own_postgres.start()
        assert log.head().position == 1
        record(log, "b")
        assert log.wait_beyond(1, 60) == 2
        assert log.verify().entries == 2


def test_a_restart_between_appends_is_not_noticed(own_postgres: PostgresServer, place: str) -> None:
    with closing(PostgresLog(place)) as log:
        record(log, "a")
        for restart in (own_postgres.stop, own_postgres.kill):
            restart()
            own_postgres.start()
            name = restart.__name__
            assert log.append([thing(name)], recorded_by="ann").first == log.head().position
        assert log.verify().entries == 3


def test_a_server_that_hangs_is_given_up(own_postgres: PostgresServer, place: str) -> None:
    quick = f"{place}&connect_timeout=2"
    with closing(PostgresLog(quick, patience_seconds=0.5)) as log:
        record(log, "before")
        with own_postgres.paused():
            for action in (log.head, lambda: append(log)):
                with pytest.raises(LogUnavailable):
                    action()
        assert append(log).first == 2
        assert log.verify().entries == 2


def test_what_was_acknowledged_outlives_a_killed_server(
    own_postgres: PostgresServer, place: str
) -> None:
    acknowledged: dict[str, int] = {}
    done = threading.Event()

    def write(writer: int) -> None:
        with closing(PostgresLog(place, patience_seconds=30)) as log:
            number = 0
            while not done.is_set():
                key = f"{writer}-{number}"
                if (outcome := _tried(log, key)) is not None:
                    acknowledged[key] = outcome.first
                    number += 1

    with closing(PostgresLog(place)) as log:
        log.head()
    threads = [threading.Thread(target=write, args=[writer]) for writer in range(WRITERS)]
    for thread in threads:
        thread.start()
    for _ in range(3):
        time.sleep(0.5)
        own_postgres.kill()
        own_postgres.start()
    time.sleep(0.5)
    done.set()
    for thread in threads:
        thread.join()
    with closing(PostgresLog(place)) as log:
        subjects = {entry.header.subject: entry.position for entry in log.entries()}
        assert log.verify().entries == len(subjects)
    assert len(acknowledged) > WRITERS
    assert subjects == {f"thing/{key}": first for key, first in acknowledged.items()}


def _tried(log: PostgresLog, key: str) -> Appended | None:
    """Append, or return none where that failed; asking again with the key is always right."""
    try:
        return log.append([thing(key)], recorded_by="ann", idempotency_key=key)
    except LogUnavailable:
        time.sleep(0.02)
        return None
