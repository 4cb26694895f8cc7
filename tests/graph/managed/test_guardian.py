"""The guardian with small programs in the server's place; with Neo4j see test_server.py."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil
import pytest

from graph.managed import guardian
from graph.managed.locking import is_locked, try_lock
from tests.graph.managed.processes import commands, until

LASTING = "import time; time.sleep(600)"
READY = b"\n"


class Guarded:
    """A guardian of a Python program, and the folder that it guards."""

    def __init__(
        self,
        folder: Path,
        code: str,
        most_restarts: int = 5,
        program: str = sys.executable,
        once: bool = False,
        leaves: tuple[Path, Path] | None = None,
        guard: tuple[str, ...] = (guardian.__file__,),
    ) -> None:
        self.lock, self.state, self.log = folder / "lock", folder / "state", folder / "log"
        self.state.touch()
        lock = try_lock(self.lock)
        assert lock is not None
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-I", "-S", *guard],
                bufsize=0,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                pass_fds=(lock,),
                start_new_session=True,
            )
        os.close(lock)
        order = {
            "command": [program, "-c", code],
            "lock": lock,
            "state": str(self.state),
            "most_restarts": most_restarts,
            "pause_seconds": 0.01,
            "once": once,
            **({} if leaves is None else {"leaves": [*map(str, leaves)]}),
        }
        self.tell(json.dumps(order).encode() + b"\n")

    def tell(self, word: bytes) -> None:
        """Write to its standard input."""
        assert self.process.stdin is not None
        self.process.stdin.write(word)

    def go(self) -> None:
        """Close its standard input, as an owner that ends."""
        assert self.process.stdin is not None
        self.process.stdin.close()

    def server(self) -> psutil.Process:
        """Return the process that it guards."""
        of = psutil.Process(self.process.pid)
        until(of.children)
        return of.children()[0]

    def heard(self) -> bytes:
        """Return all it wrote."""
        assert self.process.stdout is not None
        heard: bytes = self.process.stdout.read()
        return heard

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.go()
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()


LEAVING = (
    "import pathlib, signal, sys, time\n"
    "def leave(*_):\n"
    "    pathlib.Path({new!r}).write_text('whole')\n"
    "    sys.exit({code})\n"
    "signal.signal(signal.SIGTERM, leave)\n"
    "pathlib.Path({begun!r}).touch()\n"
    "time.sleep(600)\n"
)


@pytest.mark.parametrize(
    ("ready", "code", "left"),
    [(True, 143, True), (True, 0, True), (True, 1, False), (False, 143, False)],
    ids=["stopped", "ended", "failed", "never ready"],
)
def test_what_a_server_leaves_is_kept_if_it_was_ready_and_ended_in_order(
    tmp_path: Path, ready: bool, code: int, left: bool
) -> None:
    new, kept, begun = (tmp_path / name for name in ("new", "kept", "begun"))
    program = LEAVING.format(new=str(new), begun=str(begun), code=code)
    with Guarded(tmp_path, program, leaves=(new, kept)) as guarded:
        until(begun.exists)
        if ready:
            guarded.tell(READY)
    assert (kept.exists(), new.exists()) == (left, not left)


def test_of_a_killed_server_nothing_is_kept(tmp_path: Path) -> None:
    new, kept = tmp_path / "new", tmp_path / "kept"
    new.write_text("half")
    with Guarded(tmp_path, LASTING, most_restarts=0, leaves=(new, kept)) as guarded:
        server = guarded.server()
        guarded.tell(READY)
        server.kill()
        assert guarded.process.wait() == guardian.GAVE_UP
    assert new.exists()
    assert not kept.exists()


def test_a_server_that_cannot_start_is_not_tried_again(tmp_path: Path) -> None:
    with Guarded(tmp_path, "print('no such setting'); raise SystemExit(1)") as guarded:
        assert guarded.process.wait() == guardian.NEVER_READY
        assert guarded.heard() == b""
        assert guarded.log.read_text() == "no such setting\n"


def test_a_crash_is_told_and_mended(tmp_path: Path) -> None:
    with Guarded(tmp_path, LASTING) as guarded:
        first = guarded.server()
        guarded.tell(READY)
        first.kill()
        until(lambda: not first.is_running())
        second = guarded.server()
        assert second.pid != first.pid
        assert guarded.state.exists()
        guarded.go()
        guarded.process.wait()
        assert guarded.heard() == guardian.RESTARTED
        assert not second.is_running()


def test_a_server_that_keeps_crashing_is_given_up(tmp_path: Path) -> None:
    with Guarded(tmp_path, "import time; time.sleep(0.3)", most_restarts=2) as guarded:
        guarded.tell(READY)
        assert guarded.process.wait() == guardian.GAVE_UP
        assert guarded.heard() == 2 * guardian.RESTARTED


def test_the_server_goes_with_its_owner_and_nobody_finds_it_on_its_way(tmp_path: Path) -> None:
    # It sees its state while it is being stopped: whoever looks for it must not.
    program = (
        "import os, signal, sys\n"
        f"state = {str(tmp_path / 'state')!r}\n"
        "def stop(*_):\n"
        "    print('state' if os.path.exists(state) else 'no state')\n"
        "    sys.exit(0)\n"
        "signal.signal(signal.SIGTERM, stop)\n"
        "print('up', flush=True)\n"
        "signal.pause()\n"
    )
    with Guarded(tmp_path, program) as guarded:
        guarded.tell(READY)
        until(lambda: "up" in guarded.log.read_text())
        assert is_locked(guarded.lock)
        guarded.go()
        assert guarded.process.wait() == 0
        assert guarded.log.read_text() == "up\nno state\n"
        assert not is_locked(guarded.lock)


def test_a_guardian_that_is_asked_to_end_stops_the_server(tmp_path: Path) -> None:
    with Guarded(tmp_path, LASTING) as guarded:
        guarded.tell(READY)
        server = guarded.server()
        guarded.process.send_signal(signal.SIGTERM)
        guarded.process.wait()
        assert not server.is_running()
        assert not is_locked(guarded.lock)


ASKED_WHILE_STARTING = (
    "import importlib.util, os, signal, sys\n"
    f"spec = importlib.util.spec_from_file_location('guardian', {guardian.__file__!r})\n"
    "guardian = importlib.util.module_from_spec(spec)\n"
    "spec.loader.exec_module(guardian)\n"
    "start = guardian._start\n"
    "def start_and_ask(*how):\n"
    "    server = start(*how)\n"
    "    os.kill(os.getpid(), signal.SIGTERM)\n"
    "    return server\n"
    "guardian._start = start_and_ask\n"
    "sys.exit(guardian.main())\n"
)
LEAVING_SLOWLY = (
    "import signal, sys, time\n"
    "def leave(*_):\n"
    "    print('asked', flush=True)\n"
    "    time.sleep(1)\n"
    "    print('left', flush=True)\n"
    "    sys.exit(0)\n"
    "signal.signal(signal.SIGTERM, leave)\n"
    "print('up', flush=True)\n"
    "time.sleep(600)\n"
)


def test_a_guardian_that_is_asked_to_end_while_it_starts_the_server_stops_it(
    tmp_path: Path,
) -> None:
    marked = f"import time; time.sleep(600)  # {tmp_path}"
    with Guarded(tmp_path, marked, guard=("-c", ASKED_WHILE_STARTING)) as guarded:
        assert guarded.process.wait() == 0
        assert not any(marked in command for command in commands())
        assert not is_locked(guarded.lock)
        assert not guarded.state.exists()


def test_a_guardian_that_is_asked_to_end_again_and_again_waits_for_the_server(
    tmp_path: Path,
) -> None:
    with Guarded(tmp_path, LEAVING_SLOWLY) as guarded:
        guarded.tell(READY)
        until(lambda: "up" in guarded.log.read_text())
        guarded.process.send_signal(signal.SIGTERM)
        until(lambda: "asked" in guarded.log.read_text())
        guarded.process.send_signal(signal.SIGTERM)
        assert guarded.process.wait() == 0
        assert guarded.log.read_text() == "up\nasked\nleft\n"


def test_the_server_goes_with_a_killed_guardian(tmp_path: Path) -> None:
    with Guarded(tmp_path, LASTING) as guarded:
        server = guarded.server()
        until(lambda: server.cmdline()[-1:] == [LASTING])
        guarded.process.kill()
        until(lambda: not is_locked(guarded.lock))


def test_an_interrupt_or_a_hangup_leaves_guardian_and_server_alone(tmp_path: Path) -> None:
    with Guarded(tmp_path, LASTING) as guarded:
        server = guarded.server()
        for one in (signal.SIGINT, signal.SIGHUP):
            guarded.process.send_signal(one)
        with pytest.raises(subprocess.TimeoutExpired):
            guarded.process.wait(0.5)
        assert server.is_running()


def test_a_program_that_is_not_there_is_told_in_the_log(tmp_path: Path) -> None:
    with Guarded(tmp_path, LASTING, program=str(tmp_path / "java")) as guarded:
        assert guarded.process.wait() != 0
        assert "FileNotFoundError" in guarded.log.read_text()


def test_a_folder_of_the_callers_does_not_stand_in_its_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("json.py", "graph.py", "selectors.py"):
        (tmp_path / name).write_text("raise RuntimeError('not this one')")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with Guarded(tmp_path, LASTING) as guarded:
        assert guarded.server().is_running()


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("print('done')", 0),
        ("raise SystemExit(70)", 70),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", 128 + signal.SIGKILL),
    ],
)
def test_a_program_that_is_run_once_ends_with_its_own_code(
    tmp_path: Path, code: str, told: int
) -> None:
    with Guarded(tmp_path, code, once=True) as guarded:
        assert guarded.process.wait() == told
        assert not is_locked(guarded.lock)


def test_a_program_that_is_run_once_goes_with_its_owner(tmp_path: Path) -> None:
    with Guarded(tmp_path, LASTING, once=True) as guarded:
        program = guarded.server()
        guarded.go()
        guarded.process.wait()
        assert not program.is_running()
        assert not is_locked(guarded.lock)


def test_a_program_that_is_run_once_and_stopped_is_never_called_done(tmp_path: Path) -> None:
    with Guarded(tmp_path, LASTING, once=True) as guarded:
        program = guarded.server()
        guarded.process.send_signal(signal.SIGTERM)
        assert guarded.process.wait() == 128 + signal.SIGTERM
        assert not program.is_running()
        assert not is_locked(guarded.lock)
