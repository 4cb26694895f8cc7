"""Marks that show that a sentence says something."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from schema.coding.marks import Mark, marks, told

VERB, QUOTE, FIGURE, ATTITUDE, PREDICTION = Mark

RULES = (Path(__file__).parents[3] / "docs/coding-rules.md").read_text("utf-8")


def section(number: int) -> str:
    """Return a section of the coding rules on one line a paragraph, or row of a table."""
    (text,) = re.findall(rf"^## {number}\. .*?(?=^## |\Z)", RULES, re.MULTILINE | re.DOTALL)
    return re.sub(r"(?<=[^|\n])\n(?=[^\n|#-])", " ", text)


def rows(number: int) -> list[list[str]]:
    """Return the cells of a section's table, without its head."""
    lines = [line for line in section(number).splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def words(listed: str) -> list[str]:
    """Return the words of a list, somebody in them being farmers."""
    bare = re.sub(r" \([^)]*\)", "", listed).replace("*somebody*", "farmers")
    return [word.strip() for word in bare.split(",")]


def verbs_of_saying() -> list[str]:
    (listed,) = re.findall(r"or its noun: (.*?)\. Only", section(2))
    return words(listed)


def words_of_forces() -> Iterator[str]:
    for force, when in rows(5):
        if force == "PREDICTS":
            (listed,) = re.findall(r"with \*(.*?)\*", when)
        elif force == "STATES":
            listed = when.partition("all that is ascribed, ")[2]
        else:
            listed = when.partition(";")[0]
        yield from words(listed)


SAYING = verbs_of_saying()
ATTITUDES = [word for _, listed, _ in rows(3) for word in words(listed)]
FORCES = list(words_of_forces())


def test_the_rules_are_read_for_their_words() -> None:
    assert {"said", "adds", "pushes farmers for something", "dangles the idea"} < set(SAYING)
    assert {"believes", "wary", "is set to", "agrees that"} < set(ATTITUDES)
    assert {"will", "at best", "warning", "express doubt", "blame"} < set(FORCES)
    assert (len(SAYING), len(ATTITUDES), len(FORCES)) >= (15, 30, 25)


@pytest.mark.parametrize("word", SAYING)
def test_every_verb_of_saying_in_the_rules_has_its_mark(word: str) -> None:
    assert VERB in marks(f"Roth {word} the dam.")


@pytest.mark.parametrize("word", ATTITUDES)
def test_every_attitude_in_the_rules_has_its_mark(word: str) -> None:
    assert ATTITUDE in marks(f"Roth {word} the dam.")


@pytest.mark.parametrize("word", FORCES)
def test_every_word_of_a_force_in_the_rules_has_a_mark(word: str) -> None:
    assert {VERB, ATTITUDE, PREDICTION} & set(marks(f"Roth {word} the dam."))


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
        ("Roth maintains that it rains.", {VERB: "maintains"}),
        ("The guild contends that it rains.", {VERB: "contends"}),
        ("Millers slam the council.", {VERB: "slam"}),
        ("The report notes that it rains.", {VERB: "notes"}),
        ("The report noted rain.", {VERB: "noted"}),
        ("The books state that it rains.", {VERB: "state"}),
        ("The report states the cause.", {VERB: "states"}),
        ("Roth plans a mill.", {VERB: "plans"}),
        ("They feel cheated.", {ATTITUDE: "feel"}),
        ("Roth felt cheated.", {ATTITUDE: "felt"}),
        ("Millers would like rain.", {ATTITUDE: "would like"}),
        ("Roth likes rain.", {ATTITUDE: "likes"}),
        ("Farmers support the dam.", {ATTITUDE: "support"}),
        ("They are in favour of the dam.", {ATTITUDE: "favour"}),
        ("Farmers favor the dam.", {ATTITUDE: "favor"}),
        ("It will hold.", {PREDICTION: "will"}),
        ("It won’t hold.", {PREDICTION: "won’t"}),
        ("Rain is likely.", {PREDICTION: "likely"}),
        ("A third of the mills burnt.", {FIGURE: "A third"}),
        ("A quarter of it is lost.", {FIGURE: "A quarter"}),
        ("It fell by a tenth.", {FIGURE: "a tenth"}),
        ("Half of the mills burnt.", {FIGURE: "Half"}),
        ("It costs ½ crown.", {FIGURE: "½"}),
        ("It rose by 2⅓ feet.", {FIGURE: "2⅓"}),
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
        "The member states the guild serves",
        "It rained like never before, or something like it.",
        "Support us",
        "Feel free to read on.",
        "A site maintained by the guild",
        "Editor’s note",
        "Read Will Pell’s third part",
        "Key figures",
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
