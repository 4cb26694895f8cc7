"""A program that appends to a log from many tasks at once and says what was acknowledged.

Arguments: where the log is, a name, how many tasks, how many appends each. It says when it is ready
and begins when it reads a line; then it prints, for each append, its name and first position.
"""

import asyncio
import sys
from contextlib import closing
from pathlib import Path

from eventlog import Log
from eventlog.sqlite import SqliteLog
from eventlog.writer import Writer
from tests.eventlog.examples import thing


def opened(place: str) -> Log:
    """Open the log in PostgreSQL if the place is an address, else in a file."""
    if "://" not in place:
        return SqliteLog(Path(place))
    from eventlog.postgres import PostgresLog  # not loaded by those who need only SQLite

    return PostgresLog(place)


async def race(log: Log, name: str, tasks: int, appends: int) -> None:
    """Append, every third time two entries."""

    async def several(task: int) -> None:
        for number in range(appends):
            mine = f"{name}-{task}-{number}"
            entries = [thing(mine), *([thing(f"{mine}-too")] if number % 3 == 0 else [])]
            outcome = await writer.append_async(entries, recorded_by=name)
            acknowledged.append((mine, outcome.first))

    acknowledged: list[tuple[str, int]] = []
    with Writer(log) as writer:
        await asyncio.gather(*(several(task) for task in range(tasks)))
    for mine, first in acknowledged:
        print(mine, first)


def main() -> None:
    place, name, tasks, appends = sys.argv[1:]
    with closing(opened(place)) as log:
        print("ready", flush=True)
        sys.stdin.readline()
        asyncio.run(race(log, name, int(tasks), int(appends)))


if __name__ == "__main__":
    main()
