"""Asking a server something."""

from typing import LiteralString

from neo4j import GraphDatabase

from graph.managed import Connection


def ask(connection: Connection, query: LiteralString) -> object:
    """Return the first value of a query's answer, or None if it has none."""
    auth = (connection.username, connection.password)
    with GraphDatabase.driver(connection.uri, auth=auth) as driver, driver.session() as session:
        rows = session.run(query).values()
    return rows[0][0] if rows else None
