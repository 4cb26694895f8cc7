"""Looking at the state again and again: how fast the graph follows, and how long it still takes."""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass

from eventlog.errors import LogUnavailable
from onrecord.settings import Settings
from onrecord.state import State, read_state

WINDOW_SECONDS = 15.0
"""How far back one looks to tell how fast the graph follows."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How many entries a second the graph takes, and when it has them all; None is not known.

    ``seconds_left`` is None as well while the log grows as fast as the graph does.
    """

    entries_per_second: float | None = None
    seconds_left: float | None = None


class Pacer:
    """Measures how fast the graph follows, while it is behind."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, int, int]] = deque()  # when, lag, the graph's position

    def see(self, now: float, lag: int | None, position: int | None) -> Pace:
        """Take note of what is seen at a time in seconds, and return the pace of the last ones."""
        if not lag or position is None:
            self._seen.clear()
            return Pace()
        if self._seen and position < self._seen[-1][2]:
            self._seen.clear()  # another graph, or one that is made anew
        self._seen.append((now, lag, position))
        while now - self._seen[0][0] > WINDOW_SECONDS and len(self._seen) > 2:
            self._seen.popleft()
        return self._pace()

    def _pace(self) -> Pace:
        (began, lag_then, position_then), (now, lag, position) = self._seen[0], self._seen[-1]
        if now <= began:
            return Pace()
        shrinks = (lag_then - lag) / (now - began)
        left = lag / shrinks if shrinks > 0 else None
        return Pace((position - position_then) / (now - began), left)


@dataclass(frozen=True, slots=True)
class Look:
    """What was seen: a state and its pace, or why the log could not be read."""

    state: State | None
    pace: Pace = Pace()
    trouble: str | None = None


async def looks(settings: Settings, interval_seconds: float) -> AsyncIterator[Look]:
    """Look for ever, so many seconds after each look; what is away may come back.

    :raises NoLog: there is no log.
    """
    pacer = Pacer()
    while True:
        try:
            state = await read_state(settings)
        except LogUnavailable as error:
            yield Look(None, trouble=str(error))
        else:
            position = None if state.graph is None else state.graph.position
            yield Look(state, pacer.see(time.monotonic(), state.lag, position))
        await asyncio.sleep(interval_seconds)
