"""The checkpoint: the node that says how much of which log the graph holds.

It is written in the transaction of each batch. Whoever writes first takes the node's write lock
by setting a property and only then reads it: the other way round, two transactions would both read
the old state and both apply. What a batch has to know of the graph it reads under that lock; only
nodes that are new, of which nothing has to be known, are made before it where a graph is filled.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from neo4j import AsyncTransaction

from graph.connection import Graph, own_text
from graph.errors import Fenced, NotReady, WrongGraph
from graph.indexes import make_constraints, make_indexes
from graph.model import CHECKPOINT_ID, KINDS, MODEL_VERSION, PropertyValue
from graph.views import labels_with

NAME = "how much of the log this graph holds"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What the checkpoint node says: how much of which log, up to an entry with this hash.

    ``ready`` is set once a build was complete. ``rebuilding``: parts of it hold more than the rest,
    since a rebuild was begun and did not end, or a ``writer`` did not, who writes what one batch
    changes in several transactions; if these are gone, only a rebuild puts that right. ``merged``
    are the labels of which some things are merged into others.
    """

    log_id: str
    position: int
    hash: str
    model_version: int = MODEL_VERSION
    ready: bool = False
    rebuilding: bool = False
    writer: str = ""
    merged: tuple[str, ...] = ()

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> "Checkpoint":
        """Read the node's properties; what somebody removed or spoilt counts as nothing."""

        def get(name: str, nothing: T) -> T:
            value = said.get(name)
            return value if type(value) is type(nothing) else nothing

        rebuilding = get("rebuilding", False)
        return cls(
            log_id=get("logId", ""),
            position=max(get("position", 0), 0),
            hash=get("hash", ""),
            model_version=get("modelVersion", 0),
            ready=get("ready", False),
            rebuilding=rebuilding,
            writer=get("writer", "") if rebuilding else "",
            merged=tuple(one for one in get("merged", list[str]()) if one in KINDS),
        )

    @property
    def whole(self) -> bool:
        """Tell whether readers may be served from the graph."""
        return self.ready and not self.rebuilding and self.model_version == MODEL_VERSION

    def properties(self) -> dict[str, PropertyValue]:
        """Return the properties of the node."""
        writer: dict[str, PropertyValue] = {"writer": self.writer} if self.writer else {}
        return {
            "id": CHECKPOINT_ID,
            "name": NAME,
            "logId": self.log_id,
            "position": self.position,
            "hash": self.hash,
            "modelVersion": self.model_version,
            "ready": self.ready,
            "rebuilding": self.rebuilding,
            "merged": list(self.merged),
            **writer,
        }


async def read_checkpoint(graph: Graph) -> Checkpoint | None:
    """Return the checkpoint, or None where there is none."""
    async with graph.session() as session:
        result = await session.run(
            "MATCH (c:Checkpoint {id: $id}) RETURN properties(c)", id=CHECKPOINT_ID
        )
        record = await result.single()
    return None if record is None else Checkpoint.of(record.value())


async def prepare(
    graph: Graph, log_id: str, genesis: str, *, rebuilding: bool = False
) -> Checkpoint:
    """Make a graph ready to be written from a log: checkpoint, constraints, indexes.

    ``rebuilding`` accepts a graph of an older model, which a rebuild makes right, and leaves the
    indexes to it: they are made faster at its end.

    :raises WrongGraph: it holds another log's graph, one of another model version, or things
        that nobody put there from a log.
    """
    checkpoint = await read_checkpoint(graph) or await _create(graph, log_id, genesis)
    older = checkpoint.log_id == log_id and checkpoint.model_version < MODEL_VERSION
    if not (rebuilding and older):
        check_owner(checkpoint, log_id, graph.uri)
    await make_constraints(graph)
    if not rebuilding:
        await make_indexes(graph)
    return checkpoint


def check_owner(checkpoint: Checkpoint, log_id: str, uri: str) -> None:
    """Refuse a graph of another log or model.

    :raises WrongGraph: with what to do, in one sentence.
    """
    if checkpoint.log_id != log_id:
        raise WrongGraph(
            f"the graph at {uri} was written from another log ({checkpoint.log_id}, not {log_id}): "
            "use an empty database, or the data folder it belongs to"
        )
    if checkpoint.model_version > MODEL_VERSION:
        raise WrongGraph(
            f"the graph at {uri} has model version {checkpoint.model_version}, newer than this "
            f"program's {MODEL_VERSION}: use the newer program"
        )
    if checkpoint.model_version < MODEL_VERSION:
        raise WrongGraph(
            f"the graph at {uri} has model version {checkpoint.model_version}, older than this "
            f"program's {MODEL_VERSION}: run onrecord rebuild"
        )


async def lock(transaction: AsyncTransaction, known: Checkpoint) -> None:
    """Take the write lock of the checkpoint for a transaction: nobody else writes until it ends.

    :raises Fenced: it no longer says what is ``known``.
    """
    found = await locked(transaction)
    if found != known:
        raise Fenced(f"another writer moved the checkpoint on from {known.position}")


async def locked(transaction: AsyncTransaction) -> Checkpoint | None:
    """Take the write lock of the checkpoint for a transaction, and return what it says then."""
    result = await transaction.run(
        "MATCH (c:Checkpoint {id: $id}) SET c.locked = true REMOVE c.locked "
        "WITH c RETURN properties(c)",
        id=CHECKPOINT_ID,
    )
    record = await result.single()
    return None if record is None else Checkpoint.of(record.value())


async def merged_labels(transaction: AsyncTransaction) -> tuple[str, ...]:
    """Return the labels of which some things are merged into others."""
    result = await transaction.run(own_text(f"RETURN {labels_with('CANONICAL')}"))
    return tuple(sorted((await result.single(strict=True)).value()))


async def advance(transaction: AsyncTransaction, new: Checkpoint) -> None:
    """Change the checkpoint in a transaction that holds its lock."""
    result = await transaction.run(
        "MATCH (c:Checkpoint {id: $id}) SET c = $new", id=CHECKPOINT_ID, new=new.properties()
    )
    await result.consume()


def check_ready(checkpoint: Checkpoint | None) -> Checkpoint:
    """Return a checkpoint whose graph is whole.

    :raises NotReady: it is not there yet, or a build is still under way.
    """
    if checkpoint is None or not checkpoint.whole:
        raise NotReady("the graph is still being built from the log: try again in a moment")
    return checkpoint


async def check_empty(graph: Graph) -> None:
    """Refuse a database that holds anything but a checkpoint.

    :raises WrongGraph: with how much there is.
    """
    async with graph.session() as session:
        result = await session.run(
            "RETURN COUNT { (n) } - COUNT { (n:Checkpoint {id: $id}) }", id=CHECKPOINT_ID
        )
        nodes = (await result.single(strict=True)).value()
    if nodes:
        raise WrongGraph(
            f"the database at {graph.uri} holds {nodes:,} nodes and no checkpoint: "
            "it was not written by onrecord, which takes an empty one"
        )


async def _create(graph: Graph, log_id: str, genesis: str) -> Checkpoint:
    """Put a checkpoint into an empty database; who comes second takes the first one's.

    :raises WrongGraph: the database is not empty.
    """
    await check_empty(graph)
    new = Checkpoint(log_id, 0, genesis)
    async with graph.session() as session:
        await session.run(
            "CREATE CONSTRAINT checkpoint_id IF NOT EXISTS "
            "FOR (n:Checkpoint) REQUIRE n.id IS UNIQUE"
        )
        await session.run(
            "MERGE (c:Checkpoint {id: $id}) ON CREATE SET c = $new",
            id=CHECKPOINT_ID,
            new=new.properties(),
        )
    created = await read_checkpoint(graph)
    assert created is not None
    return created
