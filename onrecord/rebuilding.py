"""The two ways of a rebuild, and which of them is taken.

Any Neo4j is put right in place, and readers of a whole graph keep it meanwhile. A managed one that
nobody uses and that holds nothing worth keeping is filled by the offline importer instead.
"""

import asyncio
from contextlib import closing
from dataclasses import dataclass

from eventlog import Log
from graph.checkpoint import check_empty, read_checkpoint
from graph.connection import Graph
from graph.folded import FoldedLog
from graph.importing import complete, fill_store
from graph.managed import empty_store, has_store, remove_store
from graph.model import MODEL_VERSION
from graph.rebuild import Rebuilt, finish, rebuild
from onrecord.composition import Neo4j, neo4j, open_graph
from onrecord.locking import service_of
from onrecord.settings import Settings
from onrecord.showing import Report, say

WORTH_ENTRIES = 20_000
"""From how many entries on a server that runs is stopped again to import what it lacks."""


@dataclass(frozen=True, slots=True)
class Rebuilding:
    """One rebuild that was asked for: of which log, and as far as the append that ends at ``to``."""

    settings: Settings
    log: Log
    report: Report
    to: int | None = None

    def run(self, *, fresh: bool = False) -> Rebuilt:
        """Rebuild the graph; ``fresh`` throws a managed one away first.

        :raises FolderInUse: the managed graph is to be thrown away and somebody uses it.
        :raises GraphError: the graph cannot be rebuilt; the subclass says why.
        :raises ManagedServerError: the managed server cannot be filled or started.
        """
        target = self._target()
        managed = self.settings.neo4j_uri is None
        if managed and fresh:
            remove_store(self.settings.neo4j_folder)
        if managed and self._is_unused():
            return self._import(target)
        with neo4j(self.settings, self.report) as found:
            rebuilt = asyncio.run(self._in_place(found, target))
        if rebuilt is None:
            remove_store(self.settings.neo4j_folder)
            rebuilt = self._import(target)
        return rebuilt

    def _target(self) -> int:
        return self.log.head().position if self.to is None else self.to

    def _is_unused(self) -> bool:
        folder = self.settings.neo4j_folder
        return not has_store(folder) and service_of(self.settings.data) is None

    # -- in place ------------------------------------------------------------------------------

    async def _in_place(self, found: Neo4j, target: int) -> Rebuilt | None:
        """Put the graph right where it is; None if it is one to be thrown away and imported."""
        async with open_graph(found) as graph:
            own = found.managed is not None and found.managed.owned
            if own and target >= WORTH_ENTRIES and await self._is_worthless(graph, target):
                return None
            say("the graph is rebuilt in place: what is right in it stays")
            return await rebuild(
                self.log, graph, self.report, to=self.to, folder=self.settings.scratch
            )

    async def _is_worthless(self, graph: Graph, target: int) -> bool:
        """Tell whether a graph is this log's and not whole, so that nobody is served from it.

        :raises WrongGraph: there is something else.
        """
        checkpoint = await read_checkpoint(graph)
        if checkpoint is None:
            await check_empty(graph)
            return True
        return (
            checkpoint.log_id == self.log.log_id
            and checkpoint.model_version <= MODEL_VERSION
            and checkpoint.position <= target
            and not checkpoint.whole
        )

    # -- by the importer -----------------------------------------------------------------------

    def _import(self, target: int) -> Rebuilt:
        say("the graph is imported into an empty store: it can be asked once all of it is there")
        settings = self.settings
        folder = settings.neo4j_folder
        settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)  # the log is folded there
        with closing(FoldedLog(self.log, str(folder), settings.scratch)) as folded:
            with empty_store(
                folder, cache=settings.cache_folder, java=settings.java, on_progress=self.report
            ) as store:
                folded.advance(target, self.report)
                fill_store(store, folded, self.log, self.report)
            with neo4j(settings, self.report) as found:
                return asyncio.run(self._complete(found, folded))

    async def _complete(self, found: Neo4j, folded: FoldedLog) -> Rebuilt:
        async with open_graph(found) as graph:
            self.report("making indexes", 0, 0)
            await complete(self.log, graph, folded)
            mended = folded.size()
            return await finish(
                self.log,
                graph,
                self.report,
                to=self.to,
                mended=mended,
                folder=self.settings.scratch,
            )
