"""ClaimReview of schema.org: what a review becomes, in which forms, and what is left out."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onrecord.importing import jsonld
from onrecord.importing.claimreview import entries_of, rows
from onrecord.importing.fields import Fields
from onrecord.importing.rows import BadRow, Row, drafted
from schema.canonical import canonical_bytes
from schema.entries import (
    ActorRecorded,
    ClaimRecorded,
    SourceRecorded,
    StatementRecorded,
    decode,
)
from schema.errors import InvalidInput
from schema.values import text_sha256
from tests.onrecord.importing.reading import bad, good, of_kind

Json = Mapping[str, object]

REVIEW: Json = {
    "@context": "https://schema.org",
    "@type": "ClaimReview",
    "url": "https://gazette.example/dam",
    "datePublished": "2017-03-05T23:30:00-05:00",
    "inLanguage": "en",
    "headline": "Is the dam dry?",
    "claimReviewed": "The dam is dry.",
    "author": {"@type": "NewsMediaOrganization", "name": "The Gazette"},
    "reviewRating": {"ratingValue": 1, "worstRating": 1, "bestRating": 5, "alternateName": "Fake!"},
    "itemReviewed": {
        "@type": "Claim",
        "author": {
            "@type": "Person",
            "name": "Ada Marsh",
            "sameAs": ["https://www.wikidata.org/wiki/Q42", "https://marsh.example/"],
        },
        "datePublished": "2017-03-01",
        "appearance": [{"@type": "CreativeWork", "url": "https://town.example/minutes"}],
    },
}

SCALE: Json = {"worstRating": 1, "bestRating": 5}


def written(folder: Path, text: str) -> Path:
    path = folder / "reviews.json"
    path.write_text(text, "utf-8")
    return path


def one(folder: Path, **changed: object) -> Row:
    (row,) = good(rows(written(folder, json.dumps({**REVIEW, **changed}))))
    return row


def test_the_fact_check_judges_the_claim_in_its_own_voice(tmp_path: Path) -> None:
    review, _ = of_kind(StatementRecorded, [one(tmp_path)])
    assert (review.attribution, review.rating, review.polarity) == ("OWN_VOICE", "Fake!", "DENIES")
    assert review.passages[0].exact == "The dam is dry.\nFake!"


def test_the_claimant_is_told_by_it_to_have_made_the_claim(tmp_path: Path) -> None:
    row = one(tmp_path)
    review, made = of_kind(StatementRecorded, [row])
    (ada,) = (actor for actor in of_kind(ActorRecorded, [row]) if actor.id == made.speaker)
    assert (ada.name, ada.actor_kind) == ("Ada Marsh", "PERSON")
    assert [(each.scheme, each.value) for each in ada.external_ids] == [
        ("wikidata", "Q42"),
        ("sameAs", "https://marsh.example/"),
    ]
    assert (made.attribution, made.polarity, made.claim) == ("PARAPHRASE", "ASSERTS", review.claim)
    assert (made.source, made.passages[0].exact) == (review.source, "The dam is dry.")
    assert made.venue == "https://town.example/minutes"
    assert made.said is not None
    assert made.said.edtf == "2017-03-01"


def test_the_source_is_what_is_at_hand_of_the_page(tmp_path: Path) -> None:
    (source,) = of_kind(SourceRecorded, [one(tmp_path, reviewBody="It is full.")])
    text = "The dam is dry.\nFake!\nIt is full."
    assert (source.sha256, source.length) == (text_sha256(text), len(text))
    assert (source.source_kind, source.title, source.url, source.language) == (
        "FACT_CHECK",
        "Is the dam dry?",
        "https://gazette.example/dam",
        "en",
    )
    assert source.published is not None
    assert source.published.edtf == "2017-03-06"  # in UTC


def test_people_who_write_for_a_publisher_are_authors(tmp_path: Path) -> None:
    writers = [{"@type": "Person", "name": name} for name in ("Bo", "Cy")]
    row = one(tmp_path, author=writers, publisher={"@type": "Organization", "name": "The Gazette"})
    names = {actor.id: actor.name for actor in of_kind(ActorRecorded, [row])}
    (source,) = of_kind(SourceRecorded, [row])
    assert [names[each] for each in source.authors] == ["Bo", "Cy"]
    assert names[source.publisher or ""] == "The Gazette"


@pytest.mark.parametrize("author", [None, {"@type": "Person", "name": "Bo"}])
def test_a_publisher_that_is_not_told_is_unnamed(tmp_path: Path, author: object) -> None:
    row = one(tmp_path, author=author)
    (source,) = of_kind(SourceRecorded, [row])
    (publisher,) = (each for each in of_kind(ActorRecorded, [row]) if each.id == source.publisher)
    assert (publisher.named, publisher.scoped_to) == (False, source.id)


def test_without_a_claimant_only_the_review_is_a_statement(tmp_path: Path) -> None:
    assert len(of_kind(StatementRecorded, [one(tmp_path, itemReviewed={"name": "x"})])) == 1


def test_several_claimants_each_made_the_claim(tmp_path: Path) -> None:
    row = one(tmp_path, itemReviewed={"author": ["Ada", {"name": "Bo"}]})
    assert len(of_kind(StatementRecorded, [row])) == 3


@pytest.mark.parametrize(
    ("rating", "words", "polarity"),
    [
        ({"alternateName": "Pants on Fire!"}, "Pants on Fire!", "DENIES"),
        ({"alternateName": "Mostly  true"}, "Mostly true", "ASSERTS"),
        ({"alternateName": "Half-true", "ratingValue": 5}, "Half-true", "DOUBTS"),
        ({"alternateName": "Who knows"}, "Who knows", "ASKS"),
        ({"alternateName": "Falso", **SCALE, "ratingValue": "1"}, "Falso", "DENIES"),
        ({"ratingValue": 5, **SCALE}, "5", "ASSERTS"),
        ({"ratingValue": 2.5, **SCALE}, "2.5", "DOUBTS"),
        ({"ratingValue": 9, **SCALE}, "9", "ASKS"),
        ({"ratingValue": 1, "worstRating": 1, "bestRating": 1}, "1", "ASKS"),
        ({"ratingValue": 1}, "1", "ASKS"),
        ({"ratingValue": "bad", **SCALE}, "bad", "ASKS"),
        (None, None, "ASKS"),
    ],
)
def test_a_verdict_says_no_more_than_its_words(
    tmp_path: Path, rating: object, words: str | None, polarity: str
) -> None:
    review = of_kind(StatementRecorded, [one(tmp_path, reviewRating=rating)])[0]
    assert (review.rating, review.polarity) == (words, polarity)


def test_actors_of_one_name_who_differ_stay_apart(tmp_path: Path) -> None:
    reviews = [
        {**REVIEW, "url": f"https://a.example/{n}", "itemReviewed": {"author": author}}
        for n, author in enumerate([{"name": "Ada"}, {"name": "Ada", "@type": "Person"}, "Ada"])
    ]
    found = good(rows(written(tmp_path, json.dumps(reviews))))
    assert len([each for each in of_kind(ActorRecorded, found) if each.name == "Ada"]) == 2


def test_a_claim_that_is_reviewed_twice_is_one_claim(tmp_path: Path) -> None:
    reviews = [{**REVIEW, "url": f"https://a.example/{n}"} for n in range(2)]
    found = good(rows(written(tmp_path, json.dumps(reviews))))
    assert len(of_kind(ClaimRecorded, found)) == 1
    assert len(of_kind(StatementRecorded, found)) == 4


# -- forms of files ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "where"),
    [
        (json.dumps(REVIEW), [""]),
        (json.dumps(REVIEW, indent=2), [""]),
        (json.dumps([REVIEW, REVIEW]), [": $[0]", ": $[1]"]),
        (
            json.dumps({"@graph": [{"@type": ["Thing", "ClaimReview"], **REVIEW}]}),
            [": $.@graph[0]"],
        ),
        (json.dumps({**REVIEW, "@type": "http://schema.org/ClaimReview"}), [""]),
        (json.dumps({"dataFeedElement": [{"item": [REVIEW]}]}), [": $.dataFeedElement[0].item[0]"]),
        ("\ufeff" + json.dumps(REVIEW), [""]),
        (f"{json.dumps(REVIEW)}\n\n{json.dumps(REVIEW)}\n", [":1", ":3"]),
        (
            f"{json.dumps([REVIEW])}\n{json.dumps({'@graph': [REVIEW]})}",
            [":1: [0]", ":2: .@graph[0]"],
        ),
    ],
)
def test_every_form_of_file_is_read(tmp_path: Path, text: str, where: list[str]) -> None:
    path = written(tmp_path, text)
    assert [row.where.removeprefix(str(path)) for row in rows(path)] == where


def test_nodes_of_a_graph_that_are_named_elsewhere_are_found(tmp_path: Path) -> None:
    graph = [
        {"@id": "#paper", "@type": "Organization", "name": "The Gazette"},
        {**REVIEW, "author": {"@id": "#paper"}, "itemReviewed": {"@id": "#nowhere"}},
    ]
    (row,) = good(rows(written(tmp_path, json.dumps({"@graph": graph}))))
    assert [actor.name for actor in of_kind(ActorRecorded, [row])] == ["The Gazette"]


def test_bad_lines_are_told_and_harm_no_other(tmp_path: Path) -> None:
    line = json.dumps(REVIEW)
    lines = ["{", line, '{"@type": "Article"}', "\x00", "[1, 2]", line]
    path = written(tmp_path, "\n".join(lines))
    assert bad(rows(path)) == [
        (
            "reviews.json:1",
            "is not JSON: expecting property name enclosed in double quotes (line 2, column 1)",
        ),
        ("reviews.json:3", "has no ClaimReview in it"),
        ("reviews.json:4", "is not JSON: expecting value (line 1, column 1)"),
        ("reviews.json:5: [0]", "is no ClaimReview: it has to be an object"),
        ("reviews.json:5: [1]", "is no ClaimReview: it has to be an object"),
    ]
    assert sum(isinstance(row, Row) for row in rows(path)) == 2


def test_a_line_that_is_too_long_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = json.dumps(REVIEW)
    monkeypatch.setattr(jsonld, "MAX_BYTES", len(line) + 10)
    path = written(tmp_path, "\n".join([line, line + " " * 3000, line]))
    assert [isinstance(row, BadRow) for row in rows(path)] == [False, True, False]
    ((where, reason),) = bad(rows(path))
    assert where == "reviews.json:2"
    assert reason.startswith("the line is longer than")


def test_one_json_text_that_is_too_large_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jsonld, "MAX_BYTES", 1000)
    with pytest.raises(InvalidInput, match="give one object a line"):
        list(rows(written(tmp_path, json.dumps([REVIEW] * 5, indent=1))))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "is not JSON: expecting value"),
        ("dam", "is not JSON: expecting value"),
        ("[" * 200_000, "nested too deeply"),
        ("[" * 50 + "]" * 50, "has no ClaimReview in it"),
        ("9" * 5000, "a number of thousands of digits"),
        ('{"@type": "Article"}', "has no ClaimReview in it"),
        ('{"@graph": []}', "has no ClaimReview in it"),
        ("[]", "has no ClaimReview in it"),
        ('[\n{"@type": "ClaimReview"},\n', "is not JSON"),
    ],
)
def test_what_has_no_review_in_it_is_refused(tmp_path: Path, text: str, reason: str) -> None:
    path = written(tmp_path, text)
    try:
        found = bad(rows(path))
    except InvalidInput as refusal:
        (line,) = str(refusal).splitlines()
        assert reason in line
    else:
        assert found == [("reviews.json: $" + "[0]" * 21, "is nested too deeply")]


def test_what_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "reviews.json"
    path.write_bytes(b'{"\xff": 1}')
    with pytest.raises(InvalidInput, match="is not UTF-8: the byte at 2"):
        list(rows(path))


# -- rows that cannot go on record -------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"claimReviewed": None}, "claimReviewed: is missing"),
        ({"claimReviewed": ["a"]}, "claimReviewed: has to be a text, not ['a']"),
        ({"claimReviewed": True}, "claimReviewed: has to be a text, not true"),
        ({"claimReviewed": "dry\ud800"}, "half a character"),
        ({"claimReviewed": "dry\x00"}, "U+0000"),
        ({"claimReviewed": "dry " * 600}, "claim.text: string should have at most 2000"),
        ({"url": "dam.html"}, "is not a web address"),
        ({"datePublished": "soon"}, "datePublished: 'soon' is not a date"),
        ({"datePublished": "2017-99"}, "2017-99 is not a date"),
        ({"datePublished": "0001-01-01T00:00:00+14:00"}, "is not a date"),
        ({"datePublished": "9999-12-31"}, "9999"),
        ({"author": 7}, "author: has to be fields with their values, not 7"),
        ({"itemReviewed": {"author": {"name": ["x"]}}}, "itemReviewed.0.author.0.name: has to be"),
        ({"author": {"name": "x", "sameAs": [{}]}}, "author.0.sameAs.0: has to be a text"),
        ({"reviewRating": {"alternateName": "x" * 3000}}, "statement.rating: string should"),
    ],
)
def test_a_bad_row_is_left_out_with_its_reason(tmp_path: Path, changed: Json, reason: str) -> None:
    text = json.dumps([{**REVIEW, **changed}, REVIEW])
    ((where, told),) = bad(rows(written(tmp_path, text)))
    assert where == "reviews.json: $[0]"
    assert reason in told
    assert "\n" not in told


NAMES = ["@type", "@id", "name", "url", "author", "sameAs", "datePublished", "alternateName"]
TEXTS = st.text(st.sampled_from("aé🚧/:-20 \n\x00\ud800"), max_size=9)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS | st.just("2017-03-01"),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4)
    ),
    max_leaves=8,
)


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from([*NAMES, *REVIEW]), VALUES, max_size=5))
def test_no_review_does_more_than_become_a_row_or_a_bad_one(changed: dict[str, object]) -> None:
    row = drafted("here", lambda: entries_of(Fields({**REVIEW, **changed})))
    if isinstance(row, BadRow):
        assert row.reason
        return
    again = drafted("here", lambda: entries_of(Fields({**REVIEW, **changed})))
    assert row == again
    for entry in row.entries:
        assert decode(entry.kind(), entry.VERSION, canonical_bytes(entry)) == entry
