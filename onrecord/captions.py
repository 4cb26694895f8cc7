"""What an entry puts on record, told for people who hold it against the document."""

from collections.abc import Iterable, Iterator, Mapping

from schema.entries import (
    ActorRecorded,
    AnyEntry,
    ClaimRecorded,
    EventRecorded,
    IssueRecorded,
    LinkRecorded,
    Polarity,
    RoleRecorded,
    SourceRecorded,
    StatementRecorded,
)
from schema.values import Quote


class Captions:
    """Captions of entries; what they name is told by its name if it is among them, else by id."""

    def __init__(self, entries: Iterable[AnyEntry]) -> None:
        self._by_id: Mapping[str, AnyEntry] = {entry.id: entry for entry in entries}

    def of(self, entry: AnyEntry) -> str:
        """Return a line, and for a statement further ones: how it is hedged, quoted and dated."""
        line = " ".join(self._whole(entry).split())
        more = _further(entry) if isinstance(entry, StatementRecorded) else ()
        return "\n".join([line, *more])

    def _whole(self, entry: AnyEntry) -> str:
        match entry:
            case ActorRecorded() | IssueRecorded() | SourceRecorded() | EventRecorded():
                return entry.name
            case RoleRecorded():
                return f"{self._named(entry.holder)}, {entry.title}"
            case ClaimRecorded():
                return entry.text
            case StatementRecorded():
                return f"{self._speaker(entry)} {self._act(entry)}"
            case LinkRecorded():
                return f"{self._named(entry.from_)} {entry.type.value} {self._named(entry.to)}"

    def _speaker(self, entry: StatementRecorded) -> str:
        role = self._by_id.get(entry.capacity or "")
        title = f" ({role.title})" if isinstance(role, RoleRecorded) else ""
        return f"{self._named(entry.speaker)}{title}"

    def _act(self, entry: StatementRecorded) -> str:
        """Return what a speaker does; a belief is the speaker's account of its holder."""
        other = entry.relays or entry.withdraws
        if entry.claim is None and other is None:
            return "declined to comment"
        if entry.claim is None:
            return f"{'relays' if entry.relays else 'withdraws'} {other}"
        denied = "" if entry.polarity in (None, Polarity.ASSERTS) else f", {entry.polarity}"
        if entry.ascribed_to is None:
            return f"{entry.force}{denied}: {self._named(entry.claim)}"
        holder, attitude = self._named(entry.ascribed_to.actor), entry.ascribed_to.attitude
        return f"says that {holder} {attitude}{denied}: {self._named(entry.claim)}"

    def _named(self, identifier: str) -> str:
        match self._by_id.get(identifier):
            case None | RoleRecorded() | StatementRecorded() | LinkRecorded():
                return identifier
            case ClaimRecorded(text=text):
                return text
            case found:
                return found.name


def _further(entry: StatementRecorded) -> Iterator[str]:
    """Yield what of a statement is easily coded wrong, a line each."""
    if entry.hedging:
        yield f"hedged: {_words(entry.hedging)}"
    if entry.quotes:
        yield f"in the speaker's words: {_words(entry.quotes)}"
    if entry.said is not None:
        yield f"said: {entry.said.edtf}"
    yield f"characters {', '.join(f'{one.start}-{one.end}' for one in entry.passages)}"


def _words(spans: Iterable[Quote]) -> str:
    return ", ".join(f"“{' '.join(span.exact.split())}”" for span in spans)
