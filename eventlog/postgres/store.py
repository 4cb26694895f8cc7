"""The PostgreSQL store: appends one after the other under a lock, readers from a pool.

An append is acknowledged after COMMIT returned, which with ``synchronous_commit`` is after its
write-ahead log reached the disk. The lock is held to the end of the transaction, so that positions
appear in order whichever program appends; readers never wait for it.
"""

import re
import threading
import time
from collections.abc import Callable, Collection, Mapping
from contextlib import closing

import psycopg
from psycopg.rows import TupleRow
from psycopg_pool import ConnectionPool

from eventlog.chain import genesis
from eventlog.entries import Entry, Head, Subject
from eventlog.errors import LogClosed, LogUnavailable, OutcomeUnknown, WrongFormat
from eventlog.log import Clock, Log, utc_now
from eventlog.planning import Kept, Needs, Plan, State
from eventlog.postgres.appending import commit, committed, read_state
from eventlog.postgres.connection import (
    LOCK_SECONDS,
    PATIENCE_SECONDS,
    QUERIES,
    Address,
    Session,
    failures,
    lost,
    told,
)
from eventlog.postgres.listening import Listener
from eventlog.postgres.migrations import is_log, opened_log
from eventlog.rows import entry_of, grouped, head_of, kept_of, subject_of

READERS = 8
POOL_SECONDS = 1.0
_NO_TEXT = re.compile("[\0\ud800-\udfff]")
_RETRY_SECONDS = 0.2


class PostgresLog(Log):
    """A log in a PostgreSQL database, with ``make`` made if it is not there.

    The URL is one of libpq's: ``postgresql://USER:PASSWORD@HOST:PORT/DATABASE``; its search path
    says in which schema the tables are. ``password`` is for those who keep it elsewhere.

    ``lock_seconds`` is how long to wait for another program that appends; ``patience_seconds`` how
    long for an answer, and how long for a server that went away in the middle of a commit.
    ``log_id`` is the id that the log gets if it is made now, a fresh one if there is none.

    :raises LogUnavailable: the server cannot be reached or used.
    :raises WrongFormat: there is no log, or one of another format or of a newer program.
    """

    def __init__(
        self,
        url: str,
        *,
        password: str | None = None,
        make: bool = True,
        lock_seconds: float = LOCK_SECONDS,
        patience_seconds: float = PATIENCE_SECONDS,
        log_id: str | None = None,
        clock: Clock = utc_now,
    ) -> None:
        super().__init__(clock)
        self._address = Address.of(
            url,
            password=password,
            lock_seconds=lock_seconds,
            patience_seconds=patience_seconds,
        )
        self._closed = threading.Event()
        self._append_lock = threading.Lock()
        self._reading = threading.BoundedSemaphore(READERS)  # so that the pool has one for each
        with failures(self._address):
            with closing(self._address.connect()) as session:
                self.log_id = opened_log(session, self._address.name, make=make, log_id=log_id)
            self._appender: Session | None = None
            self._pool = ConnectionPool(
                self._address.conninfo,
                connection_class=Session,
                kwargs={"autocommit": True},
                configure=self._address.prepare,
                min_size=1,
                max_size=READERS,
                timeout=POOL_SECONDS,
                num_workers=1,
                open=False,
            )
            self._pool.open(wait=True, timeout=patience_seconds)
        self.genesis = genesis(self.log_id).hex()
        self._channel = f"onrecord_{self.log_id}"
        self._listener = Listener(self._address, self._channel)

    # -- appending -----------------------------------------------------------------------------

    def _transact(self, needed: Needs, decide: Callable[[State], Plan]) -> Plan:
        """Read, decide and write in one transaction; see :class:`Log`."""
        with failures(self._address), self._append_lock:
            self._check_open()
            session, planned = self._planned(needed, decide)
            try:
                if planned.writes:
                    self._commit(session, planned)
                else:
                    session.execute("ROLLBACK")
            except BaseException:
                self._forget()
                raise
        if planned.entries:
            self._listener.heard(planned.entries[-1].position)
        return planned

    def _planned(self, needed: Needs, decide: Callable[[State], Plan]) -> tuple[Session, Plan]:
        """Begin a transaction, and plan; where the session was lost meanwhile, with a fresh one."""
        while True:
            fresh = self._appender is None
            session = self._appender = self._appender or self._address.connect()
            try:
                state = read_state(session, needed, self.log_id, self.genesis)
                return session, decide(state)
            except BaseException as error:
                self._forget()
                if fresh or not lost(error):
                    raise

    def _commit(self, session: Session, planned: Plan) -> None:
        """Write and commit; if that fails, find out whether it was done, and never guess.

        :raises LogUnavailable: nothing was written.
        :raises OutcomeUnknown: nobody could be asked.
        """
        try:
            commit(session, planned, self._channel)
        except psycopg.Error as error:
            self._forget()
            if not self._found_committed(planned, error):
                raise LogUnavailable(
                    f"the log {self._address.name} could not be written, and nothing was: "
                    f"{told(error)}"
                ) from error

    def _found_committed(self, planned: Plan, failure: psycopg.Error) -> bool:
        deadline = time.monotonic() + self._address.patience_seconds
        while True:
            try:
                with closing(self._address.connect()) as session:
                    return committed(session, planned)
            except (psycopg.Error, WrongFormat) as error:
                away = isinstance(error, psycopg.OperationalError)
                if away and time.monotonic() < deadline and not self._closed.wait(_RETRY_SECONDS):
                    continue
                why = told(error) if isinstance(error, psycopg.Error) else error
                raise OutcomeUnknown(
                    f"the log {self._address.name} went away in the middle of a commit "
                    f"({told(failure)}) and cannot be asked whether it was done ({why}): "
                    "ask again with the same idempotency key"
                ) from error

    def _forget(self) -> None:
        """Give the session up, and with it any transaction that was begun."""
        if self._appender is not None:
            self._appender.close()
            self._appender = None

    # -- reading -------------------------------------------------------------------------------

    def wait_beyond(self, position: int, timeout_seconds: float) -> int:
        """Wait for entries of this or another program; see :class:`Log`."""
        end = self._listener.wait_beyond(position, timeout_seconds)
        return end if end > position else self.head().position

    def _read(self, after: int, limit: int) -> list[Entry]:
        """Return entries after a position, in order; see :class:`Log`."""
        return self._entries("read", after=after, limit=limit)

    def read_positions(self, positions: Collection[int]) -> dict[int, Entry]:
        """Return those entries at some positions that there are, in one read."""
        found = self._entries("read_positions", positions=list(positions))
        return {entry.position: entry for entry in found}

    def recorded_until(self, instant: str) -> int:
        """Return the last position that was recorded at an instant or before; see :class:`Log`."""
        return next((int(low) for (low,) in self._rows("recorded_until", instant=instant)), 0)

    def subjects(self, ids: Collection[str]) -> dict[str, Subject]:
        """Return those of some ids that are on record, in one read."""
        return self._subjects("subjects", ids=_texts(ids))

    def positions(self, ids: Collection[str]) -> dict[str, list[int]]:
        """Return the positions of all entries about some things; see :class:`Log`."""
        return grouped(self._rows("positions", ids=_texts(ids)))

    def dependants(self, ids: Collection[str]) -> dict[str, list[str]]:
        """Return which live things refer to some ids; see :class:`Log`."""
        return grouped(self._rows("dependants", ids=_texts(ids)))

    def known_ids(self, kind: str) -> list[str]:
        """Return the ids of all things of a kind, in order."""
        return [identifier for (identifier,) in self._rows("known_ids", kinds=_texts([kind]))]

    def subjects_below(self, folders: Collection[str]) -> dict[str, Subject]:
        """Return what is on record with ids ``folder/...``, in order, in one read."""
        return self._subjects("subjects_below", folders=_texts(folders))

    def kept(self, after: str = "", limit: int = 1000) -> list[Kept]:
        """Return the outcomes of idempotency keys after one of them; see :class:`Log`."""
        rows = self._rows("kept_after", after=after, limit=limit)
        return [kept_of(row) for row in rows]

    def head(self) -> Head:
        """Return where the log ends."""
        rows = self._rows("head")
        return head_of(rows[0] if rows else None, self.log_id, self.genesis)

    def close(self) -> None:
        """Close every session; closing twice does nothing more."""
        self._closed.set()
        with self._append_lock:
            self._forget()
        self._listener.close()
        self._pool.close()

    def _subjects(self, query: str, **parameters: list[str]) -> dict[str, Subject]:
        return {row[0]: subject_of(row) for row in self._rows(query, **parameters)}

    def _entries(self, query: str, **parameters: int | list[int]) -> list[Entry]:
        return [entry_of(self.log_id, row) for row in self._rows(query, **parameters)]

    def _rows(self, query: str, **parameters: int | str | list[int] | list[str]) -> list[TupleRow]:
        """Return what is there; from a session of its own where those of the pool were lost."""
        with failures(self._address), self._reading:
            self._check_open()
            try:
                with self._pool.connection() as session:
                    return _fetched(session, query, parameters)
            except psycopg.OperationalError as error:  # also if the pool has none in good time
                if not lost(error):
                    raise
            with closing(self._address.connect()) as session:
                rows = _fetched(session, query, parameters)
            self._pool.check()
            return rows

    def _check_open(self) -> None:
        if self._closed.is_set():
            raise LogClosed(f"the log {self._address.name} was closed")


def public_name(url: str) -> str:
    """Return an address without what is secret in it.

    :raises LogUnavailable: it is none.
    """
    return Address.of(url).name


def holds_log(url: str, *, password: str | None = None) -> bool:
    """Tell whether there is a log.

    :raises LogUnavailable: the server cannot be reached or used.
    """
    address = Address.of(url, password=password)
    with failures(address), closing(address.connect()) as session:
        return is_log(session)


def _fetched(session: Session, query: str, parameters: Mapping[str, object]) -> list[TupleRow]:
    return session.execute(QUERIES[query], parameters, binary=True).fetchall()


def _texts(names: Collection[str]) -> list[str]:
    """Return those names that a text of PostgreSQL can be, and so an id on record."""
    return [name for name in names if not _NO_TEXT.search(name)]
