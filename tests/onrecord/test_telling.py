"""What is told of projecting: what goes wrong, when it is right again, nothing else."""

import logging

import pytest

from graph.errors import DamagedGraph, Fenced, GraphUnavailable
from onrecord.telling import MANY_ENTRIES, ProjectionTeller

AWAY = GraphUnavailable("Neo4j at bolt://localhost:7687 does not answer")


@pytest.fixture
def heard(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """Return what is told, details as well."""
    caplog.set_level(logging.DEBUG, "onrecord.projection")
    return caplog


def at_info(heard: pytest.LogCaptureFixture) -> list[str]:
    """Return what is told unless details are asked for."""
    return [one.getMessage() for one in heard.records if one.levelno >= logging.INFO]


def test_a_quiet_service_tells_nothing(heard: pytest.LogCaptureFixture) -> None:
    teller = ProjectionTeller()
    for position in range(1, 100):
        teller.applied(position, 1, 0.01)
        teller.caught_up(position)
    assert at_info(heard) == []
    assert len(heard.records) == 99


def test_trouble_is_told_once_and_that_it_is_over(heard: pytest.LogCaptureFixture) -> None:
    teller = ProjectionTeller()
    for _ in range(5):
        teller.waits(AWAY)
    teller.waits(Fenced("another writer moved the checkpoint on from 1"))
    teller.applied(3, 2, 0.01)
    teller.caught_up(3)
    teller.waits(AWAY)
    told = ["projection waits", "projection waits", "graph caught up", "projection waits"]
    assert at_info(heard) == told
    assert heard.records[0].levelname == "WARNING"
    assert vars(heard.records[0])["reason"] == str(AWAY)


def test_mending_is_told(heard: pytest.LogCaptureFixture) -> None:
    teller = ProjectionTeller()
    teller.mends(DamagedGraph("the graph lacks actor/a"))
    teller.mended(3)
    teller.caught_up(7)
    assert at_info(heard) == ["graph is being mended", "graph mended", "graph caught up"]
    assert vars(heard.records[1])["differences"] == 3


def test_much_at_once_is_told(heard: pytest.LogCaptureFixture) -> None:
    teller = ProjectionTeller()
    teller.applied(MANY_ENTRIES, MANY_ENTRIES, 2.0)
    teller.caught_up(MANY_ENTRIES)
    assert at_info(heard) == ["graph caught up"]
