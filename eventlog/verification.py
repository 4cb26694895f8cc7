"""Proving that entries are what was appended, and naming the position where they are not."""

from collections.abc import Callable, Iterable

from eventlog.chain import SALT_BYTES, Header, entry_hash, payload_hash
from eventlog.entries import Entry, Head, Verified
from eventlog.errors import Tampered

PROGRESS_EVERY = 1000

Progress = Callable[[int], None]
"""Called now and then with how many entries are proven."""

Anchor = tuple[int, str]
"""A position and its hash in hexadecimal, kept elsewhere; position 0 has the genesis."""


class Chain:
    """A hash chain under proof, from a log's genesis on or from where ``head`` ended."""

    def __init__(self, head: Head) -> None:
        self.position = head.position
        self.hash = bytes.fromhex(head.hash)
        self._recorded_at = head.recorded_at or ""
        self._append = (head.position + 1, 0)  # the append under way, and its size; 0 if none is

    def take(self, entry: Entry) -> None:
        """Prove that an entry is the next one, and go on behind it.

        :raises Tampered: it is not, naming the first position that is not as it was written.
        """
        position, header = self.position + 1, entry.header
        if entry.position < position:
            raise Tampered(entry.position, "stands where no entry was appended")
        if entry.position > position:
            raise Tampered(position, "is missing")
        if not _fits(self.hash, entry):
            raise Tampered(position, "does not have the hash of its content")
        self._check_append(header)
        self.position, self.hash, self._recorded_at = position, entry.hash, header.recorded_at

    def end(self) -> None:
        """Prove that an append ends here.

        :raises Tampered: naming the position that is missing.
        """
        if self._append[1]:
            raise Tampered(self.position + 1, "is missing: its append is not whole")

    def _check_append(self, header: Header) -> None:
        """Check what no hash says: that the entries of an append stand together, in time."""
        position, (first, size) = header.position, self._append
        if not size:
            first, size = position, header.append_size
        if (header.append_first, header.append_size) != (first, size) or size < 1:
            raise Tampered(position, "does not belong to the append it stands in")
        if header.recorded_at < self._recorded_at:
            raise Tampered(position, "was recorded before the one before it")
        self._append = (position + 1, 0) if position == first + size - 1 else (first, size)


def verified(
    entries: Iterable[Entry],
    genesis: str,
    anchor: Anchor | None = None,
    on_progress: Progress | None = None,
) -> Verified:
    """Recompute the chain over all entries of a log, in order, keeping only the last one.

    :raises Tampered: naming the first position that is not as it was written.
    """
    chain = Chain(Head(0, genesis, None, ""))
    _check_anchor(0, genesis, anchor)
    for entry in entries:
        chain.take(entry)
        _check_anchor(entry.position, entry.hash_hex, anchor)
        if on_progress is not None and entry.position % PROGRESS_EVERY == 0:
            on_progress(entry.position)
    chain.end()
    if anchor is not None and anchor[0] > chain.position:
        raise Tampered(chain.position + 1, f"is missing: the anchor is at position {anchor[0]}")
    return Verified(chain.position, chain.hash.hex())


def _fits(previous: bytes, entry: Entry) -> bool:
    """Tell whether an entry has its hash; bytes moved from the payload to the salt keep it."""
    try:
        if len(entry.salt) != SALT_BYTES:
            return False
        digest = entry_hash(previous, entry.header, payload_hash(entry.salt, entry.payload))
    except TypeError:  # a value of another type than was written
        return False
    return digest == entry.hash


def _check_anchor(position: int, hash_: str, anchor: Anchor | None) -> None:
    if anchor is not None and anchor[0] == position and anchor[1] != hash_:
        raise Tampered(position, f"has the hash {hash_}, not the anchor's {anchor[1]}")
