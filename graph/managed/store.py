"""Deleting the graph of a stopped server."""

import os
import shutil
from pathlib import Path

from graph.managed.errors import FolderInUse
from graph.managed.folder import Folder, usable

# Long enough for somebody's short look at the lock to pass.
_LOOK_SECONDS = 1.0


def remove_store(folder: Path) -> None:
    """Delete the graph of a stopped server; its password stays.

    :raises FolderInUse: the server is running.
    :raises FolderUnusable: it cannot be deleted.
    """
    place = Folder(folder)
    if not place.home.exists():
        return
    with usable(place.path):
        descriptor = place.wait_for_lock(_LOOK_SECONDS)
        if descriptor is None:
            raise FolderInUse(f"the Neo4j in {place.path} is running: stop it first")
        try:
            for part in ("databases", "transactions"):
                if (store := place.home / "data" / part / "neo4j").exists():
                    shutil.rmtree(store)
        finally:
            os.close(descriptor)
