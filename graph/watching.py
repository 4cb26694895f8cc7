"""What is told of the live projector while it works: to whoever counts it or waits for it."""

import asyncio
from contextlib import suppress
from typing import Protocol

from graph.errors import DamagedGraph


class ProjectionWatcher(Protocol):
    """Is told what a projector does. Its methods return at once, and raise nothing."""

    def applied(self, position: int, entries: int, seconds: float) -> None:
        """Take note of a batch: where the graph is now, how much it was, how long it took."""
        ...

    def caught_up(self, position: int) -> None:
        """Take note that the graph has all that the log has, up to a position."""
        ...

    def waits(self, error: Exception) -> None:
        """Take note that a batch failed, and is tried again a little later."""
        ...

    def mends(self, error: DamagedGraph) -> None:
        """Take note that the graph lacks something, and is put right from the log."""
        ...

    def mended(self, differences: int) -> None:
        """Take note that it was put right, and how much was wrong."""
        ...


class Unwatched:
    """Takes no note of anything."""

    def applied(self, position: int, entries: int, seconds: float) -> None:
        """Take no note of a batch."""

    def caught_up(self, position: int) -> None:
        """Take no note of having caught up."""

    def waits(self, error: Exception) -> None:
        """Take no note of a failure."""

    def mends(self, error: DamagedGraph) -> None:
        """Take no note of damage."""

    def mended(self, differences: int) -> None:
        """Take no note of what was wrong."""


class Arrivals(Unwatched):
    """Wakes those who wait for what a projector brings, in the event loop that it runs in.

    Other processes may bring it as well, so nobody who waits may do so without an end.
    """

    def __init__(self) -> None:
        self.count = 0
        self._position = -1
        self._next = asyncio.Event()

    def applied(self, position: int, entries: int, seconds: float) -> None:
        """Wake them: a batch is there."""
        self._arrived(position)

    def caught_up(self, position: int) -> None:
        """Wake them, if others brought something: what the log has is there."""
        self._arrived(position)

    def mended(self, differences: int) -> None:
        """Wake them: the graph may be asked again, though it is where it was."""
        self._wake()

    def _arrived(self, position: int) -> None:
        if position == self._position:
            return
        self._position = position
        self._wake()

    def _wake(self) -> None:
        self.count += 1
        arrived, self._next = self._next, asyncio.Event()
        arrived.set()

    async def beyond(self, count: int, timeout_seconds: float) -> None:
        """Wait until there were more than so many, or the time is over."""
        if self.count > count:
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout_seconds):
                await self._next.wait()
