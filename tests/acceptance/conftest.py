"""One stranger's session: a data folder filled by ``up`` alone, with a Neo4j of its own."""

from collections.abc import Iterator

import pytest

from tests.onrecord.running import Program, Ran, Service
from tests.ports import free_port


@pytest.fixture(scope="session")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Program:
    """Return the program with an empty data folder and no Neo4j to use."""
    return Program(tmp_path_factory.mktemp("stranger") / "data", port=free_port())


@pytest.fixture(scope="session")
def shown(stranger: Program) -> Ran:
    """Return what ``up --no-wait`` prints in the empty folder."""
    return stranger.run("up", "--no-wait")


@pytest.fixture(scope="session")
def served(stranger: Program, shown: Ran) -> Iterator[Service]:
    """Return the service that ``up`` starts in the folder afterwards."""
    assert shown.code == 0, shown.err
    with stranger.serving() as service:
        yield service
