"""Entries of invented kinds: a log does not know what they mean."""

import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from eventlog import Log, NewEntry, Reference

START = datetime(2026, 11, 24, 14, 20, 0, 123456, UTC)

Clock = Callable[[], datetime]
Opener = Callable[..., Log]


def thing(
    name: str, text: str = "", *references: Reference, kind: str = "ThingRecorded", version: int = 1
) -> NewEntry:
    return NewEntry(kind, version, f"thing/{name}", text.encode(), references)


def edge(source: str, relation: str, target: str, *, acyclic: bool = False) -> Reference:
    return Reference(relation, f"thing/{source}", f"thing/{target}", acyclic)


def part(name: str, *wholes: str) -> NewEntry:
    """Return a thing that is part of others, which must not lead back to it."""
    return thing(name, "", *(edge(name, "partOf", whole, acyclic=True) for whole in wholes))


def record(log: Log, *names: str) -> None:
    log.append([thing(name) for name in names], recorded_by="tester")


def ticking() -> Clock:
    """Return a clock that goes on by a second each time it is asked."""
    seconds = itertools.count()
    return lambda: START + timedelta(seconds=next(seconds))
