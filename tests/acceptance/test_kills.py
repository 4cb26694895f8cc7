"""``kill -9`` and SIGSTOP at random points: it comes back by itself, and readers never notice."""

from itertools import cycle, islice
from pathlib import Path

import pytest

from graph.managed import Connection
from tests.acceptance.kills.course import Course, Fall
from tests.acceptance.kills.pauses import Pausing
from tests.acceptance.kills.service import Fall as ServiceFall
from tests.acceptance.kills.service import Served

pytestmark = pytest.mark.engine

FALLS = 30
SEED = 20250602


async def test_killed_at_random_points_the_graph_comes_back_and_readers_never_see_half_of_it(
    tmp_path: Path, neo4j_server: Connection
) -> None:
    survived = await Course(tmp_path, neo4j_server, SEED).run(islice(cycle(Fall), FALLS))
    assert survived.seen.wrong == []
    assert survived.seen.answers > FALLS
    assert survived.kills.total() >= FALLS
    assert {*survived.kills} == {fall.value for fall in Fall}


def test_a_killed_service_and_a_killed_neo4j_come_back_and_whoever_asks_may_try_again(
    tmp_path: Path,
) -> None:
    falls = (ServiceFall.NEO4J, ServiceFall.SERVICE, ServiceFall.NEO4J)
    survived = Served(tmp_path, SEED).run(falls)
    assert survived.wrong == []
    assert survived.answers > len(falls)
    assert survived.kills.total() == len(falls)


async def test_a_projector_paused_inside_a_batch_holds_up_the_other_for_a_while_only(
    tmp_path: Path, neo4j_server: Connection
) -> None:
    pause = await Pausing(tmp_path, neo4j_server, SEED, batch_seconds=2).outlast(8)
    assert pause.seen.wrong == []
    assert pause.answers_meanwhile > 0
