"""Durable appends of one event a call and in batches, beside `eventsourcing` on the same engines.

Both sides append payloads of the same size under fresh random ids, to files on the same disk and to
the same server; ours also looks whether the ids are on record, and makes a hash chain. Theirs are
measured with as many threads as there are callers and with one alone, and the faster of the two
counts in each round.

All begin with some events, so that the write-ahead log of SQLite has reached its size: as long as
a file grows, a commit waits for the file system as well. How much shared commits bring depends on
how long one waits for the disk, which is told first. Arguments: sqlite, postgresql, or both.
"""

import os
import secrets
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager as Context
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from statistics import median
from uuid import uuid4

from bench.measuring import compare
from bench.ours import Ours
from bench.theirs import Theirs, postgres_recorder, sqlite_recorder
from eventlog import Log
from eventlog.postgres import PostgresLog
from eventlog.sqlite import SqliteLog
from tests.postgres import new_place, running_server

PAYLOAD = secrets.token_bytes(300)
EVENTS = {1: 600, 8: 2_400, 64: 6_400}
"""How many events a measurement appends, by the number of callers."""
TARGETS = {1: 1, 8: 5, 64: 12}
BATCHES, BATCH = 100, 100
BATCHES_BEFORE = 60
SYNCS, PAGE = 200, 4096

OpenOurs = Callable[[], Context[Log]]
OpenTheirs = Callable[[int], Context[Theirs]]


def on_engine(name: str, ours: OpenOurs, theirs: OpenTheirs, target_of_batches: int) -> None:
    """Measure all targets on one engine."""
    for callers in EVENTS:
        one_a_call(name, ours, theirs, callers)
    with begun_ours(ours) as own, begun_theirs(theirs, 1) as recorder:
        compare(
            f"{name}, batches of {BATCH}",
            partial(own.rate, BATCHES, BATCH),
            [partial(recorder.rate, 1, BATCHES, BATCH)],
            target_of_batches,
        )


def one_a_call(name: str, ours: OpenOurs, theirs: OpenTheirs, callers: int) -> None:
    """Measure appends of one event by so many callers, each way of calling us on its own."""
    calls = EVENTS[callers] // callers
    ways: dict[str, Callable[[Ours], float]] = {
        "tasks": lambda side: side.rate_of_tasks(callers, calls),
        "threads": lambda side: side.rate_of_threads(callers, calls),
    }
    if callers == 1:
        ways = {"without a writer": lambda side: side.rate(calls), **ways}
    for way, rate in ways.items():
        with (
            begun_ours(ours) as own,
            begun_theirs(theirs, 1) as alone,
            begun_theirs(theirs, callers) as together,
        ):
            others = [partial(alone.rate, 1, EVENTS[1])]
            if callers > 1:
                others.append(partial(together.rate, callers, calls))
            named = f"{name}, {callers} {'caller' if callers == 1 else 'callers'} ({way})"
            compare(named, partial(rate, own), others, TARGETS[callers])


@contextmanager
def begun_ours(open_one: OpenOurs) -> Iterator[Ours]:
    """Open a log of ours, with some events."""
    with open_one() as log:
        ours = Ours(log, PAYLOAD)
        ours.rate(BATCHES_BEFORE, BATCH)
        yield ours


@contextmanager
def begun_theirs(open_one: OpenTheirs, callers: int) -> Iterator[Theirs]:
    """Open a recorder of theirs, with some events."""
    with open_one(callers) as theirs:
        theirs.rate(1, BATCHES_BEFORE, BATCH)
        yield theirs


def tell_machine() -> None:
    """Print what the ratios depend on: how long a commit waits for the disk, and the load."""
    seconds = []
    with tempfile.TemporaryFile(buffering=0) as file:
        file.write(bytes(PAGE * SYNCS))
        os.fsync(file.fileno())
        for number in range(SYNCS):
            os.pwrite(file.fileno(), secrets.token_bytes(PAGE), number * PAGE)
            began = time.perf_counter()
            os.fdatasync(file.fileno())
            seconds.append(time.perf_counter() - began)
    print(
        f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}; "
        f"the disk takes {median(seconds) * 1000:.2f} ms to keep a page",
        flush=True,
    )


@contextmanager
def postgres_log(url: str) -> Iterator[PostgresLog]:
    """Open a log in a place of its own."""
    with closing(PostgresLog(new_place(url))) as log:
        yield log


def on_sqlite() -> None:
    """Measure in files of one folder."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        on_engine(
            "SQLite",
            lambda: closing(SqliteLog(folder / f"{uuid4()}.sqlite3")),
            lambda callers: sqlite_recorder(folder, callers, PAYLOAD),
            target_of_batches=1,
        )


def on_postgresql() -> None:
    """Measure on one server."""
    with running_server() as server:
        on_engine(
            "PostgreSQL",
            lambda: postgres_log(server.url),
            lambda callers: postgres_recorder(server.url, callers, PAYLOAD),
            target_of_batches=2,
        )


ENGINES = {"sqlite": on_sqlite, "postgresql": on_postgresql}


def main() -> None:
    """Measure the engines that were named."""
    for engine in sys.argv[1:] or ENGINES:
        tell_machine()
        ENGINES[engine]()


if __name__ == "__main__":
    main()
