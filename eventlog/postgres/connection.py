"""The server: its address, what a session at it is like, and what its errors mean."""

import os
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.resources import files
from typing import TypeVar

import psycopg
from psycopg.abc import PQGen
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import TupleRow

from eventlog.errors import LogDamaged, LogUnavailable, WrongFormat

SQL = files("eventlog.postgres")
QUERIES = {
    name: text.encode()
    for name, text in re.findall(
        r"-- name: (\w+)\n(.*?;)", (SQL / "queries.sql").read_text("utf-8"), re.DOTALL
    )
}

OLDEST = 14
"""The oldest version of PostgreSQL that its makers still look after."""

LOCK_SECONDS = 30.0
PATIENCE_SECONDS = 60.0

# A server or a network that does not answer any more is noticed after 25 s.
_SETTINGS: dict[str, str | int] = {
    "application_name": "onrecord",
    "connect_timeout": 10,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 25_000,
    "target_session_attrs": "read-write",
}
_OPTIONS: dict[str, str | int] = {
    "idle_in_transaction_session_timeout": "30s",
    "tcp_keepalives_idle": 10,
    "tcp_keepalives_interval": 5,
    "tcp_keepalives_count": 3,
    # Every query here is one for an index; what the planner knows of a young table misleads it.
    "enable_seqscan": "off",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
    "jit": "off",
    "plan_cache_mode": "force_generic_plan",
}
_GRACE_SECONDS = 2.0
_TOLD = {
    "55P03": "another session is appending and does not end",
    "57014": "the server took too long",
}
_GONE = ("08", "57P", "25P03")
_DAMAGED = {"XX001", "XX002"}
_Result = TypeVar("_Result")


class Session(psycopg.Connection[TupleRow]):
    """A connection that waits for no answer longer than ``patience_seconds``."""

    patience_seconds: float | None = None

    def wait(
        self, gen: PQGen[_Result], interval: float = 0.1, timeout: float | None = None
    ) -> _Result:
        """Wait for a part of a conversation with the server.

        :raises psycopg.OperationalError: the server hangs, and the connection was given up.
        """
        if timeout is not None or self.patience_seconds is None:
            return super().wait(gen, interval, timeout)
        deadline = time.monotonic() + self.patience_seconds
        try:
            return super().wait(gen, interval, self.patience_seconds)
        except psycopg.OperationalError:
            if time.monotonic() < deadline:
                raise
            self.pgconn.finish()
            raise psycopg.OperationalError("the server does not answer any more") from None


@dataclass(frozen=True, slots=True)
class Address:
    """Where a log is, and how long to wait for it; ``name`` tells it without the password."""

    name: str
    conninfo: str = field(repr=False)
    patience_seconds: float

    @classmethod
    def of(
        cls,
        url: str,
        *,
        password: str | None = None,
        lock_seconds: float = LOCK_SECONDS,
        patience_seconds: float = PATIENCE_SECONDS,
    ) -> "Address":
        """Read an address as libpq does, which has other sources for what it does not say.

        :raises LogUnavailable: it is none.
        """
        known = _parts(url)
        if password is not None:
            known["password"] = password
        limits = {
            "lock_timeout": f"{lock_seconds * 1000:.0f}ms",
            "statement_timeout": f"{patience_seconds * 1000:.0f}ms",
        }
        ours = " ".join(f"-c {name}={value}" for name, value in {**limits, **_OPTIONS}.items())
        # Those of the URL or the environment come last, and so hold.
        options = f"{ours} {known.get('options', os.environ.get('PGOPTIONS', ''))}"
        whole = {**_SETTINGS, **known, "options": options, "client_encoding": "utf8"}
        return cls(_name(known), make_conninfo("", **whole), patience_seconds)

    def connect(self) -> Session:
        """Open a session in autocommit mode.

        :raises psycopg.Error: it cannot be opened.
        :raises WrongFormat: a log cannot be kept there.
        """
        session = Session.connect(self.conninfo, autocommit=True)
        try:
            self.prepare(session)
        except BaseException:
            session.close()
            raise
        return session

    def prepare(self, session: Session) -> None:
        """Make a session of a fresh connection.

        :raises WrongFormat: a log cannot be kept there, naming why.
        """
        session.patience_seconds = self.patience_seconds + _GRACE_SECONDS
        # What is looked at under a lock has to be what was committed before the lock was given.
        session.isolation_level = psycopg.IsolationLevel.READ_COMMITTED
        version = session.info.server_version // 10_000
        encoding = session.info.parameter_status("server_encoding")
        if version < OLDEST:
            raise WrongFormat(f"{self.name} is PostgreSQL {version}; a log needs {OLDEST} or later")
        if encoding != "UTF8":
            raise WrongFormat(f"{self.name} has the encoding {encoding}; a log needs UTF8")


def _parts(url: str) -> dict[str, str | int]:
    """Take an address apart; a password that is not written as it should be shows in none of them.

    :raises LogUnavailable: it is none.
    """
    try:
        given = conninfo_to_dict(url)
    except psycopg.ProgrammingError:  # its message repeats parts of the URL
        given = {}
    known = {name: value for name, value in given.items() if value is not None}
    # With / or @ in the password, a part of it counts as one of these.
    strange = any("@" in str(known.get(name, "")) for name in ("host", "port", "dbname"))
    if (url and not known) or strange:
        raise LogUnavailable(
            "the address of the log is none that PostgreSQL understands: it is "
            "postgresql://USER:PASSWORD@HOST:PORT/DATABASE, and what is special in a URL is "
            "written as %XX in the password"
        )
    return known


def _name(known: Mapping[str, object]) -> str:
    user = f"{known['user']}@" if "user" in known else ""
    hosts = known.get("host", known.get("hostaddr", ""))
    port = f":{known['port']}" if "port" in known else ""
    return f"postgresql://{user}{hosts}{port}/{known.get('dbname', '')}"


@contextmanager
def failures(address: Address) -> Iterator[None]:
    """Say in one sentence, naming the log, what went wrong with it.

    :raises LogUnavailable: for every error of PostgreSQL or on the way to it.
    """
    try:
        yield
    except psycopg.Error as error:
        fault = LogDamaged if error.sqlstate in _DAMAGED else LogUnavailable
        raise fault(f"the log {address.name} cannot be used: {told(error)}") from error


def lost(error: BaseException) -> bool:
    """Tell whether an error means that the session is gone, or could not be had."""
    if not isinstance(error, psycopg.OperationalError):
        return False
    return error.sqlstate is None or error.sqlstate.startswith(_GONE)


def told(error: psycopg.Error) -> str:
    """Return what an error says, in one line."""
    if error.sqlstate in _TOLD:
        return _TOLD[error.sqlstate]
    return error.diag.message_primary or "; ".join(
        line.strip() for line in str(error).splitlines() if line.strip()
    )


def check_durable(synchronous_commit: str, fsync: str) -> None:
    """Refuse to append where an acknowledged commit may get lost.

    :raises LogUnavailable: the server does not wait for the disk.
    """
    for name, value in (("synchronous_commit", synchronous_commit), ("fsync", fsync)):
        if value == "off":
            raise LogUnavailable(
                f"the server has {name} = off: what it acknowledges could get lost, so that "
                f"nothing is appended; set {name} = on"
            )
