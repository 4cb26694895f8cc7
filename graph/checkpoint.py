"""The checkpoint: the node that says how much of which log the graph holds.

It is written in the transaction of each batch. Whoever writes first takes the node's write lock
by setting ``writer`` and only then compares the position: the other way round, two transactions
would both read the old position and both apply.
"""

from dataclasses import dataclass

from neo4j import AsyncTransaction

from graph.connection import Graph, own_text
from graph.errors import Fenced, NotReady, WrongGraph
from graph.model import CHECKPOINT_ID, KINDS, MODEL_VERSION, PROBLEM, Kind

_NAME = "how much of the log this graph holds"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What the checkpoint node says; ``ready`` once the first build was complete."""

    log_id: str
    position: int
    hash: str
    model_version: int
    ready: bool


async def read_checkpoint(graph: Graph) -> Checkpoint | None:
    """Return the checkpoint, or None where there is none."""
    async with graph.session() as session:
        result = await session.run(
            "MATCH (c:Checkpoint {id: $id}) "
            "RETURN c.logId, c.position, c.hash, c.modelVersion, c.ready",
            id=CHECKPOINT_ID,
        )
        record = await result.single()
    return None if record is None else Checkpoint(*record.values())


async def prepare(
    graph: Graph, log_id: str, genesis: str, *, rebuilding: bool = False
) -> Checkpoint:
    """Make a graph ready to be written from a log: constraints, indexes, checkpoint.

    ``rebuilding`` accepts a graph of an older model, which a rebuild makes right.

    :raises WrongGraph: it holds another log's graph, one of another model version, or things
        that nobody put there from a log.
    """
    async with graph.session() as session:
        result = await session.run("MATCH (n) RETURN count(n)")
        nodes = (await result.single(strict=True)).value()
    checkpoint = await read_checkpoint(graph)
    if checkpoint is None:
        if nodes:
            raise WrongGraph(
                f"the database at {graph.uri} holds {nodes:,} nodes and no checkpoint: "
                "it was not written by onrecord, which takes an empty one"
            )
        checkpoint = Checkpoint(log_id, 0, genesis, MODEL_VERSION, ready=False)
        await _create(graph, checkpoint)
    if not (
        rebuilding and checkpoint.log_id == log_id and checkpoint.model_version < MODEL_VERSION
    ):
        check_owner(checkpoint, log_id, graph.uri)
    await _index(graph)
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


async def advance(
    transaction: AsyncTransaction, known: Checkpoint, position: int, hash_: str, *, ready: bool
) -> None:
    """Move the checkpoint in a transaction, which thereby fences off every other writer.

    :raises Fenced: it no longer says what is ``known``.
    """
    result = await transaction.run(
        "MATCH (c:Checkpoint {id: $id}) SET c.writer = randomUUID() "
        "WITH c WHERE c.position = $from AND c.logId = $logId "
        "SET c.position = $to, c.hash = $hash, c.ready = $ready, c.modelVersion = $model "
        "RETURN c.position",
        {
            "id": CHECKPOINT_ID,
            "from": known.position,
            "logId": known.log_id,
            "to": position,
            "hash": hash_,
            "ready": ready,
            "model": MODEL_VERSION,
        },
    )
    if await result.single() is None:
        raise Fenced(f"another writer moved the checkpoint on from {known.position}")


def check_ready(checkpoint: Checkpoint | None) -> Checkpoint:
    """Return a checkpoint whose graph is whole.

    :raises NotReady: it is not there yet, or its first build is still under way.
    """
    if checkpoint is None or not checkpoint.ready:
        raise NotReady("the graph is still being built from the log: try again in a moment")
    return checkpoint


async def _create(graph: Graph, checkpoint: Checkpoint) -> None:
    async with graph.session() as session:
        await session.run(
            "CREATE CONSTRAINT checkpoint_id IF NOT EXISTS "
            "FOR (n:Checkpoint) REQUIRE n.id IS UNIQUE"
        )
        await session.run(
            "MERGE (c:Checkpoint {id: $id}) ON CREATE SET c.name = $name, c.logId = $log_id, "
            "c.position = $position, c.hash = $hash, c.modelVersion = $model, c.ready = $ready",
            id=CHECKPOINT_ID,
            name=_NAME,
            log_id=checkpoint.log_id,
            position=checkpoint.position,
            hash=checkpoint.hash,
            model=checkpoint.model_version,
            ready=checkpoint.ready,
        )


async def _index(graph: Graph) -> None:
    async with graph.session() as session:
        for statement in index_statements():
            await session.run(own_text(statement))  # made of the model's names only
        await session.run("CALL db.awaitIndexes(300)")


def index_statements() -> list[str]:
    """Return the constraints and indexes that questions and the projection rely on."""
    statements = [
        f"CREATE CONSTRAINT {label.lower()}_id IF NOT EXISTS FOR (n:{label}) REQUIRE n.id IS UNIQUE"
        for label in (*KINDS, PROBLEM)
    ]
    for kind in KINDS.values():
        statements += _kind_indexes(kind)
    statements.append(
        "CREATE INDEX about_at IF NOT EXISTS FOR ()-[r:ABOUT]-() ON (r.issue, r.span, r.at)"
    )
    return statements


def _kind_indexes(kind: Kind) -> list[str]:
    label, prefix = kind.label, kind.label.lower()
    statements = [
        f"CREATE TEXT INDEX {prefix}_name IF NOT EXISTS FOR (n:{label}) ON (n.nameFolded)"
    ]
    for order in kind.orders:
        keys = ("span", *order.keys) if order.dated else order.keys
        properties = ", ".join(f"n.{key}" for key in keys)
        statements.append(
            f"CREATE INDEX {prefix}_by_{order.name} IF NOT EXISTS FOR (n:{label}) ON ({properties})"
        )
    return statements
