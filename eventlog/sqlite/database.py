"""The database file: making and opening it, transactions, and what SQLite's errors mean."""

import errno
import os
import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.resources import files
from pathlib import Path

from eventlog.errors import LogClosed, LogDamaged, LogUnavailable, OutcomeUnknown

_SQL = files("eventlog.sqlite")
_POLL_SECONDS = 0.01
_CACHE_KIB = 16_384
_CHECKPOINT_PAGES = 4_000
# Of a commit that fails so, SQLite itself may later find that it was done.
_UNKNOWN = {sqlite3.SQLITE_IOERR_FSYNC, sqlite3.SQLITE_IOERR_SHMSIZE}
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}

QUERIES = dict(
    re.findall(r"-- name: (\w+)\n(.*?;)", (_SQL / "queries.sql").read_text("utf-8"), re.DOTALL)
)


@contextmanager
def failures(path: Path) -> Iterator[None]:
    """Say in one sentence, naming the file, what went wrong with it.

    :raises LogUnavailable: for every error of SQLite or the operating system.
    """
    try:
        yield
    except sqlite3.Error as error:
        raise _told(path, error) from error
    except UnicodeDecodeError as error:  # a damaged name in SQLite's own message
        raise LogDamaged(f"the log {path} cannot be used: its bytes are no text") from error
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise LogUnavailable(f"the log {path} cannot be used: {reason}") from error


def _told(path: Path, error: sqlite3.Error) -> LogUnavailable:
    code: int | None = getattr(error, "sqlite_errorcode", None)
    if isinstance(error, sqlite3.ProgrammingError) and "closed" in str(error):
        return LogClosed(f"the log {path} was closed")
    if code in _UNKNOWN:
        return OutcomeUnknown(
            f"the disk of the log {path} failed in the middle of a commit: whether that was "
            "written is not known; ask again with the same idempotency key"
        )
    cannot = f"the log {path} cannot be used"
    if code is None:  # not SQLite's own error: Python could not make a text of the bytes
        fault = LogDamaged if "decode" in str(error).lower() else LogUnavailable
        return fault(f"{cannot}: {error}")
    if code & 0xFF == sqlite3.SQLITE_BUSY:
        return LogUnavailable(f"{cannot}: another program writes to it and does not end")
    return (LogDamaged if code & 0xFF in _DAMAGED else LogUnavailable)(f"{cannot}: {error}")


@contextmanager
def transaction(database: sqlite3.Connection) -> Iterator[None]:
    """Hold the write lock of the file, and keep all or nothing of what is done in it."""
    database.execute("BEGIN IMMEDIATE")
    try:
        yield
        database.execute("COMMIT")
    finally:
        if database.in_transaction:
            database.execute("ROLLBACK")


def make_file(path: Path) -> None:
    """Make the file and its folder, for their owner alone, if they are not there."""
    made = [one for one in (path, *path.parents) if not one.exists()]
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # One that is there is left alone: closing any descriptor of a file gives up all locks that this
    # process has on it, and with SQLite's go the entries of whoever thinks to be alone then.
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        _check_usable(path)
    if os.name == "posix":
        for one in made:  # the names outlast a power loss, too
            with suppress(PermissionError):  # a folder of others, where one may pass and not look
                _sync(one.parent)


def _check_usable(path: Path) -> None:
    """Say what is wrong in the system's words; SQLite only tells that it cannot open the file."""
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    effective = os.access in os.supports_effective_ids
    if not os.access(path, os.R_OK | os.W_OK, effective_ids=effective):
        read_only = os.name == "posix" and os.statvfs(path).f_flag & os.ST_RDONLY
        code = errno.EROFS if read_only else errno.EACCES
        raise OSError(code, os.strerror(code))


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def connect(path: Path, busy_seconds: float) -> sqlite3.Connection:
    """Open a connection in autocommit mode that any thread may use, one at a time."""
    database = sqlite3.connect(
        path, timeout=busy_seconds, isolation_level=None, check_same_thread=False
    )
    try:
        _write_ahead(database, busy_seconds)
        database.execute("PRAGMA synchronous = FULL")
        database.execute("PRAGMA fullfsync = ON")  # macOS, where fsync alone ends in a cache
    except BaseException:
        database.close()
        raise
    return database


def connect_to_write(path: Path, busy_seconds: float) -> sqlite3.Connection:
    """Open the connection that appends: with more memory, and a longer way to each checkpoint.

    Ids come in any order, so that each touches a page of its own. Such pages are written again
    and again, and the longer a checkpoint waits, the fewer of them it has to write to the file.
    """
    database = connect(path, busy_seconds)
    database.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
    database.execute(f"PRAGMA wal_autocheckpoint = {_CHECKPOINT_PAGES}")
    return database


def _write_ahead(database: sqlite3.Connection, busy_seconds: float) -> None:
    """Turn the write-ahead log on; SQLite itself does not wait here while others do the same."""
    deadline = time.monotonic() + busy_seconds
    while True:
        try:
            database.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
        time.sleep(_POLL_SECONDS)
