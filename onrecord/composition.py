"""Wiring: the one place that joins log, graph and service by the settings."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from eventlog import Log
from eventlog.sqlite import SqliteLog
from graph.managed import Connection, ManagedServer, Progress, running
from onrecord.browser import browser_settings
from onrecord.errors import FolderUnusable, NoLog
from onrecord.locking import service_of
from onrecord.settings import Settings, service_url

if TYPE_CHECKING:
    from graph.connection import Graph

VERSION = version("onrecord")


@dataclass(frozen=True, slots=True)
class Neo4j:
    """A Neo4j that can be reached; ``managed`` is the server of our own, if it is one."""

    uri: str
    username: str
    password: str
    database: str
    browser_url: str
    managed: ManagedServer | None = None


@contextmanager
def open_log(settings: Settings, *, make: bool = False, log_id: str | None = None) -> Iterator[Log]:
    """Open the log, and close it afterwards; ``make`` makes it if it is not there.

    ``log_id`` is the id that it gets if it is made now, a fresh one if there is none.

    :raises NoLog: there is none to read.
    :raises LogError: it cannot be opened.
    """
    if not make and not log_exists(settings):
        setting = "ONRECORD_DATA" if settings.postgres_url is None else "ONRECORD_LOG_URL"
        raise NoLog(
            f"there is no log at {log_name(settings)}: onrecord up and onrecord record "
            f"make one, and {setting} says where"
        )
    with closing(_opened(settings, make=make, log_id=log_id)) as log:
        yield log


def _opened(settings: Settings, *, make: bool, log_id: str | None) -> Log:
    if settings.postgres_url is None:
        return SqliteLog(settings.log_path, make=make, log_id=log_id)
    from eventlog.postgres import PostgresLog  # loaded by those alone who use it

    return PostgresLog(
        settings.postgres_url, password=_password(settings), make=make, log_id=log_id
    )


def log_name(settings: Settings) -> str:
    """Return where the log is, without a password."""
    if settings.postgres_url is None:
        return str(settings.log_path.resolve())
    from eventlog.postgres import public_name

    return public_name(settings.postgres_url)


def log_exists(settings: Settings) -> bool:
    """Tell whether the log is there.

    :raises FolderUnusable: its folder cannot be looked into.
    :raises LogUnavailable: its server cannot be reached.
    """
    if settings.postgres_url is not None:
        from eventlog.postgres import holds_log

        return holds_log(settings.postgres_url, password=_password(settings))
    try:
        return settings.log_path.exists()
    except OSError as error:
        raise FolderUnusable(
            f"the folder {settings.log_path.parent} cannot be used: {error.strerror}"
        ) from error


def _password(settings: Settings) -> str | None:
    return None if settings.log_password is None else settings.log_password.get_secret_value()


@contextmanager
def neo4j(
    settings: Settings,
    on_progress: Progress,
    *,
    serving: bool = False,
) -> Iterator[Neo4j]:
    """Reach the Neo4j of the settings; one of our own is started and stopped around it.

    A service keeps its server to itself. Another command uses the running service's, or starts
    the server for as long as it needs it; such commands take turns.

    :raises ManagedServerError: the server cannot be started.
    """
    if settings.neo4j_uri is not None:
        yield _external(settings)
        return
    with ManagedServer.start(
        settings.neo4j_folder,
        cache=settings.cache_folder,
        java=settings.java,
        bolt_port=settings.neo4j_bolt_port,
        http_port=settings.neo4j_http_port,
        settings=browser_settings(service_url(settings)),
        on_progress=on_progress,
        share=not serving and service_of(settings.data) is not None,
    ) as server:
        yield _managed(server.connection, server)


def found_neo4j(settings: Settings) -> Neo4j | None:
    """Return the Neo4j of the settings without starting one; None if our own does not run."""
    if settings.neo4j_uri is not None:
        return _external(settings)
    at = running(settings.neo4j_folder)
    return None if at is None else _managed(at)


def not_running(*, serves: bool) -> str:
    """Tell that our own Neo4j does not run, and what helps."""
    if serves:
        return "Neo4j is being started again by the running service: try again in a moment"
    return "Neo4j is not running: onrecord up starts it"


def _managed(at: Connection, server: ManagedServer | None = None) -> Neo4j:
    return Neo4j(at.uri, at.username, at.password, "neo4j", at.browser_url, server)


def _external(settings: Settings) -> Neo4j:
    assert settings.neo4j_uri is not None
    assert settings.neo4j_password is not None
    parts = urlsplit(settings.neo4j_uri)
    scheme = "https" if parts.scheme.endswith(("+s", "+ssc")) else "http"
    port = 7473 if scheme == "https" else 7474
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return Neo4j(
        settings.neo4j_uri,
        settings.neo4j_username,
        settings.neo4j_password.get_secret_value(),
        settings.neo4j_database,
        settings.neo4j_browser_url or f"{scheme}://{host}:{port}/browser/",
    )


@asynccontextmanager
async def open_graph(found: Neo4j) -> AsyncIterator["Graph"]:
    """Open the graph in a Neo4j, and close its connections afterwards."""
    from graph.connection import Graph  # loaded by those alone who use it

    graph = Graph.open(found.uri, found.username, found.password, found.database)
    try:
        yield graph
    finally:
        await graph.close()
