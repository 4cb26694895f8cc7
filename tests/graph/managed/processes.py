"""What runs for a folder, and waiting for it."""

import fcntl
import json
import os
import pty
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psutil

ROOT = Path(__file__).parents[3]


def java_of(folder: Path) -> list[psutil.Process]:
    """Return the Java processes of a folder."""
    return [one for one in psutil.process_iter() if f"--home-dir={folder}/home" in _command(one)]


def guardian_of(folder: Path) -> psutil.Process:
    """Return the process between a server and its owner."""
    (java,) = java_of(folder)
    parent = java.parent()
    assert parent is not None
    return parent


def commands() -> set[tuple[str, ...]]:
    """Return the command line of every process."""
    return {tuple(_command(one)) for one in psutil.process_iter()}


def until(condition: Callable[[], object], seconds: float = 60.0) -> None:
    """Wait until a condition holds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def _command(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:  # it has just ended
        return []


class Owner:
    """The program ``owner.py``; with a terminal of its own if asked."""

    def __init__(self, folder: Path, terminal: bool = False) -> None:
        self.keyboard, keyboard_end = pty.openpty() if terminal else os.pipe()[::-1]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.graph.managed.owner", str(folder)],
            cwd=ROOT,
            stdin=keyboard_end,
            stdout=subprocess.PIPE,
            start_new_session=True,
            preexec_fn=_take_terminal if terminal else None,  # noqa: PLW1509 -- before threads
        )
        os.close(keyboard_end)

    def says(self) -> dict[str, Any]:
        """Return what it says next."""
        assert self.process.stdout is not None
        said: dict[str, Any] = json.loads(self.process.stdout.readline())
        return said

    def press(self, key: bytes) -> None:
        """Press a key in its terminal."""
        os.write(self.keyboard, key)

    def kill(self) -> None:
        """Kill it without notice."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def end(self) -> None:
        """Close its standard input and wait for its end."""
        os.close(self.keyboard)
        self.keyboard = -1
        self.process.wait(60)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self.process.poll() is None:
            self.kill()
        if self.keyboard >= 0:
            os.close(self.keyboard)
        assert self.process.stdout is not None
        self.process.stdout.close()


def _take_terminal() -> None:
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
