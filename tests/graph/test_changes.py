"""What changes of the record make of the graph, live and in a rebuild."""

import pytest

from eventlog.sqlite import SqliteLog
from graph.connection import Graph
from graph.model import PROBLEM
from graph.projector import Projector
from graph.rebuild import rebuild
from graph.verify import compare
from graph.whole import fold_all
from tests.conftest import empty
from tests.graph.changing import Changer
from tests.graph.records import fill, record

pytestmark = pytest.mark.engine


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("batch_entries", [1, 40])
async def test_a_record_that_was_changed_is_projected_as_it_is_folded(
    seed: int, batch_entries: int, graph: Graph, log: SqliteLog
) -> None:
    fill(log, record(seed, 25, append_size=9))
    assert Changer(log, seed).change(60) > 5
    expected = fold_all(log.entries())
    assert [node for node in expected.nodes if node.label == PROBLEM] == []
    await Projector(log, graph, batch_entries=batch_entries).catch_up()
    comparison = await compare(log, graph)
    assert [str(one) for one in comparison.differences()] == []
    assert comparison.digests() == (expected.digest(), expected.digest())
    await empty(graph)
    await rebuild(log, graph)
    assert (await compare(log, graph)).digests()[1] == expected.digest()
