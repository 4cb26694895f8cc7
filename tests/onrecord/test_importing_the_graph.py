"""``rebuild`` into an empty Neo4j of our own: by import, whole or not at all."""

import signal
import time
from pathlib import Path

import pytest

from graph.importing import WRITING
from graph.managed import has_store
from tests.onrecord.rebuilds import make_log, rebuilding, until
from tests.onrecord.running import PATIENCE_SECONDS, Program

pytestmark = pytest.mark.engine

BEFORE = (WRITING, "importing nodes", "linking nodes")
"""What is done before the graph is in its place."""


def test_a_rebuild_killed_at_any_stage_begins_anew_and_comes_to_a_whole_graph(
    program: Program,
) -> None:
    position = make_log(program, 500)
    folder = program.data / "neo4j"
    for stage in BEFORE:
        with rebuilding(program) as process:
            until(process, stage)
            process.send_signal(signal.SIGKILL)
        assert not has_store(folder)
    with rebuilding(program) as process:
        until(process, "making indexes")
        process.send_signal(signal.SIGKILL)
    assert has_store(folder)
    _assert_clean(folder)
    assert "the graph is not built yet" in program.refused("verify", code=3)

    with program.serving():  # which ends what was begun
        assert f"what the log says up to position {position:,}:" in program.ok("verify")
        sentence = program.refused("rebuild", "--fresh", code=3)
        assert "is running: stop it first" in sentence
    imported = program.run("rebuild", "--fresh")
    assert imported.code == 0
    assert "imported into an empty store" in imported.err
    assert f"rebuilt up to position {position:,}:" in imported.out
    _assert_clean(folder)
    assert f"what the log says up to position {position:,}:" in program.ok("verify")


def _assert_clean(folder: Path) -> None:
    """Assert that nothing is left lying about, once whatever was killed is gone."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (folder / "scratch").exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not (folder / "scratch").exists()
