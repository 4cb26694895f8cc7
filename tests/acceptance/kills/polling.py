"""A reader who polls a graph all the while, and holds each answer against the log.

An answer says at which position it was read, and has to show what the log says up to there: all of
it, and no more. Positions never go back.
"""

import asyncio
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from eventlog.sqlite import SqliteLog
from graph.connection import Graph
from graph.delta import Delta
from graph.errors import GraphMoving, NotReady
from graph.fold import fold_append
from graph.model import CLAIM_RELATIONS, KINDS, MERGED_LABELS
from graph.reader import PATIENT_SECONDS, GraphReader
from graph.reading import appends, read
from graph.selection import AllOf, Compare, Comparison, Page, Pick
from graph.things import ThingsInMemory

MOST = 100_000
PAUSE_SECONDS = 0.01
LABELS = (*KINDS,)


class Record:
    """What the log says up to a position, which only grows."""

    def __init__(self, log: SqliteLog) -> None:
        self.position = 0
        self._log = log
        self._things = ThingsInMemory(log)
        self._delta = Delta()

    def advance(self, position: int) -> bool:
        """Fold on to a position; tell whether an append ends there, and it is not one of before."""
        if position > self.position:
            left = position - self.position
            entries = self._log.read(self.position, left, whole_appends=True)
            for append in appends(entries):
                self._delta.take(fold_append(read(append), self._things))
            self.position = entries[-1].position if entries else self.position
        return position == self.position

    def revisions(self, label: str) -> dict[str, int]:
        """Return what a list of a kind shows, by id: what is live and merged into nothing."""
        merged = self._canonical() if label in MERGED_LABELS else {}
        return {
            identifier: int(str(node.properties["revision"]))
            for identifier, node in self._delta.nodes.items()
            if node.label == label and identifier not in merged
        }

    def claims(self) -> dict[str, str]:
        """Return the claim that each statement is about, by the claim's canonical one."""
        canonical = self._canonical()
        return {
            one.source: canonical.get(one.target, one.target)
            for one in self._delta.opened.values()
            if one.type in CLAIM_RELATIONS
        }

    def _canonical(self) -> dict[str, str]:
        opened = self._delta.opened.values()
        return {one.source: one.target for one in opened if one.type == "CANONICAL"}


@dataclass
class Seen:
    """What a reader got: answers, errors by their name, and what was not what the log says."""

    answers: int = 0
    longest_seconds: float = 0.0
    """How long the slowest answer took."""
    errors: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


class Poller:
    """Asks for pages of several shapes, one after the other, until it is stopped.

    ``excused`` are things that somebody changed by hand; None is everything. ``answered`` is set by
    each answer.
    """

    def __init__(self, graph: Graph, log: SqliteLog, seed: int) -> None:
        self.seen = Seen()
        self.excused: frozenset[str] | None = frozenset()
        self.answered = asyncio.Event()
        self._excused_before: frozenset[str] | None = frozenset()
        self._reader = GraphReader(graph, PATIENT_SECONDS)
        self._record = Record(log)
        self._chance = random.Random(seed)  # noqa: S311  # no secret
        self._shapes = (self._look_at_list, self._count, self._look_at_one, self._look_at_claims)

    async def poll(self) -> None:
        """Ask until cancelled; whatever is not to be tried again ends it.

        :raises GraphError: an answer that nobody should get.
        """
        try:
            await self._poll()
        finally:
            self.answered.set()  # nobody has to wait for more

    async def _poll(self) -> None:
        while True:
            self._excused_before = self.excused
            began = time.monotonic()
            try:
                await self._chance.choice(self._shapes)(self._chance.choice(LABELS))
                self.seen.answers += 1
                self.answered.set()
                took = time.monotonic() - began
                self.seen.longest_seconds = max(self.seen.longest_seconds, took)
            except (NotReady, GraphMoving) as error:
                self.seen.errors[type(error).__name__] += 1
            await asyncio.sleep(PAUSE_SECONDS)

    # -- shapes --------------------------------------------------------------------------------

    async def _look_at_list(self, label: str) -> None:
        """Look at all things of a kind: a scan of the label, or a walk through an index."""
        kind = KINDS[label]
        order = self._chance.choice(kind.orders).name
        picks = (Pick("id", "id"), Pick("revision", "revision"))
        found = await self._reader.page(Page(label, picks, order=order, limit=MOST))
        shown = {str(row["id"]): int(str(row["revision"])) for row in found.rows}
        if self._is_whole(found.position):
            self._hold(f"list of {label} by {order}", shown, self._record.revisions(label))

    async def _count(self, label: str) -> None:
        """Count the things of a kind."""
        found = await self._reader.page(Page(label, (Pick("id", "id"),), limit=1, count=True))
        if self._is_whole(found.position) and self._harmless:
            wanted = len(self._record.revisions(label))
            self._hold(f"count of {label}", {"": found.count}, {"": wanted})

    async def _look_at_one(self, label: str) -> None:
        """Look at one thing, by its id."""
        known = self._record.revisions(label)
        if not known:
            return
        wanted = self._chance.choice([*known])
        by_id = Compare("id", Comparison.EQ, wanted)
        picks = (Pick("id", "id"), Pick("revision", "revision"))
        found = await self._reader.page(Page(label, picks, by_id))
        shown = {str(row["id"]): int(str(row["revision"])) for row in found.rows}
        now = self._is_whole(found.position) and self._record.revisions(label)
        if now and wanted in now:  # whoever was merged is found under the id of another one
            self._hold(f"one {label}", shown, {wanted: now[wanted]})

    async def _look_at_claims(self, label: str) -> None:
        """Look at all statements, each with its claim: relationships."""
        picks = (Pick("id", "id"), Pick("claim", "claim", (Pick("id", "id"),)))
        found = await self._reader.page(Page("Statement", picks, AllOf(), limit=MOST))
        shown = {str(row["id"]): _id(row["claim"]) for row in found.rows}
        if self._is_whole(found.position) and self._harmless:
            claims = self._record.claims()
            wanted = {one: claims.get(one, "") for one in self._record.revisions("Statement")}
            self._hold("claims of statements", shown, wanted)

    # -- holding it against the log ------------------------------------------------------------

    @property
    def _harmless(self) -> bool:
        """Tell whether nobody changed anything by hand while the question was asked."""
        return self._excused_before == self.excused == frozenset()

    def _is_whole(self, position: int) -> bool:
        if self._record.advance(position):
            return True
        self.seen.wrong.append(f"position {position}: beyond it was {self._record.position}")
        return False

    def _hold(self, what: str, shown: Mapping[str, object], wanted: Mapping[str, object]) -> None:
        if self.excused is None or self._excused_before is None:
            return
        excused = self.excused | self._excused_before
        differing = {
            one
            for one in shown.keys() | wanted.keys()
            if one not in excused and shown.get(one) != wanted.get(one)
        }
        if differing:
            some = {one: (shown.get(one), wanted.get(one)) for one in sorted(differing)[:5]}
            self.seen.wrong.append(
                f"position {self._record.position}, {what}: {len(differing)} differ "
                f"of {len(wanted)}: {some}"
            )


def _id(value: object) -> str:
    return str(value["id"]) if isinstance(value, dict) else ""


@asynccontextmanager
async def polling(graph: Graph, log: SqliteLog, seed: int) -> AsyncIterator[Poller]:
    """Poll as long as the block does; an error that nobody should get is raised at its end."""
    poller = Poller(graph, log, seed)
    task = asyncio.create_task(poller.poll())
    try:
        yield poller
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
