"""Fetching the server's jars, each checked against the lock.

Files come in one by one, and each is moved into place only when its SHA-256 is right.
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

from jgo.maven import MavenContext, PythonResolver

from graph.managed.errors import DamagedDownload, RegistryUnreachable
from graph.managed.jars import STAGING, Progress
from graph.managed.lock import LockedJar, locked_jars

PARALLEL = 8
TRIES = 3
PAUSE_SECONDS = 0.5
TIMEOUT_SECONDS = 20
"""How long the registry may be silent."""
PATIENCE_SECONDS = 15.0
"""How long after the first try of a file there may be another one."""

# The library's warnings end up in our errors; without a handler they would go to stderr as well.
logging.getLogger("jgo").addHandler(logging.NullHandler())


def fetch_missing(
    folder: Path, on_progress: Progress, repositories: Mapping[str, str] | None
) -> None:
    """Fetch into a folder every jar of the lock that is not in it as it should be.

    :raises RegistryUnreachable: one cannot be fetched.
    :raises DamagedDownload: a fetched file is not the locked one.
    """
    jars = locked_jars()
    missing = [jar for jar in jars if not _is_right(folder / jar.filename, jar.sha256)]
    done = len(jars) - len(missing)
    on_progress("fetching Neo4j", done, len(jars))
    staging = Path(tempfile.mkdtemp(dir=folder, prefix=STAGING))
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
