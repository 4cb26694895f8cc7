"""Hypothesis strategies for pages over a record: every field, condition, order and cursor."""

from collections.abc import Sequence
from dataclasses import replace

from hypothesis import strategies as st

from graph.model import DATE_PARTS, KINDS, Date, Json, Kind, Relation, Scalar, Type, label_of
from graph.selection import (
    AllOf,
    AnyOf,
    Called,
    Compare,
    Comparison,
    Condition,
    Not,
    Page,
    Pick,
    Quantifier,
    RangeComparison,
    Related,
    Under,
    Within,
)
from schema.dates import range_bounds
from tests.graph.reference import Key, Reference

RANGES = ("2025-05/2025-06", "2025-05", "2025-06-02", "2025", "2024", "202X", "2025-03-10/2025-04")
_TEXT = [Comparison.EQ, Comparison.IN, Comparison.CONTAINS, Comparison.STARTS_WITH]
_ORDERED = [Comparison.LT, Comparison.LTE, Comparison.GT, Comparison.GTE]
_COMPARISONS = {
    Type.ID: [Comparison.EQ, Comparison.IN, Comparison.STARTS_WITH, Comparison.IS_NULL],
    Type.TEXT: [*_TEXT, *_ORDERED, Comparison.IS_NULL],
    Type.TEXTS: _TEXT,
    Type.INTEGER: [Comparison.EQ, Comparison.IN, *_ORDERED, Comparison.IS_NULL],
    Type.BOOLEAN: [Comparison.EQ, Comparison.IS_NULL],
}


class Selections:
    """Strategies whose values are those of a record, so that many conditions hold of something."""

    def __init__(self, reference: Reference, conditions_at_most: int = 3) -> None:
        self._reference = reference
        self._conditions_at_most = conditions_at_most
        self._made: dict[tuple[str, int], st.SearchStrategy[Condition]] = {}

    # -- conditions ----------------------------------------------------------------------------

    def conditions(self, kind: Kind, depth: int = 2) -> st.SearchStrategy[Condition]:
        """Return conditions on a kind, nested up to a depth; they are made once."""
        if (kind.label, depth) not in self._made:
            self._made[kind.label, depth] = self._conditions(kind, depth)
        return self._made[kind.label, depth]

    def _conditions(self, kind: Kind, depth: int) -> st.SearchStrategy[Condition]:
        options: list[st.SearchStrategy[Condition]] = []
        for field in kind.fields:
            match field:
                case Scalar():
                    options.append(self._compare(field, self._values(kind, field.name)))
                case Date():
                    options.append(within(field.name))
                case Relation() if depth:
                    options.append(self._related(field, depth - 1))
        if kind.other_names:
            names = self._values(kind, "name") + self._values(kind, kind.other_names)
            options.append(st.builds(Called, _texts(names)))
        if kind.whole:
            ids = self._values(kind, "id") or ["actor/nobody"]
            options.append(st.builds(Under, st.sampled_from(ids)))
        plain = st.one_of(options)
        if not depth:
            return plain
        inner = st.lists(self.conditions(kind, depth - 1), max_size=2).map(tuple)
        return st.one_of(
            plain,
            plain,
            st.builds(AllOf, inner),
            st.builds(AnyOf, inner),
            st.builds(Not, self.conditions(kind, depth - 1)),
        )

    def _values(self, kind: Kind, name: str) -> list[str]:
        """Return the values of a property, each once, for texts and lists of them."""
        found: dict[str, None] = {}
        for identifier, node in self._reference.nodes.items():
            if label_of(identifier) == kind.label and name in node:
                value = node[name]
                found |= dict.fromkeys(map(str, value if isinstance(value, list) else [value]))
        return list(found)[:50]

    def _compare(self, scalar: Scalar, values: Sequence[str]) -> st.SearchStrategy[Condition]:
        comparisons = _COMPARISONS[scalar.type]
        if scalar.enum is not None:
            comparisons = [Comparison.EQ, Comparison.IN, Comparison.IS_NULL]
            values = values or [*scalar.enum]
        return st.sampled_from(comparisons).flatmap(
            lambda one: st.builds(
                Compare, st.just(scalar.name), st.just(one), _values_for(scalar, one, values)
            )
        )

    def _related(self, relation: Relation, depth: int) -> st.SearchStrategy[Condition]:
        quantifiers = list(Quantifier) if relation.many else [Quantifier.SOME]
        edge: st.SearchStrategy[Condition | None] = st.none()
        if relation.properties:
            each = [
                self._compare(one, [*(one.enum or ("host", "guest", "1000"))])
                for one in relation.properties
            ]
            edge = st.none() | st.one_of(each).map(lambda one: AllOf((one,)))
        where = self.conditions(KINDS[relation.target], depth) | st.just(AllOf())
        return st.builds(Related, st.just(relation.name), st.sampled_from(quantifiers), where, edge)

    # -- pages ---------------------------------------------------------------------------------

    def pages(self) -> st.SearchStrategy[Page]:
        """Return pages of any kind."""
        return st.sampled_from(list(KINDS.values())).flatmap(self._pages_of_kind)

    def _pages_of_kind(self, kind: Kind) -> st.SearchStrategy[Page]:
        wheres = st.lists(self.conditions(kind), max_size=self._conditions_at_most).map(
            lambda all_: AllOf(tuple(all_))
        )
        return st.tuples(wheres, picks(kind)).flatmap(lambda both: self.pages_of(kind, *both))

    def pages_of(
        self, kind: Kind, where: Condition, picked: tuple[Pick, ...] = (Pick("id", "id"),)
    ) -> st.SearchStrategy[Page]:
        """Return pages of a kind under a condition: any order, direction, cursor and limit."""
        return st.builds(
            Page,
            kind=st.just(kind.label),
            picks=st.just(picked),
            where=st.just(where),
            order=st.sampled_from([order.name for order in kind.orders]),
            descending=st.booleans(),
            limit=st.sampled_from(range(6, -1, -1)),  # what is simplest shows most
            backward=st.booleans(),
            count=st.booleans(),
        ).flatmap(self._with_cursor)

    def _with_cursor(self, page: Page) -> st.SearchStrategy[Page]:
        """Begin anywhere: at a thing that is on the page's list, or at one that is not."""
        everything = Page(page.kind, (), order=page.order)
        keys: list[Key] = [key for key, _ in self._reference.sorted(everything)]
        cursors = st.sampled_from([None, *keys])
        return cursors.map(lambda key: replace(page, cursor=key))


def within(field: str) -> st.SearchStrategy[Condition]:
    """Return comparisons of a date with a range."""
    return st.builds(
        lambda comparison, text: Within(field, comparison, *range_bounds(text)),
        st.sampled_from(RangeComparison),
        st.sampled_from(RANGES),
    )


def _values_for(
    scalar: Scalar, comparison: Comparison, values: Sequence[str]
) -> st.SearchStrategy[str | int | bool | tuple[str, ...] | tuple[int, ...]]:
    if comparison is Comparison.IS_NULL or scalar.type is Type.BOOLEAN:
        return st.booleans()
    if scalar.type is Type.INTEGER:
        known = [0, *(int(one) for one in values if one.isdigit())]
        numbers = st.integers(0, 200) | st.sampled_from(known)
        return st.lists(numbers, max_size=3).map(tuple) if comparison is Comparison.IN else numbers
    texts = st.sampled_from(list(values)) if scalar.enum else _texts(values)
    return st.lists(texts, max_size=3).map(tuple) if comparison is Comparison.IN else texts


def _texts(values: Sequence[str]) -> st.SearchStrategy[str]:
    """Return texts that occur, in part, in another case, or not at all."""
    if not values:
        return st.text(max_size=3)
    known = st.sampled_from(list(values))
    return st.one_of(
        known,
        known.map(str.upper),
        st.builds(lambda text, a, b: text[a : a + b], known, st.integers(0, 6), st.integers(0, 6)),
        st.text(max_size=3),
    )


@st.composite
def picks(draw: st.DrawFn, kind: Kind, depth: int = 2) -> tuple[Pick, ...]:
    """Return what to fetch of a kind: some of its fields, relations included."""
    fields = [field for field in kind.fields if depth or not isinstance(field, Relation)]
    chosen = draw(st.lists(st.sampled_from(fields), min_size=1, max_size=5, unique=True))
    return tuple(
        Pick(f"k{number}", field.name, draw(_inner(field, depth)))
        for number, field in enumerate(chosen)
    )


@st.composite
def _inner(draw: st.DrawFn, field: Scalar | Date | Json | Relation, depth: int) -> tuple[Pick, ...]:
    match field:
        case Date():
            parts = draw(st.lists(st.sampled_from(DATE_PARTS), min_size=1, unique=True))
            return tuple(Pick(part, part) for part in parts)
        case Relation(node_field=None):
            return draw(picks(KINDS[field.target], depth - 1))
        case Relation():
            node = str(field.node_field)
            inner = draw(picks(KINDS[field.target], depth - 1))
            edges = [Pick(one.name, one.name) for one in field.properties]
            return (Pick(node, node, inner), *edges)
        case _:
            return ()
