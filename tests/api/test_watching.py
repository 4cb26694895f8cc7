"""Each request has a name, by which it is found in what the service tells."""

import json
import logging
from collections.abc import Iterator
from io import StringIO

import pytest

from api.app import create_app
from api.context import Context
from onrecord.diagnostics import formatter
from tests.api.asking import Asker, Client
from tests.api.record import Graph

ASK = "{ actors { totalCount } }"


@pytest.fixture
def lines() -> Iterator[StringIO]:
    """Return what the service tells, as lines of JSON."""
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter(json_lines=True))
    logger = logging.getLogger("api")
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    yield stream
    logger.removeHandler(handler)
    logger.setLevel(logging.NOTSET)


def events(lines: StringIO) -> list[dict[str, object]]:
    """Return what was told."""
    return [json.loads(line) for line in lines.getvalue().splitlines()]


@pytest.mark.parametrize("path", ["/", "/health/live", "/metrics", "/static/site.css", "/nowhere"])
def test_every_answer_has_the_name_that_its_line_has(
    client: Client, lines: StringIO, path: str
) -> None:
    response = client.get(f"{path}?secret=swordfish")
    (line,) = [one for one in events(lines) if one["event"] == "request answered"]
    assert line["request_id"] == response.headers["x-request-id"]
    assert (line["method"], line["path"], line["status"]) == ("GET", path, response.status_code)
    assert "swordfish" not in lines.getvalue()


def test_a_refused_request_has_a_name_too(client: Client) -> None:
    response = client.get("/metrics", headers={"Host": "evil.example"})
    assert len(response.headers["x-request-id"]) == 12


def test_what_nobody_expected_has_the_name_that_was_answered(
    ask: Asker, graph: Graph, lines: StringIO
) -> None:
    graph.error = RuntimeError("broken")
    _, message = ask.error(ASK)
    (failed,) = [one for one in events(lines) if one["level"] == "error"]
    assert message == f"Internal error ({failed['request_id']})"
    assert "RuntimeError: broken" in str(failed["exception"])


def test_a_page_that_breaks_is_answered_by_its_name(
    context: Context, lines: StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def breaks(*_: object) -> str:
        raise RuntimeError("broken")

    monkeypatch.setattr("api.app.landing_page", breaks)
    response = Client(create_app(context)).get("/")
    request_id = response.headers["x-request-id"]
    assert response.status_code == 500
    (error,) = response.json()["errors"]
    assert error["message"] == f"Internal error ({request_id})"
    assert response.headers["x-frame-options"] == "DENY"
    (failed,) = [one for one in events(lines) if one["level"] == "error"]
    assert failed["request_id"] == request_id


def test_questions_and_answers_are_not_told(ask: Asker, lines: StringIO) -> None:
    ask('{ actors(where: {name: {contains: "Doshi"}}) { nodes { name } } }')
    assert "Doshi" not in lines.getvalue()
    assert events(lines)[-1]["codes"] == []
