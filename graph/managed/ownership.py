"""Owning a server: the guardian that runs it, and what is heard from it."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

from graph.managed import guardian as guarding
from graph.managed.classes import Making
from graph.managed.configuration import java_environment
from graph.managed.errors import PasswordRefused, StartFailed
from graph.managed.folder import Folder
from graph.managed.jars import Progress
from graph.managed.locking import exclusive
from graph.managed.logs import Logs
from graph.managed.password import refused
from graph.managed.reaching import Connection

STOP_SECONDS = guarding.STOP_SECONDS + 10.0
RESTART_PAUSE_SECONDS = 1.0
_POLL_SECONDS = 0.1


def start_guardian(
    order: Mapping[str, object],
    inherited: Sequence[int],
    log: int | IO[bytes],
    home: Path,
    environment: Mapping[str, str],
) -> "subprocess.Popen[bytes]":
    """Start a guardian, which inherits some descriptors, and give it its order.

    What its program prints goes to ``log``. The program ends when the guardian's standard input
    is closed.
    """
    guardian = subprocess.Popen(  # noqa: S603 -- the program's own command
        # Isolated, so that no module of the folder we are called in is taken for ours.
        [sys.executable, "-I", "-S", guarding.__file__],
        bufsize=0,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=log,
        pass_fds=inherited,
        start_new_session=True,
        env=environment,
        cwd=home,
    )
    assert guardian.stdin is not None
    with suppress(BrokenPipeError):  # it is gone: whoever waits for its program learns it
        guardian.stdin.write(json.dumps(order).encode() + b"\n")
    return guardian


class OwnedServer:
    """A server that a guardian of this process runs: it stops when this says so, or dies."""

    def __init__(
        self,
        folder: Folder,
        command: list[str],
        lock: int,
        most_restarts: int,
        making: Making | None = None,
    ) -> None:
        """Start a server, which inherits the folder's lock by its descriptor.

        ``making`` is what the command leaves when it is stopped in order.
        """
        self._folder = folder
        self._logs = Logs(folder.home)
        self._most_restarts = most_restarts
        self._restarts = 0
        order = {
            "command": command,
            "lock": lock,
            "state": str(folder.state),
            "most_restarts": most_restarts,
            "pause_seconds": RESTART_PAUSE_SECONDS,
            "leaves": None if making is None else [str(making.new), str(making.path)],
        }
        with exclusive(folder.guard) as guard, self._logs.java.open("ab") as log:
            # Java's last words after a crash go where it works.
            self._guardian = start_guardian(
                order, [lock, guard], log, folder.home, java_environment()
            )
        assert self._guardian.stdout is not None
        os.set_blocking(self._guardian.stdout.fileno(), False)

    def wait_until_ready(
        self, connection: Connection, report: Progress, timeout_seconds: float
    ) -> None:
        """Wait for the Bolt port and then for a first answer.

        :raises StartFailed: it does not come.
        """
        deadline = time.monotonic() + timeout_seconds
        report("starting Neo4j", 0, 0)
        while not self._is_ready(connection):
            if self._guardian.poll() is not None:
                raise StartFailed(f"Neo4j did not start: {self._logs.last_words()}")
            if time.monotonic() > deadline:
                raise StartFailed(
                    f"Neo4j did not answer within {timeout_seconds:.0f} s: "
                    f"{self._logs.last_words()}"
                )
            time.sleep(_POLL_SECONDS)
        self._tell(b"\n")
        report("starting Neo4j", 1, 1)

    def restarts(self) -> int:
        """Return how often the server has crashed and was started again."""
        assert self._guardian.stdout is not None
        with suppress(BlockingIOError):  # nothing new
            self._restarts += len(os.read(self._guardian.stdout.fileno(), 4096))
        return self._restarts

    def failure(self) -> str | None:
        """Return why the server is gone for good, in a sentence, or None while it is guarded."""
        code = self._guardian.poll()
        if code is None:
            return None
        if code == guarding.GAVE_UP:
            return (
                f"Neo4j crashed again after {self.restarts()} restarts and is given up: "
                f"{self._logs.last_words()}"
            )
        return f"the process that guards Neo4j was ended from outside, and Neo4j with it ({code})"

    def stop(self) -> None:
        """Stop the server and wait until it is gone."""
        assert self._guardian.stdin is not None
        assert self._guardian.stdout is not None
        self._guardian.stdin.close()
        try:
            self._guardian.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._guardian.kill()
            self._guardian.wait()
        self._guardian.stdout.close()
        # A guardian that was killed has not waited for the server; the lock goes with the server.
        deadline = time.monotonic() + STOP_SECONDS
        while self._folder.is_locked() and time.monotonic() < deadline:
            time.sleep(_POLL_SECONDS)

    def _is_ready(self, connection: Connection) -> bool:
        from graph.managed.readiness import is_ready  # the driver: only a start asks by it

        try:
            return is_ready(connection)
        except PasswordRefused:
            raise StartFailed(refused(self._folder)) from None
        except StartFailed as error:
            raise StartFailed(f"{error}: {self._logs.last_words()}") from None

    def _tell(self, word: bytes) -> None:
        assert self._guardian.stdin is not None
        with suppress(BrokenPipeError):  # it is gone: whoever asks for the server learns it
            self._guardian.stdin.write(word)
