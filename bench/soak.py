"""``kill -9`` a thousand times under load, on each store: what the tests do fifty times.

Each fall kills programs at random points while they append, in PostgreSQL in turn the server as
well or alone, and then holds the log against what the programs were told; see
:mod:`tests.eventlog.falls`. Fresh logs now and then keep that quick. A failure ends the run, and
tells the seed to repeat it with. Arguments: how many falls, 1000 if not given; the first seed.
"""

import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict
from itertools import cycle, islice
from pathlib import Path

from tests.eventlog.falls import Course, Fall
from tests.postgres import drop_place, new_place, running_server

FALLS = 1000
FALLS_OF_A_LOG = 50


def soak(name: str, course: Callable[[int, int], Course], kinds: list[Fall], falls: int) -> None:
    """Let programs fall so often; ``course`` makes one on a fresh log, of a number and a seed."""
    total: Counter[str] = Counter()
    first_seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    for number, begun in enumerate(range(0, falls, FALLS_OF_A_LOG)):
        seed = first_seed + number
        wanted = islice(cycle(kinds), min(FALLS_OF_A_LOG, falls - begun))
        try:
            survived = course(number, seed).run(wanted)
        except BaseException:
            print(f"{name}: failed with the seed {seed}", file=sys.stderr)
            raise
        total.update(asdict(survived))
        told = ", ".join(f"{count:,} {what.replace('_', ' ')}" for what, count in total.items())
        print(f"{name}: {told}", flush=True)


def main() -> None:
    """Soak both stores."""
    falls = int(sys.argv[1]) if len(sys.argv) > 1 else FALLS
    with tempfile.TemporaryDirectory() as folder:
        soak(
            "SQLite",
            lambda number, seed: Course(Path(folder, f"{number}.sqlite3"), seed),
            [Fall.PROGRAMS],
            falls,
        )
    with running_server() as server:
        places: list[str] = []

        def restart() -> None:
            server.kill()
            server.start()

        def course(_: int, seed: int) -> Course:
            while places:
                drop_place(places.pop())
            places.append(new_place(server.url))
            return Course(places[-1], seed, restart)

        soak("PostgreSQL", course, [Fall.PROGRAMS], falls)
        soak("PostgreSQL, its server killed", course, [Fall.BOTH, Fall.SERVER], falls)


if __name__ == "__main__":
    main()
