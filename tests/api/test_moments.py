"""``asOf``: which position a question is about, and what is refused."""

from typing import Any

import pytest

from api.context import Context
from eventlog.recorder import Recorder
from eventlog.sqlite import SqliteLog
from schema.entries import ActorRecorded
from tests.api.asking import Asker
from tests.api.record import Graph

ONE = '{ actor(id: "actor/doshi", asOf: %s) { id } }'
MANY = """query($asOf: AsOf, $after: String, $before: String, $last: Int) {
  actors(asOf: $asOf, after: $after, before: $before, last: $last) { pageInfo { endCursor } }
}"""


@pytest.fixture
def log(log: SqliteLog, graph: Graph) -> SqliteLog:
    """Return a log of appends of twelve entries, one and two; the graph has them all."""
    recorder = Recorder(log, "a coder")
    for names in (["thirteen"], ["fourteen", "fifteen"]):
        recorder.record(
            [
                ActorRecorded.model_validate({"id": f"actor/{name}", "name": name, "kind": "GROUP"})
                for name in names
            ]
        )
    graph.position = 15
    return log


def told(answer: dict[str, Any]) -> object:
    """Return which position an answer says it is of."""
    return answer["extensions"]["onrecord"]["asOf"]


@pytest.mark.parametrize(
    ("as_of", "position"),
    [
        ("{position: 0}", 0),
        ("{position: 11}", 12),
        ("{position: 12}", 12),
        ("{position: 13}", 13),
        ("{position: 14}", 15),
        ("{position: 15}", 15),
        ('{recordedAt: "2000-01-01"}', 0),
        ('{recordedAt: "9000-01-01T00:00:00+02:00"}', 15),
        ("null", None),
    ],
)
def test_the_graph_is_asked_as_of_where_an_append_ends(
    ask: Asker, graph: Graph, as_of: str, position: int | None
) -> None:
    assert told(ask.whole(ONE % as_of)) == position
    assert [page.as_of for page in graph.asked] == [position]


def test_an_instant_is_what_was_recorded_by_then(ask: Asker, log: SqliteLog) -> None:
    at = log.read_positions([12])[12].header.recorded_at
    assert told(ask.whole(ONE % f'{{recordedAt: "{at}"}}')) == 12


@pytest.mark.parametrize(
    "query",
    [
        'node(id: "actor/doshi", asOf: {position: 12}) { id }',
        'nodes(ids: ["actor/doshi", "claim/hurt"], asOf: {position: 12}) { id }',
        "claims(asOf: {position: 12}) { totalCount }",
        'statement(id: "statement/a/warning", asOf: {position: 12}) { id }',
    ],
)
def test_whatever_has_things_can_be_asked_as_of(ask: Asker, graph: Graph, query: str) -> None:
    assert told(ask.whole(f"{{ {query} }}")) == 12
    assert {page.as_of for page in graph.asked} == {12}


@pytest.mark.parametrize(
    ("as_of", "message"),
    [
        ("{position: -1}", "asOf: there is no position -1: the log begins after 0"),
        ("{position: 16}", "asOf: there is no position 16 yet: the log ends at 15"),
        (
            '{recordedAt: "May"}',
            "asOf: 'May' is no instant: write 2026-01-02T03:04:05Z, "
            + "or 2026-01-02 for the end of that day in UTC",
        ),
    ],
)
def test_a_moment_that_is_none_is_refused(
    ask: Asker, graph: Graph, as_of: str, message: str
) -> None:
    assert ask.error(ONE % as_of) == ("BAD_INPUT", message)
    assert graph.asked == []


@pytest.mark.parametrize(
    "as_of", ['{position: 3, recordedAt: "2026-01-01"}', "{}", "{position: null}", "3"]
)
def test_a_moment_is_said_in_one_way(ask: Asker, graph: Graph, as_of: str) -> None:
    code, _ = ask.error(ONE % as_of)
    assert (code, graph.asked) == ("GRAPHQL_VALIDATION_FAILED", [])


def test_a_moment_can_come_as_a_variable(ask: Asker, graph: Graph) -> None:
    ask(MANY, asOf={"position": 13})
    ask(MANY)
    assert [page.as_of for page in graph.asked] == [13, None]


def test_then_and_now_are_asked_for_in_one_request(ask: Asker, graph: Graph) -> None:
    answer = ask.whole(
        '{ then: actor(id: "actor/doshi", asOf: {position: 15}) { id } '
        'now: actor(id: "actor/doshi") { id } '
        'within: actor(id: "actor/doshi", asOf: {position: 14}) { id } }'
    )
    assert "errors" not in answer
    assert told(answer) == 15
    assert [page.as_of for page in graph.asked] == [15, None, 15]


def test_one_request_is_about_one_moment_of_the_past(ask: Asker) -> None:
    code, message = ask.error(
        '{ a: node(id: "actor/a", asOf: {position: 12}) { id } '
        'b: node(id: "actor/a", asOf: {position: 15}) { id } }'
    )
    assert code == "BAD_INPUT"
    assert message.endswith("this one asks as of 12 and as of 15: send two")


@pytest.mark.parametrize("place", ["entries(asOf: {position: 1})", "status(asOf: {position: 1})"])
def test_what_is_not_of_the_record_is_not_asked_as_of(ask: Asker, place: str) -> None:
    code, message = ask.error(f"{{ {place} {{ __typename }} }}")
    assert code == "GRAPHQL_VALIDATION_FAILED"
    assert "asOf" in message


def test_a_cursor_goes_on_as_of_where_it_was_made(ask: Asker, graph: Graph) -> None:
    made = {
        moment: ask(MANY, asOf=moment and {"position": moment})["actors"]["pageInfo"]["endCursor"]
        for moment in (None, 12, 13, 15)
    }
    ask(MANY, asOf={"position": 14}, after=made[15])
    assert graph.asked[-1].cursor is not None
    for moment, told_of in ((12, "as of position 13"), (None, "as of position 13")):
        code, message = ask.error(MANY, asOf=moment and {"position": moment}, after=made[13])
        assert code == "BAD_INPUT"
        assert f"after: the cursor belongs to a page {told_of}" in message
    _, message = ask.error(MANY, asOf={"position": 12}, before=made[None], last=3)
    assert "before: the cursor belongs to a page of the present, without asOf" in message


def test_a_graph_that_is_behind_is_waited_for(ask: Asker, graph: Graph, context: Context) -> None:
    graph.position = 13
    code, message = ask.error(ONE % "{position: 15}")
    assert code == "GRAPH_BEHIND"
    assert message.startswith("the graph did not reach position 15 within")
    assert told(ask.whole(ONE % "{position: 13}")) == 13
