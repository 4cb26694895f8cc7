"""Who is one with whom: whatever the order of judgements, and undone with them."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventlog.recorder import Recorder
from eventlog.sqlite import SqliteLog
from graph.connection import Graph, own_text
from graph.contradictions import LISTED, Contradiction
from graph.elements import Node, Relationship
from graph.identity import canonical
from graph.lines import digest
from graph.projector import Projector
from graph.reader import GraphReader
from graph.things import Judged
from graph.verify import compare
from graph.views import labels_with
from graph.whole import WholeGraph, fold_all
from schema.entries import AnyEntry, IdentityType, Reinstated, Retracted
from tests.graph.records import entry, record

ACTORS = [f"actor/{letter}" for letter in "abcdefg"]
"""In the order in which they are put on record."""


def actors() -> list[AnyEntry]:
    return [entry("ActorRecorded", {"id": one, "name": one, "kind": "PERSON"}) for one in ACTORS]


def judged(name: str, one: str, other: str, *, same: bool = True) -> AnyEntry:
    given = {"id": f"judgement/{name}", "from": one, "to": other, "because": "both were read"}
    return entry("IdentityJudged", given | {"type": "SAME_AS" if same else "NOT_SAME_AS"})


def merged_in(graph: WholeGraph) -> dict[str, str]:
    return {one.source: one.target for one in graph.relationships if one.type == "CANONICAL"}


def put(log: SqliteLog, *appends: Iterable[AnyEntry]) -> None:
    for append in appends:
        Recorder(log, "tester").record([*append])


# -- the rule ----------------------------------------------------------------------------------


@given(
    pairs=st.lists(
        st.tuples(
            st.sampled_from(ACTORS), st.sampled_from(ACTORS), st.sampled_from([*IdentityType])
        ).filter(lambda pair: pair[0] != pair[1]),
        max_size=9,
    ),
    order=st.permutations(range(len(ACTORS))),
)
def test_the_first_recorded_of_those_that_are_joined_stands_for_all_unless_two_are_not_one(
    pairs: list[tuple[str, str, IdentityType]], order: list[int]
) -> None:
    judgements = [Judged(type_, one, other) for one, other, type_ in pairs]
    position = dict(zip(ACTORS, order, strict=True))

    assert canonical(ACTORS, judgements, position.__getitem__) == _by_hand(judgements, position)


def _by_hand(judgements: Iterable[Judged], position: Mapping[str, int]) -> dict[str, str]:
    """Colour the joined alike, one judgement after the other."""
    of = {one: {one} for one in ACTORS}
    for judgement in judgements:
        if judgement.type is IdentityType.SAME_AS:
            both = of[judgement.one] | of[judgement.other]
            of |= dict.fromkeys(both, both)
    apart = [one for one in judgements if one.type is IdentityType.NOT_SAME_AS]
    return {
        one: first
        for one, joined in of.items()
        if not any({no.one, no.other} <= joined for no in apart)
        if (first := min(joined, key=position.__getitem__)) != one
    }


def test_the_order_of_judgements_does_not_count(tmp_path: Path) -> None:
    """Nor which of the two is named first: who was recorded first stands for the others."""
    a, b, c, d, e, *_ = ACTORS
    judgements = [
        judged("d-c", d, c),
        judged("c-b", b, c),
        judged("e-b", e, b, same=False),
        judged("a-e", e, a),
    ]
    found = []
    for number, order in enumerate(permutations(judgements)):
        log = SqliteLog(tmp_path / f"{number}.sqlite3")
        put(log, actors(), *([one] for one in order))
        found.append(merged_in(fold_all(log.entries())))
        log.close()
    assert found == [{c: b, d: b, e: a}] * 24


# -- in Neo4j ----------------------------------------------------------------------------------


async def current(graph: Graph) -> str:
    """Return the digest of what a graph has now: no versions, nothing past, no checkpoint.

    Each node and relationship counts with all its properties, since when it is so among them; but
    for CANONICAL, since what a contradiction parted for a while is merged anew afterwards.
    """
    async with graph.session() as session:
        found = await session.run(
            "MATCH (n) WHERE NOT n:Checkpoint AND NOT n:Version "
            "RETURN labels(n)[0] AS label, n.id AS id, properties(n) AS properties"
        )
        nodes = [
            Node(row["label"], row["id"], row["properties"])
            async for row in found
            if not row["label"].startswith("Past")
        ]
        found = await session.run(
            "MATCH (one)-[r]->(other) WHERE NOT type(r) STARTS WITH 'PAST_' RETURN "
            "type(r) AS type, one.id AS source, other.id AS target, properties(r) AS properties"
        )
        relationships = [
            Relationship(
                row["type"],
                row["source"],
                row["target"],
                {} if row["type"] == "CANONICAL" else row["properties"],
            )
            async for row in found
        ]
    assert nodes
    assert relationships
    return digest(nodes, relationships)


async def past_types(graph: Graph) -> dict[str, int]:
    """Return how many relationships of each type have ended."""
    async with graph.session() as session:
        found = await session.run(
            own_text(
                "MATCH ()-[r]->() WHERE type(r) STARTS WITH 'PAST_' "
                "RETURN type(r) AS type, count(*) AS count"
            )
        )
        return {row["type"]: row["count"] async for row in found}


SAME_SPEAKERS = [judged("joined", "actor/1", "actor/0"), judged("chain", "actor/2", "actor/1")]


@pytest.mark.engine
@pytest.mark.parametrize(
    ("judgement", "ended"),
    [
        (judged("one", "actor/3", "actor/4"), {"PAST_SAME_AS": 1, "PAST_CANONICAL": 1}),
        (judged("one", "actor/5", "actor/2"), {"PAST_SAME_AS": 1, "PAST_CANONICAL": 1}),
        (
            judged("one", "actor/2", "actor/0", same=False),
            {"PAST_NOT_SAME_AS": 1, "PAST_CANONICAL": 2},
        ),
        (judged("one", "claim/1", "claim/2", same=False), {"PAST_NOT_SAME_AS": 1}),
        (judged("one", "issue/0", "issue/1"), {"PAST_SAME_AS": 1, "PAST_CANONICAL": 1}),
    ],
    ids=["a pair", "a longer chain", "a contradiction", "a difference", "issues"],
)
async def test_a_judgement_taken_back_leaves_the_graph_as_it_was(
    graph: Graph, log: SqliteLog, judgement: AnyEntry, ended: dict[str, int]
) -> None:
    put(log, *record(3, 20), SAME_SPEAKERS)
    projector = Projector(log, graph)

    async def then(*entries: AnyEntry) -> str:
        put(log, entries)
        await projector.catch_up()
        assert (await compare(log, graph)).differences() == []
        return await current(graph)

    await projector.catch_up()
    before = await current(graph)
    judged_so = await then(judgement)
    assert judged_so != before
    assert await then(Retracted(id=judgement.id, reason="It was a mistake.")) == before
    assert await past_types(graph) == ended
    again = await then(Reinstated(id=judgement.id, reason="It was right."))
    assert again != before
    assert await then(Retracted(id=judgement.id, reason="It was a mistake.")) == before


@pytest.mark.engine
async def test_contradictions_are_listed_with_what_joins_and_what_keeps_apart(
    graph: Graph, log: SqliteLog
) -> None:
    a, b, c, d, e, f, g = ACTORS
    put(
        log,
        actors(),
        [judged("a-b", a, b), judged("b-c", c, b), judged("a-c", a, c, same=False)],
        [judged("d-e", d, e), judged("e-d", e, d, same=False)],
        [judged("f-a", f, a, same=False), judged("f-g", f, g)],
    )
    await Projector(log, graph).catch_up()
    reader = GraphReader(graph)
    assert await reader.contradictions() == [
        Contradiction(a, c, "judgement/a-c", ("judgement/a-b", "judgement/b-c")),
        Contradiction(e, d, "judgement/e-d", ("judgement/d-e",)),
    ]
    put(log, [Retracted(id="judgement/b-c", reason="It was a mistake.")])
    put(log, [judged("g-b", g, b)])
    await Projector(log, graph).catch_up()
    assert [(one.apart, one.joining) for one in await reader.contradictions()] == [
        ("judgement/e-d", ("judgement/d-e",)),
        ("judgement/f-a", ("judgement/f-g", "judgement/g-b", "judgement/a-b")),
    ]


@pytest.mark.engine
async def test_of_very_many_contradictions_the_first_are_listed(
    graph: Graph, log: SqliteLog
) -> None:
    """In time as well: two thousand who are all joined, and many pairs of them told apart."""
    crowd = [f"actor/{n}" for n in range(2_000)]
    put(
        log,
        [entry("ActorRecorded", {"id": one, "name": one, "kind": "PERSON"}) for one in crowd],
        [judged(f"same-{n}", crowd[n], crowd[n // 2]) for n in range(1, 2_000)],
        [judged(f"apart-{n:04}", crowd[n], crowd[-n], same=False) for n in range(1, 500)],
    )
    await Projector(log, graph).catch_up()
    found = await GraphReader(graph).contradictions()
    assert [one.apart for one in found] == [f"judgement/apart-{n:04}" for n in range(1, LISTED + 1)]


@pytest.mark.engine
async def test_which_labels_have_merged_things_is_told_by_counts_that_neo4j_keeps(
    graph: Graph,
) -> None:
    async with graph.session() as session:
        result = await session.run(own_text(f"EXPLAIN RETURN {labels_with('CANONICAL')} AS labels"))
        plan = (await result.consume()).plan
    assert plan is not None
    operators = {one.split("@")[0] for one in _operators(plan)}
    assert "RelationshipCountFromCountStore" in operators
    assert not any("Scan" in one or "Expand" in one for one in operators)


def _operators(plan: dict[str, Any]) -> Iterator[str]:
    yield plan["operatorType"]
    for child in plan.get("children", ()):
        yield from _operators(child)
