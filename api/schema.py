"""The whole schema: Strawberry's types, with resolvers that read answers already made."""

from collections.abc import Callable
from typing import Any

import strawberry
from graphql import (
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
)
from strawberry.schema.schema_converter import GraphQLCoreConverter

from api.context import Request
from api.mutations import Mutation
from api.queries import Query
from api.questions import FIELDS
from api.types import NODE_TYPES

_DEFINITION = GraphQLCoreConverter.DEFINITION_BACKREF

_SCHEMA = strawberry.Schema(Query, Mutation, types=list(NODE_TYPES.values()))


def sdl() -> str:
    """Return the schema in the schema definition language."""
    return _SCHEMA.as_str().strip() + "\n"


def _executable() -> GraphQLSchema:
    """Return the schema for execution.

    Strawberry's own resolvers look attributes up by a field's name, and cannot tell two aliases
    of one field apart; what is made from pages is held by response key.
    """
    schema = _SCHEMA._schema
    query = schema.query_type
    assert query is not None
    for name in FIELDS:
        query.fields[name].resolve = _made
    for made in schema.type_map.values():
        if isinstance(made, GraphQLInputObjectType):
            # Strawberry checks this in a rule of its own; graphql-core does so in variables too.
            made.is_one_of = made.extensions[_DEFINITION].is_one_of
        if (
            isinstance(made, GraphQLObjectType)
            and made not in (query, schema.mutation_type)
            and not made.name.startswith("__")
        ):
            for field in made.fields.values():
                field.resolve = _made_or_resolved(field)
    return schema


def _made(
    source: dict[str, object], info: GraphQLResolveInfo[Request], **arguments: object
) -> object:
    return source[str(info.path.key)]


def _made_or_resolved(field: GraphQLField) -> Callable[..., object]:
    resolve = field.resolve
    assert resolve is not None

    def either(source: Any, info: GraphQLResolveInfo[Request], **arguments: object) -> object:
        if isinstance(source, dict):
            return source[str(info.path.key)]
        return resolve(source, info, **arguments)

    return either


SCHEMA = _executable()
"""The schema to validate and execute against."""
