"""Canonical bytes: the same for the same entry, for ever, and back again."""

import json
import random
from collections.abc import Iterator
from typing import TypeAlias

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from schema.canonical import MAX_INTEGER, canonical_bytes
from schema.entries import (
    ENTRY_TYPES,
    ActorRecorded,
    Amended,
    AnyEntry,
    ClaimRecorded,
    SourceRecorded,
    decode,
)
from tests.schema.examples import FULL, KINDS, MINIMAL, minimal
from tests.schema.strategies import EACH_KIND

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"

any_entry = st.sampled_from(KINDS).flatmap(EACH_KIND.__getitem__)


def _inside(value: Json) -> Iterator[Json]:
    yield value
    if isinstance(value, dict):
        for key, one in value.items():
            yield from (key, *_inside(one))
    elif isinstance(value, list):
        for one in value:
            yield from _inside(one)


@given(any_entry)
@settings(deadline=None, max_examples=300)
def test_the_bytes_are_those_of_rfc_8785(entry: AnyEntry) -> None:
    written = canonical_bytes(entry)

    assert written == rfc8785.dumps(json.loads(written))


@given(any_entry)
@settings(deadline=None, max_examples=300)
def test_an_entry_comes_back_from_its_bytes_as_it_was(entry: AnyEntry) -> None:
    again = decode(entry.kind(), entry.VERSION, canonical_bytes(entry))

    assert again == entry
    assert type(again) is type(entry)
    assert canonical_bytes(again) == canonical_bytes(entry)


@given(any_entry)
@settings(deadline=None)
def test_the_bytes_hold_only_what_every_json_reader_reads_alike(entry: AnyEntry) -> None:
    for value in _inside(json.loads(canonical_bytes(entry))):
        assert not isinstance(value, float)
        assert value is not None or isinstance(entry, Amended)  # whose null leaves a field out
        if isinstance(value, int):
            assert abs(value) <= MAX_INTEGER
        if isinstance(value, dict):
            assert all(key.isascii() and key.isalnum() for key in value)


def test_every_kind_has_an_example() -> None:
    assert set(FULL) == set(MINIMAL) == set(EACH_KIND) == set(ENTRY_TYPES)


@pytest.mark.parametrize("model", KINDS)
def test_what_is_left_at_its_default_is_not_written(model: type[AnyEntry]) -> None:
    written = canonical_bytes(model.model_validate(MINIMAL[model]))

    assert json.loads(written) == MINIMAL[model]


@pytest.mark.parametrize("model", KINDS)
def test_a_default_said_aloud_changes_no_byte(model: type[AnyEntry]) -> None:
    silent = model.model_validate(MINIMAL[model])
    aloud = model.model_validate(silent.model_dump(by_alias=True))

    assert aloud.model_fields_set == set(model.model_fields)
    assert canonical_bytes(aloud) == canonical_bytes(silent)


def test_defaults_of_parts_are_not_written_either() -> None:
    figure = {"what": "tariff", "to": "30", "unit": "%"}
    given = {**figure, "bound": "EXACT", "from": None, "words": None}
    holds = {"edtf": "2025", "basis": "STATED", "because": None}
    claim = ClaimRecorded.model_validate(minimal(ClaimRecorded, figures=[given], holds=holds))

    written = json.loads(canonical_bytes(claim))

    assert written["figures"] == [figure]
    assert written["holds"] == {"edtf": "2025"}


def _shuffled(value: Json, chance: random.Random) -> Json:
    """Return the same JSON with the keys of every object in another order."""
    if isinstance(value, dict):
        items = [(key, _shuffled(one, chance)) for key, one in value.items()]
        chance.shuffle(items)
        return dict(items)
    return [_shuffled(one, chance) for one in value] if isinstance(value, list) else value


@given(any_entry, st.randoms(use_true_random=False))
@settings(deadline=None)
def test_however_an_entry_is_written_down_its_bytes_are_the_same(
    entry: AnyEntry, chance: random.Random
) -> None:
    aloud = json.loads(entry.model_dump_json(by_alias=True))
    told = json.dumps(_shuffled(aloud, chance), ensure_ascii=chance.random() < 0.5, indent=1)
    again = decode(entry.kind(), entry.VERSION, told.encode())

    assert again == entry
    assert canonical_bytes(again) == canonical_bytes(entry)


@given(any_entry, st.data())
@settings(deadline=None)
def test_entries_that_differ_have_different_bytes(entry: AnyEntry, data: st.DataObject) -> None:
    other = data.draw(EACH_KIND[type(entry)])
    name = data.draw(st.sampled_from(list(type(entry).model_fields)))
    mixed = entry.model_copy(update={name: getattr(other, name)})

    assert (canonical_bytes(mixed) == canonical_bytes(entry)) == (mixed == entry)


def test_a_key_order_of_the_input_changes_no_byte() -> None:
    given = FULL[SourceRecorded]
    turned = dict(reversed(given.items()))

    written = [canonical_bytes(SourceRecorded.model_validate(one)) for one in (given, turned)]

    assert written[0] == written[1]


def test_the_order_of_several_things_is_kept() -> None:
    names = ["b", "a", "c"]
    actor = ActorRecorded.model_validate(minimal(ActorRecorded, aliases=names))

    assert json.loads(canonical_bytes(actor))["aliases"] == names


def test_nothing_is_normalised() -> None:
    composed, apart = "caf\u00e9", "cafe\u0301"
    texts = [apart, composed, "\u212b", "ﬁ", "“\t”\u2028x"]
    actor = ActorRecorded.model_validate(minimal(ActorRecorded, aliases=texts))

    assert decode("ActorRecorded", 1, canonical_bytes(actor)) == actor
    assert actor.aliases == tuple(texts)
