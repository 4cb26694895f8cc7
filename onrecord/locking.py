"""The lock of a service on its data folder: one serves, and others can tell that it does."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from graph.managed.locking import is_locked, try_lock
from onrecord.errors import AlreadyServing, FolderUnusable

_FILE = "service.lock"
_PATIENCE_SECONDS = 1.0  # whoever asks service_runs holds the lock for a moment


@contextmanager
def serving(data: Path) -> Iterator[None]:
    """Hold the lock of a data folder, made if it is not there, while serving.

    :raises AlreadyServing: another service holds it.
    :raises FolderUnusable: the folder cannot be made or written.
    """
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = _wait_for(data / _FILE)
    except OSError as error:
        raise FolderUnusable(f"the data folder {data} cannot be used: {error.strerror}") from error
    if descriptor is None:
        raise AlreadyServing(f"onrecord is up already for the data folder {data}")
    try:
        yield
    finally:
        os.close(descriptor)


def _wait_for(path: Path) -> int | None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while (descriptor := try_lock(path)) is None and time.monotonic() < deadline:
        time.sleep(0.05)
    return descriptor


def service_runs(data: Path) -> bool:
    """Tell whether a service holds the lock of a data folder."""
    return is_locked(data / _FILE)
