"""Group commit: callers at the same time share one durable transaction.

One thread takes what waits, without any delay of its own, and appends it as a group; while it
waits for the disk, the next group gathers. So the more callers there are, the less each costs.
"""

import asyncio
import threading
import time
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Self

from eventlog.entries import NOTHING_SEEN, Append, Appended, NewEntry, Seen
from eventlog.errors import LogBusy, LogClosed, LogUnavailable
from eventlog.log import GroupAppending

QUEUE_APPENDS = 1024
GROUP_ENTRIES = 2_000
PATIENCE_SECONDS = 30.0

Outcome = Appended | BaseException


class _Call:
    """A caller that waits for its outcome: a task, which has a future, or a thread."""

    __slots__ = ("append", "future", "outcome", "returned")

    def __init__(self, append: Append, future: "asyncio.Future[None] | None" = None) -> None:
        self.append = append
        self.future = future
        self.outcome: Outcome | None = None
        self.returned = threading.Lock()
        self.returned.acquire()  # the writer releases it

    def result(self) -> Appended:
        assert self.outcome is not None
        if isinstance(self.outcome, BaseException):
            raise self.outcome
        return self.outcome


class Writer:
    """Appends to one log for many callers, in the order in which they came.

    At most ``queue_appends`` wait in the queue. When it is full callers wait for room, and after
    ``patience_seconds`` are told that the log is busy. A group ends before it would hold more
    than ``group_entries`` entries; a larger append is a group of its own.

    A caller that gives up (its task is cancelled, its thread interrupted) has appended nothing if
    its append was still waiting; if it was being written, it is appended whole.

    Whoever opened the log closes it, after the writer.
    """

    def __init__(
        self,
        log: GroupAppending,
        *,
        queue_appends: int = QUEUE_APPENDS,
        group_entries: int = GROUP_ENTRIES,
        patience_seconds: float = PATIENCE_SECONDS,
    ) -> None:
        self._log = log
        self._queue_appends = queue_appends
        self._group_entries = group_entries
        self._patience_seconds = patience_seconds
        self._changed = threading.Condition(threading.Lock())
        self._queue: deque[_Call] = deque()
        self._outside: deque[_Call] = deque()  # those for whom the queue has no room yet
        self._telling: set[asyncio.AbstractEventLoop] = set()
        self._closed = False
        self._threads = 0  # in the last group
        self._thread = threading.Thread(target=self._write, name="log writer", daemon=True)
        self._thread.start()

    def append(
        self,
        entries: Sequence[NewEntry],
        *,
        recorded_by: str,
        idempotency_key: str | None = None,
        expected_revisions: Mapping[str, int] | None = None,
        dry_run: bool = False,
        seen: Seen = NOTHING_SEEN,
    ) -> Appended:
        """Append entries, all or none, and wait for it; see :meth:`eventlog.log.Log.append`.

        :raises LogBusy: the queue stayed full; nothing was written.
        :raises LogClosed: the writer was closed; nothing was written.
        """
        expected = expected_revisions or {}
        call = _Call(Append(tuple(entries), recorded_by, idempotency_key, expected, dry_run, seen))
        try:
            patience = -1 if self._put(call) else self._patience_seconds
            if not call.returned.acquire(timeout=patience):
                self._leave_if_outside(call)
                call.returned.acquire()
        except BaseException:
            self._withdraw(call)
            raise
        return call.result()

    async def append_async(
        self,
        entries: Sequence[NewEntry],
        *,
        recorded_by: str,
        idempotency_key: str | None = None,
        expected_revisions: Mapping[str, int] | None = None,
        dry_run: bool = False,
        seen: Seen = NOTHING_SEEN,
    ) -> Appended:
        """Append as :meth:`append` does, for a task of an event loop, which goes on meanwhile."""
        future = asyncio.get_running_loop().create_future()
        expected = expected_revisions or {}
        call = _Call(
            Append(tuple(entries), recorded_by, idempotency_key, expected, dry_run, seen),
            future,
        )
        try:
            if not self._put(call):
                done, _ = await asyncio.wait([future], timeout=self._patience_seconds)
                if not done:
                    self._leave_if_outside(call)
            await future
        except BaseException:
            self._withdraw(call)
            raise
        return call.result()

    @property
    def waiting(self) -> int:
        """Return how many appends wait to be taken."""
        with self._changed:
            return len(self._queue) + len(self._outside)

    def close(self) -> None:
        """Finish what is being written, and refuse what waits; closing twice does nothing more."""
        with self._changed:
            self._closed = True
            refused = [*self._queue, *self._outside]
            self._queue.clear()
            self._outside.clear()
            self._changed.notify_all()
        _answer(refused, [_too_late() for _ in refused])
        self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _put(self, call: _Call) -> bool:
        """Put a call into the queue, or outside in front of it; tell whether there was room."""
        with self._changed:
            if self._closed:
                raise _too_late()
            room = len(self._queue) < self._queue_appends
            (self._queue if room else self._outside).append(call)
            if call.future is None:
                self._changed.notify()
            else:
                self._tell_after_others(call.future.get_loop())
        return room

    def _tell_after_others(self, loop: asyncio.AbstractEventLoop) -> None:
        """Tell the writer once all tasks that are ready now had their turn to append as well."""
        if loop not in self._telling:
            self._telling.add(loop)
            loop.call_soon(self._tell, loop)

    def _tell(self, loop: asyncio.AbstractEventLoop) -> None:
        with self._changed:
            self._telling.discard(loop)
            self._changed.notify()

    def _withdraw(self, call: _Call) -> None:
        """Take a call back, unless it was taken already."""
        with self._changed:
            for waiting in (self._queue, self._outside):
                with suppress(ValueError):
                    waiting.remove(call)
            self._let_in()

    def _leave_if_outside(self, call: _Call) -> None:
        with self._changed:
            if call not in self._outside:
                return
            self._outside.remove(call)
        raise LogBusy(
            f"the log is busy: {self._queue_appends:,} appends wait, and there was no room for "
            f"another in {self._patience_seconds:g} s; nothing was written, try again later"
        )

    def _let_in(self) -> None:
        while self._outside and len(self._queue) < self._queue_appends:
            self._queue.append(self._outside.popleft())

    def _write(self) -> None:
        while self._work_came():
            if calls := self._taken():
                _answer(calls, self._outcomes([call.append for call in calls]))

    def _work_came(self) -> bool:
        """Wait for work; once closed none comes any more."""
        with self._changed:
            self._changed.wait_for(lambda: self._queue or self._closed)
            return not self._closed

    def _taken(self) -> list[_Call]:
        """Take a group of what waits, which may all have been withdrawn meanwhile."""
        if self._threads > 1:
            self._let_threads_come()
        with self._changed:
            calls: list[_Call] = []
            entries = 0
            while self._queue:
                entries += len(self._queue[0].append.entries)
                if calls and entries > self._group_entries:
                    break
                calls.append(self._queue.popleft())
            self._let_in()
        self._threads = sum(call.future is None for call in calls)
        return calls

    def _let_threads_come(self) -> None:
        """Let the threads that were answered last append again, as long as they do.

        They wake one by one, and the writer would mostly be second.
        """
        seen = 0
        while len(self._queue) > seen:
            seen = len(self._queue)
            time.sleep(0)  # lets another thread run

    def _outcomes(self, appends: Sequence[Append]) -> Sequence[Outcome]:
        try:
            return self._log.append_group(appends)
        except LogUnavailable as error:
            return [_own(error) for _ in appends]
        except BaseException as error:  # noqa: BLE001 - whoever asked for it gets it
            if len(appends) == 1:
                return [error]
        # Nothing was written, for a reason no log foresees: each on its own, so that an append
        # that is at fault fails alone.
        return [outcome for append in appends for outcome in self._outcomes([append])]


def _own(error: LogUnavailable) -> LogUnavailable:
    """Return an error to raise in one of several threads: raising it changes it."""
    own = type(error)(*error.args)
    own.__cause__ = error
    return own


def _too_late() -> LogClosed:
    return LogClosed("the log's writer has been closed; nothing was written")


def _answer(calls: Iterable[_Call], outcomes: Iterable[Outcome]) -> None:
    """Give each caller its outcome; tasks are woken all at once, loop by loop."""
    tasks: dict[asyncio.AbstractEventLoop, list[asyncio.Future[None]]] = {}
    for call, outcome in zip(calls, outcomes, strict=True):
        call.outcome = outcome
        call.returned.release()
        if call.future is not None:
            tasks.setdefault(call.future.get_loop(), []).append(call.future)
    for loop, futures in tasks.items():
        with suppress(RuntimeError):  # the loop is closed, and nobody waits any more
            loop.call_soon_threadsafe(_wake, futures)


def _wake(futures: Iterable["asyncio.Future[None]"]) -> None:
    for future in futures:
        if not future.done():
            future.set_result(None)
