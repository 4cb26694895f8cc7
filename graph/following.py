"""Following a log from an event loop: a thread waits for entries, and wakes the loop."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Protocol

from eventlog.errors import LogClosed, LogError

WAIT_SECONDS = 1.0
"""How long the thread may outlast whoever follows; nobody waits for that."""


class WaitableLog(Protocol):
    """What following needs of a log."""

    def wait_beyond(self, position: int, timeout_seconds: float) -> int:
        """Wait until the log goes beyond a position, or the time is over; return where it ends."""
        ...


@contextmanager
def following(log: WaitableLog, wake: Callable[[], None]) -> Iterator[None]:
    """Call ``wake`` in the running event loop at first and whenever the log has grown.

    While the log fails ``wake`` is called now and then: whoever reads the log learns why.
    """
    follower = _Follower(log, wake)
    threading.Thread(target=follower.run, name="log follower", daemon=True).start()
    try:
        yield
    finally:
        follower.stopped.set()


class _Follower:
    def __init__(self, log: WaitableLog, wake: Callable[[], None]) -> None:
        self.stopped = threading.Event()
        self._log = log
        self._wake = wake
        self._loop = asyncio.get_running_loop()

    def run(self) -> None:
        position = -1
        while not self.stopped.is_set():
            try:
                end = self._log.wait_beyond(position, WAIT_SECONDS)
            except LogClosed:
                return
            except LogError:
                self.stopped.wait(WAIT_SECONDS)
                self._tell()
            else:
                if end > position:
                    position = end
                    self._tell()

    def _tell(self) -> None:
        with suppress(RuntimeError):  # the loop was closed, and nobody follows any more
            self._loop.call_soon_threadsafe(self._wake)
