"""Pages as of a position, held against what the entries up to it make when they are all there is."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import accumulate
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eventlog.recorder import Recorder
from eventlog.sqlite import SqliteLog
from graph.connection import Graph
from graph.projector import Projector
from graph.reader import GraphReader
from graph.selection import Page, Pick, Under
from graph.verify import compare
from graph.whole import fold_all
from schema.entries import AnyEntry, Retracted
from tests.conftest import empty
from tests.graph.records import entry, fill
from tests.graph.reference import Reference
from tests.graph.selections import Selections
from tests.schema.histories import histories

pytestmark = pytest.mark.engine

History = list[list[AnyEntry]]

HISTORIES = int(os.environ.get("ONRECORD_TEST_HISTORIES", "12"))
"""How many histories are tried; set the variable to try more of them."""
POSITIONS, PAGES = 4, 3

any_history = settings(
    max_examples=HISTORIES,
    deadline=None,
    suppress_health_check=[*HealthCheck],
)


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
        reader = GraphReader(graph)
        ends = st.sampled_from([0, *accumulate(map(len, history))])
        for _ in range(POSITIONS):
            position = data.draw(ends, label="position")
            reference = Reference(fold_all(log.entries(up_to=position)))
            selections = Selections(reference)
            for _ in range(PAGES):
                page = data.draw(selections.pages())
                then = await reader.page(replace(page, as_of=position))
                assert then == reference.page(page, head)
                if position == head:
                    assert await reader.page(page) == then


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
