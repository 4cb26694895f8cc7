"""What the API needs of the rest: reading the graph, reading the log, recording.

The composition root hands in the real ones; whatever has these methods will do.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from api.limits import Limits
from eventlog import Appended, Log
from graph.contradictions import Contradiction
from graph.selection import Page, PageRows
from schema.entries import AnyEntry


class GraphState(Protocol):
    """How much of which log a graph holds."""

    @property
    def log_id(self) -> str:
        """Return the log it was written from."""
        ...

    @property
    def position(self) -> int:
        """Return the last position that it holds."""
        ...

    @property
    def hash(self) -> str:
        """Return the hash of the entry at that position, in hexadecimal."""
        ...

    @property
    def model_version(self) -> int:
        """Return the version of the graph model that it was written by."""
        ...


class GraphReading(Protocol):
    """Reads the graph; every method raises :class:`graph.errors.GraphError`."""

    async def page(self, page: Page) -> PageRows:
        """Return a page."""
        ...

    async def checkpoint(self) -> GraphState:
        """Return what the graph holds, once it is whole."""
        ...

    async def wait_for(self, position: int, timeout_seconds: float) -> bool:
        """Wait until the graph has a position; tell whether it has."""
        ...

    async def problems(self) -> Sequence[Mapping[str, str | int]]:
        """Return the entries that could not be applied: position, subject, name, reason."""
        ...

    async def contradictions(self) -> Sequence[Contradiction]:
        """Return where judgements contradict each other, so that nothing is merged."""
        ...

    async def counts(self) -> Mapping[str, int]:
        """Return how many things of each kind the graph has, by label."""
        ...


class Recording(Protocol):
    """Puts entries on record."""

    async def record_async(
        self,
        entries: Sequence[AnyEntry],
        *,
        idempotency_key: str | None = None,
        expected_revisions: Mapping[str, int] | None = None,
        cascade: bool = False,
        dry_run: bool = False,
    ) -> Appended:
        """Append entries in one append, or none of them.

        ``cascade``: what depends on a thing that is retracted is retracted with it.

        :raises InvalidInput: they contradict each other or what they refer to.
        :raises LogError: the log refuses them or fails.
        """
        ...


class TextFinding(Protocol):
    """Finds the texts of sources, from any thread."""

    def find(self, wanted: Collection[str]) -> Mapping[str, str]:
        """Return those of the texts wanted, by SHA-256 in hexadecimal, that can be found."""
        ...


@dataclass(frozen=True, slots=True)
class Context:
    """Everything that an answer is made of; ``texts`` only where there are any to look in."""

    graph: GraphReading
    log: Log
    recorder: Recording
    version: str
    limits: Limits = field(default_factory=Limits)
    texts: TextFinding | None = None


@dataclass(slots=True)
class Request:
    """One request: a name to find it by in the log of the service, and what it has seen.

    ``graph_positions`` are the log positions that the graph had when it was read; ``moments`` are
    what each moment that it names turned out to be: the log may grow meanwhile.
    """

    context: Context
    id: str
    graph_positions: list[int] = field(default_factory=list)
    moments: dict[str, int] = field(default_factory=dict)

    @property
    def as_of(self) -> int | None:
        """Return the position of the past that it is about, if any: the first one that it names."""
        return next(iter(self.moments.values()), None)
