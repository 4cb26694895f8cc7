"""The stores that every test of the contract runs against."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from eventlog import Log
from eventlog.sqlite import SqliteLog
from tests.eventlog.examples import Clock, Opener, ticking

STORES: dict[str, Callable[[Path, Clock], Log]] = {
    "sqlite": lambda place, clock: SqliteLog(place.with_suffix(".sqlite3"), clock=clock),
}


@pytest.fixture(params=STORES)
def open_log(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Opener]:
    """Open a log of one store by its name; the same name again is the same log."""
    opened: list[Log] = []

    def opener(clock: Clock | None = None, name: str = "log") -> Log:
        opened.append(STORES[request.param](tmp_path / "data" / name, clock or ticking()))
        return opened[-1]

    yield opener
    for log in opened:
        log.close()


@pytest.fixture
def log(open_log: Opener) -> Log:
    """Return an empty log."""
    return open_log()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where a SQLite log can be made, its folder included."""
    return tmp_path / "data" / "log.sqlite3"
