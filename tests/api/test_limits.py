"""Limits: what is over them is refused before anything is asked, by a sentence with both figures."""

from collections.abc import Callable

import pytest

from api.app import create_app
from api.documents import Documents
from api.limits import Limits
from api.schema import SCHEMA
from eventlog.sqlite import SqliteLog
from tests.api.asking import Asker, Client, Json
from tests.api.record import Graph, context_of


@pytest.fixture
def limited(graph: Graph, log: SqliteLog) -> Callable[..., Asker]:
    """Return how to ask a service with limits of its own."""

    def make(**limits: int) -> Asker:
        return Asker(Client(create_app(context_of(graph, log, Limits(**limits)))))

    return make


def test_depth(limited: Callable[..., Asker], graph: Graph) -> None:
    ask = limited(depth=3)
    ask("{ issues { nodes { id } } }")
    code, message = ask.error("{ issues { nodes { broader { id } } } }")
    assert code == "LIMIT_EXCEEDED"
    assert message == "the document is 4 levels deep, more than the 3 allowed"
    assert len(graph.asked) == 1


def test_depth_is_counted_through_fragments(limited: Callable[..., Asker]) -> None:
    _, message = limited(depth=3).error(
        """{ issues { ...A } } fragment A on IssueConnection { nodes { ... on Node { ...B } } }
           fragment B on Issue { broader { id } }"""
    )
    assert message == "the document is 4 levels deep, more than the 3 allowed"


def test_aliases(limited: Callable[..., Asker]) -> None:
    ask = limited(aliases=2)
    ask("{ a: issues { b: totalCount } }")
    code, message = ask.error("{ a: issues { b: totalCount c: totalCount } }")
    assert code == "LIMIT_EXCEEDED"
    assert message == "the document has 3 aliases, more than the 2 allowed"


def test_tokens(limited: Callable[..., Asker]) -> None:
    ask = limited(tokens=20)
    code, message = ask.error("{ issues { nodes { " + "id " * 20 + "} } }")
    assert code == "GRAPHQL_PARSE_FAILED"
    assert "20 tokens" in message


def test_cost_is_the_product_of_page_sizes(limited: Callable[..., Asker], graph: Graph) -> None:
    ask = limited(cost=5_500)  # 500 claims, and for each 1 statement list of 10
    ask("query ($n: Int) { claims(first: $n) { nodes { statements { id } } } }", n=500)
    code, message = ask.error("{ claims(first: 501) { nodes { statements { id } } } }")
    assert code == "LIMIT_EXCEEDED"
    assert message.startswith(
        "this request costs at least 5,511 (the things it may read), more than the 5,500 allowed"
    )
    assert len(graph.asked) == 1


def test_cost_counts_all_root_fields_together(limited: Callable[..., Asker]) -> None:
    ask = limited(cost=30)
    ask("{ a: claims(first: 15) { totalCount } b: claims(first: 15) { totalCount } }")
    body = ask.whole("{ a: claims(first: 15) { totalCount } b: claims(first: 16) { totalCount } }")
    (error,) = body["errors"]
    assert error["path"] == ["b"]
    assert error["message"].startswith("this request costs at least 31 ")


def test_fragments_that_multiply_are_stopped(ask: Asker) -> None:
    doubling = "\n".join(
        f"fragment F{n} on Statement {{ a: relays {{ ...F{n + 1} }} b: relays {{ ...F{n + 1} }} }}"
        for n in range(15)
    )
    code, message = ask.error(
        f"{{ statements {{ nodes {{ ...F0 }} }} }} {doubling} fragment F15 on Statement {{ id }}"
    )
    assert code == "LIMIT_EXCEEDED"
    assert message == "this request follows more than 8 relations one after the other"


def test_the_question_of_questions_is_far_within_the_limits(ask: Asker) -> None:
    ask(
        """{ statements(first: 1000) { nodes { speaker { name } capacity { body { name } }
             claim { mentions { name } } issues { name } stances { issue { name } }
             passages { source { publisher { name } } } relays { speaker { name } } } } }"""
    )


def test_more_ids_than_a_page_holds(ask: Asker) -> None:
    document = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }"
    code, message = ask.error(document, ids=["actor/x"] * 1001)
    assert (code, message) == ("BAD_INPUT", "ids has 1,001 ids: at most 1,000 can be asked for")


def test_the_body(limited: Callable[..., Asker]) -> None:
    client = limited(body_bytes=100).client
    document: Json = {"query": "{ status { log { position } } }"}
    assert client.post("/graphql", json=document).status_code == 200
    response = client.post("/graphql", json={**document, "variables": {"x": "y" * 100}})
    assert response.status_code == 413
    (error,) = response.json()["errors"]
    assert error["message"] == "the body is larger than the 100 bytes allowed"


def test_relations_one_after_the_other(limited: Callable[..., Asker], graph: Graph) -> None:
    """In Neo4j each more makes planning longer by half, and no time limit ends that."""
    ask = limited(steps=2)
    far = "passages { source { publisher { id } } }"
    ask(f"{{ statements {{ nodes {{ {far} claim {{ mentions {{ id }} }} }} }} }}")
    code, message = ask.error(
        "{ claims { nodes { statements { passages { source { authors { id } } } } } } }"
    )
    assert code == "LIMIT_EXCEEDED"
    assert message == "this request follows more than 2 relations one after the other"
    ask("{ actors(where: { partOf: { some: { partOf: { none: {} } } } }) { totalCount } }")
    sources = "passages: { some: { source: { authors: { some: {} } } } }"
    document = f"{{ claims(where: {{ statements: {{ all: {{ {sources} }} }} }}) {{ totalCount }} }}"
    assert ask.error(document) == (code, message)
    assert len(graph.asked) == 2


def test_relations_in_all(limited: Callable[..., Asker], graph: Graph) -> None:
    ask = limited(relations=4)
    doubling = """fragment A on Actor { a: partOf { ...B } b: partOf { ...B } }
                  fragment B on Actor { members { id } }"""
    ask(f"{{ actors {{ nodes {{ ...A }} }} }} {doubling}")
    filtered = "where: { partOf: { some: { members: { some: {} } } } }"
    ask(f"{{ actors({filtered}) {{ nodes {{ roles {{ body {{ id }} }} }} }} }}")
    code, message = ask.error(f"{{ actors({filtered}) {{ nodes {{ ...A }} }} }} {doubling}")
    assert code == "LIMIT_EXCEEDED"
    assert message == (
        "this request follows more than the 4 relations allowed: ask for fewer at a time"
    )
    body = ask.whole(
        f"{{ a: actors({filtered}) {{ totalCount }} b: actors({filtered}) {{ totalCount }} c: actors({filtered}) {{ totalCount }} }}"
    )
    assert [error["path"] for error in body["errors"]] == [["c"]]


def test_a_relation_of_the_past_counts_for_three(
    limited: Callable[..., Asker], graph: Graph
) -> None:
    ask = limited(relations=4)
    document = "{ actors%s { nodes { roles { body { id } } } } }"
    ask(document % "")
    code, message = ask.error(document % "(asOf: { position: 0 })")
    assert code == "LIMIT_EXCEEDED"
    assert message.startswith("this request follows more than the 4 relations allowed")
    ask(
        '{ actors(asOf: { position: 0 }) { nodes { roles { id } } } now: actor(id: "actor/doshi") { roles { id } } }'
    )
    assert [page.as_of for page in graph.asked] == [None, 0, None]


def test_documents_are_kept_while_there_is_room(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = "{ status { log { position } } }", "{ status { log { hash } } }"
    monkeypatch.setattr("api.documents.KEPT_LENGTH", len(first))
    documents = Documents(SCHEMA, Limits())
    read = documents.read(first)
    assert documents.read(first) is read
    documents.read(second)
    assert documents.read(first) is not read


def test_introspection_cannot_go_round_in_circles(ask: Asker) -> None:
    circle = "{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }"
    assert ask.error(circle)[0] == "GRAPHQL_VALIDATION_FAILED"
