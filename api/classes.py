"""Making Strawberry types from data: the model stands elsewhere, once."""

import keyword
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

import strawberry

# Types made at run time can be written in no annotation: this is what stands for them.
TypeLike = Any


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a type: its annotation, its description, and for inputs its default."""

    annotation: TypeLike
    description: str
    default: object = strawberry.UNSET


def shell(name: str, *bases: type) -> type:
    """Return a class that other types can name before its fields are known."""
    return type(name, bases, {"__module__": __name__})


def output(cls: type, description: str, fields: Mapping[str, Field]) -> type:
    """Fill a shell and make it an object type."""
    _fill(cls, fields, is_input=False)
    return strawberry.type(cls, name=cls.__name__, description=description)


def input_type(
    cls: type, description: str, fields: Mapping[str, Field], *, one_of: bool = False
) -> type:
    """Fill a shell and make it an input type; ``one_of`` takes exactly one field."""
    _fill(cls, fields, is_input=True)
    return strawberry.input(cls, name=cls.__name__, description=description, one_of=one_of)


@cache
def enum_type(enum: type[StrEnum]) -> type[StrEnum]:
    """Make an enum of the vocabulary an enum of the API, by the same name."""
    return strawberry.enum(enum, description=sentence(enum.__doc__))


def nullable(annotation: TypeLike) -> TypeLike:
    """Return the annotation of a field that may be null."""
    return annotation | None


def sentence(docstring: str | None) -> str:
    """Return the first paragraph of a docstring on one line, without its markup."""
    first = (docstring or "").strip().partition("\n\n")[0]
    return " ".join(first.split()).replace("``", "")


def python_name(name: str) -> str:
    """Return the attribute that a field is held in: ``from`` is no name in Python."""
    return f"{name}_" if keyword.iskeyword(name) else name


def _fill(cls: type, fields: Mapping[str, Field], *, is_input: bool) -> None:
    cls.__annotations__ = {python_name(name): one.annotation for name, one in fields.items()}
    for name, one in fields.items():
        if is_input:
            made = strawberry.field(name=name, description=one.description, default=one.default)
        else:
            made = strawberry.field(name=name, description=one.description)
        setattr(cls, python_name(name), made)
