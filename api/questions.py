"""The root fields that one page of the graph answers (a page a kind for ``nodes``)."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import cast

from graphql import FieldNode

from api.conditions import Given, condition_of
from api.ordering import Direction, sorting_of
from api.paging import cursors_of, page_info, window_of
from api.pending import Pending
from api.problems import BadRequest
from api.selecting import TYPENAME, Scope, Selection, select
from api.types import Thing
from graph.model import KINDS, Kind, label_of
from graph.selection import MAX_PAGE, Compare, Comparison, Page, PageRows, Pick, Row
from schema.identifiers import kind_of

HIDDEN_ID = ".id"  # no response key has a dot
PAST_WEIGHT = 3
"""For how many relations one counts as of a position: so much longer does Neo4j plan each."""

SINGULAR: dict[str, Kind] = {kind.label.lower(): kind for kind in KINDS.values()}
PLURAL: dict[str, Kind] = {kind.plural: kind for kind in KINDS.values()}


FIELDS = frozenset({*SINGULAR, *PLURAL, "node", "nodes"})
"""The root fields that are questions."""


class Question(ABC):
    """A root field: the pages it needs, and the answer they make."""

    pages: tuple[Page, ...]

    @abstractmethod
    def answer(self, found: Sequence[PageRows], pending: Pending) -> object:
        """Return the answer, in the shape that was asked for."""


def question_of(
    name: str,
    arguments: Mapping[str, object],
    nodes: list[FieldNode],
    scope: Scope,
    as_of: int | None = None,
) -> Question:
    """Return the question that a root field asks, of the record as of a position if there is one.

    :raises BadRequest: its arguments ask for something that cannot be answered.
    :raises TooMuch: it costs more than the limit.
    """
    scope.cost.weigh(PAST_WEIGHT if as_of is not None else 1)
    if name in PLURAL:
        return ManyThings(PLURAL[name], arguments, nodes, scope, as_of)
    if name == "nodes":
        return AnyThings(cast("Sequence[str]", arguments["ids"]), nodes, scope, as_of)
    identifier = cast("str", arguments["id"])
    if name in SINGULAR:
        return OneThing(SINGULAR[name], identifier, nodes, scope, as_of)
    return AnyThing(identifier, nodes, scope, as_of)


class OneThing(Question):
    """The thing of a kind that has an id."""

    def __init__(
        self,
        kind: Kind,
        identifier: str,
        nodes: list[FieldNode],
        scope: Scope,
        as_of: int | None,
    ) -> None:
        if label_of(_checked(identifier)) != kind.label:
            raise BadRequest(f"{identifier!r} is not the id of a thing of kind {kind.label}")
        self._selection = select(kind, nodes, scope, scope.cost.add(1))
        where = Compare("id", Comparison.EQ, identifier)
        self.pages = (Page(kind.label, self._selection.picks, where, limit=1, as_of=as_of),)

    def answer(self, found: Sequence[PageRows], pending: Pending) -> object:
        """Return the thing, or None."""
        rows = found[0].rows
        return self._selection.shape.of(rows[0], pending) if rows else None


class AnyThings(Question):
    """The things that have some ids, in that order, None where there is none."""

    def __init__(
        self,
        ids: Sequence[str],
        nodes: list[FieldNode],
        scope: Scope,
        as_of: int | None = None,
    ) -> None:
        if len(ids) > MAX_PAGE:
            raise BadRequest(f"ids has {len(ids):,} ids: at most {MAX_PAGE:,} can be asked for")
        self._ids = ids
        by_label: dict[str, list[str]] = {}
        for identifier in dict.fromkeys(map(_checked, ids)):
            by_label.setdefault(label_of(identifier), []).append(identifier)
        self._selections: dict[str, Selection] = {}
        pages = []
        for label, wanted in by_label.items():
            if label in KINDS:
                times = scope.cost.add(len(wanted))
                selection = self._selections[label] = select(KINDS[label], nodes, scope, times)
                picks = (*selection.picks, Pick(HIDDEN_ID, "id"))
                where = Compare("id", Comparison.IN, tuple(wanted))
                pages.append(Page(label, picks, where, limit=len(wanted), as_of=as_of))
        self.pages = tuple(pages)

    def answer(self, found: Sequence[PageRows], pending: Pending) -> list[Thing | None]:
        """Return the things."""
        things: dict[str, Thing] = {}
        for page, rows in zip(self.pages, found, strict=True):
            shape = self._selections[page.kind].shape
            for row in rows.rows:
                identifier = cast("str", row.pop(HIDDEN_ID))
                thing = things[identifier] = Thing(page.kind)
                shape.fill(thing, row, pending)
        return [things.get(identifier) for identifier in self._ids]


class AnyThing(Question):
    """The thing that has an id, of whatever kind."""

    def __init__(
        self, identifier: str, nodes: list[FieldNode], scope: Scope, as_of: int | None
    ) -> None:
        self._things = AnyThings([identifier], nodes, scope, as_of)
        self.pages = self._things.pages

    def answer(self, found: Sequence[PageRows], pending: Pending) -> object:
        """Return the thing, or None."""
        return self._things.answer(found, pending)[0]


class ManyThings(Question):
    """A page of the things of a kind that satisfy a filter, in an order."""

    def __init__(
        self,
        kind: Kind,
        arguments: Mapping[str, object],
        nodes: list[FieldNode],
        scope: Scope,
        as_of: int | None,
    ) -> None:
        order_by = cast("Sequence[Mapping[str, Direction]] | None", arguments.get("orderBy"))
        self._sorting = sorting_of(kind, order_by)
        self._as_of = as_of
        self._window = window_of(arguments, self._sorting, as_of)
        self._connection = _Connection(kind, nodes, scope, self._window.limit)
        page = Page(
            kind.label,
            self._connection.picks,
            condition_of(kind, cast("Given | None", arguments.get("where")), scope.cost),
            self._sorting.order,
            self._sorting.descending,
            self._window.limit,
            self._window.cursor,
            self._window.backward,
            self._connection.counts,
            as_of,
        )
        self.pages = (page,)

    def answer(self, found: Sequence[PageRows], pending: Pending) -> object:
        """Return the connection."""
        cursors = cursors_of(found[0], self._sorting, self._as_of)
        info = page_info(found[0], self._window, cursors)
        return self._connection.of(found[0], cursors, info, pending)


class _Connection:
    """What is selected of a connection.

    ``nodes`` and ``edges { node }`` can be selected several times and differently: each is a
    *view* of the same rows, whose picks are told apart by a number before their key.
    """

    def __init__(self, kind: Kind, nodes: list[FieldNode], scope: Scope, limit: int) -> None:
        self._kind, self._scope, self._limit = kind, scope, limit
        self._views: list[Selection] = []
        self._fields: list[tuple[str, str, dict[str, tuple[str, int]]]] = []
        scope.cost.add(limit)
        for key, fields in scope.fields(f"{kind.label}Connection", nodes).items():
            name = fields[0].name.value
            self._fields.append((key, name, self._inner(name, fields)))
        self.counts = any(name == "totalCount" for _, name, _ in self._fields)
        self.picks = self._numbered() if len(self._views) != 1 else self._views[0].picks

    def _inner(self, name: str, nodes: list[FieldNode]) -> dict[str, tuple[str, int]]:
        """Return what is selected below a field: name and, for nodes, number of the view."""
        if name == "nodes":
            return {"": (name, self._view(nodes))}
        if name == "pageInfo":
            fields = self._scope.fields("PageInfo", nodes)
            return {key: (below[0].name.value, 0) for key, below in fields.items()}
        inner = {}
        if name == "edges":
            for key, below in self._scope.fields(f"{self._kind.label}Edge", nodes).items():
                field = below[0].name.value
                inner[key] = (field, self._view(below) if field == "node" else 0)
        return inner

    def _view(self, nodes: list[FieldNode]) -> int:
        self._views.append(select(self._kind, nodes, self._scope, self._limit))
        return len(self._views) - 1

    def _numbered(self) -> tuple[Pick, ...]:
        return tuple(
            replace(pick, key=f"{number}.{pick.key}")
            for number, view in enumerate(self._views)
            for pick in view.picks
        )

    def of(
        self,
        found: PageRows,
        cursors: Sequence[str],
        info: Mapping[str, object],
        pending: Pending,
    ) -> dict[str, object]:
        """Return the connection as it was asked for."""
        views = [list(self._seen(number, found, pending)) for number in range(len(self._views))]
        answer: dict[str, object] = {}
        for key, name, inner in self._fields:
            match name:
                case "totalCount":
                    answer[key] = found.count
                case "nodes":
                    answer[key] = views[inner[""][1]]
                case "pageInfo":
                    answer[key] = {
                        one: "PageInfo" if field == TYPENAME else info[field]
                        for one, (field, _) in inner.items()
                    }
                case "edges":
                    answer[key] = [
                        {one: self._edge(at, *what, cursors, views) for one, what in inner.items()}
                        for at in range(len(found.rows))
                    ]
                case _:
                    answer[key] = f"{self._kind.label}Connection"
        return answer

    def _seen(self, number: int, found: PageRows, pending: Pending) -> Iterator[dict[str, object]]:
        view = self._views[number]
        for row in found.rows:
            seen: Row = row
            if len(self._views) > 1:
                seen = {pick.key: row[f"{number}.{pick.key}"] for pick in view.picks}
            yield view.shape.of(seen, pending)

    def _edge(
        self,
        at: int,
        name: str,
        view: int,
        cursors: Sequence[str],
        views: Sequence[Sequence[dict[str, object]]],
    ) -> object:
        match name:
            case "cursor":
                return cursors[at]
            case "node":
                return views[view][at]
            case _:
                return f"{self._kind.label}Edge"


def _checked(identifier: str) -> str:
    try:
        kind_of(identifier)
    except ValueError as error:
        raise BadRequest(str(error)) from None
    return identifier
