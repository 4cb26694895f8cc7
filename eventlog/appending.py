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
    NewEntry,
)
from eventlog.errors import (
    AlreadyRecorded,
    Cycle,
    Dangling,
    InvalidAppend,
    RevisionConflict,
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
    whoever asks again may have read the revision that the first request made.
    """
    digest = hashlib.sha256()
    for part in (recorded_by, *(part for one in entries for part in _content(one))):
        piece = part if isinstance(part, bytes) else str(part).encode()
        digest.update(len(piece).to_bytes(8, "big") + piece)
    return digest.digest()


def _content(entry: NewEntry) -> tuple[str, int, str, bytes]:
    return entry.kind, entry.version, entry.subject, entry.payload


def check_revisions(expected: Mapping[str, int], actual: Mapping[str, int]) -> None:
    """Refuse an append that was made with another state of the record in mind.

    :raises RevisionConflict: naming the first subject whose revision is another.
    """
    for subject, revision in expected.items():
        if actual.get(subject, 0) != revision:
            raise RevisionConflict(subject, revision, actual.get(subject, 0))


def new_among(
    entries: Sequence[NewEntry], recorded: Collection[str], same: Callable[[NewEntry], bool]
) -> tuple[Sequence[NewEntry], tuple[str, ...]]:
    """Part entries into those to append and the subjects on record with the same content.

    :raises AlreadyRecorded: naming every id that is on record with other content.
    """
    known = [entry for entry in entries if entry.subject in recorded]
    if not known:
        return entries, ()
    if other := [entry.subject for entry in known if not same(entry)]:
        raise AlreadyRecorded(other)
    new = [entry for entry in entries if entry.subject not in recorded]
    return new, tuple(entry.subject for entry in known)


def check_references(entries: Sequence[NewEntry], live: Collection[str]) -> None:
    """Refuse edges that end at something neither live on record nor among these new entries.

    :raises UnknownReference: naming every such reference.
    """
    new = {entry.subject for entry in entries}
    dangling = {
        Dangling(entry.subject, ref.relation, end): None
        for entry in entries
        for ref in entry.references
        for end in (ref.source, ref.target)
        if end not in live and end not in new
    }
    if dangling:
        raise UnknownReference(tuple(dangling))


def acyclic_edges(entries: Iterable[NewEntry]) -> dict[str, list[Edge]]:
    """Return, for each relation that must not lead back, the edges that entries write."""
    edges: dict[str, list[Edge]] = {}
    for entry in entries:
        for ref in entry.references:
            if ref.acyclic:
                edges.setdefault(ref.relation, []).append((ref.source, ref.target))
    return edges


def acyclic_starts(entries: Collection[NewEntry]) -> dict[str, list[str]]:
    """Return, for each relation that must not lead back, where ways on record have to be walked.

    An entry is always the first about its thing. Nothing on record leads to a thing that is new, so
    that its own edges can close a way only among themselves. There is something to walk where an
    edge of the relation begins at another thing than its entry's, as a link's does.
    """
    linked = {
        ref.relation
        for entry in entries
        for ref in entry.references
        if ref.acyclic and ref.source != entry.subject
    }
    if not linked:
        return {}
    edges = acyclic_edges(entries)
    return {relation: [target for _, target in edges[relation]] for relation in linked}


def check_acyclic(relation: str, edges: Iterable[Edge]) -> None:
    """Refuse edges ``(source, target)`` of one relation that lead back to where they began.

    :raises Cycle: naming one way round.
    """
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for source, target in edges:
        sorter.add(source, target)
    try:
        sorter.prepare()
    except CycleError as error:
        raise Cycle(relation, error.args[1][::-1]) from None
