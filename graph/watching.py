"""What is told of the live projector while it works, to whoever counts it or writes it down."""

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
