"""The log alone brings everything back, with a Neo4j of the program's own."""

import json
import shutil
import signal

import psutil
import pytest

from tests.onrecord.running import Program, servers_of
from tests.ports import free_port

pytestmark = pytest.mark.engine


def _digest(program: Program) -> str:
    return program.ok("verify").rpartition(" ")[2]


def test_a_removed_graph_is_rebuilt_identical_and_a_killed_service_leaves_nothing_behind(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    program = Program(tmp_path_factory.mktemp("recovery") / "data", port=free_port())
    with program.serving() as service:
        before = _digest(program)
        java = servers_of(program)
        assert len(java) == 1
        service.kill()
    _, left = psutil.wait_procs(java, timeout=60)
    assert not left, "the killed service's Neo4j has to stop by itself"
    shutil.rmtree(program.data / "neo4j" / "home")  # all of Neo4j's own files
    assert "the graph is not built yet" in program.refused("verify", code=3)
    assert "the graph is rebuilt up to position" in program.ok("rebuild")
    assert _digest(program) == before


def test_ctrl_c_stops_the_service_and_its_neo4j(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    program = Program(tmp_path_factory.mktemp("stopped") / "data", port=free_port())
    with program.serving("--no-seeds") as service:
        java = servers_of(program)
        service.process.send_signal(signal.SIGINT)
        _, told = service.process.communicate(timeout=60)
        assert service.process.returncode == 0
        assert json.loads(told.splitlines()[-1])["event"] == "stopping ..."
        assert not any(one.is_running() for one in java)
