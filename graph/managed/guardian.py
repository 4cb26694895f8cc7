"""The guardian: a small process between the program and the server.

It starts the server, restarts it after a crash, and stops it when its standard input closes,
which happens when the program asks for it and when the program dies, however it dies. It runs in
a session of its own, so that Ctrl-C in a terminal reaches the program alone, which then stops
the server in order.
"""

import ctypes
import json
import selectors
import signal
import subprocess
import sys
import time
from collections import deque
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO

STOP_SECONDS = 30.0
MOST_RESTARTS = 5
RESTARTS_WITHIN_SECONDS = 600.0
_POLL_SECONDS = 0.2
_PR_SET_PDEATHSIG = 1


def main() -> int:
    """Guard the server that one line of JSON on standard input describes.

    The line has ``command``, ``log`` (a file for what the server prints) and ``lock`` (a
    descriptor that the server inherits, and with it the folder's lock).
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    standard_input = sys.stdin.buffer
    assert isinstance(standard_input, BufferedReader)
    order = json.loads(standard_input.readline())
    with Path(order["log"]).open("ab") as log:
        return _guard(order["command"], order["lock"], log, standard_input)


def _guard(command: list[str], lock: int, log: BinaryIO, owner: BufferedReader) -> int:
    starts: deque[float] = deque(maxlen=MOST_RESTARTS)
    selector = selectors.DefaultSelector()
    selector.register(owner, selectors.EVENT_READ)
    while True:
        starts.append(time.monotonic())
        server = _start(command, lock, log)
        while server.poll() is None:
            if selector.select(_POLL_SECONDS) and not owner.read1(1):
                return _stop(server)
        if len(starts) == MOST_RESTARTS and starts[-1] - starts[0] < RESTARTS_WITHIN_SECONDS:
            return 1
        if selector.select(len(starts)) and not owner.read1(1):
            return 0


def _start(command: list[str], lock: int, log: BinaryIO) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(  # noqa: S603 -- the program's own command
        command,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        pass_fds=(lock,),
        preexec_fn=_die_with_guardian if sys.platform == "linux" else None,  # noqa: PLW1509
    )


def _die_with_guardian() -> None:
    """Ask the kernel to stop the server should the guardian itself be killed (Linux)."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _stop(server: "subprocess.Popen[bytes]") -> int:
    server.terminate()
    try:
        server.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
