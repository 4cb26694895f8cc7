"""Programs at work on a graph until they are killed: a live projector, a rebuild.

They tell of each step, so that they can be killed after any of them and not only after some time.
"""

import asyncio
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Collection
from contextlib import closing
from dataclasses import dataclass
from enum import Enum
from multiprocessing.connection import Connection as Pipe
from pathlib import Path

import graph.pages
from eventlog.sqlite import SqliteLog
from graph.errors import DamagedGraph, Fenced, GraphMoving, GraphUnavailable, QueryTimeout
from graph.managed import Connection
from graph.projector import Projector
from graph.rebuild import rebuild
from tests.graph.loading import open_graph

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.acceptance.kills.victims"])

TRY_AGAIN = 3
"""Exit code of a rebuild that others, or a Neo4j that was killed, came in the way of."""
FIRST_STEP_SECONDS, NEXT_STEP_SECONDS = 2.0, 0.3
"""How long a program is waited for until it does something; it may have nothing to do."""


class Work(Enum):
    """What a program does."""

    PROJECT = "project"
    REBUILD = "rebuild"


@dataclass(frozen=True, slots=True)
class Order:
    """What to do, where, and in what steps.

    ``dawdles`` has it wait inside the transaction of a batch, once it asks the log there.
    """

    work: Work
    log: Path
    server: Connection
    batch_entries: int = 2_000
    batch_seconds: float = 120.0
    page_nodes: int = 2_000
    dawdles: bool = False


class Victim:
    """A program that was started, and is killed in the end."""

    def __init__(self, order: Order) -> None:
        self.order = order
        self._told, theirs = PROCESSES.Pipe(duplex=False)
        self._process = PROCESSES.Process(target=_work, args=(order, theirs))
        self._process.start()
        theirs.close()

    def step(self, seconds: float) -> bool:
        """Wait for the next step, and tell whether there was one in time."""
        try:
            return self._told.poll(seconds) and bool(self._told.recv_bytes())
        except (EOFError, OSError):  # it ended
            return False

    def steps(self, number: int) -> None:
        """Wait for so many steps, as long as they come."""
        seconds = FIRST_STEP_SECONDS
        while number > 0 and self.step(seconds):
            number, seconds = number - 1, NEXT_STEP_SECONDS

    def kill(self) -> None:
        """End it as a power cut would; one that ended by itself must have had a reason to."""
        self._process.kill()
        self._process.join()
        self._told.close()
        ended = [-signal.SIGKILL]
        if self.order.work is Work.REBUILD:
            ended += [0, TRY_AGAIN]
        assert self._process.exitcode in ended, f"{self.order.work} ended by itself"
        self._process.close()

    def end(self, seconds: float) -> int:
        """Let it come to its end, and return its exit code."""
        until = time.monotonic() + seconds
        while self._process.is_alive() and time.monotonic() < until:
            self.step(0.1)
        code = self._process.exitcode
        assert code is not None, f"{self.order.work} did not end"
        self._told.close()
        self._process.close()
        return code

    def pause(self) -> None:
        """Have the system run it no more, for now."""
        self._signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """Have the system run it again."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        assert self._process.pid is not None
        os.kill(self._process.pid, number)


# -- in the program itself ---------------------------------------------------------------------


class _Steps:
    """Tells of steps, as a watcher of a projector and as the progress of a rebuild."""

    def __init__(self, pipe: "Pipe[bytes, bytes]") -> None:
        self._pipe = pipe

    def tell(self) -> None:
        try:
            self._pipe.send_bytes(b".")
        except OSError:  # nobody listens any more
            os.kill(os.getpid(), signal.SIGKILL)

    def progress(self, what: str, done: int, total: int) -> None:
        self.tell()

    def applied(self, position: int, entries: int, seconds: float) -> None:
        self.tell()

    def caught_up(self, position: int) -> None:
        self.tell()

    def waits(self, error: Exception) -> None:
        """Tell nothing: a step is something done."""

    def mends(self, error: DamagedGraph) -> None:
        self.tell()

    def mended(self, differences: int) -> None:
        self.tell()


class _Dawdling(SqliteLog):
    """A log that takes its time to tell of older things, which is asked inside a batch."""

    steps: _Steps

    def positions(self, ids: Collection[str]) -> dict[str, list[int]]:
        self.steps.tell()
        time.sleep(1)
        return super().positions(ids)


def _work(order: Order, pipe: "Pipe[bytes, bytes]") -> None:
    graph.pages.PAGE_NODES = order.page_nodes
    sys.exit(asyncio.run(_working(order, _Steps(pipe))))


async def _working(order: Order, steps: _Steps) -> int:
    server = order.server
    opened = open_graph(server)
    log = _Dawdling(order.log) if order.dawdles else SqliteLog(order.log)
    if isinstance(log, _Dawdling):
        log.steps = steps
    with closing(log):
        try:
            if order.work is Work.REBUILD:
                await rebuild(log, opened, steps.progress)
            else:
                await Projector(
                    log,
                    opened,
                    batch_entries=order.batch_entries,
                    batch_seconds=order.batch_seconds,
                    watcher=steps,
                ).run()
        except (Fenced, GraphMoving, GraphUnavailable, QueryTimeout) as error:
            print(f"{order.work.value}: {error}", file=sys.stderr, flush=True)
            return TRY_AGAIN
        finally:
            await opened.close()
    return 0
