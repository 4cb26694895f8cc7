"""Planning how entries and outcomes of an export come back into a log; pure, for every store."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from eventlog.appending import check_name, check_references, check_request, new_among
from eventlog.entries import Append, Effect, NewEntry, Restored
from eventlog.errors import OtherLog
from eventlog.planning import Kept, Needs, OnRecord, Plan, State, new_edges
from eventlog.verification import Chain


def needs_of_entries(entries: Sequence[Restored]) -> Needs:
    """Return what has to be read before entries are restored.

    :raises InvalidAppend: a value that no store can hold.
    """
    for append in _appends(entries):
        check_request(append)
    ids = {end for one in entries for ref in one.references for end in (ref.source, ref.target)}
    return Needs(frozenset(ids.union(map(_subject, entries))), frozenset(), frozenset(), {})


def plan_entries(entries: Sequence[Restored], state: State) -> Plan:
    """Return the rows of entries that come back as they were, behind the end of the log.

    Nothing is decided anew: what was appended once stands, whatever rules are kept today. But both
    ends of each edge have to be there, on which the checks of later appends rely.

    :raises OtherLog: the log does not end where they begin.
    :raises Tampered: they are not what was appended, naming the position.
    :raises AlreadyRecorded: a thing to record is on record.
    :raises NotOnRecord, IsRetracted, NotRetracted: a thing to change is not as it has to be.
    :raises UnknownReference: an edge ends at what is not on record.
    """
    first = entries[0].entry.position
    if first != state.head.position + 1:
        raise OtherLog(
            f"the log ends at position {state.head.position:,}, not before {first:,}: "
            "something else writes to it"
        )
    chain = Chain(state.head)
    for one in entries:
        chain.take(one.entry)
    chain.end()
    plan = Plan()
    subjects = dict(state.subjects)
    live = {name for name, one in subjects.items() if one.live}
    for append in _appends(entries):
        new_among(append.entries, subjects.keys(), live, lambda _: False)
        check_references(append.entries, subjects.keys(), live)
        for entry in append.entries:
            subjects[entry.subject] = OnRecord(0, True)
            (live.discard if entry.effect is Effect.RETRACTS else live.add)(entry.subject)
    contents = {name: one.content_position for name, one in state.subjects.items()}
    for one in entries:
        subject, position = _subject(one), one.entry.position
        plan.add(one.entry, one.effect, contents.get(subject))
        if one.effect is Effect.AMENDS:
            contents[subject] = position
        if one.effect is not Effect.REINSTATES:
            plan.edges.extend(new_edges(one.references, position))
    return plan


def _appends(entries: Iterable[Restored]) -> Iterator[Append]:
    """Yield the requests that the entries came from."""
    for _, group in groupby(entries, lambda one: one.entry.header.append_first):
        append = list(group)
        header = append[0].entry.header
        yield Append(tuple(_new(one) for one in append), header.recorded_by, header.idempotency_key)


def _new(restored: Restored) -> NewEntry:
    header = restored.entry.header
    return NewEntry(
        header.kind,
        header.version,
        header.subject,
        restored.entry.payload,
        restored.references,
        restored.effect,
    )


def _subject(restored: Restored) -> str:
    return restored.entry.header.subject


def needs_of_kept(kept: Sequence[Kept]) -> Needs:
    """Return what has to be read before outcomes are restored.

    :raises InvalidAppend: a name that no store can hold.
    """
    for one in kept:
        check_name("the idempotency key", one.key)
    return Needs(frozenset(), frozenset(), frozenset(one.key for one in kept), {})


def plan_kept(kept: Iterable[Kept], state: State) -> Plan:
    """Return the rows of outcomes that are not there yet.

    :raises OtherLog: a key has another outcome.
    """
    plan = Plan()
    for one in kept:
        there = state.kept.get(one.key)
        if there is None:
            plan.kept.append(one)
        elif _promise(there) != _promise(one):
            raise OtherLog(f"the log has another outcome for the idempotency key {one.key!r}")
    return plan


def _promise(kept: Kept) -> tuple[object, ...]:
    outcome = kept.outcome
    return kept.salt, kept.request_hash, outcome.first, outcome.last, outcome.unchanged
