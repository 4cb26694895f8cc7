"""Hypothesis strategies that make valid entries of every kind.

``entries()`` makes a record: things that refer to each other, in an order in which every entry
names only entries before it, so that the list can be cut anywhere and recorded in one or more
appends; ``appends()`` cuts it at random. Each kind has a strategy of its own too: without a
``Record`` it names things that nobody recorded, with one it names only what the record holds.
:mod:`tests.schema.histories` goes on from there, with entries that change what is on record.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import TypeVar

from hypothesis import strategies as st

from schema.dates import Basis, UncertainDate, parse
from schema.entries import (
    LINKED_KINDS,
    ActorKind,
    ActorRecorded,
    Amended,
    AnyEntry,
    AnyThing,
    Attribution,
    ClaimRecorded,
    EventRecorded,
    EventStatus,
    Force,
    IdentityJudged,
    IdentityType,
    IssueRecorded,
    LinkRecorded,
    LinkType,
    Polarity,
    Reinstated,
    Retracted,
    RoleRecorded,
    SourceKind,
    SourceRecorded,
    StatementRecorded,
)
from schema.identifiers import KINDS, kind_of
from schema.rules import faults_among
from schema.values import (
    Ascription,
    Attitude,
    Bound,
    ExternalId,
    Figure,
    Hedge,
    Part,
    Participant,
    Passage,
    Quote,
    Stance,
    StanceKind,
    text_sha256,
)

T = TypeVar("T")
ThingT = TypeVar("ThingT", bound=AnyThing)

SHORTEST_SOURCE = 200
SOME = 2
"""The most that a field of many holds, so that examples stay small."""


@dataclass(slots=True)
class Record:
    """What entries may name: everything recorded so far, by id.

    ``taken`` are the ids that were recorded and may not be named.
    """

    things: dict[str, AnyThing] = field(default_factory=dict)
    taken: int = 0

    def all(self, model: type[ThingT]) -> list[ThingT]:
        """Return the things of one kind, in the order of recording."""
        return [thing for thing in self.things.values() if isinstance(thing, model)]

    def ids(self, kind: str) -> list[str]:
        """Return the ids of one kind, in the order of recording."""
        return [one for one in self.things if kind_of(one) == kind]

    def actors_of(self, source: str | None) -> list[str]:
        """Return the actors that a source, or evidence from nowhere, can tell of."""
        return [one.id for one in self.all(ActorRecorded) if one.scoped_to in (None, source)]


# -- parts -------------------------------------------------------------------------------------

_CHARACTERS = st.characters(exclude_categories=("Cs", "Cc"))
_TEXTS = (
    *("a", "Xi", "rare earths", "“No,” he said", "a\nb", "tab\there", "back\\slash", '"', "0"),
    *("ﬁ", "é", "e\u0301", "中", "😀", "x\u2028x", "İstanbul", "x" * 120, "null", "<b>", "'; --"),
)


@cache  # what is built once and drawn often is drawn faster
def texts() -> st.SearchStrategy[str]:
    """Make texts as fields take them: not empty, no white space at the ends."""
    invented = st.text(_CHARACTERS, min_size=1, max_size=8).map(str.strip).filter(bool)
    return st.sampled_from(_TEXTS) | invented


_NAMES = st.text("abc019-", min_size=1, max_size=5)


@cache
def ids(kind: str) -> st.SearchStrategy[str]:
    """Make ids of one kind: ``kind/name`` or ``kind/document/name``."""
    return st.lists(_NAMES, min_size=1, max_size=2).map(lambda parts: "/".join((kind, *parts)))


_POINTS = st.one_of(
    st.dates(max_value=date(9998, 12, 31)).map(date.isoformat),
    st.sampled_from(
        ("2024", "2025-05", "2025-06-XX", "2025-21", "202X", "19XX", "2025-06-02T09:30:00Z")
    ),
)
_EDTF = st.one_of(
    _POINTS,
    st.sampled_from(
        ("2025-05~", "2025-06-02?", "2025-02/..", "../2025", "2025-05/2025-06", "[2025-05..]")
    ),
    st.sampled_from(("[2025-05-26..2025-06-02]", "[..2025-06-02]", "2025%", "2025-06-02~")),
)


@st.composite
def dates(draw: st.DrawFn, explained: bool = False) -> UncertainDate:
    """Make uncertain dates of every form and basis; explained ones say why."""
    basis = draw(st.sampled_from(Basis))
    reasons = texts() if explained or basis is not Basis.STATED else _MAYBE_TEXT
    return UncertainDate(
        edtf=draw(_EDTF), basis=basis, because=draw(reasons), words=draw(_MAYBE_TEXT)
    )


@st.composite
def periods(draw: st.DrawFn) -> tuple[UncertainDate | None, UncertainDate | None]:
    """Make a beginning and an end, neither of which need be known."""
    first, last = sorted(draw(st.tuples(st.integers(1, 9998), st.integers(1, 9998))))
    begin, end = UncertainDate(edtf=f"{first:04}"), UncertainDate(edtf=f"{last:04}")
    return draw(st.sampled_from(((None, None), (begin, None), (None, end), (begin, end))))


_NUMBERS = st.one_of(
    st.integers(-(10**15), 10**15).map(str),
    st.sampled_from(("600000000000", "0.5", "-0.50", "30")),
)


@cache
def figures() -> st.SearchStrategy[Figure]:
    """Make figures."""
    return st.builds(
        Figure,
        what=texts(),
        from_=_maybe(_NUMBERS),
        to=_NUMBERS,
        unit=st.sampled_from(("USD", "%", "days")),
        bound=st.sampled_from(Bound),
        words=_MAYBE_TEXT,
    )


@st.composite
def passages(draw: st.DrawFn, source: str | None = None, length: int = SHORTEST_SOURCE) -> Passage:
    """Make passages of a source of this length; only some carry their words."""
    start = draw(st.integers(0, length - 1))
    end = draw(st.integers(start + 1, length))
    known = end - start <= 20 and draw(st.booleans())
    words = (
        draw(st.text(_CHARACTERS, min_size=end - start, max_size=end - start)) if known else None
    )
    return Passage(
        source=source or draw(ids("source")),
        start=start,
        end=end,
        part=draw(st.sampled_from(Part)),
        exact=words,
        sha256=text_sha256(words if words is not None else draw(texts())),
    )


@st.composite
def quotes(draw: st.DrawFn, within: Sequence[Passage]) -> Quote:
    """Make quoted words that lie in one of some passages."""
    start, exact = draw(_words(within))
    return Quote(start=start, end=start + len(exact), sha256=text_sha256(exact), exact=exact)


@st.composite
def hedges(draw: st.DrawFn, within: Sequence[Passage]) -> Hedge:
    """Make hedges that lie in one of some passages."""
    start, exact = draw(_words(within))
    return Hedge(start=start, end=start + len(exact), sha256=text_sha256(exact), exact=exact)


@st.composite
def _words(draw: st.DrawFn, within: Sequence[Passage]) -> tuple[int, str]:
    """Make words and where they start."""
    passage = draw(st.sampled_from(within))
    start = draw(st.integers(passage.start, passage.end - 1))
    room = passage.end - start
    return start, draw(st.text("abc’é😀 ", min_size=1, max_size=min(9, room)))


def _maybe(strategy: st.SearchStrategy[T]) -> st.SearchStrategy[T | None]:
    return st.none() | strategy


def _several(strategy: st.SearchStrategy[T], at_least: int = 0) -> st.SearchStrategy[tuple[T, ...]]:
    """Make up to ``SOME`` different things."""
    return st.lists(strategy, min_size=at_least, max_size=SOME, unique=True).map(tuple)


def _one_of(known: Sequence[str] | None, kind: str) -> st.SearchStrategy[str]:
    """Make an id: one of those known, or any if no record limits them."""
    if known is None:
        return ids(kind)
    return st.sampled_from(known) if known else st.nothing()


def _maybe_one_of(known: Sequence[str] | None, kind: str) -> st.SearchStrategy[str | None]:
    return _maybe(_one_of(known, kind))


def _some_of(known: Sequence[str] | None, kind: str) -> st.SearchStrategy[tuple[str, ...]]:
    if known is not None and not known:
        return st.just(())
    return _several(_one_of(known, kind))


_MAYBE_TEXT = _maybe(texts())
_SOME_TEXTS = _several(texts())
_SOME_FIGURES = _several(figures())
_MAYBE_DATE = _maybe(dates())
_MAYBE_PAST = _maybe(dates().filter(lambda one: parse(one.edtf).earliest < "2026"))
"""When sources can have been published."""
_EXTERNAL_IDS = _several(st.builds(ExternalId, scheme=texts(), value=texts()))


# -- one strategy a kind -----------------------------------------------------------------------


def _own_id(record: Record | None, kind: str) -> st.SearchStrategy[str]:
    """Make an id that nothing of the record has."""
    return ids(kind).map(
        lambda one: one if record is None else f"{one}-{record.taken + len(record.things)}"
    )


def _known(record: Record | None, kind: str) -> list[str] | None:
    return None if record is None else record.ids(kind)


def _known_actors(record: Record | None, source: str | None) -> list[str] | None:
    return None if record is None else record.actors_of(source)


@st.composite
def actors(draw: st.DrawFn, record: Record | None = None) -> ActorRecorded:
    """Make actors, named or scoped to a source."""
    sources = _known(record, "source")
    named = sources == [] or draw(st.booleans())
    scope = None if named else draw(_one_of(sources, "source"))
    return ActorRecorded.model_validate(
        {
            "id": draw(_own_id(record, "actor")),
            "name": draw(texts()),
            "kind": draw(st.sampled_from(ActorKind)),
            "named": named,
            "scopedTo": scope,
            "aliases": draw(_SOME_TEXTS),
            "externalIds": draw(_EXTERNAL_IDS),
            "partOf": draw(_some_of(_known_actors(record, scope), "actor")),
        }
    )


@st.composite
def sources(draw: st.DrawFn, record: Record | None = None) -> SourceRecorded:
    """Make sources."""
    tellers, others = _known_actors(record, None), _known(record, "source")
    return SourceRecorded.model_validate(
        {
            "id": draw(_own_id(record, "source")),
            "name": draw(texts()),
            "kind": draw(st.sampled_from(SourceKind)),
            "title": draw(_MAYBE_TEXT),
            "url": draw(
                _maybe(st.sampled_from(("https://example.org/a", "http://example.org/?q=%20")))
            ),
            "publisher": draw(_maybe_one_of(tellers, "actor")),
            "authors": draw(_some_of(tellers, "actor")),
            "published": draw(_MAYBE_PAST),
            "language": draw(st.sampled_from((None, "en", "zh-Hant", "de-AT"))),
            "sha256": text_sha256(draw(texts())),
            "length": draw(st.integers(SHORTEST_SOURCE, 10_000)),
            "derivedFrom": draw(_some_of(others, "source")),
            "revisionOf": draw(_maybe_one_of(others, "source")),
        }
    )


@st.composite
def roles(draw: st.DrawFn, record: Record | None = None) -> RoleRecorded:
    """Make roles."""
    evidence = draw(_evidence(record))
    actors = _known_actors(record, evidence[0].source if evidence else None)
    begin, end = draw(periods())
    return RoleRecorded.model_validate(
        {
            "id": draw(_own_id(record, "role")),
            "title": draw(texts()),
            "holder": draw(_one_of(actors, "actor")),
            "body": draw(_maybe_one_of(actors, "actor")),
            "from": begin,
            "until": end,
            "passages": evidence,
        }
    )


@st.composite
def issues(draw: st.DrawFn, record: Record | None = None) -> IssueRecorded:
    """Make issues, with a question and without."""
    return IssueRecorded(
        id=draw(_own_id(record, "issue")),
        name=draw(texts()),
        question=draw(_MAYBE_TEXT),
        definition=draw(_MAYBE_TEXT),
        alt_names=draw(_SOME_TEXTS),
        broader=draw(_some_of(_known(record, "issue"), "issue")),
    )


@st.composite
def events(draw: st.DrawFn, record: Record | None = None) -> EventRecorded:
    """Make events."""
    evidence = draw(_evidence(record))
    actors = _known_actors(record, evidence[0].source if evidence else None)
    taking_part = st.builds(Participant, actor=_one_of(actors, "actor"), role=_MAYBE_TEXT)
    return EventRecorded(
        id=draw(_own_id(record, "event")),
        name=draw(texts()),
        status=draw(st.sampled_from(EventStatus)),
        occurred=draw(_MAYBE_DATE),
        place=draw(_MAYBE_TEXT),
        participants=draw(_several(taking_part)),
        figures=draw(_SOME_FIGURES),
        issues=draw(_some_of(_known(record, "issue"), "issue")),
        passages=evidence,
    )


@st.composite
def claims(draw: st.DrawFn, record: Record | None = None) -> ClaimRecorded:
    """Make claims."""
    return ClaimRecorded(
        id=draw(_own_id(record, "claim")),
        text=draw(texts()),
        issues=draw(_some_of(_known(record, "issue"), "issue")),
        mentions=draw(_some_of(_known(record, "actor"), "actor")),
        events=draw(_some_of(_known(record, "event"), "event")),
        figures=draw(_SOME_FIGURES),
        holds=draw(_MAYBE_DATE),
        unspecified=draw(_SOME_TEXTS),
    )


@st.composite
def statements(draw: st.DrawFn, record: Record | None = None) -> StatementRecorded:
    """Make statements of every attribution: claims, ascriptions, relays, withdrawals."""
    evidence = draw(_evidence(record, at_least=1))
    source = None if record is None else record.things[evidence[0].source]
    assert source is None or isinstance(source, SourceRecorded)
    speaker, attribution = draw(_voices(record, source))
    declined = attribution is Attribution.DECLINED_TO_COMMENT
    told = _known_actors(record, evidence[0].source)
    earlier = _known(record, "statement")
    claim = None if declined else draw(_maybe_one_of(_known(record, "claim"), "claim"))
    others = None if told is None else [one for one in told if one != speaker]
    passes_on = draw(_maybe_one_of(earlier, "statement"))
    if attribution is Attribution.OWN_VOICE or (source and source.publisher == speaker):
        passes_on = None
    takes_back = draw(_maybe_one_of(earlier, "statement"))
    if not (declined or claim or passes_on or takes_back):
        claim = draw(_one_of(_known(record, "claim"), "claim"))
    quoted = attribution in (Attribution.DIRECT_QUOTE, Attribution.PARTIAL_QUOTE)
    return StatementRecorded(
        id=draw(_own_id(record, "statement")),
        speaker=speaker,
        capacity=draw(_maybe_one_of(_capacities(record, speaker), "role")),
        ascribed_to=None if claim is None else draw(_ascriptions(others)),
        attribution=attribution,
        force=draw(st.sampled_from(Force)),
        polarity=None if claim is None else draw(st.sampled_from(Polarity)),
        claim=claim,
        said=draw(_said(source)),
        passages=evidence,
        quotes=draw(_several(quotes(evidence), at_least=1)) if quoted else (),
        hedging=draw(_several(hedges(evidence))),
        relays=passes_on,
        withdraws=takes_back,
        issues=draw(_some_of(_known(record, "issue"), "issue")),
        stances=draw(_stances(record)),
        addressed_to=draw(_some_of(told, "actor")),
        venue=draw(_MAYBE_TEXT),
        at=draw(_maybe_one_of(_known(record, "event"), "event")),
        rating=draw(_MAYBE_TEXT),
    )


@st.composite
def links(draw: st.DrawFn, record: Record | None = None) -> LinkRecorded:
    """Make links of every type that two things of a kind are on record for."""
    pairs = [
        (type_, kind)
        for type_ in LinkType
        for kind in LINKED_KINDS[type_]
        if record is None or len(record.ids(kind)) > 1
    ]
    type_, kind = draw(st.sampled_from(pairs))
    known = _known(record, kind)
    ends = st.lists(_one_of(known, kind), min_size=2, max_size=2, unique=True)
    begin, end = draw(ends)
    if known is not None and known.index(begin) < known.index(end):
        begin, end = end, begin  # a later thing points to an earlier one: no way round
    evidence: tuple[Passage, ...] = () if kind == "actor" else draw(_evidence(record))
    return LinkRecorded.model_validate(
        {
            "id": draw(_own_id(record, "link")),
            "type": type_,
            "from": begin,
            "to": end,
            "passages": evidence,
            "because": draw(_MAYBE_TEXT if evidence else texts()),
        }
    )


JUDGED = ("actor", "issue", "claim", "statement", "event", "source")
"""The kinds of which two can be one and the same."""


@st.composite
def judgements(draw: st.DrawFn, record: Record | None = None) -> IdentityJudged:
    """Make judgements between any two things of a kind."""
    kinds = [kind for kind in JUDGED if record is None or len(record.ids(kind)) > 1]
    kind = draw(st.sampled_from(kinds))
    one_of = _one_of(_known(record, kind), kind)
    begin, end = draw(st.lists(one_of, min_size=2, max_size=2, unique=True))
    evidence = draw(_evidence(record))
    return IdentityJudged.model_validate(
        {
            "id": draw(_own_id(record, "judgement")),
            "type": draw(st.sampled_from(IdentityType)),
            "from": begin,
            "to": end,
            "passages": evidence,
            "because": draw(_MAYBE_TEXT if evidence else texts()),
        }
    )


# -- changes of what nobody recorded -----------------------------------------------------------


_ANY_ID = st.sampled_from(KINDS).flatmap(ids)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | texts(),
    lambda inner: (
        st.lists(inner, max_size=SOME)
        | st.dictionaries(st.text("aZ0", min_size=1), inner, max_size=SOME)
    ),
    max_leaves=4,
)


def amendments() -> st.SearchStrategy[Amended]:
    """Make amendments of any fields, which no thing need have."""
    names = st.text("abcXYZ019", min_size=1, max_size=9).filter(lambda name: name != "id")
    fields = st.dictionaries(names, _JSON, min_size=1, max_size=SOME)
    return st.builds(
        Amended, id=_ANY_ID, fields=fields, of_version=st.integers(1, 3), reason=texts()
    )


def retractions() -> st.SearchStrategy[Retracted]:
    """Make retractions."""
    return st.builds(Retracted, id=_ANY_ID, reason=texts(), cascaded_from=_maybe(_ANY_ID))


def reinstatements() -> st.SearchStrategy[Reinstated]:
    """Make reinstatements."""
    return st.builds(Reinstated, id=_ANY_ID, reason=texts())


# -- what statements are made of ---------------------------------------------------------------


@st.composite
def _evidence(draw: st.DrawFn, record: Record | None, at_least: int = 0) -> tuple[Passage, ...]:
    """Make passages, all of one source."""
    if record is None:
        return draw(_several(passages(draw(ids("source"))), at_least=at_least))
    known = record.all(SourceRecorded)
    if not known:
        return ()
    source = draw(st.sampled_from(known))
    return draw(_several(passages(source.id, source.length), at_least=at_least))


@st.composite
def _voices(
    draw: st.DrawFn, record: Record | None, source: SourceRecorded | None
) -> tuple[str, Attribution]:
    """Make a speaker and an attribution: only the publisher speaks in the document's own voice."""
    attribution = draw(st.sampled_from(Attribution))
    if record is None or source is None:
        return draw(ids("actor")), attribution
    if attribution is Attribution.OWN_VOICE:
        unnamed = [one.id for one in record.all(ActorRecorded) if one.scoped_to == source.id]
        voices = [source.publisher] if source.publisher else unnamed
        if voices:
            return draw(st.sampled_from(voices)), attribution
        attribution = Attribution.PARAPHRASE
    return draw(st.sampled_from(record.actors_of(source.id))), attribution


def _capacities(record: Record | None, speaker: str) -> list[str] | None:
    if record is None:
        return None
    return [role.id for role in record.all(RoleRecorded) if role.holder == speaker]


def _ascriptions(holders: Sequence[str] | None) -> st.SearchStrategy[Ascription | None]:
    if holders == []:
        return st.none()
    holder = _one_of(holders, "actor")
    if holders is None:
        holder = holder.map("{}-holder".format)  # never the speaker
    return _maybe(st.builds(Ascription, actor=holder, attitude=st.sampled_from(Attitude)))


def _stances(record: Record | None) -> st.SearchStrategy[tuple[Stance, ...]]:
    asked = (
        None
        if record is None
        else [issue.id for issue in record.all(IssueRecorded) if issue.question is not None]
    )
    return _some_of(asked, "issue").flatmap(
        lambda chosen: st.tuples(
            *(
                st.builds(Stance, issue=st.just(issue), stance=st.sampled_from(StanceKind))
                for issue in chosen
            )
        )
    )


def _said(source: SourceRecorded | None) -> st.SearchStrategy[UncertainDate | None]:
    """Make dates of speech; after a publication only with a reason."""
    if source is None or source.published is None:
        return _MAYBE_DATE
    return _maybe(dates(explained=True))


# -- records -----------------------------------------------------------------------------------


@st.composite
def entries(draw: st.DrawFn, statements_at_most: int = 4) -> list[AnyThing]:
    """Make a record: at least an actor, a source, a claim and a statement.

    Every entry names only entries before it, relations that must not close never do, and the
    rules between entries hold.
    """
    record = Record()
    plan: list[tuple[st.SearchStrategy[AnyThing], int, int]] = [
        (actors(record), 1, 3),
        (sources(record), 1, 2),
        (actors(record), 0, 2),
        (issues(record), 0, 3),
        (roles(record), 0, 2),
        (events(record), 0, 2),
        (claims(record), 1, 3),
        (statements(record), 1, statements_at_most),
    ]
    for strategy, at_least, at_most in plan:
        for _ in range(draw(st.integers(at_least, at_most))):
            _record(record, draw(strategy))
    linkable = any(len(record.ids(kind)) > 1 for kind in ("actor", "claim", "event"))
    for _ in range(draw(st.integers(0, 2)) if linkable else 0):
        _record(record, draw(links(record)))
    made = list(record.things.values())
    faults = list(faults_among(made, record.things.get))
    assert not faults, faults
    return made


def _record(record: Record, entry: AnyThing) -> None:
    record.things[entry.id] = entry


@st.composite
def appends(draw: st.DrawFn, statements_at_most: int = 4) -> list[list[AnyEntry]]:
    """Make a record cut into appends, none of them empty."""
    made: list[AnyEntry] = [*draw(entries(statements_at_most))]
    cuts = sorted(draw(st.sets(st.integers(1, len(made) - 1), max_size=3)))
    return [made[begin:end] for begin, end in zip([0, *cuts], [*cuts, len(made)], strict=True)]


THING_KINDS: dict[type[AnyThing], Callable[[Record | None], st.SearchStrategy[AnyThing]]] = {
    ActorRecorded: actors,
    RoleRecorded: roles,
    IssueRecorded: issues,
    SourceRecorded: sources,
    ClaimRecorded: claims,
    EventRecorded: events,
    StatementRecorded: statements,
    LinkRecorded: links,
    IdentityJudged: judgements,
}
"""What makes things of each kind, of a record that is told or of none."""

EACH_THING: dict[type[AnyThing], st.SearchStrategy[AnyThing]] = {
    model: make(None) for model, make in THING_KINDS.items()
}
"""A strategy for each kind of thing, naming things that nobody recorded."""

_CHANGES: list[tuple[type[AnyEntry], st.SearchStrategy[AnyEntry]]] = [
    (Amended, amendments()),
    (Retracted, retractions()),
    (Reinstated, reinstatements()),
]
EACH_KIND: dict[type[AnyEntry], st.SearchStrategy[AnyEntry]] = dict(
    [*EACH_THING.items(), *_CHANGES]
)
"""A strategy for each kind of entry, the same for changes."""
