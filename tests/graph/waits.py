"""What a projector waited for, kept for tests."""

import asyncio

from graph.watching import Unwatched


class Waits(Unwatched):
    """Keeps what a projector waited for."""

    def __init__(self) -> None:
        self.errors: list[Exception] = []
        self.waited = asyncio.Event()

    def waits(self, error: Exception) -> None:
        """Take note of a failure."""
        self.errors.append(error)
        self.waited.set()
