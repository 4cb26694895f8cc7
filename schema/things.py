"""The entries that put things on record: one model a kind, one fact an entry, in the past tense.

Terms: SKOS for issues (``altNames``, ``broader``), W3C Web Annotation for passages, schema.org
Claim and Quotation for what is said, OWL for identity (``SAME_AS``). Only kinds that the
projection can apply stand here.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, ClassVar, Self

from pydantic import Field, StrictBool, model_validator

from schema.dates import UncertainDate, parse
from schema.identifiers import (
    ActorId,
    BroaderIssueId,
    ClaimId,
    EventId,
    IssueId,
    JudgedId,
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
    LanguageTag,
    Offset,
    Participant,
    Passage,
    Quote,
    Several,
    Sha256,
    Stance,
    Text,
    Value,
    WebAddress,
)


class Recorded(Value):
    """What every entry has: an id of its own and a schema version of its kind."""

    VERSION: ClassVar[int] = 1

    id: str
    """Its identifier, kind/name or kind/document/name."""

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
    """The name, or the source's phrase for an unnamed actor."""
    actor_kind: ActorKind = Field(alias="kind")
    """What sort of actor."""
    named: StrictBool = True
    """False for somebody the source does not name."""
    scoped_to: SourceId | None = None
    """The source that alone tells of an unnamed actor."""
    aliases: Several[Text] = ()
    """Other names, metonyms included."""
    external_ids: Several[ExternalId] = ()
    """Identifiers elsewhere."""
    part_of: Several[WholeActorId] = ()
    """The actors that it is a part of."""

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
    """The title as printed."""
    holder: ActorId
    """Who held it."""
    body: ActorId | None = None
    """The body it is a capacity in, where stated."""
    from_: UncertainDate | None = Field(default=None, alias="from")
    """Since when it was held, where stated."""
    until: UncertainDate | None = None
    """Until when it was held, where stated."""
    passages: Several[Passage] = ()
    """The evidence."""

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.from_ is None or self.until is None:
            return self
        if parse(self.until.edtf).latest <= parse(self.from_.edtf).earliest:
            raise ValueError(
                f"a role held until {self.until.edtf} was not held from {self.from_.edtf}"
            )
        return self


class IssueRecorded(Recorded):
    """A contested question or topic; only one with a yes/no question can carry stances."""

    id: Annotated[str, own_id("issue")]
    name: Text
    """A short name."""
    question: Text | None = None
    """The yes/no question that stances answer."""
    definition: Text | None = None
    """What belongs to it."""
    alt_names: Several[Text] = ()
    """Other names."""
    broader: Several[BroaderIssueId] = ()
    """The issues that it is part of."""


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
    """A working title of our own."""
    source_kind: SourceKind = Field(default=SourceKind.ARTICLE, alias="kind")
    """What sort of document."""
    title: Text | None = None
    """The title, only where known."""
    url: WebAddress | None = None
    """The address, only where known."""
    publisher: ActorId | None = None
    """Who published it; an unnamed actor of this source if not stated."""
    authors: Several[ActorId] = ()
    """Who wrote it, where known."""
    published: UncertainDate | None = None
    """When it was published."""
    language: LanguageTag | None = None
    """The language tag (BCP 47)."""
    sha256: Sha256
    """SHA-256 of the document's text in UTF-8, in hexadecimal."""
    length: Annotated[Offset, Field(ge=1)]
    """The length of the text in code points."""
    derived_from: Several[OriginSourceId] = ()
    """The sources that it is a reprint of."""
    revision_of: RevisedSourceId | None = None
    """The source that it corrects."""


class ClaimRecorded(Recorded):
    """A proposition that can be held true or false: affirmative, standing alone."""

    id: Annotated[str, own_id("claim")]
    text: Text
    """The proposition, affirmative and standing alone."""
    issues: Several[IssueId] = ()
    """The issues it is about."""
    mentions: Several[ActorId] = ()
    """The actors it is about."""
    events: Several[EventId] = ()
    """The events it is about."""
    figures: Several[Figure] = ()
    """Its numbers, with what they measure."""
    holds: UncertainDate | None = None
    """The time that it is about."""
    unspecified: Several[Text] = ()
    """What the source leaves open."""


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
    """A short name."""
    status: EventStatus
    """Whether it is told as a fact, planned, sought, called off or only claimed."""
    occurred: UncertainDate | None = None
    """When it occurred."""
    place: Text | None = None
    """Where, as a text."""
    participants: Several[Participant] = ()
    """Who took part."""
    figures: Several[Figure] = ()
    """Its numbers, with what they measure."""
    issues: Several[IssueId] = ()
    """The issues it is about."""
    passages: Several[Passage] = ()
    """The evidence."""


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
    """Who said it: never the holder of an ascribed belief."""
    capacity: RoleId | None = None
    """The role that the speaker spoke in."""
    ascribed_to: Ascription | None = None
    """Whose belief or wish the claim is said to be."""
    attribution: Attribution
    """How the source gives the words."""
    force: Force = Force.STATES
    """What is done by saying it."""
    polarity: Polarity | None = None
    """How the speaker stands to the claim; the holder, if it is ascribed."""
    claim: ClaimId | None = None
    """What is claimed; a pure relay has none."""
    said: UncertainDate | None = None
    """When it was said, where the source tells."""
    passages: Annotated[Several[Passage], Field(min_length=1)]
    """The evidence, all in one source."""
    quotes: Several[Quote] = ()
    """The words in quotation marks."""
    hedging: Several[Hedge] = ()
    """The words that limit what is said."""
    relays: RelayedStatementId | None = None
    """The statement that this one passes on."""
    withdraws: WithdrawnStatementId | None = None
    """An earlier statement that the speaker hereby takes back."""
    issues: Several[IssueId] = ()
    """Issues besides those of its claim."""
    stances: Several[Stance] = ()
    """Where it stands on questions."""
    addressed_to: Several[ActorId] = ()
    """To whom it was said."""
    venue: Text | None = None
    """Where it was said, as a text."""
    at: EventId | None = None
    """The event that it was said at."""
    rating: Text | None = None
    """A fact-check's verdict, verbatim."""

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
    def _belief_is_anothers(self) -> Self:
        if self.ascribed_to is not None and self.ascribed_to.actor == self.speaker:
            raise ValueError(
                f"a belief of {self.speaker} is not ascribed by the same actor: "
                "leave out ascribedTo where speakers tell of themselves"
            )
        return self

    @model_validator(mode="after")
    def _takes_one_stance_an_issue(self) -> Self:
        taken = [stance.issue for stance in self.stances]
        if twice := next((issue for issue in taken if taken.count(issue) > 1), None):
            raise ValueError(f"a statement takes one stance on {twice}: AMBIVALENT if it is both")
        return self

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
    """What the link says."""
    from_: LinkedId = Field(alias="from")
    """Where it begins."""
    to: LinkedId
    """Where it ends."""
    passages: Several[Passage] = ()
    """The evidence."""
    because: Text | None = None
    """The reason, where there is no evidence to show."""

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


class IdentityType(StrEnum):
    """What a judgement says of two things: one and the same, or not."""

    SAME_AS = "SAME_AS"
    NOT_SAME_AS = "NOT_SAME_AS"


class IdentityJudged(Recorded):
    """A judgement that two things are one and the same, or are not, with evidence or a reason.

    What follows from all judgements together is derived, and undone when one is retracted.
    """

    id: Annotated[str, own_id("judgement")]
    type: IdentityType
    """What is judged."""
    from_: JudgedId = Field(alias="from")
    """One of the two things."""
    to: JudgedId
    """The other one, of the same kind."""
    passages: Several[Passage] = ()
    """The evidence."""
    because: Text | None = None
    """The reason, where there is no evidence to show."""

    @model_validator(mode="after")
    def _ends_fit(self) -> Self:
        if kind_of(self.from_) != kind_of(self.to):
            raise ValueError(f"{self.from_} and {self.to} are not of one kind")
        if self.from_ == self.to:
            raise ValueError("a thing is judged with another one, not with itself")
        if not self.passages and self.because is None:
            raise ValueError("a judgement needs evidence (passages) or a reason (because)")
        return self


AnyThing = (
    ActorRecorded
    | RoleRecorded
    | IssueRecorded
    | SourceRecorded
    | ClaimRecorded
    | EventRecorded
    | StatementRecorded
    | LinkRecorded
    | IdentityJudged
)
THING_TYPES: tuple[type[AnyThing], ...] = (
    ActorRecorded,
    RoleRecorded,
    IssueRecorded,
    SourceRecorded,
    ClaimRecorded,
    EventRecorded,
    StatementRecorded,
    LinkRecorded,
    IdentityJudged,
)
THINGS: Mapping[str, type[AnyThing]] = {
    "actor": ActorRecorded,
    "role": RoleRecorded,
    "issue": IssueRecorded,
    "source": SourceRecorded,
    "claim": ClaimRecorded,
    "event": EventRecorded,
    "statement": StatementRecorded,
    "link": LinkRecorded,
    "judgement": IdentityJudged,
}
"""The model of a thing by the kind that its id begins with."""
