"""The graph model as data: labels, properties, relationships, and the fields to ask for.

The fold writes by these names, the compiler reads by them, filters and orders are generated
from them: the model stands here once. ``MODEL_VERSION`` goes up with every change of it, and a
graph written by another version is rebuilt.
"""

from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import TypeAlias

from schema.dates import Basis, Precision
from schema.entries import (
    ActorKind,
    Attribution,
    EventStatus,
    Force,
    Polarity,
    SourceKind,
)
from schema.values import Attitude, Part, StanceKind

MODEL_VERSION = 4
SORT_NAME_LENGTH = 200
"""How much of a name counts in an order by name; an index takes no key above some 8,000 bytes."""

PropertyValue: TypeAlias = str | int | bool | list[str]
EnumType: TypeAlias = type[StrEnum]


class Type(Enum):
    """The type of a scalar field, as a filter sees it."""

    ID = "id"
    TEXT = "text"
    TEXTS = "texts"
    INTEGER = "integer"
    BOOLEAN = "boolean"


@dataclass(frozen=True, slots=True)
class Scalar:
    """A field held in one property. ``folded`` names a copy made by :func:`fold_text`."""

    name: str
    type: Type
    description: str
    enum: EnumType | None = None
    folded: str | None = None


@dataclass(frozen=True, slots=True)
class Date:
    """An uncertain date, flattened into properties that begin with its name."""

    name: str
    description: str

    def property(self, part: str) -> str:
        """Return the property of one part, such as ``saidEarliest``."""
        return f"{self.name}{part[0].upper()}{part[1:]}"


DATE_PARTS = ("edtf", "words", "basis", "because", "earliest", "latest", "precision")
DATE_ENUMS: dict[str, EnumType] = {"basis": Basis, "precision": Precision}


@dataclass(frozen=True, slots=True)
class Json:
    """Lists of maps, held as one JSON text; ``parts`` are the keys of each map."""

    name: str
    description: str
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Relation:
    """A field that leads over relationships to other nodes.

    With ``node_field`` the field is the relationship itself with ``properties`` of its own, and
    the node at its other end stands in that field; without, the field is the node. ``either``:
    in whichever direction. ``recorded``: between just these two, though one of them be merged.
    """

    name: str
    types: tuple[str, ...]
    target: str
    description: str
    many: bool = True
    incoming: bool = False
    node_field: str | None = None
    properties: tuple[Scalar, ...] = ()
    order: str | None = None
    either: bool = False
    recorded: bool = False


Field: TypeAlias = Scalar | Date | Json | Relation


@dataclass(frozen=True, slots=True)
class Order:
    """A total order of a kind: the properties compared one after the other.

    A ``dated`` order compares ``(span is UNKNOWN, at)``, so that what has no date of its own
    comes last in either direction. Its index ``covers`` a property more, if all things of the kind
    have that, so that what it leads to in vain need not be looked at.
    """

    name: str
    keys: tuple[str, ...]
    dated: str | None = None
    covers: tuple[str, ...] = ()

    @property
    def index_keys(self) -> tuple[str, ...]:
        """Return the properties of the index, in order."""
        return ("span", *self.keys, *self.covers) if self.dated else self.keys


@dataclass(frozen=True, slots=True)
class Kind:
    """A node label with everything that can be asked of it.

    ``other_names`` is the property that holds folded other names, ``whole`` the relationship
    that leads to what a thing is part of.
    """

    label: str
    plural: str
    description: str
    fields: tuple[Field, ...]
    orders: tuple[Order, ...]
    by_default: tuple[str, bool]
    other_names: str | None = None
    whole: str | None = None

    def field(self, name: str) -> Field:
        """Return a field by name.

        :raises KeyError: the kind has no such field.
        """
        for field in self.fields:
            if field.name == name:
                return field
        raise KeyError(f"{self.label} has no field {name!r}")

    def order(self, name: str) -> Order:
        """Return an order by name.

        :raises KeyError: the kind has no such order.
        """
        for order in self.orders:
            if order.name == name:
                return order
        raise KeyError(f"{self.label} has no order {name!r}")


def fold_text(text: str) -> str:
    """Return the form in which names are compared: case does not count.

    The one function for data and questions alike, so that both always agree.
    """
    return " ".join(text.casefold().split())


def label_of(identifier: str) -> str:
    """Return the label of the node with this id: ``actor/...`` is an ``Actor``."""
    return identifier.partition("/")[0].capitalize()


PAST = "Past"
VERSION = "Version"
PAST_TYPE = "PAST_"


_TOLD_BY_TARGET = ("MADE", "HELD", "PUBLISHED", "WROTE", "TOOK_PART")
HELD_BY_TARGET = frozenset({*_TOLD_BY_TARGET, *(f"{PAST_TYPE}{kind}" for kind in _TOLD_BY_TARGET)})
"""The relationships that the thing at their target tells of; all others are told of at the source."""


MERGED_LABELS = ("Actor", "Issue", "Claim", "Event", "Source")
"""The labels of things that are seen as their canonical one."""


def past_label(label: str) -> str:
    """Return the label of a node whose thing is retracted: ``PastActor``."""
    return f"{PAST}{label}"


def past_type(kind: str) -> str:
    """Return the type of a relationship that has ended: ``PAST_MADE``."""
    return f"{PAST_TYPE}{kind}"


ID = Scalar("id", Type.ID, "The plain identifier, kind/name.")
NAME = Scalar("name", Type.TEXT, "The caption: a name, or a few words.", folded="nameFolded")
RECORDED_POSITION = Scalar(
    "recordedPosition", Type.INTEGER, "The position of the entry that put it on record."
)
RECORDED_AT = Scalar("recordedAt", Type.TEXT, "When it was put on record, in UTC.")
REVISION = Scalar("revision", Type.INTEGER, "The last position in the log about it.")
COMMON: tuple[Field, ...] = (ID, NAME, RECORDED_POSITION, RECORDED_AT, REVISION)

BY_NAME = Order("name", ("sortName", "id"))
BY_RECORDED = Order("recorded", ("recordedPosition",))

FIGURE_PARTS = ("what", "from", "to", "unit", "bound", "words")
SPAN_PARTS = ("start", "end", "sha256", "exact")
CLAIM_RELATIONS = (*(polarity.value for polarity in Polarity), "ASCRIBES", "PASSES_ON")

STANCE = Scalar("stance", Type.TEXT, "SUPPORTS is yes.", enum=StanceKind)
FIGURES = Json("figures", "Numbers with what they measure.", FIGURE_PARTS)
PASSAGES = Relation(
    "passages",
    ("REPORTED_IN",),
    "Source",
    "The evidence: stretches of a source's text.",
    node_field="source",
    properties=(
        Scalar("part", Type.TEXT, "Which part of the document.", enum=Part),
        Scalar("start", Type.INTEGER, "First code point, counted from 0."),
        Scalar("end", Type.INTEGER, "First code point after the passage."),
        Scalar("sha256", Type.TEXT, "SHA-256 of the exact text, in hexadecimal."),
        Scalar("exact", Type.TEXT, "The exact words, only if short."),
    ),
    order="n",
)


def _identity(label: str) -> tuple[Relation, ...]:
    """Return the fields that say who is one with whom."""
    return (
        Relation(
            "canonical",
            ("CANONICAL",),
            label,
            "The one that stands for it, since judgements merge the two.",
            many=False,
            recorded=True,
        ),
        Relation(
            "standsFor",
            ("CANONICAL",),
            label,
            "Those that it stands for, since judgements merge them with it.",
            incoming=True,
            recorded=True,
        ),
        Relation(
            "sameAs",
            ("SAME_AS",),
            label,
            "What it was judged to be one and the same with.",
            either=True,
            recorded=True,
        ),
        Relation(
            "notSameAs",
            ("NOT_SAME_AS",),
            label,
            "What it was judged not to be.",
            either=True,
            recorded=True,
        ),
    )


ACTOR = Kind(
    "Actor",
    "actors",
    "Anyone who can speak or act.",
    (
        *COMMON,
        Scalar("kind", Type.TEXT, "What sort of actor.", enum=ActorKind),
        Scalar("named", Type.BOOLEAN, "False for somebody the source does not name."),
        Scalar("scopedTo", Type.ID, "The source that alone tells of an unnamed actor."),
        Scalar("aliases", Type.TEXTS, "Other names, metonyms included.", folded="aliasesFolded"),
        Json("externalIds", "Identifiers elsewhere.", ("scheme", "value")),
        Relation("partOf", ("PART_OF",), "Actor", "What this actor is a part of."),
        Relation("members", ("MEMBER_OF",), "Actor", "Who belongs to this group.", incoming=True),
        Relation("memberOf", ("MEMBER_OF",), "Actor", "The groups this actor belongs to."),
        Relation("roles", ("HELD",), "Role", "Capacities held."),
        Relation("statements", ("MADE",), "Statement", "What this actor said."),
        Relation("mentionedIn", ("MENTIONS",), "Claim", "Claims about this actor.", incoming=True),
        Relation("addressed", ("ADDRESSED_TO",), "Statement", "Said to them.", incoming=True),
        Relation(
            "ascriptions",
            ("ASCRIBES_TO",),
            "Statement",
            "What others say they hold.",
            incoming=True,
        ),
        Relation("published", ("PUBLISHED",), "Source", "Documents published."),
        Relation("wrote", ("WROTE",), "Source", "Documents written."),
        Relation(
            "events",
            ("TOOK_PART",),
            "Event",
            "Events taken part in, with the role.",
            node_field="event",
            properties=(Scalar("role", Type.TEXT, "The part played."),),
        ),
        *_identity("Actor"),
    ),
    (BY_NAME, BY_RECORDED),
    ("name", False),
    other_names="aliasesFolded",
    whole="PART_OF",
)
ROLE = Kind(
    "Role",
    "roles",
    "A capacity in which an actor speaks.",
    (
        *COMMON,
        Scalar("title", Type.TEXT, "The title as printed."),
        Date("from", "Since when it was held, where stated."),
        Date("until", "Until when it was held, where stated."),
        Relation("holder", ("HELD",), "Actor", "Who held it.", many=False, incoming=True),
        Relation("body", ("IN",), "Actor", "The body it is a capacity in.", many=False),
        PASSAGES,
    ),
    (BY_NAME, BY_RECORDED),
    ("name", False),
)
ISSUE = Kind(
    "Issue",
    "issues",
    "A contested question or topic.",
    (
        *COMMON,
        Scalar("question", Type.TEXT, "The yes/no question that stances answer."),
        Scalar("definition", Type.TEXT, "What belongs to it."),
        Scalar("altNames", Type.TEXTS, "Other names.", folded="altNamesFolded"),
        Relation("broader", ("BROADER",), "Issue", "The issues it is part of."),
        Relation(
            "narrower", ("BROADER",), "Issue", "The issues that are part of it.", incoming=True
        ),
        Relation("claims", ("ABOUT",), "Claim", "Claims about it.", incoming=True),
        Relation("statements", ("ABOUT",), "Statement", "What was said on it.", incoming=True),
        Relation("events", ("ABOUT",), "Event", "Events about it.", incoming=True),
        *_identity("Issue"),
    ),
    (BY_NAME, BY_RECORDED),
    ("name", False),
    other_names="altNamesFolded",
    whole="BROADER",
)
CLAIM = Kind(
    "Claim",
    "claims",
    "A proposition that can be held true or false, whoever says it.",
    (
        *COMMON,
        Scalar("text", Type.TEXT, "The proposition, affirmative and standing alone."),
        FIGURES,
        Date("holds", "The time the proposition is about."),
        Scalar("unspecified", Type.TEXTS, "What the source leaves open."),
        Relation("issues", ("ABOUT",), "Issue", "What it is about."),
        Relation("mentions", ("MENTIONS",), "Actor", "The actors it is about."),
        Relation("events", ("CONCERNS",), "Event", "The events it is about."),
        Relation(
            "statements",
            CLAIM_RELATIONS,
            "Statement",
            "Who asserted, denied, doubted or asked it, ascribed it to another or passed it on.",
            incoming=True,
        ),
        Relation("supports", ("SUPPORTS",), "Claim", "Claims it supports."),
        Relation("contradicts", ("CONTRADICTS",), "Claim", "Claims it contradicts."),
        Relation("restates", ("RESTATES",), "Claim", "Claims it restates."),
        Relation("refines", ("REFINES",), "Claim", "Claims it refines."),
        *_identity("Claim"),
    ),
    (BY_NAME, BY_RECORDED),
    ("name", False),
)
EVENT = Kind(
    "Event",
    "events",
    "Something that happened, is planned, or is only claimed to have happened.",
    (
        *COMMON,
        Scalar("status", Type.TEXT, "Told as fact, planned, sought or claimed.", enum=EventStatus),
        Scalar("place", Type.TEXT, "Where."),
        Date("occurred", "When it occurred."),
        FIGURES,
        Relation(
            "participants",
            ("TOOK_PART",),
            "Actor",
            "Who took part, with the role.",
            incoming=True,
            node_field="actor",
            properties=(Scalar("role", Type.TEXT, "The part played."),),
            order="n",
        ),
        Relation("issues", ("ABOUT",), "Issue", "What it is about."),
        Relation("claims", ("CONCERNS",), "Claim", "Claims about it.", incoming=True),
        Relation("causes", ("CAUSED",), "Event", "What caused it.", incoming=True),
        Relation("effects", ("CAUSED",), "Event", "What it caused."),
        Relation("follows", ("FOLLOWED",), "Event", "What it followed."),
        Relation("partOf", ("PART_OF",), "Event", "What it is a part of."),
        PASSAGES,
        *_identity("Event"),
    ),
    (Order("occurred", ("at",), dated="occurred"), BY_NAME, BY_RECORDED),
    ("occurred", True),
)
STATEMENT = Kind(
    "Statement",
    "statements",
    "One speech act of one speaker in one source.",
    (
        *COMMON,
        Scalar("attribution", Type.TEXT, "How the source gives the words.", enum=Attribution),
        Scalar("force", Type.TEXT, "What is done by saying it.", enum=Force),
        Scalar(
            "polarity",
            Type.TEXT,
            "How the speaker stands to the claim; the holder, if the claim is ascribed.",
            enum=Polarity,
        ),
        Scalar("quotes", Type.TEXTS, "Words in quotation marks, as printed."),
        Scalar("hedging", Type.TEXTS, "Words that limit what is said."),
        Json("quoteSpans", "Where the quoted words stand.", SPAN_PARTS),
        Json("hedgingSpans", "Where the hedging words stand.", SPAN_PARTS),
        Scalar("venue", Type.TEXT, "Where it was said."),
        Scalar("rating", Type.TEXT, "A fact-check's verdict, verbatim."),
        Date("said", "When it was said; missing bounds come from the source's date."),
        Relation("speaker", ("MADE",), "Actor", "Who said it.", many=False, incoming=True),
        Relation(
            "speakerAsRecorded",
            ("MADE",),
            "Actor",
            "Who said it, as it was coded, though judgements merge them with another.",
            many=False,
            incoming=True,
            recorded=True,
        ),
        Relation("capacity", ("IN_CAPACITY",), "Role", "As what.", many=False),
        Relation(
            "ascribedTo",
            ("ASCRIBES_TO",),
            "Actor",
            "Whose belief or wish the claim is; the speaker only lays it to them.",
            many=False,
            node_field="actor",
            properties=(Scalar("attitude", Type.TEXT, "What is ascribed.", enum=Attitude),),
        ),
        Relation("claim", CLAIM_RELATIONS, "Claim", "The proposition.", many=False),
        Relation("issues", ("ABOUT",), "Issue", "What it is about, its claim's issues included."),
        Relation(
            "stances",
            ("TAKES_STANCE",),
            "Issue",
            "Where the speaker stands on an issue's question; none where the claim is ascribed.",
            node_field="issue",
            properties=(STANCE,),
        ),
        Relation(
            "ascribedStances",
            ("ASCRIBES_STANCE",),
            "Issue",
            "Where the holder of an ascribed claim stands on an issue's question; the speaker only "
            "lays it to them.",
            node_field="issue",
            properties=(STANCE,),
        ),
        PASSAGES,
        Relation("relays", ("RELAYS",), "Statement", "The statement it passes on.", many=False),
        Relation("relayedBy", ("RELAYS",), "Statement", "Who passed it on.", incoming=True),
        Relation("withdraws", ("WITHDRAWS",), "Statement", "What it takes back.", many=False),
        Relation("withdrawnBy", ("WITHDRAWS",), "Statement", "What took it back.", incoming=True),
        Relation("addressedTo", ("ADDRESSED_TO",), "Actor", "To whom it was said."),
        Relation("at", ("SAID_AT",), "Event", "The event it was said at.", many=False),
        *_identity("Statement"),
    ),
    (Order("said", ("at",), dated="said", covers=("saidEarliest",)), BY_RECORDED),
    ("said", True),
)
SOURCE = Kind(
    "Source",
    "sources",
    "A document that statements are reported in.",
    (
        *COMMON,
        Scalar("kind", Type.TEXT, "What sort of document.", enum=SourceKind),
        Scalar("title", Type.TEXT, "The title, only where known."),
        Scalar("url", Type.TEXT, "The address, only where known."),
        Scalar("language", Type.TEXT, "The language tag (BCP 47)."),
        Scalar("sha256", Type.TEXT, "SHA-256 of the document's UTF-8 text."),
        Scalar("length", Type.INTEGER, "Length in code points."),
        Date("published", "When it was published."),
        Relation(
            "publisher", ("PUBLISHED",), "Actor", "Who published it.", many=False, incoming=True
        ),
        Relation("authors", ("WROTE",), "Actor", "Who wrote it.", incoming=True),
        Relation("derivedFrom", ("DERIVED_FROM",), "Source", "What it is a reprint of."),
        Relation("revisionOf", ("REVISION_OF",), "Source", "What it corrects.", many=False),
        Relation("revisedBy", ("REVISION_OF",), "Source", "What corrects it.", incoming=True),
        Relation("statements", ("REPORTED_IN",), "Statement", "What it reports.", incoming=True),
        *_identity("Source"),
    ),
    (Order("published", ("at",), dated="published"), BY_NAME, BY_RECORDED),
    ("published", True),
)

KINDS: dict[str, Kind] = {
    kind.label: kind for kind in (ACTOR, ROLE, ISSUE, CLAIM, EVENT, STATEMENT, SOURCE)
}
PROBLEM = "Problem"
CHECKPOINT = "Checkpoint"
CHECKPOINT_ID = "checkpoint"
SHOWN_ID = "shown"
"""The node, a checkpoint by its label, that says up to where readers are shown the graph."""
