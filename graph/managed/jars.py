"""Fetching the server's jars once, checked against the lock, into a cache of their own.

Files come in one by one, each moved into place only when its SHA-256 is right, and a marker is
written last: what was interrupted is fetched again, what is whole is not looked at again.
"""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import TypeAlias

from jgo.maven import MavenContext

from graph.managed.errors import DamagedDownload, FolderUnusable, RegistryUnreachable
from graph.managed.lock import NEO4J_VERSION, LockedJar, lock_digest, locked_jars
from graph.managed.locking import exclusive

Progress: TypeAlias = Callable[[str, int, int], None]
"""Called with what is going on, how much is done and how much there is; 0 of 0 is unknown."""

PARALLEL = 8
TRIES = 3
TIMEOUT_SECONDS = 60
_MARKER = "complete"


def ensure_jars(
    cache: Path, on_progress: Progress, repositories: Mapping[str, str] | None = None
) -> Path:
    """Return the folder with every jar of the lock, fetching what is missing.

    ``repositories`` overrides where jars come from (name to URL).

    :raises RegistryUnreachable: they are not here and cannot be fetched.
    :raises DamagedDownload: a fetched file is not the locked one.
    """
    folder = cache / f"neo4j-{NEO4J_VERSION}"
    if _complete(folder):
        return folder
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with exclusive(folder / "fetching.lock"):
            if not _complete(folder):
                _fetch_missing(folder, on_progress, repositories)
                (folder / _MARKER).write_text(lock_digest())
    except OSError as error:
        raise FolderUnusable(f"the cache {folder} cannot be used: {error.strerror}") from error
    return folder


def _complete(folder: Path) -> bool:
    marker = folder / _MARKER
    return marker.is_file() and marker.read_text() == lock_digest()


def _fetch_missing(
    folder: Path, on_progress: Progress, repositories: Mapping[str, str] | None
) -> None:
    jars = locked_jars()
    missing = [jar for jar in jars if not _is_right(folder / jar.filename, jar.sha256)]
    done = len(jars) - len(missing)
    on_progress("fetching Neo4j", done, len(jars))
    staging = Path(tempfile.mkdtemp(dir=folder, prefix="staging-"))
    context = MavenContext(
        repo_cache=staging,
        remote_repos=dict(repositories) if repositories else None,
        timeout=TIMEOUT_SECONDS,
    )
    pool = ThreadPoolExecutor(PARALLEL)
    try:
        waiting = [pool.submit(_fetch, context, jar, folder) for jar in missing]
        for one in as_completed(waiting):
            one.result()
            done += 1
            on_progress("fetching Neo4j", done, len(jars))
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
        shutil.rmtree(staging, ignore_errors=True)


def _fetch(context: MavenContext, jar: LockedJar, folder: Path) -> None:
    component = context.project(jar.group, jar.artifact).at_version(jar.version)
    artifact = component.artifact(jar.classifier)
    for attempt in range(TRIES):
        try:
            fetched = artifact.resolve()
            break
        except (RuntimeError, OSError) as error:  # requests' errors are OSErrors
            if artifact.cached_path is not None:
                artifact.cached_path.unlink(missing_ok=True)
            if attempt == TRIES - 1:
                raise RegistryUnreachable(
                    f"Neo4j is not here yet and {jar.artifact} {jar.version} could not be fetched "
                    f"from Maven Central ({_reason(error)}): connect to the network and start "
                    "again, or set ONRECORD_NEO4J_URI to a Neo4j of your own"
                ) from error
    if not _is_right(fetched, jar.sha256):
        raise DamagedDownload(
            f"the fetched {jar.artifact} {jar.version} is not the file that was locked "
            f"(its SHA-256 is not {jar.sha256[:16]}…): it was thrown away"
        )
    os.replace(fetched, folder / jar.filename)


def _reason(error: Exception) -> str:
    return "no connection" if isinstance(error, OSError) else "not served there"


def _is_right(path: Path, sha256: str) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == sha256
