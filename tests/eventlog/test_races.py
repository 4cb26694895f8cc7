"""Many programs append to one log while others read along: order that readers can trust."""

import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

from eventlog import Log
from tests.eventlog.conftest import Place, opened

PROGRAMS, TASKS, APPENDS = 10, 20, 50
ENTRIES = PROGRAMS * TASKS * (APPENDS + 17)  # every third append has two
READERS = 3
ROOT = Path(__file__).parents[2]


def racing(place: Place) -> "list[subprocess.Popen[str]]":
    """Start the programs, all at once when they are up."""
    command = (sys.executable, "-m", "tests.eventlog.racer", str(place))
    programs = [
        subprocess.Popen(
            [*command, f"p{number}", str(TASKS), str(APPENDS)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(PROGRAMS)
    ]
    for program in programs:
        assert program.stdout is not None
        assert program.stdout.readline() == "ready\n"
    for program in programs:
        assert program.stdin is not None
        program.stdin.write("go\n")
        program.stdin.flush()
    return programs


def tailed(log: Log) -> list[str]:
    """Read along to the end, whole appends, and return the subjects in order."""
    seen: list[str] = []
    while len(seen) < ENTRIES:
        end = log.wait_beyond(len(seen), 60.0)
        assert end > len(seen), "nothing was appended for a minute"
        while len(seen) < end:  # what was told can be read
            entries = log.read(len(seen), 100, whole_appends=True)
            positions = [entry.position for entry in entries]
            assert positions == list(range(len(seen) + 1, len(seen) + len(entries) + 1))
            assert entries[-1].ends_append
            seen.extend(entry.header.subject for entry in entries)
    return seen


def acknowledged(output: str) -> dict[str, int]:
    return {f"thing/{name}": int(first) for name, first in map(str.split, output.splitlines())}


def test_no_reader_skips_what_ten_programs_append_a_thousand_times_each(
    new_place: Callable[[], Place],
) -> None:
    place = new_place()
    with (
        closing(opened(place)) as log,
        ThreadPoolExecutor(READERS + PROGRAMS) as pool,
    ):
        logs = [opened(place) for _ in range(READERS)]
        readers = [pool.submit(tailed, one) for one in logs]
        programs = racing(place)
        outputs = list(pool.map(lambda one: one.communicate(timeout=120)[0], programs))
        assert [program.returncode for program in programs] == [0] * PROGRAMS
        seen = [reader.result(60.0) for reader in readers]
        for one in logs:
            one.close()
        assert seen == [seen[0]] * READERS
        firsts = {name: first for one in outputs for name, first in acknowledged(one).items()}
        assert len(firsts) == PROGRAMS * TASKS * APPENDS
        assert {one: position for position, one in enumerate(seen[0], 1) if one in firsts} == firsts
        assert len(set(seen[0])) == ENTRIES
        times = [entry.header.recorded_at for entry in log.entries()]
        assert times == sorted(times)
        assert log.verify().entries == ENTRIES
