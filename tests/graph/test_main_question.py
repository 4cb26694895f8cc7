"""The question the project exists for, on twenty thousand statements: right, and cheap anywhere."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from typing import Any

import pytest

from graph.compiler import compile_page
from graph.connection import Graph, own_text
from graph.managed import Connection
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
from tests.graph.reference import Reference

pytestmark = pytest.mark.engine

STATEMENTS = 20_000
PAGE_SIZE = 20
FULL_TABLE_READS = (
    "AllNodesScan",
    "NodeByLabelScan",
    "AllRelationshipsScan",
    "RelationshipTypeScan",
)
WINDOWS = ("2025", "2025-05/2025-06", "2025-04", "2025-06-02", "2024")


def pick(name: str, *inner: Pick) -> Pick:
    return Pick(name, name, inner)


def picks(names: str) -> tuple[Pick, ...]:
    return tuple(map(pick, names.split()))


SELECTION = (
    *picks("id attribution force polarity hedging quotes recordedPosition recordedAt"),
    pick("speaker", *picks("id name kind")),
    pick("capacity", *picks("title"), pick("body", *picks("name"))),
    pick("ascribedTo", *picks("attitude"), pick("actor", *picks("name"))),
    pick("claim", *picks("id text figures"), pick("mentions", *picks("name"))),
    pick("issues", *picks("id name")),
    pick("stances", *picks("stance"), pick("issue", *picks("name"))),
    pick("said", *picks("edtf words earliest latest precision basis because")),
    pick(
        "passages",
        *picks("part start end exact sha256"),
        pick(
            "source",
            *picks("title url"),
            pick("published", *picks("edtf")),
            pick("publisher", *picks("name")),
        ),
    ),
    pick("relays", pick("speaker", *picks("name")), pick("claim", *picks("text"))),
)


def then(window: str) -> Within:
    """Return the condition that something was perhaps said in a window of time."""
    return Within("said", RangeComparison.POSSIBLY_WITHIN, *range_bounds(window))


def question(window: str) -> Page:
    """Return the first page of what was said on rare earths, perhaps in a window of time."""
    on_issue = Related(
        "issues", Quantifier.SOME, Compare("name", Comparison.CONTAINS, "rare earth")
    )
    return Page(
        "Statement",
        SELECTION,
        AllOf((on_issue, then(window))),
        order="said",
        descending=True,
        limit=PAGE_SIZE,
    )


@pytest.fixture(scope="module")
def loaded(neo4j_server: Connection, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loaded]:
    """Return a record of twenty thousand statements that is in Neo4j."""
    loaded = load(neo4j_server, tmp_path_factory.mktemp("large"), record(1, STATEMENTS))
    yield loaded
    loaded.log.close()


@pytest.fixture(scope="module")
def reference(loaded: Loaded) -> Reference:
    """Return the same record in memory."""
    return Reference(loaded.additions)


@pytest.fixture
async def large(neo4j_server: Connection, loaded: Loaded) -> AsyncIterator[Graph]:
    """Return the graph of the record."""
    graph = open_graph(neo4j_server)
    yield graph
    await graph.close()


def nth_page(page: Page, number: int, reference: Reference) -> Page:
    """Return a later page, counted from 1, as whoever pages on would ask for it."""
    ordered = reference.sorted(page)
    return replace(page, cursor=ordered[(number - 1) * page.limit - 1][0])


async def profile(graph: Graph, page: Page) -> dict[str, Any]:
    """Return the plan of a page's one statement, with what it did."""
    query = compile_page(page)
    async with graph.session() as session:
        result = await session.run(own_text(f"PROFILE {query.text}"), query.parameters)
        summary = await result.consume()
    assert summary.profile is not None
    return summary.profile


def operators(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("children", ()):
        yield from operators(child)


def details_of(operator: dict[str, Any], sort: str) -> str:
    """Return what an operator works on, if it is one of a sort."""
    return str(operator["args"]["Details"]) if sort in operator["operatorType"] else ""


def hits(plan: dict[str, Any]) -> int:
    """Return how often a plan touched the store."""
    return sum(int(one.get("dbHits", 0)) for one in operators(plan))


@pytest.mark.parametrize("window", WINDOWS)
async def test_the_first_page_is_right(
    window: str, large: Graph, reference: Reference, loaded: Loaded
) -> None:
    page = replace(question(window), count=True)
    assert await GraphReader(large).page(page) == reference.page(page, loaded.position)


@pytest.mark.parametrize("backward", [False, True], ids=["forward", "backward"])
async def test_page_400_is_right(
    backward: bool, large: Graph, reference: Reference, loaded: Loaded
) -> None:
    page = replace(nth_page(question("2025"), 400, reference), backward=backward)
    found = await GraphReader(large).page(page)
    assert len(found.rows) == PAGE_SIZE
    assert found == reference.page(page, loaded.position)


@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize("count", [False, True], ids=["rows", "rows and count"])
async def test_it_starts_from_an_index(window: str, count: bool, large: Graph) -> None:
    plan = await profile(large, replace(question(window), count=count))
    names = {str(one["operatorType"]).partition("@")[0] for one in operators(plan)}
    assert {"NodeIndexContainsScan", "DirectedRelationshipIndexSeek"} <= names
    assert not names & set(FULL_TABLE_READS)


@pytest.mark.parametrize("on_issue", [True, False])
async def test_what_a_walk_passes_over_is_read_from_the_index_alone(
    on_issue: bool, large: Graph
) -> None:
    """Of the dates that end in the window some begin beyond it: their nodes are not looked at."""
    page = question("2025-04")
    if not on_issue:
        page = replace(page, where=then("2025-04"))
    plan = await profile(large, page)
    (walk,) = (one for one in operators(plan) if "saidEarliest" in details_of(one, "IndexSeek"))
    assert ".saidEarliest]" in details_of(walk, "IndexSeek").partition("cache[")[2]
    (beyond,) = (one for one in operators(plan) if "saidEarliest" in details_of(one, "Filter"))
    assert int(beyond["rows"]) < int(walk["rows"])
    labels = 2 * int(walk["rows"]) if on_issue else 0  # who is about an issue may be a claim
    assert int(beyond["dbHits"]) <= labels


async def test_page_400_costs_no_more_than_the_first(large: Graph, reference: Reference) -> None:
    first = question("2025")
    costs = [hits(await profile(large, first))]
    for number in (2, 50, 200, 400):
        costs.append(hits(await profile(large, nth_page(first, number, reference))))
    assert max(costs) <= 1.3 * costs[0]


@pytest.mark.parametrize("window", ["2025-03", "2025-04", "2025-05/2025-06", "2025-08"])
async def test_a_window_costs_the_same_however_old_it_is(window: str, large: Graph) -> None:
    newest = hits(await profile(large, question("2025-07")))
    assert hits(await profile(large, question(window))) <= 1.5 * newest
