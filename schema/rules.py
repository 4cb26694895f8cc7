"""Rules that need more than one entry: what a statement says against the things it names."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from schema.dates import LATEST, parse
from schema.entries import (
    ActorRecorded,
    AnyThing,
    Attribution,
    ClaimRecorded,
    IdentityJudged,
    IssueRecorded,
    RoleRecorded,
    SourceRecorded,
    StatementRecorded,
)
from schema.errors import Fault
from schema.references import places
from schema.values import Passage

LOOKED_AT: Mapping[str, frozenset[str]] = {
    "actor": frozenset({"named", "scopedTo"}),
    "role": frozenset({"holder"}),
    "issue": frozenset({"question"}),
    "source": frozenset({"length", "published", "publisher"}),
}
"""The fields of a kind of things that rules for other things look at, by their names in the log."""

Lookup = Callable[[str], AnyThing | None]
"""The entry that put an id on record, in the same append or before; None if there is none."""


def faults_among(entries: Iterable[AnyThing], lookup: Lookup, now: str = LATEST) -> Iterator[Fault]:
    """Yield what is wrong between entries and the things they refer to.

    ``now`` is the present instant, as bounds of dates are written: what is put on record was
    published before. Unknown references are left to the log, which checks them inside its transaction.
    """
    for entry in entries:
        for fault in (*_faults_of(entry, lookup), *_future_faults(entry, now)):
            yield fault.under(entry.id)


def rule_references(entry: AnyThing) -> set[str]:
    """Return the ids whose entries the rules for this entry look at."""
    wanted = {passage.source for passage in _passages(entry)}
    if _told_in(entry):
        wanted.update(place.target for place in places(entry) if "actor" in place.ref.kinds)
    if isinstance(entry, StatementRecorded):
        wanted.update(stance.issue for stance in entry.stances)
        if entry.capacity is not None:
            wanted.add(entry.capacity)
    return wanted


def _faults_of(entry: AnyThing, lookup: Lookup) -> Iterator[Fault]:
    for index, passage in enumerate(_passages(entry)):
        source = lookup(passage.source)
        if isinstance(source, SourceRecorded) and passage.end > source.length:
            yield Fault(
                ("passages", str(index)),
                f"ends at {passage.end}, but {source.id} has only {source.length} characters",
            )
    yield from _scope_faults(entry, lookup)
    if isinstance(entry, StatementRecorded):
        yield from _statement_faults(entry, lookup)


def _future_faults(entry: AnyThing, now: str) -> Iterator[Fault]:
    published = entry.published if isinstance(entry, SourceRecorded) else None
    if published is not None and parse(published.edtf).earliest > now:
        yield Fault(("published",), f"{published.edtf} is still to come: nobody has read it yet")


def _scope_faults(entry: AnyThing, lookup: Lookup) -> Iterator[Fault]:
    """Yield unnamed actors of other sources: across sources only a judgement joins two."""
    told_in = _told_in(entry)
    for place in places(entry) if told_in else ():
        actor = lookup(place.target) if "actor" in place.ref.kinds else None
        if isinstance(actor, ActorRecorded) and actor.scoped_to not in (None, *told_in):
            yield Fault(place.path, f"{actor.id} is an unnamed actor of {actor.scoped_to} alone")


def _told_in(entry: AnyThing) -> set[str]:
    """Return the sources that tell what an entry says; none if that is not said.

    A judgement is ours, whatever its evidence: it joins what different sources tell of.
    """
    if isinstance(entry, IdentityJudged):
        return set()
    if isinstance(entry, SourceRecorded):
        return {entry.id}
    if isinstance(entry, ActorRecorded):
        return {entry.scoped_to} if entry.scoped_to else set()
    return {passage.source for passage in _passages(entry)}


def _passages(entry: AnyThing) -> tuple[Passage, ...]:
    if isinstance(entry, ActorRecorded | IssueRecorded | SourceRecorded | ClaimRecorded):
        return ()
    return entry.passages


def _statement_faults(entry: StatementRecorded, lookup: Lookup) -> Iterator[Fault]:
    source = lookup(entry.source)
    if isinstance(source, SourceRecorded):
        yield from _date_faults(entry, source)
        yield from _publisher_faults(entry, source, lookup)
    role = lookup(entry.capacity) if entry.capacity else None
    if isinstance(role, RoleRecorded) and role.holder != entry.speaker:
        yield Fault(("capacity",), f"{role.id} is held by {role.holder}, not by {entry.speaker}")
    for index, stance in enumerate(entry.stances):
        issue = lookup(stance.issue)
        if isinstance(issue, IssueRecorded) and issue.question is None:
            yield Fault(
                ("stances", str(index)), f"{issue.id} has no yes/no question to take a stance on"
            )


def _publisher_faults(
    entry: StatementRecorded, source: SourceRecorded, lookup: Lookup
) -> Iterator[Fault]:
    own_voice = entry.attribution is Attribution.OWN_VOICE
    speaker = lookup(entry.speaker) if own_voice and source.publisher is None else None
    if own_voice and source.publisher not in (None, entry.speaker):
        yield Fault(
            ("speaker",),
            f"OWN_VOICE is the publisher's, {source.publisher}, not {entry.speaker}'s",
        )
    if isinstance(speaker, ActorRecorded) and speaker.named:
        yield Fault(
            ("speaker",),
            f"OWN_VOICE is the publisher's: say that {speaker.id} published {source.id}, "
            "or let an unnamed actor of that source speak",
        )
    if entry.relays is not None and (own_voice or entry.speaker == source.publisher):
        yield Fault(
            ("relays",),
            f"the publisher of {source.id} is never a relay: "
            "record what it passes on as the statement of whoever made it",
        )


def _date_faults(entry: StatementRecorded, source: SourceRecorded) -> Iterator[Fault]:
    said, published = entry.said, source.published
    if said is None or published is None or said.because is not None:
        return
    if parse(said.edtf).earliest >= parse(published.edtf).latest:
        yield Fault(
            ("said",),
            f"{said.edtf} is after {source.id} was published ({published.edtf}); "
            "say why in because, or correct it",
        )
