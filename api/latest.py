"""Asking a store that may hang, in bounded time and without losing a thread for each question."""

import asyncio
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Latest(Generic[T]):
    """Asks in a thread, one question at a time: a store that hangs holds one thread, not all."""

    def __init__(self) -> None:
        self._task: asyncio.Task[T] | None = None

    async def ask(self, question: Callable[[], T]) -> T:
        """Return the answer, or that to the question that is still under way."""
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(asyncio.to_thread(question))
            self._task.add_done_callback(_take_note)
        return await asyncio.shield(self._task)


def _take_note(task: "asyncio.Task[T]") -> None:
    """Look at what became of a task that maybe nobody waits for any more."""
    if not task.cancelled():
        task.exception()
