"""Waiting for entries: one session listens for all who wait, and looks itself now and then."""

import selectors
import socket
import threading
import time
from contextlib import closing

from psycopg import sql

from eventlog.errors import LogClosed, LogUnavailable
from eventlog.postgres.connection import QUERIES, Address, Session, failures

POLL_SECONDS = 5.0
"""How often the session looks although nobody told it anything, in case that got lost."""


class Listener:
    """Knows where a log ends as soon as somebody appended to it; begins when somebody waits.

    A thread of its own listens. If its session breaks, all who wait are told so, and whoever waits
    next has another one begun.
    """

    def __init__(self, address: Address, channel: str) -> None:
        self._address, self._channel = address, channel
        self._changed = threading.Condition()
        self._end = 0
        self._thread: threading.Thread | None = None
        self._failures = 0
        self._failure: Exception | None = None
        self._closed = False
        self._wake, self._woken = socket.socketpair()

    def heard(self, end: int) -> None:
        """Tell those who wait where the log ends."""
        with self._changed:
            if end > self._end:
                self._end = end
                self._changed.notify_all()

    def wait_beyond(self, position: int, timeout_seconds: float) -> int:
        """Wait until the log goes beyond a position, or the time is over; return what was heard.

        :raises LogUnavailable: the session broke or was closed.
        """
        with self._changed:
            if self._thread is None and not self._closed:
                self._thread = threading.Thread(target=self._run, name="onrecord-listener")
                self._thread.daemon = True
                self._thread.start()
            before = self._failures
            self._changed.wait_for(
                lambda: self._end > position or self._closed or self._failures > before,
                timeout_seconds,
            )
            if self._closed:
                raise LogClosed(f"the log {self._address.name} was closed")
            if self._failures > before:
                raise LogUnavailable(str(self._failure)) from self._failure
            return self._end

    def close(self) -> None:
        """End the thread and all waiting; closing twice does nothing more."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
            thread = self._thread
        self._wake.close()
        if thread is not None:
            thread.join()
        self._woken.close()

    def _run(self) -> None:
        try:
            with failures(self._address), closing(self._address.connect()) as session:
                channel = sql.Identifier(self._channel)
                session.execute(sql.SQL("LISTEN {}").format(channel))
                self._listen(session)
        except Exception as failure:  # noqa: BLE001 - whoever waits has to be told
            with self._changed:
                self._thread, self._failure = None, failure
                self._failures += 1
                self._changed.notify_all()

    def _listen(self, session: Session) -> None:
        with selectors.DefaultSelector() as selector:
            for source in (session, self._woken):
                selector.register(source, selectors.EVENT_READ)
            while not self._closed:
                self._look(session)
                deadline = time.monotonic() + POLL_SECONDS
                while (left := deadline - time.monotonic()) > 0 and not self._closed:
                    if list(session.notifies(timeout=0)):  # what came with an answer, too
                        break
                    selector.select(left)

    def _look(self, session: Session) -> None:
        """See where the log ends: anybody can send a word, and a log that failed over is shorter."""
        row = session.execute(QUERIES["head"]).fetchone()
        with self._changed:
            self._end = 0 if row is None else row[0]
            self._changed.notify_all()
