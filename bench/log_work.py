"""A program that does one piece of work at a log, and prints its rate and its most memory.

Arguments: what to do (append, read and decode, verify), where the log is, how many entries it has
or gets.
"""

import hashlib
import json
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from eventlog import Log
from eventlog.postgres import PostgresLog
from eventlog.reading import read_entry
from eventlog.recorder import new_entry
from eventlog.sqlite import SqliteLog
from schema.entries import ActorRecorded

APPEND = 1_000


def actors(count: int) -> Iterator[ActorRecorded]:
    """Yield entries of some 300 bytes, their ids in no order; six of seven are part of another."""
    whole = ""
    for number in range(count):
        name = hashlib.sha256(str(number).encode()).hexdigest()
        actor = {
            "id": f"actor/{name[:20]}",
            "name": f"The society of {name}",
            "kind": "ORGANISATION",
            "aliases": [f"Society {number:,}", name[::-1]],
            "partOf": [whole] if number % 7 else [],
        }
        yield ActorRecorded.model_validate(actor)
        if number % 7 == 0:
            whole = f"actor/{name[:20]}"


def append(log: Log, entries: int) -> float:
    """Append entries in appends of a thousand; return the seconds that took the log."""
    seconds = 0.0
    made = actors(entries)
    for begun in range(0, entries, APPEND):
        new = [new_entry(next(made)) for _ in range(min(APPEND, entries - begun))]
        began = time.perf_counter()
        log.append(new, recorded_by="bench")
        seconds += time.perf_counter() - began
    return seconds


def read_and_decode(log: Log, entries: int) -> float:
    """Read all entries, understand each, and return the seconds that took."""
    began = time.perf_counter()
    read = sum(read_entry(entry).id.startswith("actor/") for entry in log.entries())
    assert read == entries
    return time.perf_counter() - began


def verify(log: Log, entries: int) -> float:
    """Verify the chain, and return the seconds that took."""
    began = time.perf_counter()
    assert log.verify().entries == entries
    return time.perf_counter() - began


WORK = {"append": append, "read and decode": read_and_decode, "verify": verify}


def most_memory_mib() -> float:
    """Return the most memory that this program has had; Linux keeps it."""
    status = Path("/proc/self/status").read_text("utf-8").split("VmHWM:")[1]
    return int(status.split()[0]) / 1024


def main() -> None:
    """Do what was asked."""
    what, place, entries = sys.argv[1:]
    log = PostgresLog(place) if "://" in place else SqliteLog(Path(place))
    with closing(log):
        seconds = WORK[what](log, int(entries))
    print(json.dumps([int(entries) / seconds, most_memory_mib()]))


if __name__ == "__main__":
    main()
