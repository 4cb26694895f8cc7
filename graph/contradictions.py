"""Judgements that contradict each other, as the graph has them: what is merged because of none.

Two things are judged not to be one, and yet judgements join them, be it over others. Everything
that is joined with the two stays apart until somebody retracts one of the judgements.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

LISTED = 100
"""How many contradictions are listed at most."""

# A shortest path is found by looking at each thing once, however many are joined.
QUERY = """
MATCH (one)-[apart:NOT_SAME_AS]->(other)
MATCH path = shortestPath((one)-[:SAME_AS*]-(other))
RETURN one.id AS one, other.id AS other, apart.id AS apart,
       [joining IN relationships(path) | joining.id] AS joining
ORDER BY apart LIMIT $listed
"""


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two things that one judgement keeps apart and others join.

    ``apart`` is the id of the judgement that they are not one, ``joining`` those of the fewest that
    lead from the one to the other.
    """

    one: str
    other: str
    apart: str
    joining: tuple[str, ...]

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "Contradiction":
        """Return what a row of :data:`QUERY` tells."""
        return cls(row["one"], row["other"], row["apart"], tuple(row["joining"]))
