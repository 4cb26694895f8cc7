"""What an entry puts on record or changes there, told for people who hold it against the document."""

from collections.abc import Iterable, Iterator, Mapping

from onrecord.differences import between, shown_value
from schema.entries import (
    ActorRecorded,
    Amended,
    AnyChange,
    AnyEntry,
    AnyThing,
    ClaimRecorded,
    EventRecorded,
    IdentityJudged,
    IssueRecorded,
    LinkRecorded,
    Polarity,
    Retracted,
    RoleRecorded,
    SourceRecorded,
    StatementRecorded,
)
from schema.values import Quote


class Captions:
    """Captions of entries; what they name is told by its name if it is known, else by id."""

    def __init__(self, known: Iterable[AnyEntry]) -> None:
        self._by_id: Mapping[str, AnyThing] = {
            entry.id: entry for entry in known if isinstance(entry, AnyThing)
        }

    def of(self, entry: AnyEntry) -> str:
        """Return a line, and for some entries further ones.

        For a statement these are how it is hedged, quoted and dated, for a change the fields that
        get other values, and the reason.
        """
        if isinstance(entry, AnyChange):
            return "\n".join((*_new_values(entry), *self._why(entry)))
        line = " ".join(self._whole(entry).split())
        return "\n".join([line, *_further(entry)])

    def of_change(self, change: AnyChange, before: AnyThing, now: AnyThing) -> str:
        """Return lines that tell what a change makes of a thing: what it is, what becomes what."""
        lines = [" ".join(self._whole(before).split())]
        for one in between(before, now):
            lines.append(f"{'.'.join(one.path)}: {one.message}")
        return "\n".join((*lines, *self._why(change)))

    def _why(self, change: AnyChange) -> Iterator[str]:
        if isinstance(change, Retracted) and change.cascaded_from is not None:
            yield f"with {self._named(change.cascaded_from)}"
        yield f"because: {change.reason}"

    def _whole(self, entry: AnyThing) -> str:
        match entry:
            case ActorRecorded() | IssueRecorded() | SourceRecorded() | EventRecorded():
                return entry.name
            case RoleRecorded():
                return f"{self._named(entry.holder)}, {entry.title}"
            case ClaimRecorded():
                return entry.text
            case StatementRecorded():
                return f"{self._speaker(entry)} {self._act(entry)}"
            case LinkRecorded() | IdentityJudged():
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
            case None | RoleRecorded() | StatementRecorded() | LinkRecorded() | IdentityJudged():
                return identifier
            case ClaimRecorded(text=text):
                return text
            case found:
                return found.name


def _new_values(change: AnyChange) -> Iterator[str]:
    """Yield what a change tells of fields, where it is not known what they said before."""
    for field, value in change.fields.items() if isinstance(change, Amended) else ():
        yield f"{field}: {shown_value(value)}"


def _further(entry: AnyThing) -> Iterator[str]:
    """Yield what of a statement is easily coded wrong, or why things were linked, a line each."""
    if isinstance(entry, LinkRecorded | IdentityJudged) and entry.because is not None:
        yield f"because: {entry.because}"
    if not isinstance(entry, StatementRecorded):
        return
    if entry.hedging:
        yield f"hedged: {_words(entry.hedging)}"
    if entry.quotes:
        yield f"in the speaker's words: {_words(entry.quotes)}"
    if entry.said is not None:
        yield f"said: {entry.said.edtf}"
    yield f"characters {', '.join(f'{one.start}-{one.end}' for one in entry.passages)}"


def _words(spans: Iterable[Quote]) -> str:
    return ", ".join(f"“{' '.join(span.exact.split())}”" for span in spans)
