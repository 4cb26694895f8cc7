"""The running service: HTTP, the live projector and a watch on the managed Neo4j, together."""

import asyncio
import logging
import signal
import socket
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

import uvicorn
from starlette.applications import Starlette

from api.app import create_app
from api.context import Context
from api.pages.landing import BrowserAccess
from api.texts import Texts
from eventlog import Log
from eventlog.recorder import Recorder
from eventlog.writer import Writer
from graph.connection import Graph
from graph.managed import ManagedServer, StartFailed
from graph.projector import Projector
from graph.reader import GraphReader
from onrecord.composition import VERSION, Neo4j
from onrecord.errors import AddressUnusable
from onrecord.settings import Settings

WATCH_SECONDS = 1.0
GRACE_SECONDS = 5

logger = logging.getLogger(__name__)


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


def make_app(settings: Settings, log: Log, writer: Writer, graph: Graph, neo4j: Neo4j) -> Starlette:
    """Return the service over an open log, with a writer in front of it, and a graph."""
    recorder = Recorder(log, settings.recorded_by, writer)
    texts = None if settings.documents is None else Texts(settings.documents)
    return create_app(
        Context(GraphReader(graph), log, recorder, VERSION, texts=texts),
        allowed_hosts=(settings.host, *settings.allowed_hosts),
        browser=BrowserAccess(neo4j.browser_url, neo4j.username),
    )


async def serve(
    app: Starlette,
    listener: socket.socket,
    projector: Projector,
    managed: ManagedServer | None,
    started: Callable[[], None],
) -> None:
    """Serve until SIGINT or SIGTERM; ``started`` is called once both end it in order.

    :raises GraphError: the graph is not this log's.
    :raises StartFailed: the managed Neo4j crashed too often.
    """
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        lifespan="off",
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    server = _Server(config)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, server.leave)
    started()
    try:
        await _first_of(server.serve([listener]), projector.run(), _watch(managed))
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)


class _Server(uvicorn.Server):
    """uvicorn's server, with signals left to the loop: uvicorn would raise them once more."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    def leave(self) -> None:
        """Stop serving; asked twice, do not wait for answers that are under way."""
        self.force_exit = self.should_exit
        self.should_exit = True


async def _watch(managed: ManagedServer | None) -> None:
    """Tell when the managed Neo4j crashed and was started again, or is given up for good."""
    if managed is None:
        await asyncio.Event().wait()
        return
    restarts = 0
    while (failure := managed.failure()) is None:
        if managed.restarts > restarts:
            restarts = managed.restarts
            logger.warning("Neo4j crashed and was started again")
        await asyncio.sleep(WATCH_SECONDS)
    raise StartFailed(failure)


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
