"""The managed server: one Neo4j Community for one data folder, run as a child process.

The folder's lock is held by the server itself, so that it is free exactly when no server runs,
however its owner ended. A second command of the same folder connects to the running server.
"""

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from neo4j import GraphDatabase, NotificationMinimumSeverity
from neo4j.exceptions import AuthError, DriverError, Neo4jError

from graph.managed.configuration import java_command, write_configuration
from graph.managed.errors import (
    FolderInUse,
    FolderUnusable,
    ManagedServerError,
    PortInUse,
    StartFailed,
)
from graph.managed.jars import Progress, ensure_jars
from graph.managed.java import find_java
from graph.managed.lock import ADMIN_CLASS, MAIN_CLASS
from graph.managed.locking import try_lock

USERNAME = "neo4j"
BOLT_PORT, HTTP_PORT = 7687, 7474
STOP_SECONDS = 40.0
PREDECESSOR_SECONDS = 60.0
_POLL_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Connection:
    """How to reach a running server."""

    uri: str
    username: str
    password: str = field(repr=False)
    browser_url: str


class ManagedServer:
    """A running server, owned by this process or found running."""

    def __init__(
        self, connection: Connection, guardian: "subprocess.Popen[bytes] | None", state: Path
    ) -> None:
        self.connection = connection
        self._guardian = guardian
        self._state = state

    @property
    def owned(self) -> bool:
        """Tell whether this process started the server and stops it."""
        return self._guardian is not None

    def is_alive(self) -> bool:
        """Tell whether the server's port answers."""
        return _answers(self.connection.uri)

    def stop(self) -> None:
        """Stop a server that is owned, and wait until it is gone; more than once is no harm."""
        if self._guardian is None or self._guardian.stdin is None:
            return
        self._guardian.stdin.close()
        try:
            self._guardian.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._guardian.kill()
            self._guardian.wait()
        self._state.unlink(missing_ok=True)
        self._guardian = None

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
        start_timeout_seconds: float = 120.0,
    ) -> Self:
        """Start the server of a folder, or connect to the one that runs there.

        A port of 0 is the usual one if it is free, else any free one.

        :raises ManagedServerError: it cannot be started; the subclass says what is missing.
        """
        report = on_progress or (lambda what, done, total: None)
        found = _lock_or_running(folder)
        if isinstance(found, Connection):
            return cls(found, None, _state_file(folder))
        try:
            command = _prepared(folder, cache, java, report, repositories)
            ports = (_port(bolt_port, BOLT_PORT), _port(http_port, HTTP_PORT))
            write_configuration(_home(folder), *ports, settings or {})
            guardian = _spawn(folder, command, found)
        finally:
            os.close(found)
        connection = _connection(folder, *ports)
        server = cls(connection, guardian, _state_file(folder))
        try:
            _wait_until_ready(connection, guardian, folder, report, start_timeout_seconds)
        except BaseException:
            server.stop()
            raise
        _write_state(folder, ports)
        return server


def running(folder: Path) -> Connection | None:
    """Return how to reach the server that runs in a folder, if one does."""
    try:
        bolt_port, http_port = json.loads(_state_file(folder).read_text("utf-8"))["ports"]
        connection = _connection(folder, bolt_port, http_port)
    except (OSError, ValueError, KeyError):
        return None
    return connection if _locked(folder) and _answers(connection.uri) else None


def remove_store(folder: Path) -> None:
    """Delete the graph of a stopped server; its password stays.

    :raises FolderInUse: the server is running.
    """
    if not _home(folder).exists():
        return
    descriptor = try_lock(_lock_file(folder))
    if descriptor is None:
        raise FolderInUse(f"the Neo4j in {folder} is running: stop it first")
    try:
        for part in ("databases", "transactions"):
            shutil.rmtree(_home(folder) / "data" / part / "neo4j", ignore_errors=True)
    finally:
        os.close(descriptor)


# -- the folder --------------------------------------------------------------------------------


def _home(folder: Path) -> Path:
    return folder / "home"


def _lock_file(folder: Path) -> Path:
    return folder / "lock"


def _state_file(folder: Path) -> Path:
    return folder / "running.json"


def _password_file(folder: Path) -> Path:
    return folder / "password"


def _lock_or_running(folder: Path) -> int | Connection:
    """Lock a folder, or find its running server; wait for one that is going or coming."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        deadline = time.monotonic() + PREDECESSOR_SECONDS
        while True:
            descriptor = try_lock(_lock_file(folder))
            if descriptor is not None:
                return descriptor
            if (connection := running(folder)) is not None:
                return connection
            if time.monotonic() > deadline:
                raise FolderInUse(f"another Neo4j holds {folder} and does not answer")
            time.sleep(_POLL_SECONDS)
    except OSError as error:
        raise FolderUnusable(f"the folder {folder} cannot be used: {error.strerror}") from error


def _locked(folder: Path) -> bool:
    descriptor = try_lock(_lock_file(folder))
    if descriptor is None:
        return True
    os.close(descriptor)
    return False


def _write_state(folder: Path, ports: tuple[int, int]) -> None:
    _write_private(_state_file(folder), json.dumps({"ports": ports}))


def _write_private(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)


def _connection(folder: Path, bolt_port: int, http_port: int) -> Connection:
    return Connection(
        uri=f"bolt://127.0.0.1:{bolt_port}",
        username=USERNAME,
        password=_password_file(folder).read_text("utf-8"),
        browser_url=f"http://127.0.0.1:{http_port}/browser/",
    )


# -- starting ----------------------------------------------------------------------------------


def _prepared(
    folder: Path,
    cache: Path,
    java: Path | None,
    report: Progress,
    repositories: Mapping[str, str] | None,
) -> list[str]:
    """Return the command that starts the server, everything it needs being there."""
    program, jars = find_java(java), ensure_jars(cache, report, repositories)
    home = _home(folder)
    try:
        home.mkdir(exist_ok=True)
        (home / "logs").mkdir(exist_ok=True)
        if not _password_file(folder).exists():
            _set_first_password(folder, program, jars)
    except OSError as error:
        raise FolderUnusable(f"the folder {folder} cannot be used: {error.strerror}") from error
    arguments = (f"--home-dir={home}", f"--config-dir={home / 'conf'}")
    return java_command(program, jars, MAIN_CLASS, *arguments)


def _set_first_password(folder: Path, java: Path, jars: Path) -> None:
    """Choose a password; an argument file keeps it from the process list."""
    home = _home(folder)
    write_configuration(home, BOLT_PORT, HTTP_PORT, {})
    password = secrets.token_urlsafe(24)
    arguments = folder / "first-password"
    _write_private(arguments, f"dbms\nset-initial-password\n{password}\n")
    try:
        done = subprocess.run(  # noqa: S603 -- the program's own command
            java_command(java, jars, ADMIN_CLASS, f"@{arguments}"),
            env={**os.environ, "NEO4J_HOME": str(home), "NEO4J_CONF": str(home / "conf")},
            capture_output=True,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    finally:
        arguments.unlink()
    if done.returncode != 0:
        output = (done.stderr or done.stdout).decode(errors="replace").strip().splitlines()
        reason = output[-1] if output else f"exit code {done.returncode}"
        raise StartFailed(f"Neo4j's first password could not be set: {reason}")
    _write_private(_password_file(folder), password)


def _port(wanted: int, usual: int) -> int:
    """Return a free port: the one wanted, else the usual one, else any."""
    if wanted:
        if not _is_free(wanted):
            raise PortInUse(f"port {wanted} on 127.0.0.1 is in use: name another one for Neo4j")
        return wanted
    if _is_free(usual):
        return usual
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _spawn(folder: Path, command: list[str], lock: int) -> "subprocess.Popen[bytes]":
    guardian = subprocess.Popen(
        [sys.executable, "-m", "graph.managed.guardian"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        pass_fds=(lock,),
        start_new_session=True,
    )
    assert guardian.stdin is not None
    order = {"command": command, "log": str(_java_log(folder)), "lock": lock}
    guardian.stdin.write(json.dumps(order).encode() + b"\n")
    guardian.stdin.flush()
    return guardian


def _java_log(folder: Path) -> Path:
    return _home(folder) / "logs" / "java.log"


def _wait_until_ready(
    connection: Connection,
    guardian: "subprocess.Popen[bytes]",
    folder: Path,
    report: Progress,
    timeout_seconds: float,
) -> None:
    """Wait for the Bolt port and then for a first answer."""
    deadline = time.monotonic() + timeout_seconds
    report("starting Neo4j", 0, 0)
    while not (_answers(connection.uri) and _query_works(connection)):
        if guardian.poll() is not None:
            raise StartFailed(f"Neo4j did not start: {_last_words(folder)}")
        if time.monotonic() > deadline:
            raise StartFailed(
                f"Neo4j did not answer within {timeout_seconds:.0f} s: {_last_words(folder)}"
            )
        time.sleep(_POLL_SECONDS)
    report("starting Neo4j", 1, 1)


def _answers(uri: str) -> bool:
    host, _, port = uri.rpartition("//")[2].rpartition(":")
    try:
        socket.create_connection((host, int(port)), timeout=1).close()
    except OSError:
        return False
    return True


def _query_works(connection: Connection) -> bool:
    driver = GraphDatabase.driver(
        connection.uri,
        auth=(connection.username, connection.password),
        notifications_min_severity=NotificationMinimumSeverity.OFF,
    )
    try:
        with driver, driver.session(database="neo4j") as session:
            session.run("RETURN 1").consume()
    except AuthError:
        raise StartFailed(
            "Neo4j refused its own password: the password file of the data folder was changed"
        ) from None
    except (Neo4jError, DriverError, OSError):
        return False
    return True


def _last_words(folder: Path) -> str:
    """Return the last telling line of the server's log, and where it stands."""
    for name in ("java.log", "neo4j.log"):
        log = _home(folder) / "logs" / name
        if log.is_file():
            lines = [
                line for line in log.read_text("utf-8", "replace").splitlines() if line.strip()
            ]
            telling = [line for line in lines if "ERROR" in line or "Error" in line] or lines
            if telling:
                return f"{telling[-1].strip()[:300]} (see {log})"
    return f"it left no log in {_home(folder) / 'logs'}"


__all__ = ["Connection", "ManagedServer", "ManagedServerError", "remove_store", "running"]
