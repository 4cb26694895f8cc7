"""The fold on disk, held against the fold in memory."""

from contextlib import closing
from itertools import chain
from pathlib import Path

import pytest

from eventlog.sqlite import SqliteLog
from graph.folded import FoldedLog, Stopped
from graph.lines import digest, node_of, relationship_of
from graph.whole import fold_all
from tests.graph.changing import Changer
from tests.graph.records import fill, record


@pytest.fixture
def changed(log: SqliteLog, monkeypatch: pytest.MonkeyPatch) -> SqliteLog:
    """Return a log of which much was changed, some entries of which are folded at a time."""
    fill(log, record(3, 25, append_size=9))
    assert Changer(log, 3).change(60) > 5
    monkeypatch.setattr("graph.folded.FLUSH_ENTRIES", 20)
    return log


@pytest.mark.parametrize("sorted_at", [0, 1, 3])
def test_it_is_the_same_wherever_it_stopped_and_was_sorted(
    changed: SqliteLog, tmp_path: Path, sorted_at: int
) -> None:
    whole = fold_all(changed.entries())
    head = changed.head().position
    with closing(FoldedLog(changed, "a graph", tmp_path)) as folded:
        for turn, part in enumerate((head // 3, head // 2, head), 1):
            folded.advance(part)
            if turn == sorted_at:
                folded.sort()
        assert (folded.position, folded.hash) == (head, changed.head().hash)
        assert folded.counts() == (len(whole.nodes), len(whole.relationships))
        assert folded.size() == sum(folded.counts())
        assert digest(folded.all_nodes(), folded.all_relationships()) == whole.digest()


def test_nodes_come_in_the_order_of_ids_with_what_they_hold(
    changed: SqliteLog, tmp_path: Path
) -> None:
    whole = fold_all(changed.entries())
    with closing(FoldedLog(changed, "a graph", tmp_path)) as folded:
        folded.advance(changed.head().position)
        nodes, held = [], []
        for label in sorted(folded.labels()):
            after, ids = "", []
            while page := folded.nodes(label, after, 7):
                after = page[-1][0]
                ids += [identifier for identifier, _ in page]
                nodes += [node_of(line) for _, line in page]
                held += [*chain.from_iterable(folded.held([one for one, _ in page]).values())]
            assert ids == sorted(ids)
        assert {node.label for node in nodes} == folded.labels()
        assert digest(nodes, map(relationship_of, held)) == whole.digest()


def test_a_fold_that_was_let_go_of_is_not_sorted(changed: SqliteLog, tmp_path: Path) -> None:
    folded = FoldedLog(changed, "a graph", tmp_path)
    folded.close()
    with pytest.raises(Stopped):
        folded.sort()
