"""Filters: the ``where`` inputs, made from the graph model."""

from collections.abc import Sequence
from enum import StrEnum

from strawberry import ID

from api.classes import Field, TypeLike, enum_type, input_type, nullable, shell
from api.types import AT, IS_NULL, POSITION, RECORDED, edge_type_name
from graph.model import KINDS, Date, Json, Kind, Relation, Scalar, Type
from graph.model import Field as ModelField

_MEANINGS = {
    "eq": "Is this; texts without regard to case.",
    "in": "Is one of these.",
    "contains": "Contains this text, without regard to case.",
    "startsWith": "Starts with this text, without regard to case.",
    "lt": "Is less than this.",
    "lte": "Is at most this.",
    "gt": "Is more than this.",
    "gte": "Is at least this.",
    IS_NULL: "Is missing (true), or is there (false).",
}
_RANGE_MEANINGS = {
    "certainlyWithin": "Lies inside this range, whatever the uncertainty.",
    "possiblyWithin": "Overlaps this range: it may lie inside.",
    "before": "Ends before this range begins.",
    "after": "Begins after this range ends.",
}
_TEXT = ("eq", "in", "contains", "startsWith", "lt", "lte", "gt", "gte", "isNull")


def _comparisons(name: str, plain: TypeLike, comparisons: Sequence[str], of: str) -> type:
    fields = {}
    for comparison in comparisons:
        annotation = {"in": list[plain], IS_NULL: bool}.get(comparison, plain)
        fields[comparison] = Field(nullable(annotation), _MEANINGS[comparison])
    return input_type(shell(name), f"Conditions on {of}, all of which hold.", fields)


_SCALAR_WHERE = {
    Type.ID: _comparisons("IdWhere", ID, ("eq", "in", "startsWith", "isNull"), "an id"),
    Type.TEXT: _comparisons("TextWhere", str, _TEXT, "a text"),
    Type.TEXTS: _comparisons(
        "TextsWhere", str, ("eq", "in", "contains", "startsWith"), "any text of a list"
    ),
    Type.INTEGER: _comparisons(
        "IntWhere", int, ("eq", "in", "lt", "lte", "gt", "gte", "isNull"), "a number"
    ),
    Type.BOOLEAN: _comparisons("BooleanWhere", bool, ("eq", "isNull"), "yes or no"),
}
_ENUM_WHERE: dict[type[StrEnum], type] = {}
_DATE_WHERE = input_type(
    shell("DateWhere"),
    "How an uncertain date lies to a range in EDTF, such as 2025-05/2025-06.",
    {name: Field(nullable(str), meaning) for name, meaning in _RANGE_MEANINGS.items()},
)
_RECORDING_WHERE = input_type(
    shell("RecordingWhere"),
    "Conditions on the log entry that put a thing on record.",
    {
        "position": Field(nullable(_SCALAR_WHERE[Type.INTEGER]), "Its place in the log."),
        "recordedAt": Field(nullable(_SCALAR_WHERE[Type.TEXT]), "When it was recorded, in UTC."),
    },
)
WHERE_TYPES: dict[str, type] = {label: shell(f"{label}Where") for label in KINDS}
"""The filter of each kind, by label."""

_MAY_BE_MISSING = "Of a relation to one: there is none (true), or there is one (false)."
_TARGETS_OF_ONE = {
    field.target
    for kind in KINDS.values()
    for field in kind.fields
    if isinstance(field, Relation) and not field.many and field.node_field is None
}

_LIST_WHERE: dict[str, type] = {}
_EDGE_WHERE: dict[str, type] = {}


def _enum_where(enum: type[StrEnum]) -> type:
    if enum not in _ENUM_WHERE:
        name = f"{enum.__name__}Where"
        of = f"the {enum.__name__}"
        _ENUM_WHERE[enum] = _comparisons(name, enum_type(enum), ("eq", "in", "isNull"), of)
    return _ENUM_WHERE[enum]


def _scalar_where(scalar: Scalar) -> type:
    return _enum_where(scalar.enum) if scalar.enum else _SCALAR_WHERE[scalar.type]


def _edge_where(relation: Relation) -> type:
    name = f"{edge_type_name(relation)}Where"
    if name not in _EDGE_WHERE:
        assert relation.node_field is not None
        fields = {
            one.name: Field(nullable(_scalar_where(one)), one.description)
            for one in relation.properties
        }
        target = KINDS[relation.target]
        fields[relation.node_field] = Field(nullable(WHERE_TYPES[target.label]), target.description)
        if not relation.many:
            fields[IS_NULL] = Field(nullable(bool), _MAY_BE_MISSING)
        description = f"Conditions on a {edge_type_name(relation)}, all of which hold."
        _EDGE_WHERE[name] = input_type(shell(name), description, fields)
    return _EDGE_WHERE[name]


def _relation_where(relation: Relation) -> type:
    one = WHERE_TYPES[relation.target] if relation.node_field is None else _edge_where(relation)
    if not relation.many:
        return one
    name = f"{one.__name__.removesuffix('Where')}ListWhere"
    if name not in _LIST_WHERE:
        meanings = {
            "some": "At least one satisfies this.",
            "all": "All satisfy this, or there are none.",
            "none": "None satisfies this.",
        }
        fields = {key: Field(nullable(one), meaning) for key, meaning in meanings.items()}
        _LIST_WHERE[name] = input_type(shell(name), "How many of a list satisfy what.", fields)
    return _LIST_WHERE[name]


def _field_where(field: ModelField) -> type | None:
    match field:
        case Scalar():
            return _scalar_where(field)
        case Date():
            return _DATE_WHERE
        case Relation():
            return _relation_where(field)
        case Json():
            return None


def _make_where(kind: Kind) -> None:
    cls = WHERE_TYPES[kind.label]
    fields: dict[str, Field] = {}
    for field in kind.fields:
        where = _field_where(field)
        if field.name == POSITION:
            fields[RECORDED] = Field(nullable(_RECORDING_WHERE), "The entry that recorded it.")
        elif where is not None and field.name != AT:
            fields[field.name] = Field(nullable(where), field.description)
    if kind.other_names:
        fields["called"] = Field(
            nullable(str), "Has this name, or this as another name, without regard to case."
        )
    if kind.whole:
        fields["under"] = Field(nullable(ID), "Is the thing with this id, or anything below it.")
    if kind.label in _TARGETS_OF_ONE:
        meaning = f"{_MAY_BE_MISSING} Stands directly below the relation, in no AND, OR or NOT."
        fields[IS_NULL] = Field(nullable(bool), meaning)
    fields["AND"] = Field(nullable(list[cls]), "All of these hold.")  # type: ignore[valid-type]
    fields["OR"] = Field(nullable(list[cls]), "At least one of these holds.")  # type: ignore[valid-type]
    fields["NOT"] = Field(nullable(cls), "This does not hold.")
    input_type(cls, f"Conditions on a {kind.label}, all of which hold.", fields)


for _kind in KINDS.values():
    _make_where(_kind)
