"""The entries of the log: one model a kind, one fact an entry, in the past tense.

Terms: SKOS for issues (``altNames``, ``broader``), W3C Web Annotation for passages, schema.org
Claim and Quotation for what is said. Only kinds that the projection can apply stand here.
"""

from enum import StrEnum
from typing import Annotated, ClassVar, Self

from pydantic import Field, TypeAdapter, model_validator

from schema.dates import UncertainDate
from schema.identifiers import (
    ActorId,
    BroaderIssueId,
    ClaimId,
    EventId,
    IssueId,
    LinkedId,
    OriginSourceId,
    RelayedStatementId,
    RevisedSourceId,
    RoleId,
    SourceId,
    WholeActorId,
    WithdrawnStatementId,
    kind_of,
    own_id,
)
from schema.values import (
    Ascription,
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
    Value,
)

Many = Annotated[tuple[Text, ...], Field(max_length=200)]


class Recorded(Value):
    """What every entry has: an id of its own and a schema version of its kind."""

    VERSION: ClassVar[int] = 1

    id: str

    @classmethod
    def kind(cls) -> str:
        """Return the entry kind, which is the model's name."""
        return cls.__name__


class ActorKind(StrEnum):
    """What sort of actor: GROUP is a set of actors named by a phrase ("US automakers")."""

    PERSON = "PERSON"
    ORGANISATION = "ORGANISATION"
    STATE = "STATE"
    GROUP = "GROUP"


class ActorRecorded(Recorded):
    """Anyone who can speak or act; an unnamed one is scoped to the source that tells of them."""

    id: Annotated[str, own_id("actor")]
    name: Text
    actor_kind: ActorKind = Field(alias="kind")
    named: bool = True
    scoped_to: SourceId | None = None
    aliases: Many = ()
    external_ids: tuple[ExternalId, ...] = ()
    part_of: tuple[WholeActorId, ...] = ()

    @model_validator(mode="after")
    def _unnamed_is_scoped(self) -> Self:
        if self.named and self.scoped_to is not None:
            raise ValueError("a named actor is not scoped to a source")
        if not self.named and self.scoped_to is None:
            raise ValueError("an unnamed actor needs scopedTo: the source that tells of them")
        return self


class RoleRecorded(Recorded):
    """A capacity of an actor; body and period only where a source states them."""

    id: Annotated[str, own_id("role")]
    title: Text
    holder: ActorId
    body: ActorId | None = None
    from_: UncertainDate | None = Field(default=None, alias="from")
    until: UncertainDate | None = None
    passages: tuple[Passage, ...] = ()


class IssueRecorded(Recorded):
    """A contested question or topic; only one with a yes/no question can carry stances."""

    id: Annotated[str, own_id("issue")]
    name: Text
    question: Text | None = None
    definition: Text | None = None
    alt_names: Many = ()
    broader: tuple[BroaderIssueId, ...] = ()


class SourceKind(StrEnum):
    """What sort of document a source is."""

    ARTICLE = "ARTICLE"
    TRANSCRIPT = "TRANSCRIPT"
    POST = "POST"
    FILING = "FILING"
    FACT_CHECK = "FACT_CHECK"
    OTHER = "OTHER"


class SourceRecorded(Recorded):
    """A document. ``name`` is our working title; title, url, authors only where known."""

    id: Annotated[str, own_id("source")]
    name: Text
    source_kind: SourceKind = Field(default=SourceKind.ARTICLE, alias="kind")
    title: Text | None = None
    url: Text | None = None
    publisher: ActorId | None = None
    authors: tuple[ActorId, ...] = ()
    published: UncertainDate | None = None
    language: Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")] | None = None
    sha256: Sha256
    length: Annotated[Offset, Field(ge=1)]
    derived_from: tuple[OriginSourceId, ...] = ()
    revision_of: RevisedSourceId | None = None

    @model_validator(mode="after")
    def _url_is_of_the_web(self) -> Self:
        if self.url is not None and not self.url.startswith(("http://", "https://")):
            raise ValueError("url does not start with http:// or https://")
        return self


class ClaimRecorded(Recorded):
    """A proposition that can be held true or false: affirmative, standing alone."""

    id: Annotated[str, own_id("claim")]
    text: Text
    issues: tuple[IssueId, ...] = ()
    mentions: tuple[ActorId, ...] = ()
    events: tuple[EventId, ...] = ()
    figures: tuple[Figure, ...] = ()
    holds: UncertainDate | None = None
    unspecified: Many = ()


class EventStatus(StrEnum):
    """Whether an event is told as a fact, planned, sought, called off or only claimed."""

    HAPPENED = "HAPPENED"
    SCHEDULED = "SCHEDULED"
    PROPOSED = "PROPOSED"
    CANCELLED = "CANCELLED"
    ALLEGED = "ALLEGED"


class EventRecorded(Recorded):
    """A happening in the world; not to be mixed up with an entry of the log."""

    id: Annotated[str, own_id("event")]
    name: Text
    status: EventStatus
    occurred: UncertainDate | None = None
    place: Text | None = None
    participants: tuple[Participant, ...] = ()
    figures: tuple[Figure, ...] = ()
    issues: tuple[IssueId, ...] = ()
    passages: tuple[Passage, ...] = ()


class Attribution(StrEnum):
    """How the source gives the words to the speaker."""

    DIRECT_QUOTE = "DIRECT_QUOTE"
    PARTIAL_QUOTE = "PARTIAL_QUOTE"
    PARAPHRASE = "PARAPHRASE"
    OWN_VOICE = "OWN_VOICE"
    DECLINED_TO_COMMENT = "DECLINED_TO_COMMENT"


class Polarity(StrEnum):
    """How a statement (or the holder of an ascribed attitude) stands to its claim."""

    ASSERTS = "ASSERTS"
    DENIES = "DENIES"
    DOUBTS = "DOUBTS"
    ASKS = "ASKS"


class Force(StrEnum):
    """What is done by saying it; PROMISES is any commitment of the speaker."""

    STATES = "STATES"
    WARNS = "WARNS"
    PREDICTS = "PREDICTS"
    PROMISES = "PROMISES"
    PROPOSES = "PROPOSES"
    DEMANDS = "DEMANDS"
    ACCUSES = "ACCUSES"


_QUOTED = (Attribution.DIRECT_QUOTE, Attribution.PARTIAL_QUOTE)


class StatementRecorded(Recorded):
    """One speech act of one speaker in one source, with the passages that show it.

    A statement with ``ascribedTo`` asserts only the ascription; its polarity is the holder's.
    """

    id: Annotated[str, own_id("statement")]
    speaker: ActorId
    capacity: RoleId | None = None
    ascribed_to: Ascription | None = None
    attribution: Attribution
    force: Force = Force.STATES
    polarity: Polarity | None = None
    claim: ClaimId | None = None
    said: UncertainDate | None = None
    passages: Annotated[tuple[Passage, ...], Field(min_length=1)]
    quotes: tuple[Quote, ...] = ()
    hedging: tuple[Hedge, ...] = ()
    relays: RelayedStatementId | None = None
    withdraws: WithdrawnStatementId | None = None
    issues: tuple[IssueId, ...] = ()
    stances: tuple[Stance, ...] = ()
    addressed_to: tuple[ActorId, ...] = ()
    venue: Text | None = None
    at: EventId | None = None
    rating: Text | None = None

    @property
    def source(self) -> str:
        """Return the one source that all passages stand in."""
        return self.passages[0].source

    @model_validator(mode="after")
    def _passages_share_a_source(self) -> Self:
        if len({passage.source for passage in self.passages}) > 1:
            raise ValueError("the passages of a statement stand in one source")
        return self

    @model_validator(mode="after")
    def _claim_goes_with_polarity(self) -> Self:
        if self.claim is None:
            self._check_without_claim()
        elif self.polarity is None:
            raise ValueError("a statement with a claim needs a polarity: ASSERTS, DENIES, ...")
        elif self.attribution is Attribution.DECLINED_TO_COMMENT:
            raise ValueError("who declined to comment made no claim")
        return self

    def _check_without_claim(self) -> None:
        if self.polarity is not None:
            raise ValueError("a polarity needs a claim")
        if self.ascribed_to is not None:
            raise ValueError("an ascription needs the claim that is believed or wanted")
        declined = self.attribution is Attribution.DECLINED_TO_COMMENT
        if not declined and self.relays is None and self.withdraws is None:
            raise ValueError(
                "a statement needs a claim, unless it relays or withdraws another one "
                "or the speaker declined to comment"
            )

    @model_validator(mode="after")
    def _quotes_go_with_attribution(self) -> Self:
        if self.attribution in _QUOTED and not self.quotes:
            raise ValueError(f"{self.attribution} needs the quoted words in quotes")
        if self.attribution not in _QUOTED and self.quotes:
            raise ValueError(f"{self.attribution} has no quotes: use PARTIAL_QUOTE or DIRECT_QUOTE")
        for span in (*self.quotes, *self.hedging):
            if not any(passage.covers(span) for passage in self.passages):
                raise ValueError(f"{span.exact!r} ({span.start}-{span.end}) lies in no passage")
        return self


class LinkType(StrEnum):
    """What a link says: between claims, between events, or between actors."""

    SUPPORTS = "SUPPORTS"
    CONTRADICTS = "CONTRADICTS"
    RESTATES = "RESTATES"
    REFINES = "REFINES"
    CAUSED = "CAUSED"
    FOLLOWED = "FOLLOWED"
    PART_OF = "PART_OF"
    MEMBER_OF = "MEMBER_OF"


LINKED_KINDS: dict[LinkType, tuple[str, ...]] = {
    LinkType.SUPPORTS: ("claim",),
    LinkType.CONTRADICTS: ("claim",),
    LinkType.RESTATES: ("claim",),
    LinkType.REFINES: ("claim",),
    LinkType.CAUSED: ("event",),
    LinkType.FOLLOWED: ("event",),
    LinkType.PART_OF: ("event", "actor"),
    LinkType.MEMBER_OF: ("actor",),
}


class LinkRecorded(Recorded):
    """A relation between two claims, events or actors, with evidence or a reason."""

    id: Annotated[str, own_id("link")]
    type: LinkType
    from_: LinkedId = Field(alias="from")
    to: LinkedId
    passages: tuple[Passage, ...] = ()
    because: Text | None = None

    @model_validator(mode="after")
    def _ends_fit(self) -> Self:
        kinds = {kind_of(self.from_), kind_of(self.to)}
        if len(kinds) > 1 or not kinds <= set(LINKED_KINDS[self.type]):
            wanted = " or two ".join(f"{kind}s" for kind in LINKED_KINDS[self.type])
            raise ValueError(f"{self.type} links two {wanted}, not {self.from_} and {self.to}")
        if self.from_ == self.to:
            raise ValueError("a thing is not linked to itself")
        if not self.passages and self.because is None:
            raise ValueError("a link needs evidence (passages) or a reason (because)")
        return self


AnyEntry = (
    ActorRecorded
    | RoleRecorded
    | IssueRecorded
    | SourceRecorded
    | ClaimRecorded
    | EventRecorded
    | StatementRecorded
    | LinkRecorded
)
ENTRY_TYPES: tuple[type[AnyEntry], ...] = (
    ActorRecorded,
    RoleRecorded,
    IssueRecorded,
    SourceRecorded,
    ClaimRecorded,
    EventRecorded,
    StatementRecorded,
    LinkRecorded,
)
_ADAPTERS: dict[tuple[str, int], TypeAdapter[AnyEntry]] = {
    (model.kind(), model.VERSION): TypeAdapter(model) for model in ENTRY_TYPES
}


class UnknownEntry(ValueError):
    """Raised when an entry is of a kind or version that this program does not know."""


def decode(kind: str, version: int, payload: bytes) -> AnyEntry:
    """Read an entry back from its canonical bytes.

    :raises UnknownEntry: no model of that kind and version.
    :raises pydantic.ValidationError: the bytes are not an entry of that kind.
    """
    adapter = _ADAPTERS.get((kind, version))
    if adapter is None:
        raise UnknownEntry(f"no {kind} of version {version} is known to this program")
    return adapter.validate_json(payload)
