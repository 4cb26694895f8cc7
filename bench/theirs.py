"""The recorders of `eventsourcing` 9.5, which keep a sequence of all events as our logs do.

Both commit as durably as ours, by the defaults of what they use: SQLite in WAL mode with
``synchronous=FULL``, PostgreSQL with ``synchronous_commit``. That is checked here, not assumed.
Only scripts/bench installs the library, so that a type checker may not find it.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from eventsourcing.persistence import (  # pyright: ignore[reportMissingImports]
    ApplicationRecorder,
    StoredEvent,
)
from eventsourcing.postgres import (  # pyright: ignore[reportMissingImports]
    PostgresApplicationRecorder,
    PostgresDatastore,
)
from eventsourcing.sqlite import (  # pyright: ignore[reportMissingImports]
    SQLiteApplicationRecorder,
    SQLiteDatastore,
)
from psycopg.conninfo import conninfo_to_dict

from bench.measuring import seconds_of_threads

PATIENCE_SECONDS = 60
_SYNCHRONOUS_FULL = 2


class Theirs:
    """A recorder to which some threads append."""

    def __init__(self, recorder: ApplicationRecorder, payload: bytes) -> None:
        self._recorder = recorder
        self._payload = payload
        self._events_before = 0

    def rate(self, callers: int, calls: int, batch: int = 1) -> float:
        """Let each caller append so many times; return events a second."""
        work = [[self._events(batch) for _ in range(calls)] for _ in range(callers)]
        seconds = seconds_of_threads(self._append, work)
        events = callers * calls * batch
        self._events_before += events
        assert self._recorder.max_notification_id() == self._events_before
        return events / seconds

    def _append(self, appends: Sequence[Sequence[StoredEvent]]) -> None:
        for events in appends:
            self._recorder.insert_events(events)

    def _events(self, count: int) -> list[StoredEvent]:
        return [StoredEvent(uuid4(), 1, "bench:Thing", self._payload) for _ in range(count)]


@contextmanager
def sqlite_recorder(folder: Path, callers: int, payload: bytes) -> Iterator[Theirs]:
    """Open a recorder in a file of its own."""
    store = SQLiteDatastore(
        str(folder / f"{uuid4()}.sqlite3"),
        lock_timeout=PATIENCE_SECONDS,
        pool_size=callers,
        pool_timeout=PATIENCE_SECONDS,
    )
    recorder = SQLiteApplicationRecorder(store)
    recorder.create_table()
    with store.transaction(commit=False) as cursor:
        cursor.execute("PRAGMA synchronous")
        (synchronous,) = cursor.fetchone()
        cursor.execute("PRAGMA journal_mode")
        (mode,) = cursor.fetchone()
    assert (synchronous, mode) == (_SYNCHRONOUS_FULL, "wal")
    yield Theirs(recorder, payload)
    store.close()


@contextmanager
def postgres_recorder(url: str, callers: int, payload: bytes) -> Iterator[Theirs]:
    """Open a recorder in a table of its own, with a connection for each caller."""
    known = conninfo_to_dict(url)
    store = PostgresDatastore(
        dbname=str(known["dbname"]),
        host=str(known["host"]),
        port=str(known["port"]),
        user=str(known["user"]),
        password=str(known["password"]),
        pool_size=callers,
        connect_timeout=PATIENCE_SECONDS,
    )
    store.pool.open(wait=True, timeout=PATIENCE_SECONDS)
    recorder = PostgresApplicationRecorder(store, events_table_name=f"events_{uuid4().hex}")
    recorder.create_table()
    with store.transaction() as cursor:
        cursor.execute("SHOW synchronous_commit")
        assert cursor.fetchone() == {"synchronous_commit": "on"}
    yield Theirs(recorder, payload)
    store.close()
