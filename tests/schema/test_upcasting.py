"""Lifting older versions, shown by an invented kind: total, pure, and step by step."""

import copy
import json

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schema.canonical import canonical_bytes
from schema.changes import Amended, Content, changed_fields
from schema.dates import UncertainDate
from schema.decoding import NewerVersion, NotAnEntry, Undecodable
from schema.entries import ENTRY_TYPES
from schema.upcasting import STEPS, Steps, lift
from tests.schema.golden import example_file
from tests.schema.rumours import (
    FIRST,
    SECOND,
    THIRD,
    First,
    Second,
    Third,
    firsts,
    seconds,
    thirds,
)
from tests.schema.rumours import STEPS as RUMOUR_STEPS

KIND = "RumourRecorded"


@given(firsts)
@settings(deadline=None)
def test_every_entry_of_the_first_version_is_read_as_one_of_the_present(old: First) -> None:
    read = THIRD.decode(KIND, 1, canonical_bytes(old))

    heard = None if old.heard is None else UncertainDate(edtf=old.heard)
    assert read == Third(id=old.id, text=old.words, heard=heard, places=old.places, confirmed=False)


@given(seconds)
@settings(deadline=None)
def test_every_entry_of_the_second_version_is_read_as_one_of_the_present(old: Second) -> None:
    read = THIRD.decode(KIND, 2, canonical_bytes(old))

    assert read == Third(
        id=old.id, text=old.words, heard=old.heard, places=old.places, confirmed=False
    )


@given(thirds)
@settings(deadline=None)
def test_an_entry_of_the_present_version_is_read_as_it_is(entry: Third) -> None:
    assert THIRD.decode(KIND, 3, canonical_bytes(entry)) == entry


@given(firsts)
@settings(deadline=None)
def test_two_steps_are_one_after_the_other_with_a_program_between(old: First) -> None:
    between = SECOND.decode(KIND, 1, canonical_bytes(old))

    assert THIRD.decode(KIND, 2, canonical_bytes(between)) == THIRD.decode(
        KIND, 1, canonical_bytes(old)
    )


def _is_pure(kind: str, version: int, to: int, payload: bytes, steps: Steps) -> bool:
    """Tell whether steps give the same again, and leave what they are given as it is."""
    given = orjson.loads(payload)
    kept = copy.deepcopy(given)
    results = [lift(given, kind, version, to, steps) for _ in range(2)]
    return given == kept and results[0] == results[1]


@given(firsts, st.integers(2, 3))
@settings(deadline=None)
def test_steps_are_pure(old: First, to: int) -> None:
    assert _is_pure(KIND, 1, to, canonical_bytes(old), RUMOUR_STEPS)


def test_a_step_that_changes_what_it_is_given_or_counts_calls_is_found() -> None:
    calls: list[int] = []

    def changing(payload: dict[str, object]) -> dict[str, object]:
        payload["confirmed"] = True
        return payload

    def counting(payload: dict[str, object]) -> dict[str, object]:
        calls.append(1)
        return {**payload, "call": len(calls)}

    for step in (changing, counting):
        assert not _is_pure(KIND, 1, 2, b'{"id":"claim/a"}', {(KIND, 1): step})


# -- amendments of several versions ------------------------------------------------------------


def _content(entry: First | Second | Third) -> Content:
    return Content(KIND, entry.VERSION, canonical_bytes(entry))


def _amended(version: int, **fields: object) -> Amended:
    return Amended(id="claim/a", fields=fields, of_version=version, reason="a slip")


def _told(content: Content) -> Third:
    return THIRD.decode(*content)


def test_an_amendment_of_an_older_version_is_lifted_with_what_it_amends() -> None:
    old = _content(First(id="claim/a", words="It rains.", heard="2025-06"))

    now = old.amended(_amended(1, words="It snows.", heard="2025-07"), RUMOUR_STEPS)

    assert (now.kind, now.version) == (KIND, 1)
    assert _told(now) == Third(
        id="claim/a", text="It snows.", heard=UncertainDate(edtf="2025-07"), confirmed=False
    )


def test_an_amendment_of_a_newer_version_amends_what_an_older_one_becomes() -> None:
    old = _content(First(id="claim/a", words="It rains.", heard="2025-06"))

    now = old.amended(_amended(3, confirmed=True), RUMOUR_STEPS)

    assert _told(now) == Third(
        id="claim/a", text="It rains.", heard=UncertainDate(edtf="2025-06"), confirmed=True
    )


def test_amendments_of_one_version_after_the_other_all_count() -> None:
    content = _content(First(id="claim/a", words="It rains.", heard="2025-06"))
    for change in (
        _amended(1, words="It snows."),
        _amended(2, heard={"edtf": "2025-07"}),
        _amended(2, places=["Vienna"]),
        _amended(3, confirmed=True, heard=None),
    ):
        content = content.amended(change, RUMOUR_STEPS)

    assert _told(content) == Third(
        id="claim/a", text="It snows.", places=("Vienna",), confirmed=True
    )


@given(firsts, firsts, st.integers(1, 3))
@settings(deadline=None)
def test_amending_and_lifting_come_to_the_same_in_either_order(
    old: First, other: First, version: int
) -> None:
    """Whether the program was renewed before a correction was written or after it."""
    before, now = ({**orjson.loads(canonical_bytes(one)), "id": "claim/a"} for one in (old, other))
    lifted = [lift(one, KIND, 1, version, RUMOUR_STEPS) for one in (before, now)]
    late = Amended(
        id="claim/a",
        fields=changed_fields(*lifted) or {"places": None},
        of_version=version,
        reason="x",
    )
    early = _amended(1, **(changed_fields(before, now) or {"places": None}))

    content = Content(KIND, 1, orjson.dumps(before))

    assert _told(content.amended(late, RUMOUR_STEPS)) == _told(content.amended(early, RUMOUR_STEPS))


def test_an_amendment_of_an_older_version_than_its_thing_is_a_defect() -> None:
    content = _content(Second(id="claim/a", words="It rains."))

    with pytest.raises(NotAnEntry, match="amends version 1 of RumourRecorded, but it has 2"):
        content.amended(_amended(1, words="It snows."), RUMOUR_STEPS)


@pytest.mark.parametrize("version", [2, 3, 10**12])
def test_an_amendment_of_a_newer_version_than_the_program_is_not_guessed_at(version: int) -> None:
    content = _content(First(id="claim/a", words="It rains."))

    with pytest.raises(NewerVersion) as told:
        content.amended(_amended(version, confirmed=True), {})
    assert str(told.value) == (
        f"no RumourRecorded of version {version} is known to this program, which knows it up to "
        "version 1: use the newer program that wrote it"
    )


@pytest.mark.parametrize("payload", [b"", b"[]", b"1", b"null", b'{"id":"claim/a"}'])
def test_an_amendment_of_what_is_no_entry_is_a_defect(payload: bytes) -> None:
    with pytest.raises(NotAnEntry, match="is not what RumourRecorded of version 2 holds"):
        Content(KIND, 2, payload).amended(_amended(3, confirmed=True), RUMOUR_STEPS)


@given(thirds)
@settings(deadline=None)
def test_an_older_program_refuses_a_newer_version_whatever_it_holds(entry: Third) -> None:
    for older in (FIRST, SECOND):
        with pytest.raises(NewerVersion, match="use the newer program that wrote it"):
            older.decode(KIND, 3, canonical_bytes(entry))


@given(
    st.integers(1, 2),
    st.binary()
    | st.recursive(
        st.none() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(("words", "heard")), inner),
    ).map(lambda value: json.dumps(value).encode()),
)
@settings(deadline=None, max_examples=300)
def test_a_step_that_meets_what_was_never_written_is_a_refusal(
    version: int, payload: bytes
) -> None:
    with pytest.raises(Undecodable) as told:
        THIRD.decode(KIND, version, payload)
    assert isinstance(told.value, NotAnEntry)
    assert str(told.value)


def test_what_a_version_never_held_is_told() -> None:
    for payload in (b"no JSON", b"[]", b"7", b'{"id":"claim/a"}', b"[" * 100_000):
        with pytest.raises(NotAnEntry, match="is not what RumourRecorded of version 2 holds"):
            THIRD.decode(KIND, 2, payload)


def test_the_steps_of_the_program_take_the_golden_files_and_are_pure() -> None:
    older = {(model.kind(), n): model for model in ENTRY_TYPES for n in range(1, model.VERSION)}

    assert older.keys() == STEPS.keys()
    for (kind, version), model in older.items():
        payload = example_file(kind, version).read_bytes()
        assert _is_pure(kind, version, model.VERSION, payload, STEPS)
