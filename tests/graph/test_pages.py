"""Pages from Neo4j, held against a plain evaluation of the same record."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.managed import Connection
from graph.model import KINDS, Kind
from graph.reader import GraphReader
from graph.selection import (
    AllOf,
    Compare,
    Comparison,
    Page,
    Pick,
    Quantifier,
    RangeComparison,
    Related,
    Within,
)
from schema.dates import range_bounds
from tests.graph.loading import Loaded, load, open_graph
from tests.graph.records import record
from tests.graph.reference import Key, Reference
from tests.graph.selections import RANGES, Selections

pytestmark = pytest.mark.engine

STATEMENTS = 120
EVERY_ORDER = [
    (kind, order.name, descending)
    for kind in KINDS.values()
    for order in kind.orders
    for descending in (False, True)
]
slow_and_shared = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture(scope="module")
def loaded(neo4j_server: Connection, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loaded]:
    """Return a small record that is in Neo4j."""
    loaded = load(neo4j_server, tmp_path_factory.mktemp("small"), record(7, STATEMENTS))
    yield loaded
    loaded.log.close()


@pytest.fixture(scope="module")
def reference(loaded: Loaded) -> Reference:
    """Return the same record in memory."""
    return Reference(loaded.additions)


@pytest.fixture
async def reader(neo4j_server: Connection, loaded: Loaded) -> AsyncIterator[GraphReader]:
    """Return a reader of the record."""
    graph = open_graph(neo4j_server)
    yield GraphReader(graph)
    await graph.close()


@slow_and_shared
@given(data=st.data())
async def test_any_page_is_what_a_plain_evaluation_gives(
    data: st.DataObject, reader: GraphReader, reference: Reference, loaded: Loaded
) -> None:
    page = data.draw(Selections(reference).pages())
    assert await reader.page(page) == reference.page(page, loaded.position)


@slow_and_shared
@given(data=st.data())
async def test_statements_on_an_issue_within_a_range_are_found_in_any_order_and_direction(
    data: st.DataObject, reader: GraphReader, reference: Reference, loaded: Loaded
) -> None:
    issues = Related(
        "issues",
        Quantifier.SOME,
        Compare("name", Comparison.CONTAINS, data.draw(st.sampled_from(["rare EARTH", "f", "0"]))),
    )
    ranges = [
        Within("said", data.draw(st.sampled_from(RangeComparison)), *range_bounds(text))
        for text in data.draw(st.lists(st.sampled_from(RANGES), max_size=2))
    ]
    where = AllOf((issues, *ranges))
    page = data.draw(Selections(reference).pages_of(KINDS["Statement"], where))
    assert await reader.page(page) == reference.page(page, loaded.position)


@pytest.mark.parametrize("backward", [False, True], ids=["forward", "backward"])
@pytest.mark.parametrize(("kind", "order", "descending"), EVERY_ORDER)
async def test_paging_through_sees_each_thing_once_in_order(
    kind: Kind,
    order: str,
    descending: bool,
    backward: bool,
    reader: GraphReader,
    reference: Reference,
) -> None:
    page = Page(
        kind.label,
        (Pick("id", "id"),),
        order=order,
        descending=descending,
        backward=backward,
        limit=23,
    )
    seen: list[object] = []
    cursor: Key | None = None
    while True:
        found = await reader.page(replace(page, cursor=cursor))
        ids = [row["id"] for row in found.rows]
        seen = ids + seen if backward else seen + ids
        if not found.more:
            break
        cursor = found.keys[0 if backward else -1]
    assert seen == [identifier for _, identifier in reference.sorted(page)]


@pytest.mark.parametrize("label", ["Statement", "Event", "Source"])
@pytest.mark.parametrize("descending", [False, True])
async def test_what_has_no_date_comes_last_in_either_direction(
    label: str, descending: bool, reader: GraphReader
) -> None:
    kind = KINDS[label]
    dated = kind.order(kind.by_default[0]).dated
    assert dated is not None
    picks = (Pick("date", dated, (Pick("precision", "precision"),)),)
    page = Page(label, picks, order=kind.by_default[0], descending=descending, limit=1000)
    dates = [row["date"] for row in (await reader.page(page)).rows]
    undated = [date in (None, {"precision": "UNKNOWN"}) for date in dates]
    assert 0 < sum(undated) < len(undated)
    assert undated == sorted(undated)


async def test_a_limit_of_nothing_gives_no_rows_and_says_whether_there_are_any(
    reader: GraphReader,
) -> None:
    found = await reader.page(Page("Statement", (Pick("id", "id"),), limit=0, count=True))
    assert (found.rows, found.more, found.count) == ((), True, STATEMENTS)
