"""Appends in a group share a transaction and nothing else: what every store promises of them."""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from eventlog import Append, Appended, Log, NewEntry, Reference
from eventlog.errors import (
    AlreadyRecorded,
    Cycle,
    IdempotencyConflict,
    InvalidAppend,
    LogClosed,
    Refused,
    RevisionConflict,
    UnknownReference,
)
from tests.eventlog.examples import Opener, edge, part, record, thing

SOON_SECONDS = 5.0
"""Far longer than any store takes, far less than the waits that have to end before their time."""


def ask(
    *entries: NewEntry,
    key: str | None = None,
    expected: dict[str, int] | None = None,
    dry_run: bool = False,
) -> Append:
    return Append(entries, "ann", key, expected or {}, dry_run)


def kinds(outcomes: Sequence[Appended | Refused]) -> list[type[Appended | Refused]]:
    return [type(one) for one in outcomes]


def subjects(log: Log) -> list[str]:
    return [entry.header.subject for entry in log.read()]


# -- each on its own ---------------------------------------------------------------------------


def test_each_append_of_a_group_has_its_own_outcome(log: Log) -> None:
    outcomes = log.append_group([ask(thing("a"), thing("b")), ask(thing("c")), ask(thing("d"))])
    assert outcomes == [
        Appended(1, 2, {"thing/a": 1, "thing/b": 2}),
        Appended(3, 3, {"thing/c": 3}),
        Appended(4, 4, {"thing/d": 4}),
    ]
    headers = [entry.header for entry in log.read()]
    assert [(one.append_first, one.append_size) for one in headers] == [
        (1, 2),
        (1, 2),
        (3, 1),
        (4, 1),
    ]
    assert log.verify().entries == 4


def test_a_group_of_none_has_no_outcomes(log: Log) -> None:
    assert log.append_group([]) == []
    assert log.head().position == 0


def test_each_entry_says_who_recorded_it_and_with_which_key(log: Log) -> None:
    log.append_group([Append((thing("a"),), "ann", "k"), Append((thing("b"),), "bob")])
    headers = [entry.header for entry in log.read()]
    assert [(one.recorded_by, one.idempotency_key) for one in headers] == [
        ("ann", "k"),
        ("bob", None),
    ]


BAD: dict[str, tuple[Append, type[Refused]]] = {
    "empty": (ask(), InvalidAppend),
    "other content": (ask(thing("new"), thing("old", "other")), AlreadyRecorded),
    "unknown reference": (ask(part("new", "nowhere")), UnknownReference),
    "cycle": (ask(part("new", "new")), Cycle),
    "revision": (ask(thing("new"), expected={"thing/old": 7}), RevisionConflict),
    "used key": (ask(thing("new"), key="used"), IdempotencyConflict),
    "surrogate in a reference": (ask(part("new", "\ud800")), InvalidAppend),
    "NUL in a relation": (
        ask(thing("new", "", Reference("a\0b", "thing/new", "thing/old"))),
        InvalidAppend,
    ),
    "surrogate in a revision": (ask(thing("new"), expected={"\ud800": 1}), InvalidAppend),
    "too large": (ask(NewEntry("Thing", 1, "thing/new", bytes(16 * 2**20 + 1))), InvalidAppend),
}


@pytest.mark.parametrize("bad", BAD)
def test_a_refused_append_harms_no_other_of_its_group(log: Log, bad: str) -> None:
    log.append([thing("old")], recorded_by="ann", idempotency_key="used")
    append, refusal = BAD[bad]
    outcomes = log.append_group([ask(thing("a")), append, ask(thing("b"))])
    assert kinds(outcomes) == [Appended, refusal, Appended]
    assert subjects(log) == ["thing/old", "thing/a", "thing/b"]
    assert log.subjects(["thing/new"]) == {}
    assert log.verify().entries == 3


def test_a_group_that_is_refused_whole_writes_nothing(log: Log) -> None:
    bad = [ask(), ask(part("a", "nowhere"), key="k"), ask(part("a", "a"))]
    assert kinds(log.append_group(bad)) == [InvalidAppend, UnknownReference, Cycle]
    assert log.head().position == 0


# -- what the earlier ones of a group added ------------------------------------------------------


def test_a_later_append_refers_to_what_an_earlier_one_adds(log: Log) -> None:
    before, after = ask(part("b", "a")), ask(part("c", "a"))
    assert kinds(log.append_group([before, ask(thing("a")), after])) == [
        UnknownReference,
        Appended,
        Appended,
    ]
    assert subjects(log) == ["thing/a", "thing/c"]


def test_a_later_append_does_not_see_what_was_refused(log: Log) -> None:
    refused = ask(thing("a"), part("b", "nowhere"))
    assert kinds(log.append_group([refused, ask(part("c", "a")), ask(thing("a", "text"))])) == [
        UnknownReference,
        UnknownReference,
        Appended,
    ]
    assert subjects(log) == ["thing/a"]


def test_the_same_thing_twice_in_a_group_is_recorded_once(log: Log) -> None:
    outcomes = log.append_group(
        [ask(thing("a")), ask(thing("a"), thing("b")), ask(thing("a", "x"))]
    )
    assert outcomes[:2] == [
        Appended(1, 1, {"thing/a": 1}),
        Appended(2, 2, {"thing/b": 2}, ("thing/a",)),
    ]
    assert isinstance(outcomes[2], AlreadyRecorded)


def test_a_revision_that_an_earlier_append_makes_is_expected_by_a_later_one(log: Log) -> None:
    new = {"thing/a": 0}
    outcomes = log.append_group(
        [
            ask(thing("a"), expected=new),
            ask(thing("b"), expected=new),
            ask(thing("c"), expected={"thing/a": 1}),
        ]
    )
    assert kinds(outcomes) == [Appended, RevisionConflict, Appended]
    assert str(outcomes[1]) == "thing/a has revision 1, but was expected to be new"


def test_a_key_twice_in_a_group_appends_once(log: Log) -> None:
    outcomes = log.append_group(
        [
            ask(thing("a"), key="k"),
            ask(thing("b"), key="k"),
            ask(thing("a"), key="k", expected={"thing/a": 0}),
        ]
    )
    assert outcomes[0] == Appended(1, 1, {"thing/a": 1})
    assert isinstance(outcomes[1], IdempotencyConflict)
    assert outcomes[2] == Appended(1, 1, {"thing/a": 1}, repeated=True)
    assert subjects(log) == ["thing/a"]


def test_a_key_of_a_refused_append_is_free_for_a_later_one(log: Log) -> None:
    refused = ask(part("a", "nowhere"), key="k")
    outcomes = log.append_group([refused, ask(thing("b"), key="k")])
    assert kinds(outcomes) == [UnknownReference, Appended]
    assert log.append([thing("b")], recorded_by="ann", idempotency_key="k").repeated


def test_many_keys_seen_before_give_their_first_outcomes(log: Log) -> None:
    asked = [ask(thing(f"{n}"), thing(f"{n}x"), key=f"k{n}") for n in range(5)]
    first = log.append_group(asked)
    record(log, "later")
    again = log.append_group([*reversed(asked), ask(thing("new"), key="new")])
    expected = [
        Appended(one.first, one.last, one.positions, repeated=True)
        for one in reversed(first)
        if isinstance(one, Appended)
    ]
    assert again[:-1] == expected
    assert again[-1] == Appended(12, 12, {"thing/new": 12})


def link(name: str, source: str, target: str) -> NewEntry:
    return thing(name, "", edge(source, "partOf", target, acyclic=True))


def test_no_cycle_is_closed_by_two_appends_of_a_group(log: Log) -> None:
    record(log, "a", "b")
    outcomes = log.append_group(
        [ask(link("l1", "a", "b")), ask(link("l2", "b", "a")), ask(link("l3", "a", "b"))]
    )
    assert kinds(outcomes) == [Appended, Cycle, Appended]


def test_no_cycle_is_closed_across_what_is_on_record_and_a_group(log: Log) -> None:
    log.append([thing("a"), part("b", "a"), thing("c"), part("d", "c")], recorded_by="ann")
    outcomes = log.append_group([ask(link("l1", "a", "d")), ask(link("l2", "c", "b"))])
    assert kinds(outcomes) == [Appended, Cycle]
    assert isinstance(outcomes[1], Cycle)
    assert set(outcomes[1].ids) == {f"thing/{one}" for one in "abcd"}


def test_edges_of_a_refused_append_close_no_cycle(log: Log) -> None:
    record(log, "a", "b")
    refused = ask(link("l1", "a", "b"), part("x", "nowhere"))
    assert kinds(log.append_group([refused, ask(link("l2", "b", "a"))])) == [
        UnknownReference,
        Appended,
    ]


def test_a_dry_run_in_a_group_is_seen_by_none(log: Log) -> None:
    outcomes = log.append_group(
        [
            ask(thing("a")),
            ask(part("b", "a"), key="k", dry_run=True),
            ask(thing("b", "other")),
            ask(thing("c"), key="k"),
        ]
    )
    assert outcomes == [
        Appended(1, 1, {"thing/a": 1}),
        Appended(2, 2, {"thing/b": 2}),
        Appended(2, 2, {"thing/b": 2}),
        Appended(3, 3, {"thing/c": 3}),
    ]
    assert subjects(log) == ["thing/a", "thing/b", "thing/c"]


def test_a_large_group_is_appended_whole(log: Log) -> None:
    record(log, "base")
    asked = [ask(part(f"{n}", "base" if n % 2 else f"{max(n - 1, 1)}")) for n in range(1, 1500)]
    assert set(kinds(log.append_group(asked))) == {Appended}
    assert log.verify().entries == 1500


# -- waiting for what is appended ----------------------------------------------------------------


def seconds_of(action: Callable[[], object]) -> float:
    start = time.monotonic()
    action()
    return time.monotonic() - start


def test_waiting_for_what_is_there_ends_at_once(log: Log) -> None:
    record(log, "a", "b")
    assert seconds_of(lambda: log.wait_beyond(1, 60.0)) < SOON_SECONDS
    assert log.wait_beyond(0, 60.0) == 2


def test_waiting_for_what_does_not_come_ends_in_time(log: Log) -> None:
    record(log, "a")
    assert log.wait_beyond(1, 0.0) == 1
    assert 0.2 <= seconds_of(lambda: log.wait_beyond(1, 0.2)) < SOON_SECONDS
    assert log.wait_beyond(7, 0.01) == 1


def test_waiting_ends_when_something_is_appended(open_log: Opener) -> None:
    log, same, other = open_log(), open_log(), open_log(name="other")
    for appended, appends in ((log, log), (log, same)):
        position = log.head().position
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(appended.wait_beyond, position, 60.0)
            record(other, f"elsewhere {position}")
            assert not waiting.done()
            start = time.monotonic()
            record(appends, f"t{position}")
            assert waiting.result() == position + 1
            assert time.monotonic() - start < SOON_SECONDS


def test_everybody_who_waits_is_woken(log: Log) -> None:
    with ThreadPoolExecutor(8) as pool:
        waiting = [pool.submit(log.wait_beyond, 0, 60.0) for _ in range(8)]
        record(log, "a")
        assert [one.result(SOON_SECONDS) for one in waiting] == [1] * 8


def test_closing_the_log_ends_a_wait(log: Log) -> None:
    entered = threading.Event()

    def wait() -> int:
        entered.set()
        return log.wait_beyond(0, 60.0)

    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(wait)
        entered.wait()
        time.sleep(0.05)  # into the wait itself
        log.close()
        with pytest.raises(LogClosed):
            waiting.result(SOON_SECONDS)
