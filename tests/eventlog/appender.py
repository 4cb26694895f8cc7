"""A program that appends to a SQLite log and says what was acknowledged.

Arguments: the file, a name, how many appends. It says when it is ready and begins when it reads a line.
"""

import sys
from pathlib import Path

from eventlog.sqlite import SqliteLog
from tests.eventlog.examples import thing

APPEND_SIZE = 2


def main() -> None:
    path, name, appends = sys.argv[1:]
    print("ready", flush=True)
    sys.stdin.readline()
    log = SqliteLog(Path(path))
    for number in range(int(appends)):
        entries = [thing(f"{name}-{number}-{place}") for place in range(APPEND_SIZE)]
        outcome = log.append(entries, recorded_by=name, idempotency_key=f"{name} {number}")
        print(number, outcome.first, flush=True)
    log.close()


if __name__ == "__main__":
    main()
