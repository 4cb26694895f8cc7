"""What of a document is coded, sentence by sentence."""

from dataclasses import replace

import pytest

from schema.coding.coverage import Coverage, State, coverage
from schema.coding.sentences import sentences
from schema.dossier import LeftOutReason, read_dossier
from schema.entries import StatementRecorded
from schema.values import text_sha256
from tests.documents import DOSSIERS, dossier_of, text_of
from tests.schema.coding.mill import (
    HEADING,
    HOLDS,
    MORE,
    QUOTATION,
    RAIN,
    TEXT,
    WARNING,
    filled,
)

CODED, CONTEXT, LEFT_OUT, PARTLY, FORGOTTEN = State


def states(found: Coverage) -> list[State]:
    return [one.state for one in found.sentences]


def test_the_document_has_the_sentences_of_these_tests() -> None:
    found = [TEXT[one.start : one.end] for one in sentences(TEXT)]
    assert found == [HEADING, WARNING, QUOTATION, RAIN, HOLDS, MORE]


def test_each_sentence_is_coded_left_out_or_forgotten() -> None:
    dossier = filled(WARNING, QUOTATION, HOLDS, left_out=(HEADING, MORE))
    found = coverage(dossier, TEXT)
    assert states(found) == [LEFT_OUT, CODED, CODED, FORGOTTEN, CODED, LEFT_OUT]
    assert [one.coded_by for one in found.sentences][:3] == [
        (),
        ("statement/mill/s0",),
        ("statement/mill/s1",),
    ]
    assert found.sentences[0].reasons == (LeftOutReason.NAVIGATION,)
    assert (found.done, found.share(), found.is_whole) == (5, "83.3%", False)


def test_nothing_forgotten_is_the_whole() -> None:
    passages = (QUOTATION, WARNING, RAIN, HOLDS)
    found = coverage(filled(*passages, quotes=("It is dry",), left_out=(HEADING, MORE)), TEXT)
    assert (found.share(), found.is_whole, found.problems) == ("100%", True, ())


def test_a_dossier_without_passages_has_forgotten_everything() -> None:
    found = coverage(filled(), TEXT)
    assert set(states(found)) == {FORGOTTEN}
    assert found.share() == "0.0%"


def test_a_sentence_is_coded_where_several_passages_cover_it_together() -> None:
    parts = ("Roth said the dam holds,", "but nobody asked.")
    found = coverage(filled(*parts, "said the dam"), TEXT)
    assert found.sentences[4].state is CODED
    assert found.sentences[4].coded_by == tuple(f"statement/mill/s{n}" for n in range(3))


def test_a_passage_of_several_sentences_codes_each() -> None:
    found = coverage(filled("Millers … in 2018."), TEXT)
    assert states(found) == [FORGOTTEN, CODED, CODED, CODED, FORGOTTEN, FORGOTTEN]


def test_a_part_may_be_coded_and_the_rest_left_out() -> None:
    dossier = filled("Roth said the dam holds,", left_out=("but nobody asked.",))
    sentence = coverage(dossier, TEXT).sentences[4]
    assert (sentence.state, sentence.reasons) == (CODED, (LeftOutReason.NAVIGATION,))


@pytest.mark.parametrize(
    ("passage", "missing"),
    [
        ("Roth said the dam holds", [", but nobody asked."]),
        ("the dam holds,", ["Roth said ", " but nobody asked."]),
        ("but nobody asked.", ["Roth said the dam holds, "]),
    ],
)
def test_what_is_missing_of_a_sentence_is_told(passage: str, missing: list[str]) -> None:
    sentence = coverage(filled(passage), TEXT).sentences[4]
    assert sentence.state is PARTLY
    assert [TEXT[one.start : one.end] for one in sentence.uncovered] == missing


def test_one_forgotten_sentence_of_many_is_not_rounded_away() -> None:
    text = "It rained. " * 2999 + "It was dry."
    head = "dossier: 1\nsource: {id: source/mill, name: Mill, "
    sha256, length = "0" * 64, len(text)
    head += f"sha256: '{sha256}', length: {length}}}\n"
    left = f"leftOut: [{{start: 0, end: {length - 11}, sha256: '{sha256}', reason: NO_CONTENT}}]\n"
    found = coverage(read_dossier(head + left, "mill.yaml"), text)
    assert (len(found.sentences), found.done, found.share()) == (3000, 2999, "99.9%")


def test_what_says_something_may_not_be_left_out() -> None:
    left_out = (HEADING, WARNING, HOLDS, MORE)
    found = coverage(filled(QUOTATION, RAIN, quotes=("It is dry",), left_out=left_out), TEXT)
    assert states(found) == [LEFT_OUT, LEFT_OUT, CODED, CODED, LEFT_OUT, LEFT_OUT]
    assert found.share() == "100%"
    assert not found.is_whole
    assert [str(fault).partition(": ")[2] for fault in found.problems] == [
        "leftOut.1: is left out, but has a reporting verb (warn): it has to be coded",
        "leftOut.2: is left out, but has a reporting verb (said): it has to be coded",
    ]


def test_a_sentence_inside_a_quotation_may_not_be_left_out() -> None:
    text = "“It holds. It is new. It stays.” So it was."
    inside = "It is new."
    at = text.index(inside)
    written = (
        f"dossier: 1\nsource: {{id: source/mill, name: Mill, sha256: {text_sha256(text)}, "
        f"length: {len(text)}}}\nleftOut:\n  - {{start: {at}, end: {at + len(inside)}, "
        f"sha256: {text_sha256(inside)}, reason: NO_CONTENT}}\n"
    )
    (fault,) = coverage(read_dossier(written, "mill.yaml"), text).problems
    assert str(fault) == (
        "mill.yaml:4: leftOut.0: is left out, but has a quotation mark (“): it has to be coded"
    )


def test_a_problem_is_told_with_file_and_line() -> None:
    dossier = filled(left_out=(HEADING, QUOTATION))
    (fault,) = coverage(dossier, TEXT).problems
    assert str(fault) == (
        "mill.yaml:14: leftOut.1: is left out, but has a reporting verb (said) and a quotation "
        "mark (“): it has to be coded"
    )


def test_a_passage_that_is_not_the_documents_is_a_problem() -> None:
    dossier = filled(WARNING)
    other = TEXT.replace("drought", "thunder")
    found = coverage(dossier, other)
    assert not found.is_whole
    (fault,) = found.problems
    assert str(fault).startswith("mill.yaml:16: statements.s0.passages.0: ")


def test_passages_of_other_documents_code_nothing_here() -> None:
    here = filled(WARNING)
    statement = here.entries[-1]
    assert isinstance(statement, StatementRecorded)
    elsewhere = [one.model_copy(update={"source": "source/other"}) for one in statement.passages]
    moved = statement.model_copy(update={"passages": tuple(elsewhere)})
    found = coverage(replace(here, entries=(*here.entries[:-1], moved)), TEXT)
    assert set(states(found)) == {FORGOTTEN}


def test_statements_code_and_entries_of_other_kinds_stand_beside() -> None:
    dossier = dossier_of(DOSSIERS[0])
    found = coverage(dossier, text_of(DOSSIERS[0].with_suffix(".txt")))
    coding = {one.partition("/")[0] for sentence in found.sentences for one in sentence.coded_by}
    beside = {one.partition("/")[0] for sentence in found.sentences for one in sentence.beside}
    assert (coding, beside) == ({"statement"}, {"event", "role", "link"})
    assert CONTEXT in states(found)


def test_a_dossier_of_shared_things_has_nothing_to_cover() -> None:
    shared = read_dossier("dossier: 1\nactors: {a: {id: actor/a, name: A, kind: STATE}}", "s.yaml")
    assert shared.source is None
    with pytest.raises(ValueError, match=r"s\.yaml codes no document"):
        coverage(shared, TEXT)
