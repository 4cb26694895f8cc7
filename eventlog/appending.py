"""What every store checks of an append, whatever database it writes to."""

import hashlib
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter

from eventlog.entries import (
    MAX_APPEND,
    MAX_NAME,
    MAX_PAYLOAD,
    MAX_VERSION,
    Append,
    Edge,
    Effect,
    NewEntry,
)
from eventlog.errors import (
    AlreadyRecorded,
    Cycle,
    Dangling,
    InvalidAppend,
    IsRetracted,
    NotOnRecord,
    NotRetracted,
    RevisionConflict,
    StillInUse,
    UnknownReference,
)

# Control characters, lone surrogates and the separators that break a line. Joiners and marks of
# direction (Cf) are letters' companions in many scripts, and stay allowed.
_UNFIT = frozenset({"Cc", "Cs", "Zl", "Zp"})


def check_request(append: Append) -> None:
    """Check what can be seen without the log, so that a store meets only values it can hold.

    :raises InvalidAppend: none or too many entries, a subject twice, an unfit name or value.
    """
    entries = append.entries
    if not entries:
        raise InvalidAppend("an append needs at least one entry")
    if len(entries) > MAX_APPEND:
        raise InvalidAppend(f"an append holds at most {MAX_APPEND:,} entries, not {len(entries):,}")
    check_name("recordedBy", append.recorded_by)
    if append.idempotency_key is not None:
        check_name("the idempotency key", append.idempotency_key)
    for subject in append.expected_revisions:
        check_name("a subject with an expected revision", subject)
    subjects: set[str] = set()
    for entry in entries:
        _check_entry(entry)
        if entry.subject in subjects:
            raise InvalidAppend(f"{entry.subject} stands twice in one append")
        subjects.add(entry.subject)


def _check_entry(entry: NewEntry) -> None:
    check_name("a subject", entry.subject)
    check_name(f"the kind of {entry.subject}", entry.kind)
    if not 1 <= entry.version <= MAX_VERSION:
        raise InvalidAppend(f"the version of {entry.subject} is at least 1, not {entry.version}")
    if len(entry.payload) > MAX_PAYLOAD:
        raise InvalidAppend(
            f"{entry.subject} has {len(entry.payload):,} bytes, more than {MAX_PAYLOAD:,}"
        )
    for reference in entry.references:
        for name in (reference.relation, reference.source, reference.target):
            check_name(f"a reference of {entry.subject}", name)


def check_name(what: str, name: str) -> None:
    """Check a name that a store is to hold.

    :raises InvalidAppend: it is empty, too long, or has characters that no name needs.
    """
    if len(name) > MAX_NAME:
        raise InvalidAppend(f"{what} has {len(name)} characters, more than {MAX_NAME}")
    if not name.strip():
        raise InvalidAppend(f"{what} is empty")
    if name.isascii() and name.isprintable():  # nearly all, and quickly seen
        return
    if any(unicodedata.category(character) in _UNFIT for character in name):
        raise InvalidAppend(f"{what} holds a control character: {name!a}")


def request_digest(entries: Sequence[NewEntry], recorded_by: str) -> bytes:
    """Return what a repeated request is known by: who records what, in this order.

    References are left out since they follow from the payload, and expected revisions because
    whoever asks again may have read the revision that the first request made. An entry counts as
    it was asked for: how it is written may depend on what was on record by then.
    """
    digest = hashlib.sha256()
    for part in (recorded_by, *(part for one in entries for part in _content(one))):
        piece = part if isinstance(part, bytes) else str(part).encode()
        digest.update(len(piece).to_bytes(8, "big") + piece)
    return digest.digest()


def _content(entry: NewEntry) -> tuple[str, int, str, bytes]:
    version, payload = entry.asked or (entry.version, entry.payload)
    return entry.kind, version, entry.subject, payload


def check_revisions(expected: Mapping[str, int], actual: Mapping[str, int]) -> None:
    """Refuse an append that was made with another state of the record in mind.

    :raises RevisionConflict: naming the first subject whose revision is another.
    """
    for subject, revision in expected.items():
        if actual.get(subject, 0) != revision:
            raise RevisionConflict(subject, revision, actual.get(subject, 0))


def new_among(
    entries: Sequence[NewEntry],
    recorded: Collection[str],
    live: Collection[str],
    same: Callable[[NewEntry], bool],
) -> tuple[Sequence[NewEntry], tuple[str, ...]]:
    """Part entries into those to append and the subjects that say the same already.

    :raises AlreadyRecorded: naming every id that is on record with other content.
    :raises NotOnRecord, IsRetracted, NotRetracted: naming every id that cannot be changed so.
    """
    known = [entry for entry in entries if entry.subject in recorded]
    if not known and all(entry.effect is Effect.RECORDS for entry in entries):
        return entries, ()
    _check_states(entries, recorded, live)
    unchanged = {entry.subject for entry in known if same(entry)}
    recording = [entry for entry in known if entry.effect is Effect.RECORDS]
    if other := [entry.subject for entry in recording if entry.subject not in unchanged]:
        raise AlreadyRecorded(other)
    new = [entry for entry in entries if entry.subject not in unchanged]
    return new, tuple(entry.subject for entry in known if entry.subject in unchanged)


def _check_states(
    entries: Iterable[NewEntry], recorded: Collection[str], live: Collection[str]
) -> None:
    changes = [entry for entry in entries if entry.effect is not Effect.RECORDS]
    if lacking := [entry.subject for entry in changes if entry.subject not in recorded]:
        raise NotOnRecord(lacking)
    on_record = [entry for entry in entries if entry.subject in recorded]
    gone = [one for one in on_record if one.subject not in live]
    if dead := [one.subject for one in gone if one.effect is not Effect.REINSTATES]:
        raise IsRetracted(dead)
    back = [one.subject for one in changes if one.effect is Effect.REINSTATES]
    if alive := [subject for subject in back if subject in live]:
        raise NotRetracted(alive)


def check_references(
    entries: Sequence[NewEntry], recorded: Collection[str], live: Collection[str]
) -> None:
    """Refuse edges that end at something that is not live once these entries are appended.

    :raises UnknownReference: naming every such reference.
    """
    gone = {entry.subject for entry in entries if entry.effect is Effect.RETRACTS}
    new = {entry.subject for entry in entries} - gone
    dangling = {
        Dangling(entry.subject, ref.relation, end, retracted=end in recorded): None
        for entry in entries
        for ref in entry.references
        for end in (ref.source, ref.target)
        if end not in new and (end not in live or end in gone)
    }
    if dangling:
        raise UnknownReference(tuple(dangling))


def check_unused(
    entries: Sequence[NewEntry], users: Callable[[str], Collection[str]]
) -> list[NewEntry]:
    """Return the retractions that a cascade adds, for everything that depends on what goes.

    ``users`` gives the live things that refer to one, as they are before these entries. A cascade
    takes nothing along that the append tells of: what refers to something that goes all the same
    is refused elsewhere.

    :raises StillInUse: live things depend on what goes without a cascade.
    """
    going = [entry for entry in entries if entry.effect is Effect.RETRACTS]
    told = {entry.subject: entry for entry in entries}
    added: dict[str, NewEntry] = {}
    in_use: dict[str, dict[str, None]] = {}
    waiting = list(going)
    while waiting:
        entry = waiting.pop()
        for user in sorted(users(entry.subject)):
            if user in added or _lets_go(told.get(user), entry.subject):
                continue
            if entry.cascade is None:
                in_use.setdefault(entry.subject, {})[user] = None
            elif user not in told:
                added[user] = entry.cascade(user)
                waiting.append(added[user])
    if in_use:
        dependants = {user: None for users_of in in_use.values() for user in users_of}
        raise StillInUse([one.subject for one in going if one.subject in in_use], [*dependants])
    if len(entries) + len(added) > MAX_APPEND:
        raise InvalidAppend(
            f"an append holds at most {MAX_APPEND:,} entries, but {len(added):,} things depend on "
            "what is to be retracted"
        )
    return [added[user] for user in sorted(added)]


def _lets_go(entry: NewEntry | None, target: str) -> bool:
    """Tell whether a thing refers to another one no more after an entry about it."""
    if entry is None:
        return False
    ends = {end for one in entry.references for end in (one.source, one.target)}
    return entry.effect is Effect.RETRACTS or target not in ends


def acyclic_edges(entries: Iterable[NewEntry]) -> dict[str, list[Edge]]:
    """Return, for each relation that must not lead back, the edges that entries write."""
    edges: dict[str, list[Edge]] = {}
    for entry in entries:
        for ref in entry.references:
            if ref.acyclic:
                edge = Edge(ref.source, ref.target, entry.subject)
                edges.setdefault(ref.relation, []).append(edge)
    return edges


def acyclic_starts(entries: Collection[NewEntry]) -> dict[str, list[str]]:
    """Return, for each relation that must not lead back, where ways on record have to be walked.

    Nothing on record leads to a thing that is new, so that its own edges can close a way only among
    themselves. There is something to walk where an edge of the relation begins at a thing that may
    be on record: one that is changed, or another one than the entry's, as with a link.
    """
    walked = {
        ref.relation
        for entry in entries
        for ref in entry.references
        if ref.acyclic and (ref.source != entry.subject or entry.effect is not Effect.RECORDS)
    }
    if not walked:
        return {}
    edges = acyclic_edges(entries)
    return {relation: [edge.target for edge in edges[relation]] for relation in walked}


def check_acyclic(relation: str, edges: Iterable[Edge]) -> None:
    """Refuse edges of one relation that lead back to where they began.

    :raises Cycle: naming one way round.
    """
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for source, target, _ in edges:
        sorter.add(source, target)
    try:
        sorter.prepare()
    except CycleError as error:
        raise Cycle(relation, error.args[1][::-1]) from None
