"""What happened to a thing on record: the entries about it, as an answer shows them."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Annotated

import orjson
import strawberry
from strawberry import ID, Info
from strawberry.utils.str_converters import to_snake_case

from api.context import Request
from api.entry_kinds import EntryKind, known_kind
from api.problems import BadRequest
from eventlog import Entry, Log
from schema.entries import Retracted
from schema.identifiers import kind_of

TYPENAME = "__typename"
HISTORY = "history"
RETRACTED = "retracted"
"""The fields of a thing that the entries about it answer."""


@strawberry.type(description="An entry of the log about a thing: it was recorded, or changed.")
class Change:
    """One entry in the history of a thing."""

    position: int = strawberry.field(description="Its place in the log, counted from 1.")
    recorded_at: str = strawberry.field(description="When it was put on record, in UTC.")
    recorded_by: str = strawberry.field(description="In whose name it was put on record.")
    hash: str = strawberry.field(
        description="Its hash (SHA-256, hexadecimal), which covers everything recorded before."
    )
    kind: EntryKind | None = strawberry.field(
        description="What it did; null if this program is too old to know."
    )
    reason: str | None = strawberry.field(description="Why, where something was changed.")
    changed: list[str] = strawberry.field(description="The fields that an amendment replaced.")
    cascaded_from: ID | None = strawberry.field(
        description="With what it was retracted, since it depended on that."
    )


def change_of(entry: Entry) -> Change:
    """Return what an entry did to the thing that it is about."""
    header, said = entry.header, orjson.loads(entry.payload)
    kind = known_kind(header.kind)
    is_change = kind in (EntryKind.AMENDED, EntryKind.RETRACTED, EntryKind.REINSTATED)
    return Change(
        position=header.position,
        recorded_at=header.recorded_at,
        recorded_by=header.recorded_by,
        hash=entry.hash_hex,
        kind=kind,
        reason=said["reason"] if is_change else None,
        changed=sorted(said["fields"]) if kind is EntryKind.AMENDED else [],
        cascaded_from=said.get("cascadedFrom") if kind is EntryKind.RETRACTED else None,
    )


def part_of(change: Change, name: str) -> object:
    """Return a field of a change by its name in the API, as an answer has it."""
    if name == TYPENAME:
        return Change.__name__
    value = getattr(change, to_snake_case(name))
    return value.name if isinstance(value, EntryKind) else value


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
