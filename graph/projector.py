"""The live projector: it follows the log and keeps the graph equal to it.

Each batch is one transaction that holds the checkpoint as well, and ends where an append ends.
The projector keeps no history in memory: what a batch has to know of older things it reads from
the graph.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TypeAlias
from uuid import uuid4

from eventlog import Entry
from eventlog.errors import LogUnavailable
from graph.additions import Known, KnownThings
from graph.checkpoint import Checkpoint, advance, prepare
from graph.connection import Graph, own_text
from graph.elements import Additions
from graph.errors import Fenced, GraphUnavailable
from graph.fold import Readable, appends, fold_append, read
from graph.following import following
from graph.history import ReadableLog, check_history
from graph.model import CLAIM_RELATIONS, KINDS
from graph.writing import write
from schema.dates import Basis, UncertainDate

BATCH_ENTRIES = 2_000
RETRY_SECONDS = 0.5
LONGEST_WAIT_SECONDS = 10.0

Progress: TypeAlias = Callable[[int, int], None]
"""Called with how much is done and how much there is to do."""

logger = logging.getLogger(__name__)


class Projector:
    """Follows one log into one graph, some entries at a time and always whole appends."""

    def __init__(
        self, log: ReadableLog, graph: Graph, *, batch_entries: int = BATCH_ENTRIES
    ) -> None:
        self._log = log
        self._graph = graph
        self._batch_entries = batch_entries
        self._writer = str(uuid4())
        self._checkpoint: Checkpoint | None = None

    async def run(self) -> None:
        """Follow the log until cancelled; wait and try again when Neo4j is away.

        :raises WrongGraph: the graph belongs to another log or model.
        """
        grown = asyncio.Event()
        retry_seconds = RETRY_SECONDS
        with following(self._log, grown.set):
            while True:
                grown.clear()
                try:
                    await self.catch_up()
                except (GraphUnavailable, Fenced, LogUnavailable) as error:
                    logger.warning("projection waits: %s", error)
                    await asyncio.sleep(retry_seconds)
                    retry_seconds = min(2 * retry_seconds, LONGEST_WAIT_SECONDS)
                else:
                    retry_seconds = RETRY_SECONDS
                    await grown.wait()

    async def catch_up(self, on_progress: Progress | None = None) -> Checkpoint:
        """Apply everything that the log has beyond the checkpoint, and return the new one.

        ``on_progress`` is called with the position of the graph and that of the log.

        :raises Fenced: another projector was faster; reading the checkpoint again helps.
        :raises GraphError: Neo4j is away, or the graph is not this log's.
        """
        checkpoint = self._checkpoint or await self._begin()
        self._checkpoint = None  # until it is known again: what failed may have been committed
        while True:
            entries = await asyncio.to_thread(
                self._log.read, checkpoint.position, self._batch_entries, whole_appends=True
            )
            if not entries and checkpoint.ready:
                self._checkpoint = checkpoint
                return checkpoint
            checkpoint = await self._apply(checkpoint, entries)
            if on_progress is not None and entries:
                head = await asyncio.to_thread(self._log.head)
                on_progress(checkpoint.position, head.position)

    async def _begin(self) -> Checkpoint:
        checkpoint = await prepare(self._graph, self._log.log_id, self._log.genesis)
        await asyncio.to_thread(check_history, self._log, checkpoint, self._graph.uri)
        return checkpoint

    async def _apply(self, checkpoint: Checkpoint, entries: list[Entry]) -> Checkpoint:
        """Apply one batch; the first build is whole once a batch is not full."""
        batch = await asyncio.to_thread(lambda: [read(append) for append in appends(entries)])
        needed = {name for append in batch for name in append.ids_needed()}
        known = await known_in(self._graph, needed)
        additions = await asyncio.to_thread(_folded, batch, known)
        last = entries[-1] if entries else None
        new = replace(
            checkpoint,
            position=last.position if last else checkpoint.position,
            hash=last.hash_hex if last else checkpoint.hash,
            ready=checkpoint.ready or len(entries) < self._batch_entries,
            writer=self._writer,
        )
        async with self._graph.transaction() as transaction:
            await advance(transaction, checkpoint, new)
            await write(transaction, additions)
        return new


def _folded(batch: Iterable[Readable], known: KnownThings) -> Additions:
    additions = Additions()
    for append in batch:
        additions.extend(fold_append(append, known))
    return additions


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
