"""Holding a dossier against the text that it codes: what it points to has to stand there."""

from collections.abc import Iterator
from pathlib import Path

from schema.dossier import Dossier, read_dossier
from schema.entries import (
    EventRecorded,
    LinkRecorded,
    RoleRecorded,
    SourceRecorded,
    StatementRecorded,
)
from schema.values import Passage, Quote, Span, text_sha256

BULLETS = "-•"


def dossier_of(file: Path) -> Dossier:
    """Read a dossier file."""
    return read_dossier(file.read_text("utf-8"), file.name)


def text_of(file: Path) -> str:
    """Read a document as it is, its line ends included."""
    return file.read_bytes().decode("utf-8")


def source_of(dossier: Dossier) -> SourceRecorded:
    """Return the document that a dossier codes."""
    return next(entry for entry in dossier.entries if isinstance(entry, SourceRecorded))


def passages_of(dossier: Dossier) -> Iterator[Passage]:
    """Yield every passage of a dossier."""
    for entry in dossier.entries:
        if isinstance(entry, StatementRecorded | EventRecorded | RoleRecorded | LinkRecorded):
            yield from entry.passages


def quotes_of(dossier: Dossier) -> Iterator[Quote]:
    """Yield every quotation of a dossier."""
    for entry in dossier.entries:
        if isinstance(entry, StatementRecorded):
            yield from entry.quotes


def _spans(dossier: Dossier) -> Iterator[Span]:
    yield from passages_of(dossier)
    yield from quotes_of(dossier)
    yield from dossier.left_out
    for entry in dossier.entries:
        if isinstance(entry, StatementRecorded):
            yield from entry.hedging


def misplaced(dossier: Dossier, text: str) -> list[str]:
    """Return the stretches of a dossier that are not those of the text, a sentence each."""
    found = []
    for span in _spans(dossier):
        words = text[span.start : span.end]
        if span.end > len(text) or text_sha256(words) != span.sha256:
            found.append(f"{span.start}-{span.end} has another SHA-256: {words!r}")
        elif words != words.strip():
            found.append(f"{span.start}-{span.end} has white space at its ends: {words!r}")
    return found


def unquoted(dossier: Dossier, text: str) -> list[str]:
    """Return the quotations that do not lie inside quotation marks of the text."""
    return [quote.exact for quote in quotes_of(dossier) if not _in_marks(text, quote)]


def _in_marks(text: str, quote: Quote) -> bool:
    before, after = text[: quote.start], text[quote.end :]
    opened = before.rfind("“") > before.rfind("”")
    closes = after.find("”")
    return opened and closes >= 0 and "“" not in after[:closes]


def uncovered(dossier: Dossier, text: str) -> list[str]:
    """Return what of a text is in no passage and not left out either, without bullets."""
    covered = bytearray(len(text))
    for span in (*passages_of(dossier), *dossier.left_out):
        covered[span.start : span.end] = b"\1" * (span.end - span.start)
    rest = "".join(" " if hidden else letter for hidden, letter in zip(covered, text, strict=True))
    return [word for word in rest.split() if word not in BULLETS]
