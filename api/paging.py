"""Pages by cursor, as the Relay connection specification has them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

import strawberry

from api.classes import Field, nullable, output, shell
from api.ordering import Sorting
from api.problems import BadRequest
from api.types import NODE_TYPES
from graph.cursors import BadCursor, decode, encode
from graph.model import KINDS, Kind
from graph.selection import DEFAULT_PAGE, MAX_PAGE, PageRows

Arguments: TypeAlias = Mapping[str, object]


@strawberry.type(description="Where a page begins and ends.")
class PageInfo:
    """What lies around a page."""

    has_next_page: bool = strawberry.field(description="Whether there is more after this page.")
    has_previous_page: bool = strawberry.field(description="Whether there is more before it.")
    start_cursor: str | None = strawberry.field(description="The cursor of the first thing.")
    end_cursor: str | None = strawberry.field(description="The cursor of the last thing.")


def _make_connection(kind: Kind) -> type:
    node = NODE_TYPES[kind.label]
    edge = output(
        shell(f"{kind.label}Edge"),
        f"A {kind.label} and its place in the order.",
        {
            "cursor": Field(str, "Its place in the order: give it to after or before."),
            "node": Field(node, kind.description),
        },
    )
    return output(
        shell(f"{kind.label}Connection"),
        f"A page of {kind.plural}.",
        {
            "edges": Field(list[edge], "The things with their cursors."),  # type: ignore[valid-type]
            "nodes": Field(list[node], "The things."),  # type: ignore[valid-type]
            "pageInfo": Field(PageInfo, "Where the page begins and ends."),
            "totalCount": Field(int, "How many there are in all; counted only when asked for."),
        },
    )


CONNECTION_TYPES: dict[str, type] = {kind.label: _make_connection(kind) for kind in KINDS.values()}
"""The page of each kind, by label."""

PAGE_ARGUMENTS: dict[str, Field] = {
    "first": Field(
        nullable(int),
        f"How many, from the beginning or after a cursor: {DEFAULT_PAGE} unless "
        f"told, at most {MAX_PAGE:,}.",
    ),
    "after": Field(nullable(str), "The cursor after which the page begins."),
    "last": Field(nullable(int), "How many, from the end or before a cursor."),
    "before": Field(nullable(str), "The cursor before which the page ends."),
}


@dataclass(frozen=True, slots=True)
class Window:
    """Which page of an order: how many, from which cursor's key, in which direction."""

    limit: int
    cursor: tuple[str | int, ...] | None
    backward: bool


def window_of(arguments: Arguments, sorting: Sorting, as_of: int | None = None) -> Window:
    """Return the page that ``first``, ``after``, ``last`` and ``before`` ask for.

    :raises BadRequest: they contradict each other, a number is out of range, or a cursor is
        none or belongs to another order or position.
    """
    first, last = arguments.get("first"), arguments.get("last")
    after, before = arguments.get("after"), arguments.get("before")
    if first is not None and last is not None:
        raise BadRequest("first and last cannot both be asked for")
    backward = last is not None or (first is None and before is not None)
    name, cursor = ("before", before) if backward else ("after", after)
    if (after if backward else before) is not None:
        raise BadRequest("first goes with after, and last with before")
    limit = _limit("last" if backward else "first", last if backward else first)
    return Window(limit, _key(name, cursor, sorting, as_of), backward)


def _limit(name: str, value: object) -> int:
    if value is None:
        return DEFAULT_PAGE
    assert isinstance(value, int)
    if not 0 <= value <= MAX_PAGE:
        raise BadRequest(f"{name} is {value:,}: a page has 0 to {MAX_PAGE:,} things")
    return value


def _key(
    name: str, cursor: object, sorting: Sorting, as_of: int | None
) -> tuple[str | int, ...] | None:
    if cursor is None:
        return None
    try:
        key = decode(str(cursor), sorting.order, sorting.descending, as_of)
    except BadCursor as error:
        raise BadRequest(f"{name}: {error}") from None
    # A cursor can be made by hand, too.
    if tuple(map(type, key)) != sorting.key or any(_huge(part) for part in key):
        raise BadRequest(f"{name}: {str(cursor)[:40]!r} is not a cursor")
    return key


def _huge(part: str | int) -> bool:
    return isinstance(part, int) and not -(2**63) <= part < 2**63


def cursors_of(found: PageRows, sorting: Sorting, as_of: int | None = None) -> list[str]:
    """Return the cursor of each row of a page."""
    return [encode(sorting.order, sorting.descending, key, as_of) for key in found.keys]


def page_info(found: PageRows, window: Window, cursors: list[str]) -> dict[str, object]:
    """Return what lies around a page, by the names of :class:`PageInfo`'s fields."""
    beyond = window.cursor is not None
    return {
        "hasNextPage": beyond if window.backward else found.more,
        "hasPreviousPage": found.more if window.backward else beyond,
        "startCursor": cursors[0] if cursors else None,
        "endCursor": cursors[-1] if cursors else None,
    }
