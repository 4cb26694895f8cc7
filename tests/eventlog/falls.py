"""Programs killed at random points while they append, and what their log has to hold afterwards."""

import multiprocessing
import random
import signal
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from enum import Enum, auto
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from eventlog import Appended, Entry, Log
from eventlog.entries import Append
from eventlog.verification import Chain
from tests.eventlog.victim import RECORDED_BY, Line, Told, append_until_killed, entries_of, opened

PROGRAMS = 2
LONGEST_SECONDS = 0.1
"""How long it takes at most to the next kill."""
OPENING_EVERY = 5
"""In every fifth fall programs are killed from their start on, not only once they append."""
PATIENCE_SECONDS = 60

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.eventlog.victim"])


class Fall(Enum):
    """What is killed: the programs, or the server as well, or first the server alone."""

    PROGRAMS = auto()
    BOTH = auto()
    SERVER = auto()


@dataclass
class Survived:
    """What became of the appends of killed programs."""

    falls: int = 0
    acknowledged: int = 0
    written_unsaid: int = 0
    """Written, but the program was killed before it could tell."""
    never_written: int = 0
    refused: int = 0
    """Told to be not written, as the server was away."""
    unknown: int = 0
    """Told to be of unknown outcome, as the server stayed away."""


class _Journal:
    """What programs told of their appends before they were killed."""

    def __init__(self) -> None:
        self.acknowledged: dict[str, tuple[int, int]] = {}
        self.others: dict[str, Told] = {}
        self._pipes: list[Connection[None, Line]] = []

    def listen(self, pipe: "Connection[None, Line]") -> None:
        """Listen to a program, until it is killed."""
        self._pipes.append(pipe)

    def await_appends(self) -> None:
        """Read along until a program has been acknowledged something."""
        until = time.monotonic() + PATIENCE_SECONDS
        while not self.acknowledged:
            assert time.monotonic() < until, "nothing was appended"
            self._read_what_is_there(PATIENCE_SECONDS)

    def read(self, seconds: float) -> None:
        """Read along for some time: a program whose pipe is full does nothing but wait."""
        until = time.monotonic() + seconds
        while self._pipes and (left := until - time.monotonic()) > 0:
            self._read_what_is_there(left)

    def read_to_the_end(self) -> None:
        """Read what programs wrote before they were killed."""
        while self._pipes:
            self._read_what_is_there()

    def _read_what_is_there(self, patience_seconds: float | None = None) -> None:
        for ready in wait(self._pipes, patience_seconds):
            assert isinstance(ready, Connection)
            try:
                self._take(ready.recv())
            except (EOFError, OSError):  # killed, maybe in the middle of a line
                ready.close()
                self._pipes.remove(ready)

    def _take(self, line: Line) -> None:
        told, key, first, last = line
        if told is Told.ACKNOWLEDGED:
            del self.others[key]
            self.acknowledged[key] = first, last
        else:
            self.others[key] = told


class Course:
    """A log that programs append to, and are killed at it again and again.

    ``restart_server`` kills the server of the log, and starts it again.
    """

    def __init__(
        self, place: Path | str, seed: int, restart_server: Callable[[], None] | None = None
    ) -> None:
        self.survived = Survived()
        self._place = place
        self._rng = random.Random(seed)  # noqa: S311 - it has to be another time each fall, no more
        self._restart_server = restart_server
        with closing(opened(place)) as log:
            self._end = log.head()

    def run(self, falls: Iterable[Fall]) -> Survived:
        """Let programs fall, and hold the log after each fall against what they told."""
        for fall in falls:
            self.survived.falls += 1
            journal = self._fallen(fall)
            with closing(opened(self._place)) as log:
                self._hold(log, journal)
        with closing(opened(self._place)) as log:
            assert log.verify().entries == self._end.position
        return self.survived

    def _fallen(self, fall: Fall) -> _Journal:
        """Start programs, kill what is to be killed at random points, and return what was told."""
        journal = _Journal()
        programs = [self._started(number, journal) for number in range(PROGRAMS)]
        try:
            self._fell(fall, programs, journal)
        finally:
            for program in programs:  # none stays behind, whatever failed
                program.kill()
                program.join()
        journal.read_to_the_end()
        for program in programs:
            assert program.exitcode == -signal.SIGKILL, "a program ended by itself"
            program.close()
        return journal

    def _fell(self, fall: Fall, programs: "Iterable[ForkServerProcess]", journal: _Journal) -> None:
        """Kill what is to be killed, at random points."""
        if self.survived.falls % OPENING_EVERY:
            journal.await_appends()
        if fall is Fall.SERVER:
            journal.read(self._some_seconds())
            self._kill_server()
        for program in programs:
            journal.read(self._some_seconds())
            program.kill()
        if fall is Fall.BOTH:
            self._kill_server()

    def _started(self, number: int, journal: _Journal) -> "ForkServerProcess":
        ours, theirs = PROCESSES.Pipe(duplex=False)
        name = f"{self.survived.falls}-{number}"
        program = PROCESSES.Process(target=append_until_killed, args=(self._place, name, theirs))
        program.start()
        theirs.close()
        journal.listen(ours)
        return program

    def _some_seconds(self) -> float:
        return self._rng.uniform(0, LONGEST_SECONDS)

    def _kill_server(self) -> None:
        assert self._restart_server is not None
        self._restart_server()

    def _hold(self, log: Log, journal: _Journal) -> None:
        """Prove that the log holds what it has to, once and whole, and nothing else.

        A server may still be committing what a killed program had asked for: who asks to append
        waits for that.
        """
        log.append(entries_of("wait-1"), recorded_by=RECORDED_BY, dry_run=True)
        written = self._written(log)
        for key, places in journal.acknowledged.items():
            assert written.get(key) == places, f"{key} was acknowledged at {places}"
        refused = {key for key, told in journal.others.items() if told is Told.NOT_WRITTEN}
        assert refused.isdisjoint(written), "told to be not written"
        assert written.keys() <= journal.acknowledged.keys() | journal.others.keys()
        self._count(written, journal)
        self._ask_again(log, written, [*journal.others, *journal.acknowledged])
        self._written(log)

    def _written(self, log: Log) -> dict[str, tuple[int, int]]:
        """Read on from where the log ended before; return where the append of each key stands."""
        chain = Chain(self._end)
        appends: dict[str, list[Entry]] = {}
        for entry in log.entries(self._end.position):
            chain.take(entry)
            appends.setdefault(entry.header.idempotency_key or "", []).append(entry)
        chain.end()
        for key, entries in appends.items():
            wanted = [(one.subject, one.payload) for one in entries_of(key)]
            assert [(one.header.subject, one.payload) for one in entries] == wanted
        self._end = log.head()
        assert self._end.position == chain.position
        return {key: (one[0].position, one[-1].position) for key, one in appends.items()}

    def _ask_again(
        self, log: Log, written: Mapping[str, tuple[int, int]], keys: Sequence[str]
    ) -> None:
        """Ask again with every key, twice: only what was not written is appended, and once."""
        for known in (written.keys(), {*keys}):
            appends = [Append(tuple(entries_of(key)), RECORDED_BY, key) for key in keys]
            for key, outcome in zip(keys, log.append_group(appends), strict=True):
                assert isinstance(outcome, Appended)
                assert outcome.repeated is (key in known), key
                if key in written:
                    assert (outcome.first, outcome.last) == written[key]

    def _count(self, written: Collection[str], journal: _Journal) -> None:
        survived = self.survived
        survived.acknowledged += len(journal.acknowledged)
        for key, told in journal.others.items():
            survived.refused += told is Told.NOT_WRITTEN
            survived.unknown += told is Told.UNKNOWN
            survived.written_unsaid += told is Told.ASKED and key in written
            survived.never_written += told is Told.ASKED and key not in written
