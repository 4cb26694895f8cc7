"""Changes that others depend on, projected: the date of a source, and the issues of a claim.

All statements of a record have their date from one source and their issues from one claim; a change
of either changes all of them in one batch, or by comparing where Neo4j has too little memory for
that. A record of 50,000 statements is compared with one of 5,000: a statement costs the same.
Arguments: other sizes, the smallest first.
"""

import asyncio
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from statistics import median

from bench.graphs import server
from bench.growth import LEAST_RATE
from bench.log_work import most_memory_mib
from bench.measuring import line
from eventlog.recorder import Recorder
from eventlog.sqlite import SqliteLog
from graph.projector import Projector
from graph.rebuild import rebuild
from graph.verify import compare
from graph.watching import Unwatched
from schema.entries import Amended
from tests.graph.loading import open_graph
from tests.graph.records import entry, fill, undated

SIZES = (5_000, 50_000)
ROUNDS = 3
APPEND = 5_000
OTHER = entry("IssueRecorded", {"id": "issue/other", "name": "Another"})


def _dated(turn: int) -> Amended:
    """Return an amendment of the source's date."""
    date = {"edtf": f"2024-01-{turn + 1:02}", "basis": "STATED"}
    return Amended(id="source/s", fields={"published": date}, reason="Read again.")


def _about(turn: int) -> Amended:
    """Return an amendment of the claim's issues."""
    issues = ["issue/other"] if turn % 2 == 0 else ["issue/i"]
    return Amended(id="claim/c", fields={"issues": issues}, reason="Read again.")


CHANGES: dict[str, Callable[[int], Amended]] = {
    "the date of a source": _dated,
    "the issues of a claim": _about,
}


class _Heard(Unwatched):
    """Counts what did not go as it does most of the time."""

    def __init__(self) -> None:
        self.errors: Counter[str] = Counter()

    def waits(self, error: Exception) -> None:
        """Count an error."""
        self.errors[type(error).__name__] += 1


async def rates(folder: Path, statements: int, heard: _Heard) -> dict[str, list[float]]:
    """Return how many statements a second each change had changed, in each round."""
    found: dict[str, list[float]] = {change: [] for change in CHANGES}
    with server(folder / "neo4j") as running, closing(SqliteLog(folder / "log.sqlite3")) as log:
        fill(log, [*undated(statements, APPEND), [OTHER]])
        graph = open_graph(running.connection)
        await rebuild(log, graph)
        projector = Projector(log, graph, watcher=heard)
        await projector.catch_up()
        for turn in range(ROUNDS + 1):
            for change, amended in CHANGES.items():
                Recorder(log, "bench").record([amended(turn)])
                began = time.perf_counter()
                await projector.catch_up()
                if turn > 0:  # the first one warms up
                    found[change].append(statements / (time.perf_counter() - began))
        assert not (await compare(log, graph)).differences()
        await graph.close()
    return found


def grow(sizes: Sequence[int]) -> None:
    """Compare each size with the smallest, which was measured first."""
    small: dict[str, list[float]] = {}
    for size in sizes:
        heard = _Heard()
        with tempfile.TemporaryDirectory() as folder:
            found = asyncio.run(rates(Path(folder), size, heard))
        if not small:
            small = found
            continue
        for change, own in found.items():
            name = f"{change} changed for {size:,} statements"
            ratios = [one / other for one, other in zip(own, small[change], strict=True)]
            print(line(name, median(own), median(small[change]), ratios, LEAST_RATE))
        tried = ", ".join(f"{name} {count}" for name, count in heard.errors.items()) or "none"
        print(f"memory until then: {most_memory_mib():.0f} MiB; errors: {tried}", flush=True)


def main() -> None:
    """Measure records of each size."""
    grow([int(one) for one in sys.argv[1:]] or SIZES)


if __name__ == "__main__":
    main()
