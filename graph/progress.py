"""How work that takes long tells how far it is."""

from collections.abc import Callable
from typing import TypeAlias

Progress: TypeAlias = Callable[[int, int], object]
"""Called with how much is done and how much there is to do."""


def silently(done: int, total: int) -> None:
    """Take progress that nobody asked for."""
