"""Many threads and several programs at one log."""

import subprocess
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import TypeVar

from eventlog import Appended, Log
from eventlog.errors import IdempotencyConflict
from eventlog.sqlite import SqliteLog
from tests.eventlog.appender import APPEND_SIZE
from tests.eventlog.examples import thing
from tests.eventlog.programs import started_at_once

THREADS = 8
Outcome = TypeVar("Outcome")


def at_once(action: Callable[[int], Outcome]) -> list[Outcome]:
    """Run an action in several threads that start together, each with its number."""
    start = threading.Barrier(THREADS)

    def started(number: int) -> Outcome:
        start.wait()
        return action(number)

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(started, range(THREADS)))


# -- threads -----------------------------------------------------------------------------------


def test_threads_with_one_key_append_once(log: Log) -> None:
    def append(_: int) -> Appended:
        return log.append([thing("a"), thing("b")], recorded_by="ann", idempotency_key="k")

    outcomes = at_once(append)
    assert sorted(one.repeated for one in outcomes) == [False] + [True] * (THREADS - 1)
    assert {(one.first, one.last) for one in outcomes} == {(1, 2)}
    assert log.head().position == 2


def test_threads_with_one_key_and_different_entries_append_once(log: Log) -> None:
    def append(number: int) -> int | None:
        try:
            log.append([thing(f"t{number}")], recorded_by="ann", idempotency_key="k")
        except IdempotencyConflict:
            return None
        return number

    (winner,) = [number for number in at_once(append) if number is not None]
    assert [entry.header.subject for entry in log.read()] == [f"thing/t{winner}"]


def test_threads_recording_the_same_thing_record_it_once(log: Log) -> None:
    outcomes = at_once(lambda _: log.append([thing("a")], recorded_by="ann"))
    assert sorted(one.first for one in outcomes) == [0] * (THREADS - 1) + [1]
    assert log.head().position == 1


def test_readers_see_whole_appends_in_order_while_threads_append(log: Log) -> None:
    done = threading.Event()
    seen: list[int] = []

    def follow() -> None:
        last = False
        while not last:
            last = done.is_set()
            entries = log.read(len(seen), limit=7, whole_appends=True)
            assert not entries or entries[-1].ends_append
            last = last and not entries
            seen.extend(entry.position for entry in entries)

    def append(number: int) -> None:
        for count in range(20):
            names = [f"{number}-{count}-{place}" for place in range(1 + count % 3)]
            log.append([thing(name) for name in names], recorded_by=f"thread {number}")

    with ThreadPoolExecutor(1) as pool:
        reader = pool.submit(follow)
        try:
            at_once(append)
        finally:
            done.set()
        reader.result()
    total = THREADS * sum(1 + count % 3 for count in range(20))
    assert seen == list(range(1, total + 1))
    assert log.verify().entries == total


def test_a_new_file_is_made_once_by_whoever_opens_it_first(tmp_path: Path) -> None:
    for attempt in range(5):
        path = tmp_path / str(attempt) / "log.sqlite3"

        def opened(_: int, path: Path = path) -> str:
            with closing(SqliteLog(path)) as log:
                return log.log_id

        assert len(set(at_once(opened))) == 1


# -- programs ----------------------------------------------------------------------------------


def appending(path: Path, names: Sequence[str], appends: int) -> "list[subprocess.Popen[str]]":
    """Start a program for each name."""
    arguments = [(str(path), name, str(appends)) for name in names]
    return started_at_once("tests.eventlog.appender", arguments)


def acknowledged(output: str) -> dict[int, int]:
    """Return first positions by the number of their append, of the lines that are whole."""
    lines = [line.split() for line in output.splitlines(keepends=True) if line.endswith("\n")]
    return {int(number): int(first) for number, first in lines}


def test_two_programs_append_to_one_file_without_a_gap(path: Path) -> None:
    programs = appending(path, ["left", "right"], 200)
    outputs = [program.communicate(timeout=60)[0] for program in programs]
    assert [program.returncode for program in programs] == [0, 0]
    with closing(SqliteLog(path)) as log:
        entries = list(log.entries())
        assert [one.position for one in entries] == list(range(1, 2 * 200 * APPEND_SIZE + 1))
        assert log.verify().entries == len(entries)
    firsts = [first for output in outputs for first in acknowledged(output).values()]
    assert sorted(firsts) == [one.position for one in entries if one.position % APPEND_SIZE == 1]
    times = [one.header.recorded_at for one in entries]
    assert times == sorted(times)


def test_programs_with_the_same_keys_append_once(path: Path) -> None:
    programs = appending(path, ["same", "same"], 50)
    first, second = (acknowledged(one.communicate(timeout=60)[0]) for one in programs)
    assert first == second
    assert len(first) == 50
    with closing(SqliteLog(path)) as log:
        assert log.head().position == 50 * APPEND_SIZE
