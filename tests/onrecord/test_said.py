"""``said``: the main question from the command line, in every form."""

import csv
import io
import json
from contextlib import closing
from pathlib import Path

import pytest

from eventlog.sqlite import SqliteLog
from graph.managed import Connection
from tests.onrecord.dossiers import GOOD, SHA, write
from tests.onrecord.running import Program, settings_of

pytestmark = pytest.mark.engine


@pytest.fixture
def asked(with_neo4j: Program, tmp_path: Path) -> Program:
    """Return the program with the Gazette on record."""
    with_neo4j.ok("record", write(tmp_path))
    return with_neo4j


def test_who_said_what_about_an_issue_and_when(asked: Program) -> None:
    answer = asked.ok("said", "--by", "Marsh", "--about", "harbour", "--when", "2024-03")
    assert "1 of 1 statements" in answer
    for shown in ("2024-03-01", "Ada Marsh", "PROMISES", "Harbour fees", "characters 10–60"):
        assert shown in answer


def test_what_is_laid_to_somebody_is_not_shown_as_said_by_them(asked: Program) -> None:
    rows = json.loads(asked.ok("said", "--format", "json"))
    laid = next(row for row in rows if row["ascribedTo"])
    assert laid["speaker"]["name"] == "the Gazette"
    assert laid["ascribedTo"]["actor"]["name"] == "Ada Marsh"
    shown = list(csv.reader(io.StringIO(asked.ok("said", "--format", "csv"))))
    line = next(line for line in shown if "The fees double." in line[2])
    assert line[1] == "the Gazette"
    assert line[2] == "says that Ada Marsh WANTS (not their words): The fees double."
    by_her = json.loads(asked.ok("said", "--by", "Ada Marsh", "--format", "json"))
    assert [row["claim"]["text"] for row in by_her] == ["The harbour fees rise in April 2024."]


PASSED_ON = f"""\
  aide:
    speaker: mayor
    attribution: PARTIAL_QUOTE
    ascribedTo: {{actor: gazette, attitude: FEARS}}
    polarity: DENIES
    claim: fees-rise
    quotes: [{{start: 133, exact: double}}]
    passages: [{{start: 130, end: 160, sha256: {SHA}}}]
  she-denies:
    speaker: mayor
    polarity: DENIES
    claim: she-wants-more
    passages: [{{start: 160, end: 190, sha256: {SHA}}}]
  porter:
    speaker: porter
    relays: aide
    passages: [{{start: 190, end: 200, sha256: {SHA}}}]
  clerk:
    speaker: porter
    relays: porter
    passages: [{{start: 200, end: 210, sha256: {SHA}}}]
  cook:
    speaker: porter
    relays: she-denies
    passages: [{{start: 210, end: 220, sha256: {SHA}}}]
  regret:
    speaker: mayor
    withdraws: she-denies
    passages: [{{start: 220, end: 230, sha256: {SHA}}}]
"""


def test_what_is_passed_on_or_taken_back_keeps_whose_it_is_and_how_it_was_meant(
    with_neo4j: Program, tmp_path: Path
) -> None:
    porter = "actors:\n  porter: {name: a porter, kind: PERSON, named: false}\n"
    with_neo4j.ok("record", write(tmp_path, GOOD.replace("actors:\n", porter) + PASSED_ON))
    shown = csv.reader(io.StringIO(with_neo4j.ok("said", "--format", "csv")))
    rises, laid = "The harbour fees rise in April 2024.", "says that the Gazette FEARS, DENIES"
    assert {(who, what) for _, who, what, *_ in shown} == {
        ("Who", "Said what"),
        ("Ada Marsh", f"PROMISES: {rises}"),
        ("the Gazette", "says that Ada Marsh WANTS (not their words): The fees double."),
        ("Ada Marsh", f"{laid} (not their words): {rises}\nin the speaker's words: “double”"),
        ("Ada Marsh", "STATES, DENIES: The fees double."),
        ("a porter", f"passes on what Ada Marsh said: {laid} (not their words): {rises}"),
        ("a porter", f"passes on what a porter said: passed on in turn, about: {rises}"),
        ("a porter", "passes on what Ada Marsh said: STATES, DENIES: The fees double."),
        ("Ada Marsh", "takes back what Ada Marsh said: STATES, DENIES: The fees double."),
    }


def test_a_person_can_be_named_as_people_call_them(asked: Program) -> None:
    assert "Ada Marsh" in asked.ok("said", "--by", "THE MAYOR", "--format", "md")


def test_markdown_and_csv_have_a_row_a_statement(asked: Program) -> None:
    markdown = asked.ok("said", "--format", "md").splitlines()
    assert markdown[0] == "| When | Who | Said what | About | Evidence | Entry |"
    assert len(markdown) == 4
    assert len(list(csv.reader(io.StringIO(asked.ok("said", "--format", "csv"))))) == 3


def test_an_answer_without_rows_says_what_there_is(asked: Program) -> None:
    ran = asked.run("said", "--about", "harbor fees")
    assert ran.code == 0
    assert "no issue on record is called 'harbor fees'; did you mean 'Harbour fees'?" in ran.err
    ran = asked.run("said", "--about", "harbour", "--when", "1999")
    assert "no statement for the issue 'harbour' with all that was asked" in ran.err


def test_the_record_is_told_as_it_was(asked: Program) -> None:
    """By position or time; a thing that was retracted since is there again."""
    before = asked.ok("said", "--format", "json")
    with closing(SqliteLog(asked.data / "log.sqlite3")) as log:
        head = log.head()
    assert head.recorded_at is not None
    asked.ok("retract", json.loads(before)[0]["id"], "--reason", "It is somebody else.")
    assert asked.ok("said", "--format", "json") != before
    for moment in (str(head.position), head.recorded_at):
        ran = asked.run("said", "--as-of", moment, "--format", "json")
        assert (ran.code, ran.out) == (0, before)
        assert f"the record as of position {head.position}" in ran.err
    ran = asked.run("said", "--as-of", "0", "--about", "harbour")
    assert "no issue on record then is called 'harbour'" in ran.err


@pytest.mark.parametrize(
    ("moment", "told"),
    [
        ("5", "there is no position 5 yet: the log ends at 0"),
        ("9" * 50, f"there is no position {int('9' * 30):,} yet: the log ends at 0"),
        ("-1", "there is no position -1: the log begins after 0"),
        (
            "2026-06-01T12:00",
            "'2026-06-01T12:00' has no zone: write 2026-06-01T12:00Z if it is in UTC",
        ),
        (
            "noon",
            "'noon' is no instant: write 2026-01-02T03:04:05Z, "
            + "or 2026-01-02 for the end of that day in UTC",
        ),
    ],
)
def test_a_moment_that_is_none_is_refused(program: Program, moment: str, told: str) -> None:
    SqliteLog(program.data / "log.sqlite3").close()
    assert program.refused("said", f"--as-of={moment}", code=2) == told


def test_an_impossible_date_is_refused(program: Program) -> None:
    sentence = program.refused("said", "--when", "2024-02-30", code=2)
    assert sentence == "2024-02-30 is not a date: February 2024 has 29 days"


@pytest.mark.parametrize("number", ["0", "1000000", "many"])
def test_an_impossible_number_of_statements_is_refused(program: Program, number: str) -> None:
    ran = program.run("said", "--first", number)
    assert ran.code == 2
    assert "--first" in ran.err
    assert "Traceback" not in ran.err


def test_a_refused_password_is_told_without_it(tmp_path: Path, neo4j_server: Connection) -> None:
    wrong = {**settings_of(neo4j_server), "NEO4J_PASSWORD": "swordfish"}
    program = Program(tmp_path / "data", wrong)
    program.ok("record", write(tmp_path))
    sentence = program.refused("said", code=3)
    assert sentence == f"Neo4j at {neo4j_server.uri} refused the user name or password"


def test_a_neo4j_that_does_not_answer_is_told(tmp_path: Path) -> None:
    nobody = {"NEO4J_URI": "bolt://127.0.0.1:9", "NEO4J_PASSWORD": "x"}
    program = Program(tmp_path / "data", nobody)
    program.ok("record", write(tmp_path))
    sentence = program.refused("said", code=3)
    assert sentence == "Neo4j at bolt://127.0.0.1:9 does not answer"
