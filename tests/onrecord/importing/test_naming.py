"""Ids of what is imported: well formed, readable, and the same for the same thing alone."""

from hypothesis import given, settings
from hypothesis import strategies as st

from onrecord.importing.naming import described, keyed
from schema.identifiers import kind_of

TEXTS = st.text(st.sampled_from("ab1-A é/🚧\n\x00\ud800"), max_size=90)
KEYS = st.lists(st.text(st.sampled_from("ab1-A é/"), max_size=6), min_size=1, max_size=3)


def test_plain_keys_stay_as_they_are() -> None:
    assert keyed("claim", "factopolis", "dam-leaks") == "claim/factopolis/dam-leaks"
    assert keyed("source", "factopolis", "ada", "2017-03") == "source/factopolis/ada--2017-03"


def test_other_keys_are_made_readable_and_told_apart() -> None:
    one, other = keyed("actor", "dna", "Ada Marsh"), keyed("actor", "dna", "ada marsh")
    assert one.startswith("actor/dna/ada-marsh-")
    assert one != other


@settings(deadline=None)
@given(KEYS, KEYS)
def test_different_keys_have_different_ids(one: list[str], other: list[str]) -> None:
    assert (keyed("claim", "x", *one) == keyed("claim", "x", *other)) == (one == other)


@settings(deadline=None)
@given(TEXTS, st.lists(TEXTS, max_size=3))
def test_ids_are_well_formed_whatever_they_are_made_of(words: str, content: list[str]) -> None:
    assert kind_of(described("claim", "x", words, *content)) == "claim"
    assert kind_of(keyed("claim", "x", words, *content)) == "claim"
