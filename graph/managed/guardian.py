"""The guardian: a small process between the program and the server.

It starts the server, restarts it after a crash, and stops it when its standard input closes,
which happens when the program asks for it and when the program dies, however it dies; once it has
its order, SIGTERM ends it in the same way, at whatever it is. It runs in a session of its own, so
that Ctrl-C in a terminal reaches the program alone, which then stops the server in order. What the
server prints goes to the guardian's standard error.

It is run as a file, by an interpreter that looks nowhere but into the standard library: no
``graph`` folder of whoever calls the program can stand in its way.
"""

import ctypes
import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections import deque
from contextlib import suppress
from io import FileIO
from pathlib import Path

STOP_SECONDS = 30.0
RESTARTS_WITHIN_SECONDS = 600.0
NEVER_READY, GAVE_UP = 3, 4
"""Exit codes: the server ended before it was ready; it crashed too often."""
IN_ORDER = (0, 128 + signal.SIGTERM)
"""Exit codes of Java where it ended by itself, or as it was asked to."""
RESTARTED = b"."
"""Written to standard output for each restart."""
_POLL_SECONDS = 0.2
_PR_SET_PDEATHSIG = 1


class Owner:
    """The program at the other end of standard input: it says that the server is ready, and goes.

    Until it says so, a server that ends is one that cannot start, and is not started again. Whoever
    sends SIGTERM takes its place, and has gone.
    """

    def __init__(self, told: FileIO) -> None:
        self.said_ready = False
        self._told = told
        self._asked = _asked_to_end()
        self._selector = selectors.DefaultSelector()
        for one in (self._told, self._asked):
            self._selector.register(one, selectors.EVENT_READ)

    def is_there(self, seconds: float) -> bool:
        """Wait for a word or the end of the owner, and tell whether it is still there."""
        ready = {key.fileobj for key, _ in self._selector.select(seconds)}
        word = self._told.read(1) if self._told in ready else None
        self.said_ready = self.said_ready or bool(word)
        return word != b"" and self._asked not in ready


def _asked_to_end() -> int:
    """Return a descriptor that can be read from once SIGTERM was sent.

    Nothing is broken off by it: a server that is being started or stopped would be left alone.
    """
    asked, asks = os.pipe()
    os.set_blocking(asks, False)
    signal.set_wakeup_fd(asks)
    signal.signal(signal.SIGTERM, lambda *_: None)
    return asked


def main() -> int:
    """Guard the server that the first line on standard input describes, in JSON.

    The line has ``command``, ``lock`` (a descriptor that the server inherits, and with it the
    folder's lock), ``state`` (a file to remove before the server is stopped), ``most_restarts``,
    and ``pause_seconds`` (before the first restart; the n-th waits n times as long). It may have
    ``leaves``: a file that the server writes as it ends, and what it is called if that was in order.
    Any byte after it says that the server is ready.

    With ``once`` the program is one that ends by itself, and its exit code is returned, or that of
    a program that was stopped; nothing but ``command`` and ``lock`` is looked at then.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    told = FileIO(sys.stdin.fileno(), closefd=False)
    order = json.loads(told.readline())
    if order.get("once"):
        return _run(Owner(told), order["command"], order["lock"])
    return _guard(
        Owner(told),
        order["command"],
        order["lock"],
        Path(order["state"]),
        order["most_restarts"],
        order["pause_seconds"],
        order.get("leaves"),
    )


def _run(owner: Owner, command: list[str], lock: int) -> int:
    program = _start(command, lock)
    try:
        while (code := program.poll()) is None:
            if not owner.is_there(_POLL_SECONDS):
                return 128 + signal.SIGTERM  # never that it is done, which somebody may hear
    finally:
        _stop(program)
    return code if code >= 0 else 128 - code  # as a shell tells of a signal


def _guard(
    owner: Owner,
    command: list[str],
    lock: int,
    state: Path,
    most_restarts: int,
    pause_seconds: float,
    leaves: tuple[str, str] | None,
) -> int:
    restarts: deque[float] = deque(maxlen=most_restarts)
    while True:
        server = _start(command, lock)
        try:
            while server.poll() is None:
                if not owner.is_there(_POLL_SECONDS):
                    return 0
        finally:
            _stop(server, state)
            if leaves is not None and owner.said_ready and server.returncode in IN_ORDER:
                with suppress(OSError):  # it has left nothing
                    os.replace(*leaves)
        if not owner.is_there(0):  # it may have gone, or said so, in the moment before
            return 0
        if not owner.said_ready:
            return NEVER_READY
        if len(restarts) == most_restarts and _is_recent(restarts):
            return GAVE_UP
        restarts.append(time.monotonic())
        if not owner.is_there(pause_seconds * len(restarts)):
            return 0
        with suppress(BrokenPipeError):  # the owner has just died
            os.write(sys.stdout.fileno(), RESTARTED)


def _is_recent(restarts: deque[float]) -> bool:
    return not restarts or time.monotonic() - restarts[0] < RESTARTS_WITHIN_SECONDS


def _start(command: list[str], lock: int) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(  # noqa: S603 -- the program's own command
        command,
        stdin=subprocess.DEVNULL,
        stdout=sys.stderr.fileno(),
        pass_fds=(lock,),
        preexec_fn=_die_with_guardian if sys.platform == "linux" else None,  # noqa: PLW1509
    )


def _die_with_guardian() -> None:
    """Ask the kernel to stop the server should the guardian itself be killed (Linux)."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # until it is the server, it is a guardian
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _stop(server: "subprocess.Popen[bytes]", state: Path | None = None) -> None:
    """Stop a server that runs; nobody is to connect to it any more."""
    if server.poll() is not None:
        return
    if state is not None:
        state.unlink(missing_ok=True)
    server.terminate()
    try:
        server.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


if __name__ == "__main__":
    sys.exit(main())
