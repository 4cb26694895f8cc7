"""What the fold keeps of the things on record: little, and the same wherever it is kept.

What a thing says is not kept but read again from its entries where it is needed: only a change
needs it.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol, TypedDict

from eventlog import Entry
from eventlog.contents import thing_of
from graph.deriving import NOTHING, Known, Told, inputs
from schema.entries import AnyThing, Content, IdentityJudged, IdentityType


class Judged(NamedTuple):
    """What a judgement says of two things."""

    type: IdentityType
    one: str
    other: str


class Thing(NamedTuple):
    """A thing that was applied.

    ``positions`` are those of the entries that say what it is: the first one and amendments.
    ``inputs`` are the things of which has to be known what is to be known, to derive it.
    """

    id: str
    positions: tuple[int, ...]
    recorded_at: str
    revision: int
    live: bool = True
    known: Known = NOTHING
    inputs: tuple[str, ...] = ()
    judged: Judged | None = None

    @property
    def told(self) -> Told:
        """Return where the log tells of it."""
        return Told(self.positions[0], self.recorded_at, self.revision)


class Parts(TypedDict):
    """What is kept of what a thing says."""

    inputs: tuple[str, ...]
    judged: Judged | None


def parts(thing: AnyThing) -> Parts:
    """Return what is kept of what a thing says."""
    judged = None
    if isinstance(thing, IdentityJudged):
        judged = Judged(thing.type, thing.from_, thing.to)
    return {"inputs": inputs(thing), "judged": judged}


class Entries(Protocol):
    """Where entries are read from, by their positions."""

    def read_positions(self, positions: Collection[int]) -> Mapping[int, Entry]:
        """Return those entries at some positions that there are, in one read."""
        ...


class Things(Protocol):
    """What the fold has applied so far."""

    def get(self, identifier: str) -> Thing | None:
        """Return a thing, if it was applied."""
        ...

    def fetch(self, ids: Collection[str]) -> None:
        """Have things at hand that are got one by one then, where each would take a while."""
        ...

    def put(self, thing: Thing) -> None:
        """Keep a thing, in the place of what was kept of it before."""
        ...

    def dependants(self, ids: Collection[str]) -> Mapping[str, Sequence[str]]:
        """Return, for each of some things, the live ones that have it among their inputs."""
        ...

    def judgements(self, ids: Collection[str]) -> Mapping[str, Sequence[str]]:
        """Return, for each of some things, the live judgements about it."""
        ...

    def contents(self, things: Collection[Thing]) -> dict[str, Content]:
        """Return what things say."""
        ...


class ThingsInMemory:
    """Things kept in memory; what they say is read from ``entries``."""

    def __init__(self, entries: Entries) -> None:
        self._entries = entries
        self._things: dict[str, Thing] = {}
        self._dependants: dict[str, set[str]] = {}
        self._judgements: dict[str, set[str]] = {}

    def get(self, identifier: str) -> Thing | None:
        """Return a thing, if it was applied."""
        return self._things.get(identifier)

    def fetch(self, ids: Collection[str]) -> None:
        """Do nothing: all are at hand."""

    def put(self, thing: Thing) -> None:
        """Keep a thing, in the place of what was kept of it before."""
        before = self._things.get(thing.id)
        if before is not None:
            _forget(self._dependants, before.inputs, thing.id)
            _forget(self._judgements, _judged(before), thing.id)
        self._things[thing.id] = thing
        if thing.live:
            _remember(self._dependants, thing.inputs, thing.id)
            _remember(self._judgements, _judged(thing), thing.id)

    def dependants(self, ids: Collection[str]) -> dict[str, list[str]]:
        """Return, for each of some things, the live ones that have it among their inputs."""
        return {one: sorted(self._dependants.get(one, ())) for one in ids}

    def judgements(self, ids: Collection[str]) -> dict[str, list[str]]:
        """Return, for each of some things, the live judgements about it."""
        return {one: sorted(self._judgements.get(one, ())) for one in ids}

    def contents(self, things: Collection[Thing]) -> dict[str, Content]:
        """Return what things say."""
        return read_contents(self._entries, things)


def read_contents(entries: Entries, things: Collection[Thing]) -> dict[str, Content]:
    """Return what things say, from their entries in one read."""
    if not things:
        return {}
    found = entries.read_positions({place for thing in things for place in thing.positions})
    return {
        thing.id: thing_of([found[place] for place in thing.positions]).content for thing in things
    }


def _judged(thing: Thing) -> tuple[str, ...]:
    return () if thing.judged is None else (thing.judged.one, thing.judged.other)


def _remember(index: dict[str, set[str]], keys: Iterable[str], identifier: str) -> None:
    for key in keys:
        index.setdefault(key, set()).add(identifier)


def _forget(index: dict[str, set[str]], keys: Iterable[str], identifier: str) -> None:
    for key in keys:
        index.get(key, set()).discard(identifier)
