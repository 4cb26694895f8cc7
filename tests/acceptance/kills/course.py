"""Programs killed at random points of projecting, rebuilding and mending, again and again."""

import asyncio
import random
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from eventlog import Head
from eventlog.errors import Refused
from eventlog.recorder import Recorder
from eventlog.sqlite import SqliteLog
from graph.connection import Graph, own_text
from graph.managed import Connection
from graph.reader import GraphReader
from graph.verify import compare
from graph.whole import fold_all
from schema.entries import AnyEntry
from schema.errors import InvalidInput
from tests.acceptance.kills.polling import Poller, Seen, polling
from tests.acceptance.kills.victims import Order, Victim, Work
from tests.conftest import empty
from tests.graph.changing import Changer
from tests.graph.loading import open_graph
from tests.graph.records import record

STATEMENTS = 600
PATIENCE_SECONDS = 300.0
MOST_STEPS = 6
BATCH_SECONDS = 3.0
"""How long a projector that was paused may hold up the other."""
LONGEST_SECONDS = 0.15
"""How long it takes at most from a step to the kill."""


class Fall(Enum):
    """What is killed: a projector while it follows the log, a rebuild, or one beside another."""

    PROJECTION = "projection"
    REBUILD = "rebuild of nothing"
    RECONCILIATION = "reconciliation of a damaged graph"
    BOTH = "projector and rebuild at once"
    PAUSE = "one of two projectors, the other paused meanwhile"


@dataclass
class Survived:
    """What became of it."""

    kills: Counter[str] = field(default_factory=Counter)
    entries: int = 0
    seen: Seen = field(default_factory=Seen)


class History:
    """Things put on record and changes of them, the same for the same seed."""

    def __init__(self, log: SqliteLog, seed: int) -> None:
        self.acknowledged: list[Head] = []
        self._log = log
        self._recorder = Recorder(log, "a generator")
        self._changer = Changer(log, seed)
        self._chance = random.Random(seed)  # noqa: S311  # no secret
        self._new: Iterator[list[AnyEntry]] = iter(record(seed, STATEMENTS, append_size=3))
        self._recorder.record(next(self._new))

    def grow(self, appends: int) -> None:
        """Append something new, or changes of what is there."""
        for _ in range(appends):
            append = next(self._new, None) if self._chance.random() < 0.5 else None
            try:
                if append is None:
                    self._changer.change(1)
                else:
                    self._recorder.record(append)
            except (InvalidInput, Refused):  # it names what was retracted meanwhile
                continue
            self.acknowledged.append(self._log.head())

    def hold(self) -> None:
        """Prove that the log has all that was acknowledged."""
        for head in self.acknowledged:
            (entry,) = self._log.read(head.position - 1, 1)
            assert entry.hash_hex == head.hash, f"{head.position} was acknowledged"


class Course:
    """A log and its graph, at which programs work and are killed again and again."""

    def __init__(self, folder: Path, server: Connection, seed: int) -> None:
        self.survived = Survived()
        self._path = folder / f"log-{seed}.sqlite3"
        self._server = server
        self._seed = seed
        self._chance = random.Random(seed)  # noqa: S311  # no secret
        self._victims: list[Victim] = []

    async def run(self, falls: Iterable[Fall]) -> Survived:
        """Kill what is at work at random points, and hold the graph against the log each time."""
        server = self._server
        graph = open_graph(server)
        log = SqliteLog(self._path)
        try:
            await wipe(graph)
            history = History(log, self._seed)
            async with polling(graph, log, self._seed) as poller:
                for fall in falls:
                    await _Fall(self, graph, log, history, poller, self._chance).take(fall)
            self.survived.seen = poller.seen
            history.hold()
            self.survived.entries = log.head().position
            comparison = await compare(log, graph)
            assert comparison.digests()[1] == fold_all(log.entries()).digest()
        finally:
            for one in self._victims:
                one.kill()
            log.close()
            await graph.close()
        return self.survived

    # -- programs ------------------------------------------------------------------------------

    async def start(self, work: Work) -> Victim:
        """Start a program that works in steps of some size."""
        order = Order(
            work,
            self._path,
            self._server,
            batch_entries=self._chance.choice((1, 7, 40, 2_000)),
            batch_seconds=BATCH_SECONDS,
            page_nodes=self._chance.choice((10, 60, 2_000)),
        )
        victim = await asyncio.to_thread(Victim, order)
        self._victims.append(victim)
        return victim

    async def kill(self, victim: Victim, fall: Fall) -> None:
        """Kill a program a moment after some step."""
        await self.some_steps(victim)
        await self.kill_now(victim, fall)

    async def kill_now(self, victim: Victim, fall: Fall) -> None:
        """Kill a program, wherever it is."""
        await asyncio.to_thread(victim.kill)
        self._victims.remove(victim)
        self.survived.kills[fall.value] += 1

    async def some_steps(self, victim: Victim) -> None:
        """Let a program do some steps, and maybe a part of the next."""
        steps = self._chance.randint(0, MOST_STEPS)
        await asyncio.to_thread(victim.steps, steps)
        await asyncio.sleep(self._chance.uniform(0, LONGEST_SECONDS))

    async def let_end(self, victim: Victim) -> None:
        """Let a program come to its end."""
        self._victims.remove(victim)
        assert await asyncio.to_thread(victim.end, PATIENCE_SECONDS) == 0

    async def projector(self) -> Victim:
        """Return a projector that is at work, or start one."""
        return self.projectors[0] if self.projectors else await self.start(Work.PROJECT)

    @property
    def projectors(self) -> list[Victim]:
        """The projectors that are at work."""
        return [one for one in self._victims if one.order.work is Work.PROJECT]


@dataclass(frozen=True, slots=True)
class _Fall:
    """One fall of a course."""

    course: Course
    graph: Graph
    log: SqliteLog
    history: History
    poller: Poller
    chance: random.Random

    async def take(self, fall: Fall) -> None:
        match fall:
            case Fall.PROJECTION:
                await self._projection(fall)
            case Fall.REBUILD:
                await self._stop_projecting(fall)
                await wipe(self.graph)
                await self._rebuilding(fall)
            case Fall.RECONCILIATION:
                await self._stop_projecting(fall)
                self.poller.excused = None
                self.poller.excused = await _damage(self.graph, self.chance)
                await self._rebuilding(fall)
                await self.course.let_end(await self.course.start(Work.REBUILD))
                self.poller.excused = frozenset()
            case Fall.BOTH:
                await self._both(fall)
            case Fall.PAUSE:
                await self._pause(fall)
        await self._hold()

    async def _projection(self, fall: Fall) -> None:
        growing = asyncio.create_task(self._grow())
        projector = await self.course.projector()
        await self.course.kill(projector, fall)
        await growing

    async def _rebuilding(self, fall: Fall) -> None:
        growing = asyncio.create_task(self._grow())
        await self.course.kill(await self.course.start(Work.REBUILD), fall)
        await growing

    async def _both(self, fall: Fall) -> None:
        growing = asyncio.create_task(self._grow())
        projector = await self.course.projector()
        rebuild = await self.course.start(Work.REBUILD)
        both = [projector, rebuild]
        self.chance.shuffle(both)
        for one in both:
            await self.course.kill(one, fall)
        await growing

    async def _pause(self, fall: Fall) -> None:
        """Pause one of two projectors at a random point: the other goes on, and so does it."""
        two = [*self.course.projectors]
        while len(two) < 2:
            two.append(await self.course.start(Work.PROJECT))
        growing = asyncio.create_task(self._grow())
        self.chance.shuffle(two)
        paused = two[0]
        await self.course.some_steps(paused)
        paused.pause()
        await growing
        await self._caught_up()
        paused.go_on()
        await self._grow()
        await self.course.kill(self.chance.choice(two), fall)
        await self._grow()

    async def _caught_up(self) -> int:
        head = self.log.head().position
        reader = GraphReader(self.graph)
        assert await reader.wait_for(head, PATIENCE_SECONDS), "the graph does not move"
        return head

    async def _stop_projecting(self, fall: Fall) -> None:
        for one in self.course.projectors:
            await self.course.kill_now(one, fall)

    async def _grow(self) -> None:
        await asyncio.to_thread(self.history.grow, self.chance.randint(1, 8))

    async def _hold(self) -> None:
        """Prove that the graph becomes what the log says, once somebody projects."""
        if not self.course.projectors:
            await self.course.start(Work.PROJECT)
        self.poller.answered.clear()
        head = await self._caught_up()
        comparison = await compare(self.log, self.graph)
        assert comparison.last == head
        assert comparison.differences() == []
        await asyncio.wait_for(self.poller.answered.wait(), PATIENCE_SECONDS)


# -- harm --------------------------------------------------------------------------------------


async def wipe(graph: Graph) -> None:
    """Take everything away; what says that the graph is whole goes first."""
    await _run(graph, "MATCH (c:Checkpoint) DELETE c RETURN []")
    await empty(graph)


_REMOVE_NODES = """
    MATCH (n:{label}) WITH n ORDER BY rand() LIMIT 3
    WITH n, n.id AS id, COLLECT {{ MATCH (n)--(x) RETURN x.id }} AS around
    DETACH DELETE n RETURN around + id
"""
_REMOVE_RELATIONSHIPS = """
    MATCH (a:{label})-[r]-(b) WITH a, r, b ORDER BY rand() LIMIT 5
    WITH a.id AS one, b.id AS other, r DELETE r RETURN [one, other]
"""
_CHANGE_NODES = """
    MATCH (n:{label}) WITH n ORDER BY rand() LIMIT 3
    SET n.name = 'Eve', n.revision = 0 RETURN [n.id]
"""
_ADD_NODES = """
    CREATE (n:{label} {{id: toLower('{label}') + '/stray', name: 'stray', revision: 0}})
    RETURN [n.id]
"""
_HARM = (_REMOVE_NODES, _REMOVE_RELATIONSHIPS, _CHANGE_NODES, _ADD_NODES)


async def _damage(graph: Graph, chance: random.Random) -> frozenset[str]:
    """Change the graph by hand in some ways, and return the ids of what that is about."""
    harmed: set[str] = set()
    for harm in chance.sample(_HARM, 2):
        label = chance.choice(("Actor", "Claim", "Statement", "Source", "Issue"))
        harmed.update(await _run(graph, harm.format(label=label)))
    return frozenset(harmed)


async def _run(graph: Graph, cypher: str) -> list[str]:
    async with graph.session() as session:
        result = await session.run(own_text(cypher))
        return [one for ids in await result.value() for one in ids]
