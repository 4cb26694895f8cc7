"""The live projector against a real Neo4j."""

import pytest

from eventlog.recorder import Recorder
from eventlog.sqlite import SqliteLog
from graph.connection import Graph
from graph.projector import Projector
from graph.verify import compare
from schema.entries import ActorRecorded

pytestmark = pytest.mark.engine


async def test_what_is_recorded_is_in_the_graph_once_caught_up(
    graph: Graph, log: SqliteLog
) -> None:
    actor = ActorRecorded.model_validate({"id": "actor/a", "name": "A", "kind": "PERSON"})
    Recorder(log, "tester").record([actor])
    checkpoint = await Projector(log, graph).catch_up()
    assert checkpoint.position == 1
    comparison = await compare(log, graph)
    assert comparison.differences() == []
