"""What happened to a thing on record: the entries about it, as an answer shows them."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Annotated

import strawberry
from strawberry import ID, Info
from strawberry.utils.str_converters import to_snake_case

from api.context import Request
from api.entry_kinds import EntryKind, known_kind
from api.problems import BadRequest
from eventlog import Entry, Log
from eventlog.errors import Unreadable
from eventlog.reading import read_entry
from schema.entries import Amended, AnyEntry, Reinstated, Retracted
from schema.identifiers import kind_of

HISTORY = "history"
RETRACTED = "retracted"
"""The fields of a thing that the entries about it answer."""


@strawberry.type(description="The log entry that put a thing on record.")
class Recording:
    """The entry behind a thing."""

    position: int = strawberry.field(description="Its place in the log, counted from 1.")
    recorded_at: str = strawberry.field(description="When it was put on record, in UTC.")
    recorded_by: str = strawberry.field(description="In whose name it was put on record.")
    hash: str = strawberry.field(
        description="Its hash (SHA-256, hexadecimal), which covers everything recorded before."
    )


@strawberry.type(description="An entry of the log about a thing: it was recorded, or changed.")
class Change(Recording):
    """One entry in the history of a thing."""

    kind: EntryKind | None = strawberry.field(
        description="What it did; null if this program is too old to know the kind. What only a "
        "newer program can read has neither reason nor fields here."
    )
    reason: str | None = strawberry.field(description="Why, where something was changed.")
    changed: list[str] = strawberry.field(description="The fields that an amendment replaced.")
    cascaded_from: ID | None = strawberry.field(
        description="The thing with which it was retracted, because it depended on it."
    )


def change_of(entry: Entry) -> Change:
    """Return what an entry did to the thing that it is about."""
    header, said = entry.header, _understood(entry)
    return Change(
        position=header.position,
        recorded_at=header.recorded_at,
        recorded_by=header.recorded_by,
        hash=entry.hash_hex,
        kind=known_kind(header.kind),
        reason=said.reason if isinstance(said, Amended | Retracted | Reinstated) else None,
        changed=sorted(said.fields) if isinstance(said, Amended) else [],
        cascaded_from=_id(said.cascaded_from) if isinstance(said, Retracted) else None,
    )


def _understood(entry: Entry) -> AnyEntry | None:
    """Return what an entry says, or None if only a newer program can tell."""
    try:
        return read_entry(entry)
    except Unreadable:
        return None


def _id(identifier: str | None) -> ID | None:
    return None if identifier is None else ID(identifier)


def part_of(change: Change, name: str) -> object:
    """Return a field of a change by its name in the API, as an answer has it."""
    if name == "__typename":
        return Change.__name__
    return getattr(change, to_snake_case(name))


def retraction_of(history: Sequence[Entry]) -> Entry | None:
    """Return the entry by which a thing is off the record, if it is."""
    if not history or history[-1].header.kind != Retracted.kind():
        return None
    return history[-1]


def histories(
    log: Log, ids: set[str], positions: set[int]
) -> tuple[dict[str, list[Entry]], Mapping[int, Entry]]:
    """Return the entries about some things, and those at some positions, in one read.

    :raises LogUnavailable: the log cannot be read.
    """
    about = log.positions(ids) if ids else {}
    entries = log.read_positions(positions.union(*about.values()))
    found = {one: [entries[position] for position in about[one]] for one in about}
    return found, entries


async def _history(
    info: Info[Request, object],
    id: Annotated[ID, strawberry.argument(description="The plain identifier, kind/name.")],
) -> list[Change]:
    try:
        kind_of(id)
    except ValueError as error:
        raise BadRequest(str(error)) from None
    found, _ = await asyncio.to_thread(histories, info.context.context.log, {str(id)}, set())
    return [change_of(entry) for entry in found.get(id, ())]


@strawberry.type
class HistoryQueries:
    """What is asked of the entries about a thing, whether or not it is on record now."""

    history: list[Change] = strawberry.field(
        resolver=_history,
        description="The entries about a thing, a link or a judgement in the order of the log, "
        "also where it was retracted; none if it never was on record.",
    )
