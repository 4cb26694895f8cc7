"""Appending, reading with decoding, and verifying logs of 10k, 100k and 1M entries.

A log is compared with itself when it was small: an entry costs the same, and the memory of the
process stays the same, in a process of its own for each piece of work. The smallest log is measured
again beside each larger one, in turn. Arguments: other sizes, the smallest first.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple
from uuid import uuid4

from bench.measuring import line
from tests.postgres import new_place, running_server

SIZES = (10_000, 100_000, 1_000_000)
ROUNDS = 3
LEAST_RATE = 0.8
MOST_MEMORY = 1.3


class Measured(NamedTuple):
    """What a process did: entries a second, and the most memory it had, in MiB."""

    rate: float
    memory: float


def work(what: str, place: str, entries: int, module: str = "bench.log_work") -> Measured:
    """Do a piece of work in a process of its own, which prints what is measured."""
    done = subprocess.run(
        [sys.executable, "-m", module, what, place, str(entries)],
        check=True,
        stdout=subprocess.PIPE,
    )
    return Measured(*json.loads(done.stdout))


def tell(name: str, large: Sequence[Measured], small: Sequence[Measured]) -> None:
    """Print the lines of a piece of work: rate, and memory."""
    rates = [one.rate / other.rate for one, other in zip(large, small, strict=True)]
    print(
        line(
            name,
            median(one.rate for one in large),
            median(one.rate for one in small),
            rates,
            LEAST_RATE,
        )
    )
    most, least = (median(one.memory for one in side) for side in (large, small))
    missed = "" if most / least <= MOST_MEMORY else " MISSED"
    print(
        f"{name}, memory: {most:.0f} MiB, {least:.0f} MiB, {most / least:.2f}, "
        f"at most {MOST_MEMORY:g}{missed}",
        flush=True,
    )


def grow(name: str, new_place: Callable[[], str], sizes: Sequence[int]) -> None:
    """Fill logs of each size, and compare all work with that on the smallest."""
    for how in ("append in no order", "append"):
        places = [new_place() for _ in sizes]
        filled = [work(how, *one) for one in zip(places, sizes, strict=True)]
        for size, appended in zip(sizes[1:], filled[1:], strict=True):
            tell(f"{name}, {how}, {size:,} entries", [appended], filled[:1])
    for size, place in zip(sizes[1:], places[1:], strict=True):
        for what in ("read and decode", "verify"):
            rounds = [
                (work(what, place, size), work(what, places[0], sizes[0])) for _ in range(ROUNDS)
            ]
            large, small = zip(*rounds, strict=True)
            tell(f"{name}, {what}, {size:,} entries", large, small)


def main() -> None:
    """Measure both stores."""
    sizes = [int(one) for one in sys.argv[1:]] or SIZES
    with tempfile.TemporaryDirectory() as folder:
        grow("SQLite", lambda: str(Path(folder, f"{uuid4()}.sqlite3")), sizes)
    with running_server() as server:
        grow("PostgreSQL", lambda: new_place(server.url), sizes)


if __name__ == "__main__":
    main()
