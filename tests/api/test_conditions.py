"""What a filter means."""

import pytest

from api.conditions import MAX_CONDITIONS, condition_of
from api.limits import Cost, Limits
from api.problems import BadRequest, TooMuch
from graph.model import KINDS
from graph.selection import (
    AllOf,
    AnyOf,
    Called,
    Compare,
    Comparison,
    Condition,
    Not,
    Quantifier,
    RangeComparison,
    Related,
    Under,
    Within,
)
from tests.api.asking import Asker, Json
from tests.api.record import Graph

RARE = Compare("name", Comparison.CONTAINS, "rare earth")
MAY = ("2025-05-01T00:00:00Z", "2025-06-01T00:00:00Z")


def meaning(kind: str, where: Json) -> Condition:
    return condition_of(KINDS[kind], where, Cost(Limits()))


@pytest.mark.parametrize(
    ("kind", "where", "condition"),
    [
        ("Issue", {"name": {"contains": "rare earth"}}, RARE),
        ("Issue", {"id": {"in": ["issue/a"]}}, Compare("id", Comparison.IN, ("issue/a",))),
        ("Actor", {"named": {"eq": False}}, Compare("named", Comparison.EQ, False)),
        ("Source", {"title": {"isNull": True}}, Compare("title", Comparison.IS_NULL, True)),
        (
            "Statement",
            {"quotes": {"startsWith": "l"}},
            Compare("quotes", Comparison.STARTS_WITH, "l"),
        ),
        ("Actor", {"called": "Beijing"}, Called("Beijing")),
        ("Issue", {"under": "issue/trade"}, Under("issue/trade")),
        (
            "Source",
            {"length": {"gt": 1, "lte": 9}},
            AllOf((Compare("length", Comparison.GT, 1), Compare("length", Comparison.LTE, 9))),
        ),
        (
            "Claim",
            {"recorded": {"position": {"lt": 5}}},
            Compare("recordedPosition", Comparison.LT, 5),
        ),
        (
            "Claim",
            {"recorded": {"recordedAt": {"gte": "2026"}}},
            Compare("recordedAt", Comparison.GTE, "2026"),
        ),
        (
            "Statement",
            {"said": {"possiblyWithin": "2025-05"}},
            Within("said", RangeComparison.POSSIBLY_WITHIN, *MAY),
        ),
        (
            "Event",
            {"occurred": {"before": "2025-05"}},
            Within("occurred", RangeComparison.BEFORE, *MAY),
        ),
        (
            "Statement",
            {"claim": {"issues": {"some": {"name": {"contains": "rare earth"}}}}},
            Related("claim", Quantifier.SOME, Related("issues", Quantifier.SOME, RARE)),
        ),
        ("Claim", {"issues": {"none": {}}}, Related("issues", Quantifier.NONE, AllOf())),
        (
            "Statement",
            {"ascribedTo": {"attitude": {"eq": "WANTS"}, "actor": {"called": "Xi"}}},
            Related(
                "ascribedTo",
                Quantifier.SOME,
                Called("Xi"),
                AllOf((Compare("attitude", Comparison.EQ, "WANTS"),)),
            ),
        ),
        (
            "Statement",
            {"passages": {"all": {"part": {"in": ["BODY", "TITLE"]}}}},
            Related(
                "passages",
                Quantifier.ALL,
                AllOf(),
                AllOf((Compare("part", Comparison.IN, ("BODY", "TITLE")),)),
            ),
        ),
        (
            "Statement",
            {"capacity": {"isNull": True}},
            Related("capacity", Quantifier.NONE, AllOf()),
        ),
        (
            "Statement",
            {"capacity": {"isNull": False}},
            Related("capacity", Quantifier.SOME, AllOf()),
        ),
        (
            "Statement",
            {"ascribedTo": {"isNull": True}},
            Related("ascribedTo", Quantifier.NONE, AllOf()),
        ),
        (
            "Statement",
            {"claim": {"isNull": False, "name": {"contains": "rare earth"}}},
            AllOf(
                (
                    Related("claim", Quantifier.SOME, AllOf()),
                    Related("claim", Quantifier.SOME, RARE),
                )
            ),
        ),
        ("Issue", {"OR": [{"name": {"contains": "rare earth"}}, {}]}, AnyOf((RARE, AllOf()))),
        ("Issue", {"OR": []}, AnyOf(())),
        ("Issue", {"AND": [{"name": {"contains": "rare earth"}}]}, AllOf((RARE,))),
        ("Issue", {"NOT": {"name": {"contains": "rare earth"}}}, Not(RARE)),
        ("Issue", {}, AllOf()),
    ],
)
def test_meaning(kind: str, where: Json, condition: Condition) -> None:
    assert meaning(kind, where) == condition


def test_a_filter_arrives_as_it_was_asked(ask: Asker, graph: Graph) -> None:
    ask(
        """query ($where: StatementWhere) { statements(where: $where) { totalCount }
             literally: statements(where: { force: { in: [WARNS] }, NOT: { capacity: {} } }) { totalCount } }""",
        where={"polarity": {"eq": "DENIES"}},
    )
    assert [page.where for page in graph.asked] == [
        Compare("polarity", Comparison.EQ, "DENIES"),
        AllOf(
            (
                Compare("force", Comparison.IN, ("WARNS",)),
                Not(Related("capacity", Quantifier.SOME, AllOf())),
            )
        ),
    ]


def test_a_filter_that_is_null_is_no_filter(ask: Asker, graph: Graph) -> None:
    ask("query ($where: ActorWhere) { actors(where: $where) { totalCount } }", where=None)
    assert graph.asked[0].where == AllOf()


@pytest.mark.parametrize(
    ("where", "sentence"),
    [
        ({"said": {"possiblyWithin": "May 2025"}}, "where.said.possiblyWithin: 'May 2025' is not"),
        ({"said": {"after": "2025-02-30"}}, "where.said.after: 2025-02-30 is not a date: Feb"),
        ({"speaker": {"name": {"eq": None}}}, "where.speaker.name.eq is null: leave it out"),
        ({"OR": [{}, {"claim": None}]}, "where.OR[1].claim is null"),
        ({"ascribedTo": {"actor": None}}, "where.ascribedTo.actor is null"),
        ({"capacity": {"isNull": None}}, "where.capacity.isNull is null: leave it out"),
        ({"isNull": True}, "where.isNull: only what a relation leads to can be missing; ask it "),
        ({"relayedBy": {"some": {"isNull": False}}}, "where.relayedBy.some.isNull: only what"),
        ({"speaker": {"OR": [{"isNull": True}, {}]}}, "where.speaker.OR[0].isNull: only what"),
        ({"ascribedTo": {"actor": {"isNull": True}}}, "where.ascribedTo.actor.isNull: only"),
    ],
)
def test_a_filter_that_means_nothing_is_refused(where: Json, sentence: str) -> None:
    with pytest.raises(BadRequest) as raised:
        meaning("Statement", where)
    assert str(raised.value).startswith(sentence)
    assert "\n" not in str(raised.value)


def test_the_number_of_conditions_is_limited() -> None:
    few = {"OR": [{"name": {"eq": "x"}}] * (MAX_CONDITIONS - 1)}
    many = {"OR": [{"name": {"eq": "x"}}] * MAX_CONDITIONS}
    assert isinstance(meaning("Issue", few), AnyOf)
    with pytest.raises(TooMuch, match=f"more than {MAX_CONDITIONS} conditions"):
        meaning("Issue", many)


def test_the_depth_of_a_filter_is_limited(ask: Asker) -> None:
    where: Json = {"name": {"eq": "x"}}
    for _ in range(60):
        where = {"NOT": where}
    document = "query ($where: IssueWhere) { issues(where: $where) { totalCount } }"
    code, message = ask.error(document, where=where)
    assert (code, message) == ("LIMIT_EXCEEDED", "where is nested more than 30 levels deep")
