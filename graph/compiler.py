"""Compiling a page into one Cypher statement, whatever its depth.

It starts from the most selective end, sorts and cuts before it expands, and returns the whole
page as one record. A dated order walks the index of ``(span, at)``: ``at`` is ``latest|id``, and
``span`` the width class of the date, so that an old window does not read all that is newer. The
index of statements holds the earliest instant as well.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

import orjson

from graph.conditions import predicate
from graph.model import (
    CHECKPOINT_ID,
    KINDS,
    MERGED_LABELS,
    MODEL_VERSION,
    SHOWN_ID,
    Date,
    Json,
    Kind,
    Order,
    Relation,
    Scalar,
    Type,
    past_type,
)
from graph.selection import (
    AllOf,
    Called,
    Compare,
    Comparison,
    Condition,
    Page,
    Pick,
    Quantifier,
    RangeComparison,
    Related,
    Row,
    Under,
    Within,
)
from graph.spans import spans_of
from graph.views import Names, labels_with
from schema.dates import UNDATED_SPAN

_SELECTIVE = {
    Comparison.EQ,
    Comparison.IN,
    Comparison.CONTAINS,
    Comparison.STARTS_WITH,
}

_SHOWN = "COLLECT { MATCH (x:Checkpoint {id: $shown}) RETURN x.position }"


_ONCE_MERGED = labels_with(past_type("CANONICAL"))


@dataclass(frozen=True, slots=True)
class Query:
    """A Cypher text with its parameters."""

    text: str
    parameters: dict[str, Any] = field(default_factory=dict)


def compile_page(page: Page, merged: Collection[str] = MERGED_LABELS) -> Query:
    """Return the statement for a page of a graph in which things with some labels may be merged.

    Its one record has ``before`` and ``after`` (lists of the position shown), ``ready``, ``merged``
    (the labels that have merged things; as of a position, those that ever had), ``rows`` (pairs of
    key and values, one more than asked for if there are more) and ``total`` (or null).

    No list of a subquery is looked into here (``COLLECT { … }[0]``): Neo4j would plan that one apart,
    and take no value from an index any more, so that a walk reads each node that it passes over. A
    page as of a position still has some, which look for versions (:mod:`graph.views`).
    """
    compiler = _Compiler(page, merged)
    text = "\n".join(
        [
            f"WITH {_SHOWN} AS before",
            "MATCH (cp:Checkpoint {id: $checkpoint}) WITH before, "
            + "cp.ready AND NOT coalesce(cp.rebuilding, false) AND cp.modelVersion = $model AS ready, "
            + f"coalesce(cp.merged, []){'' if page.as_of is None else f' + {_ONCE_MERGED}'} AS merged",
            f"CALL () {{ {compiler.rows()} }}",
            f"CALL () {{ {compiler.total()} }}",
            f"RETURN before, ready, merged, rows, total, {_SHOWN} AS after",
        ]
    )
    about_graph = {"checkpoint": CHECKPOINT_ID, "shown": SHOWN_ID, "model": MODEL_VERSION}
    return Query(text, compiler.names.parameters | about_graph)


class _Compiler:
    def __init__(self, page: Page, merged: Collection[str]) -> None:
        self.page = page
        self.kind = KINDS[page.kind]
        self.order = self.kind.order(page.order)
        self.reversed = page.descending != page.backward
        self.names = Names(page.as_of, merged)
        self.s = self.names.carried("s")
        self.conditions = list(_conjuncts(page.where))

    # -- the page ------------------------------------------------------------------------------

    def rows(self) -> str:
        limit = self.names.parameter(self.page.limit + 1)
        start = self._start(limit)
        row = _values("s", self.kind, self.page.picks, self.names)
        return (
            f"{start} WITH {self.s} ORDER BY {self._sorting()} LIMIT {limit} "
            f"RETURN collect([{self._key()}, {row}]) AS rows"
        )

    def total(self) -> str:
        if not self.page.count:
            return "RETURN null AS total"
        through = self._selective_relation()
        if through is None:
            return f"{self._scan([])} RETURN count(s) AS total"
        return f"{self._through(through, [])} RETURN count(DISTINCT s) AS total"

    def _start(self, limit: str) -> str:
        """Return how the candidates are found: ``s`` bound, in any order, at most cut."""
        through = self._selective_relation()
        walks = self.order.dated and self.page.as_of is None
        if through is None:
            if walks and not self._direct():
                return self._walk(limit)
            return self._scan(self._keyset())
        if walks and (self.kind.label, through.relation) == ("Statement", "issues"):
            return f"{self._walk_issues(through, limit)} WITH DISTINCT s"
        return f"{self._through(through, self._keyset())} WITH DISTINCT {self.s}"

    def _scan(self, bounds: Sequence[str]) -> str:
        """Look through the things of the kind, or take those with an id."""
        where = " AND ".join([*bounds, self._where(self.conditions), *self._unmerged()])
        match = f"MATCH (s:{self.names.label(self.kind.label)})"
        ids = [one for one in self.conditions if _is_by_id(one)]
        if ids and self.page.as_of is not None:
            by_id = predicate(ids[0], "s", self.kind, self.names, root=True)
            match = self.names.by_id("s", self.kind.label, by_id)
        return self.names.seen(match, "s", self.kind.label, where)

    def _unmerged(self) -> list[str]:
        """Return that things are not merged into others, which then stand for them in a list."""
        if any(_is_by_id(one) for one in self.conditions):
            return []
        canonical = self.names.is_canonical("s", self.kind.label)
        return [] if canonical is None else [canonical]

    def _direct(self) -> bool:
        return any(_selective(one) for one in self.conditions if not isinstance(one, Related))

    def _selective_relation(self) -> Related | None:
        """Return the condition on a relation that few things satisfy, issues before others."""
        if self._direct():
            return None
        candidates = [
            one
            for one in self.conditions
            if isinstance(one, Related)
            and one.quantifier is Quantifier.SOME
            and one.edge is None
            and any(map(_selective, _conjuncts(one.where)))
        ]
        return min(candidates, key=lambda one: one.relation != "issues", default=None)

    def _through(self, start: Related, bounds: Sequence[str]) -> str:
        """Start at the far end of a relation."""
        relation = self.kind.field(start.relation)
        assert isinstance(relation, Relation)
        end = self.names.variable()
        others = [one for one in self.conditions if one is not start]
        back = replace(relation, target=self.kind.label, incoming=not relation.incoming)
        far = self._far(start.where, end, KINDS[relation.target], recorded=relation.recorded)
        where = " AND ".join([*bounds, self._where(others), *self._unmerged()])
        return f"{far} {self.names.follow(KINDS[relation.target], end, back, 's', where=where)}"

    def _far(self, where: Condition, end: str, kind: Kind, *, recorded: bool = False) -> str:
        """Find the things at the far end: by an id of theirs where there is one.

        ``recorded``: merged ones as well, each by its own id.
        """
        parts = _conjuncts(where)
        by_id = next((one for one in parts if _is_by_id(one)), None)
        alone = None if recorded else self.names.is_canonical(end, kind.label)
        if by_id is None or (alone is None and self.page.as_of is None):
            far = predicate(where, end, kind, self.names, root=recorded)
            far = far if alone is None else f"{far} AND {alone}"
            return self.names.seen(
                f"MATCH ({end}:{self.names.label(kind.label)})", end, kind.label, far
            )
        rest = AllOf(tuple(one for one in parts if one is not by_id))
        far = predicate(rest, end, kind, self.names, root=recorded)
        if alone is None:
            one = predicate(by_id, end, kind, self.names, root=True)
            return self.names.seen(self.names.by_id(end, kind.label, one), end, kind.label, far)
        member = self.names.variable()
        one = predicate(by_id, member, kind, self.names, root=True)
        chain = self.names.canonical_of(member, end, kind.label)
        match = f"{self.names.by_id(member, kind.label, one)} {chain}"
        return self.names.seen(match, end, kind.label, f"{alone} AND {far}")

    def _walk(self, limit: str) -> str:
        """Walk the node index of a dated order, one width class of dates after the other."""
        label, direction = self.kind.label, self._direction()
        spans = self.names.parameter(self._spans())
        where = [*self._walked("s"), self._where(self._beside_ranges()), *self._unmerged()]
        return (
            f"UNWIND {spans} AS b CALL (b) {{ "
            f"MATCH (s:{label}) USING INDEX s:{label}({', '.join(self.order.index_keys)}) "
            f"WHERE {' AND '.join(where)} "
            f"WITH s ORDER BY s.span {direction}, s.at {direction} LIMIT {limit} RETURN s }}"
        )

    def _walk_issues(self, start: Related, limit: str) -> str:
        """Walk the relationship index that keeps the statements on an issue by date."""
        direction = self._direction()
        spans = self.names.parameter(self._spans())
        others = [one for one in self._beside_ranges() if one is not start]
        if self.names.merges("Issue"):
            found = self._far(start.where, "k", KINDS["Issue"])
            issues = f"{found} {self.names.members('k', 'i', 'Issue')} WITH DISTINCT i"
        else:
            issues = self._far(start.where, "i", KINDS["Issue"])
        return (
            f"{issues} CALL (i) {{ UNWIND {spans} AS b CALL (i, b) {{ "
            f"MATCH (s:Statement)-[a:ABOUT]->() "
            f"USING INDEX a:ABOUT(issue, {', '.join(self.order.index_keys)}) "
            f"WHERE a.issue = i.id AND {' AND '.join([*self._walked('a'), self._where(others)])} "
            f"WITH s, a ORDER BY a.issue {direction}, a.span {direction}, a.at {direction} "
            f"LIMIT {limit} RETURN s }} RETURN s }}"
        )

    def _walked(self, variable: str) -> list[str]:
        """Return what holds of the entries of a dated index, in its own properties alone.

        The stretches settle where a date ends, and leave open where it begins.
        """
        found = [f"{variable}.span = b.k", f"{variable}.at >= b.min", f"{variable}.at < b.max"]
        # An index of several properties is taken only where something is asked of each.
        found += [f"{variable}.{covered} IS NOT NULL" for covered in self.order.covers]
        for one in self._ranges():
            date = self.kind.field(one.field)
            assert isinstance(date, Date)
            earliest = f"{variable}.{date.property('earliest')}"
            match one.comparison:
                case RangeComparison.POSSIBLY_WITHIN:
                    found.append(f"{earliest} < {self.names.parameter(one.latest)}")
                case RangeComparison.CERTAINLY_WITHIN:
                    found.append(f"{earliest} >= {self.names.parameter(one.earliest)}")
                case RangeComparison.AFTER:
                    found.append(f"{earliest} >= {self.names.parameter(one.latest)}")
                case RangeComparison.BEFORE:
                    pass
        return found

    def _ranges(self) -> list[Within]:
        """Return the ranges that the date of the order has to lie in."""
        return [
            one
            for one in self.conditions
            if isinstance(one, Within) and one.field == self.order.dated
        ]

    def _beside_ranges(self) -> list[Condition]:
        ranges = self._ranges()
        return [one for one in self.conditions if one not in ranges]

    # -- order ---------------------------------------------------------------------------------

    def _direction(self) -> str:
        return "DESC" if self.reversed else "ASC"

    def _sorting(self) -> str:
        direction = self._direction()
        keys = [f"{self._property(key)} {direction}" for key in self.order.keys]
        if self.order.dated:
            # What has no date comes last whichever way one sorts, so first only when paging back.
            direction = "DESC" if self.page.backward else "ASC"
            keys.insert(0, f"{self._property('span')} = {UNDATED_SPAN} {direction}")
        return ", ".join(keys)

    def _property(self, name: str) -> str:
        return self.names.property("s", name)

    def _key(self) -> str:
        keys = [*map(self._property, self.order.keys)]
        if self.order.dated:
            keys.insert(0, f"CASE {self._property('span')} WHEN {UNDATED_SPAN} THEN 1 ELSE 0 END")
        return f"[{', '.join(keys)}]"

    def _keyset(self) -> list[str]:
        """Return the predicates that begin after the cursor, where no index is walked."""
        if self.order.dated:
            if self.page.cursor is None:
                return []
            spans = self.names.parameter(self._spans())
            return [
                f"any(b IN {spans} WHERE b.k = {self._property('span')} "
                + f"AND {self._property('at')} >= b.min AND {self._property('at')} < b.max)"
            ]
        first = self._property(self.order.keys[0])
        if self.page.cursor is None:
            return [f"{first} IS NOT NULL"]
        return list(self._after(self.order, self.page.cursor))

    def _after(self, order: Order, cursor: Sequence[str | int]) -> Sequence[str]:
        beyond = "<" if self.reversed else ">"
        values = [self.names.parameter(value) for value in cursor]
        properties = [*map(self._property, order.keys)]
        if len(properties) == 1:
            return [f"{properties[0]} {beyond} {values[0]}"]
        # The first half alone is what lets the range index be used.
        one, two = properties
        return [
            f"{one} {beyond}= {values[0]}",
            f"({one} {beyond} {values[0]} OR {two} {beyond} {values[1]})",
        ]

    def _spans(self) -> list[dict[str, object]]:
        return spans_of(
            self._ranges(),
            self.page.cursor,
            descending=self.page.descending,
            backward=self.page.backward,
        )

    def _where(self, conditions: Sequence[Condition]) -> str:
        if not conditions:
            return "true"
        return predicate(AllOf(tuple(conditions)), "s", self.kind, self.names, root=True)


def _conjuncts(condition: Condition) -> Sequence[Condition]:
    if isinstance(condition, AllOf):
        return [one for part in condition.conditions for one in _conjuncts(part)]
    return [condition]


def _is_by_id(condition: Condition) -> bool:
    return (
        isinstance(condition, Compare)
        and condition.field == "id"
        and condition.comparison in (Comparison.EQ, Comparison.IN)
    )


def _selective(condition: Condition) -> bool:
    match condition:
        case Called() | Under():
            return True
        case Compare(field, comparison, _):
            return field in ("id", "name") and comparison in _SELECTIVE
        case _:
            return False


# -- rows --------------------------------------------------------------------------------------

Values: TypeAlias = list[Any]


def _values(variable: str, kind: Kind, picks: Sequence[Pick], names: Names) -> str:
    """Return the picked fields of a node as a list, in the order of the picks."""
    return f"[{', '.join(_value(variable, kind, pick, names) for pick in picks)}]"


def _value(variable: str, kind: Kind, pick: Pick, names: Names) -> str:
    match kind.field(pick.field):
        case Scalar() as scalar:
            stored = names.property(variable, scalar.name)
            return f"coalesce({stored}, [])" if scalar.type is Type.TEXTS else stored
        case Json(name=name):
            return names.property(variable, name)
        case Date() as date:
            parts = ", ".join(
                names.property(variable, date.property(one.field)) for one in pick.picks
            )
            latest = names.property(variable, date.property("latest"))
            return f"CASE WHEN {latest} IS NULL THEN null ELSE [{parts}] END"
        case Relation() as relation:
            return _related_values(variable, kind, relation, pick, names)


def _related_values(variable: str, kind: Kind, relation: Relation, pick: Pick, names: Names) -> str:
    end, edge = names.variable(), names.variable()
    match = names.follow(kind, variable, relation, end, edge)
    order = [names.property(end, name) for name in ("sortName", "id")]
    if relation.node_field is None:
        values = _values(end, KINDS[relation.target], pick.picks, names)
        # Two links, or two passages, lead to one thing, which is shown once.
        match = f"{match} WITH DISTINCT {names.carried(end)}"
    else:
        parts = ", ".join(_edge_value(end, edge, relation, one, names) for one in pick.picks)
        values, order = f"[{parts}]", _edge_order(order, edge, relation)
    sorting = f" WITH * ORDER BY {', '.join(order)}"
    if not relation.many:
        # Only what is merged can have several of what any other thing has one of.
        several = names.merges(kind.label) and not relation.recorded
        return f"COLLECT {{ {match}{sorting if several else ''} RETURN {values} AS x LIMIT 1 }}"
    return f"COLLECT {{ {match}{sorting} RETURN {values} AS x }}"


def _edge_order(by_end: Sequence[str], edge: str, relation: Relation) -> list[str]:
    first = [] if relation.order is None else [f"{edge}.{relation.order}"]
    return [*first, *by_end, *(f"{edge}.{one.name}" for one in relation.properties)]


def _edge_value(end: str, edge: str, relation: Relation, pick: Pick, names: Names) -> str:
    if pick.field == relation.node_field:
        return _values(end, KINDS[relation.target], pick.picks, names)
    return f"{edge}.{pick.field}"


def row_of(kind: Kind, picks: Sequence[Pick], values: Values) -> Row:
    """Return the values that a statement gave for some picks as a row."""
    return {
        pick.key: _decoded(kind, pick, value) for pick, value in zip(picks, values, strict=True)
    }


def _decoded(kind: Kind, pick: Pick, value: Any) -> object:
    match kind.field(pick.field):
        case Json():
            return [] if value is None else orjson.loads(value)
        case Date():
            if value is None:
                return None
            return dict(zip((one.key for one in pick.picks), value, strict=True))
        case Relation() as relation:
            ends = [_decoded_end(relation, pick.picks, one) for one in value]
            return ends if relation.many else next(iter(ends), None)
        case _:
            return value


def _decoded_end(relation: Relation, picks: Sequence[Pick], values: Values) -> Row:
    target = KINDS[relation.target]
    if relation.node_field is None:
        return row_of(target, picks, values)
    return {
        pick.key: row_of(target, pick.picks, value) if pick.field == relation.node_field else value
        for pick, value in zip(picks, values, strict=True)
    }
