"""The parts that entries are made of: texts, passages, quotations, figures, ascriptions.

Passages follow the selectors of the W3C Web Annotation model (text position and text quote);
their address is that of RFC 5147, in code points.
"""

import hashlib
import re
import unicodedata
from enum import StrEnum
from typing import Annotated, Self, TypeVar
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictInt,
    model_validator,
)
from pydantic.alias_generators import to_camel

from schema.canonical import MAX_INTEGER
from schema.errors import shown
from schema.identifiers import ActorId, IssueId, SourceId

MAX_HEDGE_WORDS = 5
MAX_PASSAGE_EXACT = 300
MAX_TEXT = 2000
MAX_DIGITS = 40
MAX_ITEMS = 1000

_PLAIN_DECIMAL = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")
_Item = TypeVar("_Item")


class Value(BaseModel):
    """A frozen part of an entry; unknown fields are refused, keys are camelCase."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        alias_generator=to_camel,
        validate_by_name=True,
        use_attribute_docstrings=True,
    )


def _clean(text: str) -> str:
    if not text.strip():
        raise ValueError("is empty")
    if text != text.strip():
        raise ValueError("has white space at its ends")
    return check_storable(text)


def check_storable(text: str) -> str:
    """Return a text that can be kept.

    :raises ValueError: it has a control character or half a character, naming it and its place.
    """
    if text.isprintable():  # as nearly every text is: none of these characters are
        return text
    for index, character in enumerate(text):
        category = unicodedata.category(character)
        if category == "Cs" or (category == "Cc" and character not in "\n\t"):
            raise ValueError(
                f"has a character (U+{ord(character):04X}) at {index} that no text has"
            )
    return text


def _web_address(text: str) -> str:
    try:
        parts = urlsplit(text)
        whole = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:  # half an IPv6 address
        whole = False
    if not whole or " " in text or not text.isprintable():
        raise ValueError(f"{shown(text)} is not a web address such as https://example.org/page")
    return text


def _decimal(text: str) -> str:
    if _PLAIN_DECIMAL.fullmatch(text) is None:
        raise ValueError(
            f"{shown(text)} is not a plain decimal number such as 600000000000 or -0.5"
        )
    return text


def _number_as_text(value: object) -> object:
    # An int of thousands of digits is not even written: Python refuses to.
    return str(value) if type(value) is int and abs(value) < 10**MAX_DIGITS else value


def _distinct(items: tuple[_Item, ...]) -> tuple[_Item, ...]:
    if len(items) < 2:  # most are
        return items
    first: dict[object, int] = {}
    for index, item in enumerate(items):
        if first.setdefault(item, index) != index:
            raise ValueError(f"says the same twice, at {first[item]} and {index}")
    return items


Text = Annotated[str, Field(max_length=MAX_TEXT), AfterValidator(_clean)]
Exact = Annotated[str, Field(min_length=1, max_length=MAX_TEXT), AfterValidator(check_storable)]
ShortExact = Annotated[
    str, Field(min_length=1, max_length=MAX_PASSAGE_EXACT), AfterValidator(check_storable)
]
WebAddress = Annotated[Text, AfterValidator(_web_address)]
LanguageTag = Annotated[str, Field(max_length=35, pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{1,8})*$")]
DecimalText = Annotated[
    str, Field(max_length=MAX_DIGITS), AfterValidator(_decimal), BeforeValidator(_number_as_text)
]
Several = Annotated[tuple[_Item, ...], Field(max_length=MAX_ITEMS), AfterValidator(_distinct)]
"""Any number of things, none of them twice."""
Offset = Annotated[StrictInt, Field(ge=0, le=MAX_INTEGER)]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


def text_sha256(text: str) -> str:
    """Return the SHA-256 of a text's UTF-8 bytes, in lower-case hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


class Part(StrEnum):
    """Which part of a document a passage stands in."""

    TITLE = "TITLE"
    SUMMARY = "SUMMARY"
    HEADING = "HEADING"
    BODY = "BODY"
    CAPTION = "CAPTION"
    DISCLOSURE = "DISCLOSURE"
    RELATED = "RELATED"


class Span(Value):
    """A stretch of a document's text: half-open, in code points, nothing normalised."""

    start: Offset
    """The first code point of the stretch, counted from 0."""
    end: Offset
    """The first code point after it."""
    sha256: Sha256
    """SHA-256 of the exact text in UTF-8, in hexadecimal."""

    @model_validator(mode="after")
    def _goes_forward(self) -> Self:
        if self.end <= self.start:
            raise ValueError(f"a stretch from {self.start} to {self.end} is empty")
        return self

    def covers(self, other: "Span") -> bool:
        """Tell whether another stretch lies inside this one."""
        return self.start <= other.start and other.end <= self.end


def _check_exact(span: Span, exact: str) -> None:
    if len(exact) != span.end - span.start:
        raise ValueError(
            f"the exact words have {len(exact)} characters, the stretch {span.end - span.start}"
        )
    if text_sha256(exact) != span.sha256:
        raise ValueError(f"the exact words {shown(exact)} do not have the SHA-256 given")


class Passage(Span):
    """The evidence: a stretch of a source's text, with its words only if short."""

    source: SourceId
    """The source whose text it is a stretch of."""
    part: Part = Part.BODY
    """Which part of the document it stands in."""
    exact: ShortExact | None = None
    """The exact words, only if short."""

    @model_validator(mode="after")
    def _exact_fits(self) -> Self:
        if self.exact is not None:
            _check_exact(self, self.exact)
        return self


class Quote(Span):
    """Words inside quotation marks, as printed."""

    exact: Exact
    """The exact words."""

    @model_validator(mode="after")
    def _exact_fits(self) -> Self:
        _check_exact(self, self.exact)
        return self


class Hedge(Quote):
    """Words by which the speaker limits what is said: at most five."""

    @model_validator(mode="after")
    def _is_short(self) -> Self:
        if len(self.exact.split()) > MAX_HEDGE_WORDS:
            raise ValueError(f"a hedge has at most {MAX_HEDGE_WORDS} words: {shown(self.exact)}")
        return self


class Bound(StrEnum):
    """How exactly a figure is meant."""

    EXACT = "EXACT"
    ABOUT = "ABOUT"
    AT_LEAST = "AT_LEAST"
    AT_MOST = "AT_MOST"


class Figure(Value):
    """A number with what it measures; ``to`` is the value, ``from`` the one before a change."""

    what: Text
    """What is measured."""
    from_: DecimalText | None = Field(default=None, alias="from")
    """The value before a change."""
    to: DecimalText
    """The value, a plain decimal number with its scale resolved."""
    unit: Text
    """The unit, such as USD or %."""
    bound: Bound = Bound.EXACT
    """How exactly it is meant."""
    words: Text | None = None
    """The source's own words for it."""


class Attitude(StrEnum):
    """What somebody is said to hold towards a claim."""

    BELIEVES = "BELIEVES"
    WANTS = "WANTS"
    HOPES = "HOPES"
    FEARS = "FEARS"
    INTENDS = "INTENDS"


class Ascription(Value):
    """A belief or wish that the speaker lays to another; the holder did not say it."""

    actor: ActorId
    """Who is said to hold it."""
    attitude: Attitude
    """What is said to be held."""


class StanceKind(StrEnum):
    """Where a statement stands on an issue's question: SUPPORTS is yes."""

    SUPPORTS = "SUPPORTS"
    OPPOSES = "OPPOSES"
    AMBIVALENT = "AMBIVALENT"
    NEUTRAL = "NEUTRAL"


class Stance(Value):
    """A statement's stance on an issue that has a question."""

    issue: IssueId
    """An issue that has a yes/no question."""
    stance: StanceKind
    """Where the statement stands; SUPPORTS is yes."""


class Participant(Value):
    """An actor's part in an event; the role is a text."""

    actor: ActorId
    """Who took part."""
    role: Text | None = None
    """The part played, as a text."""


class ExternalId(Value):
    """The same thing's identifier elsewhere, for example Wikidata Q22686."""

    scheme: Text
    """Whose identifier it is, such as wikidata."""
    value: Text
    """The identifier there."""
