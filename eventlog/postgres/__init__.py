"""The log in PostgreSQL."""

from eventlog.postgres.store import PostgresLog, holds_log

__all__ = ["PostgresLog", "holds_log"]
