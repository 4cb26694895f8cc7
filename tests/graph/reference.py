"""What a page should hold, worked out in plain Python from what the fold makes of a log."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import TypeAlias, cast

import orjson

from graph.elements import Properties
from graph.model import (
    KINDS,
    MERGED_LABELS,
    Date,
    Json,
    Kind,
    PropertyValue,
    Relation,
    Scalar,
    Type,
    fold_text,
    label_of,
)
from graph.selection import (
    AllOf,
    AnyOf,
    Called,
    Compare,
    Comparison,
    Condition,
    Not,
    Page,
    PageRows,
    Pick,
    Quantifier,
    RangeComparison,
    Related,
    Row,
    Under,
    Within,
)
from graph.whole import WholeGraph
from schema.dates import UNDATED_SPAN

Key: TypeAlias = tuple[str | int, ...]
Edge: TypeAlias = tuple[str, Properties]


class Reference:
    """A graph in memory that answers pages by trying every condition on every thing.

    It knows nothing of the past: only what is on record in the end is there. What is merged is one
    thing, which has all that any of its members has.
    """

    def __init__(self, whole: WholeGraph) -> None:
        self.nodes = {node.id: node.properties for node in whole.nodes if node.label in KINDS}
        self._out: defaultdict[tuple[str, str], list[Edge]] = defaultdict(list)
        self._in: defaultdict[tuple[str, str], list[Edge]] = defaultdict(list)
        self._canonical: dict[str, str] = {}
        self._members: defaultdict[str, list[str]] = defaultdict(list)
        for one in whole.relationships:
            self._out[one.source, one.type].append((one.target, one.properties))
            self._in[one.target, one.type].append((one.source, one.properties))
            if one.type == "CANONICAL" and label_of(one.source) in MERGED_LABELS:
                self._canonical[one.source] = one.target
                self._members[one.target].append(one.source)

    def _all_of(self, identifier: str) -> list[str]:
        """Return a thing and what is merged into it."""
        return [identifier, *self._members[identifier]]

    def _one_of(self, identifier: str) -> str:
        """Return what a thing is merged into, or itself."""
        return self._canonical.get(identifier, identifier)

    def page(self, page: Page, position: int) -> PageRows:
        """Return a page."""
        found = self.sorted(page)
        after = [one for one in found if page.cursor is None or _beyond(page, one[0])]
        begun = after[::-1] if page.backward else after
        shown = begun[: page.limit][:: -1 if page.backward else 1]
        kind = KINDS[page.kind]
        return PageRows(
            rows=tuple(self._row(kind, identifier, page.picks) for _, identifier in shown),
            keys=tuple(key for key, _ in shown),
            more=len(begun) > page.limit,
            count=len(found) if page.count else None,
            position=position,
        )

    def sorted(self, page: Page) -> list[tuple[Key, str]]:
        """Return the key and id of everything that satisfies a page's condition, in its order."""
        kind = KINDS[page.kind]
        merged = () if _asks_by_id(page.where) else self._canonical
        found = [
            (_key(page, self.nodes[identifier]), identifier)
            for identifier in self.nodes
            if label_of(identifier) == page.kind
            and identifier not in merged
            and self._holds(page.where, identifier, kind, root=True)
        ]
        found.sort(key=lambda one: one[0], reverse=page.descending)
        if kind.order(page.order).dated:  # what has no date comes last in either direction
            found.sort(key=lambda one: one[0][0])
        return found

    # -- conditions ----------------------------------------------------------------------------

    def _holds(
        self, condition: Condition, identifier: str, kind: Kind, *, root: bool = False
    ) -> bool:
        """Tell whether a condition holds; one on the id of a ``root`` is on that very thing."""
        match condition:
            case AllOf(conditions):
                return all(self._holds(one, identifier, kind, root=root) for one in conditions)
            case AnyOf(conditions):
                return any(self._holds(one, identifier, kind, root=root) for one in conditions)
            case Not(inner):
                return not self._holds(inner, identifier, kind, root=root)
            case Under(whole):
                return whole in self._upwards(identifier, kind)
            case Called(name):
                return any(self._is_called(name, one, kind) for one in self._all_of(identifier))
            case Related():
                return self._related(condition, identifier, kind)
            case Compare("id", Comparison.EQ | Comparison.IN) if not root:
                return any(self._compared(condition, one, kind) for one in self._all_of(identifier))
            case Compare() | Within():
                return self._compared(condition, identifier, kind)

    def _is_called(self, name: str, identifier: str, kind: Kind) -> bool:
        node = self.nodes[identifier]
        others = cast("list[str]", node.get(str(kind.other_names), []))
        return fold_text(name) in (fold_text(str(node["name"])), *others)

    def _compared(self, condition: Compare | Within, identifier: str, kind: Kind) -> bool:
        fields = {one.name: one for one in kind.fields if isinstance(one, Scalar | Date)}
        return _compared(condition, self.nodes[identifier], fields)

    def _upwards(self, identifier: str, kind: Kind) -> set[str]:
        """Return a thing and all that it is part of, with every member of what is merged."""
        found: set[str] = set()
        new = [identifier]
        while new:
            these = {one for thing in new for one in self._all_of(self._one_of(thing))} - found
            found |= these
            new = [whole for one in these for whole, _ in self._out[one, str(kind.whole)]]
        return found

    def _related(self, condition: Related, identifier: str, kind: Kind) -> bool:
        relation = kind.field(condition.relation)
        assert isinstance(relation, Relation)
        target = KINDS[relation.target]
        edges = {one.name: one for one in relation.properties}
        held = [
            self._holds(condition.where, end, target, root=relation.recorded)
            and (condition.edge is None or _edge_holds(condition.edge, extra, edges))
            for end, extra in self._ends(identifier, relation)
        ]
        match condition.quantifier:
            case Quantifier.SOME:
                return any(held)
            case Quantifier.ALL:
                return all(held)
            case Quantifier.NONE:
                return not any(held)

    def _ends(self, identifier: str, relation: Relation) -> Iterator[Edge]:
        starts = [identifier] if relation.recorded else self._all_of(identifier)
        ways = [self._out] * (not relation.incoming or relation.either)
        ways += [self._in] * (relation.incoming or relation.either)
        for start, edges, type_ in product(starts, ways, relation.types):
            for end, properties in edges[start, type_]:
                if label_of(end) == relation.target:
                    yield end if relation.recorded else self._one_of(end), properties

    # -- rows ----------------------------------------------------------------------------------

    def _row(self, kind: Kind, identifier: str, picks: Sequence[Pick]) -> Row:
        return {pick.key: self._value(kind, identifier, pick) for pick in picks}

    def _value(self, kind: Kind, identifier: str, pick: Pick) -> object:
        node = self.nodes[identifier]
        match kind.field(pick.field):
            case Scalar(name=name, type=type_):
                return node.get(name, [] if type_ is Type.TEXTS else None)
            case Json(name=name):
                return orjson.loads(str(node[name])) if name in node else []
            case Date() as date:
                if date.property("latest") not in node:
                    return None
                return {one.key: node.get(date.property(one.field)) for one in pick.picks}
            case Relation() as relation:
                rows = self._related_rows(identifier, relation, pick.picks)
                return rows if relation.many else next(iter(rows), None)

    def _related_rows(
        self, identifier: str, relation: Relation, picks: Sequence[Pick]
    ) -> list[Row]:
        target = KINDS[relation.target]
        ends = list(self._ends(identifier, relation))
        if relation.node_field is None:
            things = sorted({end for end, _ in ends}, key=self._by_name)
            return [self._row(target, end, picks) for end in things]
        names = [one.name for one in relation.properties]
        ends.sort(key=lambda edge: [*self._by_name(edge[0]), *(_last(edge[1], names))])
        if relation.order is not None:
            ends.sort(key=lambda edge: cast("int", edge[1][str(relation.order)]))
        return [
            {
                pick.key: self._row(target, end, pick.picks)
                if pick.field == relation.node_field
                else extra.get(pick.field)
                for pick in picks
            }
            for end, extra in ends
        ]

    def _by_name(self, identifier: str) -> list[str]:
        return [str(self.nodes[identifier]["sortName"]), identifier]


def _asks_by_id(condition: Condition) -> bool:
    """Tell whether only things with certain ids are asked for."""
    match condition:
        case AllOf(conditions):
            return any(map(_asks_by_id, conditions))
        case Compare("id", Comparison.EQ | Comparison.IN):
            return True
        case _:
            return False


def _last(properties: Properties, names: Sequence[str]) -> list[tuple[bool, PropertyValue]]:
    """Return values by which missing ones sort last, as Neo4j has it."""
    return [(name not in properties, properties.get(name, "")) for name in names]


def _key(page: Page, node: Properties) -> Key:
    order = KINDS[page.kind].order(page.order)
    key = tuple(cast("str | int", node[one]) for one in order.keys)
    return (int(node["span"] == UNDATED_SPAN), *key) if order.dated else key


def _beyond(page: Page, key: Key) -> bool:
    """Tell whether a key comes after the cursor in reading direction."""
    cursor = page.cursor
    assert cursor is not None
    descending = page.descending
    if KINDS[page.kind].order(page.order).dated:
        if key[0] != cursor[0]:
            return bool(key[0]) != page.backward
        key, cursor = key[1:], cursor[1:]
    return key != cursor and (key > cursor) == (descending == page.backward)


def _edge_holds(condition: Condition, edge: Properties, fields: Mapping[str, Scalar]) -> bool:
    match condition:
        case AllOf(conditions):
            return all(_edge_holds(one, edge, fields) for one in conditions)
        case Compare():
            return _compared(condition, edge, fields)
        case _:
            raise TypeError(f"not a condition on a relationship: {condition!r}")


def _compared(
    condition: Compare | Within, holder: Properties, fields: Mapping[str, Scalar | Date]
) -> bool:
    field = fields[condition.field]
    if isinstance(condition, Within):
        assert isinstance(field, Date)
        earliest, latest = (holder.get(field.property(part)) for part in ("earliest", "latest"))
        return earliest is not None and _within(condition, str(earliest), str(latest))
    assert isinstance(field, Scalar)
    value = holder.get(field.name)
    if condition.comparison is Comparison.IS_NULL:
        return (value is None) == condition.value
    if value is None:
        return False
    wanted = _folded(field, condition.value)
    values = value if isinstance(value, list) else [value]
    return any(_satisfies(_folded(field, one), condition, wanted) for one in values)


def _folded(field: Scalar, value: object) -> object:
    """Return a value as it is compared: of free texts the case does not count."""
    if isinstance(value, tuple):
        return tuple(_folded(field, one) for one in value)
    if field.enum is not None or field.type not in (Type.TEXT, Type.TEXTS):
        return value
    return fold_text(str(value)) if field.folded else str(value).lower()


def _satisfies(value: object, condition: Compare, wanted: object) -> bool:
    match condition.comparison:
        case Comparison.EQ:
            return value == wanted
        case Comparison.IN:
            return value in cast("tuple[object, ...]", wanted)
        case Comparison.CONTAINS:
            return str(wanted) in str(value)
        case Comparison.STARTS_WITH:
            return str(value).startswith(str(wanted))
        case Comparison.LT:
            return cast("int", value) < cast("int", wanted)
        case Comparison.LTE:
            return cast("int", value) <= cast("int", wanted)
        case Comparison.GT:
            return cast("int", value) > cast("int", wanted)
        case _:
            return cast("int", value) >= cast("int", wanted)


def _within(condition: Within, earliest: str, latest: str) -> bool:
    a, b = condition.earliest, condition.latest
    match condition.comparison:
        case RangeComparison.CERTAINLY_WITHIN:
            return a <= earliest and latest <= b
        case RangeComparison.POSSIBLY_WITHIN:
            return earliest < b and latest > a
        case RangeComparison.BEFORE:
            return latest <= a
        case RangeComparison.AFTER:
            return earliest >= b
