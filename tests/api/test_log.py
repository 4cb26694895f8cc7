"""The log through the API: entries by position, by page and by kind, and how the service is."""

import pytest

from eventlog.recorder import Recorder
from eventlog.sqlite import SqliteLog
from graph.contradictions import Contradiction
from graph.errors import NotReady
from schema.entries import IssueRecorded
from tests.api.asking import Asker
from tests.api.record import Graph

PAGE = "{ nodes { position } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }"


def test_an_entry_by_its_position(ask: Asker, log: SqliteLog) -> None:
    document = """query ($position: Int!) { entry(position: $position) {
        position kind version subject payload recordedAt recordedBy hash idempotencyKey } }"""
    entry = ask(document, position=3)["entry"]
    assert entry["payload"] == {"id": "actor/person-3", "kind": "PERSON", "name": "Person 3"}
    assert (entry["kind"], entry["subject"]) == ("ACTOR_RECORDED", "actor/person-3")
    assert (entry["recordedBy"], entry["hash"]) == ("a coder", log.read(2)[0].hash_hex)
    assert ask(document, position=13) == {"entry": None}
    message = "position is 0: the log begins at 1"
    assert ask.error(document, position=0) == ("BAD_INPUT", message)


def test_pages_of_the_log(ask: Asker) -> None:
    first = ask(f"{{ entries(first: 5) {PAGE} }}")["entries"]
    assert [one["position"] for one in first["nodes"]] == [1, 2, 3, 4, 5]
    info = {"hasNextPage": True, "hasPreviousPage": False, "startCursor": "1", "endCursor": "5"}
    assert first["pageInfo"] == info
    last = ask(f"{{ entries(first: 7, after: 5) {PAGE} }}")["entries"]
    assert [one["position"] for one in last["nodes"]] == [6, 7, 8, 9, 10, 11, 12]
    info = {"hasNextPage": False, "hasPreviousPage": True, "startCursor": "6", "endCursor": "12"}
    assert last["pageInfo"] == info


def test_pages_of_some_kinds(ask: Asker, log: SqliteLog) -> None:
    recorder = Recorder(log, "somebody else")
    recorder.record([IssueRecorded(id="issue/one", name="One")])
    recorder.record([IssueRecorded(id="issue/two", name="Two")])
    document = f"query ($after: Int!) {{ entries(kinds: [ISSUE_RECORDED], first: 1, after: $after) {PAGE} }}"
    first = ask(document, after=0)["entries"]
    assert first["nodes"] == [{"position": 13}]
    assert (first["pageInfo"]["hasNextPage"], first["pageInfo"]["endCursor"]) == (True, "13")
    second = ask(document, after=13)["entries"]
    assert (second["nodes"], second["pageInfo"]["hasNextPage"]) == ([{"position": 14}], False)
    assert ask(document, after=14)["entries"]["nodes"] == []


def test_a_long_log_is_looked_through_a_stretch_at_a_time(
    ask: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.entries.SCAN_BATCH", 2)
    monkeypatch.setattr("api.entries.MAX_SCANNED", 6)
    document = f"query ($after: Int!) {{ entries(kinds: [CLAIM_RECORDED], after: $after) {PAGE} }}"
    page = ask(document, after=0)["entries"]
    assert page["nodes"] == []
    assert (page["pageInfo"]["hasNextPage"], page["pageInfo"]["endCursor"]) == (True, "6")
    page = ask(document, after=6)["entries"]
    assert (page["pageInfo"]["hasNextPage"], page["pageInfo"]["endCursor"]) == (True, "12")
    assert not ask(document, after=12)["entries"]["pageInfo"]["hasNextPage"]


def test_a_page_of_nothing(ask: Asker) -> None:
    page = ask(f"{{ entries(first: 0, after: 3) {PAGE} }}")["entries"]
    assert page["nodes"] == []
    assert (page["pageInfo"]["hasNextPage"], page["pageInfo"]["endCursor"]) == (True, None)


@pytest.mark.parametrize("arguments", ["first: -1", "first: 1001", "after: -1"])
def test_pages_that_are_none(ask: Asker, arguments: str) -> None:
    code, message = ask.error(f"{{ entries({arguments}) {PAGE} }}")
    assert code == "BAD_INPUT"
    assert message.startswith(arguments.partition(":")[0])


STATUS = """{ status {
    log { logId position hash recordedAt }
    graph { ready reason position lag modelVersion problems { position subject reason }
            contradictions { one other apart joining } }
    versions { onrecord logFormat graphModel } } }"""


def test_status(ask: Asker, graph: Graph, log: SqliteLog) -> None:
    graph.position = 10
    graph.unapplied = ({"position": 4, "subject": "claim/x", "name": "4", "reason": "too new"},)
    status = ask(STATUS)["status"]
    head = log.head()
    assert status["log"]["hash"] == head.hash
    assert (status["log"]["logId"], status["log"]["position"]) == (log.log_id, 12)
    assert (status["graph"]["ready"], status["graph"]["lag"]) == (True, 2)
    unapplied = {"position": 4, "subject": "claim/x", "reason": "too new"}
    assert status["graph"]["problems"] == [unapplied]
    assert status["graph"]["contradictions"] == []
    assert status["versions"]["onrecord"] == "0.0.1"


def test_status_lists_judgements_that_contradict_each_other(ask: Asker, graph: Graph) -> None:
    joining = ("judgement/b-a", "judgement/b-c")
    found = Contradiction("claim/a", "claim/c", "judgement/a-c", joining)
    graph.contradictory = (found,)
    assert ask(STATUS)["status"]["graph"]["contradictions"] == [
        {"one": "claim/a", "other": "claim/c", "apart": "judgement/a-c", "joining": [*joining]}
    ]


def test_status_answers_while_the_graph_does_not(ask: Asker, graph: Graph) -> None:
    graph.error = NotReady("the graph is being built")
    graph_status = ask(STATUS)["status"]["graph"]
    assert (graph_status["ready"], graph_status["reason"]) == (False, "the graph is being built")
    assert (graph_status["position"], graph_status["lag"]) == (None, None)
