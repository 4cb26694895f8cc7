"""Putting the graph of a stopped server in its place and taking it away: whole, by renames.

The store is renamed last when it comes and first when it goes: wherever that is interrupted, the
server finds a whole graph or none. What is left over is cleared by the next holder of the lock.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from graph.managed.errors import FolderInUse
from graph.managed.folder import Folder, usable

# Long enough for somebody's short look at the lock to pass.
_LOOK_SECONDS = 1.0
# Long enough for a server or an import whose owner was killed to be gone.
_GOING_SECONDS = 20.0


def has_store(folder: Path) -> bool:
    """Tell whether a server's store was made already; it may hold nothing yet."""
    return Folder(folder).store.exists()


def remove_store(folder: Path) -> None:
    """Delete the graph of a stopped server; its password stays.

    :raises FolderInUse: the server is running.
    :raises FolderUnusable: it cannot be deleted.
    """
    place = Folder(folder)
    if not place.home.exists():
        return
    with usable(place.path), stopped(place):
        if place.store.exists():
            place.scratch.mkdir(exist_ok=True)
            place.store.rename(place.scratch / "removed")
        clear_leftovers(place)


@contextmanager
def stopped(place: Folder) -> Iterator[int]:
    """Hold the lock of a folder, and give the descriptor that holds it.

    What interrupted commands left is cleared first.

    :raises FolderInUse: the server is running, or another command fills it.
    """
    runs = place.is_guarded()
    descriptor = place.wait_for_lock(_LOOK_SECONDS if runs else _GOING_SECONDS)
    if descriptor is None:
        raise FolderInUse(
            f"the Neo4j in {place.path} is running: stop it first"
            if runs
            else f"another command uses the Neo4j of {place.path}: wait until it ends"
        )
    try:
        clear_leftovers(place)
        yield descriptor
    finally:
        os.close(descriptor)


def place_store(place: Folder, store: Path, transactions: Path) -> None:
    """Put a whole graph where there is none."""
    for path in (place.transactions, place.store):
        path.parent.mkdir(parents=True, exist_ok=True)
    transactions.rename(place.transactions)
    store.rename(place.store)


def clear_leftovers(place: Folder) -> None:
    """Remove what an interrupted import or removal left; the caller holds the lock."""
    if place.scratch.exists():
        shutil.rmtree(place.scratch)
    if not place.store.exists() and place.transactions.exists():
        shutil.rmtree(place.transactions)
