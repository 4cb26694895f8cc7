"""The managed server: one Neo4j Community for one data folder, run as a child process.

One command owns the server of a folder: it starts it, and it stops it when it ends. Another
command of the same folder connects to the running server, or waits its turn.
"""

import os
import time
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from graph.managed.classes import ClassArchive, Making
from graph.managed.configuration import configuration_text, java_command, write_configuration
from graph.managed.errors import FolderInUse, StartFailed
from graph.managed.folder import Folder, usable
from graph.managed.jars import Progress, ensure_jars
from graph.managed.java import find_java
from graph.managed.lock import MAIN_CLASS
from graph.managed.ownership import OwnedServer
from graph.managed.password import USERNAME, ensure_password, read_password
from graph.managed.ports import choose_ports, usual_ports
from graph.managed.reaching import Connection, answers
from graph.managed.store import clear_leftovers

START_SECONDS = 180.0
PREDECESSOR_SECONDS = 120.0
MOST_RESTARTS = 5
_POLL_SECONDS = 0.1


class ManagedServer:
    """A running server, owned by this process or found running.

    An owned server that crashes is started again. Whoever serves for long asks :meth:`failure`
    now and then.
    """

    def __init__(
        self, folder: Folder, connection: Connection, owned: OwnedServer | None = None
    ) -> None:
        self.connection = connection
        self._folder = folder
        self._owned = owned

    @property
    def owned(self) -> bool:
        """Tell whether this process started the server and stops it."""
        return self._owned is not None

    @property
    def restarts(self) -> int:
        """Return how often the owned server has crashed and was started again."""
        return self._owned.restarts() if self._owned else 0

    def is_alive(self) -> bool:
        """Tell whether the server's port answers; during a restart it does not."""
        return answers(self.connection.uri)

    def failure(self) -> str | None:
        """Return why the server is gone for good, in a sentence, or None while it is cared for."""
        if self._owned is not None:
            return self._owned.failure()
        if self._folder.is_guarded():
            return None
        return f"the command that ran the Neo4j of {self._folder.path} has ended, and Neo4j with it"

    def stop(self) -> None:
        """Stop a server that is owned, and wait until it is gone; more than once is no harm."""
        if self._owned is not None:
            self._owned.stop()
        self._owned = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    @classmethod
    def start(
        cls,
        folder: Path,
        *,
        cache: Path,
        java: Path | None = None,
        bolt_port: int = 0,
        http_port: int = 0,
        settings: Mapping[str, str] | None = None,
        repositories: Mapping[str, str] | None = None,
        on_progress: Progress | None = None,
        share: bool = True,
        start_timeout_seconds: float = START_SECONDS,
        predecessor_timeout_seconds: float = PREDECESSOR_SECONDS,
        most_restarts: int = MOST_RESTARTS,
    ) -> Self:
        """Start the server of a folder, or connect to the one that runs there.

        A port of 0 is the usual one if it is free, else any free one. With ``share`` a server
        that runs is used; it goes when its owner ends. Without, another command's server is
        waited for, at most ``predecessor_timeout_seconds``, and this process owns the next one.
        A server that crashes more than ``most_restarts`` times within ten minutes is given up.

        :raises ManagedServerError: it cannot be started; the subclass says what is missing.
        :raises ValueError: a setting is not one line.
        """
        place, report = Folder(folder), on_progress or _report_nothing
        if share and (connection := running(folder)) is not None:
            return cls(place, connection)
        configuration_text(bolt_port, http_port, settings or {})
        with ExitStack() as until_ready:
            with usable(place.path):
                if not place.is_locked():  # by a server that may go, and its ports with it
                    choose_ports(bolt_port, http_port)
                program = find_java(java)
                place.make()  # until here nothing is made that a refusal would leave behind
                jars = ensure_jars(cache, report, repositories)
                claimed = _claim(place, share, report, predecessor_timeout_seconds)
                if isinstance(claimed, Connection):
                    return cls(place, claimed)
                try:
                    clear_leftovers(place)
                    place.make_home()
                    ensure_password(place, program, jars)
                    usual = until_ready.enter_context(usual_ports(cache))
                    ports = choose_ports(bolt_port, http_port, usual=usual)
                    write_configuration(place.home, configuration_text(*ports, settings or {}))
                    connection = _connection(place, ports)
                    making = ClassArchive(program, jars).begin()
                    command = _command(place, program, jars, making)
                    owned = OwnedServer(place, command, claimed, most_restarts, making)
                finally:
                    os.close(claimed)
            try:
                owned.wait_until_ready(connection, report, start_timeout_seconds)
                place.write_ports(ports)
            except BaseException:
                owned.stop()
                raise
            return cls(place, connection, owned)


def running(folder: Path) -> Connection | None:
    """Return how to reach the server that runs in a folder, if one does."""
    place = Folder(folder)
    ports = place.ports()
    if ports is None:
        return None
    try:
        connection = _connection(place, ports)
        return connection if answers(connection.uri) and place.is_guarded() else None
    except (OSError, StartFailed):
        return None


def _claim(
    place: Folder, share: bool, report: Progress, timeout_seconds: float
) -> int | Connection:
    """Lock a folder, or share its running server; wait for one that is going or coming."""
    deadline = time.monotonic() + timeout_seconds
    while (descriptor := place.try_lock()) is None:
        if share and (connection := running(place.path)) is not None:
            return connection
        report("waiting for the Neo4j of another command", 0, 0)
        if time.monotonic() > deadline:
            raise FolderInUse(
                f"another command holds the Neo4j of {place.path}, and it does not answer"
                if share
                else f"another command uses the Neo4j of {place.path}: wait until it ends"
            )
        time.sleep(_POLL_SECONDS)
    place.state.unlink(missing_ok=True)  # what a killed predecessor left
    return descriptor


def _connection(place: Folder, ports: tuple[int, int]) -> Connection:
    bolt_port, http_port = ports
    return Connection(
        uri=f"bolt://127.0.0.1:{bolt_port}",
        username=USERNAME,
        password=read_password(place),
        browser_url=f"http://127.0.0.1:{http_port}/browser/",
    )


def _command(place: Folder, java: Path, jars: Path, making: Making | None) -> list[str]:
    home = place.home
    arguments = (f"--home-dir={home}", f"--config-dir={home / 'conf'}")
    return java_command(java, jars, MAIN_CLASS, *arguments, making=making)


def _report_nothing(what: str, done: int, total: int) -> None:
    """Take progress that nobody asked for."""
