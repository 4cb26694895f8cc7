"""What a filter means: from the ``where`` of a request to the conditions of a selection."""

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import TypeAlias, cast

from api.limits import Cost
from api.problems import BadRequest, TooMuch
from api.types import AT, IS_NULL, POSITION, RECORDED
from graph.model import KINDS, Date, Kind, Relation, Scalar
from graph.model import Field as ModelField
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
from schema.dates import InvalidDate, range_bounds

Given: TypeAlias = Mapping[str, object]

MAX_CONDITIONS = 200
MAX_DEPTH = 30


def condition_of(kind: Kind, where: Given | None, cost: Cost) -> Condition:
    """Return the condition that a filter means; the relations it follows are counted in ``cost``.

    :raises BadRequest: a date is none, or a null stands where a condition should.
    :raises TooMuch: it has more than ``MAX_CONDITIONS`` conditions, is nested too deeply, or
        follows more relations than the limit.
    """
    if where is None:
        return AllOf()
    _check_depth(where)
    reader = _Reader(cost)
    return reader.all_of(reader.on_kind(kind, where, "where"))


def _check_depth(where: Given) -> None:
    layer: list[object] = [where]
    for _ in range(MAX_DEPTH):
        layer = [inner for one in layer for inner in _inside(one)]
        if not layer:
            return
    raise TooMuch(f"where is nested more than {MAX_DEPTH} levels deep")


def _inside(given: object) -> list[object]:
    match given:
        case Mapping():
            return list(given.values())
        case [*items]:
            return items
        case _:
            return []


class _Reader:
    """Reads one filter, and counts its conditions."""

    def __init__(self, cost: Cost) -> None:
        self._cost = cost
        self._count = 0
        self._steps = 0

    def all_of(self, conditions: Iterator[Condition]) -> Condition:
        found = []
        for condition in conditions:
            self._count += 1
            if self._count > MAX_CONDITIONS:
                raise TooMuch(f"where has more than {MAX_CONDITIONS} conditions")
            found.append(condition)
        return found[0] if len(found) == 1 else AllOf(tuple(found))

    def on_kind(self, kind: Kind, where: Given, path: str) -> Iterator[Condition]:
        for key, given in _present(where, path):
            inner = f"{path}.{key}"
            match key, given:
                case "AND", list():
                    yield AllOf(self._each(kind, given, inner))
                case "OR", list():
                    yield AnyOf(self._each(kind, given, inner))
                case "NOT", Mapping():
                    yield Not(self.all_of(self.on_kind(kind, given, inner)))
                case "called", str():
                    yield Called(given)
                case "under", str():
                    yield Under(given)
                case _, bool():
                    raise BadRequest(
                        f"{inner}: only what a relation leads to can be missing; ask it directly "
                        f"below a relation to one, such as capacity: {{ {IS_NULL}: true }}"
                    )
                case _, Mapping() if key == RECORDED:
                    yield from self._on_recording(kind, given, inner)
                case _, Mapping():
                    yield from self._on_field(kind.field(key), given, inner)

    def _each(self, kind: Kind, parts: Sequence[Given], path: str) -> tuple[Condition, ...]:
        return tuple(
            self.all_of(self.on_kind(kind, part, f"{path}[{index}]"))
            for index, part in enumerate(parts)
        )

    def _on_recording(self, kind: Kind, given: Given, path: str) -> Iterator[Condition]:
        for key, part in _present(given, path):
            field = kind.field(POSITION if key == "position" else AT)
            assert isinstance(part, Mapping)
            yield from self._on_field(field, part, f"{path}.{key}")

    def _on_field(self, field: ModelField, given: Given, path: str) -> Iterator[Condition]:
        match field:
            case Scalar():
                for key, value in _present(given, path):
                    yield Compare(field.name, Comparison(key), _comparable(value))
            case Date():
                for key, text in _present(given, path):
                    yield _within(field.name, key, str(text), f"{path}.{key}")
            case Relation(many=False):
                yield from self._on_one(field, given, path)
            case Relation():
                for key, inner in _present(given, path):
                    assert isinstance(inner, Mapping)
                    yield self._related(field, Quantifier(key), inner, f"{path}.{key}")

    def _on_one(self, relation: Relation, given: Given, path: str) -> Iterator[Condition]:
        """Read a condition on what a relation to one leads to, which may be that it is missing."""
        rest = dict(given)
        missing = rest.pop(IS_NULL, False)
        if missing is None:
            raise _null(f"{path}.{IS_NULL}")
        if IS_NULL in given:
            quantifier = Quantifier.NONE if missing else Quantifier.SOME
            yield self._related(relation, quantifier, {}, path)
        if rest or IS_NULL not in given:
            yield self._related(relation, Quantifier.SOME, rest, path)

    def _related(
        self, relation: Relation, quantifier: Quantifier, given: Given, path: str
    ) -> Condition:
        self._steps += 1
        self._cost.follow(self._steps)
        related = self._at_the_other_end(relation, quantifier, given, path)
        self._steps -= 1
        return related

    def _at_the_other_end(
        self, relation: Relation, quantifier: Quantifier, given: Given, path: str
    ) -> Condition:
        target = KINDS[relation.target]
        if relation.node_field is None:
            where = self.all_of(self.on_kind(target, given, path))
            return Related(relation.name, quantifier, where)
        node = given.get(relation.node_field, {})
        if not isinstance(node, Mapping):
            raise _null(f"{path}.{relation.node_field}")
        where = self.all_of(self.on_kind(target, node, f"{path}.{relation.node_field}"))
        edge = {key: one for key, one in given.items() if key != relation.node_field}
        return Related(relation.name, quantifier, where, self._on_edge(relation, edge, path))

    def _on_edge(self, relation: Relation, given: Given, path: str) -> Condition | None:
        properties = {one.name: one for one in relation.properties}
        found: list[Condition] = []
        for key, inner in _present(given, path):
            assert isinstance(inner, Mapping)
            found.extend(self._on_field(properties[key], inner, f"{path}.{key}"))
        return AllOf(tuple(found)) if found else None


def _present(given: Given, path: str) -> Iterator[tuple[str, object]]:
    """Yield what was given; a null would be read as "no condition" by one, as "missing" by another."""
    for key, value in given.items():
        if value is None:
            raise _null(f"{path}.{key}")
        yield key, value


def _null(path: str) -> BadRequest:
    return BadRequest(f"{path} is null: leave it out, or ask isNull: true")


def _comparable(value: object) -> str | int | bool | tuple[str, ...]:
    """Return what was given, which GraphQL has checked, as a selection holds it."""
    if isinstance(value, list):
        return tuple(cast("str", _plain(one)) for one in value)
    return _plain(value)


def _plain(value: object) -> str | int | bool:
    return value.value if isinstance(value, StrEnum) else cast("str | int | bool", value)


def _within(field: str, key: str, text: str, path: str) -> Within:
    try:
        earliest, latest = range_bounds(text)
    except InvalidDate as error:
        raise BadRequest(f"{path}: {error}") from None
    return Within(field, RangeComparison(key), earliest, latest)
