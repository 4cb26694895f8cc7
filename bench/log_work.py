"""A program that does one piece of work at a log, and prints its rate and its most memory.

Arguments: what to do (append, append in no order, read and decode, verify), where the log is, how
many entries it has or gets.
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


def actors(count: int, document: int) -> Iterator[ActorRecorded]:
    """Yield entries of some 300 bytes; six of seven are part of another.

    Ids are those of documents that are recorded one after the other: so many in a folder, and the
    folders in no order. With one in each, ids are in no order at all.
    """
    whole = ""
    for number in range(count):
        name = hashlib.sha256(str(number).encode()).hexdigest()
        folder = hashlib.sha256(str(number // document).encode()).hexdigest()[:20]
        own = f"actor/{folder}/{number % document}"
        actor = {
            "id": own,
            "name": f"The society of {name}",
            "kind": "ORGANISATION",
            "aliases": [f"Society {number:,}", name[::-1]],
            "partOf": [whole] if number % 7 else [],
        }
        yield ActorRecorded.model_validate(actor)
        if number % 7 == 0:
            whole = own


def append(log: Log, entries: int, document: int = 100) -> float:
    """Append entries in appends of a thousand; return the seconds that took the log."""
    seconds = 0.0
    made = actors(entries, document)
    for begun in range(0, entries, APPEND):
        new = [new_entry(next(made)) for _ in range(min(APPEND, entries - begun))]
        began = time.perf_counter()
        log.append(new, recorded_by="bench")
        seconds += time.perf_counter() - began
    return seconds


def append_in_no_order(log: Log, entries: int) -> float:
    """Append entries whose ids are in no order; return the seconds that took the log."""
    return append(log, entries, document=1)


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


WORK = {
    "append": append,
    "append in no order": append_in_no_order,
    "read and decode": read_and_decode,
    "verify": verify,
}


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
