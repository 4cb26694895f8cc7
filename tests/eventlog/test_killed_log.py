"""``kill -9`` under load, again and again: what was acknowledged is there once, and nothing half."""

from itertools import cycle, islice
from pathlib import Path

import pytest

from tests.eventlog.falls import Course, Fall
from tests.postgres import PostgresServer

FALLS = 50


def test_a_file_outlives_programs_killed_at_it(path: Path) -> None:
    survived = Course(path, seed=1).run([Fall.PROGRAMS] * FALLS)
    assert survived.acknowledged > FALLS
    assert survived.never_written + survived.written_unsaid > FALLS
    assert (survived.refused, survived.unknown) == (0, 0)


@pytest.mark.engine
def test_a_database_outlives_programs_and_servers_killed_at_it(
    place: str, own_postgres: PostgresServer
) -> None:
    def restart() -> None:
        own_postgres.kill()
        own_postgres.start()

    kinds = [*[Fall.PROGRAMS] * 9, Fall.BOTH, *[Fall.PROGRAMS] * 9, Fall.SERVER]
    survived = Course(place, seed=2, restart_server=restart).run(islice(cycle(kinds), FALLS))
    assert survived.acknowledged > FALLS
    assert survived.never_written + survived.written_unsaid > FALLS
