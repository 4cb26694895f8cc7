"""The live projector against a real Neo4j."""

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager, closing, suppress
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from neo4j import Query

from eventlog import Entry, NewEntry
from eventlog.recorder import Recorder, new_entry
from eventlog.sqlite import SqliteLog
from graph.checkpoint import Checkpoint, lock, prepare, read_checkpoint
from graph.compiler import Query as CompiledQuery
from graph.compiler import compile_page
from graph.connection import Graph
from graph.errors import (
    DamagedGraph,
    Fenced,
    GraphUnavailable,
    NotReady,
    QueryTimeout,
    WrongGraph,
)
from graph.loading import ThingsInGraph
from graph.managed import Connection
from graph.model import MODEL_VERSION, SORT_NAME_LENGTH
from graph.projector import Projector
from graph.reader import GraphReader
from graph.rebuild import rebuild
from graph.selection import Compare, Comparison, Page, Pick
from graph.shown import settled
from graph.verify import compare
from graph.watching import Arrivals, Unwatched
from graph.whole import fold_all
from schema.entries import ActorRecorded, Amended, AnyEntry
from tests.conftest import empty
from tests.graph.loading import run
from tests.graph.proxy import door_before
from tests.graph.records import entry, fill, record
from tests.graph.waits import Waits
from tests.schema.strategies import appends

pytestmark = pytest.mark.engine


def actor(name: str) -> ActorRecorded:
    return ActorRecorded.model_validate({"id": f"actor/{name}", "name": name, "kind": "PERSON"})


class Interrupted(Exception):
    """Raised between two batches."""


def interrupt(done: int, total: int) -> None:
    """Stop after a batch."""
    raise Interrupted


def put(log: SqliteLog, *names: str) -> None:
    """Record actors in one append."""
    Recorder(log, "tester").record([actor(name) for name in names])


async def ids(graph: Graph) -> list[str]:
    """Return the ids of all nodes but the checkpoint."""
    async with graph.session() as session:
        result = await session.run("MATCH (n) WHERE NOT n:Checkpoint RETURN n.id ORDER BY n.id")
        return [str(one) for one in await result.value()]


async def positioned(graph: Graph) -> int:
    """Return the checkpoint's position."""
    checkpoint = await read_checkpoint(graph)
    assert checkpoint is not None
    return checkpoint.position


# -- following ---------------------------------------------------------------------------------


async def test_what_is_recorded_is_in_the_graph_once_caught_up(
    graph: Graph, log: SqliteLog
) -> None:
    put(log, "a")
    checkpoint = await Projector(log, graph).catch_up()
    assert (checkpoint.position, checkpoint.hash) == (1, log.head().hash)
    assert await ids(graph) == ["actor/a"]


async def test_an_empty_log_makes_a_ready_graph(graph: Graph, log: SqliteLog) -> None:
    await Projector(log, graph).catch_up()
    assert (await GraphReader(graph).checkpoint()).position == 0
    assert (await compare(log, graph)).differences() == []


@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(record=appends(), batch_entries=st.integers(1, 40))
async def test_batches_of_any_size_make_the_graph_that_the_fold_makes(
    record: Sequence[Sequence[AnyEntry]], batch_entries: int, graph: Graph
) -> None:
    await empty(graph)
    with tempfile.TemporaryDirectory() as folder:
        log = SqliteLog(Path(folder) / "log.sqlite3")
        fill(log, record)
        await Projector(log, graph, batch_entries=batch_entries).catch_up()
        comparison = await compare(log, graph)
        assert comparison.differences() == []
        expected = fold_all(log.entries()).digest()
        assert comparison.digests() == (expected, expected)
        log.close()


async def test_relays_withdrawals_and_captions_over_many_appends_are_folded_alike(
    graph: Graph, log: SqliteLog
) -> None:
    fill(log, record(5, 60, append_size=4))
    await Projector(log, graph, batch_entries=3).catch_up()
    assert (await compare(log, graph)).differences() == []


async def test_batches_end_where_appends_end(graph: Graph, log: SqliteLog) -> None:
    put(log, "a", "b", "c")
    put(log, "d")
    put(log, "e", "f")
    seen: list[tuple[int, int]] = []
    projector = Projector(log, graph, batch_entries=2)
    await projector.catch_up(lambda position, head: seen.append((position, head)))
    assert seen == [(3, 6), (6, 6)]


async def test_a_first_build_is_closed_to_readers_until_it_is_whole(
    graph: Graph, log: SqliteLog
) -> None:
    put(log, "a")
    put(log, "b")
    with pytest.raises(Interrupted):
        await Projector(log, graph, batch_entries=1).catch_up(interrupt)
    assert await positioned(graph) == 1
    with pytest.raises(NotReady, match="still being built"):
        await GraphReader(graph).checkpoint()
    with pytest.raises(NotReady):
        await GraphReader(graph).page(Page("Actor", (Pick("id", "id"),)))
    assert not await GraphReader(graph).wait_for(1, 0)
    await Projector(log, graph, batch_entries=1).catch_up()
    assert (await GraphReader(graph).checkpoint()).position == 2


async def test_while_a_graph_is_being_built_no_page_of_it_is_worked_out(
    graph: Graph, log: SqliteLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(log, "a")
    put(log, "b")
    with pytest.raises(Interrupted):
        await Projector(log, graph, batch_entries=1).catch_up(interrupt)
    compiled: list[Page] = []

    def counted(page: Page, merged: Collection[str]) -> CompiledQuery:
        compiled.append(page)
        return compile_page(page, merged)

    monkeypatch.setattr("graph.reader.compile_page", counted)
    reader, page = GraphReader(graph), Page("Actor", (Pick("id", "id"),))
    for _ in range(3):
        with pytest.raises(NotReady, match="still being built"):
            await reader.page(page)
    assert len(compiled) == 1
    await Projector(log, graph).catch_up()
    assert len((await reader.page(page)).rows) == 2


async def test_however_many_wait_one_looks_for_all(
    graph: Graph, log: SqliteLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks, at_once = 0, 0

    async def counted(graph: Graph, arrivals: Arrivals) -> Checkpoint | None:
        nonlocal looks, at_once
        looks, at_once = looks + 1, at_once + 1
        assert at_once == 1
        try:
            return await settled(graph, arrivals)
        finally:
            at_once -= 1

    monkeypatch.setattr("graph.reader.settled", counted)
    reader, projector = GraphReader(graph), Projector(log, graph)
    await projector.catch_up()
    waiting = asyncio.gather(*(reader.wait_for(1, 30) for _ in range(200)))
    await asyncio.sleep(0.5)
    put(log, "a")
    await projector.catch_up()
    assert await waiting == [True] * 200
    assert looks > 1


async def test_who_waits_beside_a_projector_is_woken_by_it(
    graph: Graph, log: SqliteLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("graph.reader.TOLD_POLL_SECONDS", 60.0)
    arrivals = Arrivals()
    projector, reader = (
        Projector(log, graph, watcher=arrivals),
        GraphReader(graph, arrivals=arrivals),
    )
    await projector.catch_up()
    waiting = asyncio.gather(*(reader.wait_for(position, 30) for position in (1, 2)))
    began = time.monotonic()
    await asyncio.sleep(0.5)
    for name in "ab":
        put(log, name)
        await projector.catch_up()
    assert await waiting == [True, True]
    assert time.monotonic() - began < 10


async def test_who_waits_beside_a_projector_finds_what_others_brought(
    graph: Graph, log: SqliteLog
) -> None:
    arrivals = Arrivals()
    await Projector(log, graph, watcher=arrivals).catch_up()
    waiting = asyncio.create_task(GraphReader(graph, arrivals=arrivals).wait_for(1, 30))
    began = time.monotonic()
    await asyncio.sleep(0.1)
    put(log, "a")
    await Projector(log, graph).catch_up()
    assert await waiting
    assert time.monotonic() - began < 10


async def test_in_a_steady_stream_it_catches_up_again_and_again(
    graph: Graph, log: SqliteLog
) -> None:
    class Growing:
        """A log to which somebody adds whenever it is read."""

        reads = 0

        def read(self, *given: Any, **named: Any) -> list[Entry]:
            self.reads += 1
            put(log, f"read-{self.reads}")
            return log.read(*given, **named)

        def __getattr__(self, name: str) -> Any:
            return getattr(log, name)

    put(log, "first")
    caught = asyncio.Semaphore(0)

    class Watching(Unwatched):
        def caught_up(self, position: int) -> None:
            caught.release()

    following = Projector(cast(Any, Growing()), graph, watcher=Watching())
    running = asyncio.create_task(following.run())
    try:
        async with asyncio.timeout(60):
            for _ in range(3):
                await caught.acquire()
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_what_many_have_to_know_otherwise_takes_few_questions(
    graph: Graph, log: SqliteLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody could wait for thousands of statements of a claim, were each asked about by itself."""
    fill(log, record(3, 300, append_size=300))
    projector = Projector(log, graph)
    await projector.catch_up()
    issues = [one.id for one in fold_all(log.entries()).nodes if one.label == "Issue"]
    claims = [one.id for one in fold_all(log.entries()).nodes if one.label == "Claim"]
    asked = 0
    rows = ThingsInGraph._rows

    async def counted(*given: Any) -> list[dict[str, Any]]:
        nonlocal asked
        asked += 1
        return await rows(*given)

    monkeypatch.setattr(ThingsInGraph, "_rows", counted)
    Recorder(log, "tester").record(
        [
            entry("Amended", {"id": one, "fields": {"issues": issues}, "reason": "r"})
            for one in claims
        ]
    )
    await projector.catch_up()
    assert (await compare(log, graph)).differences() == []
    assert 0 < asked < 20


# -- two projectors ----------------------------------------------------------------------------


async def test_two_projectors_at_once_have_one_effect(graph: Graph, log: SqliteLog) -> None:
    fill(log, record(11, 30, append_size=2))
    one, other = (Projector(log, graph, batch_entries=5) for _ in range(2))

    async def follow(projector: Projector) -> None:
        while await positioned_or_nothing() < log.head().position:
            with suppress(Fenced, GraphUnavailable):
                await projector.catch_up()

    async def positioned_or_nothing() -> int:
        checkpoint = await read_checkpoint(graph)
        return checkpoint.position if checkpoint else -1

    await asyncio.gather(follow(one), follow(other))
    assert (await compare(log, graph)).differences() == []


async def test_a_projector_that_paused_is_fenced_off_and_then_goes_on(
    graph: Graph, log: SqliteLog
) -> None:
    paused, other = Projector(log, graph), Projector(log, graph)
    put(log, "a")
    await paused.catch_up()
    put(log, "b")
    await other.catch_up()
    put(log, "c")
    with pytest.raises(Fenced, match="another writer moved the checkpoint on from 1"):
        await paused.catch_up()
    assert await ids(graph) == ["actor/a", "actor/b"]
    await paused.catch_up()
    put(log, "d")
    with pytest.raises(Fenced):
        await other.catch_up()
    assert (await compare(log, graph)).differences() == []


async def test_who_catches_up_beside_another_takes_what_that_one_applied(
    graph: Graph, log: SqliteLog
) -> None:
    fenced, other = Projector(log, graph), Projector(log, graph)
    put(log, "a")
    await fenced.catch_up()
    put(log, "b")
    await other.catch_up()
    put(log, "c")
    assert (await fenced.catch_up_beside_others()).position == 3
    assert (await compare(log, graph)).differences() == []


@pytest.mark.parametrize("commits", [True, False], ids=["commits", "rolls back"])
async def test_a_projector_waits_for_one_that_holds_the_checkpoint(
    commits: bool, graph: Graph, log: SqliteLog
) -> None:
    await Projector(log, graph).catch_up()
    put(log, "a")
    known = await read_checkpoint(graph)
    assert known is not None
    async with graph.session() as session, await session.begin_transaction() as transaction:
        await lock(transaction, known)  # takes the lock, as a batch does first
        waiting = asyncio.create_task(Projector(log, graph).catch_up())
        await asyncio.sleep(0.5)
        assert not waiting.done()
        if commits:
            await transaction.run("MATCH (c:Checkpoint) SET c.hash = 'of the first'")
            await transaction.commit()
        else:
            await transaction.rollback()
    if commits:
        with pytest.raises(Fenced):
            await waiting
        assert await ids(graph) == []
    else:
        assert (await waiting).position == 1


# -- failures ----------------------------------------------------------------------------------


async def test_a_batch_that_fails_in_the_middle_leaves_the_graph_as_it_was(
    graph: Graph, log: SqliteLog
) -> None:
    put(log, "a")
    projector = Projector(log, graph)
    await projector.catch_up()
    await run(graph, "CREATE (:Actor {id: 'actor/c'})")
    put(log, "b", "c", "d")
    with pytest.raises(DamagedGraph, match=r"already has what was to be added"):
        await projector.catch_up()
    assert await positioned(graph) == 1
    assert await ids(graph) == ["actor/a", "actor/c"]
    await run(graph, "MATCH (n:Actor {id: 'actor/c'}) DELETE n")
    await projector.catch_up()
    assert (await compare(log, graph)).differences() == []


async def test_a_projector_follows_what_another_program_records(
    graph: Graph, log: SqliteLog
) -> None:
    with closing(SqliteLog(log.path)) as other:
        projecting = asyncio.create_task(Projector(log, graph).run())
        for position, name in enumerate("abc", 1):
            await asyncio.to_thread(put, other, name)
            assert await GraphReader(graph).wait_for(position, 30)
        projecting.cancel()
        with suppress(asyncio.CancelledError):
            await projecting


async def test_a_projector_waits_while_neo4j_is_away_and_goes_on_when_it_is_back(
    graph: Graph, log: SqliteLog, neo4j_server: Connection
) -> None:
    async with door_before(neo4j_server.uri) as door:
        seen = Graph.open(door.uri, neo4j_server.username, neo4j_server.password, "neo4j")
        projector = Projector(log, seen)
        following = asyncio.create_task(projector.run())
        put(log, "a")
        assert await GraphReader(graph).wait_for(1, 30)
        await door.shut()
        put(log, "b")
        assert not await GraphReader(graph).wait_for(2, 1)
        assert not following.done()
        await door.open()
        assert await GraphReader(graph).wait_for(2, 30)
        following.cancel()
        with suppress(asyncio.CancelledError):
            await following
        await seen.close()


class Slow(SqliteLog):
    """A log that takes its time to tell what older things say, which a batch waits for."""

    def positions(self, ids: Collection[str]) -> dict[str, list[int]]:
        """Return the positions of things, after a while."""
        time.sleep(LONG_SECONDS)
        return super().positions(ids)


LONG_SECONDS = 3.5
"""Longer than the limit, and the two seconds at most after which Neo4j looks at it."""


async def test_a_batch_that_takes_longer_than_it_may_gets_more_time(
    graph: Graph, log: SqliteLog
) -> None:
    put(log, "a")
    await Projector(log, graph).catch_up()
    Recorder(log, "tester").record([Amended(id="actor/a", fields={"name": "A"}, reason="so")])
    watcher = Waits()
    with closing(Slow(log.path)) as slow:
        projector = Projector(slow, graph, batch_seconds=1.5, watcher=watcher)
        assert (await projector.catch_up()).position == 2
    assert watcher.errors
    assert {type(error) for error in watcher.errors} == {QueryTimeout}
    assert (await compare(log, graph)).differences() == []


async def test_a_projector_goes_on_after_it_waited_too_long_for_another(
    graph: Graph, log: SqliteLog
) -> None:
    watcher = Waits()
    projector = Projector(log, graph, batch_seconds=0.5, watcher=watcher)
    known = await projector.catch_up()
    projecting = asyncio.create_task(projector.run())
    async with graph.transaction() as transaction:
        await lock(transaction, known)
        put(log, "a")
        await asyncio.wait_for(watcher.waited.wait(), 60)
    assert await GraphReader(graph).wait_for(1, 60)
    assert not projecting.done()
    projecting.cancel()
    with suppress(asyncio.CancelledError):
        await projecting


async def test_a_neo4j_that_ends_what_takes_too_long_by_itself_is_asked_again(
    graph: Graph, log: SqliteLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever runs Neo4j may have set a limit, to which every statement is held."""
    put(log, "a")
    tried = 0

    async def limited(graph: Graph, log_id: str, genesis: str) -> Checkpoint:
        nonlocal tried
        tried += 1
        if tried == 1:
            async with graph.session() as session:
                timed = Query("UNWIND range(1, 1000000000) AS n RETURN count(n)", timeout=0.1)
                await (await session.run(timed)).consume()
        return await prepare(graph, log_id, genesis)

    monkeypatch.setattr("graph.projector.prepare", limited)
    projecting = asyncio.create_task(Projector(log, graph).run())
    assert await GraphReader(graph).wait_for(1, 30)
    assert tried > 1
    projecting.cancel()
    with suppress(asyncio.CancelledError):
        await projecting


# -- what is not this log's graph --------------------------------------------------------------


@asynccontextmanager
async def untouched(graph: Graph) -> AsyncIterator[None]:
    """See to it that nothing in the database, its schema included, is other than before."""
    before = await everything(graph)
    yield
    assert await everything(graph) == before


async def everything(graph: Graph) -> object:
    async with graph.session() as session:
        nodes = await session.run("MATCH (n) RETURN labels(n), properties(n) ORDER BY elementId(n)")
        held = await nodes.values()
        indexes = await session.run("SHOW INDEXES YIELD name RETURN name ORDER BY name")
        return held, await indexes.values()


async def test_a_foreign_database_is_refused_and_left_untouched(
    graph: Graph, log: SqliteLog
) -> None:
    await run(graph, "DROP CONSTRAINT checkpoint_id IF EXISTS")
    await run(graph, "DROP INDEX statement_by_said_covering IF EXISTS")
    await run(graph, "CREATE (:Person {name: 'Keanu'})-[:ACTED_IN]->(:Checkpoint {id: 'mine'})")
    async with untouched(graph):
        with pytest.raises(WrongGraph, match="holds 2 nodes and no checkpoint: it was not written"):
            await Projector(log, graph).catch_up()


async def test_a_graph_of_another_log_is_refused_and_left_untouched(
    graph: Graph, log: SqliteLog, tmp_path: Path
) -> None:
    put(log, "a")
    await Projector(log, graph).catch_up()
    other = SqliteLog(tmp_path / "other.sqlite3")
    put(other, "b")
    async with untouched(graph):
        with pytest.raises(WrongGraph, match=f"another log .{log.log_id}, not {other.log_id}"):
            await Projector(other, graph).catch_up()
    other.close()


@pytest.mark.parametrize(
    ("version", "advice"),
    [
        (MODEL_VERSION + 1, "newer than this program's .*: use the newer program"),
        (MODEL_VERSION - 1, "older than this program's .*: run onrecord rebuild"),
    ],
    ids=["newer", "older"],
)
async def test_a_graph_of_another_model_is_refused_and_left_untouched(
    version: int, advice: str, graph: Graph, log: SqliteLog
) -> None:
    put(log, "a")
    await Projector(log, graph).catch_up()
    async with graph.session() as session:
        await session.run("MATCH (c:Checkpoint) SET c.modelVersion = $version", version=version)
    async with untouched(graph):
        with pytest.raises(WrongGraph, match=advice):
            await Projector(log, graph).catch_up()
        with pytest.raises(NotReady):
            await GraphReader(graph).checkpoint()


async def test_a_graph_with_another_history_of_the_log_is_refused(
    graph: Graph, log: SqliteLog
) -> None:
    put(log, "a", "b")
    await Projector(log, graph).catch_up()
    for change, sentence in (
        ("SET c.hash = 'abc'", "differ about position 2"),
        ("SET c.position = 1", "differ about position 1"),
        ("SET c.position = 3", "holds the log up to 3, but the log ends at 2"),
    ):
        await run(graph, f"MATCH (c:Checkpoint) {change}")
        with pytest.raises(WrongGraph, match=sentence):
            await Projector(log, graph).catch_up()


# -- entries that cannot be applied ------------------------------------------------------------


def broken(kind: str, subject: str, payload: bytes = b"{}", version: int = 1) -> NewEntry:
    """Return an entry as a newer or defective program might have written it."""
    return NewEntry(kind, version, subject, payload)


async def test_problems_are_the_same_live_and_in_a_rebuild(graph: Graph, log: SqliteLog) -> None:
    put(log, "a")
    for append in (
        [broken("RumourRecorded", "rumour/1"), new_entry(actor("b"))],
        [broken("ActorRecorded", "actor/c", version=2), broken("ActorRecorded", "actor/d")],
        [
            new_entry(actor("e").model_copy(update={"part_of": ("actor/c",)}))._replace(
                references=()
            )
        ],
    ):
        log.append(append, recorded_by="tester")
    await Projector(log, graph, batch_entries=1).catch_up()
    live = await GraphReader(graph).problems()
    assert [one["position"] for one in live] == [2, 4, 5, 6]
    assert [one["reason"] for one in live] == [
        (
            "no RumourRecorded of version 1 is known to this program: "
            "use the newer program that wrote it"
        ),
        (
            "no ActorRecorded of version 2 is known to this program, which knows it up to "
            "version 1: use the newer program that wrote it"
        ),
        "id: is missing",
        "refers to actor/c, which could not be applied",
    ]
    assert [one["subject"] for one in live] == ["rumour/1", "actor/c", "actor/d", "actor/e"]
    comparison = await compare(log, graph)
    assert comparison.differences() == []
    await run(graph, "MATCH (n) WHERE NOT n:Checkpoint DETACH DELETE n")
    assert (await rebuild(log, graph)).problems == 4
    assert await GraphReader(graph).problems() == live
    assert (await compare(log, graph)).digests() == comparison.digests()


# -- the longest there is ----------------------------------------------------------------------


async def test_the_longest_texts_are_taken_found_and_sorted(graph: Graph, log: SqliteLog) -> None:
    long = "ΐ" * 2_000  # three code points of two bytes each, once the case is folded
    claims = [
        entry("ClaimRecorded", {"id": f"claim/{name}" + "x" * 190, "text": long[:-1] + name})
        for name in "ab"
    ]
    Recorder(log, "tester").record([*claims, actor("x" * 190)])
    await Projector(log, graph).catch_up()
    named = Compare("name", Comparison.CONTAINS, long[:-1] + "B")
    found = await GraphReader(graph).page(Page("Claim", (Pick("id", "id"),), named, order="name"))
    assert [row["id"] for row in found.rows] == [claims[1].id]
    assert len(str(found.keys[0][0])) <= SORT_NAME_LENGTH
    assert (await compare(log, graph)).differences() == []
