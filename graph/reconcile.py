"""Putting a graph right in place: what differs from the fold is written, and nothing else.

A graph that is whole stays so for its readers, and is put right up to where it is. One that is not
is closed to them, gets all that the log has, and is whole once all of it is there.

Each stretch is read, held against the fold and put right in one transaction that holds the
checkpoint's lock, so that the live projector may go on between two of them.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import AbstractContextManager, asynccontextmanager, closing
from copy import copy
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple, TypeAlias, TypeVar

from neo4j import AsyncTransaction

from graph.checkpoint import Checkpoint, advance, lock, locked, merged_labels, prepare
from graph.comparison import HeldPair, NodePair, OnDifference
from graph.connection import Graph
from graph.errors import Fenced, GraphMoving, TooLarge, WrongGraph
from graph.filling import fill, is_empty
from graph.folded import FoldedLog
from graph.found import (
    FoundNode,
    FoundRelationship,
    Holding,
    checkpoint_node,
    counted,
    strangers,
)
from graph.history import ReadableLog, is_history
from graph.indexes import make_indexes
from graph.lines import node_line, node_of, relationship_of
from graph.model import CHECKPOINT, CHECKPOINT_ID
from graph.pages import HeldPages, NodePages, paged_labels
from graph.progress import Counter, Stages, silently
from graph.shown import hide, show
from graph.writing import Rows, run_rows, write_nodes, write_relationships

MENDING = "putting the graph right"
_ELSEWHERE = "somebody else rebuilds the graph to another position: try again"

_REMOVE = "MATCH (n) WHERE elementId(n) = row.element DETACH DELETE n"
_DETACH = "MATCH ()-[r]->() WHERE elementId(r) = row.element DELETE r"
_RESET = (
    "MATCH (n) WHERE elementId(n) = row.element "
    "REMOVE n:$(row.wrong) SET n = row.properties SET n:$(row.right)"
)


async def reconcile(
    log: ReadableLog,
    graph: Graph,
    on_progress: Stages = silently,
    on_difference: OnDifference | None = None,
    *,
    to: int | None = None,
    folder: Path | None = None,
) -> int:
    """Make a graph what it says it is, or whole if it is not; return how much was wrong.

    ``to`` is how far a graph that is not whole is filled, to the head if not said; it is where an
    append ends. Where others write to such a graph meanwhile, it is looked at anew.

    :raises WrongGraph: the graph belongs to another log, or holds more than the log has, or more
        than it is to hold.
    :raises GraphMoving: its checkpoint went away meanwhile.
    """
    mended = 0
    while True:
        before = await prepare(graph, log.log_id, log.genesis, rebuilding=True)
        sound = before.whole and await asyncio.to_thread(is_history, log, before, graph.uri)
        if to is not None and to < before.position:
            raise WrongGraph(
                f"the graph at {graph.uri} holds the log up to {before.position:,}, beyond {to:,}, "
                "and stays as it is: name another Neo4j with --graph, or empty this one"
            )
        work = Work(log, graph, before, on_progress, on_difference, folder)
        target = (await asyncio.to_thread(log.head)).position if to is None else to
        try:
            return mended + await (work.put_right() if sound else work.bring_in(target))
        except Fenced:
            mended += work.mended


@dataclass(slots=True)
class Work:
    """The reconciliation of a graph whose checkpoint says ``before``; the log is folded anew.

    ``mended`` is how much was put right so far, also where something was raised then.
    """

    log: ReadableLog
    graph: Graph
    before: Checkpoint
    on_progress: Stages = silently
    on_difference: OnDifference | None = None
    folder: Path | None = None
    mended: int = field(default=0, init=False)

    async def put_right(self) -> int:
        """Put a graph right that is whole, where it is; return how much was wrong.

        :raises Fenced: it is whole no longer, since a large change is being written.
        """
        with self._folded() as folded:
            await asyncio.to_thread(folded.advance, self.before.position, self.on_progress)
            mended = await self._compared(folded)
        await make_indexes(self.graph)
        await show(self.graph)
        return mended

    async def bring_in(self, to: int) -> int:
        """Close a graph to its readers until it holds the log up to there; return what that took.

        :raises Fenced: somebody else wrote to it since ``before``.
        """
        with self._folded() as folded:
            if await is_empty(self.graph):
                mended = await self._filled(folded, to)
            else:
                await asyncio.to_thread(folded.advance, to, self.on_progress)
                mended = await self._claimed(folded, self.before)
            await release(self.graph, folded)
        return mended + 1

    async def _filled(self, folded: FoldedLog, to: int) -> int:
        if await fill(self.graph, self.log.log_id, folded, to, self.on_progress):
            return folded.size()
        log = self.log
        left = await prepare(self.graph, log.log_id, log.genesis, rebuilding=True)
        return await self._claimed(folded, left)

    async def _claimed(self, folded: FoldedLog, before: Checkpoint) -> int:
        await _claim(self.graph, folded, before)
        return await self._compared(folded)

    def _folded(self) -> AbstractContextManager[FoldedLog]:
        return closing(FoldedLog(self.log, self.graph.uri, self.folder))

    async def _compared(self, folded: FoldedLog) -> int:
        counter = Counter(self.on_progress, MENDING, folded.size())
        work = Reconciling(self.graph, folded, counter, self.on_difference)
        try:
            await work.run()
        finally:
            self.mended += work.mended
        return work.mended


async def _claim(graph: Graph, folded: FoldedLog, before: Checkpoint) -> None:
    """Close a graph to readers, and say what it is being filled with.

    :raises Fenced: somebody else wrote to it meanwhile.
    """
    async with graph.transaction() as transaction:
        await lock(transaction, before)
        await advance(
            transaction,
            Checkpoint(before.log_id, folded.position, folded.hash, rebuilding=True),
        )
        await hide(graph)


async def _locked(transaction: AsyncTransaction) -> Checkpoint:
    found = await locked(transaction)
    if found is None:
        raise GraphMoving("the graph's checkpoint went away: try again")
    return found


async def release(graph: Graph, folded: FoldedLog) -> None:
    """Give a graph its indexes, and open it to readers if it has all that it should have.

    :raises GraphMoving: it does not, since somebody else removed something meanwhile.
    """
    await make_indexes(graph)
    async with graph.transaction() as transaction:
        found = await locked(transaction)
        if found is None or found.writer or found.position != folded.position:
            raise GraphMoving(_ELSEWHERE)
        if await counted(transaction) != folded.counts():
            raise GraphMoving("the graph was changed while it was rebuilt: try again")
        whole = replace(found, ready=True, rebuilding=False)
        await advance(transaction, replace(whole, merged=await merged_labels(transaction)))
        await hide(graph)  # what is shown is the position of a graph that was not whole
    await show(graph)


class Stretch(NamedTuple):
    """What was put right in a stretch: how much was wrong, where, and how much was looked at."""

    number: int
    wrong: Sequence[NodePair | HeldPair]
    done: int


P = TypeVar("P", NodePages, HeldPages)
PutRight: TypeAlias = Callable[[AsyncTransaction, P], Awaitable[Stretch]]


class Reconciling:
    """One reconciliation of a graph with a folded log."""

    def __init__(
        self,
        graph: Graph,
        folded: FoldedLog,
        on_progress: Callable[[int], object],
        on_difference: OnDifference | None = None,
    ) -> None:
        self.mended = 0
        self._graph, self._folded = graph, folded
        self._progress = on_progress
        self._tell = on_difference

    async def run(self) -> None:
        """Put nodes right, and then what they hold.

        :raises WrongGraph: the graph moved on to where the log does not go.
        """
        await asyncio.to_thread(self._folded.sort)
        async with self._stretch() as (transaction, said):
            await self._put_checkpoint_right(transaction, said)
            odd = await strangers(transaction)
            labels = await paged_labels(transaction, self._folded)
        renamed = {one.id: one for one in odd if one.id != one.element}
        for label in labels:
            await self._reconcile(NodePages(label, renamed), self._put_nodes_right)
        await self._remove_strangers()
        async with self._stretch() as (transaction, _):
            holding = await Holding.of(transaction)
        for label in (*labels, CHECKPOINT):
            await self._reconcile(HeldPages(label, holding), self._put_held_right)
        async with self._stretch() as (transaction, said):
            await self._put_merged_right(transaction, said)

    @asynccontextmanager
    async def _stretch(self) -> AsyncIterator[tuple[AsyncTransaction, Checkpoint]]:
        """Hold the graph where its checkpoint says, with the log folded to there."""
        async with self._graph.transaction() as transaction:
            checkpoint = await _locked(transaction)
            if checkpoint.writer:
                raise Fenced("a projector is writing a large change")
            if checkpoint.position < self._folded.position:
                raise GraphMoving(_ELSEWHERE)
            if checkpoint.position > self._folded.position:
                await asyncio.to_thread(self._folded.advance, checkpoint.position)
            yield transaction, checkpoint

    async def _put_checkpoint_right(self, transaction: AsyncTransaction, said: Checkpoint) -> None:
        """Give the checkpoint the properties and the label that it has, and no others."""
        found = await checkpoint_node(transaction)
        properties = said.properties()
        pair = NodePair(CHECKPOINT_ID, node_line([CHECKPOINT], CHECKPOINT_ID, properties), found)
        if not pair.equal:
            self._count(1, [pair])
            await _reset(transaction, [pair])

    async def _put_merged_right(self, transaction: AsyncTransaction, said: Checkpoint) -> None:
        merged = await merged_labels(transaction)
        if said.merged != merged:
            self.mended += 1
            await advance(transaction, replace(said, merged=merged))

    async def _reconcile(self, pages: P, put_right: "PutRight[P]") -> None:
        """Put all pages right, in smaller ones where there is too little memory for a stretch."""
        while not pages.done:
            tried = copy(pages)
            try:
                async with self._stretch() as (transaction, _):
                    number, wrong, done = await put_right(transaction, tried)
            except TooLarge:
                if not pages.shrink():
                    raise
                continue
            pages = tried
            self._count(number, wrong)
            self._progress(done)

    async def _put_nodes_right(self, transaction: AsyncTransaction, pages: NodePages) -> Stretch:
        pairs = pages.pair(await pages.read(transaction), self._folded)
        wrong = [pair for pair in pairs if not pair.equal]
        await self._put_right(transaction, wrong)
        return Stretch(len(wrong), wrong, len(pairs))

    async def _put_right(self, transaction: AsyncTransaction, pairs: Sequence[NodePair]) -> None:
        removed = [pair.found for pair in pairs if pair.expected is None and pair.found]
        await _remove(transaction, removed)
        await _reset(transaction, pairs)
        missing = (pair.expected for pair in pairs if pair.found is None)
        await write_nodes(transaction, [node_of(line) for line in missing if line is not None])

    async def _remove_strangers(self) -> None:
        while True:
            async with self._stretch() as (transaction, _):
                odd = await strangers(transaction)
                self._count(len(odd), [NodePair(one.id, None, one) for one in odd])
                await _remove(transaction, odd)
            if not odd:
                return

    async def _put_held_right(self, transaction: AsyncTransaction, pages: HeldPages) -> Stretch:
        pairs = pages.pair(await pages.read(transaction), self._folded)
        wrong = [one for one in pairs if _differs(one)]
        surplus = [found for pair in wrong for found in pair.unexpected()]
        missing = [relationship_of(line) for pair in wrong for line in pair.missing()]
        await _detach(transaction, surplus)
        await write_relationships(transaction, missing)
        held = sum(len(pair.expected) for pair in pairs)
        return Stretch(len(surplus) + len(missing), wrong, held)

    def _count(self, number: int, pairs: Iterable[NodePair | HeldPair]) -> None:
        self.mended += number
        if self._tell is not None:
            for pair in pairs:
                for difference in pair.differences():
                    self._tell(difference)


def _differs(pair: HeldPair) -> bool:
    return sorted(pair.expected) != sorted(one.line for one in pair.found)


async def _remove(transaction: AsyncTransaction, nodes: Sequence[FoundNode]) -> None:
    rows: Rows = [{"element": one.element} for one in nodes]
    await run_rows(transaction, _REMOVE, rows)


async def _detach(transaction: AsyncTransaction, ones: Sequence[FoundRelationship]) -> None:
    rows: Rows = [{"element": one.element} for one in ones]
    await run_rows(transaction, _DETACH, rows)


async def _reset(transaction: AsyncTransaction, pairs: Iterable[NodePair]) -> None:
    """Give nodes back their labels and properties."""
    rows: Rows = []
    for pair in pairs:
        if pair.expected is None or pair.found is None:
            continue
        label, _, properties = node_of(pair.expected)
        row: dict[str, object] = {"element": pair.found.element, "properties": dict(properties)}
        row["wrong"] = sorted(set(pair.found.labels) - {label})
        row["right"] = [label]
        rows.append(row)
    await run_rows(transaction, _RESET, rows)
