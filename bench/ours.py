"""Our logs, to which tasks or threads append."""

import asyncio
import time
from collections.abc import Sequence
from uuid import uuid4

from bench.measuring import seconds_of_threads
from eventlog import Log, NewEntry
from eventlog.log import GroupAppending
from eventlog.writer import Writer


class Ours:
    """A log to which callers append: one at it alone, more of them by a writer before it."""

    def __init__(self, log: Log, payload: bytes) -> None:
        self._log: GroupAppending = log
        self._append = log.append
        self._payload = payload

    def rate(self, calls: int, batch: int = 1) -> float:
        """Let one caller append so many times; return events a second."""
        work = self._work(1, calls, batch)[0]
        began = time.perf_counter()
        for entries in work:
            self._append(entries, recorded_by="bench")
        return calls * batch / (time.perf_counter() - began)

    def rate_of_threads(self, callers: int, calls: int) -> float:
        """Let each of some threads append so many times; return events a second."""

        def several(work: Sequence[Sequence[NewEntry]]) -> None:
            for entries in work:
                writer.append(entries, recorded_by="bench")

        with Writer(self._log) as writer:
            seconds = seconds_of_threads(several, self._work(callers, calls, 1))
        return callers * calls / seconds

    def rate_of_tasks(self, callers: int, calls: int) -> float:
        """Let each of some tasks of an event loop append so many times; return events a second."""

        async def several(work: Sequence[Sequence[NewEntry]]) -> None:
            for entries in work:
                await writer.append_async(entries, recorded_by="bench")

        async def all_of_them() -> float:
            work = self._work(callers, calls, 1)
            began = time.perf_counter()
            await asyncio.gather(*map(several, work))
            return callers * calls / (time.perf_counter() - began)

        with Writer(self._log) as writer:
            return asyncio.run(all_of_them())

    def _work(self, callers: int, calls: int, batch: int) -> list[list[list[NewEntry]]]:
        return [
            [[self._entry() for _ in range(batch)] for _ in range(calls)] for _ in range(callers)
        ]

    def _entry(self) -> NewEntry:
        return NewEntry("ThingRecorded", 1, f"thing/{uuid4().hex}", self._payload)
