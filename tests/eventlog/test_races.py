"""Many programs append to one log while others read along: order that readers can trust."""

import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

from eventlog import Log
from tests.eventlog.conftest import Place, opened
from tests.eventlog.programs import started_at_once

PROGRAMS, TASKS, APPENDS = 10, 20, 50
ENTRIES = PROGRAMS * TASKS * (APPENDS + 17)  # every third append has two
READERS = 3


def racing(place: Place) -> "list[subprocess.Popen[str]]":
    """Start the programs."""
    arguments = [(str(place), f"p{number}", str(TASKS), str(APPENDS)) for number in range(PROGRAMS)]
    return started_at_once("tests.eventlog.racer", arguments)


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
