"""The log as the graph needs it: read in whole appends, and held against what the graph has."""

from collections.abc import Collection, Iterator
from typing import Protocol

from eventlog import Entry, Head
from graph.checkpoint import Checkpoint
from graph.errors import WrongGraph

READ_ENTRIES = 5_000


class ReadableLog(Protocol):
    """What the projection needs of a log."""

    @property
    def log_id(self) -> str:
        """The log's identity."""
        ...

    @property
    def genesis(self) -> str:
        """The hash before the first entry, in hexadecimal."""
        ...

    def head(self) -> Head:
        """Return the last position and its hash."""
        ...

    def read(
        self, after: int = 0, limit: int = 1000, *, whole_appends: bool = False
    ) -> list[Entry]:
        """Return entries in order, to the end of an append if asked."""
        ...

    def read_positions(self, positions: Collection[int]) -> dict[int, Entry]:
        """Return those entries at some positions that there are, in one read."""
        ...

    def positions(self, ids: Collection[str]) -> dict[str, list[int]]:
        """Return the positions of all entries about those things of some that are on record."""
        ...

    def wait_beyond(self, position: int, timeout_seconds: float) -> int:
        """Wait until the log goes beyond a position, or the time is over; return where it ends."""
        ...


def entries_up_to(log: ReadableLog, position: int, uri: str, after: int = 0) -> Iterator[Entry]:
    """Yield the log's entries up to a position, and on to the end of the append that holds it.

    ``after`` is where an append ends.

    :raises WrongGraph: the log ends before.
    """
    read = after
    while read < position:
        entries = log.read(read, min(READ_ENTRIES, position - read), whole_appends=True)
        if not entries:
            raise WrongGraph(_too_short(uri, position, read))
        yield from entries
        read = entries[-1].position


def check_history(log: ReadableLog, checkpoint: Checkpoint, uri: str) -> None:
    """Refuse a graph that holds other entries than the log, or half of an append.

    :raises WrongGraph: with what to do, in one sentence.
    """
    if not is_history(log, checkpoint, uri):
        raise WrongGraph(
            f"the graph at {uri} and the log differ about position {checkpoint.position}: "
            "run onrecord log verify, and then onrecord rebuild"
        )


def is_history(log: ReadableLog, checkpoint: Checkpoint, uri: str) -> bool:
    """Tell whether a graph says that it holds the entries of the log, and whole appends.

    :raises WrongGraph: it says that it holds more than the log has.
    """
    position, hash_ = checkpoint.position, log.genesis
    if position:
        last = log.read(position - 1, 1)
        if not last:
            raise WrongGraph(_too_short(uri, position, log.head().position))
        hash_ = last[0].hash_hex if last[0].ends_append else ""
    return checkpoint.hash == hash_


def _too_short(uri: str, position: int, head: int) -> str:
    return (
        f"the graph at {uri} holds the log up to {position}, but the log ends at {head}: bring "
        "back the log that was cut off or replaced, or build the graph in an empty database"
    )
