"""Where sentences begin and end."""

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schema.coding.blocks import BULLETS
from schema.coding.sentences import sentences
from schema.coding.stretches import VISIBLE
from tests.documents import DOSSIERS, text_of

SECONDS = 10.0
"""Far more than it takes, and far less than anything that grows with the square would."""


def split(text: str) -> list[str]:
    return [text[one.start : one.end] for one in sentences(text)]


@pytest.mark.parametrize(
    "marked",
    [
        "It rained. | Did it? | Yes! | Really?! | Then no … | And on... | The end.",
        "Yahoo! said no … and then ... nothing.",
        # abbreviations, initials, numbers
        "Mr. Ash and Gov. Roth met on Jan. 5 in St. Ives, e.g. at Inc. Mills.",
        "The U.S. mills and the U.S. “dams” of J. R. Roth open at 5 p.m. daily.",
        "They left the U.S. | The rest stayed until 5 p.m. | Then it rained.",
        "It cost 3.5 million vs. No. 5 of 2.1 before.",
        "Was it so? | No. | He left.",
        "1. The first of all. | It is long.",
        "See www.example.org and the U.S.-Aven talks.",
        # brackets and notes
        "He left (see Fig. 3. It shows how). | She stayed. | (They met. They parted.)",
        "So it was (he left. | Then he came back.",
        "The mill burnt.[1] | It was old.[2][13] | So what.",
        # quotations with and without who said them
        "“The dam is high. The mill is not,” said Ida Roth. | It rained.",
        "‘The workers’ dam is high. It holds’, said Roth. | It rained.",
        "Roth said: “It holds. We stay. Go home.” | She left.",
        "“It holds,” said Roth. | “We stay. | We go.”",
        "“It holds. | We stay.” | Roth said nothing more.",
        "“Will it hold? Will it?” asked Roth. | “Who?” Ida Roth wondered.",
        "“Will it hold?” | No one knew it.",
        "They called it “a curse.” | The mill said “No. Never.” and stopped.",
        "It doesn’t scream “let’s talk.” | Former millers warn of it.",
        'He said "It holds. We stay." | "Go on. Go," she said.',
        "Simple, right? | Not quite. | Aven? | They’re silent.",
        "It will hold. | — Odo Brandt",
        # other languages
        "Er kam am 3. Mai. | „Es hält. Wir gehen“, sagte Dr. Roth. | „Wer?“, fragte sie.",
        "Im 19. Jahrhundert und am 5. Juni war es z. B. trocken. | Es waren 15. | Dann kam Regen.",
        "« Ça tient. On part », dit M. Roth. | Vraiment ? | Il a dit : « Non. Jamais. » | Puis rien.",
        "他说：“这是真的。我们走吧。”|然后他离开了。|“真的吗？”她问。|这是第二句。",
        "“好。”|他说：“不好。”",
        "「行こう。早く。」と言った。|それから帰った。",
        "هل هذا جيد؟ | نعم هذا جيد۔ | यह अच्छा है। | चलो।",
    ],
)
def test_sentences_end_where_a_reader_would_end_them(marked: str) -> None:
    text = marked.replace(" | ", " ").replace("|", "")
    assert split(text) == marked.replace(" | ", "|").split("|")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "A Dam for Aven\nIt is high\n\nRelated:\u00a0\n",
            ["A Dam for Aven", "It is high", "Related:"],
        ),
        (
            "- one. Two.\n  • Label: three\n* four\n— five",
            ["one.", "Two.", "Label: three", "four", "five"],
        ),
        ("Before\n---\n* * *\nAfter", ["Before", "* *", "After"]),
        ("One.\r\nTwo\tthree.\r\n\r\nFour.\rFive", ["One.", "Two\tthree.", "Four.", "Five"]),
        ("\ufeffTitle\n\u200bBody.\u200b", ["Title", "Body."]),
        ("CHAIR: I ask. It is so.\nBOARD: No.", ["CHAIR: I ask.", "It is so.", "BOARD: No."]),
        ("“We begin.\n\n“We end. Now,” said Roth.", ["“We begin.", "“We end. Now,” said Roth."]),
        ("", []),
        (" \n\t\n", []),
    ],
)
def test_headings_bullets_and_lines_are_sentences_of_their_own(text: str, found: list[str]) -> None:
    assert split(text) == found


def test_lines_that_were_only_broken_go_together() -> None:
    lines = [
        "The council of Aven closed the upper sluice in March, and the mill has",
        "stood still since. Mayor Pell, who promised to open it by May, did not",
        "answer questions, and neither did the head of the guild, who once had",
        "said more.",
        "",
        "- An item that is long enough to go on in the next line of the list of",
        "  these",
        "- Another item",
    ]
    found = split("\n".join(lines))
    assert [one.split()[0] for one in found] == ["The", "Mayor", "An", "Another"]
    assert found[1].endswith("had\nsaid more.")


def test_a_list_of_headlines_is_not_taken_for_broken_lines() -> None:
    headlines = [f"Headline number {n} tells of the mills of Aven and of its dam" for n in range(9)]
    assert split("\n".join(headlines)) == headlines


@pytest.mark.parametrize("file", DOSSIERS, ids=lambda file: file.stem)
def test_every_visible_character_of_a_document_lies_in_one_sentence(file: Path) -> None:
    _check(text_of(file.with_suffix(".txt")))


PIECES = st.sampled_from(
    [
        *"ab.!?…()“”‘’\"'«»„\n\r\t -•1A。：说",
        "\r\n",
        "\n\n",
        ". ",
        " B",
        "U.S. ",
        "said ",
        "\u200b",
        "🙂",
    ]
)


@settings(deadline=None)
@given(st.lists(PIECES, max_size=60).map("".join))
def test_every_visible_character_lies_in_one_sentence(text: str) -> None:
    _check(text)


def _check(text: str) -> None:
    found = sentences(text)
    covered = 0
    for one in found:
        assert covered <= one.start < one.end
        assert all(VISIBLE.match(text[at]) for at in (one.start, one.end - 1))
        _check_hidden(text[covered : one.start])
        covered = one.end
    _check_hidden(text[covered:])


def _check_hidden(between: str) -> None:
    """Between sentences stands nothing that is seen, but for bullets at the beginning of lines."""
    assert set(VISIBLE.findall(between)) <= set(BULLETS)


@pytest.mark.parametrize(
    "piece",
    ["a", ".", ". ", "“", '"', "'", "(", "\n", "\n ", "?” A ", "“a. b” ", "word ", "-", "“a.\n\n"],
)
def test_a_long_text_is_split_in_time(piece: str) -> None:
    text = piece * (200_000 // len(piece))
    began = time.monotonic()
    _check(text)
    assert time.monotonic() - began < SECONDS
