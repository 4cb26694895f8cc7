"""Which other things an entry refers to, read off its model's annotations."""

import types
import typing
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from pydantic import BaseModel

from schema.entries import AnyThing, LinkRecorded, LinkType
from schema.identifiers import Ref, kind_of


@dataclass(frozen=True, slots=True)
class Reference:
    """An edge from one id to another; ``acyclic``: chains of this relation never close."""

    relation: str
    source: str
    target: str
    acyclic: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where an entry names another thing: the path of the field or item, and the id there."""

    path: tuple[str, ...]
    ref: Ref
    target: str

    @property
    def relation(self) -> str:
        """Return the name of the relation: the path of the field, without places in lists."""
        return self.ref.relation or ".".join(step for step in self.path if not step.isdecimal())


@dataclass(frozen=True, slots=True)
class FieldShape:
    """A field of a model: its two names, and whether it holds ids or models."""

    name: str
    alias: str
    ref: Ref | None
    model: type[BaseModel] | None


def references(entry: AnyThing) -> tuple[Reference, ...]:
    """Return every reference of a thing, each once, in the order of its fields."""
    found = {
        Reference(place.relation, entry.id, place.target, place.ref.acyclic): None
        for place in places(entry)
    }
    if isinstance(entry, LinkRecorded) and entry.type is LinkType.PART_OF:
        relation = f"{kind_of(entry.from_)}PartOf"
        found[Reference(relation, entry.from_, entry.to, acyclic=True)] = None
    return tuple(found)


def places(model: BaseModel, within: tuple[str, ...] = ()) -> Iterator[Place]:
    """Yield every place where a model names another thing, in the order of its fields."""
    for field in _naming_fields(type(model)):
        value = getattr(model, field.name)
        if not value:  # most fields say nothing
            continue
        path = (*within, field.alias)
        if not isinstance(value, tuple):
            yield from _at(value, path, field.ref)
            continue
        for index, item in enumerate(value):
            yield from _at(item, (*path, str(index)), field.ref)


def names(model: BaseModel) -> Iterator[str]:
    """Yield the ids of the things that a model names, some of them more than once."""
    for field in _naming_fields(type(model)):
        value = getattr(model, field.name)
        if not value:
            continue
        for item in value if isinstance(value, tuple) else (value,):
            if isinstance(item, BaseModel):
                yield from names(item)
            elif field.ref is not None:
                yield item


@cache
def _naming_fields(model: type[BaseModel]) -> tuple[FieldShape, ...]:
    """Return the fields that hold ids or models with such fields; few do, and time counts."""
    return tuple(
        field
        for field in field_shapes(model)
        if field.ref is not None or (field.model is not None and _naming_fields(field.model))
    )


def _at(value: object, path: tuple[str, ...], ref: Ref | None) -> Iterator[Place]:
    if isinstance(value, BaseModel):
        yield from places(value, path)
    elif ref is not None and isinstance(value, str):
        yield Place(path, ref, value)


@cache
def field_shapes(model: type[BaseModel]) -> tuple[FieldShape, ...]:
    """Return the shape of each field of a model, in order."""
    hints = typing.get_type_hints(model, include_extras=True)
    return tuple(
        FieldShape(name, field.alias or name, *_shape(hints[name]))
        for name, field in model.model_fields.items()
    )


def _shape(annotation: object) -> tuple[Ref | None, type[BaseModel] | None]:
    """Look inside ``Annotated``, unions and tuples for a reference mark and for a model."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return None, annotation
    marks: list[object] = []
    origin = typing.get_origin(annotation)
    if origin is typing.Annotated:
        marks = list(typing.get_args(annotation)[1:])
    elif origin not in (tuple, typing.Union, types.UnionType):
        return None, None
    ref = next((mark for mark in marks if isinstance(mark, Ref)), None)
    model: type[BaseModel] | None = None
    for inner in typing.get_args(annotation):
        inner_ref, inner_model = _shape(inner)
        ref, model = ref or inner_ref, model or inner_model
    return ref, model
