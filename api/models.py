"""Reading the models of the vocabulary as fields of the API."""

import types
import typing
from collections.abc import Callable, Iterator
from enum import StrEnum

from pydantic import BaseModel
from strawberry import ID
from strawberry.scalars import JSON

from api.classes import TypeLike, enum_type, nullable
from schema.identifiers import Ref

PartType = Callable[[type[BaseModel]], type]
"""Gives the API's type for a model that is part of another."""


def fields_of(model: type[BaseModel], part: PartType) -> Iterator[tuple[str, str, TypeLike]]:
    """Yield each field of a model: its name (the alias), description and annotation."""
    hints = typing.get_type_hints(model, include_extras=True)
    for name, field in model.model_fields.items():
        yield field.alias or name, field.description or "", _annotation(hints[name], part)


def always_there(model: type[BaseModel]) -> set[str]:
    """Return the names of the fields of a model that are never missing."""
    return {
        field.alias or name
        for name, field in model.model_fields.items()
        if field.is_required() or field.default is not None
    }


def _annotation(hint: TypeLike, part: PartType) -> TypeLike:
    origin: TypeLike = typing.get_origin(hint)
    arguments = typing.get_args(hint)
    if origin is typing.Annotated:
        inner, *marks = arguments
        return ID if any(isinstance(mark, Ref) for mark in marks) else _annotation(inner, part)
    if origin in (types.UnionType, typing.Union):
        (inner,) = (one for one in arguments if one is not type(None))
        return nullable(_annotation(inner, part))
    if origin is dict:
        return JSON
    if origin is tuple:
        item: TypeLike = _annotation(arguments[0], part)
        return list[item]
    if issubclass(hint, BaseModel):
        return part(hint)
    return enum_type(hint) if issubclass(hint, StrEnum) else hint
