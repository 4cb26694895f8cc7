"""A fact-checker's questions have the answers that the two articles give."""

import pytest

from schema.yaml import Tree
from tests.acceptance.answers import Question, Row, ask, differences, questions, rows_of
from tests.onrecord.running import Service


@pytest.mark.engine
@pytest.mark.parametrize("question", list(questions()), ids=lambda question: question.name)
def test_the_answer_is_that_of_the_articles(served: Service, question: Question) -> None:
    rows, total = ask(served, question)
    told = differences(question.rows, rows)
    if total != question.total:
        told.append(f"total: {total} instead of {question.total}")
    assert not told, "\n".join([question.asks, question.because, *told])


def test_a_row_is_made_for_each_member_of_a_list_and_nothing_for_what_is_missing() -> None:
    node: dict[str, Tree] = {
        "speaker": {"name": "Ann"},
        "capacity": None,
        "hedging": [],
        "quotes": ["yes", "no"],
        "passages": [{"source": {"id": "source/one"}, "start": 3}],
    }
    assert rows_of({**node, "total": None}) == [
        {"speaker": "Ann", "quotes": "yes", "source": "source/one", "start": 3},
        {"speaker": "Ann", "quotes": "no", "source": "source/one", "start": 3},
    ]
    assert rows_of({"claim": {"figures": []}}) == []


@pytest.mark.parametrize(
    ("expected", "given"),
    [
        ({"speaker": "Ann"}, {"speaker": "Bob"}),
        ({"speaker": "Ann"}, {"speaker": "Ann", "holder": "Bob"}),
        ({"speaker": "Ann", "holder": "Bob"}, {"speaker": "Ann"}),
        ({"start": 3}, {"start": 4}),
        ({"claim": {"contains": ["rare", "ship"]}}, {"claim": "Rare earths are dear"}),
        ({"claim": {"contains": ["rare", ["ship", "send"]]}}, {"claim": "Rare earths are dear"}),
        ({"claim": {"contains": ["rare", ["ship", "send"]]}}, {"claim": "Ships are sent"}),
    ],
)
def test_rows_that_differ_are_told_on_both_sides(expected: Row, given: Row) -> None:
    assert differences([expected], [given]) == [f"missing: {expected}", f"surplus: {given}"]


def test_rows_that_differ_in_order_and_print_alone_are_the_same() -> None:
    expected: list[Row] = [{"claim": {"contains": ["ship"]}}, {"speaker": "a source"}]
    rare: Row = {"claim": {"contains": ["rare", ["ship", "sen"]]}}
    expected.append(rare)
    given: list[Row] = [{"speaker": "“Source,”"}, {"claim": "Ships"}, {"claim": "Rare, but sent"}]
    assert differences(expected, given) == []


def test_a_row_stands_for_one_row_only() -> None:
    ships: Row = {"claim": {"contains": ["ship"]}}
    assert differences([ships], [{"claim": "Ships"}, {"claim": "A shipment"}]) == [
        "surplus: {'claim': 'A shipment'}"
    ]
    assert differences([ships, ships], [{"claim": "Ships"}]) == [f"missing: {ships}"]


def test_a_row_that_fits_many_is_left_for_the_one_that_no_other_fits() -> None:
    ships: Row = {"claim": {"contains": ["ship"]}}
    rare: Row = {"claim": {"contains": ["ship", "rare"]}}
    given: list[Row] = [{"claim": "Rare earths are shipped"}, {"claim": "A ship"}]
    assert differences([ships, rare], given) == []
    assert differences([rare, ships], given) == []
