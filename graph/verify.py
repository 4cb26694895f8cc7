"""Proving that a graph equals its log, and saying where it does not."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from neo4j import AsyncSession

from graph.checkpoint import check_empty, check_owner, check_ready, read_checkpoint
from graph.comparison import Difference, NodePair, OnDifference, node_differences
from graph.connection import Graph
from graph.elements import Node
from graph.errors import GraphMoving
from graph.folded import FoldedLog
from graph.found import Holding, checkpoint_node, strangers
from graph.history import ReadableLog
from graph.lines import Digest, Section
from graph.model import CHECKPOINT, CHECKPOINT_ID
from graph.pages import HeldPages, NodePages, paged_labels
from graph.progress import Counter, Stages, silently
from graph.shown import settled

TRIES = 20
COMPARING = "comparing the graph"

T = TypeVar("T")


@dataclass(slots=True)
class Comparison:
    """A graph held against the fold of the log.

    ``first`` and ``last`` are the positions at which the graph was read: two if it moved on
    meanwhile, and then each stretch was held against the fold at the position it was read at.
    """

    first: int
    last: int
    count: int = 0
    listed: list[Difference] = field(default_factory=list)
    _expected: Digest = field(default_factory=Digest)
    _found: Digest = field(default_factory=Digest)

    def sections(self, label: str) -> tuple[Section, Section]:
        """Return the sections of a label in the digests of the fold and of the graph."""
        return self._expected.section(label), self._found.section(label)

    def differences(self) -> list[Difference]:
        """Return every difference, unless they were told to somebody else."""
        return self.listed

    def digests(self) -> tuple[str, str]:
        """Return the digests of the fold and of the graph."""
        return self._expected.hexdigest(), self._found.hexdigest()


async def compare(
    log: ReadableLog,
    graph: Graph,
    on_difference: OnDifference | None = None,
    on_progress: Stages = silently,
    *,
    folder: Path | None = None,
) -> Comparison:
    """Hold a graph against its log; one that moves meanwhile is followed.

    ``on_difference`` is told of each difference, which then are not kept; ``folder`` is where
    the log is folded, the system's place for such files if not said.

    :raises NotReady: the graph is not built yet.
    :raises WrongGraph: it belongs to another log, or says it holds more than the log has.
    :raises GraphMoving: it moved too often.
    """
    checkpoint = await read_checkpoint(graph)
    if checkpoint is None:
        await check_empty(graph)
    else:
        check_owner(checkpoint, log.log_id, graph.uri)
    check_ready(checkpoint)  # nobody waits for a graph that is not whole to stand still
    position = check_ready(await settled(graph)).position
    with closing(FoldedLog(log, graph.uri, folder)) as folded:
        result = Comparison(position, position)
        return await _Comparing(graph, folded, result, on_difference, on_progress).run()


class _Comparing:
    """One comparison on its way."""

    def __init__(
        self,
        graph: Graph,
        folded: FoldedLog,
        result: Comparison,
        on_difference: OnDifference | None,
        on_progress: Stages,
    ) -> None:
        self._graph, self._folded, self._result = graph, folded, result
        self._tell: OnDifference = on_difference or result.listed.append
        self._report = on_progress
        self._progress: Counter

    async def run(self) -> Comparison:
        await asyncio.to_thread(self._folded.advance, self._result.first, self._report)
        await asyncio.to_thread(self._folded.sort)
        self._progress = Counter(self._report, COMPARING, self._folded.size())
        await self._compare_checkpoint()
        odd = await self._settled(strangers)
        renamed = {one.id: one for one in odd if one.id != one.element}
        nameless = [one for one in odd if one.id == one.element]
        labels = await self._settled(lambda run: paged_labels(run, self._folded))
        for label in labels:
            await self._compare_nodes(NodePages(label, renamed))
        for one in (*renamed.values(), *nameless):
            self._count(NodePair(one.id, None, one).differences())
        holding = await self._settled(Holding.of)
        for label in (*labels, CHECKPOINT):
            await self._compare_held(HeldPages(label, holding))
        return self._result

    async def _compare_checkpoint(self) -> None:
        """Hold the checkpoint against itself with the position and hash that the log has."""
        found = await self._settled(checkpoint_node)
        said = check_ready(await read_checkpoint(self._graph))
        if found is None:
            raise GraphMoving("the graph's checkpoint went away: try again")
        right = replace(
            said,
            position=self._folded.position,
            hash=self._folded.hash,
            merged=self._folded.merged(),
        )
        self._count(node_differences(Node(CHECKPOINT, CHECKPOINT_ID, right.properties()), found))

    async def _compare_nodes(self, pages: NodePages) -> None:
        expected, found = self._result.sections(pages.label)
        while not pages.done:
            pairs = pages.pair(await self._settled(pages.read), self._folded)
            for pair in pairs:
                if pair.expected is not None:
                    expected.take_node(pair.expected)
                if pair.found is not None:
                    found.take_node(pair.found.line)
                if not pair.equal:
                    self._count(pair.differences())
            self._progress(len(pairs))

    async def _compare_held(self, pages: HeldPages) -> None:
        expected, found = self._result.sections(pages.label)
        while not pages.done:
            pairs = pages.pair(await self._settled(pages.read), self._folded)
            for pair in pairs:
                lines = [one.line for one in pair.found]
                expected.take_held(pair.expected)
                found.take_held(lines)
                if sorted(pair.expected) != sorted(lines):
                    self._count(pair.differences())
            self._progress(sum(len(pair.expected) for pair in pairs))

    async def _settled(self, read: Callable[[AsyncSession], Awaitable[T]]) -> T:
        """Read something at one position, up to which the log is folded then.

        :raises GraphMoving: it moved during each of several tries.
        """
        for _ in range(TRIES):
            before = self._result.last
            async with self._graph.session() as session:
                found = await read(session)
            self._result.last = check_ready(await settled(self._graph)).position
            if self._result.last == before:
                return found
            await asyncio.to_thread(self._folded.advance, self._result.last)
        raise GraphMoving(f"the graph changed during each of {TRIES} tries: try again")

    def _count(self, differences: Iterable[Difference]) -> None:
        for one in differences:
            self._result.count += 1
            self._tell(one)
