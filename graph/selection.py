"""The selection: what to fetch, as plain data. The API makes it, the compiler turns it to Cypher.

Names of kinds, fields and orders are those of :mod:`graph.model`.
"""

from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Pick:
    """A field to fetch under a key of the row; relations and dates pick fields in turn.

    The keys of one row are distinct, so that one relation can be fetched twice.
    """

    key: str
    field: str
    picks: tuple["Pick", ...] = ()


class Comparison(Enum):
    """How a scalar field is compared; texts without regard to case."""

    EQ = "eq"
    IN = "in"
    CONTAINS = "contains"
    STARTS_WITH = "startsWith"
    LT = "lt"
    LTE = "lte"
    GT = "gt"
    GTE = "gte"
    IS_NULL = "isNull"


class RangeComparison(Enum):
    """How an uncertain date lies to a range."""

    CERTAINLY_WITHIN = "certainlyWithin"
    POSSIBLY_WITHIN = "possiblyWithin"
    BEFORE = "before"
    AFTER = "after"


class Quantifier(Enum):
    """How many of the related things must satisfy a condition; a to-one relation uses SOME."""

    SOME = "some"
    ALL = "all"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Compare:
    """A scalar field compared with a value; a list for IN, a bool for IS_NULL."""

    field: str
    comparison: Comparison
    value: str | int | bool | tuple[str, ...] | tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Within:
    """An uncertain date compared with the range ``[earliest, latest)`` of UTC instants."""

    field: str
    comparison: RangeComparison
    earliest: str
    latest: str


@dataclass(frozen=True, slots=True)
class Called:
    """A name or one of the other names, without regard to case ("Beijing")."""

    name: str


@dataclass(frozen=True, slots=True)
class Under:
    """The thing with this id, or anything below it (narrower issues, parts of an actor)."""

    id: str


@dataclass(frozen=True, slots=True)
class Related:
    """A relation whose other end satisfies a condition; ``edge`` conditions its properties."""

    relation: str
    quantifier: Quantifier
    where: "Condition"
    edge: "Condition | None" = None


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every condition holds; true of none."""

    conditions: tuple["Condition", ...] = ()


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one condition holds."""

    conditions: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The condition does not hold; a comparison with something missing does not hold either."""

    condition: "Condition"


Condition: TypeAlias = Compare | Within | Called | Under | Related | AllOf | AnyOf | Not

DEFAULT_PAGE = 20
MAX_PAGE = 1000


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the things of a kind that satisfy a condition.

    ``order`` is the name of one of the kind's orders; ``cursor`` is the key of the row after
    which (in reading direction) the page begins. ``backward`` pages towards the beginning; rows
    still come in the order asked for.
    """

    kind: str
    picks: tuple[Pick, ...]
    where: Condition = AllOf()
    order: str = "recorded"
    descending: bool = False
    limit: int = DEFAULT_PAGE
    cursor: tuple[str | int, ...] | None = None
    backward: bool = False
    count: bool = False
    as_of: int | None = None


Row: TypeAlias = dict[str, object]


@dataclass(frozen=True, slots=True)
class PageRows:
    """The rows of a page, each with its key, and what lies around them.

    ``position`` is the log position that the graph had when the page was read.
    """

    rows: tuple[Row, ...]
    keys: tuple[tuple[str | int, ...], ...]
    more: bool
    count: int | None
    position: int
