"""The parts of entries: texts, places in documents, quotations, figures, addresses."""

import pytest
from hypothesis import given, settings

from schema.canonical import MAX_INTEGER
from schema.entries import ActorRecorded, ClaimRecorded, SourceRecorded
from schema.values import (
    MAX_ITEMS,
    Figure,
    Hedge,
    Participant,
    Passage,
    Quote,
    Span,
    text_sha256,
)
from tests.schema.examples import FIGURE, SHA256, Input, faults, minimal, passage, words
from tests.schema.strategies import figures, passages, texts

SPAN: Input = {"start": 3, "end": 7, "sha256": SHA256}


def _named(name: object) -> list[str]:
    return faults(ActorRecorded, minimal(ActorRecorded, name=name))


# -- texts -------------------------------------------------------------------------------------


@given(texts())
def test_a_text_is_kept_as_it_is(text: str) -> None:
    actor = ActorRecorded.model_validate(minimal(ActorRecorded, name=text))

    assert actor.name == text


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "name: is empty"),
        (" \n\t", "name: is empty"),
        (" Xi", "name: has white space at its ends"),
        ("Xi\n", "name: has white space at its ends"),
        ("Xi\u00a0", "name: has white space at its ends"),
        ("a\x00b", "name: has a character (U+0000) at 1 that no text has"),
        ("ab\x1bc", "name: has a character (U+001B) at 2 that no text has"),
        ("ab\rc", "name: has a character (U+000D) at 2 that no text has"),
        ("a\x85b", "name: has a character (U+0085) at 1 that no text has"),
        ("a\ud800", "name: has half a character (a lone surrogate) in it"),
        ("x" * 2001, "name: string should have at most 2000 characters"),
        (None, "name: is missing"),
        (1, "name: input should be a valid string"),
        (True, "name: input should be a valid string"),
        (["Xi"], "name: input should be a valid string"),
    ],
)
def test_what_is_no_text_is_refused(text: object, fault: str) -> None:
    assert _named(text) == [fault]


@pytest.mark.parametrize("text", ["a\nb", "a\tb", "x" * 2000, "ـ", "a\u200db", "\U0010ffff", "0"])
def test_what_any_script_needs_is_taken(text: str) -> None:
    assert _named(text) == []


# -- several things ----------------------------------------------------------------------------


def test_nothing_stands_twice_in_a_list() -> None:
    twice = ["Beijing", "the PRC", "Beijing"]

    assert faults(ActorRecorded, minimal(ActorRecorded, aliases=twice)) == [
        "aliases: says the same twice, at 0 and 2"
    ]
    assert faults(ClaimRecorded, minimal(ClaimRecorded, mentions=["actor/a", "actor/a"])) == [
        "mentions: says the same twice, at 0 and 1"
    ]
    assert faults(ClaimRecorded, minimal(ClaimRecorded, figures=[FIGURE, {**FIGURE}])) == [
        "figures: says the same twice, at 0 and 1"
    ]


def test_an_empty_list_is_as_good_as_none() -> None:
    empty = ActorRecorded.model_validate(minimal(ActorRecorded, aliases=[], partOf=()))

    assert empty == ActorRecorded.model_validate(minimal(ActorRecorded))


def test_a_list_has_an_end() -> None:
    full = [f"actor/{number}" for number in range(MAX_ITEMS)]

    assert faults(ClaimRecorded, minimal(ClaimRecorded, mentions=full)) == []
    assert faults(ClaimRecorded, minimal(ClaimRecorded, mentions=[*full, "actor/more"])) == [
        f"mentions: has more than {MAX_ITEMS} items"
    ]


@pytest.mark.parametrize("given", ["Beijing", {"Beijing": 1}, 5, True])
def test_what_is_no_list_is_refused(given: object) -> None:
    assert faults(ActorRecorded, minimal(ActorRecorded, aliases=given)) == [
        "aliases: has to be a list"
    ]


def test_a_fault_names_the_item() -> None:
    assert faults(ActorRecorded, minimal(ActorRecorded, aliases=["a", "b", " c"])) == [
        "aliases.2: has white space at its ends"
    ]


# -- places in a document ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "value", "fault"),
    [
        ("start", True, "input should be a valid integer"),
        ("start", "3", "input should be a valid integer"),
        ("start", 3.0, "input should be a valid integer"),
        ("end", float("inf"), "input should be a valid integer"),
        ("end", float("nan"), "input should be a valid integer"),
        ("end", None, "input should be a valid integer"),
        ("start", -1, "input should be greater than or equal to 0"),
        ("end", MAX_INTEGER + 1, f"input should be less than or equal to {MAX_INTEGER}"),
        ("end", 10**400, f"input should be less than or equal to {MAX_INTEGER}"),
    ],
)
def test_an_offset_is_a_whole_number_that_json_can_carry(
    field: str, value: object, fault: str
) -> None:
    assert faults(Span, {**SPAN, field: value}) == [f"{field}: {fault}"]


def test_a_number_beyond_every_float_in_json_is_no_offset() -> None:
    given = b'{"start":1e400,"end":7,"sha256":"%s"}' % SHA256.encode()

    with pytest.raises(ValueError, match="should be a valid integer"):
        Span.model_validate_json(given)


def test_the_largest_offset_is_taken() -> None:
    assert faults(Span, {**SPAN, "end": MAX_INTEGER}) == []


@pytest.mark.parametrize("end", [3, 2, 0])
def test_a_stretch_goes_forward(end: int) -> None:
    assert faults(Span, {**SPAN, "end": end}) == [f"a stretch from 3 to {end} is empty"]


@pytest.mark.parametrize(
    "digest", ["", SHA256[:-1], SHA256 + "0", SHA256.upper(), SHA256 + "\n", "g" * 64]
)
def test_a_hash_is_64_hexadecimal_digits(digest: str) -> None:
    assert faults(Span, {**SPAN, "sha256": digest}) == [
        "sha256: string should match pattern '^[0-9a-f]{64}$'"
    ]


@pytest.mark.parametrize(
    ("start", "end", "covered"),
    [(3, 7, True), (4, 6, True), (3, 8, False), (2, 7, False), (7, 9, False), (0, 3, False)],
)
def test_a_stretch_covers_what_lies_wholly_inside(start: int, end: int, covered: bool) -> None:
    outer = Span.model_validate(SPAN)

    assert outer.covers(Span(start=start, end=end, sha256=SHA256)) is covered


def test_a_hash_is_of_the_text_in_utf_8() -> None:
    assert text_sha256("abc").startswith("ba7816bf8f01cfea414140de5dae2223b00361a3")
    assert text_sha256("é") == "4a99557e4033c3539de2eb65472017cad5f9557f7a0625a09f1c3f6e2ba69c4c"


# -- exact words -------------------------------------------------------------------------------


@given(passages())
@settings(deadline=None)
def test_a_passage_has_the_length_and_the_hash_of_its_words(made: Passage) -> None:
    if made.exact is not None:
        assert made.end - made.start == len(made.exact)
        assert made.sha256 == text_sha256(made.exact)


@pytest.mark.parametrize("model", [Quote, Hedge])
def test_words_are_counted_in_code_points(model: type[Quote]) -> None:
    quoted = model.model_validate(words("😀 é “x”", 5))

    assert quoted.end - quoted.start == 7


@pytest.mark.parametrize("model", [Quote, Hedge])
def test_words_that_do_not_fit_their_place_are_refused(model: type[Quote]) -> None:
    assert faults(model, {**words("mano a mano", 5), "end": 17}) == [
        "the exact words have 11 characters, the stretch 12"
    ]
    assert faults(model, {**words("mano a mano", 5), "sha256": SHA256}) == [
        "the exact words 'mano a mano' do not have the SHA-256 given"
    ]


def test_a_passage_with_words_of_another_place_is_refused() -> None:
    assert faults(Passage, passage(exact="could")) == [
        "the exact words have 5 characters, the stretch 200"
    ]
    assert faults(Passage, passage(100, 105, exact="could")) == [
        "the exact words 'could' do not have the SHA-256 given"
    ]


def test_a_passage_carries_only_short_words() -> None:
    short, long = words("x" * 300, 0), words("x" * 301, 0)

    assert faults(Passage, {**passage(), **short}) == []
    assert faults(Passage, {**passage(), **long}) == [
        "exact: string should have at most 300 characters"
    ]


def test_quoted_words_are_not_trimmed() -> None:
    assert Quote.model_validate(words(" let’s ", 5)).exact == " let’s "


@pytest.mark.parametrize("exact", ["a\x00b", "a\rb"])
def test_quoted_words_hold_no_control_characters(exact: str) -> None:
    (fault,) = faults(Quote, words(exact, 5))

    assert fault.startswith("exact: has a character (U+00")


def test_a_hedge_has_at_most_five_words() -> None:
    assert faults(Hedge, words("could well not have been", 5)) == []
    assert faults(Hedge, words("could very well not have been", 5)) == [
        "a hedge has at most 5 words: 'could very well not have been'"
    ]


def test_long_words_are_cut_in_the_sentence_about_them() -> None:
    (fault,) = faults(Quote, {**words("x" * 2000, 0), "sha256": SHA256})

    assert len(fault) < 150


# -- figures -----------------------------------------------------------------------------------


@given(figures())
@settings(deadline=None)
def test_a_figure_keeps_its_digits(figure: Figure) -> None:
    assert Figure.model_validate(figure.model_dump(by_alias=True)) == figure


@pytest.mark.parametrize(
    "number", ["600000000000", "0", "0.5", "-0.50", "0.000", "9" * 40, "-1", "10.0"]
)
def test_a_plain_decimal_is_kept_to_the_digit(number: str) -> None:
    assert Figure.model_validate({**FIGURE, "to": number}).to == number
    assert Figure.model_validate({**FIGURE, "from": number}).from_ == number


def test_a_whole_number_is_taken_for_its_digits() -> None:
    assert Figure.model_validate({**FIGURE, "to": 2**70}).to == "1180591620717411303424"


@pytest.mark.parametrize(
    "number",
    [
        *("", "-", "+5", ".5", "5.", "007", "00", "1e400", "1E3", "1_000", "1,000", "0x10"),
        *(" 5", "5\n", "NaN", "Infinity", "-inf", "１２", "١٢", "½", "600 billion", "5%", "--5"),
    ],
)
def test_what_is_no_plain_decimal_is_refused(number: str) -> None:
    assert faults(Figure, {**FIGURE, "to": number}) == [
        f"to: {number!r} is not a plain decimal number such as 600000000000 or -0.5"
    ]


@pytest.mark.parametrize("number", [True, 0.5, 10**40, None, ["5"]])
def test_what_has_no_exact_digits_is_refused(number: object) -> None:
    assert faults(Figure, {**FIGURE, "to": number}) == ["to: input should be a valid string"]


def test_a_number_without_end_is_refused() -> None:
    assert faults(Figure, {**FIGURE, "to": -(10**5000)}) == ["to: input should be a valid string"]
    assert faults(Figure, {**FIGURE, "to": "9" * 100_000}) == [
        "to: string should have at most 40 characters"
    ]


def test_a_change_needs_the_value_after_it() -> None:
    assert faults(Figure, {"what": "tariff", "from": "145", "unit": "%"}) == ["to: is missing"]


# -- addresses and languages -------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/a?b=%20#c",
        "http://example.org",
        "HTTPS://[::1]:80/",
        "https://例.org/文",
    ],
)
def test_a_web_address_is_taken(url: str) -> None:
    assert faults(SourceRecorded, minimal(SourceRecorded, url=url)) == []


@pytest.mark.parametrize(
    "url",
    [
        *("javascript:alert(1)", "ftp://example.org", "example.org", "//example.org/a", "http://"),
        *("https:///path", "https://a b.org", "http://[::1", "https://exa\u202emple.org"),
        *("java\nscript:x", "https://example.org/a\tb", "data:text/html,x", "http:example.org"),
    ],
)
def test_what_no_browser_should_open_is_refused(url: str) -> None:
    assert faults(SourceRecorded, minimal(SourceRecorded, url=url)) == [
        f"url: {url!r} is not a web address such as https://example.org/page"
    ]


@pytest.mark.parametrize("tag", ["en", "zh-Hant", "de-AT", "yue", "en-x-news", "sl-rozaj-biske"])
def test_a_language_tag_is_taken(tag: str) -> None:
    assert faults(SourceRecorded, minimal(SourceRecorded, language=tag)) == []


@pytest.mark.parametrize("tag", ["", "English", "EN", "en_US", "e", "en-", "en\n", "en-aaaaaaaaa"])
def test_what_is_no_language_tag_is_refused(tag: str) -> None:
    (fault,) = faults(SourceRecorded, minimal(SourceRecorded, language=tag))

    assert fault.startswith("language: string should match pattern")


# -- frozen ------------------------------------------------------------------------------------


def test_nothing_changes_what_was_validated() -> None:
    taking_part = Participant.model_validate({"actor": "actor/xi"})

    for field in Participant.model_fields:
        with pytest.raises(ValueError, match="frozen"):
            setattr(taking_part, field, "actor/other")
