"""What two coders of one document are told of their agreement."""

import pytest

from schema.coding.agreement import Agreement, Difference, agreement
from schema.coding.agreement_text import agreement_text
from schema.coding.alpha import krippendorff_alpha
from schema.coding.pairing import propose_pairs
from schema.coding.side_by_side import compare
from schema.dossier import Dossier, read_dossier
from schema.errors import InvalidInput
from tests.schema.coding.codings import Part, both_coders, dossier, passage, said, two
from tests.schema.examples import Input


def result() -> Agreement:
    both = both_coders()
    return agreement(both, propose_pairs(both))


def test_what_both_found_and_what_one_alone_found() -> None:
    found = result()
    assert len(found.pairs) == 12
    assert found.pairs[:3] == (
        ("title-split", "split"),
        ("mayor-no", "no-rise"),
        ("ministry-promise", "two-million"),
    )
    assert (found.only_first, found.only_second) == (
        ("critics", "vote-set"),
        ("blessing", "rained"),
    )
    assert (found.found, found.share) == (16, 0.75)


def test_every_difference_is_listed_in_the_words_of_either_coder() -> None:
    assert set(result().differences) == {
        Difference(("mayor-no", "no-rise"), "force", "DEMANDS", "STATES"),
        Difference(("brandt-torn", "curse"), "attribution", "PARTIAL_QUOTE", "DIRECT_QUOTE"),
        Difference(("board-survey", "survey"), "force", "PROPOSES", "DEMANDS"),
        Difference(("brandt-sells", "land"), "attitude", "INTENDS", "WANTS"),
        Difference(("sluice-failed", "sluice"), "force", "ACCUSES", "STATES"),
        Difference(("open-books", "books"), "force", "DEMANDS", "STATES"),
        Difference(("open-books", "books"), "holder", "nobody", "the neighbours"),
        Difference(("open-books", "books"), "attitude", "none", "WANTS"),
    }


def test_each_field_has_an_alpha_of_the_pairs_in_which_both_gave_a_value() -> None:
    fields = result().fields
    assert {name: (one.compared, one.differing) for name, one in fields.items()} == {
        "attribution": (12, 1),
        "force": (12, 4),
        "polarity": (9, 0),
        "speaker": (12, 0),
        "holder": (12, 1),
        "attitude": (1, 1),
    }
    held = [("nobody", "nobody")] * 10 + [("Brandt", "Brandt"), ("nobody", "neighbours")]
    assert fields["holder"].alpha == krippendorff_alpha(held)
    assert fields["speaker"].alpha == 1


def test_a_corrected_pair_counts_as_it_was_corrected() -> None:
    both = both_coders()
    found = agreement(both, [("brandt-torn", "blessing"), ("vote-set", "rained")])
    assert found.pairs == (("brandt-torn", "blessing"), ("vote-set", "rained"))
    assert len(found.only_first) == 12
    assert "curse" in found.only_second


def test_without_pairs_there_is_no_alpha_and_without_statements_no_share() -> None:
    both = both_coders()
    none = agreement(both, [])
    assert none.share == 0
    assert {one.alpha for one in none.fields.values()} == {None}
    assert agreement(two({}, {}), []).share is None


@pytest.mark.parametrize(
    "pairs",
    [
        [("mayor-no", "split"), ("mayor-no", "hold")],
        [("mayor-no", "split"), ("critics", "split")],
        [("nothing", "split")],
        [("split", "mayor-no")],
    ],
)
def test_pairs_of_what_is_not_there_or_in_two_pairs_are_refused(
    pairs: list[tuple[str, str]],
) -> None:
    with pytest.raises(InvalidInput):
        agreement(both_coders(), pairs)


def test_dossiers_of_two_documents_are_not_compared() -> None:
    with pytest.raises(InvalidInput) as refused:
        compare(dossier("one"), dossier("other", "cd" * 32))
    assert [str(fault) for fault in refused.value.faults] == [
        f"{name}.yaml:1: source.sha256: the dossiers code two documents: their SHA-256 differ"
        for name in ("one", "other")
    ]


def test_a_dossier_without_a_document_is_not_compared() -> None:
    with pytest.raises(InvalidInput, match=r"shared\.yaml: source: is missing"):
        compare(dossier("one"), read_dossier("dossier: 1", "shared.yaml"))


def test_statements_that_a_dossier_quotes_from_another_source_are_not_compared() -> None:
    other = said("It rains.", passages=[{**passage(0, 9), "source": "source/elsewhere"}])
    both = two({"here": said("It rains."), "there": other}, {"b": said("It rains.")})
    found = agreement(both, propose_pairs(both))
    assert (found.pairs, found.only_first) == ((("here", "b"),), ())


# -- who is who --------------------------------------------------------------------------------


def differing_speakers(one: Dossier, other: Dossier, *shared: Dossier) -> int:
    """Return in how many pairs the speakers differ, of the pair of statements a and b."""
    both = compare(one, other, [entry for dossier in shared for entry in dossier.entries])
    return agreement(both, [("a", "b")]).fields["speaker"].differing


def of_one_statement(short: str, **parts: Part) -> Dossier:
    """Return a dossier with one statement, by ``who``."""
    return dossier(f"of-{short}", statements={short: said("It is.", speaker="who")}, **parts)


def actor(name: str, *aliases: str, **fields: object) -> Input:
    return {"name": name, "kind": "PERSON", "aliases": list(aliases), **fields}


@pytest.mark.parametrize(
    ("first", "second", "differing"),
    [
        (actor("Ann Lee"), actor("ann  LEE"), 0),
        (actor("The White House"), actor("white house"), 0),
        (actor("an official"), actor("a Official"), 0),
        (actor("the mayor's deputy"), actor("Mayor’s deputy"), 0),
        (actor("Andorra"), actor("dorra"), 1),
        (actor("Theo"), actor("o"), 1),
        (actor("Rene\u0301e"), actor("Ren\u00e9e"), 0),
        (actor("United States", "US", "Washington"), actor("Washington"), 0),
        (actor("United States", "Washington"), actor("US", "washington"), 0),
        (actor("Ann Lee"), actor("Ann"), 1),
        (actor("Ann", id="actor/ann-lee"), actor("Lee", id="actor/ann-lee"), 0),
        (actor("Ann", id="actor/x/who"), actor("Lee", id="actor/x/who"), 1),
    ],
)
def test_actors_are_known_by_their_names(first: Input, second: Input, differing: int) -> None:
    one = of_one_statement("a", actors={"who": first})
    other = of_one_statement("b", actors={"who": second})
    assert differing_speakers(one, other) == differing


@pytest.mark.parametrize(
    ("first", "used", "differing"),
    [
        (actor("Ann Lee"), "actor/ann-lee", 0),
        (actor("Who"), "actor/ann-lee", 0),  # the short name that stands for it
        (actor("Ann"), "actor/ann-lee", 1),
        (actor("Ann", id="actor/ann-lee"), "actor/ann-lee", 0),
    ],
)
def test_actors_used_from_elsewhere_go_by_what_the_dossier_has_of_them(
    first: Input, used: str, differing: int
) -> None:
    one = of_one_statement("a", actors={"who": first})
    assert differing_speakers(one, of_one_statement("b", use={"who": used})) == differing


def test_actors_used_from_elsewhere_have_the_names_of_a_dossier_that_tells_of_them() -> None:
    one = of_one_statement("a", actors={"who": actor("Washington")})
    other = of_one_statement("b", use={"who": "actor/usa"})
    usa = actor("United States", "Washington", id="actor/usa")
    assert differing_speakers(one, other) == 1
    assert differing_speakers(one, other, dossier("shared", actors={"usa": usa})) == 0


def test_the_short_name_of_an_actor_used_from_elsewhere_is_a_name_of_it() -> None:
    one = of_one_statement("a", actors={"who": actor("The White House")})
    statement = said("It is.", speaker="white-house")
    other = dossier("x", use={"white-house": "actor/wh"}, statements={"b": statement})
    assert differing_speakers(one, other) == 0


def test_who_speaks_in_the_documents_own_voice_is_one_whatever_it_is_called() -> None:
    def own(name: str) -> Input:
        return {"p": {"name": name, "kind": "ORGANISATION"}}

    voice: Input = {"a": said("It is.", speaker="p", attribution="OWN_VOICE"), "b": said("So.")}
    both = compare(
        dossier("one", actors=own("The Paper"), statements=voice),
        dossier("other", actors=own("publisher (not stated)"), statements=voice),
    )
    assert agreement(both, [("a", "a")]).fields["speaker"].differing == 0
    assert agreement(both, [("a", "b")]).fields["speaker"].differing == 1


def test_an_unnamed_publisher_is_not_mixed_up_with_others_called_alike() -> None:
    unnamed: Input = {"name": "(not stated)", "kind": "GROUP", "named": False}
    one = dossier(
        "one",
        actors={"p": unnamed, "q": unnamed},
        statements={
            "a": said("It is.", speaker="p", attribution="OWN_VOICE"),
            "b": said("It is.", speaker="q"),
        },
    )
    both = compare(one, one)
    assert agreement(both, [("a", "b")]).fields["speaker"].differing == 1
    assert agreement(both, [("b", "b")]).fields["speaker"].differing == 0


def test_a_name_that_joins_two_actors_joins_all_who_have_their_names() -> None:
    one = dossier(
        "one",
        actors={"a": actor("A"), "b": actor("B"), "c": actor("A", "B")},
        statements={name: said("It is.", speaker=name) for name in "abc"},
    )
    both = compare(one, one)
    pairs = [("a", "b"), ("b", "c"), ("c", "a")]
    assert agreement(both, pairs).fields["speaker"].differing == 0


# -- the text ----------------------------------------------------------------------------------


def test_the_text_shows_shares_alphas_differences_and_claims_side_by_side() -> None:
    both = both_coders()
    lines = agreement_text(agreement(both, propose_pairs(both)), both).splitlines()
    assert lines[:3] == [
        "first:   14 statements  dam-report.yaml",
        "second:  14 statements  second-coder.yaml",
        "found by both: 12, 75.0% of 16; only in the first: 2, in the second: 2",
    ]
    assert "field        alpha  compared  differ" in lines
    assert "attribution  0.870        12       1" in lines
    assert "  mayor-no       no-rise  force        DEMANDS        STATES" in lines
    names = lines.index("  mayor-no                                        no-rise")
    claims = ("The dam at Veld is made higher.", "The dam rises by a metre or more.")
    assert lines[names + 1] == f"    {claims[0]:48}{claims[1]}"
    assert lines[lines.index("Only in the second") + 1] == "  blessing"
    assert max(map(len, lines)) <= 100


def test_where_there_is_no_alpha_the_text_says_why() -> None:
    both = two({"a": said("It is.")}, {"b": said("It is.")})
    text = agreement_text(agreement(both, [("a", "b")]), both)
    assert "speaker          -         1       0" in text
    assert "no alpha, since the values compared are all the same" in text
    assert "Differences" not in text
    assert "0 statements" in agreement_text(agreement(two({}, {}), []), two({}, {}))
