"""Holding what is on record against the documents: what it says now, not what it once said."""

import hashlib

import pytest

from eventlog import NewEntry
from eventlog.recorder import Recorder
from eventlog.sqlite import SqliteLog
from onrecord import exactness
from onrecord.exactness import Exactness
from schema.entries import (
    ActorRecorded,
    Amended,
    AnyEntry,
    ClaimRecorded,
    IdentityJudged,
    Reinstated,
    Retracted,
    SourceRecorded,
    StatementRecorded,
)

OLD, NEW = "The mill is shut.", "The mill is shut again."
STATEMENT = "statement/mill/shut"


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


TEXTS = {sha(one): one for one in (OLD, NEW)}


def source(name: str, text: str) -> SourceRecorded:
    fields = {"id": f"source/{name}", "name": name, "sha256": sha(text), "length": len(text)}
    return SourceRecorded.model_validate(fields)


def passage(name: str, text: str, words: str) -> dict[str, object]:
    start = text.index(words)
    return {
        "source": f"source/{name}",
        "start": start,
        "end": start + len(words),
        "sha256": sha(words),
    }


def statement(*passages: dict[str, object]) -> StatementRecorded:
    return StatementRecorded.model_validate(
        {
            "id": STATEMENT,
            "speaker": "actor/miller",
            "attribution": "PARAPHRASE",
            "polarity": "ASSERTS",
            "claim": "claim/shut",
            "passages": passages,
        }
    )


def actor(name: str) -> ActorRecorded:
    return ActorRecorded.model_validate({"id": f"actor/{name}", "name": name, "kind": "PERSON"})


@pytest.fixture
def mill(log: SqliteLog, monkeypatch: pytest.MonkeyPatch) -> SqliteLog:
    """Return a log with a statement at position 4, which is read two entries at a time."""
    monkeypatch.setattr(exactness, "BATCH", 2)
    claim = ClaimRecorded(id="claim/shut", text="The mill is shut.")
    said = statement(passage("mill", OLD, "shut"))
    put(log, source("mill", OLD), actor("miller"), claim, said)
    return log


def put(log: SqliteLog, *entries: AnyEntry) -> None:
    Recorder(log, "tester").record(entries)


def held(log: SqliteLog) -> tuple[list[str], int, dict[str, int]]:
    """Return what is not exact, how much was held, and how much could not be, by source."""
    check = Exactness(TEXTS.get)
    faults = [str(one) for one in check.log(log, lambda position: None)]
    return faults, check.count, check.unchecked


def test_what_was_amended_is_held_as_it_is_now(mill: SqliteLog) -> None:
    wrong = {**passage("mill", OLD, "shut"), "sha256": sha("open")}
    put(mill, Amended(id=STATEMENT, fields={"passages": [wrong]}, reason="r"))
    (fault,), count, _ = held(mill)
    assert fault.startswith(f"position 5: {STATEMENT}.passages.0: ")
    assert count == 1
    right = passage("mill", OLD, "mill")
    put(mill, Amended(id=STATEMENT, fields={"passages": [right]}, reason="r"))
    assert held(mill) == ([], 1, {})


def test_a_passage_stands_in_the_text_that_its_source_has_now(mill: SqliteLog) -> None:
    put(mill, Amended(id="source/mill", fields={"sha256": sha(NEW)}, reason="r"))
    assert held(mill)[0] == [
        f"position 5: source/mill.length: is {len(OLD)}, but the text has {len(NEW)} characters"
    ]
    put(mill, Amended(id="source/mill", fields={"length": len(NEW)}, reason="r"))
    assert held(mill) == ([], 1, {})
    put(mill, Amended(id="source/mill", fields={"sha256": sha("not at hand")}, reason="r"))
    assert held(mill) == ([], 0, {"source/mill": 1})


def test_a_passage_may_stand_in_a_source_that_was_recorded_later(mill: SqliteLog) -> None:
    put(mill, actor("a"), actor("b"), source("late", NEW))
    moved = [passage("late", NEW, "again")]
    put(mill, Amended(id=STATEMENT, fields={"passages": moved}, reason="r"))
    assert held(mill) == ([], 1, {})


def test_what_was_retracted_is_not_held_until_it_is_given_back(mill: SqliteLog) -> None:
    wrong = {**passage("mill", OLD, "shut"), "sha256": sha("open")}
    put(mill, Amended(id=STATEMENT, fields={"passages": [wrong]}, reason="r"))
    put(mill, Retracted(id=STATEMENT, reason="r"))
    assert held(mill) == ([], 0, {})
    put(mill, Reinstated(id=STATEMENT, reason="r"))
    (fault,), _, _ = held(mill)
    assert fault.startswith(f"position 5: {STATEMENT}")


def test_the_evidence_of_a_judgement_is_held_too(mill: SqliteLog) -> None:
    wrong = {**passage("mill", OLD, "shut"), "sha256": sha("open")}
    fields = {"id": "judgement/j", "type": "NOT_SAME_AS", "from": "actor/miller", "to": "actor/a"}
    put(mill, actor("a"), IdentityJudged.model_validate({**fields, "passages": [wrong]}))
    (fault,), count, _ = held(mill)
    assert fault.startswith("position 6: judgement/j.passages.0: ")
    assert count == 2


def test_what_a_newer_program_recorded_is_told(mill: SqliteLog) -> None:
    mill.append([NewEntry("ActorRecorded", 2, "actor/new", b"{}")], recorded_by="a newer one")
    (fault,), count, _ = held(mill)
    assert fault.startswith("position 5: actor/new: no ActorRecorded of version 2 is known")
    assert count == 1
