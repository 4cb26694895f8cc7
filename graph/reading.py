"""Which entries of an append can be applied: read, and held against what was applied before."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from eventlog import Entry, Header
from eventlog.errors import Unreadable
from eventlog.reading import read_entry
from graph.elements import Node, Properties
from graph.model import PROBLEM
from graph.things import Thing, Things
from schema.decoding import Undecodable
from schema.entries import (
    Amended,
    AnyEntry,
    AnyThing,
    Content,
    Reinstated,
    Retracted,
    StatementRecorded,
    decode_thing,
)
from schema.references import names


class Candidate(NamedTuple):
    """An entry that can be read, and what its thing says from then on; nothing if it goes.

    ``names`` are the ids of other things that have to be there.
    """

    header: Header
    entry: AnyEntry
    becomes: AnyThing | None
    names: frozenset[str]

    @classmethod
    def of(cls, header: Header, entry: AnyEntry, becomes: AnyThing | None) -> "Candidate":
        """Return an entry with the names that its thing has in it."""
        named = frozenset() if becomes is None else frozenset(names(becomes)) - {entry.id}
        return cls(header, entry, becomes, named)


@dataclass(frozen=True, slots=True)
class Problem:
    """An entry that was not applied, and why."""

    header: Header
    reason: str

    @property
    def node(self) -> Node:
        """Return what tells of it in the graph."""
        position = self.header.position
        identifier = f"problem/{position}"
        name = f"entry {position} ({self.header.kind}) was not applied"
        properties: Properties = {
            "id": identifier,
            "name": name,
            "position": position,
            "subject": self.header.subject,
            "reason": self.reason,
        }
        return Node(PROBLEM, identifier, properties)


@dataclass(frozen=True, slots=True)
class Readable:
    """An append as far as it can be read, with a problem for each entry that cannot be."""

    candidates: tuple[Candidate, ...]
    problems: tuple[Problem, ...]

    def subjects(self) -> set[str]:
        """Return the ids of the things that it is about."""
        return {one.entry.id for one in self.candidates}

    def ids_needed(self) -> set[str]:
        """Return the ids of things that folding it looks up, as far as its entries name them."""
        return self.subjects().union(*(one.names for one in self.candidates))


def appends(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    """Split entries into whole appends, in order; the last one has to be whole."""
    append: list[Entry] = []
    for entry in entries:
        append.append(entry)
        if entry.ends_append:
            yield append
            append = []
    assert not append, "entries are read append by append"


def read(entries: Iterable[Entry]) -> Readable:
    """Read the entries of one append."""
    candidates: list[Candidate] = []
    problems: list[Problem] = []
    for one in entries:
        header = one.header
        try:
            entry = read_entry(one)
        except Unreadable as error:
            problems.append(Problem(header, error.reason))
            continue
        if entry.id != header.subject:
            problems.append(Problem(header, f"tells of {entry.id} instead of its subject"))
            continue
        thing = None if isinstance(entry, Amended | Retracted | Reinstated) else entry
        candidates.append(Candidate.of(header, entry, thing))
    return Readable(tuple(candidates), tuple(problems))


def fit_among(
    append: Readable, things: Things, contents: Mapping[str, Content]
) -> tuple[list[Candidate], list[Problem]]:
    """Part an append into what can be applied and problems.

    ``contents`` are what things say, by id, of those that the append amends.
    """
    candidates: list[Candidate] = []
    problems = list(append.problems)
    for one in append.candidates:
        thing = things.get(one.entry.id)
        reason = _misfit(one.entry, thing)
        fit = one
        if reason is None and isinstance(one.entry, Amended):
            try:
                becomes = decode_thing(contents[one.entry.id].amended(one.entry))
                fit = Candidate.of(one.header, one.entry, becomes)
            except Undecodable as error:
                reason = str(error)
        if reason is None:
            candidates.append(fit)
        else:
            problems.append(Problem(one.header, reason))
    unfit = _unfit(candidates, things)
    problems += [
        Problem(one.header, unfit[one.entry.id]) for one in candidates if one.entry.id in unfit
    ]
    return [one for one in candidates if one.entry.id not in unfit], problems


def _misfit(entry: AnyEntry, thing: Thing | None) -> str | None:
    """Return why an entry does not fit to what was applied of its subject, if it does not."""
    match entry:
        case Amended() | Retracted() | Reinstated() if thing is None:
            return f"changes {entry.id}, which could not be applied"
        case Amended() | Retracted() if thing is not None and not thing.live:
            return f"changes {entry.id}, which is retracted"
        case Reinstated() if thing is not None and thing.live:
            return f"reinstates {entry.id}, which is not retracted"
        case Amended() | Retracted() | Reinstated():
            return None
        case _:
            return None if thing is None else f"records {entry.id} again"


def _unfit(candidates: Sequence[Candidate], things: Things) -> dict[str, str]:
    """Return why entries cannot be applied, by id; what names one of them cannot be either."""
    names = {one.entry.id: one.names for one in candidates}
    naming: defaultdict[str, list[str]] = defaultdict(list)
    for identifier, named in names.items():
        for name in named:
            naming[name].append(identifier)
    things.fetch(naming.keys() - names.keys())
    circular = _relaying_themselves(candidates)
    lost = circular | {name for name in naming if name not in names and things.get(name) is None}
    spreading = list(lost)
    while spreading:
        dependants = [one for one in naming[spreading.pop()] if one not in lost]
        lost.update(dependants)
        spreading += dependants
    return {
        identifier: "relays itself, by a chain of statements"
        if identifier in circular
        else f"refers to {', '.join(sorted(named & lost))}, which could not be applied"
        for identifier, named in names.items()
        if identifier in lost
    }


def _relaying_themselves(candidates: Iterable[Candidate]) -> set[str]:
    """Return the statements of an append whose chains of relays lead back to themselves."""
    relays = {
        one.becomes.id: one.becomes.relays
        for one in candidates
        if isinstance(one.becomes, StatementRecorded) and one.becomes.relays is not None
    }
    circular: set[str] = set()
    seen: set[str] = set()
    for start in relays:
        chain: list[str] = []
        at: str | None = start
        while at in relays and at not in seen:
            seen.add(at)
            chain.append(at)
            at = relays[at]
        if at in chain:
            circular.update(chain[chain.index(at) :])
    return circular
