"""The program with a data folder of its own, and a Neo4j that others share."""

from pathlib import Path

import pytest

from graph.connection import Graph
from graph.managed import Connection
from tests.onrecord.running import Program, settings_of
from tests.ports import free_port


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """Return the program with no Neo4j running."""
    return Program(tmp_path / "data", port=free_port())


@pytest.fixture
def with_neo4j(tmp_path: Path, neo4j_server: Connection, graph: Graph) -> Program:
    """Return the program with an empty Neo4j that runs already."""
    return Program(tmp_path / "data", settings_of(neo4j_server), free_port())
