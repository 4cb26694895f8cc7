"""The schema: it says what the model says, and every part of it is explained."""

from pathlib import Path

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLUnionType,
    get_named_type,
    is_list_type,
    is_nullable_type,
)

from api.entry_kinds import EntryKind
from api.filters import WHERE_TYPES
from api.history import HISTORY, RETRACTED
from api.inputs import ENTRY_MODELS
from api.schema import SCHEMA, sdl
from api.types import EDGE_TYPES, JSON_TYPES, RECORDED, WORDS
from graph.model import COMMON, DATE_PARTS, KINDS, Date, Json, Kind, Relation, Scalar, Type
from schema.entries import ENTRY_TYPES

PRINTED = Path(__file__).parents[2] / "docs" / "schema.graphql"
RECORDED_BY_MODEL = {"recordedPosition", "recordedAt"}
OF_THE_LOG = {RECORDED, HISTORY, RETRACTED}
RELATIONS = [
    field for kind in KINDS.values() for field in kind.fields if isinstance(field, Relation)
]
kinds = pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.label)


def object_type(name: str) -> GraphQLObjectType:
    found = SCHEMA.type_map[name]
    assert isinstance(found, GraphQLObjectType)
    return found


def input_object(name: str) -> GraphQLInputObjectType:
    found = SCHEMA.type_map[name]
    assert isinstance(found, GraphQLInputObjectType)
    return found


def test_the_printed_schema_is_this_one() -> None:
    """Run ``python -m api.sdl > docs/schema.graphql`` after a change."""
    assert PRINTED.read_text(encoding="utf-8") == sdl()


@kinds
def test_a_type_has_the_fields_of_its_kind(kind: Kind) -> None:
    names = {field.name for field in kind.fields} - RECORDED_BY_MODEL
    assert set(object_type(kind.label).fields) == names | OF_THE_LOG


@kinds
def test_a_field_is_described_as_the_model_describes_it(kind: Kind) -> None:
    fields = object_type(kind.label).fields
    for field in kind.fields:
        if field.name not in RECORDED_BY_MODEL:
            assert fields[field.name].description == field.description


@kinds
def test_a_field_has_the_type_that_the_model_says(kind: Kind) -> None:
    fields = object_type(kind.label).fields
    for field in kind.fields:
        if field.name in RECORDED_BY_MODEL:
            continue
        found = fields[field.name].type
        bare = found.of_type if isinstance(found, GraphQLNonNull) else found
        name = get_named_type(found).name
        match field:
            case Relation(node_field=None):
                assert (name, is_list_type(bare)) == (field.target, field.many)
            case Relation():
                edge = EDGE_TYPES[field.types[0], str(field.node_field)][0]
                assert (name, is_list_type(bare)) == (edge, field.many)
                properties = {one.name for one in field.properties}
                words = set(WORDS.get(edge, ()))
                assert set(object_type(edge).fields) == {*properties, field.node_field} | words
            case Json():
                assert (name, is_list_type(bare)) == (JSON_TYPES[field.name][0], True)
                assert set(object_type(name).fields) == set(field.parts)
            case Date():
                assert name == "UncertainDate"
            case Scalar():
                assert is_list_type(bare) == (field.type is Type.TEXTS)
                assert (field.enum is not None) == isinstance(
                    get_named_type(found), GraphQLEnumType
                )


def test_a_date_has_all_its_parts() -> None:
    assert tuple(object_type("UncertainDate").fields) == DATE_PARTS


@kinds
def test_everything_but_lists_of_maps_can_be_filtered_by(kind: Kind) -> None:
    names = {field.name for field in kind.fields if not isinstance(field, Json)}
    extra = {RECORDED, "AND", "OR", "NOT"}
    extra |= {"called"} if kind.other_names else set()
    extra |= {"under"} if kind.whole else set()
    to_one = {one.target for one in RELATIONS if not one.many}
    extra |= {"isNull"} if kind.label in to_one else set()
    found = set(input_object(WHERE_TYPES[kind.label].__name__).fields)
    assert found == names - RECORDED_BY_MODEL | extra


@kinds
def test_the_orders_are_those_of_the_model(kind: Kind) -> None:
    order = input_object(f"{kind.label}Order")
    assert order.is_one_of
    assert set(order.fields) == {one.name for one in kind.orders}


def test_what_all_things_have_is_in_the_interface() -> None:
    node = SCHEMA.type_map["Node"]
    assert isinstance(node, GraphQLInterfaceType)
    assert set(node.fields) == {one.name for one in COMMON} - RECORDED_BY_MODEL | OF_THE_LOG
    nullable = {name for name, field in node.fields.items() if is_nullable_type(field.type)}
    assert nullable == {RETRACTED}
    assert {one.name for one in SCHEMA.get_possible_types(node)} == set(KINDS)


def test_every_kind_of_entry_can_be_told_and_recorded() -> None:
    assert {kind.in_log for kind in EntryKind} == {model.kind() for model in ENTRY_TYPES}
    entry = input_object("EntryInput")
    assert entry.is_one_of
    assert set(entry.fields) == set(ENTRY_MODELS)
    assert set(ENTRY_MODELS.values()) == set(ENTRY_TYPES)
    for kind, model in ENTRY_MODELS.items():
        aliases = {field.alias or name for name, field in model.model_fields.items()}
        fields = input_object(f"{kind.capitalize()}Input").fields
        assert set(fields) == aliases - {"ofVersion", "cascadedFrom"} | {"expectedRevision"}


def test_changes_have_mutations_of_their_own() -> None:
    mutation = SCHEMA.mutation_type
    assert mutation is not None
    always = {"idempotencyKey", "dryRun", "waitForGraph"}
    change = {"id", "reason", "expectedRevision"}
    assert {name: set(field.args) - always for name, field in mutation.fields.items()} == {
        "record": {"entries", "cascade"},
        "recordStatement": {"statement"},
        "judgeIdentity": {"judgement"},
        "amend": change | {"fields"},
        "retract": change | {"cascade"},
        "reinstate": change | {"cascade"},
    }
    assert all(always <= set(field.args) for field in mutation.fields.values())


def test_everything_is_described() -> None:
    undescribed: list[str] = []
    for name, one in SCHEMA.type_map.items():
        if name.startswith("__") or name in ("Query", "Mutation"):
            continue
        undescribed += [name] if not one.description else []
        if isinstance(one, GraphQLObjectType | GraphQLInputObjectType | GraphQLInterfaceType):
            undescribed += [
                f"{name}.{key}" for key, field in one.fields.items() if not field.description
            ]
        assert not isinstance(one, GraphQLUnionType) or one.description
    for root in (SCHEMA.query_type, SCHEMA.mutation_type):
        assert root is not None
        for key, field in root.fields.items():
            undescribed += [key] if not field.description else []
            undescribed += [
                f"{key}({argument})" for argument, one in field.args.items() if not one.description
            ]
    assert undescribed == []
