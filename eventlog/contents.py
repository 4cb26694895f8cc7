"""What things on record say, as their entries leave it: recorded, amended, retracted, reinstated.

An amendment names only the fields that it replaces, so that what a thing says as a whole comes from
all entries about it.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from eventlog.entries import Effect, Entry, Reference, Restored
from eventlog.errors import Unreadable
from eventlog.log import Log
from eventlog.reading import read_entry
from schema.changes import Amended, Content, Reinstated, Retracted
from schema.decoding import Undecodable
from schema.entries import AnyEntry, AnyThing, decode_thing
from schema.references import references


@dataclass(frozen=True, slots=True)
class Thing:
    """A thing on record: what it says, since when, and whether it still counts.

    ``positions`` are those of all entries about it.
    """

    id: str
    content: Content
    positions: tuple[int, ...]
    live: bool

    @property
    def revision(self) -> int:
        """Return the last position about it."""
        return self.positions[-1]

    def read(self) -> AnyThing:
        """Return what it says, in the present version of its kind.

        :raises Unreadable: a newer program wrote it, or it is not what was recorded.
        """
        return _decoded(self.content, self.revision, self.id)


def things(log: Log, ids: Collection[str]) -> dict[str, Thing]:
    """Return those of some things that are or were on record, in few reads of the log.

    :raises Unreadable: a newer program changed one, or an entry is not what was recorded.
    """
    if not ids:
        return {}
    subjects = log.subjects(ids)
    positions = {name: [one.first_position] for name, one in subjects.items()}
    if changed := [one.id for one in subjects.values() if one.revision != one.first_position]:
        positions |= log.positions(changed)
    wanted = {position for of_one in positions.values() for position in of_one}
    entries = log.read_positions(wanted)
    return {
        name: thing_of([entries[position] for position in of_one])
        for name, of_one in positions.items()
    }


def first_entries(log: Log, ids: Collection[str]) -> Collection[Entry]:
    """Return the entries that put those of some things on record that are."""
    firsts = {one.first_position for one in log.subjects(ids).values()}
    return log.read_positions(firsts).values()


def thing_of(entries: Sequence[Entry]) -> Thing:
    """Return what all entries about a thing make of it, from the first to any later one.

    :raises Unreadable: a newer program changed it, or an entry is not what was recorded.
    """
    first, *later = entries
    content, live = content_of(first), True
    for entry in later:
        change = read_entry(entry)
        live = not isinstance(change, Retracted)
        if isinstance(change, Amended):
            content = _amended(content, change, entry)
    positions = tuple(entry.position for entry in entries)
    return Thing(first.header.subject, content, positions, live)


def content_of(entry: Entry) -> Content:
    """Return what an entry says that put a thing on record."""
    return Content(entry.header.kind, entry.header.version, entry.payload)


def _amended(content: Content, change: Amended, entry: Entry) -> Content:
    try:
        return content.amended(change)
    except Undecodable as error:
        raise Unreadable(entry.position, entry.header.subject, str(error)) from error


def edges(thing: AnyThing) -> tuple[Reference, ...]:
    """Return the edges that a thing has."""
    return tuple(
        Reference(one.relation, one.source, one.target, one.acyclic) for one in references(thing)
    )


def effect_of(entry: AnyEntry) -> Effect:
    """Return what an entry does to its subject."""
    return _EFFECTS.get(type(entry), Effect.RECORDS)


_EFFECTS: Mapping[type[AnyEntry], Effect] = {
    Amended: Effect.AMENDS,
    Retracted: Effect.RETRACTS,
    Reinstated: Effect.REINSTATES,
}


def restored(log: Log, entries: Sequence[Entry]) -> list[Restored]:
    """Return entries that follow a log's own with what they do and the edges of their subjects.

    :raises Unreadable: a newer program wrote one, or it is not what was recorded.
    """
    read = [(entry, read_entry(entry)) for entry in entries]
    changed = {one.id for _, one in read if isinstance(one, Amended | Reinstated)}
    contents = {name: thing.content for name, thing in things(log, changed).items()}
    return [Restored(entry, *_done(entry, one, contents)) for entry, one in read]


def _done(
    entry: Entry, one: AnyEntry, contents: dict[str, Content]
) -> tuple[tuple[Reference, ...], Effect]:
    """Return the edges of a subject after an entry, and the effect; keep what it says by then."""
    match one:
        case Retracted():
            return (), Effect.RETRACTS
        case Amended() | Reinstated():
            if one.id not in contents:
                raise Unreadable(entry.position, one.id, "changes what is not on record")
            if isinstance(one, Amended):
                contents[one.id] = _amended(contents[one.id], one, entry)
            return edges(_decoded(contents[one.id], entry.position, one.id)), effect_of(one)
        case _:
            contents[one.id] = content_of(entry)
            return edges(one), Effect.RECORDS


def _decoded(content: Content, position: int, identifier: str) -> AnyThing:
    try:
        return decode_thing(content)
    except Undecodable as error:
        raise Unreadable(position, identifier, str(error)) from error
