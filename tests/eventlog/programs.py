"""Programs that append to one log, all at once."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]


def started_at_once(
    module: str, arguments: Sequence[Sequence[str]]
) -> "list[subprocess.Popen[str]]":
    """Start a program for each list of arguments; they go when all of them are ready."""
    programs = [
        subprocess.Popen(
            [sys.executable, "-m", module, *given],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for given in arguments
    ]
    for program in programs:
        assert program.stdout is not None
        assert program.stdout.readline() == "ready\n"
    for program in programs:
        assert program.stdin is not None
        program.stdin.write("go\n")
        program.stdin.flush()
    return programs
