"""The log in a SQLite file."""

from eventlog.sqlite.store import SqliteLog

__all__ = ["SqliteLog"]
