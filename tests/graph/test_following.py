"""Following a log: an event loop is woken when the log grows, and never held up."""

import asyncio
import threading
import time
from contextlib import closing
from pathlib import Path

from eventlog import NewEntry
from eventlog.errors import LogUnavailable
from eventlog.sqlite import SqliteLog
from graph.following import following

SOON_SECONDS = 10.0


def append(log: SqliteLog, name: str) -> None:
    log.append([NewEntry("ThingRecorded", 1, f"thing/{name}", b"")], recorded_by="ann")


def followers() -> list[threading.Thread]:
    return [one for one in threading.enumerate() if one.name == "log follower"]


async def woken(grown: asyncio.Event) -> None:
    async with asyncio.timeout(SOON_SECONDS):
        await grown.wait()
    grown.clear()


async def test_a_loop_is_woken_by_what_this_and_another_program_append(log: SqliteLog) -> None:
    grown = asyncio.Event()
    with closing(SqliteLog(log.path)) as other, following(log, grown.set):
        await woken(grown)
        await asyncio.to_thread(append, log, "a")
        await woken(grown)
        await asyncio.to_thread(append, other, "b")
        await woken(grown)
        await asyncio.sleep(0.2)
        assert not grown.is_set()


def test_who_stops_following_is_not_held_up(log: SqliteLog) -> None:
    async def follow() -> None:
        grown = asyncio.Event()
        with following(log, grown.set):
            await woken(grown)
            await asyncio.sleep(0.1)  # the thread waits again

    start = time.monotonic()
    asyncio.run(follow())
    assert time.monotonic() - start < 0.6
    append(log, "a")
    for thread in followers():
        thread.join(SOON_SECONDS)
    assert not followers()


async def test_the_thread_ends_with_the_log(tmp_path: Path) -> None:
    log = SqliteLog(tmp_path / "log.sqlite3")
    grown = asyncio.Event()
    with following(log, grown.set):
        await woken(grown)
        log.close()
        for thread in followers():
            await asyncio.to_thread(thread.join, SOON_SECONDS)
        assert not followers()


class Failing:
    """A log that fails the first time it is asked, and then ends at position 1."""

    def __init__(self) -> None:
        self.asked = 0

    def wait_beyond(self, position: int, timeout_seconds: float) -> int:
        """Fail, or wait in vain."""
        self.asked += 1
        if self.asked == 1:
            raise LogUnavailable("the log cannot be used")
        if position >= 1:
            time.sleep(timeout_seconds)
        return 1


async def test_a_log_that_fails_is_followed_again_and_the_loop_may_look_why() -> None:
    twice, log = asyncio.Semaphore(0), Failing()
    with following(log, twice.release):
        async with asyncio.timeout(SOON_SECONDS):
            await twice.acquire()  # for the failure
            await twice.acquire()  # for what was appended meanwhile
    assert log.asked >= 2
