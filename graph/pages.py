"""Pairs of what should be there and what is, label by label and in the order of ids."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from graph.comparison import HeldPair, NodePair
from graph.folded import FoldedLog
from graph.found import (
    LABELS,
    FoundNode,
    FoundRelationship,
    Holding,
    Runner,
    labels_there,
    nodes_after,
)
from graph.model import label_of, past_label

PAGE_NODES, LEAST_NODES = 2_000, 10


@dataclass(slots=True)
class _Walk:
    """How far both sides of one label were read, stretch by stretch."""

    label: str
    after: str = field(default="", init=False)
    done: bool = field(default=False, init=False)
    more_there: bool = field(default=True, init=False)
    size: int = field(default=PAGE_NODES, init=False)

    def shrink(self) -> bool:
        """Read half as many nodes at a time from now on; tell whether that is any use."""
        self.size //= 2
        return self.size >= LEAST_NODES

    def go_on(
        self, folded: FoldedLog, there: Mapping[str, object]
    ) -> tuple[dict[str, str], str | None]:
        """Return what should be there next, and the last id to which both sides were read.

        There is no last id where both were read to their end.
        """
        expected = dict(folded.nodes(self.label, self.after, self.size))
        ends = [max(one) for one in (expected, there) if len(one) == self.size]
        upto = min(ends, default=None)
        self.done = upto is None
        self.more_there = len(there) == self.size or (
            upto is not None and upto < max(there, default="")
        )
        self.after = upto or self.after
        return expected, upto


@dataclass(slots=True)
class NodePages(_Walk):
    """The nodes of one label; ``strangers`` are nodes that lost it, by the ids that they have."""

    strangers: dict[str, FoundNode]

    async def read(self, run: Runner) -> list[FoundNode]:
        """Return what is there next; what :meth:`pair` is to be given."""
        if not self.more_there:
            return []
        return await nodes_after(run, self.label, self.after, self.size)

    def pair(self, found: list[FoundNode], folded: FoldedLog) -> list[NodePair]:
        """Return pairs as far as both sides reach, and go on behind them."""
        there = {node.id: node for node in found}
        expected, upto = self.go_on(folded, there)
        ids = sorted(one for one in expected.keys() | there.keys() if upto is None or one <= upto)
        pairs = (self._pair(one, expected.get(one), there.get(one)) for one in ids)
        return [pair for pair in pairs if pair.expected is not None or pair.found is not None]

    def _pair(self, identifier: str, expected: str | None, found: FoundNode | None) -> NodePair:
        if found is None and expected is not None:
            found = self.strangers.pop(identifier, None)
        if found is not None and expected is None and _belongs_elsewhere(found, self.label):
            found = None  # it has this label besides its own, and is named under that
        return NodePair(identifier, expected, found)


def _belongs_elsewhere(found: FoundNode, label: str) -> bool:
    own = label_of(found.id)
    return any(one in found.labels for one in (own, past_label(own)) if one != label)


@dataclass(slots=True)
class HeldPages(_Walk):
    """What the nodes of one label hold."""

    holding: Holding

    async def read(self, run: Runner) -> list[tuple[str, list[FoundRelationship]]]:
        """Return what is there next; what :meth:`pair` is to be given."""
        if not self.more_there:
            return []
        return await self.holding.after(run, self.label, self.after, self.size)

    def pair(
        self, found: list[tuple[str, list[FoundRelationship]]], folded: FoldedLog
    ) -> list[HeldPair]:
        """Return pairs as far as both sides reach, and go on behind them.

        What a node should hold that is missing itself is not looked for.
        """
        there = dict(found)
        _, upto = self.go_on(folded, there)
        ids = sorted(one for one in there if upto is None or one <= upto)
        held = folded.held(ids)
        return [HeldPair(one, held.get(one, ()), there[one]) for one in ids]


async def paged_labels(run: Runner, folded: FoldedLog) -> list[str]:
    """Return the labels of nodes that are there or should be, in one order."""
    used = await labels_there(run) | folded.labels()
    return [label for label in LABELS if label in used]
