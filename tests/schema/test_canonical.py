"""Canonical bytes: the same for the same entry, for ever, and back again."""

import json
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
    AnyEntry,
    ClaimRecorded,
    EventRecorded,
    IssueRecorded,
    LinkRecorded,
    RoleRecorded,
    SourceRecorded,
    StatementRecorded,
    UnknownEntry,
    decode,
)
from tests.schema.examples import FULL, KINDS, MINIMAL, minimal
from tests.schema.strategies import EACH_KIND

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"

any_entry = st.sampled_from(KINDS).flatmap(EACH_KIND.__getitem__)

GOLDEN: dict[type[AnyEntry], str] = {
    ActorRecorded: (
        r'{"aliases":["les “officiels” – é\n\\"],"externalIds":[{"scheme":"wikidata",'
        r'"value":"Q1"}],"id":"actor/paper/officials","kind":"GROUP",'
        r'"name":"officials on both sides","named":false,"partOf":["actor/whole"],'
        r'"scopedTo":"source/paper"}'
    ),
    RoleRecorded: (
        r'{"body":"actor/body","from":{"basis":"INFERRED","because":"the text says",'
        r'"edtf":"2021","words":"last spring"},"holder":"actor/holder",'
        r'"id":"role/paper/official","passages":[{"end":300,"part":"CAPTION",'
        r'"sha256":"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",'
        r'"source":"source/paper","start":100}],"title":"former White House official",'
        r'"until":{"basis":"INFERRED","because":"the text says","edtf":"2024-03",'
        r'"words":"last spring"}}'
    ),
    IssueRecorded: (
        r'{"altNames":["duties"],"broader":["issue/trade"],"definition":"Duties on goods.",'
        r'"id":"issue/tariffs","name":"Tariffs","question":"Should there be tariffs?"}'
    ),
    SourceRecorded: (
        r'{"authors":["actor/author"],"derivedFrom":["source/original"],"id":"source/paper",'
        r'"kind":"POST","language":"zh-Hant","length":4000,"name":"Article of the paper",'
        r'"published":{"basis":"INFERRED","because":"the text says","edtf":"2025-06-02",'
        r'"words":"last spring"},"publisher":"actor/publisher","revisionOf":"source/earlier",'
        r'"sha256":"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",'
        r'"title":"Mano a mano","url":"https://example.org/article"}'
    ),
    ClaimRecorded: (
        r'{"events":["event/truce"],"figures":[{"bound":"ABOUT","from":"145","to":"30",'
        r'"unit":"%","what":"tariff","words":"145% to 30%"}],"holds":{"basis":"INFERRED",'
        r'"because":"the text says","edtf":"[2025-05-26..2025-06-02]","words":"last spring"},'
        r'"id":"claim/truce","issues":["issue/tariffs"],"mentions":["actor/mentioned"],'
        r'"text":"The truce cut tariffs.","unspecified":["which goods"]}'
    ),
    EventRecorded: (
        r'{"figures":[{"bound":"ABOUT","from":"145","to":"30","unit":"%","what":"tariff",'
        r'"words":"145% to 30%"}],"id":"event/call","issues":["issue/tariffs"],'
        r'"name":"The call","occurred":{"basis":"INFERRED","because":"the text says",'
        r'"edtf":"2025-06-XX","words":"last spring"},'
        r'"participants":[{"actor":"actor/participant","role":"caller"}],'
        r'"passages":[{"end":300,"part":"TITLE",'
        r'"sha256":"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",'
        r'"source":"source/paper","start":100}],"place":"by telephone","status":"SCHEDULED"}'
    ),
    StatementRecorded: (
        r'{"addressedTo":["actor/addressee"],"ascribedTo":{"actor":"actor/believer",'
        r'"attitude":"FEARS"},"at":"event/briefing","attribution":"PARTIAL_QUOTE",'
        r'"capacity":"role/capacity","claim":"claim/truce","force":"WARNS",'
        r'"hedging":[{"end":108,"exact":"could",'
        r'"sha256":"0e031e954a432055ace97e08d1a097013f562c021a1c3aa3ab4948dd56793b86",'
        r'"start":103}],"id":"statement/paper/doshi","issues":["issue/own"],'
        r'"passages":[{"end":126,"exact":"It could be “mano a mano”.","part":"SUMMARY",'
        r'"sha256":"25e2daab88185da024d9d631d1a60068de9116028f5e23c871548f8b5a2e6e13",'
        r'"source":"source/paper","start":100},{"end":500,'
        r'"sha256":"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",'
        r'"source":"source/paper","start":400}],"polarity":"DOUBTS","quotes":[{"end":124,'
        r'"exact":"mano a mano",'
        r'"sha256":"cff066448b94365494658e76ba0060fdf763b60bbd35f02e854023a628400f6d",'
        r'"start":113}],"rating":"Mostly false","relays":"statement/relayed",'
        r'"said":{"basis":"INFERRED","because":"the text says","edtf":"2025-05~",'
        r'"words":"last spring"},"speaker":"actor/speaker","stances":[{"issue":"issue/asked",'
        r'"stance":"OPPOSES"}],"venue":"the White House","withdraws":"statement/withdrawn"}'
    ),
    LinkRecorded: (
        r'{"because":"the text says so","from":"event/call","id":"link/one",'
        r'"passages":[{"end":300,"part":"RELATED",'
        r'"sha256":"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",'
        r'"source":"source/paper","start":100}],"to":"event/talks","type":"PART_OF"}'
    ),
}


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
        assert value is not None
        if isinstance(value, int):
            assert abs(value) <= MAX_INTEGER
        if isinstance(value, dict):
            assert all(key.isascii() and key.isalnum() for key in value)


@pytest.mark.parametrize("model", KINDS)
def test_an_entry_has_the_bytes_that_it_had_from_the_first_day(model: type[AnyEntry]) -> None:
    written = canonical_bytes(model.model_validate(FULL[model]))

    assert written.decode() == GOLDEN[model]


def test_every_kind_has_an_example() -> None:
    assert set(GOLDEN) == set(FULL) == set(MINIMAL) == set(EACH_KIND) == set(ENTRY_TYPES)


@pytest.mark.parametrize("model", KINDS)
def test_what_is_left_at_its_default_is_not_written(model: type[AnyEntry]) -> None:
    written = canonical_bytes(model.model_validate(MINIMAL[model]))

    assert json.loads(written) == MINIMAL[model]


@pytest.mark.parametrize("model", KINDS)
def test_a_default_said_aloud_changes_no_byte(model: type[AnyEntry]) -> None:
    silent = model.model_validate(MINIMAL[model])
    aloud = model.model_validate(silent.model_dump(by_alias=True))

    assert aloud.model_fields_set > silent.model_fields_set
    assert canonical_bytes(aloud) == canonical_bytes(silent)


def test_defaults_of_parts_are_not_written_either() -> None:
    figure = {"what": "tariff", "to": "30", "unit": "%"}
    given = {**figure, "bound": "EXACT", "from": None, "words": None}
    holds = {"edtf": "2025", "basis": "STATED", "because": None}
    claim = ClaimRecorded.model_validate(minimal(ClaimRecorded, figures=[given], holds=holds))

    written = json.loads(canonical_bytes(claim))

    assert written["figures"] == [figure]
    assert written["holds"] == {"edtf": "2025"}


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


# -- reading back ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "version"),
    [("ActorRecorded", 2), ("ActorRecorded", 0), ("Amended", 1), ("actorRecorded", 1), ("", 1)],
)
def test_an_entry_of_another_model_is_not_guessed_at(kind: str, version: int) -> None:
    payload = canonical_bytes(ActorRecorded.model_validate(MINIMAL[ActorRecorded]))

    with pytest.raises(UnknownEntry, match=f"^no {kind} of version {version} is known"):
        decode(kind, version, payload)


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b'{"id":"actor/xi","kind":"PERSON","name":"Xi"',
        b'{"id":"actor/xi","kind":"PERSON","name":"\xff"}',
        b'{"id":"actor/xi","kind":"PERSON","name":"\\ud800"}',
        b'{"id":"actor/xi","kind":"PERSON","name":"Xi","soul":"1"}',
        b'{"id":"actor/xi","actor_kind":"PERSON","name":"Xi"}',
        b'{"id":"role/xi","kind":"PERSON","name":"Xi"}',
    ],
)
def test_bytes_that_are_no_entry_are_refused(payload: bytes) -> None:
    with pytest.raises(ValueError, match="validation error"):
        decode("ActorRecorded", 1, payload)


def test_the_names_of_kinds_are_the_models() -> None:
    kinds = [model.kind() for model in ENTRY_TYPES]

    assert kinds == [
        "ActorRecorded",
        "RoleRecorded",
        "IssueRecorded",
        "SourceRecorded",
        "ClaimRecorded",
        "EventRecorded",
        "StatementRecorded",
        "LinkRecorded",
    ]
    assert {model.VERSION for model in ENTRY_TYPES} == {1}
