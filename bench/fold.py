"""Folding logs of 10k, 100k and 1M entries: in memory, and on disk as a rebuild and a verify do.

A fold is compared with that of a small log: an entry costs the same, and on disk the memory of the
process stays the same. Each fold has a process of its own. Arguments: other sizes, the smallest
first.
"""

import json
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

from bench.filling import filled
from bench.growth import LEAST_RATE, Measured, tell, work
from bench.log_work import most_memory_mib
from bench.measuring import line
from eventlog.sqlite import SqliteLog
from graph.folded import FoldedLog
from graph.whole import fold_all

SIZES = (10_000, 100_000, 1_000_000)
ENTRIES_A_STATEMENT = 1.38
"""How many entries there are for each statement of a record, with what they are about."""
ROUNDS = 3


def in_memory(log: SqliteLog) -> None:
    """Fold a log to nodes and relationships that are all kept."""
    fold_all(log.entries())


def on_disk(log: SqliteLog) -> None:
    """Fold a log into a file."""
    with closing(FoldedLog(log, "bench")) as folded:
        folded.advance(log.head().position)


FOLDS: dict[str, Callable[[SqliteLog], None]] = {"in memory": in_memory, "on disk": on_disk}


def measured(how: str, folder: Path, statements: int) -> Measured:
    """Fold a log in a process of its own."""
    return work(how, str(folder), statements, module="bench.fold")


def fold(how: str, folder: Path, statements: int) -> None:
    """Fold a log in this process; print entries a second and the most memory."""
    with closing(filled(folder, statements)) as log:
        began = time.perf_counter()
        FOLDS[how](log)
        rate = log.head().position / (time.perf_counter() - began)
    print(json.dumps([rate, most_memory_mib()]))


def grow(sizes: Sequence[int], folder: Path) -> None:
    """Compare each fold of each log with that of the smallest, in turn."""
    records = [round(size / ENTRIES_A_STATEMENT) for size in sizes]
    for statements in records:
        filled(folder, statements).close()
    for size, statements in zip(sizes[1:], records[1:], strict=True):
        for how in FOLDS:
            rounds = [
                (measured(how, folder, statements), measured(how, folder, records[0]))
                for _ in range(ROUNDS)
            ]
            large, small = ([*side] for side in zip(*rounds, strict=True))
            name = f"fold {how}, about {size:,} entries"
            if how == "on disk":
                tell(name, large, small)
                continue
            ratios = [one.rate / other.rate for one, other in rounds]
            print(line(name, large[0].rate, small[0].rate, ratios, LEAST_RATE), flush=True)


def main() -> None:
    """Measure, or do one fold where that is asked for."""
    if len(sys.argv) > 1 and sys.argv[1] in FOLDS:
        how, folder, statements = sys.argv[1:]
        fold(how, Path(folder), int(statements))
        return
    with tempfile.TemporaryDirectory() as made:
        grow([int(one) for one in sys.argv[1:]] or SIZES, Path(made))


if __name__ == "__main__":
    main()
