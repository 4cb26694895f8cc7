"""The folder of one managed server: what lies in it, and who holds it at the moment.

The lock is held by the server itself, so that it is free exactly when no server runs, however
its owner ended. The state says on which ports a server answers; it stands from the first answer
until the server is told to stop, so that nobody connects to one that is going.
"""

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from graph.managed.errors import FolderUnusable
from graph.managed.locking import is_locked, try_lock

_POLL_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Folder:
    """One folder, by its absolute path: the server has a working directory of its own."""

    path: Path

    def __post_init__(self) -> None:
        object.__setattr__(self, "path", self.path.absolute())

    @property
    def home(self) -> Path:
        """Return Neo4j's home, which holds everything that Neo4j itself writes."""
        return self.path / "home"

    @property
    def password(self) -> Path:
        """Return the file that holds the password, readable by its owner alone."""
        return self.path / "password"

    @property
    def state(self) -> Path:
        """Return the file that says where a running server answers."""
        return self.path / "running.json"

    @property
    def lock(self) -> Path:
        """Return the file whose lock the server holds."""
        return self.path / "lock"

    @property
    def guard(self) -> Path:
        """Return the file whose lock the server's guardian holds, and nobody else."""
        return self.path / "guard"

    @property
    def scratch(self) -> Path:
        """Return where things are made and done away with, which whoever holds the lock clears."""
        return self.path / "scratch"

    @property
    def store(self) -> Path:
        """Return the graph's own files; while they are there, so is all that belongs to them."""
        return self.home / "data" / "databases" / "neo4j"

    @property
    def transactions(self) -> Path:
        """Return the transaction logs of the graph."""
        return self.home / "data" / "transactions" / "neo4j"

    def make(self) -> None:
        """Make the folder and its lock, readable by the owner alone, as far as they are missing."""
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(self.lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))

    def make_home(self) -> None:
        """Make Neo4j's home and its logs, readable by the owner alone."""
        self.home.mkdir(mode=0o700, exist_ok=True)
        (self.home / "logs").mkdir(exist_ok=True)

    def try_lock(self) -> int | None:
        """Return a descriptor that holds the lock, or None while somebody else does."""
        return try_lock(self.lock)

    def wait_for_lock(self, seconds: float) -> int | None:
        """Return a descriptor that holds the lock, or None if it does not come in time."""
        deadline = time.monotonic() + seconds
        while (descriptor := self.try_lock()) is None and time.monotonic() < deadline:
            time.sleep(_POLL_SECONDS)
        return descriptor

    def is_locked(self) -> bool:
        """Tell whether somebody holds the folder; nothing is made."""
        return is_locked(self.lock)

    def is_guarded(self) -> bool:
        """Tell whether a server has its guardian; one whose guardian was killed is going."""
        return is_locked(self.guard)

    def ports(self) -> tuple[int, int] | None:
        """Return the Bolt and the HTTP port that the state names, if there is one."""
        try:
            bolt, http = json.loads(self.state.read_text("utf-8"))["ports"]
            return int(bolt), int(http)
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def write_ports(self, ports: tuple[int, int]) -> None:
        """Write the state, whole or not at all."""
        new = self.state.with_suffix(".new")
        write_private(new, json.dumps({"ports": ports}))
        new.replace(self.state)


@contextmanager
def usable(path: Path) -> Iterator[None]:
    """Say in a sentence why a folder cannot be used.

    :raises FolderUnusable: in place of the operating system's errors.
    """
    try:
        yield
    except OSError as error:
        reason = error.strerror or error
        raise FolderUnusable(f"the folder {path} cannot be used: {reason}") from error


def write_private(path: Path, text: str) -> None:
    """Write a file that its owner alone may read."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        os.fchmod(descriptor, 0o600)
        file.write(text)
