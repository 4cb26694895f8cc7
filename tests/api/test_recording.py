"""Recording through the API, into a real log."""

from typing import Any

import pytest

from eventlog.errors import Cycle
from eventlog.sqlite import SqliteLog
from tests.api.asking import Asker, Json
from tests.api.record import Graph, thing

RECORD = """mutation ($entries: [EntryInput!]!, $key: String, $dry: Boolean! = false) {
  record(entries: $entries, idempotencyKey: $key, dryRun: $dry) {
    __typename
    ... on Recorded {
      position unchanged inGraph
      entries { position kind subject payload recordedBy hash appendFirst appendSize }
      nodes { __typename id name }
    }
    ... on Problem { message path }
    ... on Invalid { faults { message path } }
    ... on NotFound { ids }
    ... on AlreadyOnRecord { ids }
    ... on RevisionConflict { expected actual }
    ... on IdempotencyConflict { key }
  } }"""


def actor(name: str, **fields: object) -> Json:
    return {"actor": {"id": f"actor/{name}", "name": name, "kind": "PERSON", **fields}}


def record(ask: Asker, *entries: Json, **variables: object) -> Any:
    return ask(RECORD, entries=entries, **variables)["record"]


def test_what_is_recorded_is_in_the_log(ask: Asker, log: SqliteLog) -> None:
    issue = {"issue": {"id": "issue/x", "name": "X", "altNames": ["Ex"]}}
    outcome = record(ask, actor("ann", aliases=["Annie"]), issue)
    assert outcome["position"] == 14
    assert [one["position"] for one in outcome["entries"]] == [13, 14]
    first = outcome["entries"][0]
    assert first["kind"] == "ACTOR_RECORDED"
    assert first["recordedBy"] == "somebody"
    assert (first["appendFirst"], first["appendSize"]) == (13, 2)
    expected = {"id": "actor/ann", "name": "ann", "kind": "PERSON", "aliases": ["Annie"]}
    assert first["payload"] == expected
    assert first["hash"] == log.read(12)[0].hash_hex


def test_the_new_things_are_shown_once_the_graph_has_them(ask: Asker, graph: Graph) -> None:
    assert record(ask, actor("ann"))["nodes"] == []
    graph.position = 14
    graph.things["Actor"].append(thing("actor/bob", "bob", 14))
    outcome = record(ask, actor("bob"))
    assert outcome["inGraph"]
    assert outcome["nodes"] == [{"__typename": "Actor", "id": "actor/bob", "name": "bob"}]


def test_a_dry_run_says_what_would_be_and_writes_nothing(ask: Asker, log: SqliteLog) -> None:
    outcome = record(ask, actor("ann"), dry=True)
    assert outcome["position"] == 13
    (entry,) = outcome["entries"]
    assert (entry["position"], entry["subject"], entry["hash"]) == (13, "actor/ann", None)
    assert entry["payload"] == {"id": "actor/ann", "name": "ann", "kind": "PERSON"}
    assert (outcome["nodes"], outcome["inGraph"]) == ([], False)
    assert log.head().position == 12


def test_ids_are_made_for_what_has_none(ask: Asker) -> None:
    unnamed = {"actor": {"name": "Ann", "kind": "PERSON"}}
    first, second = record(ask, unnamed, unnamed)["entries"]
    assert first["subject"].startswith("actor/")
    assert first["subject"] != second["subject"]


def test_a_repeated_request_records_nothing_twice(ask: Asker, log: SqliteLog) -> None:
    unnamed = {"actor": {"name": "Ann", "kind": "PERSON"}}
    first = record(ask, unnamed, actor("bob"), key="k")
    again = record(ask, unnamed, actor("bob"), key="k")
    assert again["entries"] == first["entries"]
    assert log.head().position == 14
    other = record(ask, actor("eve"), key="k")
    assert other["__typename"] == "IdempotencyConflict"
    assert (other["key"], other["path"]) == ("k", ["idempotencyKey"])


def test_what_is_on_record_already_is_left_as_it_is(ask: Asker) -> None:
    record(ask, actor("ann"))
    again = record(ask, actor("ann"))
    assert (again["position"], again["unchanged"], again["entries"]) == (13, ["actor/ann"], [])
    other = record(ask, actor("bob"), actor("ann", aliases=["A"]))
    assert other["__typename"] == "AlreadyOnRecord"
    assert other["ids"] == ["actor/ann"]
    assert other["path"] == ["entries", "1", "actor", "id"]


def test_every_fault_is_named_with_its_place(ask: Asker, log: SqliteLog) -> None:
    source = {"source": {"id": "source/s", "name": "S", "sha256": "x", "length": 0}}
    role = {"role": {"title": "chief", "holder": "issue/x", "from": {"edtf": "2025-13"}}}
    outcome = record(ask, source, role)
    assert outcome["__typename"] == "Invalid"
    faults = {".".join(one["path"]): one["message"] for one in outcome["faults"]}
    assert list(faults) == [
        "entries.0.source.sha256",
        "entries.0.source.length",
        "entries.1.role.holder",
        "entries.1.role.from.edtf",
    ]
    assert faults["entries.1.role.holder"] == "'issue/x' is not the id of an actor"
    assert outcome["path"] == outcome["faults"][0]["path"]
    assert log.head().position == 12


def test_rules_between_entries_name_the_entry(ask: Asker) -> None:
    source = {"source": {"id": "source/s", "name": "S", "sha256": "0" * 64, "length": 5}}
    passage = {"source": "source/s", "start": 2, "end": 9, "sha256": "0" * 64}
    event = {"event": {"id": "event/e", "name": "E", "status": "HAPPENED", "passages": [passage]}}
    outcome = record(ask, source, event)
    assert outcome["path"] == ["entries", "1", "event", "passages", "0"]
    assert outcome["message"] == "ends at 9, but source/s has only 5 characters"


def test_references_that_lead_nowhere(ask: Asker) -> None:
    outcome = record(ask, actor("ann", partOf=["actor/nobody"]))
    assert outcome["__typename"] == "NotFound"
    assert outcome["ids"] == ["actor/nobody"]
    assert outcome["path"][:3] == ["entries", "0", "actor"]


def test_references_that_go_round(ask: Asker) -> None:
    outcome = record(ask, actor("ann", partOf=["actor/bob"]), actor("bob", partOf=["actor/ann"]))
    assert outcome["__typename"] == "Invalid"
    assert "cycle" in outcome["message"]
    assert outcome["path"] in (["entries", "0", "actor"], ["entries", "1", "actor"])
    assert str(Cycle("x", ["a", "a"])) != outcome["message"]


def test_an_expected_revision_that_is_not(ask: Asker) -> None:
    new = record(ask, actor("ann", expectedRevision=0))
    assert new["__typename"] == "Recorded"
    outcome = record(ask, actor("ann", expectedRevision=0))
    assert outcome["__typename"] == "RevisionConflict"
    assert (outcome["expected"], outcome["actual"]) == (0, 13)
    assert outcome["path"] == ["entries", "0", "actor", "expectedRevision"]


def test_an_append_of_nothing(ask: Asker) -> None:
    outcome = record(ask)
    assert outcome["__typename"] == "Invalid"
    assert outcome["path"] == ["entries"]


def test_one_thing_twice_in_one_append(ask: Asker) -> None:
    outcome = record(ask, actor("ann"), actor("ann"))
    assert (outcome["__typename"], outcome["path"]) == ("Invalid", ["entries"])
    assert "actor/ann" in outcome["message"]


@pytest.mark.parametrize(
    "entry",
    [
        {},
        {"actor": {"name": "A", "kind": "PERSON"}, "issue": {"name": "I"}},
        {"actor": None},
        {"actor": {"name": "A", "kind": "ANIMAL"}},
        {"actor": {"name": "A", "kind": "PERSON", "age": 7}},
    ],
)
def test_what_the_schema_does_not_allow_is_an_error(ask: Asker, entry: Json) -> None:
    (error,) = ask.whole(RECORD, entries=[entry])["errors"]
    assert error["extensions"]["code"] == "BAD_INPUT"
    assert error["message"]


def test_a_statement_with_all_its_parts(ask: Asker) -> None:
    source = {"source": {"id": "source/s", "name": "S", "sha256": "0" * 64, "length": 99}}
    statement = {
        "statement": {
            "id": "statement/s/one",
            "speaker": "actor/person-1",
            "ascribedTo": {"actor": "actor/person-2", "attitude": "FEARS"},
            "attribution": "PARAPHRASE",
            "force": "WARNS",
            "polarity": "DENIES",
            "claim": "claim/c",
            "said": {"edtf": "2025-06-XX", "basis": "INFERRED", "because": "so it seems"},
            "passages": [{"source": "source/s", "start": 0, "end": 9, "sha256": "0" * 64}],
            "addressedTo": ["actor/person-3"],
            "venue": "a hall",
        }
    }
    figures = [{"what": "tariff", "from": "145", "to": "30", "unit": "%"}]
    claim = {"claim": {"id": "claim/c", "text": "Tariffs fall.", "figures": figures}}
    outcome = record(ask, source, claim, statement)
    assert outcome["__typename"] == "Recorded", outcome
    payload = outcome["entries"][2]["payload"]
    assert payload["ascribedTo"] == {"actor": "actor/person-2", "attitude": "FEARS"}
    assert payload["said"]["edtf"] == "2025-06-XX"
    assert outcome["entries"][1]["payload"]["figures"] == figures
