"""Marks that show that a sentence says something."""

import pytest

from schema.coding.marks import Mark, marks, told

VERB, QUOTE, FIGURE, ATTITUDE = Mark


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("The council says that it rains.", {VERB: "says"}),
        ("According to the mill, it rains.", {VERB: "According to"}),
        ("Council rejects the mill's allegations", {VERB: "rejects"}),
        ("The guild pushes farmers for better offers", {VERB: "pushes farmers for"}),
        ("It triggered warnings from farmers.", {VERB: "warnings"}),
        ("The mayor declined to comment.", {VERB: "declined to"}),
        ("They called on the board to act.", {VERB: "called"}),
        ("The “free” mill", {QUOTE: "“"}),
        ("The free mill.”", {QUOTE: "”"}),
        ("The ‘free’ mill", {QUOTE: "‘"}),
        ("It costs $600 a day.", {FIGURE: "$600"}),
        ("It fell by 5%, to 3.", {FIGURE: "5%"}),
        ("The 90-day truce", {FIGURE: "90-day"}),
        ("Three mills burnt.", {FIGURE: "Three"}),
        ("The fee doubles.", {FIGURE: "doubles"}),
        ("Roth fears floods.", {ATTITUDE: "fears"}),
        ("Roth, seen as cautious", {ATTITUDE: "seen as"}),
        ("Officials remain skeptical.", {ATTITUDE: "skeptical"}),
        ("It rains, they figure.", {ATTITUDE: "they figure"}),
        ("He is banking on rain.", {ATTITUDE: "banking on"}),
        ("Roth is reluctant to say so.", {VERB: "say", ATTITUDE: "reluctant"}),
    ],
)
def test_what_says_something_has_its_mark(sentence: str, found: dict[Mark, str]) -> None:
    assert marks(sentence) == found


@pytest.mark.parametrize(
    "sentence",
    [
        "It rained all day.",
        "Read more on page 4.",
        "Related:",
        "Comments",
        "© 2031 The Gazette. All rights reserved.",
        "Last updated 14:05, 5 June 2031",
        "Published on June 5, 2031 at 5 p.m.",
        "3 min read",
        "In 2018, since May 2019, in the 2000s",
        "What to expect from the mills",
        "The farmers’ mill and Roth’s dam",
        "The vote was called off.",
        "The United States and the state of the art",
        "",
    ],
)
def test_what_says_nothing_has_none(sentence: str) -> None:
    assert marks(sentence) == {}


def test_a_month_is_no_month_where_it_is_a_verb() -> None:
    assert marks("They may 10 times more") == {FIGURE: "10"}


def test_marks_are_told_in_words() -> None:
    assert told(marks("Roth says so.")) == "a reporting verb (says)"
    assert told(marks("Roth “fears” 3 floods, he said.")) == (
        "a reporting verb (said), a quotation mark (“), a figure (3) and an attitude (fears)"
    )


def test_a_sentence_without_end_is_read_in_time() -> None:
    assert marks("a" * 1_000_000 + "7") == {FIGURE: "a" * 20 + "7"}
