"""Pages as of a position, held against what the entries up to it make when they are all there is."""

import os
import tempfile
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import accumulate
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eventlog import Entry
from eventlog.recorder import Recorder
from eventlog.sqlite import SqliteLog
from graph.compiler import compile_page
from graph.connection import Graph, own_text
from graph.managed import Connection
from graph.projector import Projector
from graph.reader import GraphReader
from graph.selection import (
    Compare,
    Comparison,
    Condition,
    Page,
    Pick,
    Quantifier,
    Related,
    Under,
)
from graph.verify import compare
from graph.whole import fold_all
from schema.entries import AnyEntry, Retracted
from tests.conftest import empty
from tests.graph.changing import Changer
from tests.graph.loading import Loaded, load, open_graph
from tests.graph.records import entry, fill, record
from tests.graph.reference import Reference
from tests.graph.selections import Selections
from tests.schema.histories import histories

pytestmark = pytest.mark.engine

History = list[list[AnyEntry]]

HISTORIES = int(os.environ.get("ONRECORD_TEST_HISTORIES", "6"))
"""How many histories are tried; set the variable to try more of them."""
POSITIONS, PAGES = 3, 2
PAGES_A_HISTORY = 8
"""How many pages of one large record are tried for each history."""
TIME_LIMIT_SECONDS = 60.0
"""Each page is another statement, which Neo4j has to plan: some of them for seconds."""

slow = settings(
    deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
any_history = settings(slow, max_examples=HISTORIES)


Moment: TypeAlias = tuple[Reference, Selections]
"""What was on record, in memory, and what can be asked of it."""


def _moment(entries: Iterable[Entry]) -> Moment:
    reference = Reference(fold_all(entries))
    return reference, Selections(reference, conditions_at_most=1)


@contextmanager
def recorded(history: History) -> Iterator[SqliteLog]:
    """Record a history in a log of its own."""
    with tempfile.TemporaryDirectory() as folder:
        log = SqliteLog(Path(folder) / "log.sqlite3")
        recorder = Recorder(log, "a coder")
        for append in history:
            recorder.record(append)
        yield log
        log.close()


@any_history
@given(history=histories(), batch_entries=st.integers(1, 40), data=st.data())
async def test_a_page_as_of_a_position_is_that_of_a_record_that_ends_there(
    history: History, batch_entries: int, data: st.DataObject, graph: Graph
) -> None:
    await empty(graph)
    with recorded(history) as log:
        await Projector(log, graph, batch_entries=batch_entries).catch_up()
        head = log.head().position
        reader = GraphReader(graph, TIME_LIMIT_SECONDS)
        ends = st.sampled_from([0, *accumulate(map(len, history))])
        for _ in range(POSITIONS):
            position = data.draw(ends, label="position")
            reference, _ = _moment(log.entries(up_to=position))
            asked = data.draw(st.just(position) | ends, label="asks for what was there by")
            _, selections = _moment(log.entries(up_to=asked))
            for _ in range(PAGES):
                page = data.draw(selections.pages())
                then = await reader.page(replace(page, as_of=position))
                assert then == reference.page(page, head)
                if position == head:
                    assert await reader.page(page) == then


def _change(log: SqliteLog) -> None:
    """Change a record in every way, and again: what is merged is changed as well."""
    changer = Changer(log, seed=13)
    for changes in (20, 40, 100):
        assert changer.change(changes) > 5
        assert changer.merge() > 4


@pytest.fixture(scope="module")
def changed(neo4j_server: Connection, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loaded]:
    """Return a record that was changed in every way, and is in Neo4j."""
    folder = tmp_path_factory.mktemp("changed")
    loaded = load(neo4j_server, folder, record(11, 25, append_size=9), _change)
    yield loaded
    loaded.log.close()


@pytest.fixture(scope="module")
def moments(changed: Loaded) -> dict[int, Moment]:
    """Return what was on record where each append ended."""
    entries = [*changed.log.entries()]
    ends = [one.position for one in entries if one.ends_append]
    return {end: _moment(entries[:end]) for end in (0, *ends)}


@pytest.fixture
async def reader(neo4j_server: Connection, changed: Loaded) -> AsyncIterator[GraphReader]:
    """Return a reader of the record."""
    graph = open_graph(neo4j_server)
    yield GraphReader(graph, TIME_LIMIT_SECONDS)
    await graph.close()


@settings(slow, max_examples=HISTORIES * PAGES_A_HISTORY)
@given(data=st.data())
async def test_a_page_of_a_record_that_was_changed_a_lot_is_that_of_when_it_ended_there(
    data: st.DataObject,
    changed: Loaded,
    moments: dict[int, Moment],
    reader: GraphReader,
) -> None:
    position = data.draw(st.sampled_from([*moments]), label="position")
    reference, _ = moments[position]
    ends = st.just(position) | st.sampled_from([*moments])
    asked = data.draw(ends, label="asks for what was there by")
    _, selections = moments[asked]
    page = data.draw(selections.pages())
    then = await reader.page(replace(page, as_of=position))
    assert then == reference.page(page, changed.position)


@any_history
@given(history=histories(), batch_entries=st.integers(1, 40))
async def test_batches_of_any_size_make_the_graph_that_the_fold_makes_of_a_history(
    history: History, batch_entries: int, graph: Graph
) -> None:
    await empty(graph)
    with recorded(history) as log:
        await Projector(log, graph, batch_entries=batch_entries).catch_up()
        comparison = await compare(log, graph)
        assert [str(one) for one in comparison.differences()] == []
        expected = fold_all(log.entries()).digest()
        assert comparison.digests() == (expected, expected)


def _actor(name: str, *wholes: str) -> AnyEntry:
    part_of = [f"actor/{one}" for one in wholes]
    given = {"id": f"actor/{name}", "name": name, "kind": "GROUP", "partOf": part_of}
    return entry("ActorRecorded", given)


async def test_what_is_part_of_a_merged_thing_is_under_all_that_any_member_is_part_of(
    graph: Graph, log: SqliteLog
) -> None:
    given = {"id": "judgement/one", "type": "SAME_AS", "from": "actor/b", "to": "actor/also-b"}
    judged = entry("IdentityJudged", {**given, "because": "It is one body."})
    fill(
        log,
        [
            [_actor("c"), _actor("b", "c"), _actor("also-b"), _actor("a", "also-b")],
            [judged],
            [Retracted(id="judgement/one", reason="It is not.")],
        ],
    )
    await Projector(log, graph).catch_up()
    reader = GraphReader(graph)

    async def under(whole: str, as_of: int | None) -> list[object]:
        picks = (Pick("name", "name"),)
        page = Page("Actor", picks, Under(f"actor/{whole}"), order="name", as_of=as_of)
        return [row["name"] for row in (await reader.page(page)).rows]

    for whole, apart, merged in (
        ("c", ["b", "c"], ["a", "b", "c"]),
        ("b", ["b"], ["a", "b"]),
        ("also-b", ["a", "also-b"], ["a", "b"]),
    ):
        assert await under(whole, 4) == await under(whole, None) == apart
        assert await under(whole, 5) == merged
    assert await under("c", 0) == []


def _operators(plan: dict[str, Any]) -> Iterator[str]:
    yield str(plan["operatorType"]).partition("@")[0]
    for child in plan.get("children", ()):
        yield from _operators(child)


@pytest.mark.parametrize(
    ("kind", "where"),
    [
        ("Actor", Compare("id", Comparison.EQ, "actor/1")),
        ("Statement", Compare("id", Comparison.IN, ("statement/1", "statement/2"))),
        (
            "Statement",
            Related("speaker", Quantifier.SOME, Compare("id", Comparison.EQ, "actor/1")),
        ),
        ("Statement", Related("issues", Quantifier.SOME, Compare("id", Comparison.EQ, "issue/0"))),
        ("Claim", Related("canonical", Quantifier.SOME, Compare("id", Comparison.EQ, "claim/0"))),
    ],
)
async def test_what_begins_at_an_id_looks_at_no_others(
    kind: str, where: Condition, neo4j_server: Connection, changed: Loaded
) -> None:
    page = Page(kind, (Pick("name", "name"),), where, count=True, as_of=changed.position // 2)
    query = compile_page(page)
    graph = open_graph(neo4j_server)
    async with graph.session() as session:
        result = await session.run(own_text(f"EXPLAIN {query.text}"), query.parameters)
        plan = (await result.consume()).plan
    await graph.close()
    assert plan is not None
    through_all = {"AllNodesScan", "NodeByLabelScan", "UnionNodeByLabelsScan"}
    assert not through_all & {*_operators(plan)}
