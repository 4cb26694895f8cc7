"""Holding what entries point to against the text: it has to stand there, word for word."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from schema.coding.quotations import overlapping, quotations
from schema.coding.stretches import Stretch
from schema.dossier import Dossier
from schema.entries import (
    AnyEntry,
    EventRecorded,
    IdentityJudged,
    LinkRecorded,
    RoleRecorded,
    SourceKind,
    SourceRecorded,
    StatementRecorded,
)
from schema.errors import Fault, shown
from schema.values import Passage, Quote, Span, text_sha256

LEFT_OUT = "leftOut"
WITHOUT_MARKS = (SourceKind.TRANSCRIPT, SourceKind.POST, SourceKind.FILING)
"""Documents that are the speaker's own words: these need no quotation marks."""


@dataclass(frozen=True, slots=True)
class Cited:
    """A stretch of a source's text that is pointed to, with the place that does."""

    source: str
    path: tuple[str, ...]
    """The id of an entry and the way to the stretch in it; or ``leftOut`` and a number."""
    span: Span

    def fault(self, message: str) -> Fault:
        """Return what is wrong with it."""
        return Fault(self.path, message)


def cited_by(entry: AnyEntry) -> Iterator[Cited]:
    """Yield the passages, quotations and hedges of an entry."""
    for n, passage in enumerate(passages_of(entry)):
        yield Cited(passage.source, (entry.id, "passages", str(n)), passage)
    if isinstance(entry, StatementRecorded):
        for n, quote in enumerate(entry.quotes):
            yield Cited(entry.source, (entry.id, "quotes", str(n)), quote)
        for n, hedge in enumerate(entry.hedging):
            yield Cited(entry.source, (entry.id, "hedging", str(n)), hedge)


def cited_in(dossier: Dossier) -> Iterator[Cited]:
    """Yield all that a dossier points to, what it leaves out included."""
    for entry in dossier.entries:
        yield from cited_by(entry)
    source = dossier.source
    for n, span in enumerate(dossier.left_out):
        yield Cited(source.id if source else "", (LEFT_OUT, str(n)), span)


def passages_of(entry: AnyEntry) -> Sequence[Passage]:
    """Return the passages of an entry; some kinds have none."""
    if isinstance(
        entry, StatementRecorded | EventRecorded | RoleRecorded | LinkRecorded | IdentityJudged
    ):
        return entry.passages
    return ()


def located(dossier: Dossier, fault: Fault) -> Fault:
    """Return a fault of something in a dossier as one that tells file and line."""
    if fault.path[:1] == (LEFT_OUT,):
        return replace(fault, where=dossier.document.where(fault.path))
    return dossier.located(fault)


def misplaced(cited: Iterable[Cited], text: str) -> list[Fault]:
    """Return a fault for each stretch that is not that of the text."""
    return [one.fault(message) for one in cited if (message := _misplaced(one.span, text))]


def _misplaced(span: Span, text: str) -> str | None:
    if span.end > len(text):
        return f"ends at {span.end}, but the text has only {len(text)} characters"
    words = text[span.start : span.end]
    if text_sha256(words) != span.sha256:
        exact = getattr(span, "exact", None)
        wanted = f"are not {shown(exact)}" if exact else "have another SHA-256"
        return (
            f"the words of the text from {span.start} to {span.end}, {shown(words)}, "
            f"{wanted}{_elsewhere(exact, text)}"
        )
    if words != words.strip():
        return f"has white space at its ends: {shown(words)}"
    return None


def _elsewhere(exact: object, text: str) -> str:
    """Tell where words stand that are not where they are said to be."""
    at = text.find(exact) if isinstance(exact, str) and exact else -1
    return f"; these stand at {at}" if at >= 0 else ""


def unquoted(cited: Iterable[Cited], text: str) -> list[Fault]:
    """Return a fault for each quotation that does not lie inside quotation marks of the text."""
    quotes = [one for one in cited if one.path[1:2] == ("quotes",)]
    if not quotes:
        return []
    quoted = quotations(text)
    return [
        one.fault(f"lies in no quotation marks of the text: {_words(one.span)}")
        for one in quotes
        if not _is_inside(one.span, quoted)
    ]


def _is_inside(span: Span, quoted: Sequence[Stretch]) -> bool:
    around = overlapping(quoted, Stretch(span.start, span.end))
    return around is not None and around.start < span.start and span.end < around.end


def _words(span: Span) -> str:
    return shown(span.exact) if isinstance(span, Quote) else f"{span.start}-{span.end}"


def inexact(source: SourceRecorded, cited: Sequence[Cited], text: str) -> list[Fault]:
    """Return all that is not exact in what points to a source whose text is at hand."""
    faults = misplaced(cited, text)
    if source.source_kind not in WITHOUT_MARKS:
        told = {fault.path for fault in faults}
        faults += unquoted((one for one in cited if one.path not in told), text)
    return faults


def mismeasured(source: SourceRecorded, text: str) -> list[Fault]:
    """Return a fault if a source has another length than its text."""
    if source.length == len(text):
        return []
    message = f"is {source.length}, but the text has {len(text)} characters"
    return [Fault((source.id, "length"), message)]
