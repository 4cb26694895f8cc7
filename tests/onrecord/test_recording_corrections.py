"""``record`` with a dossier that corrects the record: amended, retracted, reinstated elsewhere."""

import json
from pathlib import Path
from typing import Any

import pytest

from eventlog.errors import RevisionConflict
from eventlog.recorder import Recorder
from eventlog.sqlite import SqliteLog
from onrecord import comparing, recording
from onrecord.recording import Corrections
from schema.entries import Amended, AnyChange, Reinstated, Retracted
from schema.errors import InvalidInput
from tests.onrecord.dossiers import GOOD, write
from tests.onrecord.running import Program
from tests.onrecord.test_recording_again import LATE, edited

CLAIM, STATEMENT = "claim/gazette/she-wants-more", "statement/gazette/she-wants-more"
SHORTER = GOOD[: GOOD.index("  she-wants-more:")]
LOOKED = "nothing below source/gazette is missing, and what has an id elsewhere was not looked for"
ELSE = LOOKED.replace("nothing", "nothing else")


def record(log: SqliteLog, *files: str, reason: str | None = None, missing: bool = False) -> str:
    """Record files, and return what is told."""
    dossiers = recording.read_dossiers(map(Path, files))
    corrections = Corrections(reason, missing)
    return recording.record(log, "tester", dossiers, corrections=corrections).sentence()


def refused(log: SqliteLog, *files: str, **how: Any) -> list[str]:
    """Record files that are refused: return why, line by line, without the folder."""
    before = log.head()
    with pytest.raises(InvalidInput) as told:
        record(log, *files, **how)
    assert log.head() == before
    return [line.rpartition("/gazette.yaml:")[2] for line in str(told.value).splitlines()]


def change(log: SqliteLog, *changes: AnyChange) -> None:
    Recorder(log, "somebody").record(changes)


def payloads(log: SqliteLog, after: int) -> list[tuple[str, dict[str, Any]]]:
    return [(one.header.kind, json.loads(one.payload)) for one in log.entries(after)]


# -- amending ------------------------------------------------------------------------------------


def test_what_was_changed_is_amended_for_a_reason(log: SqliteLog, tmp_path: Path) -> None:
    record(log, write(tmp_path))
    text = edited(
        GOOD,
        ("Ada Marsh", "Ada Marsh-Hill"),
        ("    aliases: [the mayor]\n", ""),
        ("said: 2024-03-01", "said: {edtf: 2024-03-01, words: on Friday}"),
        ("    force: PROMISES\n", ""),
        ("statements:\n", "claims:\n  new: {text: The quay closes.}\nstatements:\n"),
    )
    told = record(log, write(tmp_path, text), reason="read again")
    assert told == (
        "recorded 1 entry, amended 2 things at positions 9 to 11; "
        f"6 were on record with the same content; {LOOKED}"
    )
    assert payloads(log, 8) == [
        (
            "Amended",
            {
                "id": "actor/gazette/mayor",
                "fields": {"name": "Ada Marsh-Hill", "aliases": None},
                "reason": "read again",
            },
        ),
        ("ClaimRecorded", {"id": "claim/gazette/new", "text": "The quay closes."}),
        (
            "Amended",
            {
                "id": "statement/gazette/fees-rise",
                "fields": {"force": None, "said": {"edtf": "2024-03-01", "words": "on Friday"}},
                "reason": "read again",
            },
        ),
    ]
    again = record(log, write(tmp_path, text))
    assert (
        again == f"nothing to record: all 9 entries are on record with the same content; {LOOKED}"
    )
    assert record(log, write(tmp_path, text), reason="once more") == again


def test_a_dossier_is_held_against_what_is_on_record_now(log: SqliteLog, tmp_path: Path) -> None:
    record(log, write(tmp_path))
    change(log, Amended(id="actor/gazette/mayor", fields={"name": "Ada Hill"}, reason="married"))
    assert refused(log, write(tmp_path))[0] == (
        "14: actors.mayor.name: 'Ada Hill' on record at position 9, 'Ada Marsh' here"
    )
    text = edited(GOOD, ("Ada Marsh", "Ada Hill"))
    assert record(log, write(tmp_path, text)).startswith("nothing to record: all 8 entries")
    assert record(log, write(tmp_path), reason="not married").startswith("amended 1 thing at")
    assert record(log, write(tmp_path)).startswith("nothing to record: all 8 entries")


def test_what_can_be_done_is_told_for_what_differs(log: SqliteLog, tmp_path: Path) -> None:
    record(log, write(tmp_path))
    change(log, Retracted(id="statement/gazette/fees-rise", reason="not said"))
    kept = "nothing was written, and what is on record stays as it is: "
    amends = "--reason TEXT amends what was recorded wrongly; "
    retracts = "--retract-missing retracts what is missing here, for a --reason as well; "
    gives = "onrecord reinstate ID --reason TEXT gives back what was retracted; "
    rest = "else let the dossier say it as it is on record (onrecord log show POSITION shows how)"
    text = edited(SHORTER, ("Ada Marsh", "Ida Marsh"))
    told = refused(log, write(tmp_path, text))
    assert told[-1] == f"{kept}{amends}{retracts}{gives}{rest}"
    told = refused(log, write(tmp_path, text), reason="r")
    assert told[-1] == f"{kept}{retracts}{gives}{rest}"
    told = refused(log, write(tmp_path, text), reason="r", missing=True)
    stands = "22: statements.fees-rise: statement/gazette/fees-rise stands here"
    assert told == [f"{stands}, but was retracted at position 9", f"{kept}{gives}{rest}"]


def test_what_an_amendment_makes_of_a_thing_has_to_fit(log: SqliteLog, tmp_path: Path) -> None:
    record(log, write(tmp_path))
    text = edited(GOOD, ("length: 400", "length: 100"))
    (fault,) = refused(log, write(tmp_path, text), reason="r")
    assert fault == (
        "35: statements.she-wants-more.passages.0: ends at 120, but source/gazette has only 100 "
        "characters"
    )


def test_somebody_who_changes_it_meanwhile_is_not_overruled(
    log: SqliteLog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record(log, write(tmp_path))
    compare = comparing.differing

    def slowly(*given: Any) -> Any:
        found = list(compare(*given))
        change(log, Amended(id="actor/gazette/mayor", fields={"name": "Ada Hill"}, reason="r"))
        return found

    monkeypatch.setattr(recording, "differing", slowly)
    with pytest.raises(InvalidInput) as told:
        record(log, write(tmp_path, edited(GOOD, ("Ada Marsh", "Ida"))), reason="r")
    assert str(told.value) == str(RevisionConflict("actor/gazette/mayor", 3, 9))
    assert log.head().position == 9


# -- retracting ----------------------------------------------------------------------------------


def test_what_is_missing_is_retracted_for_a_reason(log: SqliteLog, tmp_path: Path) -> None:
    record(log, write(tmp_path))
    shorter = write(tmp_path, SHORTER)
    assert record(log, shorter, reason="not in it", missing=True) == (
        f"retracted 2 things at positions 9 to 10; 6 were on record with the same content; {ELSE}"
    )
    assert payloads(log, 8) == [
        ("Retracted", {"id": CLAIM, "reason": "not in it"}),
        ("Retracted", {"id": STATEMENT, "reason": "not in it"}),
    ]
    assert record(log, shorter).startswith("nothing to record: all 6 entries")
    assert refused(log, write(tmp_path))[:2] == [
        f"32: statements.she-wants-more.claim: {CLAIM} stands here, but was retracted at position 9",
        f"30: statements.she-wants-more: {STATEMENT} stands here, but was retracted at position 10",
    ]
    change(log, *(Reinstated(id=one, reason="it is") for one in (CLAIM, STATEMENT)))
    assert record(log, write(tmp_path)).startswith("nothing to record: all 8 entries")


def test_all_changes_of_a_dossier_go_in_one_append(log: SqliteLog, tmp_path: Path) -> None:
    record(log, write(tmp_path))
    renamed = edited(GOOD, ("  she-wants-more:", "  more:"), ("Ada Marsh", "Ida Marsh"))
    assert record(log, write(tmp_path, renamed), reason="r", missing=True) == (
        "recorded 2 entries, amended 1 thing, retracted 2 things at positions 9 to 13; "
        f"5 were on record with the same content; {ELSE}"
    )
    assert {one.header.append_first for one in log.entries(8)} == {9}


def test_what_others_use_is_not_retracted_with_them_unasked(log: SqliteLog, tmp_path: Path) -> None:
    using = "dossier: 1\nlinks:\n  l: {type: SUPPORTS, from: a, to: b, because: r}\n"
    using = f"{using}use: {{a: {CLAIM}, b: claim/gazette/fees-rise}}\n"
    record(log, write(tmp_path), write(tmp_path, using, "links.yaml"))
    (fault,) = refused(log, write(tmp_path, SHORTER), reason="r", missing=True)
    assert fault == (
        f"2: source: {CLAIM} is missing here but cannot be retracted while in use by link/l: "
        "record the dossiers that use it along with this one, without it, or let onrecord retract "
        "ID --cascade take them along"
    )
    change(log, Retracted(id="link/l", reason="r"))
    assert record(log, write(tmp_path, SHORTER), reason="r", missing=True).startswith("retracted 2")


def test_what_is_used_by_name_is_not_on_record_any_more(log: SqliteLog, tmp_path: Path) -> None:
    record(log, write(tmp_path))
    change(log, *(Retracted(id=one, reason="r") for one in (CLAIM, STATEMENT)))
    late = edited(
        LATE,
        (
            "    claim:\n      text: The fees double.\n      issues: [harbour]\n",
            f"    claim: {CLAIM}\n",
        ),
    )
    (fault,) = refused(log, write(tmp_path, late))
    assert fault == (
        f"32: statements.she-wants-more.claim: {CLAIM} was retracted: onrecord reinstate gives it "
        "back"
    )


# -- at the command line -------------------------------------------------------------------------


def test_a_dry_run_shows_what_becomes_what(program: Program, tmp_path: Path) -> None:
    program.ok("record", write(tmp_path))
    text = edited(SHORTER, ("PROMISES", "WARNS"))
    how = ("record", write(tmp_path, text), "--reason", "misread", "--retract-missing")
    *shown, sentence = program.ok(*how, "--dry-run").splitlines()
    rows = [[cell.strip() for cell in line.split("│")[1:-1]] for line in shown if "│" in line]
    promised = "Ada Marsh PROMISES: The harbour fees rise in April 2024."
    assert rows == [
        ["9", "Amended", "statement/gazette/fees-rise", promised],
        ["", "", "", "force: PROMISES becomes WARNS"],
        ["", "", "", "because: misread"],
        ["10", "Retracted", CLAIM, "The fees double."],
        ["", "", "", "because: misread"],
        ["11", "Retracted", STATEMENT, "the Gazette says that Ada Marsh WANTS: The fees double."],
        ["", "", "", "because: misread"],
    ]
    assert sentence == (
        "would amend 1 thing, retract 2 things at positions 9 to 11; "
        f"5 were on record with the same content; {ELSE}; nothing was written"
    )
    first, *_ = program.ok(*how, "--dry-run", "--format", "json").splitlines()
    amended = json.loads(first)
    assert (amended["kind"], amended["position"]) == ("Amended", 9)
    assert amended["before"] == {"force": "PROMISES"}
    assert amended["payload"]["fields"] == {"force": "WARNS"}
    assert program.ok(*how).startswith("amended 1 thing, retracted 2 things at positions 9 to 11")


def test_what_is_missing_is_not_retracted_without_a_reason(
    program: Program, tmp_path: Path
) -> None:
    told = program.refused("record", write(tmp_path), "--retract-missing", code=2)
    assert told == "Invalid value: --retract-missing needs --reason TEXT, which says why"
    assert not program.data.exists()
