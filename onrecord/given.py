"""Values of fields as they are given on a command line: ``FIELD=VALUE``."""

import types
import typing
from collections.abc import Iterator, Sequence

from schema.dates import UncertainDate
from schema.entries import THINGS, AnyThing
from schema.errors import Fault, InvalidInput, did_you_mean
from schema.identifiers import kind_of
from schema.references import field_shapes
from schema.yaml import Tree, read_document


def fields_given(
    identifier: str, assigned: Sequence[str], left_out: Sequence[str]
) -> dict[str, object]:
    """Return the new values of a thing's fields: those of ``FIELD=VALUE``, and null for others.

    A text is taken as it stands, and a date in EDTF as well; everything else is read as YAML, of
    which JSON is a part. Whether the values fit is seen when the thing is amended.

    :raises InvalidInput: naming every field that the thing has not, or that is given twice.
    """
    try:
        model = THINGS[kind_of(identifier)]
    except ValueError as error:
        raise InvalidInput([Fault((), str(error))]) from None
    pairs: list[tuple[str, str, str | None]] = [
        *((name, "--set", value) for name, value in map(_parted, assigned)),
        *((name, "--unset", None) for name in left_out),
    ]
    fields: dict[str, object] = {}
    faults: list[Fault] = []
    for name, option, text in pairs:
        try:
            _check_name(model, name, fields)
            fields[name] = None if text is None else _value(model, name, text)
        except InvalidInput as error:
            faults += [fault.under(f"{option} {name}") for fault in error.faults]
    if faults:
        raise InvalidInput(faults)
    return fields


def _parted(assigned: str) -> tuple[str, str]:
    name, equals, value = assigned.partition("=")
    if not equals:
        raise InvalidInput([Fault((f"--set {assigned}",), "has to be FIELD=VALUE")])
    return name, value


def _check_name(model: type[AnyThing], name: str, known: typing.Container[str]) -> None:
    names = [field.alias for field in field_shapes(model) if field.alias != "id"]
    if name == "id":
        raise _wrong("an id is never amended: retract the thing, and record another one")
    if name not in names:
        kind = model.kind().removesuffix("Recorded")
        raise _wrong(
            f"is not a field of {kind}{did_you_mean(name, names)}; its fields are "
            f"{', '.join(names)}"
        )
    if name in known:
        raise _wrong("is given twice")


def _value(model: type[AnyThing], name: str, text: str) -> Tree:
    field = next(one for one in field_shapes(model) if one.alias == name)
    if field.model is UncertainDate:
        return _read(text) if text.lstrip().startswith("{") else {"edtf": text}
    if any(issubclass(one, str) for one in _types(typing.get_type_hints(model)[field.name])):
        return text
    value = _read(text)
    if value is None:
        raise _wrong("has no value: --unset leaves a field out")
    return value


def _types(hint: object) -> Iterator[type]:
    """Yield the types that a field takes beside nothing; those of what a list holds are not."""
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        for one in typing.get_args(hint):
            yield from _types(one)
    elif isinstance(hint, type):
        yield hint


def _read(text: str) -> Tree:
    try:
        return read_document(text, "").root
    except InvalidInput as error:
        raise InvalidInput([Fault(one.path, one.message) for one in error.faults]) from None


def _wrong(message: str) -> InvalidInput:
    return InvalidInput([Fault((), message)])
