"""ClaimReview of schema.org: what fact-checkers publish about the claims that they review.

One row is one ClaimReview, in JSON-LD. The text at hand is what it holds of the fact check: the claim
in the checker's words, the verdict, and the review's body where it is there. So the source is the
fact check, in which the checker judges, and in which the claimant is told to have made the claim.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from onrecord.importing.evidence import Evidence
from onrecord.importing.fields import Fields
from onrecord.importing.jsonld import nodes
from onrecord.importing.naming import described
from onrecord.importing.ratings import polarity_of, polarity_of_number
from onrecord.importing.rows import BadRow, Rows, drafted
from onrecord.importing.things import actor, document
from schema.dates import UncertainDate
from schema.entries import (
    ActorKind,
    ActorRecorded,
    AnyEntry,
    Attribution,
    ClaimRecorded,
    Polarity,
    SourceKind,
    SourceRecorded,
    StatementRecorded,
)
from schema.errors import shown
from schema.values import ExternalId

DATA_SET = "claimreview"
SHOWN_LENGTH = 120
"""Characters of the claim in a source's working title."""

_DAY = re.compile(r"[0-9]{4}(-[0-9]{2}){0,2}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{1,8}){0,3}")
_WIKIDATA = re.compile(r"https?://www\.wikidata\.org/(?:wiki|entity)/(Q\d+)")


@dataclass(frozen=True, slots=True)
class Verdict:
    """A rating in the checker's words, and what it says of the claim."""

    words: str | None
    polarity: Polarity


def rows(file: Path) -> Rows:
    """Yield the reviews of a file; see :mod:`onrecord.importing.jsonld` for its forms.

    :raises InvalidInput: it cannot be read, is no JSON, or has no ClaimReview in it.
    """
    for node in nodes(file, "ClaimReview"):
        if isinstance(node, BadRow):
            yield node
        else:
            yield drafted(node.where, partial(entries_of, node.fields))


def entries_of(review: Fields) -> Iterator[AnyEntry]:
    """Yield the entries of a ClaimReview.

    :raises Unfit: something in it is missing, or not what it has to be.
    :raises ValidationError: it says what no entry can hold.
    """
    claim, verdict = _claim(review), _verdict(review)
    evidence = _evidence(review, claim.text, verdict)
    publisher, authors = _checkers(review, evidence.source)
    yield claim
    yield publisher
    yield from authors
    yield _source(review, evidence, claim.text, publisher, authors)
    yield StatementRecorded(
        id=described("statement", DATA_SET, "review", evidence.source),
        speaker=publisher.id,
        attribution=Attribution.OWN_VOICE,
        polarity=verdict.polarity,
        claim=claim.id,
        passages=(evidence.passage(),),
        rating=verdict.words,
    )
    yield from _made(review.part("itemReviewed"), claim, evidence)


def _made(reviewed: Fields, claim: ClaimRecorded, evidence: Evidence) -> Iterator[AnyEntry]:
    """Yield who made the claim, and that they did, as the fact check tells it."""
    for claimant in _actors(reviewed, "author"):
        yield claimant
        yield StatementRecorded(
            id=described("statement", DATA_SET, "claim", evidence.source, claimant.id),
            speaker=claimant.id,
            attribution=Attribution.PARAPHRASE,
            polarity=Polarity.ASSERTS,
            claim=claim.id,
            said=_date(reviewed, "datePublished"),
            venue=_venue(reviewed),
            passages=(evidence.passage(end=len(claim.text)),),
        )


def _claim(review: Fields) -> ClaimRecorded:
    reviewed = review.part("itemReviewed")
    text = review.line("claimReviewed") or reviewed.line("text") or reviewed.line("name")
    if text is None:
        raise review.unfit("claimReviewed", "is missing: it is the claim that is reviewed")
    return ClaimRecorded(id=described("claim", DATA_SET, text, text), text=text)


def _evidence(review: Fields, claim: str, verdict: Verdict) -> Evidence:
    """Return the text at hand, and of which source; a page may hold several reviews."""
    text = "\n".join(filter(None, (claim, verdict.words, review.maybe("reviewBody"))))
    address = review.maybe("url")
    checker = review.part("author").line("name") or review.part("publisher").line("name")
    content = (address or checker or "", text)
    return Evidence(described("source", DATA_SET, claim, *content), text)


def _checkers(review: Fields, source: str) -> tuple[ActorRecorded, list[ActorRecorded]]:
    """Return who published a fact check, and which people wrote it.

    An author that is no person is the publisher, as most sites have it.
    """
    named = _actors(review, "author")
    people = [one for one in named if one.actor_kind is ActorKind.PERSON]
    others = (one for one in named if one.actor_kind is not ActorKind.PERSON)
    publisher = next(iter((*_actors(review, "publisher"), *others)), None)
    return publisher or _unnamed(source), people


def _source(
    review: Fields,
    evidence: Evidence,
    claim: str,
    publisher: ActorRecorded,
    authors: list[ActorRecorded],
) -> SourceRecorded:
    return document(
        evidence,
        f"Fact check: {_cut(claim)}",
        SourceKind.FACT_CHECK,
        title=review.line("headline") or review.line("name"),
        url=review.maybe("url"),
        publisher=publisher,
        authors=authors,
        published=_date(review, "datePublished"),
        language=_language(review.part("inLanguage")),
    )


def _language(told: Fields) -> str | None:
    """Return a language's tag; a name of the language in words is none."""
    tag = told.maybe("alternateName") or told.maybe("name")
    return tag if tag is not None and _LANGUAGE.fullmatch(tag) else None


def _cut(text: str) -> str:
    return text if len(text) <= SHOWN_LENGTH else f"{text[:SHOWN_LENGTH].rstrip()} …"


# -- the parts of a review ---------------------------------------------------------------------


def _verdict(review: Fields) -> Verdict:
    """Return the verdict: its words if it has some, else its number on its scale."""
    rating = review.part("reviewRating")
    words = rating.line("alternateName") or rating.line("name")
    value = rating.maybe("ratingValue")
    polarity = polarity_of(words)
    if polarity is Polarity.ASKS:
        polarity = _polarity_of_number(rating)
    return Verdict(words or value, polarity)


def _polarity_of_number(rating: Fields) -> Polarity:
    """Return what a number says of the claim: nothing, unless its scale is told as well."""
    told = [rating.maybe(name) for name in ("ratingValue", "worstRating", "bestRating")]
    try:
        value, worst, best = (float(one) for one in told if one is not None)
    except ValueError:  # one is missing, or no number
        return Polarity.ASKS
    return polarity_of_number(value, worst, best)


def _actors(fields: Fields, name: str) -> list[ActorRecorded]:
    parties = fields.parts(name, named=True)
    return [_actor(party) for party in parties if party.line("name") is not None]


def _actor(party: Fields) -> ActorRecorded:
    """Return an actor by its name, kind and addresses: whoever differs in one is another.

    Whether two are the same is for a person to judge.
    """
    name, kind = party.text("name"), _kind(party)
    name = " ".join(name.split())
    same_as = tuple(dict.fromkeys(map(_external_id, party.texts("sameAs"))))
    content = (kind, name, *(one.value for one in same_as))
    return actor(described("actor", DATA_SET, name, *content), name, kind, same_as)


def _kind(party: Fields) -> ActorKind:
    """Return what sort of actor it is; GROUP where that is not told."""
    types = party.types()
    if "Person" in types:
        return ActorKind.PERSON
    if any(one.endswith("Organization") for one in types):
        return ActorKind.ORGANISATION
    return ActorKind.GROUP


def _external_id(address: str) -> ExternalId:
    if match := _WIKIDATA.fullmatch(address):
        return ExternalId(scheme="wikidata", value=match[1])
    return ExternalId(scheme="sameAs", value=address)


def _unnamed(source: str) -> ActorRecorded:
    return actor(
        described("actor", DATA_SET, "publisher", source),
        "the publisher (not stated)",
        ActorKind.ORGANISATION,
        scoped_to=source,
    )


def _venue(reviewed: Fields) -> str | None:
    """Return where the claim appeared: a name, else an address."""
    for name in ("firstAppearance", "appearance"):
        appearance = reviewed.part(name)
        publisher = appearance.part("publisher").line("name")
        told = (appearance.line("headline"), appearance.line("name"), publisher)
        if found := next(filter(None, (*told, appearance.maybe("url"))), None):
            return found
    return None


def _date(fields: Fields, name: str) -> UncertainDate | None:
    """Return a date, a moment as its day in UTC.

    :raises Unfit: it is none.
    """
    text = fields.maybe(name)
    if text is None:
        return None
    if _DAY.fullmatch(text):
        return UncertainDate(edtf=text)
    try:
        moment = datetime.fromisoformat(text)
        day = moment if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise fields.unfit(name, f"{shown(text)} is not a date such as 2025-06-02") from None
    return UncertainDate(edtf=day.date().isoformat())
