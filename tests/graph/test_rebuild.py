"""Bringing a graph back from its log."""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path

import pytest
from neo4j import AsyncTransaction

from eventlog.sqlite import SqliteLog
from graph.checkpoint import Checkpoint, locked
from graph.connection import Graph
from graph.errors import Fenced, GraphMoving, NotReady, WrongGraph
from graph.filling import FILLING
from graph.indexes import OF_OLDER_MODELS
from graph.managed import Connection
from graph.model import MODEL_VERSION
from graph.progress import FOLDING
from graph.projector import Projector
from graph.reader import GraphReader
from graph.rebuild import rebuild
from graph.reconcile import MENDING
from graph.verify import compare
from tests.conftest import empty
from tests.graph.loading import run
from tests.graph.records import fill, record

pytestmark = pytest.mark.engine


class Interrupted(Exception):
    """Raised between two batches."""


@pytest.fixture
async def built(graph: Graph, log: SqliteLog) -> str:
    """Build a graph of some appends, and return its digest."""
    fill(log, record(9, 20, append_size=6))
    await Projector(log, graph).catch_up()
    return (await compare(log, graph)).digests()[1]


async def test_a_graph_dropped_as_a_whole_comes_back_identical(
    built: str, graph: Graph, log: SqliteLog
) -> None:
    await empty(graph)
    with pytest.raises(NotReady):
        await compare(log, graph)
    rebuilt = await rebuild(log, graph)
    assert (rebuilt.position, rebuilt.problems) == (log.head().position, 0)
    comparison = await compare(log, graph)
    assert comparison.differences() == []
    assert comparison.digests() == (built, built)


async def test_an_empty_log_makes_an_empty_graph(graph: Graph, log: SqliteLog) -> None:
    assert (await rebuild(log, graph)).position == 0
    assert (await compare(log, graph)).differences() == []


@pytest.mark.parametrize("dropped", ["everything", "all but the checkpoint"])
async def test_a_rebuild_interrupted_after_any_batch_is_completed_by_the_next(
    dropped: str, built: str, graph: Graph, log: SqliteLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("graph.pages.PAGE_NODES", 4)
    if dropped == "everything":
        await empty(graph)
    else:
        await run(graph, "MATCH (n) WHERE NOT n:Checkpoint DETACH DELETE n")
    interruptions = 0
    for reports in range(1, 100):
        left = iter(range(reports))

        def interrupt(what: str, done: int, total: int, left: Iterator[int] = left) -> None:
            if next(left, None) is None:
                raise Interrupted

        try:
            await rebuild(log, graph, interrupt)
        except Interrupted:
            interruptions += 1
            continue
        break
    assert interruptions > 10
    comparison = await compare(log, graph)
    assert comparison.differences() == []
    assert comparison.digests() == (built, built)


@pytest.mark.parametrize("reports", [0, 1, 3, None])
async def test_a_graph_is_filled_a_few_entries_at_a_time_and_completed_if_that_ends(
    reports: int | None, built: str, graph: Graph, log: SqliteLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two parts are under way at a time: the one that is being committed, and the next."""
    monkeypatch.setattr("graph.folded.FLUSH_ENTRIES", 3)
    await empty(graph)
    filled: list[int] = []

    def interrupt(what: str, done: int, total: int) -> None:
        if what == FILLING and done:
            if len(filled) == reports:
                raise Interrupted
            filled.append(done)

    with suppress(Interrupted) if reports is None else pytest.raises(Interrupted):
        await rebuild(log, graph, interrupt)
    assert len(filled) > 3 if reports is None else len(filled) == reports
    await rebuild(log, graph)
    comparison = await compare(log, graph)
    assert comparison.differences() == []
    assert comparison.digests() == (built, built)


async def test_a_part_is_not_written_behind_another_one_than_the_part_before_it(
    built: str, graph: Graph, log: SqliteLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("graph.folded.FLUSH_ENTRIES", 3)
    await empty(graph)
    parts = 0

    async def moved_before_the_third(transaction: AsyncTransaction) -> Checkpoint | None:
        nonlocal parts
        parts += 1
        found = await locked(transaction)
        return found if found is None or parts < 3 else replace(found, position=1)

    with monkeypatch.context() as moved:
        moved.setattr("graph.filling.locked", moved_before_the_third)
        with pytest.raises(GraphMoving, match="somebody else writes"):
            await rebuild(log, graph)
    with pytest.raises(NotReady):
        await GraphReader(graph).checkpoint()
    await rebuild(log, graph)
    assert (await compare(log, graph)).digests() == (built, built)


async def test_progress_goes_up_to_all_there_is(built: str, graph: Graph, log: SqliteLog) -> None:
    await run(graph, "MATCH (n:Statement) DETACH DELETE n")
    seen: list[tuple[str, int, int]] = []
    await rebuild(log, graph, lambda *told: seen.append(told))
    assert list(dict.fromkeys(what for what, _, _ in seen)) == [FOLDING, MENDING]
    for stage in (FOLDING, MENDING):
        steps = [done for what, done, _ in seen if what == stage]
        assert steps == sorted(steps)
    assert seen[-1][1] == seen[-1][2] > 0


async def test_what_the_log_has_beyond_the_graph_is_added(
    built: str, graph: Graph, log: SqliteLog
) -> None:
    await run(graph, "MATCH (n:Claim {id: 'claim/0'}) SET n.text = 'No.'")
    before = log.head().position
    fill(log, [[one.model_copy(update={"id": f"{one.id}-b"}) for one in record(9, 1)[1]]])
    rebuilt = await rebuild(log, graph)
    assert (rebuilt.position, rebuilt.mended, rebuilt.added) == (before + 1, 1, 1)
    assert (await compare(log, graph)).differences() == []


async def test_a_graph_of_an_older_model_is_closed_until_a_rebuild_is_through(
    built: str, graph: Graph, log: SqliteLog
) -> None:
    await run(
        graph,
        f"MATCH (c:Checkpoint) SET c.modelVersion = {MODEL_VERSION - 1} "
        "WITH c MATCH (n) WHERE NOT n:Checkpoint SET n.title = n.name REMOVE n.name",
    )

    await run(graph, f"CREATE INDEX {OF_OLDER_MODELS[0]} FOR (n:Statement) ON (n.span)")

    def interrupt(what: str, done: int, total: int) -> None:
        if what == MENDING:
            raise Interrupted

    with pytest.raises(WrongGraph, match="run onrecord rebuild"):
        await Projector(log, graph).catch_up()
    with pytest.raises(Interrupted):
        await rebuild(log, graph, interrupt)
    with pytest.raises(NotReady):
        await GraphReader(graph).checkpoint()
    await Projector(log, graph).catch_up()  # ends what the rebuild began
    assert (await GraphReader(graph).checkpoint()).model_version == MODEL_VERSION
    assert (await compare(log, graph)).digests() == (built, built)
    async with graph.session() as session:
        indexes = await (await session.run("SHOW INDEXES YIELD name RETURN name")).value()
    assert not {*OF_OLDER_MODELS}.intersection(indexes)


async def test_a_graph_of_another_log_is_not_rebuilt(
    built: str, graph: Graph, tmp_path: Path
) -> None:
    other = SqliteLog(tmp_path / "other.sqlite3")
    with pytest.raises(WrongGraph, match="written from another log"):
        await rebuild(other, graph)
    other.close()


async def test_two_rebuilds_at_once_leave_a_right_graph(
    built: str, graph: Graph, log: SqliteLog
) -> None:
    await run(graph, "MATCH ()-[r]->() DELETE r")
    results = await asyncio.gather(rebuild(log, graph), rebuild(log, graph), return_exceptions=True)
    assert not [one for one in results if isinstance(one, Exception) and not _gave_way(one)]
    await rebuild(log, graph)
    assert (await compare(log, graph)).digests() == (built, built)


def _gave_way(error: Exception) -> bool:
    return isinstance(error, GraphMoving | Fenced)


async def test_a_rebuild_follows_a_projector_that_moves_the_graph_meanwhile(
    built: str, graph: Graph, log: SqliteLog, neo4j_server: Connection
) -> None:
    await run(graph, "MATCH (n:Claim {id: 'claim/0'}) DETACH DELETE n")
    before = log.head().position
    moved: list[int] = []

    async def record_and_project() -> None:
        fill(log, [[one.model_copy(update={"id": f"{one.id}-b"}) for one in record(9, 1)[1]]])
        async with open_graph(neo4j_server) as another:
            moved.append((await Projector(log, another).catch_up()).position)

    def meanwhile(what: str, done: int, total: int) -> None:
        if not moved:
            thread = threading.Thread(target=asyncio.run, args=(record_and_project(),))
            thread.start()
            thread.join()

    rebuilt = await rebuild(log, graph, meanwhile)
    assert rebuilt.position == moved[0] == log.head().position > before
    assert (await compare(log, graph)).differences() == []


@asynccontextmanager
async def open_graph(server: Connection) -> AsyncIterator[Graph]:
    opened = Graph.open(server.uri, server.username, server.password, "neo4j")
    yield opened
    await opened.close()
