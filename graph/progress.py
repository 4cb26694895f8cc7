"""How work that takes long tells how far it is."""

from collections.abc import Callable
from typing import TypeAlias

Progress: TypeAlias = Callable[[int, int], object]
"""Called with how much is done and how much there is to do."""

Stages: TypeAlias = Callable[[str, int, int], object]
"""Called with what is going on, how much of that is done and how much there is to do of it."""

FOLDING = "folding the log"


def silently(what: str, done: int, total: int) -> None:
    """Take progress that nobody asked for."""


class Counter:
    """Counts what is done of one stage, and never tells of more than there is."""

    def __init__(self, report: Stages, what: str, total: int) -> None:
        self._report, self._what = report, what
        self._done, self._total = 0, total

    def __call__(self, number: int) -> None:
        """Count some more."""
        self._done = min(self._done + number, self._total)
        self._report(self._what, self._done, self._total)
