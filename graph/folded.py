"""The fold of a log on disk: what a graph has to hold, in the order of ids, however large it is.

It goes on where it ended when the log has grown. The file is a database of its own that nobody
else sees, and is gone when it is closed, or when the program dies.
"""

import sqlite3
from collections import OrderedDict
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Any, NamedTuple

import orjson

from graph.delta import Delta, ended, version
from graph.deriving import Known
from graph.elements import Node, Properties, Relationship, RelationshipChange
from graph.errors import CannotFold
from graph.fold import fold_append
from graph.history import ReadableLog, entries_up_to
from graph.lines import holder_of, node_line, node_of, relationship_line, relationship_of
from graph.progress import FOLDING, Stages, silently
from graph.reading import appends, read
from graph.things import Judged, Thing, read_contents
from schema.dates import UncertainDate
from schema.entries import Content, IdentityType

FLUSH_ENTRIES = 5_000
CACHED_THINGS = 10_000
"""Fifty thousand are no quicker, and take some 30 MiB more."""
SELDOM_ASKED_FOR = ("statement/", "link/")
"""Most of a record, which other things hardly ever look at: kept in memory it would drive out those."""

Line = tuple[str, str]
"""An id, and the line of what has it or is held by it."""


class Part(NamedTuple):
    """What some appends change, up to a position with its hash."""

    delta: Delta
    position: int
    hash: str


class Stopped(Exception):
    """Raised in a thread that folds, when the file was let go of meanwhile."""


_HELD = "CREATE INDEX held ON relationships (holder)"
_NODE = "CREATE UNIQUE INDEX node ON nodes (label, id)"
"""What finds nodes and relationships: made all at once when they are read in the order of ids, which
who writes all of them has no need of, or as soon as one of them changes."""

_SCRIPT = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA locking_mode = EXCLUSIVE;
PRAGMA cache_size = -8000;  -- KiB, and as much while it sorts; 32,000 are no quicker
CREATE TABLE things (
    id TEXT PRIMARY KEY, positions TEXT, recorded_at TEXT, revision INTEGER, live INTEGER,
    known TEXT, inputs TEXT, judged TEXT
) WITHOUT ROWID;
CREATE TABLE nodes (label TEXT, id TEXT, line TEXT);
CREATE TABLE relationships (holder TEXT, line TEXT);
CREATE TABLE around (what TEXT, thing TEXT, other TEXT, PRIMARY KEY (what, thing, other))
WITHOUT ROWID;
"""


@contextmanager
def _told() -> Iterator[None]:
    """Turn what goes wrong with the file into one sentence."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise CannotFold(f"the log cannot be folded in a file: {error}") from error


class FoldedLog:
    """What the log makes of an empty graph, up to a position with its hash.

    ``folder`` is where the file lies; ``uri`` is how errors call the graph that it is for.

    :raises CannotFold: no file can be made.
    """

    def __init__(self, log: ReadableLog, uri: str, folder: Path | None = None) -> None:
        self.position, self.hash = 0, log.genesis
        self._log, self._uri = log, uri
        self._stopped, self._folding = False, Lock()
        self._columns: dict[str, dict[str, type]] = {}
        self._shapes: set[tuple[str, ...]] = set()
        self._indexes: set[str] = set()
        self._nodes, self._relationships = 0, 0
        with _told():
            self._place = TemporaryDirectory(prefix="fold-", dir=folder, ignore_cleanup_errors=True)
            path = Path(self._place.name) / "fold.sqlite3"
            self._database = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            self._database.executescript(_SCRIPT)
        with suppress(OSError):  # an open file has no need of its name, where the system lets it go
            path.unlink()
        self._things = _Things(self._database, log)

    def close(self) -> None:
        """Let the file go; a thread that folds ends before."""
        self._stopped = True
        with self._folding:
            self._database.close()
        self._place.cleanup()

    def advance(self, position: int, on_progress: Stages = silently) -> None:
        """Fold up to a position, and on to the end of the append that holds it.

        :raises WrongGraph: the log ends before.
        :raises Stopped: :meth:`close` was called meanwhile.
        """
        if position > self.position:
            on_progress(FOLDING, self.position, position)
        for part in self.parts(position):
            on_progress(FOLDING, part.position, position)

    def parts(self, position: int) -> Iterator[Part]:
        """Fold as :meth:`advance` does, and yield each part once it is folded.

        :raises WrongGraph: the log ends before.
        :raises CannotFold: there is no room for it.
        :raises Stopped: :meth:`close` was called meanwhile.
        """
        parts = self._parts(position)
        while True:
            with self._folding:
                if self._stopped:
                    raise Stopped
                with _told():
                    part = next(parts, None)
            if part is None:
                return
            yield part

    def _parts(self, position: int) -> Iterator[Part]:
        if position <= self.position:
            return
        delta, folded = Delta(), 0
        entries = entries_up_to(self._log, position, self._uri, after=self.position)
        self._database.execute("BEGIN")
        for append in appends(entries):
            if self._stopped:
                raise Stopped
            delta.take(fold_append(read(append), self._things))
            folded += len(append)
            self.position, self.hash = append[-1].position, append[-1].hash_hex
            if folded >= FLUSH_ENTRIES:
                self._flush(delta)
                yield Part(delta, self.position, self.hash)
                delta, folded = Delta(), 0
        self._flush(delta)
        self._database.execute("COMMIT")
        if folded:
            yield Part(delta, self.position, self.hash)

    def sort(self) -> None:
        """Make ready to be read in the order of ids, which takes a while and is done once.

        :raises CannotFold: there is no room for it.
        :raises Stopped: :meth:`close` was called meanwhile.
        """
        with self._folding:
            if self._stopped:
                raise Stopped
            with _told():
                self._index(_NODE)
                self._index(_HELD)

    # -- reading -------------------------------------------------------------------------------

    def labels(self) -> set[str]:
        """Return the labels that nodes have."""
        return {label for (label,) in self._database.execute("SELECT DISTINCT label FROM nodes")}

    def merged(self) -> tuple[str, ...]:
        """Return the labels of which some things are merged into others."""
        rows = self._database.execute(
            "SELECT DISTINCT substr(holder, 1, instr(holder, '/') - 1) FROM relationships "
            "WHERE line LIKE '[\"CANONICAL\"%'"
        )
        return tuple(sorted(kind.capitalize() for (kind,) in rows))

    def counts(self) -> tuple[int, int]:
        """Return how many nodes and how many relationships there are."""
        return self._nodes, self._relationships

    def size(self) -> int:
        """Return how many nodes and relationships there are together."""
        return sum(self.counts())

    def columns(self, name: str) -> Mapping[str, type]:
        """Return what properties there may be of a label or a type of relationships."""
        return self._columns.get(name, {})

    def all_nodes(self) -> Iterator[Node]:
        """Yield every node, in no order."""
        for (line,) in self._database.execute("SELECT line FROM nodes"):
            yield node_of(line)

    def all_relationships(self) -> Iterator[Relationship]:
        """Yield every relationship, in no order."""
        for (line,) in self._database.execute("SELECT line FROM relationships"):
            yield relationship_of(line)

    def nodes(self, label: str, after: str, limit: int) -> list[Line]:
        """Return the next nodes of a label, in the order of ids."""
        self._index(_NODE)
        return self._database.execute(
            "SELECT id, line FROM nodes WHERE label = ? AND id > ? ORDER BY id LIMIT ?",
            (label, after, limit),
        ).fetchall()

    def held(self, identifiers: Collection[str]) -> dict[str, list[str]]:
        """Return the lines of what some nodes hold."""
        self._index(_HELD)
        found: dict[str, list[str]] = {}
        rows = self._database.execute(
            "SELECT holder, line FROM relationships "
            "WHERE holder IN (SELECT value FROM json_each(?))",
            (orjson.dumps(list(identifiers)).decode(),),
        )
        for holder, line in rows:
            found.setdefault(holder, []).append(line)
        return found

    # -- writing -------------------------------------------------------------------------------

    def _flush(self, delta: Delta) -> None:
        self._things.flush()
        self._end_relationships(delta.relationship_ends)
        if delta.before:
            self._index(_NODE)
        versions = [*delta.versions, *self._versions(delta)]
        self._remove_nodes(delta)
        nodes = (*delta.nodes.values(), *versions)
        self._nodes += len(nodes) - len(delta.before)
        for node in nodes:
            self._note(node.label, node.properties)
        self._database.executemany("INSERT INTO nodes VALUES (?, ?, ?)", map(_node_row, nodes))
        self._add((*delta.opened.values(), *delta.ended))

    def _index(self, making: str) -> None:
        """Make an index, unless it is there."""
        if making not in self._indexes:
            self._database.execute(making)
            self._indexes.add(making)

    def _versions(self, delta: Delta) -> Iterator[Node]:
        for identifier, until in delta.node_ends.items():
            label = delta.before[identifier]
            ((line,),) = self._database.execute(
                "SELECT line FROM nodes WHERE label = ? AND id = ?", (label, identifier)
            )
            yield version(node_of(line), until)

    def _remove_nodes(self, delta: Delta) -> None:
        rows = ((label, identifier) for identifier, label in delta.before.items())
        self._database.executemany("DELETE FROM nodes WHERE label = ? AND id = ?", rows)

    def _end_relationships(self, ends: Sequence[RelationshipChange]) -> None:
        if not ends:
            return
        self._index(_HELD)
        left: list[Relationship] = []
        for relationship, until in ends:
            rowid, found = self._lasting(relationship)
            self._database.execute("DELETE FROM relationships WHERE rowid = ?", (rowid,))
            left.append(ended(found, until))
        self._relationships -= len(ends)
        self._add(left)

    def _lasting(self, relationship: Relationship) -> tuple[int, Relationship]:
        """Return a relationship as the graph has it, which is with since when it is there."""
        rows = self._database.execute(
            "SELECT rowid, line FROM relationships WHERE holder = ?", (_holder(relationship),)
        )
        kind, source, target, properties = relationship
        for rowid, line in rows:
            found = relationship_of(line)
            if found[:3] == (kind, source, target):
                bare = {key: one for key, one in found.properties.items() if key != "since"}
                if bare == properties:
                    return rowid, found
        raise AssertionError(f"what ends was there: {relationship}")

    def _add(self, relationships: Collection[Relationship]) -> None:
        self._relationships += len(relationships)
        for one in relationships:
            self._note(one.type, one.properties)
        rows = ((_holder(one), _line(one)) for one in relationships)
        self._database.executemany("INSERT INTO relationships VALUES (?, ?)", rows)

    def _note(self, name: str, properties: Properties) -> None:
        """Note what properties there are; few combinations make up nearly all."""
        shape = (name, *properties)
        if shape not in self._shapes:
            self._shapes.add(shape)
            types = {key: type(value) for key, value in properties.items()}
            self._columns.setdefault(name, {}).update(types)


def _holder(relationship: Relationship) -> str:
    return holder_of(relationship.type, relationship.source, relationship.target)


def _line(relationship: Relationship) -> str:
    kind, source, target, properties = relationship
    return relationship_line(kind, source, target, dict(properties))


def _node_row(node: Node) -> tuple[str, str, str]:
    return node.label, node.id, node_line([node.label], node.id, dict(node.properties))


class _Things:
    """Things on disk, those used last in memory.

    Who depends on what is found out when it is first asked for, and kept from then on: a log in
    which nothing was ever changed has no need of it.
    """

    def __init__(self, database: sqlite3.Connection, log: ReadableLog) -> None:
        self._database, self._log = database, log
        self._cached: OrderedDict[str, Thing] = OrderedDict()
        self._changed: dict[str, Thing] = {}
        self._absent: set[str] = set()
        self._knows_dependants = False

    def get(self, identifier: str) -> Thing | None:
        """Return a thing, if it was applied."""
        if (thing := self._changed.get(identifier)) is not None:
            return thing
        if (thing := self._cached.get(identifier)) is not None:
            self._cached.move_to_end(identifier)
            return thing
        if identifier in self._absent:
            return None
        row = self._database.execute("SELECT * FROM things WHERE id = ?", (identifier,)).fetchone()
        if row is None:
            self._absent.add(identifier)  # what is new is asked for several times
            return None
        self._cached[identifier] = _thing(*row)
        return self._cached[identifier]

    def fetch(self, ids: Collection[str]) -> None:
        """Do nothing: one at a time is as quick."""

    def put(self, thing: Thing) -> None:
        """Keep a thing, in the place of what was kept of it before."""
        if self._knows_dependants or thing.judged is not None:
            self._note(thing)
        self._changed[thing.id] = thing
        self._absent.discard(thing.id)

    def dependants(self, ids: Collection[str]) -> dict[str, list[str]]:
        """Return, for each of some things, the live ones that have it among their inputs."""
        if not self._knows_dependants:
            self._knows_dependants = True
            self._find_dependants()
        return {one: self._around("input", one) for one in ids}

    def judgements(self, ids: Collection[str]) -> dict[str, list[str]]:
        """Return, for each of some things, the live judgements about it."""
        return {one: self._around("judged", one) for one in ids}

    def contents(self, things: Collection[Thing]) -> dict[str, Content]:
        """Return what things say."""
        return read_contents(self._log, things)

    def flush(self) -> None:
        """Write what was put to disk."""
        rows = map(_thing_row, self._changed.values())
        self._database.executemany(
            "INSERT OR REPLACE INTO things VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows
        )
        for thing in self._changed.values():
            if thing.id.startswith(SELDOM_ASKED_FOR):
                self._cached.pop(thing.id, None)
            else:
                self._cached[thing.id] = thing
        self._changed = {}
        self._absent.clear()
        while len(self._cached) > CACHED_THINGS:
            self._cached.popitem(last=False)

    def _around(self, what: str, identifier: str) -> list[str]:
        rows = self._database.execute(
            "SELECT other FROM around WHERE what = ? AND thing = ? ORDER BY other",
            (what, identifier),
        )
        return [other for (other,) in rows]

    def _note(self, thing: Thing) -> None:
        """Note what a thing is around, and no longer."""
        before = self.get(thing.id)
        if before is not None:
            self._database.executemany(
                "DELETE FROM around WHERE what = ? AND thing = ? AND other = ?", _around(before)
            )
        if thing.live:
            self._database.executemany(
                "INSERT OR IGNORE INTO around VALUES (?, ?, ?)", _around(thing)
            )

    def _find_dependants(self) -> None:
        self.flush()
        self._database.execute(
            "INSERT OR IGNORE INTO around SELECT 'input', input.value, things.id "
            "FROM things, json_each(things.inputs) AS input WHERE things.live"
        )


def _around(thing: Thing) -> Iterator[tuple[str, str, str]]:
    for one in thing.inputs:
        yield "input", one, thing.id
    if thing.judged is not None:
        yield "judged", thing.judged.one, thing.id
        yield "judged", thing.judged.other, thing.id


def _thing_row(thing: Thing) -> tuple[Any, ...]:
    known, judged = thing.known, thing.judged
    published = known.published and known.published.model_dump(mode="json", exclude_defaults=True)
    return (
        thing.id,
        _json(thing.positions),
        thing.recorded_at,
        thing.revision,
        thing.live,
        _json([known.text, known.claim, known.issues, published]),
        _json(thing.inputs),
        judged and _json([judged.type, judged.one, judged.other]),
    )


def _thing(
    identifier: str,
    positions: str,
    recorded_at: str,
    revision: int,
    live: int,
    known: str,
    inputs: str,
    judged: str | None,
) -> Thing:
    text, claim, issues, published = orjson.loads(known)
    date = None if published is None else UncertainDate.model_validate(published)
    judgement = None
    if judged is not None:
        kind, one, other = orjson.loads(judged)
        judgement = Judged(IdentityType(kind), one, other)
    return Thing(
        identifier,
        tuple(orjson.loads(positions)),
        recorded_at,
        revision,
        bool(live),
        Known(text, claim, tuple(issues), date),
        tuple(orjson.loads(inputs)),
        judgement,
    )


def _json(value: object) -> str:
    return orjson.dumps(value).decode()
