"""The log's interface: what every store does, whatever database it keeps its entries in.

A store knows headers, references and bytes, not kinds of entries.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from eventlog.chain import Header, entry_hash, payload_hash
from eventlog.errors import Tampered
from schema.references import Reference

FORMAT = "0.1.0-pre.1"
"""The format this program writes; the mark says that it may still change before 0.1.0."""

MAX_APPEND = 10_000
MAX_NAME = 200

Progress = Callable[[int, int], None]
"""Called with how many entries are done and how many there are."""


@dataclass(frozen=True, slots=True)
class NewEntry:
    """An entry to append: canonical bytes, and the edges it writes between things."""

    kind: str
    version: int
    subject: str
    payload: bytes
    references: tuple[Reference, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry as it stands in the log."""

    header: Header
    payload: bytes
    salt: bytes
    hash: bytes

    @property
    def position(self) -> int:
        """Return its place in the log, counted from 1."""
        return self.header.position

    @property
    def hash_hex(self) -> str:
        """Return the hash in hexadecimal."""
        return self.hash.hex()

    @property
    def ends_append(self) -> bool:
        """Tell whether it is the last entry of its append."""
        return self.position == self.header.append_first + self.header.append_size - 1


@dataclass(frozen=True, slots=True)
class Head:
    """Where the log ends; position 0 is an empty log, whose hash is the genesis."""

    position: int
    hash: str
    recorded_at: str | None


@dataclass(frozen=True, slots=True)
class Subject:
    """A thing on record: the entry that began it, and the last one about it."""

    id: str
    kind: str
    revision: int
    live: bool
    first_position: int


@dataclass(frozen=True, slots=True)
class Appended:
    """What an append did. ``first`` and ``last`` are 0 when nothing was new.

    ``unchanged`` are subjects that were on record with the same content. ``repeated``: the
    idempotency key was seen before, and this is the first outcome again.
    """

    first: int
    last: int
    positions: Mapping[str, int] = field(default_factory=dict)
    unchanged: tuple[str, ...] = ()
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Verified:
    """What a verification saw: how many entries, and the head they lead to."""

    entries: int
    hash: str


class Log(ABC):
    """An append-only log. Its methods can be called from any thread.

    Positions are 1, 2, 3, ... without a gap; no reader sees a position before all lower ones;
    ``recordedAt`` never decreases. What was acknowledged survives a crash of the machine.
    """

    log_id: str
    genesis: str

    @abstractmethod
    def append(
        self,
        entries: Sequence[NewEntry],
        *,
        recorded_by: str,
        idempotency_key: str | None = None,
        expected_revisions: Mapping[str, int] | None = None,
        dry_run: bool = False,
    ) -> Appended:
        """Append entries in one transaction, or none of them.

        Entries whose subject is on record with the same content are left out. ``dry_run``
        answers what would be appended and writes nothing.

        :raises InvalidAppend: none, too many, or a subject twice.
        :raises IdempotencyConflict: the key was used for another append.
        :raises RevisionConflict: a subject's revision is not the expected one; 0 is "not yet".
        :raises AlreadyRecorded: a subject is on record with other content.
        :raises UnknownReference: an edge ends at something not on record.
        :raises Cycle: an acyclic relation would close.
        :raises LogUnavailable: the store failed; nothing is acknowledged.
        """

    @abstractmethod
    def read(
        self, after: int = 0, limit: int = 1000, *, whole_appends: bool = False
    ) -> list[Entry]:
        """Return entries after a position, in order.

        ``whole_appends`` goes on beyond the limit until an append ends.
        """

    @abstractmethod
    def read_positions(self, positions: Collection[int]) -> dict[int, Entry]:
        """Return the entries at some positions, in one read."""

    @abstractmethod
    def subjects(self, ids: Collection[str]) -> dict[str, Subject]:
        """Return those of some ids that are on record, in one read."""

    @abstractmethod
    def known_ids(self, kind: str) -> list[str]:
        """Return the ids of all things of a kind (``actor``), in order."""

    @abstractmethod
    def head(self) -> Head:
        """Return where the log ends."""

    @abstractmethod
    def close(self) -> None:
        """Let go of the store."""

    def entries(self, after: int = 0, up_to: int | None = None) -> Iterator[Entry]:
        """Yield entries in order, a few thousand in memory at a time."""
        while True:
            batch = self.read(after, 5000)
            for entry in batch:
                if up_to is not None and entry.position > up_to:
                    return
                yield entry
            if not batch:
                return
            after = batch[-1].position

    def verify(
        self, anchor: tuple[int, str] | None = None, on_progress: Progress | None = None
    ) -> Verified:
        """Recompute the whole chain with flat memory.

        ``anchor`` is a position and its hash from elsewhere, by which a cut-off tail or a
        wholly rewritten chain is found.

        :raises Tampered: naming the first position that is not as it was written.
        """
        head = self.head()
        previous, expected = bytes.fromhex(self.genesis), 1
        append: Header | None = None
        recorded_at = ""
        for entry in self.entries(up_to=head.position):
            _check_place(entry, expected, append, recorded_at, self.log_id)
            digest = payload_hash(entry.salt, entry.payload)
            if entry_hash(previous, entry.header, digest) != entry.hash:
                raise Tampered(expected, "does not have the hash of its content")
            if (
                anchor is not None
                and anchor == (expected, anchor[1])
                and entry.hash_hex != anchor[1]
            ):
                raise Tampered(expected, f"does not have the anchor's hash {anchor[1]}")
            previous, recorded_at = entry.hash, entry.header.recorded_at
            append = None if entry.ends_append else entry.header
            expected += 1
            if on_progress is not None and expected % 1000 == 0:
                on_progress(expected - 1, head.position)
        _check_end(expected - 1, append, previous, head, anchor)
        return Verified(expected - 1, previous.hex())


def _check_place(
    entry: Entry, expected: int, append: Header | None, recorded_at: str, log_id: str
) -> None:
    header = entry.header
    if header.position != expected:
        raise Tampered(expected, "is missing")
    first, size = (append.append_first, append.append_size) if append else (expected, 0)
    if header.append_first != first or (append is not None and header.append_size != size):
        raise Tampered(expected, "does not belong to the append it stands in")
    if header.append_size < 1 or header.log_id != log_id:
        raise Tampered(expected, "has a header that no entry has")
    if header.recorded_at < recorded_at:
        raise Tampered(expected, "was recorded before the one before it")


def _check_end(
    last: int, append: Header | None, hash_: bytes, head: Head, anchor: tuple[int, str] | None
) -> None:
    if append is not None:
        raise Tampered(last + 1, "is missing: its append is not whole")
    if last != head.position:
        raise Tampered(last + 1, "is missing")
    if hash_.hex() != head.hash:
        raise Tampered(last, "is not the head")
    if anchor is not None and anchor[0] > last:
        raise Tampered(last + 1, f"is missing: the anchor is at position {anchor[0]}")
