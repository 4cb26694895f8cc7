"""What a thing on record is in the graph: its node and the relationships that it tells of.

One pure function a kind, of what the thing says and of what is known of those it refers to.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import singledispatch
from typing import NamedTuple, TypeAlias

import orjson
from pydantic import BaseModel

from graph.elements import Derived, Node, Properties, Relationship
from graph.model import SORT_NAME_LENGTH, PropertyValue, fold_text, label_of, past_label
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
    AnyThing,
    Attribution,
    ClaimRecorded,
    EventRecorded,
    IdentityJudged,
    IssueRecorded,
    LinkRecorded,
    Polarity,
    RoleRecorded,
    SourceRecorded,
    StatementRecorded,
)
from schema.values import Passage

CAPTION_LENGTH = 100


class Known(NamedTuple):
    """What the fold has to know of a thing that others refer to.

    ``issues`` of a claim are its own; of a statement all those it is about. ``claim`` is what a
    statement makes or, if it only relays, passes on.
    """

    text: str | None = None
    claim: str | None = None
    issues: tuple[str, ...] = ()
    published: UncertainDate | None = None


NOTHING = Known()
Lookup: TypeAlias = Callable[[str], Known]
"""Gives what is to be known of a thing that has been applied."""


class Told(NamedTuple):
    """Where the log tells of a thing: its first entry, with its time, and its last one."""

    position: int
    recorded_at: str
    revision: int


def inputs(thing: AnyThing) -> tuple[str, ...]:
    """Return the things of which has to be known what is to be known, to derive this one."""
    if not isinstance(thing, StatementRecorded):
        return ()
    named = (thing.claim, thing.source, thing.relays)
    return tuple(dict.fromkeys(one for one in named if one is not None))


def known_of(thing: AnyThing, known: Lookup) -> Known:
    """Return what others have to know of a thing."""
    match thing:
        case ClaimRecorded():
            return Known(text=thing.text, issues=tuple(dict.fromkeys(thing.issues)))
        case SourceRecorded():
            return Known(published=thing.published)
        case StatementRecorded():
            issues, claim = list(thing.issues), thing.claim
            if thing.claim is not None:
                issues.extend(known(thing.claim).issues)
            if thing.relays is not None:
                issues.extend(known(thing.relays).issues)
                claim = claim or known(thing.relays).claim
            return Known(claim=claim, issues=tuple(sorted(set(issues))))
        case _:
            return NOTHING


def past(node: Node, told: Told) -> Node:
    """Return what is left of a node whose thing was retracted; its properties are in a version."""
    kept = {key: node.properties[key] for key in ("id", "name", "recordedPosition", "recordedAt")}
    return Node(past_label(node.label), node.id, {**kept, "revision": told.revision})


@singledispatch
def derive(thing: AnyThing, told: Told, known: Lookup) -> Derived:
    """Return what a thing is in the graph; everything it refers to is known."""
    raise TypeError(f"no fold for {type(thing).__name__}")  # a test holds that there is none


@derive.register
def _(entry: ActorRecorded, told: Told, known: Lookup) -> Derived:
    return _thing(
        entry,
        told,
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


@derive.register
def _(entry: RoleRecorded, told: Told, known: Lookup) -> Derived:
    derived = _thing(
        entry,
        told,
        entry.title,
        {"title": entry.title, **_date("from", entry.from_), **_date("until", entry.until)},
        [*(("IN", body, {}) for body in _maybe(entry.body)), *_reported(entry.passages)],
    )
    derived.relationships.append(Relationship("HELD", entry.holder, entry.id, {}))
    return derived


@derive.register
def _(entry: IssueRecorded, told: Told, known: Lookup) -> Derived:
    return _thing(
        entry,
        told,
        entry.name,
        {
            "question": entry.question,
            "definition": entry.definition,
            "altNames": entry.alt_names,
            "altNamesFolded": [fold_text(name) for name in entry.alt_names],
        },
        [("BROADER", broader, {}) for broader in dict.fromkeys(entry.broader)],
    )


@derive.register
def _(entry: SourceRecorded, told: Told, known: Lookup) -> Derived:
    derived = _thing(
        entry,
        told,
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
            derived.relationships.append(Relationship(kind, actor, entry.id, {}))
    return derived


@derive.register
def _(entry: ClaimRecorded, told: Told, known: Lookup) -> Derived:
    return _thing(
        entry,
        told,
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


@derive.register
def _(entry: EventRecorded, told: Told, known: Lookup) -> Derived:
    derived = _thing(
        entry,
        told,
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
        derived.relationships.append(
            Relationship("TOOK_PART", participant.actor, entry.id, properties)
        )
    return derived


@derive.register
def _(entry: StatementRecorded, told: Told, known: Lookup) -> Derived:
    said = _said(entry, told, known)
    derived = _thing(
        entry,
        told,
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
    derived.relationships.append(Relationship("MADE", entry.speaker, entry.id, {}))
    return derived


@derive.register(LinkRecorded)
@derive.register(IdentityJudged)
def _(entry: LinkRecorded | IdentityJudged, told: Told, known: Lookup) -> Derived:
    properties = _present(
        {"id": entry.id, "because": entry.because, "passages": _json(entry.passages)}
    )
    link = Relationship(entry.type.value, entry.from_, entry.to, properties)
    return Derived(relationships=[link])


# -- statements --------------------------------------------------------------------------------


def _statement_relations(
    entry: StatementRecorded, said: Properties, known: Lookup
) -> Iterator[tuple[str, str, Properties]]:
    about = known(entry.id)
    if entry.claim is not None and entry.polarity is not None:
        if entry.ascribed_to is None:
            yield entry.polarity.value, entry.claim, {}
        else:
            attitude = entry.ascribed_to.attitude.value
            yield "ASCRIBES", entry.claim, {"polarity": entry.polarity.value, "attitude": attitude}
            yield "ASCRIBES_TO", entry.ascribed_to.actor, {"attitude": attitude}
    elif (claim := about.claim) is not None:
        yield "PASSES_ON", claim, {}
    for issue in about.issues:
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


def _said(entry: StatementRecorded, told: Told, known: Lookup) -> Properties:
    """Return the date properties: what is missing is inherited from the source's date."""
    published = known(entry.source).published
    said = entry.said
    if said is None and published is not None and entry.attribution is Attribution.OWN_VOICE:
        # The document itself speaks: it speaks when it is published.
        said = published.model_copy(update={"basis": Basis.DERIVED_FROM_PUBLICATION})
    bounds = said_bounds(
        parse(said.edtf) if said else None,
        parse(published.edtf) if published else None,
        told.recorded_at,
    )
    inherited = {} if published is None else {"saidBasis": Basis.DERIVED_FROM_PUBLICATION.value}
    stated = inherited if said is None else _date("said", said)
    return {**stated, **_bounds("said", bounds), **_place(entry.id, bounds)}


def _caption(entry: StatementRecorded, known: Lookup) -> str:
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
    caption = f"{act}: {known(entry.claim).text}"
    return caption if len(caption) <= CAPTION_LENGTH else caption[: CAPTION_LENGTH - 1] + "…"


# -- parts -------------------------------------------------------------------------------------

_Loose: TypeAlias = str | int | bool | tuple[str, ...] | list[str] | None


def _thing(
    entry: AnyThing,
    told: Told,
    name: str,
    properties: Mapping[str, _Loose],
    relations: Iterable[tuple[str, str, Properties]],
) -> Derived:
    """Return a node with what all nodes have, and the relationships that start at it."""
    folded = fold_text(name)
    common: dict[str, _Loose] = {
        "id": entry.id,
        "name": name,
        "nameFolded": folded,
        "sortName": folded[:SORT_NAME_LENGTH],
        "recordedPosition": told.position,
        "recordedAt": told.recorded_at,
        "revision": told.revision,
    }
    node = Node(label_of(entry.id), entry.id, _present({**common, **properties}))
    return Derived(
        node, [Relationship(kind, entry.id, end, extra) for kind, end, extra in relations]
    )


def _present(properties: Mapping[str, _Loose]) -> dict[str, PropertyValue]:
    """Leave out what is missing: Neo4j has no null properties."""
    present: dict[str, PropertyValue] = {}
    for key, value in properties.items():
        if type(value) is str:  # most are
            present[key] = value
        elif isinstance(value, str):  # one of an enumeration
            present[key] = str(value)
        elif isinstance(value, int):
            present[key] = value
        elif value:
            present[key] = [str(one) for one in value]
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
