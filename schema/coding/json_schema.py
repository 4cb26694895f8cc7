"""A JSON Schema of dossiers, by which editors complete, explain and check what one writes.

It is made from the models of the entries and from what a dossier may leave out or write shorter
(:mod:`schema.dossier`), passages and quotations that are still given by their words included. So
it takes every dossier that can be read, and those that can be filled in. It cannot tell everything
that reading tells: which short names there are, where passages lie, how many days a month has.

The dialect is draft-07: VS Code reads it in full and later drafts only in part, and
yaml-language-server, by which most editors check YAML, read nothing later for years. What stands
here means the same in draft 2020-12, where ``definitions`` are called ``$defs``. In draft-07
whatever stands beside ``$ref`` is ignored, so a description stands beside an ``allOf`` of it.

Editors read ``0.10`` as a number where the dossier keeps the text, so figures may be numbers here.
Other texts that look like numbers need quotation marks to please an editor.
"""

import typing
from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from inspect import getdoc
from types import NoneType

from pydantic import BaseModel, TypeAdapter
from pydantic.fields import FieldInfo

from schema.dates import FIRST_YEAR, LAST_YEAR, Basis, UncertainDate
from schema.dossier import SECTIONS, LeftOut
from schema.entries import (
    THINGS,
    ActorRecorded,
    Attribution,
    ClaimRecorded,
    IdentityJudged,
    LinkRecorded,
    Recorded,
    SourceRecorded,
    StatementRecorded,
)
from schema.identifiers import KINDS, MAX_LENGTH, Ref
from schema.values import (
    MAX_HEDGE_WORDS,
    Ascription,
    DecimalText,
    Exact,
    ExternalId,
    Figure,
    Hedge,
    Offset,
    Participant,
    Passage,
    Quote,
    Sha256,
    Stance,
    Text,
    WebAddress,
)

Schema = dict[str, object]

DIALECT = "http://json-schema.org/draft-07/schema#"

# -- texts -------------------------------------------------------------------------------------

# Of white space only that of ASCII: what else is white space differs between languages.
_TRIMMED = r"^[^ \t\n](?:[\s\S]*[^ \t\n])?$"
_DECIMAL = r"^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?$"
_WEB_ADDRESS = r"^[Hh][Tt][Tt][Pp][Ss]?://[^ \t\n]+$"
_HEDGE = rf"^[ \t\n]*(?:[^ \t\n]+[ \t\n]+){{0,{MAX_HEDGE_WORDS - 1}}}[^ \t\n]*[ \t\n]*$"
_NAME = "[a-z0-9-]+"

_MONTH_AND_DAY = "-(?:0[1-9]|1[0-2]|2[1-4]|XX)(?:-(?:0[1-9]|[12][0-9]|3[01]|XX))?"
_DAY = f"(?:[0-9]{{4}}(?:{_MONTH_AND_DAY})?|[0-9]{{3}}X|[0-9]{{2}}XX)[?~%]?"
_TIME = "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:Z|[+-][0-9]{2}(?::[0-9]{2})?)"
_POINT = f"(?:{_DAY}|{_TIME})"
_END = rf"(?:{_POINT}|\.\.)?"
_EDTF = rf"^(?:{_POINT}|{_END}/{_END}|\[{_POINT}?\.\.{_POINT}?\])$"


def _form(pattern: str, otherwise: str) -> Schema:
    """Return the rule that a text has a form, and what editors say if it has not."""
    return {"pattern": pattern, "patternErrorMessage": otherwise}


_FORMS: Sequence[tuple[object, Schema]] = (
    (Text, {"minLength": 1, **_form(_TRIMMED, "has white space at its ends")}),
    (WebAddress, _form(_WEB_ADDRESS, "is no web address such as https://example.org/page")),
    (
        DecimalText,
        {
            "type": ["string", "number"],
            **_form(_DECIMAL, "is no plain decimal number such as 600000000000 or -0.5"),
        },
    ),
)
"""What the models check by functions of their own, by the types of the fields."""

_EDTF_TEXT: Schema = {
    "type": ["string", "integer"],
    "minimum": FIRST_YEAR,
    "maximum": LAST_YEAR,
    **_form(
        _EDTF, "is no date such as 2025, 2025-06-02, 2025-06~, 2025-05/.. or [2025-05..2025-06]"
    ),
}


def _identifier(kinds: Sequence[str]) -> Schema:
    otherwise = f"is no id such as {kinds[0]}/some-name"
    return {"type": "string", "maxLength": MAX_LENGTH, **_form(f"^{_whole(kinds)}$", otherwise)}


def _reference(kinds: Sequence[str]) -> Schema:
    """Return the rule for a place where a thing is named: by short name, or by its whole id."""
    otherwise = f"is neither a short name nor an id such as {kinds[0]}/some-name"
    return {"type": "string", **_form(f"^(?:[^/]+|{_whole(kinds)})$", otherwise)}


def _whole(kinds: Sequence[str]) -> str:
    return f"(?:{'|'.join(kinds)})/{_NAME}(?:/{_NAME})?"


# -- the dossier -------------------------------------------------------------------------------


def dossier_schema() -> Schema:
    """Return the JSON Schema of dossiers, as JSON takes it."""
    sections = {section: _section(section, model) for section, model in SECTIONS.items()}
    return {
        "$schema": DIALECT,
        "description": "What a person writes by hand to put on record what a document says.",
        "type": "object",
        "properties": {
            "dossier": {"const": 1, "description": "The version of the format."},
            "source": {
                "description": "The document that is coded.",
                **_or_null(_defined(SourceRecorded)),
            },
            "use": {
                "type": ["object", "null"],
                "description": "Things recorded elsewhere: short names of yours, and their ids.",
                "additionalProperties": _identifier(KINDS),
            },
            **sections,
            "leftOut": {
                "type": ["array", "null"],
                "description": "Passages that were read and not coded, each with the reason.",
                "items": _defined(LeftOut),
            },
        },
        "required": ["dossier"],
        "additionalProperties": False,
        "definitions": {_name(model): _object(model) for model in _MODELS},
    }


def _section(section: str, model: type[BaseModel]) -> Schema:
    """Return the rule for a section: short names that ids are made of, or things with an id."""
    thing = {"description": _told(getdoc(model)), **_defined(model)}
    return {
        "type": ["object", "null"],
        "description": f"{section.capitalize()} recorded here, by short names of yours.",
        "patternProperties": {f"^{_NAME}$": thing},
        "additionalProperties": {**thing, "required": ["id"]},
    }


_MODELS: Sequence[type[BaseModel]] = (
    *(SourceRecorded, *SECTIONS.values(), LeftOut, Passage, Quote, Hedge, UncertainDate),
    *(Figure, Ascription, Stance, Participant, ExternalId),
)


def _name(model: type[BaseModel]) -> str:
    return model.__name__.removesuffix("Recorded")


def _defined(model: type[BaseModel]) -> Schema:
    return {"allOf": [{"$ref": f"#/definitions/{_name(model)}"}]}


def _or_null(rule: Schema) -> Schema:
    """Return a rule that takes nothing as well, in the form that editors explain best."""
    match rule:
        case {"type": str(one)} if "enum" not in rule:
            return {**rule, "type": [one, "null"]}
        case {"type": [*some]}:
            return {**rule, "type": [*some, "null"]}
        case {"anyOf": [dict(first), *others]}:
            return {**rule, "anyOf": [_or_null(first), *others]}
    return {"anyOf": [rule, {"type": "null"}]}


# -- models and fields -------------------------------------------------------------------------

_PLACE = ("start", "end", "sha256")
_LEFT_OUT: Mapping[type[BaseModel], Collection[str]] = {
    SourceRecorded: ("sha256", "length"),  # filled in
    **dict.fromkeys(SECTIONS.values(), ("id",)),
    StatementRecorded: ("id", "speaker", "attribution"),
    Passage: (*_PLACE, "source"),
    LeftOut: _PLACE,
    Quote: _PLACE,
    Hedge: _PLACE,
}
"""What a model needs and a dossier may leave out."""

_WORDS: Schema = {
    "type": "string",
    "minLength": 1,
    "description": "The passage by its words: all of them, or the first ones, an ellipsis (…) "
    "between spaces, and the last ones. `onrecord dossier fill` puts start, end and hash instead.",
}
_QUOTED: Schema = {
    "type": "string",
    "minLength": 1,
    "description": "The exact words, which `onrecord dossier fill` looks for in the passages.",
}
_FEW_WORDS = _form(_HEDGE, f"has more than {MAX_HEDGE_WORDS} words")
_BARE_DATE: Schema = {
    **_EDTF_TEXT,
    "description": "The date in EDTF, as the document states it.",
}
_SHORT: Mapping[type[BaseModel], Schema] = {
    Passage: _WORDS,
    Quote: _QUOTED,
    Hedge: {**_QUOTED, **_FEW_WORDS},
    UncertainDate: _BARE_DATE,
}
"""What may stand in the place of a model's fields."""


def _object(model: type[BaseModel]) -> Schema:
    """Return the rule for a model, as a dossier writes it."""
    hints = typing.get_type_hints(model, include_extras=True)
    fields = {
        field.alias or name: (hints[name], field) for name, field in model.model_fields.items()
    }
    rules = {alias: _field(model, alias, *one) for alias, one in fields.items()}
    left_out = _LEFT_OUT.get(model, ())
    required = [
        alias
        for alias, (_, field) in fields.items()
        if field.is_required() and alias not in left_out
    ]
    return {
        "type": "object",
        "properties": {**rules, "words": _WORDS} if model in (Passage, LeftOut) else rules,
        "required": required,
        "additionalProperties": False,
        **_CONDITIONS.get(model, {}),
    }


def _field(model: type[BaseModel], alias: str, annotation: object, field: FieldInfo) -> Schema:
    description = field.description or Recorded.model_fields["id"].description
    told: Schema = {"description": _told(description)}
    if isinstance(field.default, bool | StrEnum):
        told["default"] = field.default
    if alias == "id":
        return {**told, **_identifier([kind for kind, one in THINGS.items() if one is model])}
    return {**told, **(_RULES.get((model, alias)) or _value(annotation))}


_RULES: Mapping[tuple[type[BaseModel], str], Schema] = {
    (UncertainDate, "edtf"): _EDTF_TEXT,
    (Hedge, "exact"): {**TypeAdapter(Exact).json_schema(), **_FEW_WORDS},
    (StatementRecorded, "claim"): {
        "anyOf": [_or_null(_reference(["claim"])), _defined(ClaimRecorded)]
    },
    (SourceRecorded, "sha256"): _or_null(TypeAdapter(Sha256).json_schema()),
    (SourceRecorded, "length"): _or_null({**TypeAdapter(Offset).json_schema(), "minimum": 1}),
}
"""What is not what the type of the field says."""


def _told(docstring: str | None) -> str:
    """Return a docstring as editors show it: as Markdown, without the breaks of lines."""
    paragraphs = (docstring or "").replace("``", "`").split("\n\n")
    return "\n\n".join(" ".join(one.split()) for one in paragraphs)


def _value(annotation: object) -> Schema:
    """Return the rule for a value of a type."""
    options = typing.get_args(annotation)
    if NoneType in options:
        [inner] = (one for one in options if one is not NoneType)
        return _or_null(_value(inner))
    if isinstance(annotation, type) and issubclass(annotation, StrEnum):
        return {"type": "string", "enum": list(annotation)}
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        short = _SHORT.get(annotation)
        return {"anyOf": [short, _defined(annotation)]} if short else _defined(annotation)
    return _annotated(annotation)


def _annotated(annotation: typing.Any) -> Schema:  # annotations are no classes: object will not do
    ref = next(
        (one for one in getattr(annotation, "__metadata__", ()) if isinstance(one, Ref)), None
    )
    if ref is not None:
        return _reference(ref.kinds)
    base: Schema = TypeAdapter(annotation).json_schema()
    if base["type"] == "array":
        items = _value(typing.get_args(getattr(annotation, "__origin__", annotation))[0])
        # Behind a function pydantic calls the least number of items minLength.
        least = base.get("minItems", base.get("minLength", 0))
        rule: Schema = {"type": "array", "items": items, "uniqueItems": True, "minItems": least}
        return {**rule, "maxItems": base["maxItems"]}
    return {**base, **next((form for one, form in _FORMS if one == annotation), {})}


# -- what goes together ------------------------------------------------------------------------


def _if(condition: Schema, then: Schema, otherwise: Schema | None = None) -> Schema:
    return {"if": condition, "then": then, **({"else": otherwise} if otherwise else {})}


def _has(alias: str, rule: Schema | None = None) -> Schema:
    """Return the rule that a field is there, and follows a rule."""
    return {"required": [alias], **({"properties": {alias: rule}} if rule else {})}


def _one_of(*values: StrEnum) -> Schema:
    return {"enum": list(values)}


_TEXT: Schema = {"type": "string"}
_SOME: Schema = {"type": "array", "minItems": 1}
_IN_MARKS = _one_of(Attribution.DIRECT_QUOTE, Attribution.PARTIAL_QUOTE)
_DECLINED = _one_of(Attribution.DECLINED_TO_COMMENT)
_PLACE_OR_WORDS = _if(
    _has("words"),
    {"properties": dict.fromkeys(_PLACE, False)},
    {"required": list(_PLACE)},
)
_EVIDENCE_OR_REASON: Schema = {"anyOf": [_has("passages", _SOME), _has("because", _TEXT)]}
_CONDITIONS: Mapping[type[BaseModel], Schema] = {
    Passage: _PLACE_OR_WORDS,
    LeftOut: _PLACE_OR_WORDS,
    UncertainDate: _if(
        _has("basis", _one_of(*(one for one in Basis if one is not Basis.STATED))),
        _has("because", _TEXT),
    ),
    ActorRecorded: _if(_has("scopedTo", _TEXT), _has("named", {"const": False})),
    **dict.fromkeys((LinkRecorded, IdentityJudged), _EVIDENCE_OR_REASON),
    StatementRecorded: {
        "allOf": [
            _if(_has("quotes", _SOME), _has("attribution", _IN_MARKS)),
            _if(_has("attribution", _IN_MARKS), _has("quotes", _SOME)),
            _if(_has("polarity", _TEXT), _has("claim")),
            _if(_has("ascribedTo", {"type": "object"}), _has("claim")),
            _if(
                _has("attribution", _DECLINED),
                {"properties": {"claim": {"type": "null"}}},
                {"anyOf": [*map(_has, ("claim", "relays", "withdraws"))]},
            ),
        ],
    },
}
"""What the models say of fields together, as far as it helps while one writes."""
