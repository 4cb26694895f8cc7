"""Which other things an entry refers to, read off its model's annotations."""

import types
import typing
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from pydantic import BaseModel

from schema.entries import AnyEntry, LinkRecorded, LinkType
from schema.identifiers import Ref, kind_of


@dataclass(frozen=True, slots=True)
class Reference:
    """An edge from one id to another; ``acyclic``: chains of this relation never close."""

    relation: str
    source: str
    target: str
    acyclic: bool = False


@dataclass(frozen=True, slots=True)
class FieldShape:
    """A field of a model: its two names, and whether it holds ids or models."""

    name: str
    alias: str
    ref: Ref | None
    model: type[BaseModel] | None


def references(entry: AnyEntry) -> tuple[Reference, ...]:
    """Return every reference of an entry, each once, in the order of its fields."""
    found = {
        Reference(ref.relation or path, entry.id, target, ref.acyclic): None
        for path, ref, target in _targets(entry, "")
    }
    if isinstance(entry, LinkRecorded) and entry.type is LinkType.PART_OF:
        relation = f"{kind_of(entry.from_)}PartOf"
        found[Reference(relation, entry.from_, entry.to, acyclic=True)] = None
    return tuple(found)


def _targets(model: BaseModel, prefix: str) -> Iterator[tuple[str, Ref, str]]:
    for field in field_shapes(type(model)):
        value = getattr(model, field.name)
        for item in value if isinstance(value, tuple) else (value,):
            if isinstance(item, BaseModel):
                yield from _targets(item, f"{prefix}{field.alias}.")
            elif field.ref is not None and item is not None:
                yield f"{prefix}{field.alias}", field.ref, item


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
