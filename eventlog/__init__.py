"""The append-only log: one interface, a store behind it, a hash chain through it."""

from eventlog.chain import Header
from eventlog.log import Appended, Entry, Head, Log, NewEntry, Subject, Verified

__all__ = ["Appended", "Entry", "Head", "Header", "Log", "NewEntry", "Subject", "Verified"]
