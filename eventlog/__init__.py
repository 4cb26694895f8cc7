"""The append-only log: one interface, a store behind it, a hash chain through it."""

from eventlog.chain import Header
from eventlog.entries import (
    Append,
    Appended,
    Entry,
    Head,
    NewEntry,
    Reference,
    Subject,
    Verified,
)
from eventlog.log import Log

__all__ = [
    "Append",
    "Appended",
    "Entry",
    "Head",
    "Header",
    "Log",
    "NewEntry",
    "Reference",
    "Subject",
    "Verified",
]
