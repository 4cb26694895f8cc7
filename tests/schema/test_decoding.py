"""Reading entries back: what is no entry, and what only a newer program can read."""

import json
from typing import ClassVar

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from schema.canonical import canonical_bytes
from schema.decoding import Decoder, NewerVersion, NotAnEntry, Undecodable
from schema.entries import ENTRY_TYPES, ActorRecorded, AnyEntry, decode
from tests.schema.examples import FULL, KINDS, MINIMAL

ACTOR = canonical_bytes(ActorRecorded.model_validate(MINIMAL[ActorRecorded]))


@pytest.mark.parametrize("model", ENTRY_TYPES)
def test_a_version_newer_than_the_program_is_not_guessed_at(model: type[AnyEntry]) -> None:
    kind, version = model.kind(), model.VERSION + 1
    payload = canonical_bytes(model.model_validate(FULL[model]))

    with pytest.raises(NewerVersion) as told:
        decode(kind, version, payload)
    assert str(told.value) == (
        f"no {kind} of version {version} is known to this program, which knows it up to version "
        f"{model.VERSION}: use the newer program that wrote it"
    )


@pytest.mark.parametrize("kind", ["Merged", "actorRecorded", ""])
def test_a_kind_that_the_program_does_not_know_is_not_guessed_at(kind: str) -> None:
    with pytest.raises(NewerVersion) as told:
        decode(kind, 1, ACTOR)
    assert str(told.value) == (
        f"no {kind} of version 1 is known to this program: use the newer program that wrote it"
    )


@pytest.mark.parametrize("version", [0, -1])
def test_no_version_is_before_the_first(version: int) -> None:
    with pytest.raises(NotAnEntry, match=f"no ActorRecorded has version {version}: versions begin"):
        decode("ActorRecorded", version, ACTOR)


@pytest.mark.parametrize(
    ("payload", "fault"),
    [
        (b"", "invalid JSON"),
        (b"null", "has to be fields with their values"),
        (b"[]", "has to be fields with their values"),
        (b"{}", "id: is missing"),
        (b'{"id":"actor/xi","kind":"PERSON","name":"Xi"', "invalid JSON"),
        (b'{"id":"actor/xi","kind":"PERSON","name":"\xff"}', "invalid JSON"),
        (b'{"id":"actor/xi","kind":"PERSON","name":"\\ud800"}', "invalid JSON"),
        (b'{"id":"actor/xi","kind":"PERSON","name":"Xi","soul":"1"}', "soul: is not a field"),
        (b'{"id":"actor/xi","actor_kind":"PERSON","name":"Xi"}', "kind: is missing"),
        (b'{"id":"role/xi","kind":"PERSON","name":"Xi"}', "id: 'role/xi' is not the id of an act"),
        (b"[" * 100_000, "invalid JSON"),
    ],
)
def test_bytes_that_are_no_entry_are_refused_in_a_sentence(payload: bytes, fault: str) -> None:
    with pytest.raises(NotAnEntry) as told:
        decode("ActorRecorded", 1, payload)
    assert str(told.value).startswith(fault)


_PAYLOADS = st.sampled_from([canonical_bytes(model.model_validate(FULL[model])) for model in KINDS])


@st.composite
def _spoilt(draw: st.DrawFn) -> bytes:
    """Make payloads with a stretch of bytes replaced by others."""
    payload = draw(_PAYLOADS)
    start = draw(st.integers(0, len(payload)))
    end = draw(st.integers(start, min(start + 8, len(payload))))
    return payload[:start] + draw(st.binary(max_size=8)) + payload[end:]


@given(
    st.sampled_from([*(model.kind() for model in ENTRY_TYPES), "Merged"]),
    st.integers(-1, 3),
    st.binary()
    | _spoilt()
    | st.recursive(
        st.none() | st.integers() | st.text(), lambda inner: st.dictionaries(st.text(), inner)
    ).map(lambda value: json.dumps(value).encode()),
)
@example("ActorRecorded", 1, b"1" * 5_000)
@settings(deadline=None, max_examples=300)
def test_any_bytes_are_read_or_refused_and_nothing_else(
    kind: str, version: int, payload: bytes
) -> None:
    try:
        entry = decode(kind, version, payload)
    except Undecodable:
        return
    assert (entry.kind(), entry.VERSION) == (kind, version)


def test_the_names_of_kinds_are_the_models() -> None:
    assert [model.kind() for model in ENTRY_TYPES] == [
        "ActorRecorded",
        "RoleRecorded",
        "IssueRecorded",
        "SourceRecorded",
        "ClaimRecorded",
        "EventRecorded",
        "StatementRecorded",
        "LinkRecorded",
        "IdentityJudged",
        "Amended",
        "Retracted",
        "Reinstated",
    ]


# -- decoders that are not whole ---------------------------------------------------------------


class _Third(ActorRecorded):
    VERSION: ClassVar[int] = 3


@pytest.mark.parametrize(
    ("steps", "wrong"),
    [
        ([], "[('_Third', 1), ('_Third', 2)]"),
        ([("_Third", 1)], "[('_Third', 2)]"),
        ([("_Third", 1), ("_Third", 2), ("_Third", 3)], "[('_Third', 3)]"),
        ([("_Third", 1), ("_Third", 2), ("Rumour", 1)], "[('Rumour', 1)]"),
    ],
)
def test_a_decoder_has_every_step_between_versions_and_no_other(
    steps: list[tuple[str, int]], wrong: str
) -> None:
    with pytest.raises(ValueError, match="steps between versions are missing") as told:
        Decoder((_Third,), dict.fromkeys(steps, dict))
    assert str(told.value).endswith(wrong)
