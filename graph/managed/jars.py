"""The server's jars, fetched once, in a cache of their own.

A marker is written last: what was interrupted goes on where it stopped, what is whole is not read
again.
"""

import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeAlias

from graph.managed.errors import FolderUnusable
from graph.managed.lock import NEO4J_VERSION, lock_digest, locked_jars
from graph.managed.locking import exclusive

Progress: TypeAlias = Callable[[str, int, int], None]
"""Called with what is going on, how much is done and how much there is; 0 of 0 is unknown."""

STAGING = "staging-"
"""How the folders are called in which files come in."""
_MARKER = "complete"


def ensure_jars(
    cache: Path, on_progress: Progress, repositories: Mapping[str, str] | None = None
) -> Path:
    """Return the folder with every jar of the lock, fetching what is missing.

    ``repositories`` overrides where jars come from (name to URL).

    :raises RegistryUnreachable: they are not here and cannot be fetched.
    :raises DamagedDownload: a fetched file is not the locked one.
    :raises FolderUnusable: the cache cannot be made or written.
    """
    folder = cache.absolute() / f"neo4j-{NEO4J_VERSION}"
    if os.pathsep in str(folder):
        raise FolderUnusable(f"the cache {folder} cannot be used: Java parts paths at {os.pathsep}")
    try:
        if _complete(folder):
            return folder
        folder.mkdir(parents=True, exist_ok=True)
        on_progress("fetching Neo4j", 0, 0)
        with exclusive(folder / "fetching.lock"):
            if not _complete(folder):
                from graph.managed.fetching import fetch_missing  # takes long, and is needed once

                _remove_leftovers(folder)
                fetch_missing(folder, on_progress, repositories)
                (folder / _MARKER).write_text(lock_digest())
    except OSError as error:
        reason = error.strerror or error
        raise FolderUnusable(f"the cache {folder} cannot be used: {reason}") from error
    return folder


def _complete(folder: Path) -> bool:
    marker = folder / _MARKER
    return (
        marker.is_file()
        and marker.read_text() == lock_digest()
        and all((folder / jar.filename).is_file() for jar in locked_jars())
    )


def _remove_leftovers(folder: Path) -> None:
    """Remove what a killed fetch left, and jars of another lock: all jars are on the class path."""
    for staging in folder.glob(f"{STAGING}*"):
        shutil.rmtree(staging, ignore_errors=True)
    locked = {jar.filename for jar in locked_jars()}
    for jar in folder.glob("*.jar"):
        if jar.name not in locked:
            jar.unlink()
