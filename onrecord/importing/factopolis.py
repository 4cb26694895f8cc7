"""Factopolis: assertions that politicians repeat, the claims in them, and fact checks of them.

The archive of its ``content`` folder is read as the project publishes it (CC BY 4.0): Markdown files
with YAML before them. One row is one assertion, a file ``person/NAME/DATE.md``; the people, claims,
checkers and topics that it names are files of their own, and each row brings along those it needs.

Of a speech or post, and of a fact check, the archive has no more than the words that it quotes: they
are the text of the source here, and its SHA-256 and length are theirs.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from onrecord.importing.archives import MAX_MEMBER_BYTES, members
from onrecord.importing.evidence import Evidence
from onrecord.importing.fields import Fields
from onrecord.importing.naming import described, keyed
from onrecord.importing.ratings import polarity_of
from onrecord.importing.rows import BadRow, Row, Rows, Unfit, drafted, reason_of
from onrecord.importing.things import actor, document
from schema.dates import Basis, UncertainDate
from schema.entries import (
    ActorKind,
    ActorRecorded,
    AnyEntry,
    Attribution,
    ClaimRecorded,
    IssueRecorded,
    Polarity,
    SourceKind,
    SourceRecorded,
    StatementRecorded,
)
from schema.errors import Fault, InvalidInput, shown
from schema.values import ExternalId
from schema.yaml import read_document

DATA_SET = "factopolis"
MAX_INDEX_BYTES = 50_000_000
"""Bytes of all files but those of assertions, which are in memory while an archive is read."""
ELSEWHERE = ("wikipedia", "twitter", "politifact")
"""The names of the fields that tell how somebody is known elsewhere."""

_NAMED = re.compile(
    r"(?:.*/)?content/(?P<folder>claims|groups|person|topics|checker)/"
    r"(?P<key>[^/_][^/]*)(?:/_index)?\.md"
)
_ASSERTION = re.compile(r"(?:.*/)?content/person/(?P<person>[^/]+)/(?P<name>[^/_][^/]*)\.md")
_FRONT = re.compile(r"---[ \t]*\r?\n(?P<front>.*?)^---[ \t]*\r?$", re.DOTALL | re.MULTILINE)

_SOURCE_KINDS = {
    "twitter": SourceKind.POST,
    "transcript": SourceKind.TRANSCRIPT,
    "transcipt": SourceKind.TRANSCRIPT,  # so spelt in the archive
    "prepared": SourceKind.TRANSCRIPT,
    "web": SourceKind.ARTICLE,
}
_ADDRESSES = {
    "archive-org": "https://archive.org/details/{id}",
    "c-span": "https://www.c-span.org/video/?{id}",
    "twitter": "https://twitter.com/{user}/status/{id}",
    "youtube": "https://www.youtube.com/watch?v={id}",
}


@dataclass(slots=True)
class Index:
    """What assertions name, by folder and name; where one cannot be read, the reason."""

    named: dict[tuple[str, str], Fields | str] = field(default_factory=dict)

    def find(self, folder: str, key: str) -> Fields:
        """Return a thing that an assertion names.

        :raises Unfit: it is not in the archive, or cannot be read.
        """
        found = self.maybe(folder, key)
        if found is None:
            raise Unfit(f"{folder}/{shown(key)[1:-1]} is not in the archive")
        return found

    def maybe(self, folder: str, key: str) -> Fields | None:
        """Return a thing, or None if it is not in the archive.

        :raises Unfit: it cannot be read.
        """
        found = self.named.get((folder, key))
        if isinstance(found, str):
            raise Unfit(found)
        return found


def rows(file: Path) -> Rows:
    """Yield the assertions of an archive; it is read twice, and only what they name is kept.

    :raises InvalidInput: it is no archive that can be read, or not one of Factopolis.
    """
    index = Index()
    yield from _indexed(file, index)
    if not any(folder == "claims" for folder, _ in index.named):
        message = (
            "has no content/claims/*/_index.md in it: an archive of Factopolis's content is read"
        )
        raise InvalidInput([Fault((), message, str(file))])
    for member in members(file, lambda name: _ASSERTION.fullmatch(name) is not None):
        match = _ASSERTION.fullmatch(member.name)
        assert match is not None
        row = _row(f"{file}: {member.name}", match, member.content, index)
        if row is not None:
            yield row


def _row(
    where: str, match: re.Match[str], content: bytes | None, index: Index
) -> Row | BadRow | None:
    """Return the row of a file below a person; None if it is of another type."""
    try:
        read = front_matter(where, content)
    except ValueError as error:
        return BadRow(where, _without(where, reason_of(error)))
    if read.get("type") != "assertion":
        return None
    return drafted(where, lambda: entries_of(match["person"], match["name"], Fields(read), index))


def _indexed(file: Path, index: Index) -> Iterator[BadRow]:
    """Read what assertions name; a file that cannot be read is a bad row of its own."""
    kept_bytes = 0
    for name, content in members(file, lambda name: _NAMED.fullmatch(name) is not None):
        match = _NAMED.fullmatch(name)
        assert match is not None
        kept_bytes += len(content or b"")
        if kept_bytes > MAX_INDEX_BYTES:
            message = f"names people and claims in more than the {MAX_INDEX_BYTES:,} bytes kept"
            raise InvalidInput([Fault((), message, str(file))])
        place, where = (match["folder"], match["key"]), f"{file}: {name}"
        try:
            index.named[place] = Fields(front_matter(where, content))
        except ValueError as error:
            reason = _without(where, reason_of(error))
            index.named[place] = f"{'/'.join(place)} cannot be read: {reason}"
            yield BadRow(where, reason)


def _without(where: str, reason: str) -> str:
    """Return a reason without the file that is named before it; ``:LINE`` of it stays."""
    return reason.removeprefix(f"{where}: ").removeprefix(f"{where}:")


def front_matter(where: str, content: bytes | None) -> Mapping[str, object]:
    """Return the fields before a Markdown text; lines are counted from the top of the file.

    :raises Unfit: there are none, the file is too large, or not UTF-8.
    :raises InvalidInput: it is no YAML that is read.
    """
    if content is None:
        raise Unfit(f"is larger than the {MAX_MEMBER_BYTES:,} bytes that are read")
    try:
        found = _FRONT.match(content.decode())
    except UnicodeDecodeError as error:
        raise Unfit(f"is not UTF-8: the byte at {error.start:,} belongs to no text") from None
    if found is None:
        raise Unfit("has no YAML between two lines of '---' at its beginning")
    root = read_document("\n" + found["front"], where).root
    if root is None:
        return {}
    if not isinstance(root, dict):
        raise Unfit("has no fields with their values before its text")
    return root


# -- one assertion -----------------------------------------------------------------------------


def entries_of(person: str, name: str, assertion: Fields, index: Index) -> Iterator[AnyEntry]:
    """Yield the entries of an assertion that Factopolis keeps as ``person/PERSON/NAME.md``.

    :raises Unfit: something in it is missing, or is not in the archive.
    :raises ValidationError: it says what no entry can hold.
    """
    speaker = _actor("person", person, index)
    claims = assertion.texts("claims")
    if not claims:
        raise assertion.unfit("claims", "names none")
    yield speaker
    for claim in claims:
        yield from _claim(claim, index)
    said = UncertainDate(edtf=assertion.text("date"))
    source, evidence = _quoted((person, name), assertion, speaker, said)
    yield source
    for claim in claims:
        yield StatementRecorded(
            id=keyed("statement", DATA_SET, person, name, *_which(claim, claims)),
            speaker=speaker.id,
            attribution=Attribution.DIRECT_QUOTE,
            polarity=Polarity.ASSERTS,
            claim=_claim_id(claim),
            said=said,
            venue=assertion.line("where"),
            passages=(evidence.passage(),),
            quotes=evidence.quotes(),
        )
    for check in assertion.parts("checks"):
        yield from _check(check, claims, index)


def _which(claim: str, claims: tuple[str, ...]) -> tuple[str, ...]:
    """Return what tells the statements of one quotation apart: nothing where there is one."""
    return (claim,) if len(claims) > 1 else ()


def _actor(folder: str, key: str, index: Index) -> ActorRecorded:
    found = index.find(folder, key)
    known = ((scheme, found.maybe(scheme)) for scheme in ELSEWHERE)
    person = folder == "person"
    return actor(
        keyed("actor", DATA_SET, *([key] if person else [folder, key])),
        _title(found),
        ActorKind.PERSON if person else ActorKind.ORGANISATION,
        (
            ExternalId(scheme=DATA_SET, value=f"{folder}/{key}"),
            *(ExternalId(scheme=scheme, value=value) for scheme, value in known if value),
        ),
    )


def _title(found: Fields) -> str:
    return found.line("title") or found.text("title")


def _claim(key: str, index: Index) -> Iterator[AnyEntry]:
    found = index.find("claims", key)
    issues = [_issue(topic, index) for topic in found.texts("topics")]
    subjects = dict.fromkeys((*found.texts("subjects"), *found.texts("subject")))
    mentioned = [actor for subject in subjects if (actor := _mentioned(subject, index))]
    yield from issues
    yield from mentioned
    yield ClaimRecorded(
        id=_claim_id(key),
        text=_title(found),
        issues=tuple(issue.id for issue in issues),
        mentions=tuple(actor.id for actor in mentioned),
    )


def _claim_id(key: str) -> str:
    return keyed("claim", DATA_SET, key)


def _mentioned(key: str, index: Index) -> ActorRecorded | None:
    """Return the actor that a claim is about; None for somebody the archive only names."""
    folders = ("person", "groups")
    folder = next((one for one in folders if index.maybe(one, key) is not None), None)
    return None if folder is None else _actor(folder, key, index)


def _issue(key: str, index: Index) -> IssueRecorded:
    found = index.maybe("topics", key)
    title = found and found.line("title")
    return IssueRecorded(id=keyed("issue", DATA_SET, key), name=title or key.replace("-", " "))


def _quoted(
    keys: tuple[str, str], assertion: Fields, speaker: ActorRecorded, said: UncertainDate
) -> tuple[SourceRecorded, Evidence]:
    """Return the document that an assertion is quoted from, as far as it is at hand.

    Of several, the first that has a text: passages point into texts, not into films.
    """
    evidence = Evidence(keyed("source", DATA_SET, *keys), assertion.text("quote"))
    listed = assertion.parts("sources")
    texts = [one for one in listed if one.maybe("type") in _SOURCE_KINDS]
    chosen = next(iter((*texts, *listed)), Fields({}))
    kind = _SOURCE_KINDS.get(chosen.maybe("type") or "", SourceKind.OTHER)
    parts = (speaker.name, assertion.line("where"), said.edtf)
    source = document(
        evidence,
        "Quotation: " + ", ".join(part for part in parts if part),
        kind,
        url=_address(chosen),
        published=_posted(said) if kind is SourceKind.POST else None,
    )
    return source, evidence


def _address(chosen: Fields) -> str | None:
    """Return where a document is: as told, or where its site keeps what has this id."""
    told = chosen.maybe("url") or chosen.maybe("source")
    pattern = _ADDRESSES.get(chosen.maybe("type") or "")
    if told or pattern is None or chosen.maybe("id") is None:
        return told
    return pattern.format(id=chosen.text("id"), user=chosen.maybe("user") or "i/web")


def _posted(said: UncertainDate) -> UncertainDate:
    because = "a post is published when it is made"
    return UncertainDate(edtf=said.edtf, basis=Basis.INFERRED, because=because)


# -- its fact checks ---------------------------------------------------------------------------


def _check(check: Fields, claims: tuple[str, ...], index: Index) -> Iterator[AnyEntry]:
    """Yield a fact check: what it says of each claim that it is about, all of them if not told.

    Checks have no keys: one is known by its checker, its address and the words that are at hand.
    """
    checker = _actor("checker", check.text("checker"), index)
    about = check.texts("claims") or claims
    if others := set(about) - set(claims):
        raise check.unfit("claims", f"{shown(min(others))} is no claim of the assertion")
    text = check.maybe("quote") or check.text("short")
    address, rating = check.maybe("source"), check.line("rating")
    content = (checker.id, address or "", text)
    evidence = Evidence(described("source", DATA_SET, checker.name, *content), text)
    yield checker
    name = f"Fact check by {checker.name}"
    yield document(evidence, name, SourceKind.FACT_CHECK, url=address, publisher=checker)
    for claim in about:
        yield StatementRecorded(
            id=described("statement", DATA_SET, f"{checker.name} {claim}", *content, claim),
            speaker=checker.id,
            attribution=Attribution.OWN_VOICE,
            polarity=polarity_of(rating),
            claim=_claim_id(claim),
            passages=(evidence.passage(),),
            rating=rating,
        )
