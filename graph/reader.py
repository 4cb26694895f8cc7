"""Reading the graph: a page in one statement, at one position of the log.

Neo4j reads committed data, so a statement may see half of a batch that was committed while it
ran. Each page therefore reads first and last which position is shown; if that moved, or is hidden
while a batch is being committed, the page is read again.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypeAlias

from neo4j import AsyncSession
from neo4j import Query as TimedQuery

from graph.checkpoint import Checkpoint, check_ready, read_checkpoint
from graph.compiler import compile_page, row_of
from graph.connection import Graph, own_text
from graph.contradictions import LISTED, QUERY, Contradiction
from graph.errors import GraphMoving, NotReady, QueryTimeout
from graph.model import KINDS
from graph.selection import Page, PageRows
from graph.shown import HIDDEN, PATIENCE_SECONDS, settled
from graph.watching import Arrivals

TRIES = 5
TIME_LIMIT_SECONDS = 10.0
PATIENT_SECONDS = 60.0
"""The limit for one who asks alone, of a Neo4j that may have started this moment."""
GRACE_SECONDS = 5.0
POLL_SECONDS = 0.02
TOLD_POLL_SECONDS = 0.25
"""The same for one who is told of what arrives: only other processes' work is found by looking."""


_Look: TypeAlias = tuple[int, Checkpoint | None]
"""How many batches had arrived when somebody began to look, and what was shown in the end."""


class GraphReader:
    """Answers selections from one graph.

    Neo4j ends a statement at the time limit. It does not while it plans one, and it may hang:
    ``grace_seconds`` later nobody waits for it any more. ``arrivals`` are those of the projector, if
    it is in this process.
    """

    def __init__(
        self,
        graph: Graph,
        time_limit_seconds: float = TIME_LIMIT_SECONDS,
        grace_seconds: float = GRACE_SECONDS,
        *,
        arrivals: Arrivals | None = None,
    ) -> None:
        self._graph = graph
        self._arrivals = arrivals or Arrivals()
        self._poll_seconds = POLL_SECONDS if arrivals is None else TOLD_POLL_SECONDS
        self._time_limit_seconds = time_limit_seconds
        self._patience_seconds = time_limit_seconds + grace_seconds
        self._looking: asyncio.Future[_Look] | None = None
        self._unready = False
        # Which labels have merged things at present, and which ever had any.
        self._merged: dict[bool, frozenset[str]] = {False: frozenset(), True: frozenset()}

    async def page(self, page: Page) -> PageRows:
        """Return a page.

        :raises NotReady: the graph is not built yet.
        :raises QueryTimeout: it took longer than the time limit.
        :raises GraphMoving: the graph changed during each of several tries.
        :raises GraphUnavailable: Neo4j does not answer.
        """
        if self._unready:  # then a page would be a lot of work for nothing
            await self.checkpoint()
            self._unready = False
        deadline, tries = time.monotonic() + PATIENCE_SECONDS, 0
        past = page.as_of is not None
        while tries < TRIES or time.monotonic() < deadline:
            tries += 1
            compiled_for = self._merged[past]  # another page may learn more while this one waits
            query = compile_page(page, compiled_for)
            timed = TimedQuery(own_text(query.text), timeout=self._time_limit_seconds)
            async with self._session() as session:
                record = await (await session.run(timed, query.parameters)).single()
            if record is None or not record["ready"]:
                self._unready = True
                raise NotReady("the graph is still being built from the log: try again in a moment")
            self._merged[past] = merged = frozenset(record["merged"])
            if not merged <= compiled_for:
                continue
            before, after = _shown(record["before"]), _shown(record["after"])
            if before == after and before not in (None, HIDDEN):
                return _page_rows(page, record["rows"], record["total"], before)
            if before in (None, HIDDEN):
                try:
                    await self._settled()
                except GraphMoving:  # a look that may have begun before this page did
                    if time.monotonic() >= deadline:
                        raise
        raise GraphMoving(f"the graph changed during each of {tries} tries: try again")

    async def checkpoint(self) -> Checkpoint:
        """Return the checkpoint of a graph that is whole.

        :raises NotReady: it is not built yet.
        :raises GraphUnavailable: Neo4j does not answer.
        """
        return check_ready(await self._checkpoint())

    async def wait_for(self, position: int, timeout_seconds: float) -> bool:
        """Wait until the graph has a position; tell whether it has."""
        deadline = time.monotonic() + timeout_seconds
        while True:
            try:
                seen, checkpoint = await self._settled()
            except (QueryTimeout, GraphMoving):
                seen, checkpoint = self._arrivals.count, None
            if checkpoint is not None and checkpoint.whole and checkpoint.position >= position:
                return True
            if time.monotonic() >= deadline:
                return False
            await self._arrivals.beyond(
                seen, min(self._poll_seconds, max(deadline - time.monotonic(), 0))
            )

    async def problems(self) -> list[dict[str, str | int]]:
        """Return the entries that could not be applied: position, subject, name, reason."""
        async with self._session() as session:
            result = await session.run(
                "MATCH (p:Problem) RETURN p.position AS position, p.subject AS subject, "
                "p.name AS name, p.reason AS reason ORDER BY p.position"
            )
            return await result.data()

    async def contradictions(self) -> list[Contradiction]:
        """Return where judgements contradict each other, so that nothing is merged: the first ones.

        :raises QueryTimeout: it took longer than the time limit.
        """
        timed = TimedQuery(own_text(QUERY), timeout=self._time_limit_seconds)
        async with self._session() as session:
            result = await session.run(timed, {"listed": LISTED})
            return [Contradiction.of(row) async for row in result]

    async def counts(self) -> dict[str, int]:
        """Return how many things of each kind the graph has, by label."""
        counted = ", ".join(f"{label}: COUNT {{ (:{label}) }}" for label in KINDS)
        async with self._session() as session:
            result = await session.run(own_text(f"RETURN {{{counted}}} AS counts"))
            counts: dict[str, int] = (await result.single(strict=True)).value()
        return counts

    async def _settled(self) -> _Look:
        """Return what readers are shown; however many wait for that, one of them looks for all."""
        if self._looking is None or self._looking.done():
            self._looking = asyncio.ensure_future(self._look())
            # Whoever asked may be gone when it fails.
            self._looking.add_done_callback(lambda done: done.cancelled() or done.exception())
        return await asyncio.shield(self._looking)

    async def _look(self) -> _Look:
        seen = self._arrivals.count
        async with self._patience():
            return seen, await settled(self._graph, self._arrivals)

    async def _checkpoint(self) -> Checkpoint | None:
        async with self._patience():
            return await read_checkpoint(self._graph)

    @asynccontextmanager
    async def _session(self) -> AsyncIterator[AsyncSession]:
        async with self._patience(), self._graph.session() as session:
            yield session

    @asynccontextmanager
    async def _patience(self) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(self._patience_seconds):
                yield
        except TimeoutError:
            raise QueryTimeout("Neo4j did not answer within the time limit") from None


def _shown(found: list[int | None]) -> int | None:
    """Return the position shown, of what a look at it found."""
    return next(iter(found), None)


def _page_rows(
    page: Page, found: list[tuple[list[str | int], list[object]]], total: int | None, position: int
) -> PageRows:
    more = len(found) > page.limit
    found = found[: page.limit]
    if page.backward:
        found.reverse()
    kind = KINDS[page.kind]
    return PageRows(
        rows=tuple(row_of(kind, page.picks, values) for _, values in found),
        keys=tuple(tuple(key) for key, _ in found),
        more=more,
        count=total,
        position=position,
    )
