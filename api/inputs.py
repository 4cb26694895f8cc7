"""What can be put on record: inputs made from the models of the entries, and the way back."""

import dataclasses
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias, cast

from pydantic import BaseModel, ValidationError
from strawberry import ID, UNSET
from strawberry.types import get_object_definition, has_object_definition

from api.classes import Field, TypeLike, input_type, nullable, sentence, shell
from api.models import fields_of
from schema.entries import (
    THINGS,
    Amended,
    AnyChange,
    AnyEntry,
    AnyThing,
    Reinstated,
    Retracted,
)
from schema.errors import Fault, InvalidInput, faults_of
from schema.identifiers import made_id

EXPECTED_REVISION = "expectedRevision"

CHANGE_MODELS: dict[str, type[AnyChange]] = {
    "amend": Amended,
    "retract": Retracted,
    "reinstate": Reinstated,
}
ENTRY_MODELS: dict[str, type[AnyEntry]] = {**THINGS, **CHANGE_MODELS}
"""The model of each kind of entry, by the name of its field in ``EntryInput``."""

_OURS = ("ofVersion", "cascadedFrom")
"""Fields of entries that the program tells, whoever records."""

Plain: TypeAlias = dict[str, object]


_MADE: dict[str, type] = {}


def _part(model: type[BaseModel]) -> type:
    name = f"{model.__name__}Input"
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
        if field not in _OURS
    }
    if kind in THINGS:
        made = f"Its identifier, {kind}/name; one is made if this is left out."
        fields["id"] = Field(nullable(ID), made)
    else:
        fields["id"] = Field(ID, fields["id"].description, dataclasses.MISSING)
    fields[EXPECTED_REVISION] = Field(
        nullable(int), "The revision that it has to have; 0 is not yet on record."
    )
    return input_type(shell(f"{kind.capitalize()}Input"), sentence(model.__doc__), fields)


INPUTS: dict[str, type] = {kind: _entry(kind, model) for kind, model in ENTRY_MODELS.items()}
"""The input of each kind of entry."""
STATEMENT_INPUT, JUDGEMENT_INPUT = INPUTS["statement"], INPUTS["judgement"]

ENTRY_INPUT = input_type(
    shell("EntryInput"),
    "One thing to put on record, or one change of what is on record.",
    {
        kind: Field(nullable(INPUTS[kind]), sentence(model.__doc__))
        for kind, model in ENTRY_MODELS.items()
    },
    one_of=True,
)


class Asked(NamedTuple):
    """What is asked to be recorded: where that stands in the arguments, its kind and fields."""

    place: tuple[str, ...]
    kind: str
    fields: Plain


def asked_in(inputs: Sequence[object]) -> list[Asked]:
    """Return what a list of ``EntryInput`` asks for, in the argument ``entries``."""
    return [
        Asked(("entries", str(index), kind), kind, cast("Plain", fields))
        for index, given in enumerate(inputs)
        for kind, fields in plain(given).items()
    ]


@dataclass(frozen=True, slots=True)
class Draft:
    """Entries to record, with the revisions expected and where each stands in the arguments."""

    entries: tuple[AnyEntry, ...]
    expected_revisions: Mapping[str, int]
    places: Mapping[str, tuple[str, ...]]

    def place(self, identifier: str, *field: str) -> list[str]:
        """Return where a field of a thing stands in the arguments, or what asks to change it.

        Nothing of a thing stands there that is only concerned by a change of others.
        """
        place = self.places.get(identifier)
        if place is None:
            return []
        entry = next(one for one in self.entries if one.id == identifier)
        if isinstance(entry, AnyThing) or not field or field[0] in _own_fields(type(entry)):
            return [*place, *field]
        amended = isinstance(entry, Amended) and field[0] in entry.fields
        return [*place, "fields", *field] if amended else [*place, "id"]


def _own_fields(model: type[AnyChange]) -> set[str]:
    return {*model.model_fields, EXPECTED_REVISION}


def draft_of(asked: Sequence[Asked], idempotency_key: str | None) -> Draft:
    """Return the entries that are asked for, with ids made for things that have none.

    With an idempotency key the ids are made from it, so that a repeated request is the same.

    :raises InvalidInput: naming every fault by its path in the arguments.
    """
    entries: list[AnyEntry] = []
    expected: dict[str, int] = {}
    places: dict[str, tuple[str, ...]] = {}
    faults: list[Fault] = []
    for index, (place, kind, given) in enumerate(asked):
        fields = {name: value for name, value in given.items() if name != EXPECTED_REVISION}
        if fields.get("id") is None:
            fields["id"] = _made_id(kind, idempotency_key, index)
        try:
            entry = ENTRY_MODELS[kind].model_validate(fields)
        except ValidationError as error:
            faults += [fault.under(*place) for fault in faults_of(error)]
            continue
        entries.append(entry)
        places.setdefault(entry.id, place)
        revision = given.get(EXPECTED_REVISION)
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
