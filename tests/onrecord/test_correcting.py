"""``amend``, ``retract``, ``reinstate`` and ``judge``: what they do and say, on a real log."""

from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from eventlog.lines import as_json
from eventlog.sqlite import SqliteLog
from onrecord import recording
from onrecord.given import fields_given
from schema.errors import InvalidInput
from tests.onrecord.dossiers import write
from tests.onrecord.running import Program

MAYOR, PAPER = "actor/gazette/mayor", "actor/gazette/gazette"
FIELDS = "are name, kind, named, scopedTo, aliases, externalIds, partOf"
CLAIM, STATEMENT = "claim/gazette/fees-rise", "statement/gazette/fees-rise"


@pytest.fixture
def recorded(program: Program, tmp_path: Path) -> Program:
    """Return the program with a dossier on record, at positions 1 to 8."""
    with closing(SqliteLog(program.data / "log.sqlite3")) as log:
        recording.record(log, "tester", recording.read_dossiers([Path(write(tmp_path))]))
    return program


def cells(shown: str) -> tuple[list[list[str]], str]:
    """Return the rows of a table and the sentence below it."""
    *lines, sentence = shown.splitlines()
    rows = [[cell.strip() for cell in line.split("│")[1:-1]] for line in lines if "│" in line]
    return rows, sentence


def entries(program: Program, after: int = 8) -> list[dict[str, Any]]:
    """Return what the log holds after a position."""
    with closing(SqliteLog(program.data / "log.sqlite3")) as log:
        return [as_json(entry) for entry in log.entries(after)]


def test_an_amendment_says_what_becomes_what(recorded: Program) -> None:
    amend = ("amend", MAYOR, "--set", "name=Ada: Marsh", "--set", "aliases=[the mayor, A.]")
    changed = [
        ["9", "Amended", MAYOR, "Ada Marsh"],
        ["", "", "", "name: 'Ada Marsh' becomes 'Ada: Marsh'"],
        ["", "", "", "aliases.1: A. is added"],
        ["", "", "", "because: a slip"],
    ]
    rows, sentence = cells(recorded.ok(*amend, "--reason", "a slip", "--dry-run"))
    assert rows == changed
    assert sentence == "would amend 1 thing at position 9; nothing was written"
    assert entries(recorded) == []
    rows, sentence = cells(recorded.ok(*amend, "--reason", "a slip"))
    assert (rows, sentence) == (changed, "amended 1 thing at position 9")
    (entry,) = entries(recorded)
    fields = {"name": "Ada: Marsh", "aliases": ["the mayor", "A."]}
    assert entry["payload"] == {"id": MAYOR, "fields": fields, "reason": "a slip"}
    again = recorded.ok(*amend, "--reason", "once more")
    assert again == f"nothing to record: {MAYOR} is on record like this already\n"
    rows, _ = cells(recorded.ok("log", "show", "--after", "8"))
    assert [row[-2] for row in rows] == [
        "aliases: ['the mayor', A.]",
        "name: 'Ada: Marsh'",
        "because: a slip",
    ]


def test_a_field_is_left_out_and_a_date_is_given_as_it_is_written(recorded: Program) -> None:
    issue = "issue/gazette/harbour"
    rows, _ = cells(recorded.ok("amend", issue, "--unset", "question", "--reason", "none"))
    assert rows[1][-1] == "question: 'Should the harbour fees rise?' becomes nothing"
    dated = ("amend", STATEMENT, "--set", "said=2024-02-XX", "--reason", "none")
    rows, _ = cells(recorded.ok(*dated))
    assert rows[1][-1] == "said.edtf: 2024-03-01 becomes 2024-02-XX"
    assert [one["payload"]["fields"] for one in entries(recorded)] == [
        {"question": None},
        {"said": {"edtf": "2024-02-XX"}},
    ]


def test_what_cannot_be_amended_is_told_and_changes_nothing(recorded: Program) -> None:
    for arguments, sentence in (
        ((MAYOR, "--set", "aliases=A."), f"{MAYOR}.fields.aliases: has to be a list"),
        ((MAYOR, "--set", "name"), "--set name: has to be FIELD=VALUE"),
        ((MAYOR, "--unset", "name"), f"{MAYOR}.fields.name: is missing"),
        (("actor/gazette/major", "--set", "name=A"), "did you mean 'actor/gazette/mayor'?"),
        ((MAYOR,), "nothing to amend: --set FIELD=VALUE or --unset FIELD says what"),
        ((MAYOR, "--set", "partOf=[actor/nobody]"), f"{MAYOR}: actor/nobody is not on record"),
    ):
        assert sentence in recorded.refused("amend", *arguments, "--reason", "r", code=2)
    assert entries(recorded) == []


@pytest.mark.parametrize(
    ("assigned", "left_out", "faults"),
    [
        (
            ["nme=A", "id=actor/x", "kind=STATE"],
            ["aliases", "age"],
            [
                "--set nme: is not a field of Actor; did you mean 'name' or 'named'?; its fields "
                + FIELDS,
                "--set id: an id is never amended: retract the thing, and record another one",
                f"--unset age: is not a field of Actor; its fields {FIELDS}",
            ],
        ),
        (
            ["name=A", "name=B"],
            ["name"],
            ["--set name: is given twice", "--unset name: is given twice"],
        ),
        (["aliases="], [], ["--set aliases: has no value: --unset leaves a field out"]),
        (
            ["aliases=[A."],
            [],
            ["--set aliases: is not YAML: expected ',' or ']', but got '<stream end>'"],
        ),
        (
            ["aliases=[&a x, *a]"],
            [],
            ["--set aliases.1: is an alias (*name), and aliases are not read"],
        ),
    ],
)
def test_fields_that_cannot_be_given_are_told(
    assigned: list[str], left_out: list[str], faults: list[str]
) -> None:
    with pytest.raises(InvalidInput) as told:
        fields_given(MAYOR, assigned, left_out)
    assert str(told.value).splitlines() == faults


@pytest.mark.parametrize("identifier", ["mayor", "mayor/ada"])
def test_an_identifier_has_to_be_one(identifier: str) -> None:
    with pytest.raises(InvalidInput, match=f"'{identifier}'"):
        fields_given(identifier, ["name=A"], [])


def test_values_are_read_as_their_fields_need_them() -> None:
    given = ["text=2024: yes, [no]", "figures=[{what: fee, to: 3, unit: EUR}]"]
    assert fields_given("claim/c", [*given, "holds=[2024-01..2024-03]"], ["issues"]) == {
        "text": "2024: yes, [no]",
        "figures": [{"what": "fee", "to": 3, "unit": "EUR"}],
        "holds": {"edtf": "[2024-01..2024-03]"},
        "issues": None,
    }
    dated = "said={edtf: 2024, basis: INFERRED, because: so it seems}"
    assert fields_given("statement/s", [dated, "force=WARNS"], []) == {
        "said": {"edtf": 2024, "basis": "INFERRED", "because": "so it seems"},
        "force": "WARNS",
    }
    assert fields_given("actor/a", ["named=false", 'name="A"'], []) == {
        "named": False,
        "name": '"A"',
    }


def test_what_is_in_use_goes_with_what_depends_on_it_and_comes_back_with_it(
    recorded: Program,
) -> None:
    assert recorded.refused("retract", CLAIM, "--reason", "r", code=2) == (
        f"{CLAIM} cannot be retracted while in use by {STATEMENT}: amend or retract what uses it "
        "too, or let a cascade retract it"
    )
    cascade = ("retract", CLAIM, "--reason", "not in it", "--cascade")
    says = "The harbour fees rise in April 2024."
    planned, sentence = cells(recorded.ok(*cascade, "--dry-run"))
    assert planned == [
        ["9", "Retracted", CLAIM, says],
        ["", "", "", "because: not in it"],
        ["10", "Retracted", STATEMENT, f"Ada Marsh PROMISES: {says}"],
        ["", "", "", f"with {says}"],
        ["", "", "", "because: not in it"],
    ]
    assert sentence == "would retract 2 things at positions 9 to 10; nothing was written"
    assert cells(recorded.ok(*cascade)) == (planned, "retracted 2 things at positions 9 to 10")
    again = recorded.refused("retract", CLAIM, "--reason", "r", code=2)
    assert again == f"retracted, and only a reinstatement gives it back: {CLAIM}"
    assert recorded.refused("reinstate", STATEMENT, "--reason", "r", code=2) == (
        f"{STATEMENT}: {CLAIM} was retracted: onrecord reinstate gives it back"
    )
    rows, sentence = cells(recorded.ok("reinstate", CLAIM, "--cascade", "--reason", "it is"))
    assert [row[2] for row in rows if row[2]] == [CLAIM, STATEMENT]
    assert sentence == "reinstated 2 things at positions 11 to 12"
    again = recorded.refused("reinstate", CLAIM, "--reason", "r", code=2)
    assert again == f"not retracted: {CLAIM}"


def test_several_things_go_in_one_append(recorded: Program) -> None:
    recorded.ok("retract", CLAIM, STATEMENT, CLAIM, "--reason", "both")
    assert [(one["subject"], one["appendSize"]) for one in entries(recorded)] == [
        (CLAIM, 2),
        (STATEMENT, 2),
    ]
    recorded.ok("reinstate", STATEMENT, CLAIM, "--reason", "both", "--dry-run")
    unknown = recorded.run("retract", "claim/gazette/fees-rises", "claim/none", "--reason", "r")
    assert unknown.code == 2
    near, none = unknown.err.splitlines()
    assert near.endswith("fees-rises is not on record; did you mean 'claim/gazette/fees-rise'?")
    assert none == "claim/none is not on record"


def test_a_judgement_is_recorded_and_can_be_retracted(recorded: Program) -> None:
    judged = ("judge", MAYOR, PAPER, "--not-same", "--because", "one is a paper")
    rows, sentence = cells(recorded.ok(*judged, "--id", "judgement/two"))
    assert rows == [
        ["9", "IdentityJudged", "judgement/two", "Ada Marsh NOT_SAME_AS the Gazette"],
        ["", "", "", "because: one is a paper"],
    ]
    assert sentence == "recorded 1 entry at position 9"
    recorded.ok(*judged)
    first, other = entries(recorded)
    assert first["payload"]["type"] == other["payload"]["type"] == "NOT_SAME_AS"
    assert other["subject"].startswith("judgement/")
    recorded.ok("retract", "judgement/two", "--reason", "twice")
    unsaid = recorded.refused("judge", MAYOR, PAPER, "--because", "r", code=2)
    assert unsaid == "Invalid value: say --same or --not-same"
    unlike = ("judge", MAYOR, "issue/gazette/harbour", "--same", "--because", "r")
    assert "are not of one kind" in recorded.refused(*unlike, code=2)


def test_a_reason_has_to_be_one(recorded: Program, tmp_path: Path) -> None:
    for command in (
        ("amend", MAYOR, "--set", "name=A"),
        ("retract", STATEMENT),
        ("record", str(tmp_path / "gazette.yaml")),
    ):
        assert recorded.refused(*command, "--reason", " ", code=2) == "reason: is empty"


def test_there_has_to_be_a_log(program: Program) -> None:
    assert "there is no log" in program.refused("retract", MAYOR, "--reason", "r", code=3)
    assert not program.data.exists()
