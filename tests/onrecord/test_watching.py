"""``status --watch``: what changes is shown, and what went away may come back."""

import json
import os
import pty
import select
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from onrecord.watching import WINDOW_SECONDS, Pace, Pacer
from tests.onrecord.dossiers import GOOD, write
from tests.onrecord.running import COMMAND, Program
from tests.ports import free_port

NOT_KNOWN = Pace()


def test_the_pace_is_that_of_what_was_seen_lately() -> None:
    pacer = Pacer()
    assert pacer.see(0, 1000, 0) == NOT_KNOWN
    assert pacer.see(2, 800, 200) == Pace(100, 8)
    paces = [pacer.see(at, 800 - 10 * at, 200 + 10 * at) for at in range(3, 40)]
    assert len(paces) > 2 * WINDOW_SECONDS
    assert paces[-1] == Pace(10, 41)


def test_a_log_that_grows_as_fast_is_never_caught_up_with() -> None:
    pacer = Pacer()
    pacer.see(0, 100, 0)
    assert pacer.see(1, 100, 50) == Pace(50, None)
    assert pacer.see(2, 120, 100) == Pace(50, None)


def test_there_is_no_pace_once_all_is_there() -> None:
    pacer = Pacer()
    pacer.see(0, 100, 0)
    assert pacer.see(1, 0, 100) == NOT_KNOWN
    assert pacer.see(2, 10, 100) == NOT_KNOWN


def test_there_is_no_pace_where_the_graph_is_away_or_begins_anew() -> None:
    pacer = Pacer()
    pacer.see(0, 100, 500)
    assert pacer.see(1, None, None) == NOT_KNOWN
    pacer.see(2, 100, 500)
    assert pacer.see(3, 590, 10) == NOT_KNOWN


@contextmanager
def watching(program: Program, *arguments: str) -> Iterator["subprocess.Popen[str]"]:
    """Run ``status --watch`` as long as the block does."""
    process = subprocess.Popen(
        [*COMMAND, "status", "--watch", "--interval", "0.1", *arguments],
        env=program.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def ended(process: "subprocess.Popen[str]") -> tuple[int, str, str]:
    """Press Ctrl-C; return the exit code and what was printed since."""
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    return process.returncode, out, err


def test_a_line_is_printed_only_when_something_changed(program: Program, tmp_path: Path) -> None:
    program.ok("record", write(tmp_path))
    with watching(program) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        assert "log 8; graph: Neo4j is not running: onrecord up starts it" in first
        time.sleep(0.5)
        another = GOOD.replace("gazette", "herald").replace("Gazette", "Herald")
        program.ok("record", write(tmp_path, another, "herald.yaml"))
        assert "log 16; graph: " in process.stdout.readline()
        time.sleep(0.5)
        assert ended(process) == (0, "", "")


def test_programs_get_an_object_a_line(program: Program, tmp_path: Path) -> None:
    program.ok("record", write(tmp_path))
    with watching(program, "--format", "json") as process:
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        assert (told["log"]["position"], told["graph"]) == (8, None)
        assert (told["entriesPerSecond"], told["secondsLeft"]) == (None, None)
        assert ended(process) == (0, "", "")


def test_a_log_in_postgresql_that_is_away_is_waited_for(program: Program) -> None:
    nowhere = f"postgresql://ann:swordfish@127.0.0.1:{free_port()}/log"
    with watching(replace(program, settings={"LOG_URL": nowhere})) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        assert " log: the log postgresql://ann@127.0.0.1:" in first
        assert "swordfish" not in first
        assert ended(process)[0] == 0


def test_where_there_is_no_log_that_is_told(program: Program) -> None:
    assert program.refused("status", "--watch", code=3).startswith("there is no log at ")


def test_an_interval_of_nothing_is_refused(program: Program) -> None:
    assert "--interval" in program.refused("status", "--watch", "--interval", "0", code=2)


def _seen(screen: int, text: str) -> str:
    """Read what is written on a terminal until a text stands there."""
    deadline = time.monotonic() + 30
    shown = ""
    while text not in shown:
        assert time.monotonic() < deadline, shown
        if select.select([screen], [], [], 1)[0]:
            shown += os.read(screen, 65536).decode()
    return shown


def test_on_a_terminal_it_is_refreshed_in_place(program: Program, tmp_path: Path) -> None:
    program.ok("record", write(tmp_path))
    screen, terminal = pty.openpty()
    process = subprocess.Popen(
        [*COMMAND, "status", "--watch", "--interval", "0.1"],
        env={**program.environment(), "TERM": "xterm", "COLUMNS": "120"},
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
    )
    os.close(terminal)
    try:
        assert "onrecord up starts it" in _seen(screen, "position 8, recorded") + _seen(
            screen, "starts it"
        )
        assert "\x1b[1A" in _seen(screen, "\x1b[1A")  # back to where it began
        another = GOOD.replace("gazette", "herald").replace("Gazette", "Herald")
        program.ok("record", write(tmp_path, another, "herald.yaml"))
        _seen(screen, "position 16, recorded")
        process.send_signal(signal.SIGINT)
        _seen(screen, "\x1b[?25h")  # the cursor is back
        assert process.wait(30) == 0
    finally:
        process.kill()
        process.wait()
        os.close(screen)


@pytest.mark.engine
def test_a_graph_that_follows_is_seen(with_neo4j: Program, tmp_path: Path) -> None:
    with_neo4j.ok("record", write(tmp_path))
    with watching(with_neo4j) as process:
        assert process.stdout is not None
        assert "log 8; graph: not built yet" in process.stdout.readline()
        with_neo4j.ok("up", "--no-wait", "--no-seeds")
        for line in process.stdout:
            if "graph: position 8, 0 behind, whole" in line:
                break
        assert ended(process)[0] == 0
