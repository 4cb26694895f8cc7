"""A new dossier: what it says, and that it says nothing that nobody has said."""

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schema.coding.filling import fill
from schema.coding.sentences import sentences
from schema.coding.starting import LONGEST_QUOTED, MOST_LISTED, start
from schema.coding.words import Words
from schema.dossier import read_dossier
from schema.entries import SourceKind, SourceRecorded
from schema.errors import InvalidInput
from schema.values import text_sha256
from schema.yaml import Tree, read_document
from tests.documents import DOSSIERS, text_of
from tests.schema.coding.mill import TEXT

TEXTS = [text_of(file.with_suffix(".txt")) for file in DOSSIERS]


def told(text: str, name: str | None = "mill") -> str:
    return start(text, name)


def answered(started: str) -> str:
    """Return a started dossier in which a person has said what is asked for."""
    return started.replace("  name:  ", "  name: Mill ").replace("  kind:  ", "  kind: POST ")


def uncommented(started: str) -> str:
    """Return a started dossier in which the examples are no comments any more."""
    head, _, rest = started.partition("\nuse:\n")
    examples, _, listed = rest.partition("\n# The sentences")
    examples = re.sub("^#", "", examples, flags=re.MULTILINE)
    return f"{head}\nuse:\n{examples}\n# The sentences{listed}"


def listed(started: str) -> list[str]:
    """Return the lines that list sentences."""
    return re.findall(r"^# *[0-9]+\. .*$", started, flags=re.MULTILINE)


def passages(started: str) -> list[dict[str, Tree]]:
    """Return the passages as they stand in the list, read as what a coder would copy."""
    found: list[dict[str, Tree]] = []
    for line in listed(started):
        copied = re.sub(r"^# *\d+\. \d+-\d+  ", "", line)
        root = read_document(f"[{{{copied}}}]", "copied").root
        assert isinstance(root, list)
        assert isinstance(root[0], dict)
        found.append(root[0])
    return found


def test_it_is_no_dossier_until_somebody_has_said_what_it_asks() -> None:
    with pytest.raises(InvalidInput) as refused:
        read_dossier(told(TEXT), "mill.yaml")
    assert [fault.path for fault in refused.value.faults] == [
        ("source", "name"),
        ("source", "kind"),
    ]
    with pytest.raises(InvalidInput) as nameless:
        read_dossier(answered(told(TEXT, None)), "mill.yaml")
    assert [fault.path for fault in nameless.value.faults] == [("source", "id")]


def test_then_it_records_the_document_and_nothing_else() -> None:
    dossier = read_dossier(answered(told(TEXT)), "mill.yaml")
    (source,) = dossier.entries
    assert isinstance(source, SourceRecorded)
    assert source.model_dump(exclude_defaults=True) == {
        "id": "source/mill",
        "name": "Mill",
        "source_kind": SourceKind.POST,
        "sha256": text_sha256(TEXT),
        "length": len(TEXT),
    }
    assert dossier.left_out == ()


def test_it_is_filled_in_already() -> None:
    started = answered(told(TEXT))
    assert fill(started, "mill.yaml", TEXT).text == started


def test_it_lists_the_sentences_with_their_marks() -> None:
    started = told(TEXT)
    assert started.split("found by lists of English words, so that others may have them as well.")[
        1
    ] == (
        "\n"
        '# 1. 0-11  words: "Dam of Aven"\n'
        '# 2. 15-39  words: "Millers warn of drought."\n'
        "#    has a reporting verb (warn)\n"
        '# 3. 40-67  words: "“It is dry,” … said Ida Roth."\n'
        "#    has a reporting verb (said) and a quotation mark (“)\n"
        '# 4. 70-88  words: "It rained in 2018."\n'
        '# 5. 89-131  words: "Roth said the … nobody asked."\n'
        "#    has a reporting verb (said)\n"
        '# 6. 132-152  words: "Read more on page 4."\n'
    )


@pytest.mark.parametrize("text", TEXTS, ids=[file.stem for file in DOSSIERS])
def test_the_words_lead_to_each_sentence(text: str) -> None:
    words = Words(text)
    found = [words.passage(str(one["words"])) for one in passages(told(text))]
    assert found == sentences(text)


@pytest.mark.parametrize("text", TEXTS, ids=[file.stem for file in DOSSIERS])
def test_no_long_sentence_is_copied(text: str) -> None:
    for line, sentence in zip(listed(told(text)), sentences(text), strict=True):
        if sentence.end - sentence.start > 60:
            assert text[sentence.start : sentence.end] not in line


def test_words_that_stand_twice_are_told_longer_or_by_their_offsets() -> None:
    same = "The mill of Aven is the oldest one in the whole of the land"
    text = f"{same} of rain. {same} of drought. Again. Again."
    first, second, third, _ = passages(told(text))
    assert str(first["words"]).startswith(f"{same} of rain.")
    assert str(second["words"]).startswith(f"{same} of drought.")
    at = text.index("Again.")
    assert third == {"start": at, "end": at + 6, "sha256": text_sha256("Again.")}


@pytest.mark.parametrize(
    "lines",
    [
        "CHAIR: Yes, go on please.\nWITNESS: I do not recall that, sir.\n",
        "A line that many begin with, as long as it may be.\n\n",
        "好好好好好。",
        "xxxxxxxxx\n\n",
    ],
)
def test_lines_that_stand_a_thousand_times_are_listed_in_time(lines: str) -> None:
    before = time.process_time()
    listed_lines = listed(told(lines * 2500))
    assert time.process_time() - before < 10
    assert len(listed_lines) == min(2500 * max(lines.count(": "), 1), MOST_LISTED)


def test_the_examples_are_good_ones() -> None:
    text = "first words and so on, open at last, as the last words"
    started = uncommented(answered(told(text)))
    filled = fill(started, "mill.yaml", text)
    kinds = {entry.id.partition("/")[0] for entry in filled.dossier.entries}
    assert kinds == {"source", "actor", "role", "issue", "claim", "event", "statement"}
    assert len(filled.dossier.left_out) == 1


@pytest.mark.parametrize("name", ["", "Mill", "a/b", "mill!", "m" * 200])
def test_a_name_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(InvalidInput, match=r"is not an identifier|has a slash"):
        start(TEXT, name)


@pytest.mark.parametrize("text", ["", " \n", "\n- \n"])
def test_a_document_without_words_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="nothing to read"):
        start(text, "mill")


def test_a_book_is_listed_by_offsets_and_not_to_its_end() -> None:
    text = "It rained again. " * (LONGEST_QUOTED // 17 + 1)
    started = told(text)
    lines = listed(started)
    assert (len(lines), lines[1]) == (MOST_LISTED, "#     2. 17-33")
    more = len(text) // 17 - MOST_LISTED
    assert started.endswith(f"\n# ... and {more:,} more: onrecord coverage shows them.\n")
    assert len(read_dossier(answered(started), "mill.yaml").entries) == 1


LETTERS = st.sampled_from(
    [*"aZ. \"\\'“”…:#{}[]&*!|>%@`-\n\t", "\x00", "\u2028", "\ufffe", "好。", "é", "…\n"]
)


@settings(deadline=None)
@given(st.lists(LETTERS, min_size=1, max_size=80).map("".join))
def test_whatever_stands_in_a_document_its_dossier_can_be_read(text: str) -> None:
    if not sentences(text):
        return
    started = told(text)
    assert len(read_dossier(answered(started), "mill.yaml").entries) == 1
    words = Words(text)
    for passage, sentence in zip(passages(started), sentences(text), strict=True):
        if "words" in passage:
            assert words.passage(str(passage["words"])) == sentence
        else:
            assert (passage["start"], passage["end"]) == (sentence.start, sentence.end)
