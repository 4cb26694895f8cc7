"""The types of the things on record, made from the graph model.

A field of the model is a field here, with the model's description. Whether it can be null is
read off the entries: what an entry must have is never null.
"""

import strawberry
from graphql import GraphQLAbstractType, GraphQLResolveInfo
from pydantic import BaseModel
from strawberry import ID

from api.classes import Field, TypeLike, enum_type, nullable, output, sentence, shell
from api.context import Request
from api.history import HISTORY, RETRACTED, Change, Recording
from api.models import always_there, fields_of
from api.texts import CONTEXT_LENGTH
from graph.model import (
    COMMON,
    DATE_ENUMS,
    DATE_PARTS,
    KINDS,
    Date,
    Json,
    Kind,
    Relation,
    Scalar,
    Type,
)
from graph.model import Field as ModelField
from schema.dates import UncertainDate
from schema.entries import THING_TYPES
from schema.values import (
    Ascription,
    ExternalId,
    Figure,
    Participant,
    Passage,
    Quote,
    Stance,
    Value,
)

RECORDED = "recorded"
"""The field that shows the entry behind a thing, in place of these two of the model:"""
POSITION, AT = "recordedPosition", "recordedAt"
IS_NULL = "isNull"
"""How a filter asks whether something is missing: a value, or what a relation to one leads to."""

JSON_TYPES: dict[str, tuple[str, type[Value]]] = {
    "figures": ("Figure", Figure),
    "externalIds": ("ExternalId", ExternalId),
    "quoteSpans": ("Span", Quote),
    "hedgingSpans": ("Span", Quote),
}
"""The object type of each list of maps, and the model that it is made from."""

EDGE_TYPES: dict[tuple[str, str], tuple[str, type[Value]]] = {
    ("REPORTED_IN", "source"): ("Passage", Passage),
    ("TOOK_PART", "actor"): ("Participant", Participant),
    ("TOOK_PART", "event"): ("Participation", Participant),
    ("ASCRIBES_TO", "actor"): ("Ascription", Ascription),
    ("TAKES_STANCE", "issue"): ("Stance", Stance),
    ("ASCRIBES_STANCE", "issue"): ("Stance", Stance),
}
"""The object type of each relationship that is a field itself, and the model of its parts."""

WORDS: dict[str, dict[str, str]] = {
    "Passage": {
        "text": "The exact words, where the text of the source is at hand and has them there.",
        "before": f"Up to {CONTEXT_LENGTH} characters before them, cut between words.",
        "after": f"Up to {CONTEXT_LENGTH} characters after them, cut between words.",
    }
}
"""The fields that come from the text of a source, by the relationship that they are shown with."""

_SCALARS: dict[Type, TypeLike] = {
    Type.ID: ID,
    Type.TEXT: str,
    Type.TEXTS: list[str],
    Type.INTEGER: int,
    Type.BOOLEAN: bool,
}
_ENTRIES = {model.kind().removesuffix("Recorded"): model for model in THING_TYPES}
_DATE_BOUNDS = {
    "earliest": "The first instant that it can be, in UTC.",
    "latest": "The instant, in UTC, before which it must be.",
    "precision": "How finely it is known.",
}


_OF_THE_LOG = {
    HISTORY: Field(list[Change], "The entries about it until then, in the order of the log."),
    RETRACTED: Field(
        nullable(Change),
        "By what it is off the record by now; null where it is on record, as everything is that "
        "is not asked for as of an earlier moment.",
    ),
}
"""What the log alone knows of a thing."""


class Thing(dict[str, object]):
    """A thing as an answer shows it, where the question does not tell its type."""

    def __init__(self, label: str) -> None:
        super().__init__()
        self.label = label


@strawberry.interface(description="Anything on record that has an id.")
class Node:
    """What all things have in common."""

    id: ID = strawberry.field(description="The plain identifier, kind/name.")
    name: str = strawberry.field(description="The caption: a name, or a few words.")
    revision: int = strawberry.field(description="The last position in the log about it.")
    recorded: Recording = strawberry.field(description="The log entry that put it on record.")
    history: list[Change] = strawberry.field(description=_OF_THE_LOG[HISTORY].description)
    retracted: Change | None = strawberry.field(description=_OF_THE_LOG[RETRACTED].description)

    @classmethod
    def resolve_type(
        cls, value: object, info: GraphQLResolveInfo[Request], of: GraphQLAbstractType
    ) -> str:
        """Return the name of the type of a thing."""
        assert isinstance(value, Thing)
        return value.label

    @classmethod
    def is_type_of(cls, value: object, info: GraphQLResolveInfo[Request]) -> bool:
        """Take any row for what it was asked as."""
        return isinstance(value, dict)


def edge_type_name(relation: Relation) -> str:
    """Return the name of the type of a relation that is a field itself."""
    return _edge(relation)[0]


def _edge(relation: Relation) -> tuple[str, type[BaseModel]]:
    assert relation.node_field is not None
    return EDGE_TYPES[relation.types[0], relation.node_field]


def _make_node(kind: Kind) -> None:
    certain = always_there(_ENTRIES[kind.label]) | {one.name for one in COMMON}
    fields: dict[str, Field] = {}
    for field in kind.fields:
        if field.name == POSITION:
            fields[RECORDED] = Field(Recording, "The log entry that put it on record.")
        elif field.name != AT:
            fields[field.name] = Field(_annotation(field, certain), field.description)
    fields |= _OF_THE_LOG
    output(NODE_TYPES[kind.label], kind.description, fields)


def _make_edge(relation: Relation) -> None:
    name, model = _edge(relation)
    certain = always_there(model)
    fields = {
        one.name: Field(_annotation(one, certain), one.description) for one in relation.properties
    }
    assert relation.node_field is not None
    target = KINDS[relation.target]
    fields[relation.node_field] = Field(NODE_TYPES[target.label], target.description)
    for word, description in WORDS.get(name, {}).items():
        fields[word] = Field(nullable(str), description)
    output(_EDGES[name], sentence(model.__doc__), fields)


def _annotation(field: ModelField, certain: set[str]) -> TypeLike:
    plain, many = _plain(field)
    if many:
        return list[plain]  # type: ignore[valid-type]  # made at run time
    return plain if field.name in certain else nullable(plain)


def _plain(field: ModelField) -> tuple[TypeLike, bool]:
    match field:
        case Scalar(type=Type.TEXTS):
            return str, True
        case Scalar(enum=None):
            return _SCALARS[field.type], False
        case Scalar(enum=enum):
            return enum_type(enum), False
        case Date():
            return _DATE, False
        case Json():
            return _JSON[JSON_TYPES[field.name][0]], True
        case Relation(node_field=None):
            return NODE_TYPES[field.target], field.many
        case Relation():
            return _EDGES[edge_type_name(field)], field.many


def _make_json(name: str, model: type[Value]) -> type:
    def no_parts(inner: type[BaseModel]) -> type:
        raise TypeError(f"{name} holds {inner.__name__}, which no JSON text of the graph does")

    fields = {
        field: Field(annotation, description)
        for field, description, annotation in fields_of(model, no_parts)
    }
    return output(shell(name), sentence(model.__doc__), fields)


def _make_date() -> type:
    given = {
        name: (description, annotation)
        for name, description, annotation in fields_of(UncertainDate, lambda model: model)
    }
    fields = {}
    for part in DATE_PARTS:
        plain = enum_type(DATE_ENUMS[part]) if part in DATE_ENUMS else str
        if part in _DATE_BOUNDS:
            fields[part] = Field(plain, _DATE_BOUNDS[part])
        else:
            fields[part] = Field(nullable(plain), given[part][0])
    description = "A date with its uncertainty, in EDTF (ISO 8601-2)."
    return output(shell("UncertainDate"), description, fields)


NODE_TYPES: dict[str, type] = {label: shell(label, Node) for label in KINDS}
"""The object type of each kind, by label."""

_EDGES = {name: shell(name) for name, _ in EDGE_TYPES.values()}
_JSON = {name: _make_json(name, model) for name, model in set(JSON_TYPES.values())}
_DATE = _make_date()

for _kind in KINDS.values():
    _make_node(_kind)
for _relation in {
    edge_type_name(one): one
    for kind in KINDS.values()
    for one in kind.fields
    if isinstance(one, Relation) and one.node_field is not None
}.values():
    _make_edge(_relation)
