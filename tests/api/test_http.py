"""GraphQL over HTTP: what is taken, what is refused, and what protects a service at home."""

import pytest

from api.app import create_app
from api.context import Context
from tests.api.asking import Asker, Client
from tests.api.record import Graph

ASK = "{ status { log { position } } }"
ANSWER = {"status": {"log": {"position": 12}}}


def test_a_query_by_get(client: Client) -> None:
    response = client.get("/graphql", params={"query": ASK})
    assert response.json()["data"] == ANSWER
    query = "query ($n: Int!) { entry(position: $n) { position } }"
    response = client.get("/graphql", params={"query": query, "variables": '{"n": 2}'})
    assert response.json()["data"] == {"entry": {"position": 2}}


def test_nothing_is_changed_by_get(client: Client, ask: Asker) -> None:
    change = 'mutation { record(entries: [{issue: {name: "I"}}]) { __typename } }'
    response = client.get("/graphql", params={"query": change})
    assert (response.status_code, response.headers["allow"]) == (405, "POST")
    assert ask(ASK) == ANSWER


@pytest.mark.parametrize(
    ("content_type", "body", "status", "sentence"),
    [
        ("text/plain", b"{}", 415, "the body has to be JSON (Content-Type: application/json)"),
        ("application/x-www-form-urlencoded", b"query=%7B%7D", 415, "the body has to be JSON"),
        ("application/json", b"{", 400, "the body: no JSON: "),
        ("application/json", b'{"query": "\\ud800"}', 400, "the body: no JSON: "),
        ("application/json", b"[]", 400, "the body is a list: send one request at a time"),
        ("application/json", b"7", 400, "the body is no JSON object"),
        ("application/json", b"{}", 400, "query is missing"),
        ("application/json", b'{"query": 7}', 400, "query is missing"),
        (
            "application/json",
            b'{"query": "x", "variables": []}',
            400,
            "variables is no JSON object",
        ),
        (
            "application/json",
            b'{"query": "x", "operationName": 7}',
            400,
            "operationName is no text",
        ),
    ],
)
def test_requests_that_are_none(
    client: Client, content_type: str, body: bytes, status: int, sentence: str
) -> None:
    response = client.post("/graphql", content=body, headers={"Content-Type": content_type})
    assert response.status_code == status
    (error,) = response.json()["errors"]
    assert error["message"].startswith(sentence)
    assert "\n" not in error["message"]


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ("{ status { log {", "GRAPHQL_PARSE_FAILED"),
        ("{ status { weather } }", "GRAPHQL_VALIDATION_FAILED"),
        ("query A { status { log { hash } } } query B { status { log { hash } } }", "BAD_INPUT"),
        ("query ($n: Int!) { entry(position: $n) { position } }", "BAD_INPUT"),
    ],
)
def test_documents_that_cannot_be_executed(client: Client, document: str, code: str) -> None:
    response = client.post("/graphql", json={"query": document})
    assert (response.status_code, response.json()["errors"][0]["extensions"]["code"]) == (200, code)
    strict = {"Accept": "application/graphql-response+json"}
    response = client.post("/graphql", json={"query": document}, headers=strict)
    assert (response.status_code, response.headers["content-type"]) == (400, strict["Accept"])


def test_an_operation_is_chosen_by_its_name(client: Client) -> None:
    document = f"query A {ASK} query B {{ __typename }}"
    body = {"query": document, "operationName": "A"}
    assert client.post("/graphql", json=body).json()["data"] == ANSWER
    response = client.post("/graphql", json={**body, "operationName": "C"})
    (error,) = response.json()["errors"]
    assert error["message"] == "the document has no operation 'C', only A, B"
    response = client.post("/graphql", json={"query": ASK, "operationName": "C"})
    (error,) = response.json()["errors"]
    assert error["message"] == "the document has no operation 'C', only one without a name"


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost:8000", 200),
        ("127.0.0.1", 200),
        ("[::1]:8000", 200),
        ("LOCALHOST", 200),
        ("evil.example", 400),
        ("localhost.evil.example", 400),
        ("", 400),
    ],
)
def test_only_its_own_names_reach_the_service(client: Client, host: str, status: int) -> None:
    response = client.get("/health/live", headers={"Host": host})
    assert response.status_code == status


def test_other_names_can_be_allowed(context: Context) -> None:
    client = Client(create_app(context, allowed_hosts=["record.example"]))
    assert client.get("/health/live", headers={"Host": "record.example:80"}).status_code == 200
    assert client.get("/health/live", headers={"Host": "other.example"}).status_code == 400


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        (None, 200),
        ("http://localhost:8000", 200),
        ("http://localhost:9000", 403),
        ("https://evil.example", 403),
        ("null", 403),
    ],
)
def test_a_page_of_another_site_cannot_send(
    client: Client, origin: str | None, status: int
) -> None:
    headers = {"Origin": origin} if origin else {}
    response = client.post("/graphql", json={"query": ASK}, headers=headers)
    assert response.status_code == status


def test_waiting_for_a_position(client: Client, graph: Graph) -> None:
    graph.position = 12
    body = {"query": "{ actors { totalCount } }"}
    response = client.post("/graphql", json=body, headers={"Onrecord-Min-Position": "12"})
    assert response.json()["data"] == {"actors": {"totalCount": 3}}
    response = client.post("/graphql", json=body, headers={"Onrecord-Min-Position": "13"})
    (error,) = response.json()["errors"]
    assert error["extensions"] == {"code": "GRAPH_BEHIND"}
    assert error["message"] == "the graph did not reach position 13 within 4 s"
    response = client.post("/graphql", json=body, headers={"Onrecord-Min-Position": "soon"})
    assert response.status_code == 400


def test_every_answer_has_a_name_to_find_it_by(client: Client) -> None:
    first, second = (client.post("/graphql", json={"query": ASK}) for _ in range(2))
    assert first.headers["x-request-id"] != second.headers["x-request-id"]


def test_other_methods_and_paths_are_refused(client: Client) -> None:
    assert client.request("DELETE", "/graphql").status_code == 405
    assert client.get("/nowhere").status_code == 404
