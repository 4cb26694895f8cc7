"""What can be put on record: inputs made from the models of the entries, and the way back."""

import dataclasses
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from pydantic import BaseModel, ValidationError
from strawberry import ID, UNSET
from strawberry.types import get_object_definition, has_object_definition

from api.classes import Field, TypeLike, input_type, nullable, sentence, shell
from api.models import fields_of
from schema.entries import ENTRY_TYPES, AnyEntry
from schema.errors import Fault, InvalidInput, faults_of
from schema.identifiers import made_id

EXPECTED_REVISION = "expectedRevision"

ENTRY_MODELS: dict[str, type[AnyEntry]] = {
    model.kind().removesuffix("Recorded").lower(): model for model in ENTRY_TYPES
}
"""The model of each kind of entry, by the name of its field in ``EntryInput``."""

Plain: TypeAlias = dict[str, object]


def _name(model: type[BaseModel]) -> str:
    return f"{model.__name__.removesuffix('Recorded')}Input"


_MADE: dict[str, type] = {}


def _part(model: type[BaseModel]) -> type:
    name = _name(model)
    if name not in _MADE:
        fields = {
            field: _optional(field, description, annotation, model)
            for field, description, annotation in fields_of(model, _part)
        }
        _MADE[name] = input_type(shell(name), sentence(model.__doc__), fields)
    return _MADE[name]


def _optional(name: str, description: str, annotation: TypeLike, model: type[BaseModel]) -> Field:
    """Return a field that can be left out where the model has a default."""
    info = next(one for key, one in model.model_fields.items() if name == (one.alias or key))
    if info.is_required():
        return Field(annotation, description, dataclasses.MISSING)
    if info.default is None or info.default == ():
        return Field(nullable(annotation), description)
    return Field(annotation, description, info.default)


def _entry(kind: str, model: type[AnyEntry]) -> type:
    fields = {
        field: _optional(field, description, annotation, model)
        for field, description, annotation in fields_of(model, _part)
    }
    fields["id"] = Field(
        nullable(ID), f"Its identifier, {kind}/name; one is made if this is left out."
    )
    fields[EXPECTED_REVISION] = Field(
        nullable(int), "The revision that it has to have; 0 is not yet on record."
    )
    return input_type(shell(_name(model)), sentence(model.__doc__), fields)


ENTRY_INPUT = input_type(
    shell("EntryInput"),
    "One thing to put on record.",
    {
        kind: Field(nullable(_entry(kind, model)), sentence(model.__doc__))
        for kind, model in ENTRY_MODELS.items()
    },
    one_of=True,
)


@dataclass(frozen=True, slots=True)
class Draft:
    """Entries to record, with the revisions expected and where each stands in the input."""

    entries: tuple[AnyEntry, ...]
    expected_revisions: Mapping[str, int]
    places: Mapping[str, tuple[str, ...]]


def draft_of(inputs: list[object], idempotency_key: str | None) -> Draft:
    """Return the entries that inputs describe, with ids made for those that have none.

    With an idempotency key the ids are made from it, so that a repeated request is the same.

    :raises InvalidInput: naming every fault by its path in the input.
    """
    entries: list[AnyEntry] = []
    expected: dict[str, int] = {}
    places: dict[str, tuple[str, ...]] = {}
    faults: list[Fault] = []
    for index, given in enumerate(inputs):
        ((kind, fields),) = plain(given).items()
        assert isinstance(fields, dict)
        place = ("entries", str(index), kind)
        revision = fields.pop(EXPECTED_REVISION, None)
        if fields.get("id") is None:
            fields["id"] = _made_id(kind, idempotency_key, index)
        try:
            entry = ENTRY_MODELS[kind].model_validate(fields)
        except ValidationError as error:
            faults += [fault.under(*place) for fault in faults_of(error)]
            continue
        entries.append(entry)
        places.setdefault(entry.id, place)
        if isinstance(revision, int):
            expected[entry.id] = revision
    if faults:
        raise InvalidInput(faults)
    return Draft(tuple(entries), expected, places)


def plain(given: object) -> Plain:
    """Return what an input object holds, by the names of the API; what was left out is not there.

    A null is left out as well: the models have no field that tells the two apart.
    """
    found: Plain = {}
    for field in get_object_definition(given, strict=True).fields:
        value = getattr(given, field.python_name)
        if value is not UNSET and value is not None:
            found[field.graphql_name or field.python_name] = _value(value)
    return found


def _value(value: object) -> object:
    if isinstance(value, list):
        return [_value(one) for one in value]
    return plain(value) if has_object_definition(value) else value


def _made_id(kind: str, idempotency_key: str | None, index: int) -> str:
    if idempotency_key is None:
        return made_id(kind)
    return f"{kind}/{uuid.uuid5(uuid.NAMESPACE_OID, f'onrecord {index} {idempotency_key}')}"
