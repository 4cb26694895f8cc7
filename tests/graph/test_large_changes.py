"""What changes more than Neo4j has memory for in one transaction, written in several."""

import tempfile
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from neo4j import AsyncTransaction

from eventlog import Log
from eventlog.recorder import Recorder
from eventlog.sqlite import SqliteLog
from graph.applying import Batch
from graph.checkpoint import Checkpoint, lock, prepare, read_checkpoint
from graph.connection import TRANSACTION_SECONDS, Graph
from graph.delta import Delta
from graph.errors import DamagedGraph, Fenced, GraphMoving, NotReady, TooLarge
from graph.managed import Connection, ManagedServer
from graph.projector import Projector
from graph.reader import GraphReader
from graph.rebuild import rebuild
from graph.reconcile import Work
from graph.selection import Page, Pick
from graph.verify import compare
from graph.writing import write
from schema.entries import Amended, AnyEntry
from tests.conftest import CACHE, empty
from tests.graph.loading import open_graph, run
from tests.graph.records import fill, undated
from tests.graph.waits import Waits
from tests.schema.histories import histories

pytestmark = pytest.mark.engine


def amend(log: Log, year: int) -> None:
    """Amend the date that all statements of a record have."""
    dated = {"edtf": f"{year}-01-01", "basis": "STATED"}
    change = Amended(id="source/s", fields={"published": dated}, reason="Read again.")
    Recorder(log, "tester").record([change])


# -- with little memory ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def small_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    """Return a Neo4j that has little memory for a transaction."""
    with ManagedServer.start(
        tmp_path_factory.mktemp("small"),
        cache=CACHE,
        settings={"db.memory.transaction.max": "8m"},
    ) as server:
        yield server.connection


async def test_what_one_transaction_has_no_memory_for_is_applied_all_the_same(
    small_server: Connection, log: SqliteLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Several appends are taken apart, and so is what one of them changes: nothing is compared."""
    waits = Waits()
    few, *many = undated(2_000, 1_500)
    fill(log, [few, *([one] for one in many[0][:2]), many[0][2:], many[1]])
    graph = open_graph(small_server)
    projector = Projector(log, graph, batch_entries=10_000, watcher=waits)
    monkeypatch.delattr(Work, "bring_in")
    await projector.catch_up()
    assert TooLarge in map(type, waits.errors)
    assert (await compare(log, graph)).differences() == []
    waits.errors.clear()
    amend(log, 2024)
    assert (await projector.catch_up()).position == log.head().position
    assert list(map(type, waits.errors)) == [TooLarge]
    assert (await compare(log, graph)).differences() == []
    monkeypatch.undo()
    await run(graph, "MATCH ()-[r]->() CALL (r) { DELETE r } IN TRANSACTIONS OF 500 ROWS")
    await run(graph, "MATCH (n) CALL (n) { DELETE n } IN TRANSACTIONS OF 500 ROWS")
    assert (await rebuild(log, graph)).position == log.head().position
    assert (await compare(log, graph)).differences() == []
    await graph.close()


# -- in parts ----------------------------------------------------------------------------------

Writing = Callable[[AsyncTransaction, Delta], Awaitable[None]]


async def in_parts(log: SqliteLog, graph: Graph) -> None:
    """Apply, in parts, all that a log has beyond the graph."""
    before = await prepare(graph, log.log_id, log.genesis)
    entries = log.read(before.position, 100_000, whole_appends=True)
    batch = Batch(log, graph, entries, before, ready=True)
    await batch.apply_in_parts(TRANSACTION_SECONDS)


def at_part(number: int, work: Callable[[], Awaitable[None]]) -> Writing:
    """Return a way to write that has something else done within a part, before it is written."""
    parts = 0

    async def writing(transaction: AsyncTransaction, delta: Delta) -> None:
        nonlocal parts
        parts += 1
        if parts == number:
            await work()
        await write(transaction, delta)

    return writing


@pytest.fixture
async def amended(graph: Graph, log: SqliteLog, monkeypatch: pytest.MonkeyPatch) -> SqliteLog:
    """Return a log whose last entry is not in the graph, and changes 20 statements in 9 parts."""
    fill(log, undated(20, 20))
    await Projector(log, graph).catch_up()
    amend(log, 2024)
    monkeypatch.setattr("graph.applying.PART_CHANGES", 7)
    return log


@settings(
    max_examples=5,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(history=histories(), appends=st.integers(1, 5), size=st.integers(3, 30))
async def test_parts_of_any_size_make_the_graph_that_the_fold_makes(
    history: list[list[AnyEntry]], appends: int, size: int, graph: Graph
) -> None:
    await empty(graph)
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr("graph.applying.PART_CHANGES", size)
        log = SqliteLog(Path(folder) / "log.sqlite3")
        recorder = Recorder(log, "tester")
        for number, append in enumerate(history, 1):
            recorder.record(append)
            if number % appends == 0 or number == len(history):
                await in_parts(log, graph)
        assert (await compare(log, graph)).differences() == []
        log.close()


async def test_readers_get_nothing_of_it_before_all_of_it_is_there(
    graph: Graph, amended: SqliteLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader, page = GraphReader(graph), Page("Statement", (Pick("id", "id"),))
    seen: list[type[Exception]] = []

    async def look() -> None:
        for asked in (reader.page(page), reader.checkpoint()):
            with pytest.raises(NotReady) as caught:
                await asked
            seen.append(caught.type)
        with pytest.raises(NotReady):
            await compare(amended, graph)
        left = await read_checkpoint(graph)
        assert left is not None
        assert not left.ready

    monkeypatch.setattr("graph.applying.write", at_part(3, look))
    await in_parts(amended, graph)
    assert seen == [NotReady, NotReady]
    assert len((await reader.page(page)).rows) == 20
    assert (await reader.checkpoint()).position == amended.head().position
    assert (await compare(amended, graph)).differences() == []


async def test_parts_get_as_small_as_neo4j_takes_them(
    graph: Graph, amended: SqliteLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []

    async def writing(transaction: AsyncTransaction, delta: Delta) -> None:
        sizes.append(delta.size)
        if delta.size > 3:
            raise TooLarge("no memory")
        await write(transaction, delta)

    monkeypatch.setattr("graph.applying.write", writing)
    monkeypatch.setattr("graph.applying.RETRY_SECONDS", 0.0)
    await in_parts(amended, graph)
    assert sizes[:2] == [7, 3]
    assert max(sizes[1:]) == 3  # it was too large once, and is not tried again
    assert (
        sum(sizes[1:]) == 61
    )  # a source, 20 statements, and what 20 of them have no longer or now
    assert (await compare(amended, graph)).differences() == []


async def test_what_not_even_the_smallest_part_goes_in_of_is_left_to_a_rebuild(
    graph: Graph, amended: SqliteLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refused(transaction: AsyncTransaction, delta: Delta) -> None:
        raise TooLarge("no memory")

    with monkeypatch.context() as patch:
        patch.setattr("graph.applying.write", refused)
        patch.setattr("graph.applying.RETRY_SECONDS", 0.0)
        with pytest.raises(GraphMoving, match="in part only"):
            await in_parts(amended, graph)
    assert (await Projector(amended, graph).catch_up()).whole
    assert (await compare(amended, graph)).differences() == []


@pytest.mark.parametrize("part", [1, 3, 4, 6, 9])
async def test_what_ends_in_between_is_ended_by_the_next(
    graph: Graph, amended: SqliteLog, monkeypatch: pytest.MonkeyPatch, part: int
) -> None:
    async def fall() -> None:
        raise DamagedGraph("fell")

    with monkeypatch.context() as patch:
        patch.setattr("graph.applying.write", at_part(part, fall))
        with pytest.raises(DamagedGraph, match="fell"):
            await in_parts(amended, graph)
    left = await read_checkpoint(graph)
    assert left is not None
    assert left.writer
    assert not left.whole
    assert (await Projector(amended, graph).catch_up()).whole
    assert (await compare(amended, graph)).differences() == []


async def test_a_rebuild_takes_it_over_and_the_writer_is_fenced_off(
    graph: Graph, amended: SqliteLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As it does that comes while the writer is paused between two parts."""
    locks = 0

    async def late(transaction: AsyncTransaction, known: Checkpoint) -> None:
        nonlocal locks
        locks += 1
        if locks == 4:
            assert (await rebuild(amended, graph)).position == amended.head().position
        await lock(transaction, known)

    monkeypatch.setattr("graph.applying.lock", late)
    with pytest.raises(Fenced):
        await in_parts(amended, graph)
    assert locks == 4
    assert (await compare(amended, graph)).differences() == []


async def test_memory_that_others_need_for_a_moment_is_waited_for(
    graph: Graph, log: SqliteLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(log, undated(2, 2))
    tries = 0

    async def writing(transaction: AsyncTransaction, delta: Delta) -> None:
        nonlocal tries
        tries += 1
        if tries == 1:
            raise TooLarge("no memory")
        await write(transaction, delta)

    monkeypatch.delattr(Batch, "apply_in_parts")
    monkeypatch.setattr("graph.applying.write", writing)
    projector = Projector(log, graph, batch_entries=1)
    assert (await projector.catch_up()).position == log.head().position
    assert tries > 2
    assert (await compare(log, graph)).differences() == []


async def test_where_not_even_that_can_be_read_all_is_compared(
    graph: Graph, amended: SqliteLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refused(*_: object) -> Checkpoint:
        raise TooLarge("too much to read")

    monkeypatch.setattr(Batch, "apply", refused)
    monkeypatch.setattr(Batch, "apply_in_parts", refused)
    waits = Waits()
    assert (await Projector(amended, graph, watcher=waits).catch_up()).whole
    assert list(map(type, waits.errors)) == [TooLarge] * 3
    assert (await compare(amended, graph)).differences() == []


async def test_a_graph_of_which_parts_are_written_is_not_put_right_as_a_whole_one(
    graph: Graph, amended: SqliteLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = await prepare(graph, amended.log_id, amended.genesis)

    async def fall() -> None:
        raise DamagedGraph("fell")

    monkeypatch.setattr("graph.applying.write", at_part(3, fall))
    with pytest.raises(DamagedGraph):
        await in_parts(amended, graph)
    with pytest.raises(Fenced):
        await Work(amended, graph, before).put_right()
    assert (await rebuild(amended, graph)).position == amended.head().position
    assert (await compare(amended, graph)).differences() == []
