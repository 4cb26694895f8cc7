"""What every store checks of an append, whatever database it writes to."""

from collections.abc import Callable, Collection, Sequence

import orjson

from eventlog.errors import AlreadyRecorded, Dangling, InvalidAppend, UnknownReference
from eventlog.log import MAX_APPEND, MAX_NAME, NewEntry


def check_request(
    entries: Sequence[NewEntry], recorded_by: str, idempotency_key: str | None
) -> None:
    """Check what can be seen without the log.

    :raises InvalidAppend: none or too many entries, a subject twice, or an unfit name.
    """
    if not entries:
        raise InvalidAppend("an append needs at least one entry")
    if len(entries) > MAX_APPEND:
        raise InvalidAppend(f"an append holds at most {MAX_APPEND:,} entries, not {len(entries):,}")
    subjects: set[str] = set()
    for entry in entries:
        if entry.subject in subjects:
            raise InvalidAppend(f"{entry.subject} stands twice in one append")
        subjects.add(entry.subject)
    for what, name in (("recordedBy", recorded_by), ("an idempotency key", idempotency_key)):
        if name is not None and not (0 < len(name) <= MAX_NAME and name.isprintable()):
            raise InvalidAppend(f"{what} has 1 to {MAX_NAME} printable characters")


def request_bytes(entries: Sequence[NewEntry]) -> bytes:
    """Return the bytes by which a repeated request is known again."""
    return orjson.dumps(
        [[one.kind, one.version, one.subject, one.payload.decode()] for one in entries]
    )


def ruled_out(
    entries: Sequence[NewEntry], recorded: Collection[str], same: Callable[[NewEntry], bool]
) -> None:
    """Refuse entries that change what is on record, and references that lead nowhere.

    :raises AlreadyRecorded: naming every id that has other content.
    :raises UnknownReference: naming every reference.
    """
    other = [one.subject for one in entries if one.subject in recorded and not same(one)]
    if other:
        raise AlreadyRecorded(other)
    known = set(recorded) | {entry.subject for entry in entries}
    dangling = [
        Dangling(entry.subject, ref.relation, end)
        for entry in entries
        for ref in entry.references
        for end in (ref.source, ref.target)
        if end not in known
    ]
    if dangling:
        raise UnknownReference(dangling)
