"""The running service: HTTP, the live projector and a watch on the managed Neo4j, together."""

import asyncio
import signal
import socket
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

import uvicorn
from starlette.applications import Starlette

from api.app import create_app
from api.context import Context
from api.metrics import CountedLog, Metrics
from api.pages.landing import BrowserAccess
from api.texts import Texts
from eventlog import Log
from eventlog.recorder import Recorder
from eventlog.writer import Writer
from graph.connection import Graph
from graph.managed import StartFailed
from graph.projector import Projector
from graph.reader import GraphReader
from graph.watching import Arrivals
from onrecord.composition import VERSION, Neo4j
from onrecord.diagnostics import get_logger
from onrecord.errors import AddressUnusable
from onrecord.settings import Settings, service_url
from onrecord.telling import ProjectionTeller, Watchers

WATCH_SECONDS = 1.0
GRACE_SECONDS = 5

logger = get_logger(__name__)


@contextmanager
def listening(settings: Settings) -> Iterator[socket.socket]:
    """Take the service's address before anything else is started.

    :raises AddressUnusable: the port is in use, or the address is none of this machine.
    """
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((settings.host, settings.port))
            listener.listen()
        except OSError as error:
            raise AddressUnusable(
                f"cannot serve on {settings.host} port {settings.port}: {error.strerror}; "
                "ONRECORD_PORT and ONRECORD_HOST name another"
            ) from None
        yield listener


class Service:
    """One service: a log and the graph that follows it, answered from over HTTP."""

    def __init__(self, settings: Settings, log: Log, graph: Graph, neo4j: Neo4j) -> None:
        self._settings = settings
        self._log = log
        self._graph = graph
        self._neo4j = neo4j
        self._metrics = Metrics(VERSION)
        self._arrivals = Arrivals()
        watcher = Watchers((self._metrics.projection, ProjectionTeller(), self._arrivals))
        self.projector = Projector(log, graph, watcher=watcher, folder=settings.scratch)
        """The live projector, whose work is counted and told."""

    async def serve(self, listener: socket.socket, started: Callable[[], None]) -> None:
        """Serve until SIGINT or SIGTERM; ``started`` is called once both end it in order.

        :raises GraphError: the graph is not this log's.
        :raises StartFailed: the managed Neo4j crashed too often.
        """
        with Writer(CountedLog(self._log, self._metrics.appends)) as writer:
            self._metrics.appends.wait_in(lambda: writer.waiting)
            server = _Server(_config(self._app(writer)))
            with _ended_by_signals(server):
                logger.info("serving", url=service_url(self._settings), version=VERSION)
                started()
                await _first_of(server.serve([listener]), self.projector.run(), self._watch())

    def _app(self, writer: Writer) -> Starlette:
        settings, neo4j = self._settings, self._neo4j
        recorder = Recorder(self._log, settings.recorded_by, writer)
        texts = None if settings.documents is None else Texts(settings.documents)
        return create_app(
            Context(
                GraphReader(self._graph, arrivals=self._arrivals),
                self._log,
                recorder,
                VERSION,
                texts=texts,
            ),
            allowed_hosts=(settings.host, *settings.allowed_hosts),
            browser=BrowserAccess(neo4j.browser_url, neo4j.username),
            metrics=self._metrics,
        )

    async def _watch(self) -> None:
        """Tell when the managed Neo4j crashed and was started again, or is given up for good."""
        managed = self._neo4j.managed
        if managed is None:
            await asyncio.Event().wait()
            return
        restarts = 0
        while (failure := managed.failure()) is None:
            if managed.restarts > restarts:
                self._metrics.restarts.inc(managed.restarts - restarts)
                restarts = managed.restarts
                logger.warning("Neo4j crashed and was started again", restarts=restarts)
            await asyncio.sleep(WATCH_SECONDS)
        raise StartFailed(failure)


def _config(app: Starlette) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        lifespan="off",
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )


class _Server(uvicorn.Server):
    """uvicorn's server, with signals left to the loop: uvicorn would raise them once more."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    def leave(self) -> None:
        """Stop serving; asked twice, do not wait for answers that are under way."""
        self.force_exit = self.should_exit
        self.should_exit = True


@contextmanager
def _ended_by_signals(server: _Server) -> Iterator[None]:
    loop, numbers = asyncio.get_running_loop(), (signal.SIGINT, signal.SIGTERM)
    for number in numbers:
        loop.add_signal_handler(number, server.leave)
    try:
        yield
    finally:
        for number in numbers:
            loop.remove_signal_handler(number)


async def _first_of(*parts: Awaitable[None]) -> None:
    """Run all until the first ends; then end the others, and raise what it raised."""
    tasks = [asyncio.ensure_future(part) for part in parts]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in done:
        task.result()
