"""The stores that every test of the contract runs against."""

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from eventlog import Log
from eventlog.postgres import PostgresLog
from eventlog.sqlite import SqliteLog
from tests import postgres
from tests.eventlog.examples import Clock, Opener, ticking

Place = Path | str
"""A file that SQLite makes, or the address of a place in PostgreSQL."""


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.engine)])
def new_place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], Place]]:
    """Return where a log of one store can be made, another place each time."""
    if request.param == "sqlite":
        numbers = itertools.count()
        yield lambda: tmp_path / "data" / f"{next(numbers)}.sqlite3"
        return
    places: list[str] = []

    def place() -> str:
        places.append(postgres.new_place(request.getfixturevalue("postgres_server")))
        return places[-1]

    yield place
    for one in places:
        postgres.drop_place(one)


def opened(place: Place, clock: Clock | None = None) -> Log:
    """Open the log at a place."""
    if isinstance(place, Path):
        return SqliteLog(place, clock=clock or ticking())
    return PostgresLog(place, clock=clock or ticking())


@pytest.fixture
def open_log(new_place: Callable[[], Place]) -> Iterator[Opener]:
    """Open a log of one store by its name; the same name again is the same log."""
    logs: list[Log] = []
    places: dict[str, Place] = {}

    def opener(clock: Clock | None = None, name: str = "log") -> Log:
        if name not in places:
            places[name] = new_place()
        logs.append(opened(places[name], clock))
        return logs[-1]

    yield opener
    for log in logs:
        log.close()


@pytest.fixture
def log(open_log: Opener) -> Log:
    """Return an empty log."""
    return open_log()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where a SQLite log can be made, its folder included."""
    return tmp_path / "data" / "log.sqlite3"
