"""The constraints and indexes of a graph: what the projection writes by, and what questions start at."""

from collections.abc import Iterable

from graph.connection import Graph, own_text
from graph.model import KINDS, PROBLEM, STATEMENT, VERSION, Kind, past_label

OF_OLDER_MODELS = ("about_at", "statement_by_said")
"""Indexes that a graph may still have, and that no question relies on.

One whose properties change gets another name, and its old name a place here: by its name Neo4j takes
it for made.
"""

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
        *(f"DROP INDEX {name} IF EXISTS" for name in OF_OLDER_MODELS),
        f"CREATE INDEX version_of IF NOT EXISTS FOR (n:{VERSION}) ON (n.of)",
        f"CREATE INDEX problem_subject IF NOT EXISTS FOR (n:{PROBLEM}) ON (n.subject)",
    ]
    for kind in KINDS.values():
        statements += _kind_indexes(kind)
    keys = ", ".join(f"r.{key}" for key in ("issue", *STATEMENT.order("said").index_keys))
    statements.append(
        f"CREATE INDEX about_by_said_covering IF NOT EXISTS FOR ()-[r:ABOUT]-() ON ({keys})"
    )
    return statements


def _kind_indexes(kind: Kind) -> list[str]:
    label, prefix = kind.label, kind.label.lower()
    statements = [
        f"CREATE TEXT INDEX {prefix}_name IF NOT EXISTS FOR (n:{label}) ON (n.nameFolded)"
    ]
    for order in kind.orders:
        name = f"{prefix}_by_{order.name}{'_covering' if order.covers else ''}"
        properties = ", ".join(f"n.{key}" for key in order.index_keys)
        statements.append(f"CREATE INDEX {name} IF NOT EXISTS FOR (n:{label}) ON ({properties})")
    return statements
