"""Filling an empty managed store with the fold of a log, by Neo4j's offline importer.

All goes in as it is to be, and with it a checkpoint by which the graph is being rebuilt. Readers
get it once its indexes are there and it was counted: a server that somebody starts before that
finds a rebuild that was interrupted, and ends it.
"""

from contextlib import ExitStack
from pathlib import Path

from graph.checkpoint import Checkpoint, prepare
from graph.connection import Graph
from graph.elements import Node, Relationship
from graph.folded import FoldedLog
from graph.history import ReadableLog
from graph.managed import EmptyStore, Kind, NodeTable, RelationshipTable
from graph.model import CHECKPOINT, CHECKPOINT_ID
from graph.progress import Counter, Stages, silently
from graph.reconcile import release

WRITING = "writing files to import"

_TOLD_EVERY = 5_000
_IDS = "Node"
"""What the importer calls the ids, which no two nodes share, whatever their labels."""
_KINDS = {str: Kind.TEXT, int: Kind.INTEGER, bool: Kind.BOOLEAN, list: Kind.TEXTS}


def fill_store(
    store: EmptyStore, folded: FoldedLog, log: ReadableLog, on_progress: Stages = silently
) -> None:
    """Fill an empty store with what a log was folded to; :func:`complete` is to come after it.

    :raises ManagedServerError: it cannot be imported; the subclass says why.
    """
    checkpoint = Checkpoint(log.log_id, folded.position, folded.hash, rebuilding=True)
    counter = Counter(on_progress, WRITING, folded.size())
    counter(0)
    with ExitStack() as closing:
        tables = _Tables(store.files, folded, closing)
        tables.write_checkpoint(checkpoint)
        for number, node in enumerate(folded.all_nodes(), 1):
            tables.write_node(node)
            if number % _TOLD_EVERY == 0:
                counter(_TOLD_EVERY)
        for number, relationship in enumerate(folded.all_relationships(), 1):
            tables.write_relationship(relationship)
            if number % _TOLD_EVERY == 0:
                counter(_TOLD_EVERY)
    store.fill(tables.nodes, tables.relationships)


async def complete(log: ReadableLog, graph: Graph, folded: FoldedLog) -> None:
    """Give an imported graph its indexes, and open it to readers if all of it is there.

    One that somebody else took on meanwhile is left to them.

    :raises GraphMoving: somebody else changed it.
    """
    found = await prepare(graph, log.log_id, log.genesis, rebuilding=True)
    if found.rebuilding and found.position == folded.position:
        await release(graph, folded)


class _Tables:
    """The files of a graph, one for each label and each type of relationships that occurs."""

    def __init__(self, folder: Path, folded: FoldedLog, closing: ExitStack) -> None:
        self.nodes: dict[str, NodeTable] = {}
        self.relationships: dict[str, RelationshipTable] = {}
        self._folder, self._folded, self._closing = folder, folded, closing

    def write_checkpoint(self, checkpoint: Checkpoint) -> None:
        """Write the checkpoint; a list without a text in it is no value to the importer."""
        properties = {key: one for key, one in checkpoint.properties().items() if one != []}
        columns = {key: _KINDS[type(one)] for key, one in properties.items() if key != "id"}
        path = self._folder / f"{CHECKPOINT}.csv"
        table = self._closing.enter_context(NodeTable(path, _IDS, columns))
        self.nodes[CHECKPOINT] = table
        table.write(CHECKPOINT_ID, {key: properties[key] for key in columns})

    def write_node(self, node: Node) -> None:
        """Write a node."""
        table = self.nodes.get(node.label)
        if table is None:
            path = self._folder / f"{node.label}.csv"
            table = NodeTable(path, _IDS, self._columns(node.label, but="id"))
            self.nodes[node.label] = self._closing.enter_context(table)
        properties = {key: one for key, one in node.properties.items() if key != "id"}
        table.write(node.id, properties)

    def write_relationship(self, relationship: Relationship) -> None:
        """Write a relationship."""
        kind, source, target, properties = relationship
        table = self.relationships.get(kind)
        if table is None:
            path = self._folder / f"{kind}-.csv"  # which no label's can be
            table = RelationshipTable(path, _IDS, _IDS, self._columns(kind))
            self.relationships[kind] = self._closing.enter_context(table)
        table.write(source, target, properties)

    def _columns(self, name: str, but: str | None = None) -> dict[str, Kind]:
        columns = self._folded.columns(name)
        return {key: _KINDS[columns[key]] for key in sorted(columns) if key != but}
