"""Every version of every kind that was ever written stays what it was, and stays readable."""

from collections.abc import Callable
from enum import StrEnum
from typing import Annotated

import orjson
import pytest
import rfc8785
from pydantic import Field, create_model

from schema.entries import (
    ENTRY_TYPES,
    AnyEntry,
    ClaimRecorded,
    EventRecorded,
    Recorded,
    SourceRecorded,
    decode,
)
from schema.values import Bound, Figure, Several, Text
from tests.schema.golden import FOLDER, example_file, faults, form_file

VERSIONS = [(model, version) for model in ENTRY_TYPES for version in range(1, model.VERSION + 1)]


def test_every_version_of_every_kind_has_golden_files_and_nothing_else_has() -> None:
    files = {
        file(model.kind(), version).name
        for model, version in VERSIONS
        for file in (example_file, form_file)
    }

    assert {file.name for file in FOLDER.iterdir()} == files


@pytest.mark.parametrize("model", ENTRY_TYPES)
def test_the_present_version_of_a_kind_is_what_it_was_from_its_first_day(
    model: type[AnyEntry],
) -> None:
    assert list(faults(model)) == [], (
        f"what is on record as {model.kind()} of version {model.VERSION} would change: "
        "a change is a new version (see CONTRIBUTING.md, How a kind gets a new version)"
    )


@pytest.mark.parametrize(("model", "version"), VERSIONS)
def test_every_version_is_read_and_the_bytes_are_the_one_form_of_what_they_say(
    model: type[AnyEntry], version: int
) -> None:
    golden = example_file(model.kind(), version).read_bytes()

    assert type(decode(model.kind(), version, golden)) is model
    assert rfc8785.dumps(orjson.loads(golden)) == golden


# -- what the golden files find ----------------------------------------------------------------


class _Status(StrEnum):
    HAPPENED = "HAPPENED"
    SCHEDULED = "SCHEDULED"
    PROPOSED = "PROPOSED"
    ALLEGED = "ALLEGED"


class _Figure(Figure):
    bound: Bound = Bound.ABOUT


_Figure.__name__ = "Figure"


def _changed(base: type[Recorded], **fields: object) -> type[Recorded]:
    """Return a model of the same kind with other fields."""
    made: type[Recorded] = create_model(base.__name__, __base__=base, **fields)  # type: ignore[call-overload]  # the fields are data here
    return made


def _without(base: type[Recorded], dropped: str) -> type[Recorded]:
    """Return a model of the same kind that lacks a field."""
    fields = {
        name: (field.rebuild_annotation(), field)
        for name, field in base.model_fields.items()
        if name != dropped
    }
    made: type[Recorded] = create_model(base.__name__, __base__=Recorded, **fields)  # type: ignore[call-overload]  # the fields are data here
    return made


CHANGES: dict[str, Callable[[], type[Recorded]]] = {
    "a field more": lambda: _changed(ClaimRecorded, tone=(Text | None, None)),
    "a field less": lambda: _without(ClaimRecorded, "unspecified"),
    "a field renamed": lambda: _changed(ClaimRecorded, text=(Text, Field(alias="wording"))),
    "a field that may be missing now": lambda: _changed(ClaimRecorded, text=(Text | None, None)),
    "a field that must be there now": lambda: _changed(ClaimRecorded, issues=(Several[Text], ...)),
    "a field of another type": lambda: _changed(ClaimRecorded, holds=(Text | None, None)),
    "another default": lambda: _changed(SourceRecorded, title=(Text | None, "Untitled")),
    "another default in a part": lambda: _changed(ClaimRecorded, figures=(Several[_Figure], ())),
    "a narrower limit": lambda: _changed(
        SourceRecorded, name=(Annotated[str, Field(max_length=100)], ...)
    ),
    "a word less": lambda: _changed(EventRecorded, status=(_Status, ...)),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_model_does_not_pass_for_the_version_that_was_written(change: str) -> None:
    model = CHANGES[change]()

    assert f"the form of {model.kind()} is not that of version 1" in list(faults(model))


def test_a_version_without_golden_files_is_named() -> None:
    model = _changed(ClaimRecorded)
    model.VERSION = 2

    assert list(faults(model)) == ["ClaimRecorded of version 2 has no golden files"]


def test_a_field_that_the_example_does_not_show_is_named() -> None:
    model = _changed(ClaimRecorded, tone=(Text | None, None))

    assert "ClaimRecorded: tone is not filled" in list(faults(model))


def test_a_default_that_moves_onto_a_written_value_would_change_bytes_and_is_named() -> None:
    model = _changed(ClaimRecorded, unspecified=(Several[Text], ("which goods",)))

    assert "ClaimRecorded is not written any more as version 1 was" in list(faults(model))


def test_what_is_not_read_any_more_is_named_with_the_reason() -> None:
    (fault,) = (one for one in faults(_without(ClaimRecorded, "unspecified")) if "read" in one)

    assert fault == (
        "ClaimRecorded of version 1 is not read any more: unspecified: is not a field of this"
    )
