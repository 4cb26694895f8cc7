"""Finding words in a document: what is forgiven, what is not, and how it is told."""

import unicodedata
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schema.coding.stretches import Stretch
from schema.coding.words import NotFound, Words
from tests.schema.coding.invented import LETTERS, passages, places

Form = Literal["NFC", "NFD"]
DOCUMENT = (
    "Upper sluice of Aven\n\n"
    "The council’s reluctant chair, Ida Roth, said the sluice – shut since 2031 – “is\topen at\n"
    "last.” Roth’s  rival was less sure: perhaps it opens in May, perhaps not.\r\n"
    "The mayor may decide. The council may not.\n"
)


def found(words: str, document: str = DOCUMENT) -> str:
    """Return what words lead to."""
    passage = Words(document).passage(words)
    return document[passage.start : passage.end]


def told(words: str, document: str = DOCUMENT) -> str:
    """Return why words lead to nothing."""
    with pytest.raises(NotFound) as refused:
        Words(document).passage(words)
    return str(refused.value)


# -- what leads to a passage -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "passage"),
    [
        ("Ida Roth", "Ida Roth"),
        ("  Ida\n   Roth  ", "Ida Roth"),
        ("council's reluctant", "council’s reluctant"),
        ('"is open at last."', "“is\topen at\nlast.”"),
        ("sluice - shut", "sluice – shut"),
        ("Roth's rival", "Roth’s  rival"),
        ("perhaps not. The mayor", "perhaps not.\r\nThe mayor"),
        ("Upper … Aven", "Upper sluice of Aven"),
        ("Upper ... Aven", "Upper sluice of Aven"),
        ("Upper\n…\nAven", "Upper sluice of Aven"),
        ("may decide … not.", "may decide. The council may not."),
        # Last words are the nearest, and may overlap the first ones.
        ("The mayor … may", "The mayor may"),
        ("The mayor may … may", "The mayor may decide. The council may"),
        ("Ida Roth, said … said the sluice", "Ida Roth, said the sluice"),
        # One more ellipsis says more on the way.
        ("Ida Roth … perhaps … perhaps", DOCUMENT[53:179]),
    ],
)
def test_words_lead_to_what_the_document_has(words: str, passage: str) -> None:
    assert found(words) == passage


def test_words_are_not_a_pattern() -> None:
    document = "a.c (x|y)* [z] \\d+ $ ^ {1} abc xyz 12"
    for words in document.split()[:7]:
        assert found(words, document) == words
    assert told("a.c.", document)


def test_a_word_is_not_found_inside_another() -> None:
    assert found("mayor", "mayoral, the mayor.") == "mayor"
    assert Words("mayoral, the mayor.").passage("mayor") == Stretch(13, 18)
    assert Words("16000 and 600").passage("600") == Stretch(10, 13)
    assert told("ouncil", "The council.").startswith("'ouncil' does not stand in the document")


def test_where_scripts_write_no_spaces_a_word_is_found_inside_others() -> None:
    assert found("中国", "美国与中国会谈。") == "中国"


def test_a_letter_is_not_parted_from_its_mark() -> None:
    assert told("cafe", "One cafe\u0301.").startswith("'cafe' does not stand in the document")
    assert found("cafe\u0301", "One cafe\u0301.") == "cafe\u0301"


@pytest.mark.parametrize(
    ("words", "document"),
    [
        ("𝕏 posts", "On 𝕏 posts 😀 vanish"),
        ("السد عال", "قال إن السد عال جدا"),
        ("\u200fשלום", "א \u200fשלום ב"),
        ("e\u0301te\u0301", "Un e\u0301te\u0301 chaud"),
    ],
)
def test_offsets_are_code_points_in_every_script(words: str, document: str) -> None:
    start = document.index(words)
    assert Words(document).passage(words) == Stretch(start, start + len(words))


# -- what leads nowhere ------------------------------------------------------------------------


@pytest.mark.parametrize("words", ["", " \n "])
def test_no_words_are_told(words: str) -> None:
    assert told(words) == "has no words in it"


def test_words_that_stand_twice_are_told_with_their_places() -> None:
    first, second = DOCUMENT.index("perhaps"), DOCUMENT.rindex("perhaps")
    assert told("perhaps") == (
        f"'perhaps' stands 2 times in the document (line 4 at {first}, line 4 at {second}): "
        "quote more words"
    )


def test_so_are_words_that_stand_everywhere() -> None:
    assert told("a", "a b " * 100) == (
        "'a' stands 100 times in the document (line 1 at 0, line 1 at 4, line 1 at 8, "
        "line 1 at 12, line 1 at 16, ...): quote more words"
    )
    assert told("a", "a " * 5000).startswith("'a' stands more than 1,000 times in the document")


def test_what_is_forgiven_tells_no_two_places_apart() -> None:
    assert told("it’s", "it's and it’s").startswith("'it’s' stands 2 times")


def test_case_is_not_forgiven_but_the_nearest_is_told() -> None:
    assert told("ida roth") == (
        "'ida roth' does not stand in the document; "
        f"the nearest (line 3 at {DOCUMENT.index('Ida')}) is 'Ida Roth,'"
    )


def test_nor_is_a_misspelt_word() -> None:
    assert told("perhabs").endswith(
        f"; the nearest (line 4 at {DOCUMENT.index('perhaps')}) is 'perhaps'"
    )


def test_long_words_are_told_from_where_they_part() -> None:
    document = " ".join(f"word{number}" for number in range(60))
    words = " ".join(f"word{number}" for number in range(10, 40)).replace("word30", "other")
    sentence = told(words, document)
    assert "the nearest (line 1 at 60) has 'word30 word31" in sentence
    assert " instead of 'other word31" in sentence


@pytest.mark.parametrize(("form", "other"), [("NFC", "NFD"), ("NFD", "NFC")])
def test_twins_of_another_normal_form_are_told_apart(form: Form, other: Form) -> None:
    document = unicodedata.normalize(form, "Renée Sólveig")
    assert told(unicodedata.normalize(other, "Sólveig"), document).endswith(
        f"; what looks the same (line 1 at {document.index('S')}) has other characters: "
        "copy it from there"
    )


def test_last_words_that_stand_only_before_are_told() -> None:
    assert told("The mayor … Ida Roth") == (
        "'Ida Roth' does not follow 'The mayor'; it stands only before "
        f"(line 3 at {DOCUMENT.index('Ida')})"
    )
    assert told("The mayor … mayor").startswith("'mayor' does not follow 'The mayor'; it stands")
    assert told("The mayor … Nobody.").startswith("'Nobody.' does not follow 'The mayor'")


def test_nothing_is_near_to_nonsense() -> None:
    assert told("zzz qqq") == "'zzz qqq' does not stand in the document"
    assert told("zzz", "") == "'zzz' does not stand in the document"


def test_a_document_of_five_million_characters_is_searched() -> None:
    document = f"First words. {'some more of it, ' * 300_000}\nThe last ’words’."
    passage = Words(document).passage("First words. … The last 'words'.")
    assert passage == Stretch(0, len(document))


# -- whatever the document ---------------------------------------------------------------------


@given(passages())
def test_the_words_of_a_passage_lead_to_it_if_they_stand_only_there(
    made: tuple[str, Stretch],
) -> None:
    document, place = made
    words = document[place.start : place.end]
    possible = list(places(words, document))
    assert list(Words(document).find(words)) == possible
    if len(possible) == 1:
        assert Words(document).passage(words) == possible[0]
    else:
        assert told(words, document)


PARTS = st.lists(st.text(LETTERS, min_size=1, max_size=3), min_size=1, max_size=3)


@given(st.text(LETTERS, min_size=1, max_size=30), PARTS)
def test_words_lead_to_the_passage_that_they_are_and_to_no_other(
    document: str, parts: list[str]
) -> None:
    words, said = Words(document), " … ".join(parts)
    try:
        place = words.passage(said)
    except NotFound:
        assert not any(words.leads_to(said, one) for one in places(parts[0], document))
    else:
        assert words.leads_to(said, place)
        assert not words.leads_to(said, Stretch(place.start, place.end + 1))
