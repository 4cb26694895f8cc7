"""Long sequences, some items at a time."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")


def batches(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """Yield stretches of a sequence."""
    for start in range(0, len(items), size):
        yield items[start : start + size]
