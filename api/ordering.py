"""Orders: the ``orderBy`` inputs made from the graph model, and what they mean."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from api.classes import Field, enum_type, input_type, nullable, shell
from api.problems import BadRequest
from graph.model import KINDS, Kind, Scalar, Type


class Direction(StrEnum):
    """The direction of an order; what has no date comes last in either."""

    ASC = "ASC"
    DESC = "DESC"


@dataclass(frozen=True, slots=True)
class Sorting:
    """An order of the model, and whether it runs downwards; ``key`` has the types of its keys."""

    order: str
    descending: bool
    key: tuple[type[str] | type[int], ...]


_MEANINGS = {
    "name": "By name, without regard to case.",
    "recorded": "By the place in the log of the entry that put it on record.",
}


def _make_order(kind: Kind) -> type:
    direction = nullable(enum_type(Direction))
    fields = {
        one.name: Field(direction, _MEANINGS.get(one.name, f"By the latest it can be {one.name}."))
        for one in kind.orders
    }
    name, descending = kind.by_default
    usual = f"{name}: {'DESC' if descending else 'ASC'}"
    description = f"An order of {kind.plural}; {usual} unless asked otherwise."
    return input_type(shell(f"{kind.label}Order"), description, fields, one_of=True)


ORDER_TYPES: dict[str, type] = {kind.label: _make_order(kind) for kind in KINDS.values()}
"""The order of each kind, by label."""


def sorting_of(kind: Kind, order_by: Sequence[Mapping[str, Direction]] | None) -> Sorting:
    """Return the order that is asked for, or the kind's own.

    :raises BadRequest: more than one order is asked for, or none in a list.
    """
    if order_by is None:
        return _sorting(kind, *kind.by_default)
    if len(order_by) != 1:
        raise BadRequest(f"orderBy takes exactly one order, not {len(order_by)}")
    ((name, direction),) = order_by[0].items()
    return _sorting(kind, name, direction is Direction.DESC)


def _sorting(kind: Kind, name: str, descending: bool) -> Sorting:
    order = kind.order(name)
    scalars = [one for one in kind.fields if isinstance(one, Scalar)]
    numbers = {one.name for one in scalars if one.type is Type.INTEGER}
    keys = tuple(int if key in numbers else str for key in order.keys)
    return Sorting(name, descending, (int, *keys) if order.dated else keys)
