"""The constraints and indexes of a graph: what the projection writes by, and what questions start at."""

from collections.abc import Iterable

from graph.connection import Graph, own_text
from graph.model import KINDS, PROBLEM, VERSION, Kind, past_label

_LONGEST_WAIT_SECONDS = 3_600
"""How long a large graph may take to be indexed."""


async def make_constraints(graph: Graph) -> None:
    """Make what finds things by their ids, and what no two may have."""
    await _make(graph, constraint_statements())


async def make_indexes(graph: Graph) -> None:
    """Make what questions start at, and wait until it is there."""
    await _make(graph, index_statements())


async def _make(graph: Graph, statements: Iterable[str]) -> None:
    async with graph.session() as session:
        for statement in statements:
            # Each is made of the model's names only. What goes wrong is told with its result.
            await (await session.run(own_text(statement))).consume()
        waited = await session.run("CALL db.awaitIndexes($seconds)", seconds=_LONGEST_WAIT_SECONDS)
        await waited.consume()


def constraint_statements() -> list[str]:
    """Return the constraints that the projection relies on."""
    return [
        f"CREATE CONSTRAINT {label.lower()}_id IF NOT EXISTS FOR (n:{label}) REQUIRE n.id IS UNIQUE"
        for label in (*KINDS, *map(past_label, KINDS), VERSION, PROBLEM)
    ]


def index_statements() -> list[str]:
    """Return the indexes that questions rely on, and what looks for versions and problems."""
    statements = [
        f"CREATE INDEX version_of IF NOT EXISTS FOR (n:{VERSION}) ON (n.of)",
        f"CREATE INDEX problem_subject IF NOT EXISTS FOR (n:{PROBLEM}) ON (n.subject)",
    ]
    for kind in KINDS.values():
        statements += _kind_indexes(kind)
    statements.append(
        "CREATE INDEX about_at IF NOT EXISTS FOR ()-[r:ABOUT]-() ON (r.issue, r.span, r.at)"
    )
    return statements


def _kind_indexes(kind: Kind) -> list[str]:
    label, prefix = kind.label, kind.label.lower()
    statements = [
        f"CREATE TEXT INDEX {prefix}_name IF NOT EXISTS FOR (n:{label}) ON (n.nameFolded)"
    ]
    for order in kind.orders:
        keys = ("span", *order.keys) if order.dated else order.keys
        properties = ", ".join(f"n.{key}" for key in keys)
        statements.append(
            f"CREATE INDEX {prefix}_by_{order.name} IF NOT EXISTS FOR (n:{label}) ON ({properties})"
        )
    return statements
