"""Passages, quotations and hedges against the text that they are said to stand in."""

from dataclasses import replace

import pytest

from schema.coding.evidence import (
    cited_by,
    cited_in,
    inexact,
    located,
    mismeasured,
    misplaced,
    unquoted,
)
from schema.dossier import Dossier
from schema.entries import IdentityJudged, SourceKind, SourceRecorded
from schema.values import text_sha256
from tests.documents import DOSSIERS, dossier_of, text_of
from tests.schema.coding.mill import QUOTATION, TEXT, WARNING, filled
from tests.schema.examples import FULL

QUOTED = filled(QUOTATION, quotes=("It is dry",))


def told(dossier: Dossier, text: str) -> list[str]:
    return [str(located(dossier, one)) for one in misplaced(cited_in(dossier), text)]


def source(dossier: Dossier) -> SourceRecorded:
    found = dossier.source
    assert found is not None
    return found


def test_what_stands_there_is_no_fault() -> None:
    assert told(QUOTED, TEXT) == []
    assert unquoted(cited_in(QUOTED), TEXT) == []
    assert inexact(source(QUOTED), list(cited_in(QUOTED)), TEXT) == []


def test_everything_that_is_pointed_to_is_checked() -> None:
    dossier = filled(QUOTATION, quotes=("It is dry",), left_out=("Dam of Aven",))
    assert [one.path for one in cited_in(dossier)] == [
        ("statement/mill/s0", "passages", "0"),
        ("statement/mill/s0", "quotes", "0"),
        ("leftOut", "0"),
    ]
    report = {one.path[1] for entry in dossier_of(DOSSIERS[0]).entries for one in cited_by(entry)}
    assert report == {"passages", "quotes", "hedging"}


def test_another_text_is_told_with_its_words_and_where_ours_stand() -> None:
    passage, quote = told(QUOTED, TEXT.replace("- Millers", "- The Millers"))
    assert passage == (
        "mill.yaml:18: statements.s0.passages.0: the words of the text from 40 to 67, "
        "'ht. “It is dry,” said Ida R', have another SHA-256"
    )
    assert quote == (
        "mill.yaml:16: statements.s0.quotes.0: the words of the text from 41 to 50, "
        "'t. “It is', are not 'It is dry'; these stand at 45"
    )


def test_a_stretch_beyond_the_end_is_told() -> None:
    (fault, _) = told(QUOTED, TEXT[:45])
    assert fault.endswith("ends at 67, but the text has only 45 characters")


@pytest.mark.parametrize("start", [14, 39])
def test_white_space_at_an_end_is_told(start: int) -> None:
    ((message),) = told(_moved(filled(WARNING), start), TEXT)
    assert "has white space at its ends: " in message


def _moved(dossier: Dossier, start: int) -> Dossier:
    """Return a dossier whose one passage begins elsewhere, with the hash that it has there."""
    statement = dossier.entries[-1]
    (cited,) = cited_by(statement)
    end = start + 20
    changed = cited.span.model_copy(
        update={"start": start, "end": end, "sha256": text_sha256(TEXT[start:end])}
    )
    moved = statement.model_copy(update={"passages": (changed,)})
    return replace(dossier, entries=(*dossier.entries[:-1], moved))


@pytest.mark.parametrize("marks", ["''", "()", "  "])
def test_a_quotation_outside_of_marks_is_told(marks: str) -> None:
    text = TEXT.replace("“", marks[0]).replace("”", marks[1])
    if marks == "''":  # marks of another kind are marks
        assert unquoted(cited_in(QUOTED), text) == []
    else:
        (fault,) = unquoted(cited_in(QUOTED), text)
        assert str(located(QUOTED, fault)) == (
            "mill.yaml:16: statements.s0.quotes.0: lies in no quotation marks of the text: "
            "'It is dry'"
        )


def test_words_that_reach_over_a_mark_are_not_inside_of_them() -> None:
    reaching = filled(QUOTATION, quotes=("dry,” said",))
    assert len(unquoted(cited_in(reaching), TEXT)) == 1


@pytest.mark.parametrize("kind", SourceKind)
def test_only_what_reports_speech_needs_quotation_marks(kind: SourceKind) -> None:
    unmarked = TEXT.replace("“", " ").replace("”", " ")
    quotes = [one for one in cited_in(QUOTED) if one.path[1] == "quotes"]
    faults = inexact(source(QUOTED).model_copy(update={"source_kind": kind}), quotes, unmarked)
    own_words = kind in (SourceKind.TRANSCRIPT, SourceKind.POST, SourceKind.FILING)
    assert len(faults) == (0 if own_words else 1)


def test_the_length_of_a_source_is_checked() -> None:
    assert mismeasured(source(QUOTED), TEXT) == []
    (fault,) = mismeasured(source(QUOTED), TEXT + "More.")
    assert str(located(QUOTED, fault)) == (
        f"mill.yaml:7: source.length: is {len(TEXT)}, but the text has {len(TEXT) + 5} characters"
    )


@pytest.mark.parametrize("shift", [-1, 1])
def test_a_shifted_text_is_found(shift: int) -> None:
    dossier = dossier_of(DOSSIERS[0])
    text = text_of(DOSSIERS[0].with_suffix(".txt"))
    moved = text[1:] if shift < 0 else " " + text
    assert len(misplaced(cited_in(dossier), moved)) > 20
    assert unquoted(cited_in(dossier), text) == []
    assert len(unquoted(cited_in(dossier), text.replace("“", "").replace("”", ""))) > 1


def test_the_evidence_of_a_judgement_is_held_against_the_text_as_well() -> None:
    judgement = IdentityJudged.model_validate(FULL[IdentityJudged])
    (cited,) = cited_by(judgement)
    assert (cited.source, cited.path) == ("source/paper", (judgement.id, "passages", "0"))
    assert len(misplaced([cited], TEXT)) == 1
