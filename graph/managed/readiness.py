"""Asking a server whether it answers."""

from typing import LiteralString

from neo4j import Driver, GraphDatabase, NotificationMinimumSeverity
from neo4j.exceptions import AuthError, DatabaseUnavailable, DriverError, Neo4jError

from graph.managed.errors import PasswordRefused, StartFailed
from graph.managed.reaching import Connection, answers


def is_ready(connection: Connection) -> bool:
    """Tell whether a server answers a query already.

    :raises StartFailed: it never will: it could not open its store.
    :raises PasswordRefused: it lets nobody in with this password.
    """
    # The driver complains loudly while the port is closed.
    if not answers(connection.uri):
        return False
    driver = GraphDatabase.driver(
        connection.uri,
        auth=(connection.username, connection.password),
        notifications_min_severity=NotificationMinimumSeverity.OFF,
    )
    with driver:
        try:
            _ask(driver, "neo4j", "RETURN 1")
        except AuthError as error:
            raise PasswordRefused("Neo4j refuses the password") from error
        except DatabaseUnavailable:
            _check_store(driver)
            return False
        except (Neo4jError, DriverError, OSError):
            return False
    return True


def _check_store(driver: Driver) -> None:
    """Refuse a store that was given up: Bolt opens only when every store is open or lost."""
    query = "SHOW DATABASE neo4j YIELD currentStatus, statusMessage RETURN *"
    try:
        rows = _ask(driver, "system", query)
    except (Neo4jError, DriverError, OSError):
        return
    if any(status == "offline" and message for status, message in rows):
        raise StartFailed("Neo4j cannot open its store")


def _ask(driver: Driver, database: str, query: LiteralString) -> list[list[object]]:
    with driver.session(database=database) as session:
        return session.run(query).values()
