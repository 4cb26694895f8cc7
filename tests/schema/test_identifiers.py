"""Identifiers: their form, what is said of a wrong one, and made ones in order."""

import time
import uuid
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schema.entries import (
    CHANGE_TYPES,
    THING_TYPES,
    ActorRecorded,
    AnyChange,
    AnyThing,
    StatementRecorded,
)
from schema.identifiers import KINDS, MAX_LENGTH, kind_of, made_id
from tests.schema.examples import FULL, faults, minimal

FORM = "kind/name or kind/document/name, each of a-z, 0-9 and '-', at most 200 characters"


@pytest.mark.parametrize(
    ("identifier", "kind"),
    [
        ("actor/xi-jinping", "actor"),
        ("statement/mano-a-mano/doshi-unpredictable", "statement"),
        ("claim/1", "claim"),
        ("judgement/0190b2f6-7d3c-7a51-8b1e-2f4a6c8d0e12", "judgement"),
        ("issue/-", "issue"),
        ("actor/" + "a" * (MAX_LENGTH - 6), "actor"),
    ],
)
def test_an_id_names_its_kind(identifier: str, kind: str) -> None:
    assert kind_of(identifier) == kind


@pytest.mark.parametrize(
    "text",
    [
        "",
        "actor",
        "actor/",
        "/xi",
        "actor//xi",
        "actor/a/b/c",
        "actor/xi/",
        "Actor/xi",
        "actor/Xi",
        "actor/xi jinping",
        "actor/xi_jinping",
        "actor/习近平",
        "actor/ñ",
        "actor/１",
        "actor/xi\n",
        " actor/xi",
        "actor/xi\x00",
        "actor/\ud800",
        "actor/../xi",
        "actor/xi#char=1,2",
        "actor/" + "a" * (MAX_LENGTH - 5),
        "a" * 100_000,
    ],
)
def test_a_text_that_is_no_id_is_told_what_one_looks_like(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not an identifier") as refused:
        kind_of(text)

    sentence = str(refused.value)
    assert sentence.endswith(f"is not an identifier: {FORM}")
    assert sentence.isprintable()
    assert len(sentence) < 250


def test_an_unknown_kind_is_told_the_known_ones() -> None:
    with pytest.raises(ValueError, match="unknown kind") as refused:
        kind_of("person/xi")

    assert str(refused.value) == (
        "'person/xi' has an unknown kind; known are actor, role, issue, claim, event, statement, "
        "source, link, judgement"
    )


@pytest.mark.parametrize("model", THING_TYPES)
def test_a_thing_has_an_id_of_its_own_kind(model: type[AnyThing]) -> None:
    own = str(FULL[model]["id"]).partition("/")[0]

    for kind in KINDS:
        fine = not faults(model, {**FULL[model], "id": f"{kind}/x"})
        assert fine == (kind == own), kind


@pytest.mark.parametrize("model", CHANGE_TYPES)
def test_a_change_has_the_id_of_what_it_changes_of_any_kind(model: type[AnyChange]) -> None:
    for kind in KINDS:
        assert faults(model, {**FULL[model], "id": f"{kind}/x"}) == []
    (fault,) = faults(model, {**FULL[model], "id": "entry/x"})
    assert "'entry/x' has an unknown kind" in fault


def test_another_kind_is_named() -> None:
    article = faults(ActorRecorded, minimal(ActorRecorded, id="role/xi"))
    either = faults(StatementRecorded, minimal(StatementRecorded, at="actor/xi"))

    assert article == ["id: 'role/xi' is not the id of an actor"]
    assert either == ["at: 'actor/xi' is not the id of an event"]


# -- made ids ----------------------------------------------------------------------------------


@given(st.sampled_from(KINDS))
def test_a_made_id_is_an_id_whose_name_is_a_uuid_of_version_7(kind: str) -> None:
    before = time.time_ns() // 1_000_000
    identifier = made_id(kind)
    after = time.time_ns() // 1_000_000

    assert kind_of(identifier) == kind
    name = identifier.removeprefix(f"{kind}/")
    made = uuid.UUID(name)
    assert str(made) == name
    assert made.version == 7
    assert made.variant == uuid.RFC_4122
    assert before <= made.int >> 80 <= after


def test_made_ids_differ() -> None:
    assert len({made_id("claim") for _ in range(10_000)}) == 10_000


def test_an_id_made_a_millisecond_later_sorts_after(monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.time_ns()
    moments = [now, now + 1_000_000, now + 3_600 * 10**9, now + 10**18]
    monkeypatch.setattr("time.time_ns", iter(moments).__next__)

    made = [made_id("claim") for _ in moments]

    assert all(earlier < later for earlier, later in pairwise(made))
