"""One line that tells what an entry puts on record, for people."""

from collections.abc import Iterable, Mapping

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

CAPTION_LENGTH = 120


class Captions:
    """Captions of entries; what they name is told by its name if it is among them, else by id."""

    def __init__(self, entries: Iterable[AnyEntry]) -> None:
        self._by_id: Mapping[str, AnyEntry] = {entry.id: entry for entry in entries}

    def of(self, entry: AnyEntry) -> str:
        """Return a line of at most :data:`CAPTION_LENGTH` characters."""
        caption = " ".join(self._whole(entry).split())
        return caption if len(caption) <= CAPTION_LENGTH else f"{caption[: CAPTION_LENGTH - 1]}…"

    def _whole(self, entry: AnyEntry) -> str:
        match entry:
            case ActorRecorded() | IssueRecorded() | SourceRecorded() | EventRecorded():
                return entry.name
            case RoleRecorded():
                return f"{self._named(entry.holder)}, {entry.title}"
            case ClaimRecorded():
                return entry.text
            case StatementRecorded():
                return f"{self._named(entry.speaker)} {self._act(entry)}"
            case LinkRecorded():
                return f"{self._named(entry.from_)} {entry.type.value} {self._named(entry.to)}"

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
