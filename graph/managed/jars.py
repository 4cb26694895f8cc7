"""Fetching the server's jars once, checked against the lock, into a cache of their own.

Files come in one by one, each moved into place only when its SHA-256 is right, and a marker is
written last: what was interrupted goes on where it stopped, what is whole is not read again.
"""

import hashlib
import logging
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from threading import Event
from typing import TypeAlias

from jgo.maven import MavenContext, PythonResolver

from graph.managed.errors import DamagedDownload, FolderUnusable, RegistryUnreachable
from graph.managed.lock import NEO4J_VERSION, LockedJar, lock_digest, locked_jars
from graph.managed.locking import exclusive

Progress: TypeAlias = Callable[[str, int, int], None]
"""Called with what is going on, how much is done and how much there is; 0 of 0 is unknown."""

PARALLEL = 8
TRIES = 3
PAUSE_SECONDS = 0.5
TIMEOUT_SECONDS = 20
"""How long the registry may be silent."""
PATIENCE_SECONDS = 15.0
"""How long after the first try of a file there may be another one."""
_MARKER = "complete"
_STAGING = "staging-"

# The library's warnings end up in our errors; without a handler they would go to stderr as well.
logging.getLogger("jgo").addHandler(logging.NullHandler())


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
                _remove_leftovers(folder)
                _fetch_missing(folder, on_progress, repositories)
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
    for staging in folder.glob(f"{_STAGING}*"):
        shutil.rmtree(staging, ignore_errors=True)
    locked = {jar.filename for jar in locked_jars()}
    for jar in folder.glob("*.jar"):
        if jar.name not in locked:
            jar.unlink()


def _fetch_missing(
    folder: Path, on_progress: Progress, repositories: Mapping[str, str] | None
) -> None:
    jars = locked_jars()
    missing = [jar for jar in jars if not _is_right(folder / jar.filename, jar.sha256)]
    done = len(jars) - len(missing)
    on_progress("fetching Neo4j", done, len(jars))
    staging = Path(tempfile.mkdtemp(dir=folder, prefix=_STAGING))
    given_up = Event()
    context = MavenContext(
        resolver=PythonResolver(progress_callback=_stopping_at(given_up)),
        repo_cache=staging,
        local_repos=[],  # what we get is moved away: it must be ours
        remote_repos=dict(repositories) if repositories else None,
        timeout=TIMEOUT_SECONDS,
    )
    pool = ThreadPoolExecutor(PARALLEL)
    try:
        waiting = [pool.submit(_fetch, context, jar, folder, given_up) for jar in missing]
        for one in as_completed(waiting):
            one.result()
            done += 1
            on_progress("fetching Neo4j", done, len(jars))
    finally:
        given_up.set()
        pool.shutdown(wait=True, cancel_futures=True)
        shutil.rmtree(staging, ignore_errors=True)


class _GivenUp(Exception):
    """Raised in a download that nobody waits for any more."""


def _stopping_at(
    given_up: Event,
) -> "Callable[[str, int], AbstractContextManager[Callable[[int], None]]]":
    """Return what the library calls for each download: it ends those that run when we give up."""

    @contextmanager
    def download(filename: str, size: int) -> Iterator[Callable[[int], None]]:
        yield got

    def got(count: int) -> None:
        if given_up.is_set():
            raise _GivenUp

    return download


def _fetch(context: MavenContext, jar: LockedJar, folder: Path, given_up: Event) -> None:
    fetched = _fetched(context, jar, given_up)
    if not _is_right(fetched, jar.sha256):
        raise DamagedDownload(
            f"the fetched {jar.artifact} {jar.version} is not the file that was locked "
            f"(its SHA-256 is not {jar.sha256[:16]}…): it was thrown away"
        )
    os.replace(fetched, folder / jar.filename)


def _fetched(context: MavenContext, jar: LockedJar, given_up: Event) -> Path:
    """Fetch one file, trying again a little later, but not for long where nothing answers."""
    component = context.project(jar.group, jar.artifact).at_version(jar.version)
    artifact = component.artifact(jar.classifier)
    tries, deadline = TRIES, time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return artifact.resolve()
        except (RuntimeError, OSError, IndexError) as error:
            if isinstance(error, OSError) and error.errno is not None:
                raise  # this machine's own, a full disk, say; those of the network have no number
            if artifact.cached_path is not None:
                artifact.cached_path.unlink(missing_ok=True)
            tries -= 1
            if not tries or time.monotonic() > deadline or given_up.wait(PAUSE_SECONDS):
                raise RegistryUnreachable(
                    f"Neo4j is not here yet and {jar.artifact} {jar.version} could not be fetched "
                    f"from Maven Central ({_reason(error)}): connect to the network and start "
                    "again, or set ONRECORD_NEO4J_URI to a Neo4j of your own"
                ) from error


def _reason(error: Exception) -> str:
    return "no connection" if isinstance(error, OSError) else "not served there"


def _is_right(path: Path, sha256: str) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == sha256
