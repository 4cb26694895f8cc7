"""Conditions of a selection as Cypher predicates.

Values always travel as parameters; only names of the model stand in the text.
"""

from collections.abc import Mapping
from typing import Any

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


class Names:
    """Gives out parameters and variables, each name once."""

    def __init__(self) -> None:
        self.parameters: dict[str, Any] = {}
        self._variables = 0

    def parameter(self, value: object) -> str:
        """Keep a value and return how the text refers to it."""
        name = f"p{len(self.parameters)}"
        self.parameters[name] = list(value) if isinstance(value, tuple) else value
        return f"${name}"

    def variable(self) -> str:
        """Return a variable that nothing else uses."""
        self._variables += 1
        return f"v{self._variables}"


def arrow(start: str, relation: Relation, end: str, edge: str = "") -> str:
    """Return a relation as a pattern between two variables."""
    types = f"[{edge}:{'|'.join(relation.types)}]"
    target = f"({end}:{relation.target})"
    return f"({start})<-{types}-{target}" if relation.incoming else f"({start})-{types}->{target}"


def predicate(
    condition: Condition, variable: str, kind: Kind, names: Names, *, total: bool = False
) -> str:
    """Return a condition on a node of a kind as a Cypher predicate.

    ``total`` makes every comparison with something missing false instead of null, which NOT
    needs; elsewhere null serves as well and leaves indexes usable. What is always true or false
    is a parameter: of a literal Neo4j would plan another course, which the index hints forbid.
    """
    match condition:
        case AllOf(conditions):
            parts = [predicate(one, variable, kind, names, total=total) for one in conditions]
            return f"({' AND '.join(parts)})" if parts else names.parameter(True)
        case AnyOf(conditions):
            parts = [predicate(one, variable, kind, names, total=total) for one in conditions]
            return f"({' OR '.join(parts)})" if parts else names.parameter(False)
        case Not(inner):
            return f"NOT {predicate(inner, variable, kind, names, total=True)}"
        case Related():
            return _related(condition, variable, kind, names)
        case Under(identifier):
            end = names.parameter(identifier)
            hops = f"[:{kind.whole}*0..]"
            return f"EXISTS {{ MATCH ({variable})-{hops}->(:{kind.label} {{id: {end}}}) }}"
        case Called(name):
            folded = names.parameter(fold_text(name))
            others = f"coalesce({variable}.{kind.other_names}, [])"
            return f"({variable}.nameFolded = {folded} OR {folded} IN {others})"
        case Compare() | Within():
            scalars = {one.name: one for one in kind.fields if isinstance(one, Scalar | Date)}
            plain = _comparison(condition, variable, scalars, names)
            return f"coalesce({plain}, false)" if total else plain


def _related(condition: Related, variable: str, kind: Kind, names: Names) -> str:
    relation = kind.field(condition.relation)
    assert isinstance(relation, Relation)
    end, edge = names.variable(), names.variable()
    total = condition.quantifier is Quantifier.ALL
    inner = [predicate(condition.where, end, KINDS[relation.target], names, total=total)]
    if condition.edge is not None:
        inner.append(_edge_predicate(condition.edge, edge, relation, names, total))
    where = " AND ".join(inner)
    if condition.quantifier is Quantifier.ALL:
        where = f"NOT ({where})"
    exists = f"EXISTS {{ MATCH {arrow(variable, relation, end, edge)} WHERE {where} }}"
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
            plain = _comparison(condition, edge, scalars, names)
            return f"coalesce({plain}, false)" if total else plain
        case _:
            raise TypeError(f"not a condition on a relationship: {condition!r}")


def _comparison(
    condition: Compare | Within, variable: str, scalars: Mapping[str, Scalar | Date], names: Names
) -> str:
    match condition:
        case Within(field, comparison, earliest, latest):
            date = scalars[field]
            assert isinstance(date, Date)
            return _WITHIN[comparison].format(
                earliest=f"{variable}.{date.property('earliest')}",
                latest=f"{variable}.{date.property('latest')}",
                a=names.parameter(earliest),
                b=names.parameter(latest),
            )
        case Compare(field, comparison, value):
            scalar = scalars[field]
            assert isinstance(scalar, Scalar)
            return _compare(scalar, comparison, value, variable, names)


def _compare(
    scalar: Scalar, comparison: Comparison, value: object, variable: str, names: Names
) -> str:
    if comparison is Comparison.IS_NULL:
        return f"{variable}.{scalar.name} IS {'' if value else 'NOT '}NULL"
    operator = _OPERATORS[comparison]
    if scalar.type is Type.TEXTS:
        stored = f"coalesce({variable}.{scalar.folded or scalar.name}, [])"
        return f"any(x IN {stored} WHERE {_text(scalar, 'x', operator, value, names)})"
    if scalar.type is Type.TEXT and scalar.enum is None:
        stored = f"{variable}.{scalar.folded or scalar.name}"
        return _text(scalar, stored, operator, value, names)
    return f"{variable}.{scalar.name} {operator} {names.parameter(value)}"


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
