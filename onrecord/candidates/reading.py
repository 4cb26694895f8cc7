"""Reads what is on record now, as far as it is compared, from the log alone."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TypeVar

from eventlog import Log
from eventlog import contents as log_contents
from graph import identity
from graph.things import Judged
from onrecord.candidates.texts import comparable
from onrecord.candidates.things import (
    Actor,
    Claim,
    Event,
    Issue,
    Kind,
    Known,
    Pair,
    Record,
    Source,
    Span,
    Spot,
    Statement,
    dossier_of,
    pair,
)
from onrecord.showing import Report
from schema.dates import EARLIEST, LATEST, UncertainDate, parse
from schema.entries import (
    ActorRecorded,
    Attribution,
    ClaimRecorded,
    EventRecorded,
    IdentityJudged,
    IdentityType,
    IssueRecorded,
    LinkRecorded,
    LinkType,
    Recorded,
    SourceRecorded,
    StatementRecorded,
)
from schema.values import Passage

BATCH = 1000
SPOTS = 20
"""How many of the passages of a claim are kept: one that hundreds make is compared by its text."""

NEEDED: Mapping[Kind, Collection[str]] = {
    Kind.ACTOR: ("actor",),
    Kind.ISSUE: ("issue",),
    Kind.SOURCE: ("source",),
    Kind.EVENT: ("source", "event"),
    Kind.CLAIM: ("source", "claim", "statement"),
    Kind.STATEMENT: ("actor", "source", "claim", "statement"),
}
"""What is read to compare things of a kind; links and judgements always are."""

T = TypeVar("T", bound=Recorded)


def read(log: Log, kinds: Collection[Kind], report: Report) -> Record:
    """Return what of these kinds is on record now, without what was retracted.

    Entries that are appended meanwhile may be in it or not.

    :raises Unreadable: a newer program wrote an entry that is read.
    """
    return _Reader(log, report).read({one for kind in kinds for one in NEEDED[kind]})


class _Reader:
    def __init__(self, log: Log, report: Report) -> None:
        self._log = log
        self._report = report
        self._apart: list[tuple[str, str, str]] = []

    def read(self, kinds: Collection[str]) -> Record:
        wanted = {kind: kind in kinds for kind in Kind}
        actors = {one.id: self._actor(one) for one in self._all(ActorRecorded, wanted)}
        issues = {one.id: self._issue(one) for one in self._all(IssueRecorded, wanted)}
        sources = {one.id: self._source(one) for one in self._all(SourceRecorded, wanted)}
        events = {one.id: _event(one, sources) for one in self._all(EventRecorded, wanted)}
        said = self._all(StatementRecorded, wanted)
        statements = {one.id: self._statement(one, sources) for one in said}
        told = _told(statements.values())
        claims = {
            one.id: _claim(one, told.get(one.id, ())) for one in self._all(ClaimRecorded, wanted)
        }
        return Record(
            *(actors, issues, sources, events, claims, statements),
            self._known(),
            frozenset(self._log.known_ids("judgement")),
        )

    def _all(self, model: type[T], wanted: Mapping[Kind, bool] | None = None) -> Iterator[T]:
        """Yield all live things of a kind that is wanted."""
        kind = _KIND_OF[model]
        if wanted is not None and not wanted[Kind(kind)]:
            return
        ids = self._log.known_ids(kind)
        for start in range(0, len(ids), BATCH):
            self._report(f"reading {kind}s", start, len(ids))
            for thing in log_contents.things(self._log, ids[start : start + BATCH]).values():
                if thing.live:
                    one = thing.read()
                    assert isinstance(one, model)
                    yield one
        self._report(f"reading {kind}s", len(ids), len(ids))

    def _actor(self, one: ActorRecorded) -> Actor:
        self._tell_apart(one.id, one.part_of, "partOf")
        return Actor(
            one.id,
            one.name,
            one.actor_kind.value,
            _names(one.name, *one.aliases),
            () if one.scoped_to is None else (one.scoped_to,),
            dossier_of(one.id),
            one.named,
            frozenset((each.scheme.casefold(), each.value) for each in one.external_ids),
        )

    def _issue(self, one: IssueRecorded) -> Issue:
        self._tell_apart(one.id, one.broader, "broader")
        return Issue(one.id, one.name, "", _names(one.name, *one.alt_names), (), dossier_of(one.id))

    def _source(self, one: SourceRecorded) -> Source:
        self._tell_apart(one.id, one.derived_from, "derivedFrom")
        self._tell_apart(
            one.id, () if one.revision_of is None else (one.revision_of,), "revisionOf"
        )
        address = () if one.url is None else (("url", _address(one.url)),)
        return Source(
            one.id,
            one.title or one.name,
            one.source_kind.value,
            _names(one.name, *(() if one.title is None else (one.title,))),
            (one.id,),
            dossier_of(one.id),
            frozenset((*address, ("sha256", one.sha256))),
            one.sha256,
            _span(one.published),
        )

    def _statement(self, one: StatementRecorded, sources: Mapping[str, Source]) -> Statement:
        for other, relation in ((one.relays, "relays"), (one.withdraws, "withdraws")):
            self._tell_apart(one.id, () if other is None else (other,), relation)
        held = one.ascribed_to
        return Statement(
            one.id,
            "",
            one.force.value,
            (),
            (one.source,),
            dossier_of(one.id),
            one.speaker,
            one.claim or one.relays,
            None if held is None else (held.actor, held.attitude.value),
            None if one.polarity is None else one.polarity.value,
            one.attribution is Attribution.OWN_VOICE,
            _said(one.said, sources.get(one.source)),
            _spots(one.passages, sources),
            tuple(comparable(quote.exact) for quote in one.quotes),
        )

    def _tell_apart(self, one: str, others: Iterable[str], relation: str) -> None:
        self._apart += [(one, other, relation) for other in others]

    def _known(self) -> Known:
        judgements = [Judged(one.type, one.from_, one.to) for one in self._all(IdentityJudged)]
        merged = _merged(judgements)

        def ends(one: str, other: str) -> Pair:
            return pair(merged.get(one, one), merged.get(other, other))

        apart = {ends(one, other): relation for one, other, relation in self._apart}
        near: dict[Pair, str] = {}
        for link in self._all(LinkRecorded):
            apart[ends(link.from_, link.to)] = link.type.value
            if link.type in (LinkType.RESTATES, LinkType.REFINES):
                near[ends(link.from_, link.to)] = link.type.value
        for one in judgements:
            if one.type is IdentityType.NOT_SAME_AS:
                apart[ends(one.one, one.other)] = one.type.value
        judged: dict[Pair, str] = {}
        for one in judgements:
            both = pair(one.one, one.other)
            before = judged.get(both, one.type.value)
            judged[both] = one.type.value if before == one.type.value else "SAME_AS and NOT_SAME_AS"
        return Known(judged, merged, apart, near)


_KIND_OF: Mapping[type[Recorded], str] = {
    ActorRecorded: "actor",
    IssueRecorded: "issue",
    SourceRecorded: "source",
    EventRecorded: "event",
    ClaimRecorded: "claim",
    StatementRecorded: "statement",
    LinkRecorded: "link",
    IdentityJudged: "judgement",
}


def _merged(judgements: Iterable[Judged]) -> dict[str, str]:
    """Return for each merged thing another than itself that stands for it here.

    That one is the first by its id and not, as in the graph, the first on record: what is proposed
    does not hang on the order of recording.
    """
    held = [*judgements]
    about = {end for one in held for end in (one.one, one.other)}
    return identity.canonical(about, held, lambda _: 0)


def _event(one: EventRecorded, sources: Mapping[str, Source]) -> Event:
    return Event(
        one.id,
        one.name,
        one.status.value,
        _names(one.name),
        tuple(sorted({passage.source for passage in one.passages})),
        dossier_of(one.id),
        _span(one.occurred),
        frozenset(each.actor for each in one.participants),
        frozenset(one.issues),
        _spots(one.passages, sources),
    )


def _claim(one: ClaimRecorded, told: Collection[Statement]) -> Claim:
    sources = tuple(sorted({source for statement in told for source in statement.sources}))
    dossiers = dossier_of(one.id, *(statement.id for statement in told))
    spots = sorted({spot for statement in told for spot in statement.spots}, key=_in_order)
    return Claim(one.id, one.text, "", _names(one.text), sources, dossiers, tuple(spots[:SPOTS]))


def _in_order(spot: Spot) -> tuple[str, int, int]:
    return spot.text, spot.start, spot.end


def _told(statements: Iterable[Statement]) -> dict[str, list[Statement]]:
    told: dict[str, list[Statement]] = {}
    for one in statements:
        if one.says is not None:
            told.setdefault(one.says, []).append(one)
    return told


def _names(*names: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, map(comparable, names))))


def _spots(passages: Iterable[Passage], sources: Mapping[str, Source]) -> tuple[Spot, ...]:
    """Return where passages stand: two documents of the same text are one text."""
    return tuple(
        Spot(sources[one.source].text if one.source in sources else one.source, one.start, one.end)
        for one in passages
    )


def _span(date: UncertainDate | None) -> Span | None:
    if date is None:
        return None
    bounds = parse(date.edtf)
    return Span(bounds.earliest, bounds.latest)


def _said(said: UncertainDate | None, source: Source | None) -> Span:
    """Return when something was said: before it was published, where nothing else is known."""
    span = _span(said)
    published = source.published if source is not None else None
    latest = LATEST if published is None else published.latest
    if span is None:
        return Span(EARLIEST, latest)
    return Span(span.earliest, latest if span.latest == LATEST else span.latest)


def _address(url: str) -> str:
    """Return an address without what does not matter: scheme, ``www.``, fragment, last slash."""
    bare = url.partition("#")[0].partition("://")[2].removeprefix("www.").rstrip("/")
    host, slash, path = bare.partition("/")
    return f"{host.casefold()}{slash}{path}"
