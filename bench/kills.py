"""``kill -9`` and pauses a thousand times at work on a graph: what the tests do fifty times.

Programs fall while they project, rebuild and mend, against one Neo4j that stays up; some kills
are of a whole service or of its Neo4j; and at first one of two projectors is paused for a minute,
with the limits that everybody gets. A reader polls all the while. See :mod:`tests.acceptance.kills`.
Fresh logs now and then keep that quick. A failure ends the run, and tells the seed to repeat it
with: ``python -m bench.kills --kills 50 --seed N``.
"""

import argparse
import asyncio
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from itertools import cycle, islice
from pathlib import Path
from typing import TypeVar

from graph.connection import TRANSACTION_SECONDS
from graph.managed import Connection, ManagedServer
from tests.acceptance.kills import course, pauses, service
from tests.conftest import CACHE

KILLS, SEED = 1_000, 1
FALLS_OF_A_LOG = 25
KILLS_OF_A_SERVICE = 5
PAUSE_SECONDS = 60.0

T = TypeVar("T")


class Soak:
    """Kills until it was enough, and tells how far it is."""

    def __init__(self, server: Connection, folder: Path, first_seed: int) -> None:
        self._server, self._folder, self._seed = server, folder, first_seed
        self.kills: Counter[str] = Counter()
        self._got: Counter[str] = Counter()

    def pause(self, seconds: float) -> None:
        """Pause one of two projectors for so long, with a limit beyond that and with a short one."""
        for limit in (TRANSACTION_SECONDS, seconds / 6):
            went = self._paused(seconds, limit)
            assert not went.seen.wrong, went.seen.wrong
            print(
                f"paused for {seconds:g} s with a limit of {limit:g} s a batch: held up the other "
                f"for {went.held_up_seconds:.1f} s; meanwhile {went.answers_meanwhile} answers, "
                f"the slowest in {went.longest_wait_seconds:.2f} s",
                flush=True,
            )

    def run(self, kills: int) -> None:
        """Kill so often, or a little more."""
        while self.kills.total() < kills:
            self._programs(kills - self.kills.total())
            if self.kills.total() < kills:
                self._services()
            told = ", ".join(f"{name} {count:,}" for name, count in self.kills.items())
            got = ", ".join(f"{name} {count:,}" for name, count in self._got.items())
            print(f"{self.kills.total():,} kills: {told}; reader: {got}", flush=True)
            self._seed += 1

    def _paused(self, seconds: float, limit: float) -> pauses.Pause:
        pausing = pauses.Pausing(self._fresh(), self._server, self._seed, limit)
        return self._seeded(lambda: asyncio.run(pausing.outlast(seconds)))

    def _programs(self, kills: int) -> None:
        falls = islice(cycle(course.Fall), min(FALLS_OF_A_LOG, kills))
        ran = course.Course(self._fresh(), self._server, self._seed)
        survived = self._seeded(lambda: asyncio.run(ran.run(falls)))
        self._take(survived.kills, survived.seen.answers, survived.seen.errors, survived.seen.wrong)

    def _services(self) -> None:
        falls = islice(cycle((*service.Fall, service.Fall.NEO4J)), KILLS_OF_A_SERVICE)
        served = service.Served(self._fresh(), self._seed)
        survived = self._seeded(lambda: served.run(falls))
        self._take(survived.kills, survived.answers, survived.codes, survived.wrong)

    def _take(
        self, kills: Counter[str], answers: int, errors: Counter[str], wrong: list[str]
    ) -> None:
        if wrong:
            self._fail()
            raise AssertionError("\n".join(wrong))
        self.kills += kills
        self._got["answers"] += answers
        self._got.update(errors)

    def _fresh(self) -> Path:
        return Path(tempfile.mkdtemp(dir=self._folder))

    def _seeded(self, work: Callable[[], T]) -> T:
        try:
            return work()
        except BaseException:
            self._fail()
            raise

    def _fail(self) -> None:
        print(f"failed with the seed {self._seed}, after {dict(self.kills)}", file=sys.stderr)


def main() -> None:
    """Soak."""
    parser = argparse.ArgumentParser(description="Kill programs at work on a graph.")
    parser.add_argument("--kills", type=int, default=KILLS, help="how many kills at least")
    parser.add_argument("--seed", type=int, default=SEED, help="the seed of the first log")
    parser.add_argument("--pause", type=float, default=PAUSE_SECONDS, help="seconds; 0 is none")
    asked = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        ManagedServer.start(Path(folder, "neo4j"), cache=CACHE) as server,
    ):
        soak = Soak(server.connection, Path(folder), asked.seed)
        if asked.pause:
            soak.pause(asked.pause)
        soak.run(asked.kills)


if __name__ == "__main__":
    main()
