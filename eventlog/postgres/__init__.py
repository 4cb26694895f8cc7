"""The log in PostgreSQL."""

from eventlog.postgres.store import PostgresLog, holds_log, public_name

__all__ = ["PostgresLog", "holds_log", "public_name"]
