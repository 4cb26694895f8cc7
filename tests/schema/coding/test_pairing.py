"""Which statements of two coders are proposed as pairs, and the file in which people correct it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schema.coding.pairing import pairs_text, propose_pairs, read_pairs
from schema.coding.side_by_side import compare
from schema.errors import InvalidInput
from seeds import seed_files
from tests.schema.coding.codings import (
    both_coders,
    dossier,
    passage,
    quote,
    read,
    said,
    two,
)
from tests.schema.examples import Input

EXPECTED = {
    ("title-split", "split"),
    ("mayor-no", "no-rise"),
    ("ministry-promise", "two-million"),
    ("builder-relay", "sons"),
    ("engineer-relay", "haddad"),
    ("brandt-torn", "curse"),
    ("board-survey", "survey"),
    ("ministry-silent", "silent"),
    ("brandt-sells", "land"),
    ("sluice-failed", "sluice"),
    ("open-books", "books"),
    ("will-it-hold", "hold"),
}


def test_what_two_people_found_in_a_report_is_paired() -> None:
    pairs = propose_pairs(both_coders())
    assert set(pairs) == EXPECTED
    assert len(pairs) == len(EXPECTED)


def test_a_dossier_is_paired_with_itself() -> None:
    seeds = {one.stem: read(one) for one in seed_files()}
    for name in ("mano-a-mano", "trump-banks-on-call"):
        both = compare(seeds[name], seeds[name], seeds["shared"].entries)
        pairs = propose_pairs(both)
        assert {one for one, _ in pairs} == set(both.first.statements)
        assert all(one == other for one, other in pairs)


HIGH = "The dam at Veld is made higher."
LAND = "Odo Brandt sells his land to a stranger."


@pytest.mark.parametrize(
    ("second", "found"),
    [
        (said("A higher dam is made at Veld."), True),
        (said("Veld’s DAM is made HIGHER!"), True),
        (said(LAND), False),
        (said(HIGH, passages=[passage(50, 150)]), True),
        (said(HIGH, passages=[passage(100, 200)]), False),
        (said(HIGH, passages=[passage(300, 400), passage(90, 95)]), True),
        ({"speaker": "actor/somebody", "attribution": "DECLINED_TO_COMMENT"}, False),
    ],
)
def test_a_pair_has_overlapping_passages_and_claims_with_words_in_common(
    second: Input, found: bool
) -> None:
    pairs = propose_pairs(two({"a": said(HIGH), "c": said(LAND)}, {"b": second}))
    assert (("a", "b") in pairs) is found


def test_the_same_quoted_words_make_a_pair_of_claims_in_other_words() -> None:
    quoted = quote(10, "a curse for the village")
    first = {"a": said("Alpha beta gamma.", **quoted)}
    assert propose_pairs(two(first, {"b": said("Delta epsilon.", **quoted)})) == (("a", "b"),)
    assert propose_pairs(two(first, {"b": said("Delta epsilon.", **quote(10, "a joy"))})) == ()


def test_the_same_holder_decides_between_equal_claims() -> None:
    def held(actor: str) -> Input:
        return said(HIGH, ascribedTo={"actor": actor, "attitude": "WANTS"})

    first = {"xi": held("actor/xi"), "nobody": said(HIGH), "ann": held("actor/ann")}
    second = {"a": said(HIGH), "b": held("actor/ann"), "c": held("actor/xi")}
    pairs = propose_pairs(two(first, second))
    assert set(pairs) == {("xi", "c"), ("nobody", "a"), ("ann", "b")}


def test_statements_without_a_claim_are_paired_by_their_speaker() -> None:
    def silent(actor: str) -> Input:
        return {"speaker": actor, "attribution": "DECLINED_TO_COMMENT"}

    first = {"a": silent("actor/ann"), "b": silent("actor/bob")}
    second = {"c": silent("actor/bob"), "d": silent("actor/cy")}
    assert propose_pairs(two(first, second)) == (("b", "c"),)


def test_a_claim_used_from_elsewhere_is_the_same_without_its_words() -> None:
    first = {"a": {"speaker": "actor/ann", "claim": "claim/x"}}
    second = {"b": {"speaker": "actor/ann", "claim": "claim/x"}}
    assert propose_pairs(two(first, second)) == (("a", "b"),)


def test_the_words_of_a_claim_used_from_elsewhere_are_those_of_its_dossier() -> None:
    shared = dossier("all", claims={"x": {"id": "claim/x", "text": HIGH}}).entries
    first, second = {"a": {"speaker": "actor/ann", "claim": "claim/x"}}, {"b": said(HIGH)}
    assert propose_pairs(two(first, second)) == ()
    assert propose_pairs(two(first, second, list(shared))) == (("a", "b"),)


def test_equal_ids_of_two_documents_of_their_own_say_nothing() -> None:
    one = dossier("same", statements={"a": said(HIGH)})
    other = dossier("same", statements={"a": said(LAND)})
    assert one.entries[1].id == other.entries[1].id
    assert propose_pairs(compare(one, other)) == ()


def test_each_statement_is_in_one_pair_and_the_pairs_together_are_the_surest() -> None:
    first = {"both": said("Red green blue sky."), "left": said("Red green yellow.")}
    second = {"x": said("Red green blue yellow."), "y": said("Blue sky over Veld.")}
    assert set(propose_pairs(two(first, second))) == {("both", "y"), ("left", "x")}


def test_the_surest_pair_comes_first() -> None:
    far = [passage(500, 600)]
    first = {"a": said("Red green blue."), "c": said(HIGH, passages=far)}
    second = {"b": said("Red green black."), "d": said(HIGH, passages=far)}
    assert propose_pairs(two(first, second)) == (("c", "d"), ("a", "b"))


# -- the file ----------------------------------------------------------------------------------


def test_a_file_of_pairs_tells_of_what_is_in_none() -> None:
    both = both_coders()
    text = pairs_text(propose_pairs(both), both)
    assert "\n  - [mayor-no, no-rise]\n" in text
    assert "# In no pair, of the first (dam-report.yaml):\n#   critics\n#   vote-set\n" in text
    assert text.endswith(
        "# In no pair, of the second (second-coder.yaml):\n#   blessing\n#   rained\n"
    )


def test_corrected_pairs_are_read() -> None:
    text = "pairs:\n  - [critics, rained] # no, but so I say\n  - [vote-set, blessing]\n"
    pairs = read_pairs(text, "p.yaml", both_coders())
    assert pairs == (("critics", "rained"), ("vote-set", "blessing"))
    assert read_pairs("pairs: []", "p.yaml", both_coders()) == ()


NAMES = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=6)
ODD_NAMES = st.sampled_from(
    ["null", "true", "12", "no", "a: b", "'", '"', "#a", "a,b", "é", "-", "~", "\n", "\\"]
)


@given(st.lists(NAMES | ODD_NAMES, min_size=1, max_size=3, unique=True))
def test_pairs_are_read_back_as_they_were_written_whatever_statements_are_called(
    names: list[str],
) -> None:
    statements = {
        name: {"id": f"statement/x/{number}", "speaker": "actor/ann", "claim": "claim/x"}
        for number, name in enumerate(names)
    }
    both = two(statements, statements)
    pairs = tuple((name, name) for name in names)
    assert read_pairs(pairs_text(pairs, both), "p.yaml", both) == pairs
    assert read_pairs(pairs_text((), both), "p.yaml", both) == ()


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("", ["p.yaml:1: pairs: has to be a list of pairs [first, second]"]),
        ("pairs: {a: b}", ["p.yaml:1: pairs: has to be a list of pairs [first, second]"]),
        ("- a", ["p.yaml:1: pairs: has to be a list of pairs [first, second]"]),
        (
            "pairs: []\npairz: []",
            ["p.yaml:2: pairz: is not a part of a file of pairs"],
        ),
        (
            "pairs:\n  - critics\n  - [critics]\n  - [critics, 5]\n",
            [
                f"p.yaml:{line}: pairs.{line - 2}: has to be a pair: "
                "[name in the first, name in the second]"
                for line in (2, 3, 4)
            ],
        ),
        (
            "pairs:\n- [critic, rained]\n- [vote-set, split]\n- [mayor-no, split]\n",
            [
                "p.yaml:2: pairs.0.0: 'critic' is no statement of dam-report.yaml; did you",
                "p.yaml:4: pairs.2.1: 'split' is in two pairs",
            ],
        ),
        ("pairs: [", ["p.yaml:1: is not YAML: "]),
    ],
)
def test_what_is_no_file_of_pairs_is_told_with_its_line(text: str, sentences: list[str]) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_pairs(text, "p.yaml", both_coders())
    told = [str(fault) for fault in refused.value.faults]
    assert len(told) == len(sentences)
    assert all(one.startswith(begin) for one, begin in zip(told, sentences, strict=True))
