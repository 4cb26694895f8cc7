"""Changing the record through the API, in a real log."""

from functools import partial
from typing import Any

import pytest

from eventlog.sqlite import SqliteLog
from tests.api.asking import Asker, Json
from tests.api.record import Graph, thing
from tests.api.test_recording import actor, record

OUTCOME = """{ __typename
    ... on Recorded {
      position unchanged inGraph
      entries { position kind subject payload recordedBy appendFirst appendSize }
      nodes { id name }
    }
    ... on Problem { message path }
    ... on Invalid { faults { message path } }
    ... on NotFound { ids }
    ... on StillInUse { dependants }
    ... on IsRetracted { ids }
    ... on NotRetracted { ids }
    ... on RevisionConflict { expected actual }
    ... on IdempotencyConflict { key } }"""
COMMON = "idempotencyKey: $key, dryRun: $dry"
DECLARED = "$key: String, $dry: Boolean! = false"
AMEND = f"""mutation ($id: ID!, $fields: JSON!, $reason: String!, $expected: Int, {DECLARED}) {{
  amend(id: $id, fields: $fields, reason: $reason, expectedRevision: $expected, {COMMON}) {OUTCOME} }}"""
RETRACT = f"""mutation ($id: ID!, $reason: String!, $cascade: Boolean! = false, {DECLARED}) {{
  retract(id: $id, reason: $reason, cascade: $cascade, {COMMON}) {OUTCOME} }}"""
REINSTATE = f"""mutation ($id: ID!, $reason: String!, $cascade: Boolean! = false, {DECLARED}) {{
  reinstate(id: $id, reason: $reason, cascade: $cascade, {COMMON}) {OUTCOME} }}"""
STATEMENT = f"""mutation ($statement: StatementInput!, {DECLARED}) {{
  recordStatement(statement: $statement, {COMMON}) {OUTCOME} }}"""
JUDGE = f"""mutation ($judgement: JudgementInput!, {DECLARED}) {{
  judgeIdentity(judgement: $judgement, {COMMON}) {OUTCOME} }}"""

ONE, OTHER = "actor/person-1", "actor/person-2"


def amend(ask: Asker, identifier: str, fields: object, **more: object) -> Any:
    return ask(AMEND, id=identifier, fields=fields, reason="a slip", **more)["amend"]


def retract(ask: Asker, identifier: str, **more: object) -> Any:
    return ask(RETRACT, id=identifier, reason="not so", **more)["retract"]


def reinstate(ask: Asker, identifier: str, **more: object) -> Any:
    return ask(REINSTATE, id=identifier, reason="so after all", **more)["reinstate"]


def subjects(outcome: Json) -> list[str]:
    return [entry["subject"] for entry in outcome["entries"]]


@pytest.fixture
def used(ask: Asker) -> Asker:
    """Return how to ask where a role has a holder, and a source is told by a link of two claims."""
    role = {"role": {"id": "role/chief", "title": "chief", "holder": ONE}}
    deputy = {"role": {"id": "role/deputy", "title": "deputy", "holder": OTHER, "body": ONE}}
    assert record(ask, role, deputy)["__typename"] == "Recorded"
    return ask


# -- amending ------------------------------------------------------------------------------------


def test_an_amendment_is_recorded_with_its_reason(ask: Asker, graph: Graph) -> None:
    graph.position = 13
    graph.things["Actor"] = [thing(ONE, "Ann", 13)]
    outcome = amend(ask, ONE, {"name": "Ann", "aliases": ["A.", "Annie"]})
    assert (outcome["position"], outcome["inGraph"]) == (13, True)
    (entry,) = outcome["entries"]
    assert (entry["kind"], entry["subject"], entry["recordedBy"]) == ("AMENDED", ONE, "somebody")
    fields = {"name": "Ann", "aliases": ["A.", "Annie"]}
    assert entry["payload"] == {"id": ONE, "fields": fields, "reason": "a slip"}
    assert outcome["nodes"] == [{"id": ONE, "name": "Ann"}]


def test_a_field_is_left_out_by_null(ask: Asker) -> None:
    record(ask, actor("ann", aliases=["Annie"]))
    (entry,) = amend(ask, "actor/ann", {"aliases": None})["entries"]
    assert entry["payload"]["fields"] == {"aliases": None}
    again = record(ask, actor("ann"))
    assert (again["unchanged"], again["entries"]) == (["actor/ann"], [])


def test_a_dry_run_shows_an_amendment_as_it_would_be_written(ask: Asker, log: SqliteLog) -> None:
    event = {"event": {"id": "event/e", "name": "E", "status": "HAPPENED"}}
    record(ask, event)
    fields = {"occurred": {"edtf": "2024-03", "basis": "STATED"}}
    planned = amend(ask, "event/e", fields, dry=True)
    (entry,) = planned["entries"]
    assert (entry["position"], entry["recordedBy"]) == (14, None)
    assert entry["payload"]["fields"] == {"occurred": {"edtf": "2024-03"}}
    assert log.head().position == 13
    assert amend(ask, "event/e", fields)["entries"][0]["payload"] == entry["payload"]


def test_what_says_so_already_is_left_as_it_is(ask: Asker) -> None:
    outcome = amend(ask, ONE, {"name": "Person 1"})
    assert (outcome["unchanged"], outcome["entries"]) == ([ONE], [])


@pytest.mark.parametrize(
    ("fields", "path", "message"),
    [
        ({"nme": "A"}, ["fields", "nme"], "is not a field of this; did you mean 'name'"),
        ({"name": 7}, ["fields", "name"], "string"),
        ({"name": None}, ["fields", "name"], "is missing"),
        ({"id": "actor/x"}, ["fields"], "an id is never amended"),
        ({"aliases": [1.5]}, ["fields"], "fraction"),
        ({}, ["fields"], "fewer than 1"),
        ([], ["fields"], "dictionary"),
        ("name", ["fields"], "dictionary"),
        ({"named": False}, ["id"], "an unnamed actor needs scopedTo"),
        ({"partOf": ["actor/nobody"]}, ["fields", "partOf", "0"], "actor/nobody"),
        ({"partOf": [ONE]}, ["id"], "cycle"),
    ],
)
def test_faults_of_an_amendment_are_told_where_they_stand(
    ask: Asker, fields: object, path: list[str], message: str
) -> None:
    outcome = amend(ask, ONE, fields)
    assert message in outcome["message"]
    assert outcome["path"] == path
    among = ask(
        "mutation ($entries: [EntryInput!]!) { record(entries: $entries) "
        "{ ... on Problem { message path } } }",
        entries=[actor("new"), {"amend": {"id": ONE, "fields": fields, "reason": "a slip"}}],
    )["record"]
    expected = path if path != ["id"] else []  # of no field
    assert among == {
        "message": outcome["message"],
        "path": ["entries", "1", "amend", *expected],
    }


def test_rules_point_to_the_field_that_breaks_them(ask: Asker) -> None:
    source = {"source": {"id": "source/s", "name": "S", "sha256": "0" * 64, "length": 50}}
    event = {"event": {"id": "event/e", "name": "E", "status": "HAPPENED"}}
    record(ask, source, event)
    passage = {"source": "source/s", "start": 40, "end": 60, "sha256": "0" * 64}
    outcome = amend(ask, "event/e", {"passages": [passage]})
    assert outcome["path"] == ["fields", "passages", "0"]
    amend(ask, "event/e", {"passages": [{**passage, "end": 50}]})
    outcome = amend(ask, "source/s", {"length": 45})
    assert outcome["path"] == ["id"]
    assert outcome["message"] == (
        "event/e.passages.0: ends at 50, but source/s has only 45 characters"
    )


@pytest.mark.parametrize("change", ["amend", "retract", "reinstate"])
def test_what_was_never_recorded_is_not_changed(ask: Asker, change: str) -> None:
    fields = {"fields": {"name": "A"}} if change == "amend" else {}
    entry = {change: {"id": "actor/nobody", "reason": "r", **fields}}
    outcome = record(ask, entry)
    assert (outcome["__typename"], outcome["ids"]) == ("NotFound", ["actor/nobody"])
    assert outcome["message"] == "not on record: actor/nobody"
    assert outcome["path"] == ["entries", "0", change, "id"]


def test_the_expected_revision_of_a_change(ask: Asker) -> None:
    outcome = amend(ask, ONE, {"name": "A"}, expected=2)
    assert (outcome["__typename"], outcome["path"]) == ("RevisionConflict", ["expectedRevision"])
    assert (outcome["expected"], outcome["actual"]) == (2, 1)
    assert amend(ask, ONE, {"name": "A"}, expected=1)["__typename"] == "Recorded"
    change = {"retract": {"id": ONE, "reason": "r", "expectedRevision": 1}}
    outcome = record(ask, change)
    assert outcome["path"] == ["entries", "0", "retract", "expectedRevision"]
    assert outcome["actual"] == 13


# -- retracting and reinstating ------------------------------------------------------------------


def test_what_is_in_use_is_not_retracted(used: Asker, log: SqliteLog) -> None:
    outcome = retract(used, ONE)
    assert (outcome["__typename"], outcome["path"]) == ("StillInUse", ["id"])
    assert outcome["dependants"] == ["role/chief", "role/deputy"]
    assert log.head().position == 14


def test_a_cascade_takes_along_what_depends_on_it(used: Asker, log: SqliteLog) -> None:
    planned = retract(used, ONE, cascade=True, dry=True)
    assert subjects(planned) == [ONE, "role/chief", "role/deputy"]
    assert [one["payload"].get("cascadedFrom") for one in planned["entries"]] == [None, ONE, ONE]
    assert log.head().position == 14
    outcome = retract(used, ONE, cascade=True)
    assert (outcome["position"], outcome["nodes"]) == (17, [])
    told = [(one["position"], one["payload"]) for one in outcome["entries"]]
    assert told == [(one["position"], one["payload"]) for one in planned["entries"]]


def test_a_dry_run_tells_along_which_way_a_cascade_went(ask: Asker) -> None:
    record(
        ask,
        actor("a"),
        actor("b", partOf=["actor/a"]),
        actor("c", partOf=["actor/a", "actor/b"]),
        {"role": {"id": "role/r", "title": "r", "holder": "actor/c", "body": "actor/b"}},
        {"role": {"id": "role/s", "title": "s", "holder": "actor/d", "body": "actor/c"}},
        actor("d"),
    )
    change = [
        {"retract": {"id": "actor/d", "reason": "one"}},
        {"retract": {"id": "actor/a", "reason": "two"}},
    ]
    mutation = """mutation ($entries: [EntryInput!]!, $dry: Boolean!) {
      record(entries: $entries, cascade: true, dryRun: $dry) {
        ... on Recorded { entries { position subject payload appendSize } } } }"""
    planned = ask(mutation, entries=change, dry=True)
    assert len(planned["record"]["entries"]) == 6
    assert ask(mutation, entries=change, dry=False) == planned


def test_what_was_retracted_is_gone_until_it_is_given_back(used: Asker) -> None:
    retract(used, ONE, cascade=True)
    for outcome in (retract(used, ONE), amend(used, ONE, {"name": "A"})):
        assert (outcome["__typename"], outcome["path"]) == ("IsRetracted", ["id"])
        assert outcome["ids"] == [ONE]
    again = record(used, actor("person-1"))
    assert (again["__typename"], again["path"]) == ("IsRetracted", ["entries", "0", "actor", "id"])
    role = {"role": {"id": "role/new", "title": "r", "holder": ONE}}
    outcome = record(used, role)
    assert (outcome["__typename"], outcome["ids"]) == ("NotFound", [ONE])
    assert outcome["path"] == ["entries", "0", "role", "holder"]
    back = reinstate(used, ONE)
    assert subjects(back) == [ONE]
    assert record(used, role)["__typename"] == "Recorded"


def test_what_went_along_comes_back_with_it(used: Asker) -> None:
    retract(used, "role/deputy")
    retract(used, ONE, cascade=True)
    outcome = reinstate(used, "role/chief")
    assert (outcome["__typename"], outcome["path"]) == ("NotFound", ["id"])
    planned = reinstate(used, ONE, cascade=True, dry=True)
    assert subjects(planned) == [ONE, "role/chief"]
    assert subjects(reinstate(used, ONE, cascade=True)) == [ONE, "role/chief"]
    outcome = reinstate(used, ONE)
    assert (outcome["__typename"], outcome["path"]) == ("NotRetracted", ["id"])
    assert outcome["ids"] == [ONE]


def test_what_went_for_another_reason_is_left_alone(ask: Asker) -> None:
    record(
        ask,
        actor("a"),
        actor("b", partOf=["actor/a"]),
        actor("c", partOf=["actor/b"]),
        actor("d"),
        actor("e", partOf=["actor/d"]),
    )
    going = [{"retract": {"id": f"actor/{one}", "reason": "r"}} for one in "ad"]
    ask(
        "mutation ($entries: [EntryInput!]!) { record(entries: $entries, cascade: true) "
        "{ ... on Recorded { position } ... on Problem { message } } }",
        entries=going,
    )
    back = reinstate(ask, "actor/a", cascade=True)
    assert subjects(back) == ["actor/a", "actor/b", "actor/c"]
    retract(ask, "actor/c")
    retract(ask, "actor/a", cascade=True)
    assert subjects(reinstate(ask, "actor/a", cascade=True)) == ["actor/a", "actor/b"]
    assert reinstate(ask, "actor/nobody", cascade=True)["__typename"] == "NotFound"


def test_repeated_changes_give_the_first_outcome_again(used: Asker, log: SqliteLog) -> None:
    for change in (
        partial(amend, used, ONE, {"name": "A"}, key="amend"),
        partial(retract, used, ONE, cascade=True, key="retract"),
        partial(reinstate, used, ONE, cascade=True, key="reinstate"),
    ):
        first = change()
        assert first["__typename"] == "Recorded", first
        position = log.head().position
        assert change() == first
        assert log.head().position == position
    planned = retract(used, ONE, cascade=True, key="retract", dry=True)
    assert subjects(planned) == [ONE, "role/chief", "role/deputy"]
    assert [one["position"] for one in planned["entries"]] == [16, 17, 18]


# -- statements and judgements -------------------------------------------------------------------


def test_a_statement_by_its_own_mutation(ask: Asker) -> None:
    source = {"source": {"id": "source/s", "name": "S", "sha256": "0" * 64, "length": 99}}
    record(ask, source, {"claim": {"id": "claim/c", "text": "Tariffs fall."}})
    statement = {
        "speaker": ONE,
        "attribution": "PARAPHRASE",
        "polarity": "ASSERTS",
        "claim": "claim/c",
        "passages": [{"source": "source/s", "start": 0, "end": 9, "sha256": "0" * 64}],
    }
    outcome = ask(STATEMENT, statement=statement)["recordStatement"]
    assert outcome["__typename"] == "Recorded", outcome
    assert outcome["entries"][0]["kind"] == "STATEMENT_RECORDED"
    nowhere = {**statement, "claim": "claim/none"}
    outcome = ask(STATEMENT, statement=nowhere)["recordStatement"]
    assert (outcome["__typename"], outcome["path"]) == ("NotFound", ["statement", "claim"])
    unfit = {**statement, "speaker": "claim/c"}
    outcome = ask(STATEMENT, statement=unfit)["recordStatement"]
    assert (outcome["__typename"], outcome["path"]) == ("Invalid", ["statement", "speaker"])


def test_a_judgement_by_its_own_mutation(ask: Asker) -> None:
    judgement = {"type": "SAME_AS", "from": ONE, "to": OTHER, "because": "so it says"}
    outcome = ask(JUDGE, judgement=judgement, key="k")["judgeIdentity"]
    (entry,) = outcome["entries"]
    assert entry["kind"] == "IDENTITY_JUDGED"
    assert entry["subject"].startswith("judgement/")
    assert ask(JUDGE, judgement=judgement, key="k")["judgeIdentity"]["entries"] == [entry]
    outcome = ask(JUDGE, judgement={**judgement, "to": "issue/x"})["judgeIdentity"]
    assert (outcome["__typename"], outcome["path"]) == ("Invalid", ["judgement"])
    assert outcome["message"] == f"{ONE} and issue/x are not of one kind"
    outcome = ask(JUDGE, judgement={**judgement, "to": "actor/nobody"})["judgeIdentity"]
    assert (outcome["__typename"], outcome["path"]) == ("NotFound", ["judgement", "to"])


def test_things_and_changes_go_in_one_append(used: Asker, log: SqliteLog) -> None:
    outcome = record(
        used,
        actor("heir"),
        {"amend": {"id": "role/chief", "fields": {"holder": "actor/heir"}, "reason": "r"}},
        {"amend": {"id": "role/deputy", "fields": {"body": None}, "reason": "r"}},
        {"retract": {"id": ONE, "reason": "r"}},
    )
    assert outcome["__typename"] == "Recorded", outcome
    assert {one["appendSize"] for one in outcome["entries"]} == {4}
    assert log.head().position == 18
