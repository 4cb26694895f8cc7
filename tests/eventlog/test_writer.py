"""Many callers before one log: they share transactions, and each gets its own outcome."""

import asyncio
import random
import signal
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import asynccontextmanager, closing
from itertools import chain
from pathlib import Path
from typing import cast

import pytest

from eventlog import Append, Appended, Log, NewEntry
from eventlog.errors import (
    IdempotencyConflict,
    LogBusy,
    LogClosed,
    LogUnavailable,
    Refused,
    RevisionConflict,
    UnknownReference,
)
from eventlog.sqlite import SqliteLog
from eventlog.writer import Writer
from tests.eventlog.examples import part, record, thing

SOON_SECONDS = 10.0


class Door:
    """A log behind a door: a group that was taken stands before it until it is opened."""

    def __init__(self, log: Log) -> None:
        self.log = log
        self.open = threading.Event()
        self.groups: list[int] = []

    def append_group(self, appends: Sequence[Append]) -> list[Appended | Refused]:
        """Append once the door is open."""
        self.groups.append(len(appends))
        assert self.open.wait(SOON_SECONDS)
        return self.log.append_group(appends)


@pytest.fixture
def writer(log: Log) -> Iterator[Writer]:
    with Writer(log) as opened:
        yield opened


@pytest.fixture
def door(path: Path) -> Iterator[Door]:
    with closing(SqliteLog(path)) as log:
        door = Door(log)
        yield door
        door.open.set()


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(8) as opened:
        yield opened


def subjects(log: Log) -> list[str]:
    return [entry.header.subject for entry in log.read(limit=100_000)]


async def until(condition: Callable[[], bool]) -> None:
    """Wait until something has come true."""
    for _ in range(5_000):
        if condition():
            return
        await asyncio.sleep(0.002)
    raise AssertionError("what was waited for did not come true")


def append(writer: Writer, *names: str) -> "asyncio.Task[Appended]":
    """Append from a task of its own."""
    entries = [thing(name) for name in names]
    return asyncio.create_task(writer.append_async(entries, recorded_by="ann"))


def append_in(pool: ThreadPoolExecutor, writer: Writer, *names: str) -> "Future[Appended]":
    """Append from a thread of its own."""
    entries = [thing(name) for name in names]
    return pool.submit(writer.append, entries, recorded_by="ann")


async def cancelled(task: "asyncio.Task[Appended]") -> None:
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


# -- it is a log to whoever appends ------------------------------------------------------------


def test_an_append_has_the_outcome_that_the_log_gives(log: Log, writer: Writer) -> None:
    both = [thing("a"), thing("b")]
    assert writer.append(both, recorded_by="ann", idempotency_key="k", dry_run=True).last == 2
    assert log.head().position == 0
    first = writer.append(both, recorded_by="ann", idempotency_key="k")
    assert first == Appended(1, 2, {"thing/a": 1, "thing/b": 2})
    assert writer.append(both, recorded_by="ann", idempotency_key="k").repeated
    with pytest.raises(IdempotencyConflict):
        writer.append([thing("c")], recorded_by="ann", idempotency_key="k")
    with pytest.raises(UnknownReference):
        writer.append([part("c", "nowhere")], recorded_by="ann")
    with pytest.raises(RevisionConflict):
        writer.append([thing("c")], recorded_by="ann", expected_revisions={"thing/a": 7})
    assert log.head().position == 2


async def test_a_task_has_the_outcome_that_the_log_gives(log: Log, writer: Writer) -> None:
    both = [thing("a"), thing("b")]
    first = await writer.append_async(both, recorded_by="ann", idempotency_key="k")
    assert first == Appended(1, 2, {"thing/a": 1, "thing/b": 2})
    assert (await writer.append_async(both, recorded_by="ann", idempotency_key="k")).repeated
    with pytest.raises(IdempotencyConflict):
        await writer.append_async([thing("c")], recorded_by="ann", idempotency_key="k")
    with pytest.raises(RevisionConflict):
        await writer.append_async(
            [thing("c")], recorded_by="ann", expected_revisions={"thing/a": 7}
        )
    assert (await writer.append_async([thing("c")], recorded_by="ann", dry_run=True)).first == 3
    assert log.head().position == 2


async def test_many_tasks_share_transactions_and_are_all_there_once(path: Path) -> None:
    with closing(SqliteLog(path)) as log:
        door = Door(log)
        door.open.set()
        with Writer(door) as writer:

            async def several(number: int) -> list[int]:
                return [(await append(writer, f"{number}-{n}")).first for n in range(20)]

            firsts = await asyncio.gather(*(several(number) for number in range(64)))
        assert sorted(chain.from_iterable(firsts)) == list(range(1, 64 * 20 + 1))
        assert all(one == sorted(one) for one in firsts)
        assert sum(door.groups) == 64 * 20
        assert len(door.groups) < 64 * 20 / 4
        assert log.verify().entries == 64 * 20


def test_many_threads_are_all_there_once(log: Log, writer: Writer) -> None:
    def several(number: int) -> list[int]:
        names = [f"{number}-{n}" for n in range(20)]
        return [writer.append([thing(name)], recorded_by="ann").first for name in names]

    with ThreadPoolExecutor(16) as pool:
        firsts = list(pool.map(several, range(16)))
    assert sorted(chain.from_iterable(firsts)) == list(range(1, 16 * 20 + 1))
    assert all(one == sorted(one) for one in firsts)
    assert log.verify().entries == 16 * 20


# -- groups ------------------------------------------------------------------------------------


async def test_what_gathers_while_the_disk_is_busy_is_one_group(
    door: Door, pool: ThreadPoolExecutor
) -> None:
    with Writer(door) as writer:
        first = append(writer, "first")
        await until(lambda: door.groups == [1])
        tasks = [append(writer, f"task {n}") for n in range(10)]
        await until(lambda: writer.waiting == 10)
        threads = [append_in(pool, writer, f"thread {n}") for n in range(5)]
        await until(lambda: writer.waiting == 15)
        door.open.set()
        await asyncio.gather(first, *tasks, *map(asyncio.wrap_future, threads))
    assert door.groups == [1, 15]
    assert [task.result().first for task in tasks] == list(range(2, 12))


async def test_tasks_that_come_at_the_same_time_share_each_group(door: Door) -> None:
    door.open.set()
    with Writer(door) as writer:

        async def several(number: int) -> None:
            for count in range(5):
                await append(writer, f"{number}-{count}")

        await asyncio.gather(*(several(number) for number in range(20)))
    assert door.groups == [20] * 5


async def test_tasks_of_a_group_are_woken_by_one_call(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop, calls = asyncio.get_running_loop(), 0
    real = loop.call_soon_threadsafe

    def counted(*arguments: object) -> object:
        nonlocal calls
        calls += 1
        return cast("Callable[..., object]", real)(*arguments)

    with Writer(door) as writer:
        first = append(writer, "first")
        await until(lambda: door.groups == [1])
        tasks = [append(writer, f"task {n}") for n in range(50)]
        await until(lambda: writer.waiting == 50)
        monkeypatch.setattr(loop, "call_soon_threadsafe", counted)
        door.open.set()
        await asyncio.gather(first, *tasks)
    assert door.groups == [1, 50]
    assert calls == 2


def test_tasks_of_several_loops_share_a_group(door: Door, pool: ThreadPoolExecutor) -> None:
    with Writer(door) as writer:
        first = append_in(pool, writer, "first")
        asyncio.run(until(lambda: door.groups == [1]))

        async def appended(name: str) -> Appended:
            return await append(writer, name)

        loops = [pool.submit(asyncio.run, appended(f"loop {n}")) for n in range(3)]
        asyncio.run(until(lambda: writer.waiting == 3))
        door.open.set()
        assert first.result(SOON_SECONDS).first == 1
        assert sorted(one.result(SOON_SECONDS).first for one in loops) == [2, 3, 4]
    assert door.groups == [1, 3]


async def test_a_group_ends_before_it_holds_too_many_entries(door: Door) -> None:
    with Writer(door, group_entries=4) as writer:
        tasks = [append(writer, "first")]
        await until(lambda: door.groups == [1])
        for number, size in enumerate([2, 2, 1, 9, 1]):
            tasks.append(append(writer, *(f"{number}-{place}" for place in range(size))))
        await until(lambda: writer.waiting == 5)
        door.open.set()
        await asyncio.gather(*tasks)
    assert door.groups == [1, 2, 1, 1, 1]
    assert [task.result().first for task in tasks] == [1, 2, 4, 6, 7, 16]


async def test_one_bad_append_in_a_group_harms_nobody_else(door: Door) -> None:
    with Writer(door) as writer:
        first = append(writer, "first")
        await until(lambda: door.groups == [1])
        refused = asyncio.create_task(
            writer.append_async([part("x", "nowhere")], recorded_by="ann")
        )
        others = [append(writer, name) for name in "abc"]
        await until(lambda: writer.waiting == 4)
        door.open.set()
        with pytest.raises(UnknownReference, match="thing/nowhere"):
            await refused
        await asyncio.gather(first, *others)
    assert door.groups == [1, 4]
    assert subjects(door.log) == ["thing/first", "thing/a", "thing/b", "thing/c"]


async def test_an_append_that_makes_the_log_itself_stumble_fails_alone(door: Door) -> None:
    no_bytes = NewEntry("ThingRecorded", 1, "thing/x", cast("bytes", "a text, not bytes"))
    with Writer(door) as writer:
        first = append(writer, "first")
        await until(lambda: door.groups == [1])
        before = append(writer, "before")
        stumbling = asyncio.create_task(writer.append_async([no_bytes], recorded_by="ann"))
        after = append(writer, "after")
        await until(lambda: writer.waiting == 3)
        door.open.set()
        with pytest.raises(TypeError):
            await stumbling
        assert [(await one).first for one in (first, before, after)] == [1, 2, 3]
    assert subjects(door.log) == ["thing/first", "thing/before", "thing/after"]


async def test_a_log_that_fails_tells_each_of_a_group_and_goes_on_later(path: Path) -> None:
    with closing(SqliteLog(path, busy_seconds=0.05)) as log, Writer(log) as writer:
        await append(writer, "a")
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            tasks = [append(writer, f"t{n}") for n in range(5)]
            failures = await asyncio.gather(*tasks, return_exceptions=True)
            other.execute("ROLLBACK")
        assert {type(one) for one in failures} == {LogUnavailable}
        assert {str(one) for one in failures} == {
            f"the log {path} cannot be used: another program writes to it and does not end"
        }
        assert len({id(one) for one in failures}) == 5
        assert (await append(writer, "b")).first == 2


# -- back-pressure -----------------------------------------------------------------------------


@asynccontextmanager
async def full(door: Door, patience_seconds: float = SOON_SECONDS) -> AsyncIterator[Writer]:
    """Give a writer that has taken one append, and whose queue of two is full."""
    with Writer(door, queue_appends=2, patience_seconds=patience_seconds) as writer:
        tasks = [append(writer, "taken")]
        await until(lambda: door.groups == [1])
        tasks += [append(writer, "queued 1"), append(writer, "queued 2")]
        await until(lambda: writer.waiting == 2)
        yield writer
        door.open.set()
        await asyncio.gather(*tasks)


BUSY = (
    "the log is busy: 2 appends wait, and there was no room for another in 0.05 s; nothing was "
    "written, try again later"
)
FULL = ["thing/taken", "thing/queued 1", "thing/queued 2"]


async def test_callers_wait_for_room_in_a_full_queue(door: Door, pool: ThreadPoolExecutor) -> None:
    async with full(door) as writer:
        task = append(writer, "task")
        await until(lambda: writer.waiting == 3)
        thread = append_in(pool, writer, "thread")
        await until(lambda: writer.waiting == 4)
        await asyncio.sleep(0.05)
        assert not task.done()
        assert not thread.done()
        door.open.set()
        assert (await task).first == 4
        assert (await asyncio.wrap_future(thread)).first == 5
    assert door.groups == [1, 2, 2]
    assert subjects(door.log) == [*FULL, "thing/task", "thing/thread"]


async def test_who_finds_no_room_in_good_time_is_told_so(
    door: Door, pool: ThreadPoolExecutor
) -> None:
    async with full(door, patience_seconds=0.05) as writer:
        refusals = await asyncio.gather(
            append(writer, "task"),
            asyncio.wrap_future(append_in(pool, writer, "thread")),
            return_exceptions=True,
        )
        assert {type(one) for one in refusals} == {LogBusy}
        assert {str(one) for one in refusals} == {BUSY}
    assert subjects(door.log) == FULL


async def test_who_got_into_the_queue_waits_as_long_as_it_takes(door: Door) -> None:
    async with full(door, patience_seconds=0.05):
        await asyncio.sleep(0.2)
    assert subjects(door.log) == FULL


async def test_who_was_let_into_the_queue_is_patient_as_well(
    door: Door, pool: ThreadPoolExecutor
) -> None:
    with Writer(door, queue_appends=2, patience_seconds=0.3) as writer:
        taken = append(writer, "taken")
        await until(lambda: door.groups == [1])
        queued = [append(writer, "queued 1"), append(writer, "queued 2")]
        await until(lambda: writer.waiting == 2)
        task = append(writer, "task")
        await until(lambda: writer.waiting == 3)
        thread = append_in(pool, writer, "thread")
        await until(lambda: writer.waiting == 4)
        for one in queued:
            await cancelled(one)
        await asyncio.sleep(0.4)
        door.open.set()
        assert [(await one).first for one in (taken, task)] == [1, 2]
        assert (await asyncio.wrap_future(thread)).first == 3


# -- giving up ---------------------------------------------------------------------------------


async def test_an_append_that_is_cancelled_while_it_waits_is_never_written(door: Door) -> None:
    async with full(door) as writer:
        outside = append(writer, "outside")
        await until(lambda: writer.waiting == 3)
        await cancelled(outside)
        assert writer.waiting == 2
    assert subjects(door.log) == FULL


async def test_an_append_that_is_cancelled_in_the_queue_makes_room_for_another(door: Door) -> None:
    with Writer(door, queue_appends=1) as writer:
        taken = append(writer, "taken")
        await until(lambda: door.groups == [1])
        queued, outside = append(writer, "queued"), append(writer, "outside")
        await until(lambda: writer.waiting == 2)
        await cancelled(queued)
        door.open.set()
        assert ((await taken).first, (await outside).first) == (1, 2)
    assert door.groups == [1, 1]
    assert subjects(door.log) == ["thing/taken", "thing/outside"]


async def test_an_append_that_is_cancelled_while_it_is_written_is_there_whole(door: Door) -> None:
    with Writer(door) as writer:
        task = append(writer, "a", "b", "c")
        await until(lambda: door.groups == [1])
        await cancelled(task)
        door.open.set()
        assert (await append(writer, "d")).first == 4
    assert subjects(door.log) == ["thing/a", "thing/b", "thing/c", "thing/d"]


async def test_what_is_withdrawn_just_before_it_is_taken_leaves_the_writer_at_work(
    door: Door, pool: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a group of threads the writer lets others run between waking and taking."""
    loop, withdrawn = asyncio.get_running_loop(), threading.Event()
    with Writer(door) as writer:
        first = append(writer, "first")
        await until(lambda: door.groups == [1])
        threads = [append_in(pool, writer, name) for name in ("left", "right")]
        await until(lambda: writer.waiting == 2)
        door.open.set()
        await asyncio.gather(first, *map(asyncio.wrap_future, threads))

        def meanwhile(_: float) -> None:
            loop.call_soon_threadsafe(task.cancel)
            assert withdrawn.wait(SOON_SECONDS)

        monkeypatch.setattr("eventlog.writer.time.sleep", meanwhile)
        task = append(writer, "withdrawn")
        await until(task.done)
        withdrawn.set()
        await asyncio.sleep(0.1)  # in which the writer finds nothing to take
        async with asyncio.timeout(SOON_SECONDS):
            assert (await append(writer, "last")).first == 4


async def test_a_time_limit_ends_a_wait_and_leaves_nothing_half_done(door: Door) -> None:
    async with full(door) as writer:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await writer.append_async([thing("late")], recorded_by="ann")
    assert subjects(door.log) == FULL


async def test_a_thread_that_is_interrupted_while_it_waits_has_written_nothing(door: Door) -> None:
    async with full(door) as writer:
        main = threading.get_ident()
        timer = threading.Timer(0.1, signal.pthread_kill, (main, signal.SIGINT))
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            timer.start()
            with pytest.raises(KeyboardInterrupt):
                writer.append([thing("interrupted")], recorded_by="ann")
        finally:
            timer.join()
            signal.signal(signal.SIGINT, before)
        assert writer.waiting == 2
    assert subjects(door.log) == FULL


async def test_whoever_gives_up_at_any_moment_leaves_nothing_half_done(log: Log) -> None:
    dice = random.Random(6)  # noqa: S311 - no secret
    with Writer(log, queue_appends=4) as writer:
        tasks: list[asyncio.Task[Appended]] = []
        for number in range(400):
            tasks.append(append(writer, f"{number}-left", f"{number}-right"))
            if dice.random() < 0.5:
                dice.choice(tasks).cancel()
            await asyncio.sleep(dice.choice([0, 0, 0.0005]))
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
        await append(writer, "end")
    kept = subjects(log)[:-1]
    numbers = [one.partition("-")[0] for one in kept]
    assert kept == [f"{one}-{side}" for one in numbers[::2] for side in ("left", "right")]
    assert len(set(kept)) == len(kept)
    acknowledged = [f"thing/{n}" for n, one in enumerate(outcomes) if isinstance(one, Appended)]
    assert set(acknowledged) <= set(numbers)
    assert {type(one) for one in outcomes} == {Appended, asyncio.CancelledError}
    assert len(set(numbers)) < 400  # some were withdrawn in time
    assert log.verify().entries == len(kept) + 1


def test_a_loop_that_is_gone_stops_nobody_else(door: Door) -> None:
    with Writer(door) as writer:
        loop = asyncio.new_event_loop()

        async def begin() -> "asyncio.Task[Appended]":
            task = append(writer, "a")
            await until(lambda: door.groups == [1])
            return task

        task = loop.run_until_complete(begin())
        loop.call_soon(task.cancel)  # so that nobody misses it
        loop.run_until_complete(asyncio.wait([task]))
        loop.close()
        door.open.set()
        assert writer.append([thing("b")], recorded_by="ann").first == 2


# -- closing -----------------------------------------------------------------------------------


async def test_closing_finishes_what_was_taken_and_refuses_the_rest(
    door: Door, pool: ThreadPoolExecutor
) -> None:
    writer = Writer(door, queue_appends=2)
    taken = append(writer, "taken")
    await until(lambda: door.groups == [1])
    rest = [append(writer, "queued"), append(writer, "queued too"), append(writer, "outside")]
    await until(lambda: writer.waiting == 3)
    thread = append_in(pool, writer, "thread")
    await until(lambda: writer.waiting == 4)
    closed = pool.submit(writer.close)
    refused = await asyncio.gather(*rest, asyncio.wrap_future(thread), return_exceptions=True)
    assert {(type(one), str(one)) for one in refused} == {
        (LogClosed, "the log's writer has been closed; nothing was written")
    }
    assert not closed.done()
    door.open.set()
    assert (await taken).first == 1
    await asyncio.wrap_future(closed)
    assert subjects(door.log) == ["thing/taken"]


async def test_a_closed_writer_takes_nothing_and_leaves_the_log_open(log: Log) -> None:
    writer = Writer(log)
    writer.close()
    writer.close()
    with pytest.raises(LogClosed):
        writer.append([thing("a")], recorded_by="ann")
    with pytest.raises(LogClosed):
        await writer.append_async([thing("a")], recorded_by="ann")
    assert not [one for one in threading.enumerate() if one.name == "log writer"]
    record(log, "b")
    assert subjects(log) == ["thing/b"]
