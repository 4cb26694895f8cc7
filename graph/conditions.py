"""Conditions of a selection as Cypher predicates.

Values always travel as parameters; only names of the model stand in the text.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import TypeAlias

from graph.model import KINDS, Date, Kind, Relation, Scalar, Type, fold_text
from graph.selection import (
    AllOf,
    AnyOf,
    Called,
    Compare,
    Comparison,
    Condition,
    Not,
    Quantifier,
    RangeComparison,
    Related,
    Under,
    Within,
)
from graph.views import Names

_OPERATORS = {
    Comparison.EQ: "=",
    Comparison.IN: "IN",
    Comparison.CONTAINS: "CONTAINS",
    Comparison.STARTS_WITH: "STARTS WITH",
    Comparison.LT: "<",
    Comparison.LTE: "<=",
    Comparison.GT: ">",
    Comparison.GTE: ">=",
}
_WITHIN = {
    RangeComparison.CERTAINLY_WITHIN: "({earliest} >= {a} AND {latest} <= {b})",
    RangeComparison.POSSIBLY_WITHIN: "({earliest} < {b} AND {latest} > {a})",
    RangeComparison.BEFORE: "{latest} <= {a}",
    RangeComparison.AFTER: "{earliest} >= {b}",
}


def predicate(
    condition: Condition,
    variable: str,
    kind: Kind,
    names: Names,
    *,
    total: bool = False,
    root: bool = False,
) -> str:
    """Return a condition on a node of a kind as a Cypher predicate.

    ``root``: what is asked for by its id is that very thing, though it be merged into another.

    ``total`` makes every comparison with something missing false instead of null, which NOT
    needs; elsewhere null serves as well and leaves indexes usable. What is always true or false
    is a parameter: of a literal Neo4j would plan another course, which the index hints forbid.
    """
    match condition:
        case AllOf(conditions):
            parts = [
                predicate(one, variable, kind, names, total=total, root=root) for one in conditions
            ]
            return f"({' AND '.join(parts)})" if parts else names.parameter(True)
        case AnyOf(conditions):
            parts = [
                predicate(one, variable, kind, names, total=total, root=root) for one in conditions
            ]
            return f"({' OR '.join(parts)})" if parts else names.parameter(False)
        case Not(inner):
            return f"NOT {predicate(inner, variable, kind, names, total=True, root=root)}"
        case Related():
            return _related(condition, variable, kind, names)
        case Under(identifier):
            return _under(identifier, variable, kind, names)
        case Called(name):
            return _of_any_name(lambda one: _called(name, one, kind, names), variable, kind, names)
        case Compare("id", Comparison.EQ | Comparison.IN) if not root and names.merges(kind.label):
            return _of_any_name(
                lambda one: _plain(condition, one, kind, names), variable, kind, names
            )
        case Compare() | Within():
            plain = _plain(condition, variable, kind, names)
            return f"coalesce({plain}, false)" if total else plain


def _plain(condition: Compare | Within, variable: str, kind: Kind, names: Names) -> str:
    scalars = {one.name: one for one in kind.fields if isinstance(one, Scalar | Date)}
    return _comparison(condition, partial(names.property, variable), scalars, names)


def _under(identifier: str, variable: str, kind: Kind, names: Names) -> str:
    assert kind.whole is not None
    whole = f"(:{names.label(kind.label)} {{id: {names.parameter(identifier)}}})"
    return names.exists(names.upwards(variable, kind.label, kind.whole, whole))


def _called(name: str, variable: str, kind: Kind, names: Names) -> str:
    assert kind.other_names is not None
    folded = names.parameter(fold_text(name))
    others = f"coalesce({names.property(variable, kind.other_names)}, [])"
    return f"({names.property(variable, 'nameFolded')} = {folded} OR {folded} IN {others})"


def _of_any_name(holds: Callable[[str], str], variable: str, kind: Kind, names: Names) -> str:
    """Return what holds of a thing if it holds of any that it stands for."""
    if not names.merges(kind.label):
        return holds(variable)
    member = names.variable()
    return names.exists(names.members(variable, member, kind.label, holds(member)))


def _related(condition: Related, variable: str, kind: Kind, names: Names) -> str:
    relation = kind.field(condition.relation)
    assert isinstance(relation, Relation)
    end, edge = names.variable(), names.variable()
    total = condition.quantifier is Quantifier.ALL
    target = KINDS[relation.target]
    # Where just these two are meant, an id is that of this very thing.
    where = predicate(condition.where, end, target, names, total=total, root=relation.recorded)
    inner = [where]
    if condition.edge is not None:
        inner.append(_edge_predicate(condition.edge, edge, relation, names, total))
    where = " AND ".join(inner)
    if condition.quantifier is Quantifier.ALL:
        where = f"NOT ({where})"
    exists = names.exists(names.follow(kind, variable, relation, end, edge, where))
    return exists if condition.quantifier is Quantifier.SOME else f"NOT {exists}"


def _edge_predicate(
    condition: Condition, edge: str, relation: Relation, names: Names, total: bool
) -> str:
    """Return a condition on a relationship's own properties."""
    scalars: dict[str, Scalar | Date] = {one.name: one for one in relation.properties}
    match condition:
        case AllOf(conditions):
            parts = [_edge_predicate(one, edge, relation, names, total) for one in conditions]
            return f"({' AND '.join(parts)})" if parts else "true"
        case Compare() | Within():
            plain = _comparison(condition, lambda name: f"{edge}.{name}", scalars, names)
            return f"coalesce({plain}, false)" if total else plain
        case _:
            raise TypeError(f"not a condition on a relationship: {condition!r}")


Property: TypeAlias = Callable[[str], str]
"""Gives the text that reads a property by its name."""


def _comparison(
    condition: Compare | Within,
    read: Property,
    scalars: Mapping[str, Scalar | Date],
    names: Names,
) -> str:
    match condition:
        case Within(field, comparison, earliest, latest):
            date = scalars[field]
            assert isinstance(date, Date)
            return _WITHIN[comparison].format(
                earliest=read(date.property("earliest")),
                latest=read(date.property("latest")),
                a=names.parameter(earliest),
                b=names.parameter(latest),
            )
        case Compare(field, comparison, value):
            scalar = scalars[field]
            assert isinstance(scalar, Scalar)
            return _compare(scalar, comparison, value, read, names)


def _compare(
    scalar: Scalar, comparison: Comparison, value: object, read: Property, names: Names
) -> str:
    if comparison is Comparison.IS_NULL:
        return f"{read(scalar.name)} IS {'' if value else 'NOT '}NULL"
    operator = _OPERATORS[comparison]
    if scalar.type is Type.TEXTS:
        stored = f"coalesce({read(scalar.folded or scalar.name)}, [])"
        return f"any(x IN {stored} WHERE {_text(scalar, 'x', operator, value, names)})"
    if scalar.type is Type.TEXT and scalar.enum is None:
        return _text(scalar, read(scalar.folded or scalar.name), operator, value, names)
    return f"{read(scalar.name)} {operator} {names.parameter(value)}"


def _text(scalar: Scalar, stored: str, operator: str, value: object, names: Names) -> str:
    """Compare texts without regard to case: folded copies by Python, others by Neo4j."""
    texts = value if isinstance(value, tuple) else (value,)
    if scalar.folded:
        folded = tuple(fold_text(str(text)) for text in texts)
        right = names.parameter(folded if operator == "IN" else folded[0])
        return f"{stored} {operator} {right}"
    if operator == "IN":
        return f"toLower({stored}) IN [x IN {names.parameter(value)} | toLower(x)]"
    return f"toLower({stored}) {operator} toLower({names.parameter(value)})"
