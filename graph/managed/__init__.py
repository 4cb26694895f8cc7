"""A Neo4j Community server of our own, fetched, started, watched and stopped.

It knows nothing of the record. Neo4j Community is GPLv3 and runs as a separate process from
files that this machine fetches; none of its files come with the program.
"""

from graph.managed.errors import (
    DamagedDownload,
    FolderInUse,
    FolderUnusable,
    ManagedServerError,
    NoJava,
    PortInUse,
    RegistryUnreachable,
    StartFailed,
)
from graph.managed.jars import Progress
from graph.managed.readiness import Connection
from graph.managed.server import ManagedServer, running
from graph.managed.store import remove_store

__all__ = [
    "Connection",
    "DamagedDownload",
    "FolderInUse",
    "FolderUnusable",
    "ManagedServer",
    "ManagedServerError",
    "NoJava",
    "PortInUse",
    "Progress",
    "RegistryUnreachable",
    "StartFailed",
    "remove_store",
    "running",
]
