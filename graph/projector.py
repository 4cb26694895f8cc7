"""The live projector: it follows the log and keeps the graph equal to it.

Each batch is one transaction that holds the checkpoint as well, and ends where an append ends.
The projector keeps no history in memory: what a batch has to know of older things it reads from
the graph.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable
from typing import Protocol, TypeAlias

from eventlog import Entry, Head
from graph.additions import Known, KnownThings
from graph.checkpoint import Checkpoint, advance, prepare
from graph.connection import Graph, own_text
from graph.elements import Additions
from graph.errors import Fenced, GraphUnavailable
from graph.fold import appends, fold_append, ids_needed
from graph.model import CLAIM_RELATIONS, KINDS
from graph.writing import write
from schema.dates import Basis, UncertainDate

BATCH_ENTRIES = 2_000
POLL_SECONDS = 0.25
LONGEST_WAIT_SECONDS = 10.0

Progress: TypeAlias = Callable[[int, int], None]

logger = logging.getLogger(__name__)


class ReadableLog(Protocol):
    """What the projector needs of a log."""

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


class Projector:
    """Follows one log into one graph."""

    def __init__(self, log: ReadableLog, graph: Graph) -> None:
        self._log = log
        self._graph = graph
        self._wake = asyncio.Event()
        self._checkpoint: Checkpoint | None = None

    def wake(self) -> None:
        """Say that something was appended; to be called in the projector's event loop."""
        self._wake.set()

    async def run(self) -> None:
        """Follow the log until cancelled; wait and try again when Neo4j is away.

        :raises WrongGraph: the graph belongs to another log or model.
        """
        wait_seconds = POLL_SECONDS
        while True:
            self._wake.clear()
            try:
                await self.catch_up()
                wait_seconds = POLL_SECONDS
            except (GraphUnavailable, Fenced) as error:
                logger.warning("projection waits: %s", error)
                self._checkpoint = None
                wait_seconds = min(2 * wait_seconds, LONGEST_WAIT_SECONDS)
            try:
                await asyncio.wait_for(self._wake.wait(), wait_seconds)
            except TimeoutError:
                continue

    async def catch_up(self, on_progress: Progress | None = None) -> Checkpoint:
        """Apply everything that the log has beyond the checkpoint, and return the new one.

        ``on_progress`` is called with the position of the graph and that of the log.

        :raises Fenced: another projector was faster; reading the checkpoint again helps.
        :raises GraphError: Neo4j is away, or the graph is not this log's.
        """
        if self._checkpoint is None:
            self._checkpoint = await prepare(self._graph, self._log.log_id, self._log.genesis)
        while True:
            checkpoint = self._checkpoint
            entries = await asyncio.to_thread(
                self._log.read, checkpoint.position, BATCH_ENTRIES, whole_appends=True
            )
            if not entries and checkpoint.ready:
                return checkpoint
            try:
                self._checkpoint = await self._apply(checkpoint, entries)
                if on_progress is not None and entries:
                    head = await asyncio.to_thread(self._log.head)
                    on_progress(self._checkpoint.position, head.position)
            except BaseException:
                self._checkpoint = None  # whether it was committed is for the graph to say
                raise

    async def _apply(self, checkpoint: Checkpoint, entries: list[Entry]) -> Checkpoint:
        """Apply one batch; the first build is whole once a batch is not full."""
        known = await known_in(self._graph, ids_needed(entries))
        additions = Additions()
        for append in appends(entries):
            additions.extend(fold_append(append, known))
        position, hash_ = checkpoint.position, checkpoint.hash
        if entries:
            position, hash_ = entries[-1].position, entries[-1].hash_hex
        ready = checkpoint.ready or len(entries) < BATCH_ENTRIES
        async with self._graph.transaction() as transaction:
            await advance(transaction, checkpoint, position, hash_, ready=ready)
            await write(transaction, additions)
        return Checkpoint(checkpoint.log_id, position, hash_, checkpoint.model_version, ready)


_KNOWN = own_text(
    f"""
    UNWIND $ids AS id
    CALL (id) {{
        {" UNION ALL ".join(f"MATCH (n:{label} {{id: id}}) RETURN n" for label in KINDS)}
    }}
    RETURN id, n.text AS text,
        COLLECT {{ MATCH (n)-[:ABOUT]->(i:Issue) RETURN i.id ORDER BY i.id }} AS issues,
        COLLECT {{ MATCH (n)-[:{"|".join(CLAIM_RELATIONS)}]->(c:Claim) RETURN c.id LIMIT 1 }}[0]
            AS claim,
        n.publishedEdtf AS edtf, n.publishedWords AS words, n.publishedBasis AS basis,
        n.publishedBecause AS because
    """,
)


async def known_in(graph: Graph, ids: Iterable[str]) -> KnownThings:
    """Return what the fold has to know of older things, read from the graph in one statement."""
    async with graph.session() as session:
        result = await session.run(_KNOWN, ids=sorted(ids))
        rows = await result.data()
    return KnownThings({row["id"]: _known(**row) for row in rows})


def _known(
    id: str,
    text: str | None,
    issues: list[str],
    claim: str | None,
    edtf: str | None,
    words: str | None,
    basis: str | None,
    because: str | None,
) -> Known:
    published = None
    if edtf is not None and basis is not None:
        published = UncertainDate(edtf=edtf, words=words, basis=Basis(basis), because=because)
    return Known(text=text, claim=claim, issues=tuple(issues), published=published)
