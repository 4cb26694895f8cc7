"""Errors: one short sentence a fault, with its place, whatever the input was."""

from collections.abc import Iterator
from typing import TypeAlias

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from schema.entries import ActorRecorded, AnyEntry, StatementRecorded
from schema.errors import SHOWN_LENGTH, Fault, InvalidInput, did_you_mean, faults_of, shown
from tests.schema.examples import FULL, KINDS, faults, minimal

LONGEST_FAULT = 600


# -- faults ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "text"),
    [
        (Fault(("claim",), "is missing"), "claim: is missing"),
        (Fault(("passages", "0", "end"), "is missing"), "passages.0.end: is missing"),
        (Fault((), "is not YAML"), "is not YAML"),
        (Fault(("claim",), "is missing", "a.yaml:7"), "a.yaml:7: claim: is missing"),
        (Fault((), "is not YAML", "a.yaml:7"), "a.yaml:7: is not YAML"),
        (Fault(("a\nb\x1b[2J",), "is no field"), r"'a\nb\x1b[2J': is no field"),
        (Fault(("x" * 1000,), "is no field"), "x" * SHOWN_LENGTH + "…: is no field"),
    ],
)
def test_a_fault_names_file_line_path_and_what_is_wrong(fault: Fault, text: str) -> None:
    assert str(fault) == text


def test_a_fault_can_be_seen_from_further_out() -> None:
    inner = Fault(("end",), "is missing", "a.yaml:7")

    assert inner.under("passages", "0") == Fault(("passages", "0", "end"), *_rest(inner))
    assert inner.under() == inner


def _rest(fault: Fault) -> tuple[str, str | None]:
    return fault.message, fault.where


def test_an_invalid_input_tells_every_fault_on_a_line_of_its_own() -> None:
    found = [Fault(("claim",), "is missing"), Fault(("id",), "is missing")]

    error = InvalidInput(found)

    assert str(error) == "claim: is missing\nid: is missing"
    assert error.faults == tuple(found)


# -- what is shown of an input -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("Xi", "'Xi'"),
        ("", "''"),
        ("a\nb\x00\ud800", r"'a\nb\x00\ud800'"),
        ("x" * 81, f"'{'x' * 80}…'"),
        ("x" * 80, f"'{'x' * 80}'"),
        (7, "7"),
        (None, "null"),
        (True, "true"),
        (False, "false"),
        ({"a": [1]}, "{'a': [1]}"),
    ],
)
def test_an_input_is_shown_on_one_line_and_cut(value: object, text: str) -> None:
    assert shown(value) == text


def test_a_number_that_python_does_not_write_is_described() -> None:
    assert shown(10**5000) == "a number of thousands of digits"
    assert faults(ActorRecorded, minimal(ActorRecorded, kind=10**5000)) == [
        (
            "kind: a number of thousands of digits is none of "
            "'PERSON', 'ORGANISATION', 'STATE' or 'GROUP'"
        )
    ]


@pytest.mark.parametrize(
    "value", [["x" * 10**6] * 1000, {"a": {"b": {"c": ["x"] * 10**6}}}, 10**999]
)
def test_a_large_input_is_shown_in_short(value: object) -> None:
    assert len(shown(value)) < 300


# -- suggestions -------------------------------------------------------------------------------


def test_the_nearest_known_names_are_suggested() -> None:
    known = ["speaker", "speakers", "claim"]

    assert did_you_mean("clain", known) == "; did you mean 'claim'?"
    assert did_you_mean("speakerz", known) == "; did you mean 'speaker' or 'speakers'?"
    assert did_you_mean("zzz", known) == ""
    assert did_you_mean("claim", []) == ""


def test_an_unknown_field_is_told_the_nearest_that_is_known() -> None:
    with pytest.raises(ValidationError) as refused:
        ActorRecorded.model_validate(minimal(ActorRecorded, scoped="source/paper", soul=1))

    assert [str(one) for one in faults_of(refused.value, ["scopedTo", "name"])] == [
        "scoped: is not a field of this; did you mean 'scopedTo'?",
        "soul: is not a field of this",
    ]


def test_every_fault_of_an_input_is_told_at_once() -> None:
    given = minimal(StatementRecorded, speaker="xi", polarity="MAYBE", passages=[{"start": -1}])

    assert [fault.partition(": ")[0] for fault in faults(StatementRecorded, given)] == [
        "speaker",
        "polarity",
        "passages.0.start",
        "passages.0.end",
        "passages.0.sha256",
        "passages.0.source",
    ]


# -- hostile inputs ----------------------------------------------------------------------------

HOSTILE: list[object] = [
    *("\x00", "\ud800", "x" * 100_000, "\u202e", "\x1b[2J", "a\nb", "'; DROP TABLE", "<b>", ""),
    *("[..", "9999-99-99", "[2025..2024]", "actor/" + "a" * 500, "\n" * 3, "…" * 300),
    *(float("inf"), float("nan"), 2**53, -(10**400), 0.5, True, None, 0, -1),
    *([], {}, [[]], [None] * 2000, {"": ""}, {"x" * 100_000: 1}, {"\ud800": 1}, {"a\nb": 1}),
]
UNKNOWN = ("soul", "x" * 100_000, "a\nb", "\ud800", "")
Path: TypeAlias = tuple[str | int, ...]


def _paths(value: object, path: Path = ()) -> Iterator[Path]:
    """Yield the path of every part of an input, itself included."""
    yield path
    if isinstance(value, dict):
        for key, one in value.items():
            yield from _paths(one, (*path, key))
    elif isinstance(value, list):
        for index, one in enumerate(value):
            yield from _paths(one, (*path, index))


def _replaced(value: object, path: Path, new: object) -> object:
    """Return an input with another part at a path."""
    if not path:
        return new
    step, rest = path[0], path[1:]
    if isinstance(value, dict):
        return {**value, step: _replaced(value.get(step), rest, new)}
    assert isinstance(value, list)
    return [_replaced(one, rest, new) if at == step else one for at, one in enumerate(value)]


@st.composite
def hostile(draw: st.DrawFn) -> tuple[type[AnyEntry], object]:
    """Make an entry with something else than it should have at one place, or a field too many."""
    model = draw(st.sampled_from(KINDS))
    places = st.sampled_from(list(_paths(FULL[model])))
    path = draw(places | st.sampled_from(UNKNOWN).map(lambda field: (field,)))
    return model, _replaced(FULL[model], path, draw(st.sampled_from(HOSTILE)))


@given(hostile())
@settings(deadline=None, max_examples=500)
def test_whatever_was_given_is_refused_in_short_sentences(
    given: tuple[type[AnyEntry], object],
) -> None:
    model, value = given
    try:
        model.model_validate(value)
    except ValidationError as error:
        for fault in faults_of(error):
            assert str(fault).isprintable()
            assert len(str(fault)) <= LONGEST_FAULT
            assert not fault.message.endswith(".")
            first = fault.message.split()[0]
            assert not first[0].isupper() or first == first.upper()
