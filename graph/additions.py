"""What each kind of entry adds to the graph: one function a kind."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import singledispatch
from typing import TypeAlias

import orjson
from pydantic import BaseModel

from eventlog import Header
from graph.elements import Additions, Node, Properties, Relationship
from graph.model import SORT_NAME_LENGTH, PropertyValue, fold_text, label_of
from schema.dates import (
    UNDATED_SPAN,
    Basis,
    Bounds,
    UncertainDate,
    at_key,
    parse,
    said_bounds,
    span,
)
from schema.entries import (
    ActorRecorded,
    AnyEntry,
    Attribution,
    ClaimRecorded,
    EventRecorded,
    IssueRecorded,
    LinkRecorded,
    Polarity,
    RoleRecorded,
    SourceRecorded,
    StatementRecorded,
)
from schema.values import Passage

CAPTION_LENGTH = 100


@dataclass(frozen=True, slots=True)
class Known:
    """What the fold has to know of a thing that others refer to.

    ``issues`` of a claim are its own; of a statement all those it is about. ``claim`` is what a
    statement makes or, if it only relays, passes on.
    """

    text: str | None = None
    claim: str | None = None
    issues: tuple[str, ...] = ()
    published: UncertainDate | None = None


class KnownThings:
    """The things on record so far, with what the fold has to know of each."""

    def __init__(self, things: Mapping[str, Known] | None = None) -> None:
        self._things: dict[str, Known] = dict(things or {})

    def __contains__(self, identifier: str) -> bool:
        return identifier in self._things

    def __getitem__(self, identifier: str) -> Known:
        return self._things[identifier]

    def learn(self, entries: Iterable[AnyEntry]) -> None:
        """Take in the things that an append puts on record, which may name each other."""
        statements: dict[str, StatementRecorded] = {}
        for entry in entries:
            match entry:
                case ClaimRecorded():
                    self._things[entry.id] = Known(text=entry.text, issues=entry.issues)
                case SourceRecorded():
                    self._things[entry.id] = Known(published=entry.published)
                case StatementRecorded():
                    statements[entry.id] = entry
                case _:
                    self._things[entry.id] = Known()
        for statement in statements.values():
            self._learn_statement(statement, statements)

    def _learn_statement(
        self, statement: StatementRecorded, others: Mapping[str, StatementRecorded]
    ) -> None:
        """Find what a chain of relays is about, from its far end; the log keeps chains open."""
        chain = [statement]
        while (relayed := chain[-1].relays) is not None and relayed not in self._things:
            chain.append(others[relayed])
        for link in reversed(chain):
            issues, claim = list(link.issues), link.claim
            if link.claim is not None:
                issues.extend(self[link.claim].issues)
            if link.relays is not None:
                issues.extend(self[link.relays].issues)
                claim = claim or self[link.relays].claim
            self._things[link.id] = Known(claim=claim, issues=tuple(dict.fromkeys(issues)))


@singledispatch
def add(entry: AnyEntry, header: Header, known: KnownThings) -> Additions:
    """Return what an entry adds; everything it refers to is known."""
    raise TypeError(f"no fold for {type(entry).__name__}")  # a test holds that there is none


@add.register
def _(entry: ActorRecorded, header: Header, known: KnownThings) -> Additions:
    return _thing(
        entry,
        header,
        entry.name,
        {
            "kind": entry.actor_kind,
            "named": entry.named,
            "scopedTo": entry.scoped_to,
            "aliases": entry.aliases,
            "aliasesFolded": [fold_text(alias) for alias in entry.aliases],
            "externalIds": _json(entry.external_ids),
        },
        [("PART_OF", whole, {}) for whole in dict.fromkeys(entry.part_of)],
    )


@add.register
def _(entry: RoleRecorded, header: Header, known: KnownThings) -> Additions:
    additions = _thing(
        entry,
        header,
        entry.title,
        {"title": entry.title, **_date("from", entry.from_), **_date("until", entry.until)},
        [*(("IN", body, {}) for body in _maybe(entry.body)), *_reported(entry.passages)],
    )
    additions.relationships.append(_relationship("HELD", entry.holder, entry.id, header))
    return additions


@add.register
def _(entry: IssueRecorded, header: Header, known: KnownThings) -> Additions:
    return _thing(
        entry,
        header,
        entry.name,
        {
            "question": entry.question,
            "definition": entry.definition,
            "altNames": entry.alt_names,
            "altNamesFolded": [fold_text(name) for name in entry.alt_names],
        },
        [("BROADER", broader, {}) for broader in dict.fromkeys(entry.broader)],
    )


@add.register
def _(entry: SourceRecorded, header: Header, known: KnownThings) -> Additions:
    additions = _thing(
        entry,
        header,
        entry.name,
        {
            "kind": entry.source_kind,
            "title": entry.title,
            "url": entry.url,
            "language": entry.language,
            "sha256": entry.sha256,
            "length": entry.length,
            **_date("published", entry.published),
            **_placed(entry.id, entry.published),
        },
        [
            *(("DERIVED_FROM", origin, {}) for origin in dict.fromkeys(entry.derived_from)),
            *(("REVISION_OF", revised, {}) for revised in _maybe(entry.revision_of)),
        ],
    )
    for kind, actors in (("PUBLISHED", _maybe(entry.publisher)), ("WROTE", entry.authors)):
        for actor in dict.fromkeys(actors):
            additions.relationships.append(_relationship(kind, actor, entry.id, header))
    return additions


@add.register
def _(entry: ClaimRecorded, header: Header, known: KnownThings) -> Additions:
    return _thing(
        entry,
        header,
        entry.text,
        {
            "text": entry.text,
            "figures": _json(entry.figures),
            "unspecified": entry.unspecified,
            **_date("holds", entry.holds),
        },
        [
            *(("ABOUT", issue, {}) for issue in dict.fromkeys(entry.issues)),
            *(("MENTIONS", actor, {}) for actor in dict.fromkeys(entry.mentions)),
            *(("CONCERNS", event, {}) for event in dict.fromkeys(entry.events)),
        ],
    )


@add.register
def _(entry: EventRecorded, header: Header, known: KnownThings) -> Additions:
    additions = _thing(
        entry,
        header,
        entry.name,
        {
            "status": entry.status,
            "place": entry.place,
            "figures": _json(entry.figures),
            **_date("occurred", entry.occurred),
            **_placed(entry.id, entry.occurred),
        },
        [
            *(("ABOUT", issue, {}) for issue in dict.fromkeys(entry.issues)),
            *_reported(entry.passages),
        ],
    )
    for n, participant in enumerate(entry.participants):
        properties = _present({"n": n, "role": participant.role})
        additions.relationships.append(
            _relationship("TOOK_PART", participant.actor, entry.id, header, properties)
        )
    return additions


@add.register
def _(entry: StatementRecorded, header: Header, known: KnownThings) -> Additions:
    said = _said(entry, header, known)
    additions = _thing(
        entry,
        header,
        _caption(entry, known),
        {
            "attribution": entry.attribution,
            "force": entry.force,
            "polarity": entry.polarity,
            "quotes": [quote.exact for quote in entry.quotes],
            "hedging": [hedge.exact for hedge in entry.hedging],
            "quoteSpans": _json(entry.quotes),
            "hedgingSpans": _json(entry.hedging),
            "venue": entry.venue,
            "rating": entry.rating,
            **said,
        },
        list(_statement_relations(entry, said, known)),
    )
    additions.relationships.append(_relationship("MADE", entry.speaker, entry.id, header))
    return additions


@add.register
def _(entry: LinkRecorded, header: Header, known: KnownThings) -> Additions:
    properties = _present(
        {"id": entry.id, "because": entry.because, "passages": _json(entry.passages)}
    )
    link = _relationship(entry.type.value, entry.from_, entry.to, header, properties)
    return Additions(relationships=[link])


# -- statements --------------------------------------------------------------------------------


def _statement_relations(
    entry: StatementRecorded, said: Properties, known: KnownThings
) -> Iterator[tuple[str, str, Properties]]:
    if entry.claim is not None and entry.polarity is not None:
        if entry.ascribed_to is None:
            yield entry.polarity.value, entry.claim, {}
        else:
            attitude = entry.ascribed_to.attitude.value
            yield "ASCRIBES", entry.claim, {"polarity": entry.polarity.value, "attitude": attitude}
            yield "ASCRIBES_TO", entry.ascribed_to.actor, {"attitude": attitude}
    elif (claim := known[entry.id].claim) is not None:
        yield "PASSES_ON", claim, {}
    for issue in known[entry.id].issues:
        placed = {key: said[key] for key in ("span", "at", "saidEarliest")}
        yield "ABOUT", issue, {"issue": issue, **placed}
    takes = "TAKES_STANCE" if entry.ascribed_to is None else "ASCRIBES_STANCE"
    for issue, stance in dict.fromkeys((one.issue, one.stance) for one in entry.stances):
        yield takes, issue, {"stance": stance.value}
    for kind, targets in (
        ("IN_CAPACITY", _maybe(entry.capacity)),
        ("RELAYS", _maybe(entry.relays)),
        ("WITHDRAWS", _maybe(entry.withdraws)),
        ("SAID_AT", _maybe(entry.at)),
        ("ADDRESSED_TO", tuple(dict.fromkeys(entry.addressed_to))),
    ):
        for target in targets:
            yield kind, target, {}
    yield from _reported(entry.passages)


def _said(entry: StatementRecorded, header: Header, known: KnownThings) -> Properties:
    """Return the date properties: what is missing is inherited from the source's date."""
    published = known[entry.source].published
    said = entry.said
    if said is None and published is not None and entry.attribution is Attribution.OWN_VOICE:
        # The document itself speaks: it speaks when it is published.
        said = published.model_copy(update={"basis": Basis.DERIVED_FROM_PUBLICATION})
    bounds = said_bounds(
        parse(said.edtf) if said else None,
        parse(published.edtf) if published else None,
        header.recorded_at,
    )
    inherited = {} if published is None else {"saidBasis": Basis.DERIVED_FROM_PUBLICATION.value}
    stated = inherited if said is None else _date("said", said)
    return {**stated, **_bounds("said", bounds), **_place(entry.id, bounds)}


def _caption(entry: StatementRecorded, known: KnownThings) -> str:
    """Return a few words that never make a belief look like the speaker's own assertion."""
    if entry.claim is None:
        if entry.attribution is Attribution.DECLINED_TO_COMMENT:
            return "declined to comment"
        return "relays a statement" if entry.relays else "withdraws a statement"
    if entry.ascribed_to is not None:
        act = f"ascribes {entry.ascribed_to.attitude}"
    else:
        act = entry.force.value
    if entry.polarity is not Polarity.ASSERTS:
        act = f"{act}, {entry.polarity}"
    caption = f"{act}: {known[entry.claim].text}"
    return caption if len(caption) <= CAPTION_LENGTH else caption[: CAPTION_LENGTH - 1] + "…"


# -- parts -------------------------------------------------------------------------------------

_Loose: TypeAlias = str | int | bool | tuple[str, ...] | list[str] | None


def _thing(
    entry: AnyEntry,
    header: Header,
    name: str,
    properties: Mapping[str, _Loose],
    relations: Iterable[tuple[str, str, Properties]],
) -> Additions:
    """Return a node with what all nodes have, and the relationships that start at it."""
    common: dict[str, _Loose] = {
        "id": entry.id,
        "name": name,
        "nameFolded": fold_text(name),
        "sortName": fold_text(name)[:SORT_NAME_LENGTH],
        "recordedPosition": header.position,
        "recordedAt": header.recorded_at,
        "since": header.position,
        "revision": header.position,
    }
    node = Node(label_of(entry.id), entry.id, _present({**common, **properties}))
    return Additions(
        [node],
        [_relationship(kind, entry.id, end, header, extra) for kind, end, extra in relations],
    )


def _relationship(
    kind: str, source: str, target: str, header: Header, properties: Properties | None = None
) -> Relationship:
    return Relationship(kind, source, target, {"since": header.position, **(properties or {})})


def _present(properties: Mapping[str, _Loose]) -> dict[str, PropertyValue]:
    """Leave out what is missing: Neo4j has no null properties."""
    present: dict[str, PropertyValue] = {}
    for key, value in properties.items():
        if isinstance(value, tuple | list):
            if value:
                present[key] = [str(one) for one in value]
        elif isinstance(value, str):
            present[key] = str(value)
        elif value is not None:
            present[key] = value
    return present


def _maybe(identifier: str | None) -> tuple[str, ...]:
    return () if identifier is None else (identifier,)


def _reported(passages: Iterable[Passage]) -> Iterator[tuple[str, str, Properties]]:
    for n, passage in enumerate(passages):
        properties: dict[str, _Loose] = {
            "n": n,
            "start": passage.start,
            "end": passage.end,
            "sha256": passage.sha256,
            "part": passage.part,
            "exact": passage.exact,
        }
        yield "REPORTED_IN", passage.source, _present(properties)


def _json(values: Iterable[BaseModel]) -> str | None:
    """Return a list of maps as one JSON text; None when there are none."""
    maps = [value.model_dump(mode="json", by_alias=True, exclude_none=True) for value in values]
    return orjson.dumps(maps, option=orjson.OPT_SORT_KEYS).decode() if maps else None


def _date(field: str, date: UncertainDate | None) -> dict[str, PropertyValue]:
    if date is None:
        return {}
    written = {
        f"{field}Edtf": date.edtf,
        f"{field}Words": date.words,
        f"{field}Basis": date.basis,
        f"{field}Because": date.because,
    }
    return {**_present(written), **_bounds(field, parse(date.edtf))}


def _bounds(field: str, bounds: Bounds) -> dict[str, PropertyValue]:
    return {
        f"{field}Earliest": bounds.earliest,
        f"{field}Latest": bounds.latest,
        f"{field}Precision": bounds.precision.value,
    }


def _placed(identifier: str, date: UncertainDate | None) -> dict[str, PropertyValue]:
    """Return the sort keys of a date that inherits nothing; without one, a thing comes last."""
    if date is None:
        return {"span": UNDATED_SPAN, "at": at_key("", identifier)}
    return _place(identifier, parse(date.edtf))


def _place(identifier: str, bounds: Bounds) -> dict[str, PropertyValue]:
    return {"span": span(bounds), "at": at_key(bounds.latest, identifier)}
