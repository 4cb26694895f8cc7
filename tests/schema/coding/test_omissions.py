"""What a document says and its coding does not, although no sentence is forgotten."""

from collections.abc import Mapping

import pytest

from schema.coding.coverage import Coverage, State, coverage
from schema.coding.filling import fill
from tests.schema.coding.mill import HEADING, HOLDS, MORE, QUOTATION, RAIN, TEXT, WARNING

HEAD = """\
dossier: 1
source: {id: source/mill, name: The mill}
actors: {roth: {name: Ida Roth, kind: PERSON}}
"""
ROLE = "roles: {{head: {{title: head, holder: roth, passages: [{!r}]}}}}\n"


def covered(
    text: str,
    *passages: str | tuple[str, ...],
    quotes: Mapping[int, str] | None = None,
    left_out: Mapping[str, str] | None = None,
    role: str | None = None,
) -> Coverage:
    """Cover a text by a statement for each passage, or for several of one statement.

    ``quotes`` are of the statement with that number, ``left_out`` are words with their reason.
    """
    lines = [HEAD, ROLE.format(role) if role else "", "statements:\n"]
    for n, words in enumerate(passages):
        lines.append(f"  s{n}:\n    speaker: roth\n    claim: {{text: Claim {n}.}}\n")
        if quotes and n in quotes:
            lines.append(f"    attribution: PARTIAL_QUOTE\n    quotes: [{quotes[n]!r}]\n")
        several = [words] if isinstance(words, str) else list(words)
        lines.append(f"    passages: {several!r}\n")
    lines.append("leftOut:\n")
    for words, reason in (left_out or {}).items():
        lines.append(f"  - {{words: {words!r}, reason: {reason}}}\n")
    return coverage(fill("".join(lines), "mill.yaml", text).dossier, text)


def told(found: Coverage) -> list[str]:
    """Return the problems, without file and line."""
    return [str(fault).partition(": ")[2] for fault in found.problems]


def test_nothing_is_coded_by_what_only_shows_a_role() -> None:
    others = (HEADING, QUOTATION, RAIN, HOLDS, MORE)
    left: dict[str, str] = dict.fromkeys(others, "NAVIGATION")
    found = covered(TEXT, left_out=left, role=WARNING)
    assert found.sentences[1].state is State.CONTEXT
    assert (found.sentences[1].coded_by, found.sentences[1].beside) == ((), ("role/mill/head",))
    assert (
        "roles.head.passages.0: 15-39, 'Millers warn of drought.', has a reporting verb (warn), "
        "but is no statement's first passage"
    ) in told(found)


def test_later_passages_code_nothing() -> None:
    found = covered(
        "It rained. Roth said so. It was dry.", ("It rained.", "Roth said so.", "It was dry.")
    )
    assert [one.state for one in found.sentences] == [State.CODED, State.CONTEXT, State.CONTEXT]
    assert told(found) == [
        (
            "statements.s0.passages.1: 11-24, 'Roth said so.', has a reporting verb (said), but is no "
            "statement's first passage"
        )
    ]
    assert (found.share(), found.is_whole) == ("100%", False)


def test_what_says_nothing_may_be_context() -> None:
    assert covered("It rained. It was dry.", ("It rained.", "It was dry.")).is_whole


def test_a_part_of_a_sentence_that_is_only_context_is_told() -> None:
    found = covered("It rained, Roth said.", ("It rained,", "Roth said."))
    assert told(found) == [
        (
            "statements.s0.passages.1: 10-21, 'Roth said.', has a reporting verb (said), but is no "
            "statement's first passage"
        )
    ]


# -- several sentences -------------------------------------------------------------------------


def test_a_first_passage_of_several_sentences_is_told() -> None:
    found = covered("It rained. It was dry. It froze.", "It rained. … froze.")
    assert told(found) == [
        (
            "statements.s0.passages.0: is a first passage of 3 sentences: each needs a statement of "
            "its own"
        )
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Simple? Not quite.",
        "Simple, right? Really? Not quite.",
        "简单吗？不。",
        "“It is dry. It is old,” said Roth.",
    ],
)
def test_a_question_with_its_answer_and_a_quotation_with_its_tag_are_one(text: str) -> None:
    quotes = {0: "It is dry. It is old"} if "“" in text else None
    assert covered(text, text, quotes=quotes).is_whole


def test_the_answer_comes_last() -> None:
    found = covered("Not quite. Simple?", "Not quite. Simple?")
    assert "2 sentences" in told(found)[0]


# -- quotation marks ---------------------------------------------------------------------------

SAID = "Roth called the dam “old” and “dry.”"


def test_each_quotation_is_quoted_by_a_statement() -> None:
    assert told(covered(SAID, SAID, quotes={0: "old"})) == [
        (
            "statements.s0.passages.0: 31-34, 'dry', is in quotation marks, and no statement quotes "
            "it: quote it, or leave it out as NOT_SAID"
        )
    ]
    assert covered(SAID, SAID, SAID, quotes={0: "old", 1: "dry"}).is_whole


def test_each_sentence_of_a_quotation_is_quoted() -> None:
    text = "“It is dry,” said Roth. “It is old. It stays.”"
    sentences = ("“It is dry,” said Roth.", "“It is old.", "It stays.”")
    found = covered(text, *sentences, quotes={0: "It is dry", 1: "It is old"})
    assert [one.partition(",")[0] for one in told(found)] == ["statements.s2.passages.0: 36-44"]
    quotes = {0: "It is dry", 1: "It is old", 2: "It stays"}
    assert covered(text, *sentences, quotes=quotes).is_whole


def test_what_nobody_said_is_left_out_from_a_coded_sentence() -> None:
    found = covered(SAID, SAID, quotes={0: "old"}, left_out={"dry": "NOT_SAID"})
    assert found.is_whole
    assert (found.sentences[0].state, found.sentences[0].reasons) == (State.CODED, ("NOT_SAID",))


def test_what_nobody_said_covers_no_sentence() -> None:
    found = covered("The “free” mill", left_out={"free": "NOT_SAID"})
    assert found.sentences[0].state is State.FORGOTTEN


def test_what_nobody_said_has_no_mark() -> None:
    left = {"The “they say” mill": "NAVIGATION"}
    assert "a quotation mark" in told(covered("The “they say” mill", left_out=left))[0]
    assert covered("The “they say” mill", left_out={**left, "they say": "NOT_SAID"}).is_whole


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        ("the dam", "is NOT_SAID, but stands in no quotation marks"),
        ("old", "is NOT_SAID, but a statement quotes it"),
        (
            "dry and",
            "is NOT_SAID, but only a part of what is in quotation marks: 31-43, 'dry and cold'",
        ),
        ("“dry and cold.” So", "is NOT_SAID beyond its quotation marks"),
    ],
)
def test_what_is_left_out_as_not_said_has_to_be_such_words(words: str, problem: str) -> None:
    text = "Roth called the dam “old” and “dry and cold.” So it is."
    first = "Roth called the dam “old” and “dry and cold.”"
    found = covered(text, first, "So it is.", quotes={0: "old"}, left_out={words: "NOT_SAID"})
    assert f"leftOut.0: {problem}" in told(found)


# -- coded and left out ------------------------------------------------------------------------


def test_what_is_coded_and_left_out_is_told() -> None:
    text = "It rained and froze. It was dry."
    found = covered(text, "It rained and froze.", left_out={"froze. It was dry.": "NO_CONTENT"})
    assert told(found) == [
        "leftOut.0: is left out, but coded by statement/mill/s0: 14-20, 'froze.'"
    ]


def test_what_is_left_out_may_show_a_role() -> None:
    text = "It rained. By Ida Roth, head"
    left = {"By Ida Roth, head": "NAVIGATION"}
    found = covered(text, "It rained.", left_out=left, role="By Ida Roth, head")
    assert found.is_whole
    assert found.sentences[1].state is State.LEFT_OUT
