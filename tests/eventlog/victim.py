"""A program that appends to a log from many tasks until it is killed, and tells of each append.

It tells what it asks before it asks, and what it was answered, by the lines of :class:`Told`; what
it wrote into the pipe before it was killed can still be read from it.
"""

import asyncio
import time
from enum import StrEnum
from multiprocessing.connection import Connection
from pathlib import Path

from eventlog import Log, NewEntry
from eventlog.errors import LogUnavailable, OutcomeUnknown
from eventlog.postgres import PostgresLog
from eventlog.sqlite import SqliteLog
from eventlog.writer import Writer
from tests.eventlog.examples import edge, thing

TASKS = 8
MOST_ENTRIES = 3
PATIENCE_SECONDS = 2.0
RECORDED_BY = "victim"
_PAUSE_SECONDS = 0.05


class Told(StrEnum):
    """What is told of an append; each with its key, and if it was acknowledged its positions."""

    ASKED = "asked"
    ACKNOWLEDGED = "acknowledged"
    NOT_WRITTEN = "not written"
    UNKNOWN = "unknown"


Line = tuple[Told, str, int, int]


def entries_of(key: str) -> list[NewEntry]:
    """Return what is appended under a key: one to three things, each about the one before it."""
    count = 1 + int(key.rpartition("-")[2]) % MOST_ENTRIES
    names = [f"{key}-{place}" for place in range(count)]
    first, *others = names
    about = zip(others, names, strict=False)
    return [thing(first), *(thing(one, key, edge(one, "about", other)) for one, other in about)]


def opened(place: Path | str) -> Log:
    """Open the log in a file, or in PostgreSQL."""
    if isinstance(place, Path):
        return SqliteLog(place)
    return PostgresLog(place, patience_seconds=PATIENCE_SECONDS)


def append_until_killed(place: Path | str, name: str, pipe: "Connection[Line, None]") -> None:
    """Append to a log and tell of it; never ends by itself."""
    while True:
        try:
            log = opened(place)
        except LogUnavailable:  # the server was killed, and is on its way back
            time.sleep(_PAUSE_SECONDS)
            continue
        asyncio.run(_appending(log, name, pipe))


async def _appending(log: Log, name: str, pipe: "Connection[Line, None]") -> None:
    with Writer(log) as writer:
        await asyncio.gather(*(_several(writer, f"{name}-{task}", pipe) for task in range(TASKS)))


async def _several(writer: Writer, name: str, pipe: "Connection[Line, None]") -> None:
    number = 0
    while True:
        number += 1
        key = f"{name}-{number}"
        pipe.send((Told.ASKED, key, 0, 0))
        pipe.send(await _told(writer, key))


async def _told(writer: Writer, key: str) -> Line:
    try:
        outcome = await writer.append_async(
            entries_of(key), recorded_by=RECORDED_BY, idempotency_key=key
        )
    except LogUnavailable as error:
        await asyncio.sleep(_PAUSE_SECONDS)
        unknown = isinstance(error, OutcomeUnknown)
        return Told.UNKNOWN if unknown else Told.NOT_WRITTEN, key, 0, 0
    return Told.ACKNOWLEDGED, key, outcome.first, outcome.last
