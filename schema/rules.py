"""Rules that need more than one entry: what a statement says against the things it names."""

from collections.abc import Callable, Iterable, Iterator

from schema.dates import parse
from schema.entries import (
    ActorRecorded,
    AnyEntry,
    Attribution,
    EventRecorded,
    IssueRecorded,
    LinkRecorded,
    RoleRecorded,
    SourceRecorded,
    StatementRecorded,
)
from schema.errors import Fault
from schema.values import Passage

Lookup = Callable[[str], AnyEntry | None]
"""The entry that put an id on record, in the same append or before; None if there is none."""


def faults_among(entries: Iterable[AnyEntry], lookup: Lookup) -> Iterator[Fault]:
    """Yield what is wrong between entries and the things they refer to.

    Unknown references are left to the log, which checks them inside its transaction.
    """
    for entry in entries:
        for fault in _faults_of(entry, lookup):
            yield fault.under(entry.id)


def rule_references(entry: AnyEntry) -> set[str]:
    """Return the ids whose entries the rules for this entry look at."""
    wanted = {passage.source for passage in _passages(entry)}
    if isinstance(entry, StatementRecorded):
        wanted.add(entry.speaker)
        wanted.update(stance.issue for stance in entry.stances)
        if entry.capacity is not None:
            wanted.add(entry.capacity)
    return wanted


def _faults_of(entry: AnyEntry, lookup: Lookup) -> Iterator[Fault]:
    for index, passage in enumerate(_passages(entry)):
        source = lookup(passage.source)
        if isinstance(source, SourceRecorded) and passage.end > source.length:
            yield Fault(
                ("passages", str(index)),
                f"ends at {passage.end}, but {source.id} has only {source.length} characters",
            )
    if isinstance(entry, StatementRecorded):
        yield from _statement_faults(entry, lookup)


def _passages(entry: AnyEntry) -> tuple[Passage, ...]:
    if isinstance(entry, StatementRecorded | EventRecorded | RoleRecorded | LinkRecorded):
        return entry.passages
    return ()


def _statement_faults(entry: StatementRecorded, lookup: Lookup) -> Iterator[Fault]:
    source, speaker = lookup(entry.source), lookup(entry.speaker)
    if isinstance(source, SourceRecorded):
        yield from _date_faults(entry, source)
        own_voice = entry.attribution is Attribution.OWN_VOICE
        if own_voice and source.publisher not in (None, entry.speaker):
            yield Fault(
                ("speaker",),
                f"OWN_VOICE is the publisher's, {source.publisher}, not {entry.speaker}'s",
            )
    if isinstance(speaker, ActorRecorded) and speaker.scoped_to not in (None, entry.source):
        yield Fault(("speaker",), f"{speaker.id} is an unnamed actor of {speaker.scoped_to} alone")
    role = lookup(entry.capacity) if entry.capacity else None
    if isinstance(role, RoleRecorded) and role.holder != entry.speaker:
        yield Fault(("capacity",), f"{role.id} is held by {role.holder}, not by {entry.speaker}")
    for index, stance in enumerate(entry.stances):
        issue = lookup(stance.issue)
        if isinstance(issue, IssueRecorded) and issue.question is None:
            yield Fault(
                ("stances", str(index)), f"{issue.id} has no yes/no question to take a stance on"
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
