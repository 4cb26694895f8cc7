"""Errors: a code and one sentence, and nothing of what lies behind."""

import logging

import pytest

from eventlog import NewEntry
from eventlog.errors import LogUnavailable
from eventlog.sqlite import SqliteLog
from graph.errors import GraphMoving, GraphRefused, GraphUnavailable, NotReady, QueryTimeout
from tests.api.asking import Asker
from tests.api.record import Graph

ASK = "{ actors { nodes { id } } }"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (NotReady("the graph is being built"), "NOT_READY"),
        (GraphUnavailable("Neo4j does not answer"), "GRAPH_UNAVAILABLE"),
        (QueryTimeout("it took longer than 10 s"), "TIMEOUT"),
        (GraphMoving("the graph kept changing"), "GRAPH_MOVING"),
    ],
)
def test_what_the_graph_says_is_told(ask: Asker, graph: Graph, error: Exception, code: str) -> None:
    graph.error = error
    assert ask.error(ASK) == (code, str(error))


def test_the_log_is_away(ask: Asker, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(self: SqliteLog, *_: object) -> None:
        raise LogUnavailable("the log cannot be read")

    monkeypatch.setattr(SqliteLog, "head", fails)
    monkeypatch.setattr(SqliteLog, "read_positions", fails)
    body = ask.whole("{ actors { totalCount } claims { nodes { recorded { hash } } } }")
    (error,) = body["errors"]
    assert error["extensions"] == {"code": "LOG_UNAVAILABLE"}
    assert (error["message"], error["path"]) == ("the log cannot be read", ["claims"])
    assert body["extensions"]["onrecord"]["logPosition"] is None
    assert ask(ASK)["actors"]["nodes"]


def test_recording_stops_at_what_only_a_newer_program_can_read(ask: Asker, log: SqliteLog) -> None:
    newer = NewEntry("SourceRecorded", 2, "source/new", b"{}")
    position = log.append([newer], recorded_by="a newer program").last
    passage = {"source": "source/new", "start": 0, "end": 9, "sha256": "0" * 64}
    event = {"event": {"name": "The call", "status": "HAPPENED", "passages": [passage]}}
    asked = "mutation ($event: EntryInput!) { record(entries: [$event]) { __typename } }"
    code, message = ask.error(asked, event=event)
    assert code == "LOG_UNREADABLE"
    assert message == (
        f"position {position} (source/new) cannot be read: no SourceRecorded of version 2 is known "
        "to this program, which knows it up to version 1: use the newer program that wrote it"
    )
    assert log.head().position == position


@pytest.mark.parametrize("kind", [RuntimeError, GraphRefused])
def test_what_nobody_expected_is_logged_and_not_told(
    ask: Asker, graph: Graph, caplog: pytest.LogCaptureFixture, kind: type[Exception]
) -> None:
    graph.error = kind("MATCH (secret) RETURN secret")
    with caplog.at_level(logging.ERROR):
        code, message = ask.error(ASK)
    assert code == "INTERNAL"
    assert message.startswith("Internal error (")
    request_id = message.partition("(")[2].removesuffix(")")
    assert f"request {request_id} failed" in caplog.text
    assert "MATCH (secret)" in caplog.text


def test_what_breaks_in_a_resolver_is_not_told_either(
    ask: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(SqliteLog, "read_positions")
    code, message = ask.error("{ entry(position: 1) { position } }")
    assert (code, message[:16]) == ("INTERNAL", "Internal error (")


def test_one_bad_field_does_not_spoil_the_others(ask: Asker) -> None:
    body = ask.whole(
        '{ bad: actor(id: "not an id") { name } good: actor(id: "actor/doshi") { name } }'
    )
    assert body["data"] == {"bad": None, "good": {"name": "Rush Doshi"}}
    (error,) = body["errors"]
    assert error["path"] == ["bad"]
    assert error["message"].startswith("'not an id' is not an identifier")


@pytest.mark.parametrize(
    "field", ["actors @skip(if: $x) { totalCount }", "status @skip(if: $x) { log { hash } }"]
)
def test_a_directive_that_only_its_variable_spoils(ask: Asker, field: str) -> None:
    code, message = ask.error(f"query ($x: Boolean = true) {{ {field} }}", x=None)
    assert code == "BAD_INPUT"
    assert "'$x'" in message


def test_an_id_of_another_kind(ask: Asker) -> None:
    code, message = ask.error('{ actor(id: "issue/rare-earths") { name } }')
    assert (code, message) == (
        "BAD_INPUT",
        "'issue/rare-earths' is not the id of a thing of kind Actor",
    )


def test_the_graph_is_ahead_of_the_log(ask: Asker, graph: Graph) -> None:
    graph.things["Claim"][0]["recordedPosition"] = 99
    code, message = ask.error("{ claims { nodes { recorded { hash } } } }")
    assert code == "LOG_MISMATCH"
    assert (
        message == "the graph has position 99, which the log does not: they do not belong together"
    )
