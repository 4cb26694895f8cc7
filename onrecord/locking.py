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
def serving(data: Path, url: str) -> Iterator[None]:
    """Hold the lock of a data folder, made if it is not there, while serving at a URL.

    :raises AlreadyServing: another service holds it.
    :raises FolderUnusable: the folder cannot be made or written.
    """
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = _wait_for(data / _FILE)
    except OSError as error:
        raise FolderUnusable(f"the data folder {data} cannot be used: {error.strerror}") from error
    if descriptor is None:
        raise AlreadyServing(_already(data, service_of(data)))
    try:
        os.truncate(descriptor, 0)
        os.pwrite(descriptor, url.encode(), 0)
        yield
    finally:
        os.close(descriptor)


def check_not_serving(data: Path) -> None:
    """Refuse a second service.

    :raises AlreadyServing: one runs.
    """
    if (url := service_of(data)) is not None:
        raise AlreadyServing(_already(data, url))


def _already(data: Path, url: str | None) -> str:
    return f"onrecord is up already for {data.resolve()}" + (f": it serves at {url}" if url else "")


def _wait_for(path: Path) -> int | None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while (descriptor := try_lock(path)) is None and time.monotonic() < deadline:
        time.sleep(0.05)
    return descriptor


def service_of(data: Path) -> str | None:
    """Return the URL of the service that holds the lock of a data folder, if one does.

    :raises FolderUnusable: the folder cannot be read.
    """
    path = data / _FILE
    try:
        return path.read_text("utf-8") if is_locked(path) else None
    except NotADirectoryError:
        return None
    except OSError as error:
        raise FolderUnusable(f"the data folder {data} cannot be used: {error.strerror}") from error
