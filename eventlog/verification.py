"""Proving that entries are what was appended, and naming the position where they are not."""

from collections.abc import Callable, Iterable

from eventlog.chain import Header, entry_hash, payload_hash
from eventlog.entries import Entry, Verified
from eventlog.errors import Tampered

PROGRESS_EVERY = 1000

Progress = Callable[[int], None]
"""Called now and then with how many entries are proven."""

Anchor = tuple[int, str]
"""A position and its hash in hexadecimal, kept elsewhere; position 0 has the genesis."""


def verified(
    entries: Iterable[Entry],
    genesis: str,
    anchor: Anchor | None = None,
    on_progress: Progress | None = None,
) -> Verified:
    """Recompute the chain over all entries of a log, in order, keeping only the last one.

    :raises Tampered: naming the first position that is not as it was written.
    """
    previous, last, position = bytes.fromhex(genesis), None, 0
    _check_anchor(0, genesis, anchor)
    for entry in entries:
        position += 1
        if entry.position < position:
            raise Tampered(entry.position, "stands where no entry was appended")
        if entry.position > position:
            raise Tampered(position, "is missing")
        if not _fits(previous, entry):
            raise Tampered(position, "does not have the hash of its content")
        _check_append(entry.header, last)
        _check_anchor(position, entry.hash_hex, anchor)
        previous, last = entry.hash, entry.header
        if on_progress is not None and position % PROGRESS_EVERY == 0:
            on_progress(position)
    if last is not None and not _ends_append(last):
        raise Tampered(position + 1, "is missing: its append is not whole")
    if anchor is not None and anchor[0] > position:
        raise Tampered(position + 1, f"is missing: the anchor is at position {anchor[0]}")
    return Verified(position, previous.hex())


def _fits(previous: bytes, entry: Entry) -> bool:
    try:
        digest = entry_hash(previous, entry.header, payload_hash(entry.salt, entry.payload))
    except TypeError:  # a value of another type than was written
        return False
    return digest == entry.hash


def _check_append(header: Header, last: Header | None) -> None:
    """Check what no hash says: that the entries of an append stand together, in time."""
    first, size = header.position, header.append_size
    if last is not None and not _ends_append(last):
        first, size = last.append_first, last.append_size
    if (header.append_first, header.append_size) != (first, size) or size < 1:
        raise Tampered(header.position, "does not belong to the append it stands in")
    if last is not None and header.recorded_at < last.recorded_at:
        raise Tampered(header.position, "was recorded before the one before it")


def _ends_append(header: Header) -> bool:
    return header.position == header.append_first + header.append_size - 1


def _check_anchor(position: int, hash_: str, anchor: Anchor | None) -> None:
    if anchor is not None and anchor[0] == position and anchor[1] != hash_:
        raise Tampered(position, f"has the hash {hash_}, not the anchor's {anchor[1]}")
