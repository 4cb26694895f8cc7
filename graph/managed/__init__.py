"""A Neo4j Community server of our own, fetched, started, watched and stopped.

It knows nothing of the record. Neo4j Community is GPLv3 and runs as a separate process from
files that this machine fetches; none of its files come with the program.
"""

from graph.managed.errors import (
    DamagedDownload,
    FolderInUse,
    FolderUnusable,
    ImportFailed,
    ManagedServerError,
    NoJava,
    PortInUse,
    RegistryUnreachable,
    StartFailed,
    StoreNotEmpty,
)
from graph.managed.importing import EmptyStore, empty_store, import_store
from graph.managed.jars import Progress
from graph.managed.reaching import Connection
from graph.managed.server import ManagedServer, running
from graph.managed.store import has_store, remove_store
from graph.managed.tables import Kind, NodeTable, RelationshipTable

__all__ = [
    "Connection",
    "DamagedDownload",
    "EmptyStore",
    "FolderInUse",
    "FolderUnusable",
    "ImportFailed",
    "Kind",
    "ManagedServer",
    "ManagedServerError",
    "NoJava",
    "NodeTable",
    "PortInUse",
    "Progress",
    "RegistryUnreachable",
    "RelationshipTable",
    "StartFailed",
    "StoreNotEmpty",
    "empty_store",
    "has_store",
    "import_store",
    "remove_store",
    "running",
]
