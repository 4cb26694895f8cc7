"""Talking to Neo4j: opening the driver, and its errors as this package's own."""

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import LiteralString, cast
from urllib.parse import urlsplit

from neo4j import (
    AsyncDriver,
    AsyncGraphDatabase,
    AsyncSession,
    AsyncTransaction,
    NotificationMinimumSeverity,
)
from neo4j.exceptions import (
    AuthError,
    ClientError,
    ConstraintError,
    DriverError,
    Neo4jError,
    ServiceUnavailable,
    SessionExpired,
    TransientError,
)

from graph.errors import DamagedGraph, GraphRefused, GraphUnavailable, QueryTimeout, TooLarge

_TIMED_OUT = (
    "Neo.ClientError.Transaction.TransactionTimedOut",
    "Neo.ClientError.Transaction.TransactionTimedOutClientConfiguration",
)
_ENDED = (
    "Neo.ClientError.Transaction.LockClientStopped",
    "Neo.ClientError.Transaction.Terminated",
)
"""Neo4j ended a transaction that waited too long for another one, or as it is being stopped."""
_OUT_OF_MEMORY = (
    "Neo.TransientError.General.MemoryPoolOutOfMemoryError",
    "Neo.TransientError.General.TransactionMemoryLimit",
)
_NO_DATABASE = "Neo.ClientError.Database.DatabaseNotFound"
CONNECT_TIMEOUT_SECONDS = 5.0
TRANSACTION_SECONDS = 120.0
"""When Neo4j ends a transaction: a process that was paused in one must not hold up others."""
SCHEMES = ("bolt", "bolt+s", "bolt+ssc", "neo4j", "neo4j+s", "neo4j+ssc")


def open_driver(uri: str, username: str, password: str) -> AsyncDriver:
    """Open a driver; nothing is sent before the first question.

    :raises GraphRefused: the URI is none that the driver knows, or has a password in it.
    """
    fault = _fault_of(uri)
    if fault is not None:
        shown = re.sub("//.*@", "//", uri)  # never the password that somebody put there
        raise GraphRefused(f"{shown!r} is no address of a Neo4j server: {fault}")
    return AsyncGraphDatabase.driver(
        uri,
        auth=(username, password),
        connection_timeout=CONNECT_TIMEOUT_SECONDS,
        connection_acquisition_timeout=2 * CONNECT_TIMEOUT_SECONDS,
        max_transaction_retry_time=2 * CONNECT_TIMEOUT_SECONDS,
        notifications_min_severity=NotificationMinimumSeverity.OFF,
    )


def _fault_of(uri: str) -> str | None:
    """Say what is wrong with a URI; the driver takes some that are no Neo4j server's for one."""
    try:
        parts = urlsplit(uri)
        host, _ = parts.hostname, parts.port  # the port is only read when it is asked for
    except ValueError:
        return "host and port cannot be read"
    if parts.scheme not in SCHEMES:
        return f"it begins with none of {', '.join(f'{scheme}://' for scheme in SCHEMES)}"
    if parts.username is not None:
        return "user name and password do not go into it"
    return None if host else "it names no host"


def own_text(text: str) -> LiteralString:
    """Mark a Cypher text as made of the model's names alone; values travel as parameters.

    The driver asks for literals, to keep foreign text out of statements; these are computed.
    """
    return cast("LiteralString", text)  # type: ignore[redundant-cast]  # pyright tells them apart


@contextmanager
def translated(uri: str, database: str) -> Iterator[None]:
    """Turn what the driver raises into one sentence of our own, without its stack."""
    try:
        yield
    except (ServiceUnavailable, SessionExpired) as error:
        raise GraphUnavailable(f"Neo4j at {uri} does not answer") from error
    except AuthError as error:
        raise GraphRefused(f"Neo4j at {uri} refused the user name or password") from error
    except TransientError as error:
        if error.code in _OUT_OF_MEMORY:
            raise TooLarge(
                f"Neo4j at {uri} has too little memory for a transaction: "
                "dbms.memory.transaction.total.max and the heap bound it"
            ) from error
        raise GraphUnavailable(f"Neo4j at {uri} is busy ({error.code})") from error
    except ConstraintError as error:
        raise DamagedGraph(
            f"the graph at {uri} already has what was to be added: run onrecord rebuild"
        ) from error
    except ClientError as error:
        if error.code in _TIMED_OUT:
            raise QueryTimeout("the question took longer than its time limit") from error
        if error.code in _ENDED:
            raise GraphUnavailable(f"Neo4j at {uri} is busy ({error.code})") from error
        if error.code == _NO_DATABASE:
            raise GraphRefused(f"Neo4j at {uri} has no database named {database}") from error
        raise GraphRefused(f"Neo4j at {uri} refused a statement ({error.code})") from error
    except (Neo4jError, DriverError, OSError) as error:
        raise GraphUnavailable(f"Neo4j at {uri} failed: {type(error).__name__}") from error


class Graph:
    """One database of one Neo4j server, with the driver that reaches it."""

    def __init__(self, driver: AsyncDriver, uri: str, database: str) -> None:
        self.driver = driver
        self.uri = uri
        self.database = database

    @classmethod
    def open(cls, uri: str, username: str, password: str, database: str) -> "Graph":
        """Open the graph at a URI; see :func:`open_driver`."""
        return cls(open_driver(uri, username, password), uri, database)

    async def close(self) -> None:
        """Close the driver and its connections."""
        await self.driver.close()

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncSession]:
        """Open a session whose errors are this package's own."""
        with translated(self.uri, self.database):
            async with self.driver.session(database=self.database) as session:
                yield session

    @asynccontextmanager
    async def transaction(
        self, timeout_seconds: float = TRANSACTION_SECONDS
    ) -> AsyncIterator[AsyncTransaction]:
        """Open a transaction that commits at the end, unless something was raised.

        :raises QueryTimeout: it took longer than that; nothing of it was written.
        """
        async with (
            self.session() as session,
            await session.begin_transaction(timeout=timeout_seconds) as transaction,
        ):
            yield transaction
            await transaction.commit()
