"""Answers into pipes, full disks, strange terminals: what a shell may do to a command."""

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.onrecord.dossiers import GOOD, write
from tests.onrecord.running import COMMAND, Program


@pytest.fixture
def recorded(program: Program, tmp_path: Path) -> Program:
    """Return the program with something on record."""
    program.ok("record", write(tmp_path))
    return program


def _shell(program: Program, line: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run a line of bash in which ``$ONRECORD`` is the program."""
    return subprocess.run(
        ["bash", "-o", "pipefail", "-c", line],
        check=False,
        capture_output=True,
        text=True,
        errors="replace",
        env={**program.environment(), "ONRECORD": " ".join(COMMAND), **environment},
    )


def test_a_reader_that_has_enough_is_no_error(recorded: Program, tmp_path: Path) -> None:
    """More than a pipe holds, so that the program is still writing when the reader goes."""
    issues = "".join(f"  i{n}: {{name: {'x' * 500} {n}}}\n" for n in range(500))
    recorded.ok("record", write(tmp_path, f"dossier: 1\nissues:\n{issues}", "many.yaml"))
    done = _shell(recorded, "$ONRECORD log show --first 1000 --format json | head -n 1")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("\n") == 1


def test_a_full_disk_is_told(recorded: Program) -> None:
    done = _shell(recorded, "$ONRECORD log show > /dev/full")
    assert done.returncode == 3
    assert done.stderr == "onrecord: the answer cannot be written: No space left on device\n"


def test_a_closed_standard_error_is_no_error(recorded: Program) -> None:
    done = _shell(recorded, "$ONRECORD log verify 2>&-")
    assert done.returncode == 0
    assert "the log is as it was written" in done.stdout


def test_a_closed_standard_output_is_no_error(recorded: Program) -> None:
    done = _shell(recorded, "$ONRECORD log verify >&-")
    assert (done.returncode, done.stdout) == (0, "")


def test_a_locale_without_the_letters_is_no_error(program: Program, tmp_path: Path) -> None:
    program.ok("record", write(tmp_path, GOOD.replace("Harbour fees", "Hafengebühren – neu")))
    bare = {"LC_ALL": "C", "LANG": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = _shell(
        program, "$ONRECORD log show --format table && $ONRECORD record none.yaml", **bare
    )
    assert done.returncode == 2
    assert done.stderr == "onrecord: none.yaml: cannot be read: No such file or directory\n"


@pytest.mark.parametrize("seconds", [0.1, 0.4, 0.8])
def test_ctrl_c_is_quiet_from_the_first_moment(recorded: Program, seconds: float) -> None:
    process = subprocess.Popen(
        [*COMMAND, "log", "verify"],
        env=recorded.environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    time.sleep(seconds)
    os.kill(process.pid, signal.SIGINT)
    _, told = process.communicate(timeout=30)
    assert process.returncode in (0, 130, -signal.SIGINT)
    if process.returncode == 130:
        assert "Traceback" not in told
