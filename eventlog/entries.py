"""What goes into a log, what comes out of it, and what it says of itself.

What is made for each entry or each append is a tuple, which costs least.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import NamedTuple

from eventlog.chain import Header

MAX_APPEND = 10_000
MAX_NAME = 200
MAX_VERSION = 2**31 - 1
MAX_POSITION = 2**63 - 1
MAX_PAYLOAD = 16 * 2**20
"""Bytes of a payload; far more than any entry has, far less than any store takes."""

_NONE: Mapping[str, int] = MappingProxyType({})


class Edge(NamedTuple):
    """Where an edge of one relation begins and ends, and the thing whose entry wrote it."""

    source: str
    target: str
    subject: str


class Reference(NamedTuple):
    """An edge that an entry writes from one thing to another.

    Most edges begin at the entry's subject; a link's edge runs between the two things it links,
    to each of which the link has an edge of its own as well.
    Both ends have to be on record, or new in the same append. ``acyclic``: edges of this
    relation, all of them together, never lead back to where they began.
    """

    relation: str
    source: str
    target: str
    acyclic: bool = False


class Effect(Enum):
    """What an entry does to its subject.

    RECORDS puts a thing on record, once. AMENDS replaces what a live thing says, and so its edges.
    RETRACTS takes a live thing back, whose edges then count no more; REINSTATES gives it back.
    """

    RECORDS = "RECORDS"
    AMENDS = "AMENDS"
    RETRACTS = "RETRACTS"
    REINSTATES = "REINSTATES"


class Asked(NamedTuple):
    """How an entry was asked for, where it is written otherwise: repeated, it is known by this."""

    version: int
    payload: bytes


class NewEntry(NamedTuple):
    """An entry to append: canonical bytes, and the edges that its subject has from then on.

    ``same`` says that the subject says this already, as whoever made the entry saw.
    ``cascade``: retract what depends on the subject as well, by the entry that this gives for the
    id of each.
    """

    kind: str
    version: int
    subject: str
    payload: bytes
    references: tuple[Reference, ...] = ()
    effect: Effect = Effect.RECORDS
    same: bool = False
    cascade: "Callable[[str], NewEntry] | None" = None
    asked: Asked | None = None


class Seen(NamedTuple):
    """What of a log was looked at for an append: another state of it refuses the append.

    ``revisions`` are those of things, 0 for one that was not on record; ``users`` are, for things
    of which was looked at what depends on them, the positions up to which that was.
    """

    revisions: Mapping[str, int] = _NONE
    users: Mapping[str, int] = _NONE


NOTHING_SEEN = Seen()


class Append(NamedTuple):
    """A request to append entries, all of them or none; see :meth:`eventlog.log.Log.append`."""

    entries: tuple[NewEntry, ...]
    recorded_by: str
    idempotency_key: str | None = None
    expected_revisions: Mapping[str, int] = _NONE
    dry_run: bool = False
    seen: Seen = NOTHING_SEEN


class Entry(NamedTuple):
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


class Restored(NamedTuple):
    """An entry that comes back into a log, with what it does and the edges of its subject."""

    entry: Entry
    references: tuple[Reference, ...] = ()
    effect: Effect = Effect.RECORDS


@dataclass(frozen=True, slots=True)
class Head:
    """Where the log ends; position 0 is an empty log, whose hash is the genesis."""

    position: int
    hash: str
    recorded_at: str | None
    log_id: str


@dataclass(frozen=True, slots=True)
class Subject:
    """A thing on record. ``revision`` is the last position about it; retracted, it is not live.

    ``content_position`` is that of the last entry that said what it is.
    """

    id: str
    kind: str
    revision: int
    live: bool
    first_position: int
    content_position: int


class Appended(NamedTuple):
    """What an append did. ``first`` and ``last`` are 0 when nothing was new.

    ``positions`` are those of the new entries by subject, those that a cascade added included;
    ``unchanged`` are subjects that said the same already. ``repeated``: the idempotency key was
    seen before, and this is the first outcome again.
    """

    first: int
    last: int
    positions: Mapping[str, int] = _NONE
    unchanged: tuple[str, ...] = ()
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Verified:
    """What a verification saw: how many entries, and the hash they lead to."""

    entries: int
    hash: str
