"""The root of all queries: a field for a thing of each kind by id, and for a page of them."""

import strawberry
from strawberry import ID
from strawberry.annotation import StrawberryAnnotation
from strawberry.tools import merge_types
from strawberry.types.arguments import StrawberryArgument

from api.classes import Field, TypeLike, nullable, shell
from api.entries import LogQueries
from api.filters import WHERE_TYPES
from api.history import HistoryQueries
from api.moments import AS_OF_ARGUMENT
from api.ordering import ORDER_TYPES
from api.paging import CONNECTION_TYPES, PAGE_ARGUMENTS
from api.questions import PLURAL, SINGULAR
from api.types import NODE_TYPES, Node


def _arguments(fields: dict[str, Field]) -> list[StrawberryArgument]:
    return [
        StrawberryArgument(
            name, name, StrawberryAnnotation(one.annotation), description=one.description
        )
        for name, one in fields.items()
    ]


def _page_queries() -> type:
    cls = shell("PageQueries")
    annotations: dict[str, TypeLike] = {}

    def add(name: str, annotation: TypeLike, description: str, arguments: dict[str, Field]) -> None:
        field = strawberry.field(name=name, description=description)
        field.arguments = _arguments(arguments)
        annotations[name] = annotation
        setattr(cls, name, field)

    by_id = {"id": Field(ID, "The plain identifier, kind/name."), **AS_OF_ARGUMENT}
    by_ids = {"ids": Field(list[ID], "Plain identifiers, kind/name."), **AS_OF_ARGUMENT}
    for name, kind in SINGULAR.items():
        add(name, nullable(NODE_TYPES[kind.label]), f"One {kind.label} by its id.", by_id)
    for name, kind in PLURAL.items():
        order: TypeLike = ORDER_TYPES[kind.label]
        arguments = {
            "where": Field(nullable(WHERE_TYPES[kind.label]), "Only those that satisfy this."),
            "orderBy": Field(nullable(list[order]), "The order: a list of one."),
            **PAGE_ARGUMENTS,
            **AS_OF_ARGUMENT,
        }
        add(name, CONNECTION_TYPES[kind.label], kind.description, arguments)
    add("node", nullable(Node), "The thing with an id, of whatever kind.", by_id)
    thing: TypeLike = nullable(Node)
    add("nodes", list[thing], "The things with these ids, null where there is none.", by_ids)
    cls.__annotations__ = annotations
    return strawberry.type(cls)


Query = merge_types("Query", (_page_queries(), LogQueries, HistoryQueries))
