"""Actors and sources, of which all formats tell alike."""

from collections.abc import Iterable

from onrecord.importing.evidence import Evidence
from schema.dates import UncertainDate
from schema.entries import ActorKind, ActorRecorded, SourceKind, SourceRecorded
from schema.values import ExternalId


def actor(
    identifier: str,
    name: str,
    kind: ActorKind,
    external_ids: Iterable[ExternalId] = (),
    scoped_to: str | None = None,
) -> ActorRecorded:
    """Return an actor; one that is scoped to a source is unnamed.

    :raises ValidationError: no entry can hold that.
    """
    given = {
        "id": identifier,
        "name": name,
        "kind": kind,
        "external_ids": tuple(external_ids),
        "named": scoped_to is None,
        "scoped_to": scoped_to,
    }
    return ActorRecorded.model_validate(given)


def document(
    evidence: Evidence,
    name: str,
    kind: SourceKind,
    *,
    title: str | None = None,
    url: str | None = None,
    publisher: ActorRecorded | None = None,
    authors: Iterable[ActorRecorded] = (),
    published: UncertainDate | None = None,
    language: str | None = None,
) -> SourceRecorded:
    """Return a source whose text is what is at hand of it.

    :raises ValidationError: no entry can hold that.
    """
    given = {
        "id": evidence.source,
        "name": name,
        "kind": kind,
        "title": title,
        "url": url,
        "publisher": None if publisher is None else publisher.id,
        "authors": tuple(author.id for author in authors),
        "published": published,
        "language": language,
        "sha256": evidence.sha256,
        "length": len(evidence.text),
    }
    return SourceRecorded.model_validate(given)
