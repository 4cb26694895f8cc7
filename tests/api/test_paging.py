"""Pages: which one is asked for, what lies around it, and what is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.ordering import Direction, Sorting, sorting_of
from api.paging import window_of
from api.problems import BadRequest
from graph.cursors import encode
from graph.model import KINDS
from tests.api.asking import Asker
from tests.api.record import Graph

SAID = Sorting("said", True, (int, str))


def test_a_page_has_twenty_things_in_the_kinds_own_order(ask: Asker, graph: Graph) -> None:
    ask("{ statements { totalCount } actors { totalCount } }")
    orders = [(page.order, page.descending, page.limit, page.cursor) for page in graph.asked]
    assert orders == [("said", True, 20, None), ("name", False, 20, None)]


def test_orders_and_sizes_are_asked_for(ask: Asker, graph: Graph) -> None:
    ask("{ events(orderBy: [{ recorded: ASC }], first: 1000) { totalCount } }")
    ask("{ events(orderBy: [{ occurred: DESC }], last: 3) { totalCount } }")
    shown = [(page.order, page.descending, page.limit, page.backward) for page in graph.asked]
    assert shown == [("recorded", False, 1000, False), ("occurred", True, 3, True)]


def test_paging_on_by_cursor(ask: Asker, graph: Graph) -> None:
    page = "{ nodes { id } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }"
    first = ask(f"{{ actors(first: 2) {page} }}")["actors"]
    assert [one["id"] for one in first["nodes"]] == ["actor/doshi", "actor/paper"]
    assert first["pageInfo"] == {
        "hasNextPage": True,
        "hasPreviousPage": False,
        "startCursor": encode("name", False, ("1", "")),
        "endCursor": encode("name", False, ("2", "")),
    }
    document = f"query ($after: String) {{ actors(first: 2, after: $after) {page} }}"
    second = ask(document, after=first["pageInfo"]["endCursor"])["actors"]
    assert graph.asked[-1].cursor == ("2", "")
    assert [one["id"] for one in second["nodes"]] == ["actor/trump"]
    assert not second["pageInfo"]["hasNextPage"]
    assert second["pageInfo"]["hasPreviousPage"]


def test_an_empty_page_has_no_cursors(ask: Asker) -> None:
    data = ask("{ events { nodes { id } pageInfo { startCursor endCursor hasNextPage } } }")
    info = {"startCursor": None, "endCursor": None, "hasNextPage": False}
    assert data["events"] == {"nodes": [], "pageInfo": info}


def test_paging_back_turns_the_ends_round(ask: Asker) -> None:
    document = "query ($c: String) { actors(last: 1, before: $c) { pageInfo { hasNextPage hasPreviousPage } } }"
    info = ask(document, c=encode("name", False, ("1", "")))["actors"]["pageInfo"]
    assert info == {"hasNextPage": True, "hasPreviousPage": True}


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ("first: 2, last: 2", "first and last cannot both be asked for"),
        ("first: -1", "first is -1: a page has 0 to 1,000 things"),
        ("first: 1000000", "first is 1,000,000: a page has 0 to 1,000 things"),
        ("last: 1001", "last is 1,001: a page has 0 to 1,000 things"),
        ('first: 2, before: "x"', "first goes with after, and last with before"),
        ('last: 2, after: "x"', "first goes with after, and last with before"),
        ('before: "x", after: "x"', "first goes with after, and last with before"),
        ('after: "nonsense"', "after: 'nonsense' is not a cursor"),
        ("orderBy: []", "orderBy takes exactly one order, not 0"),
        ("orderBy: [{name: ASC}, {recorded: ASC}]", "orderBy takes exactly one order, not 2"),
    ],
)
def test_contradictions_are_refused_in_a_sentence(
    ask: Asker, graph: Graph, arguments: str, sentence: str
) -> None:
    assert ask.error(f"{{ actors({arguments}) {{ totalCount }} }}") == ("BAD_INPUT", sentence)
    assert graph.asked == []


def test_a_cursor_of_another_order_is_refused(ask: Asker) -> None:
    document = "query ($after: String) { actors(after: $after) { totalCount } }"
    code, message = ask.error(document, after=encode("said", True, (0, "x")))
    assert code == "BAD_INPUT"
    assert message.startswith("after: the cursor belongs to another order")


@given(st.tuples(st.integers(-(2**63), 2**63 - 1), st.text()))
def test_a_cursor_brings_back_its_key(key: tuple[int, str]) -> None:
    window = window_of({"after": encode("said", True, key)}, SAID)
    assert window.cursor == key


@pytest.mark.parametrize("key", [(), (0,), ("x", 0), (0, "x", "y"), (2**63, "x"), (0, 0)])
def test_a_cursor_made_by_hand_is_refused(key: tuple[str | int, ...]) -> None:
    with pytest.raises(BadRequest, match=r"^after: .*not a cursor$"):
        window_of({"after": encode("said", True, key)}, SAID)


def test_the_keys_of_a_cursor_are_those_of_the_order() -> None:
    kind = KINDS["Statement"]
    assert sorting_of(kind, None) == SAID
    assert sorting_of(kind, [{"recorded": Direction.ASC}]).key == (int,)
    assert sorting_of(KINDS["Actor"], None).key == (str, str)


@given(st.text())
def test_any_other_text_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(BadRequest, match=r"^after: .*not a cursor$"):
        window_of({"after": text}, SAID)
