"""The fold: from entries of the log to nodes and relationships.

A pure and total function of the log's prefix. It works append by append, since an append is
atomic and its entries may name each other. An entry that cannot be applied (a defect, or a kind
that this program does not know) becomes a ``Problem`` node and changes nothing else.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from eventlog import Entry, Header
from eventlog.errors import Unreadable
from eventlog.reading import read_entry
from graph.additions import KnownThings, add
from graph.elements import Additions, Node
from graph.model import PROBLEM
from schema.entries import AnyEntry, StatementRecorded
from schema.references import references


@dataclass(frozen=True, slots=True)
class _Candidate:
    """An entry that can be read, with the ids that it names."""

    header: Header
    entry: AnyEntry
    names: frozenset[str]


@dataclass(frozen=True, slots=True)
class Readable:
    """An append as far as it can be read, with a problem for each entry that cannot be."""

    candidates: tuple[_Candidate, ...]
    problems: tuple[Node, ...]

    def ids_needed(self) -> set[str]:
        """Return the ids of everything that folding it may look up."""
        return {name for candidate in self.candidates for name in candidate.names}


def fold_append(append: Readable, known: KnownThings) -> Additions:
    """Fold one append and make its things known to what follows.

    ``known`` holds at least what the append needs and the graph has; it is updated.
    """
    unfit = _unfit(append.candidates, known)
    problems = [
        _problem(one.header, unfit[one.entry.id])
        for one in append.candidates
        if one.entry.id in unfit
    ]
    fit = [one for one in append.candidates if one.entry.id not in unfit]
    known.learn(one.entry for one in fit)
    additions = Additions(nodes=[*append.problems, *problems])
    for one in fit:
        additions.extend(add(one.entry, one.header, known))
    return additions


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
    candidates: list[_Candidate] = []
    problems: list[Node] = []
    for one in entries:
        header = one.header
        try:
            entry = read_entry(one)
        except Unreadable as error:
            problems.append(_problem(header, error.reason))
        else:
            if entry.id == header.subject:
                candidates.append(_Candidate(header, entry, _named_by(entry)))
            else:
                problems.append(_problem(header, f"tells of {entry.id} instead of its subject"))
    return Readable(tuple(candidates), tuple(problems))


def _named_by(entry: AnyEntry) -> frozenset[str]:
    named = {end for ref in references(entry) for end in (ref.source, ref.target)}
    return frozenset(named - {entry.id})


def _unfit(candidates: Sequence[_Candidate], known: KnownThings) -> dict[str, str]:
    """Return why entries cannot be applied, by id; what names one of them cannot be either."""
    naming: defaultdict[str, list[str]] = defaultdict(list)
    for one in candidates:
        for name in one.names:
            naming[name].append(one.entry.id)
    here = {one.entry.id for one in candidates}
    circular = _relaying_themselves(candidates)
    lost = circular | {name for name in naming if name not in here and name not in known}
    spreading = list(lost)
    while spreading:
        dependants = [one for one in naming[spreading.pop()] if one not in lost]
        lost.update(dependants)
        spreading += dependants
    return {
        one.entry.id: "relays itself, by a chain of statements"
        if one.entry.id in circular
        else f"refers to {', '.join(sorted(one.names & lost))}, which could not be applied"
        for one in candidates
        if one.entry.id in lost
    }


def _relaying_themselves(candidates: Iterable[_Candidate]) -> set[str]:
    """Return the statements of an append whose chains of relays lead back to themselves."""
    relays = {
        one.entry.id: one.entry.relays
        for one in candidates
        if isinstance(one.entry, StatementRecorded) and one.entry.relays is not None
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


def _problem(header: Header, reason: str) -> Node:
    identifier = f"problem/{header.position}"
    name = f"entry {header.position} ({header.kind}) was not applied"
    return Node(
        PROBLEM,
        identifier,
        {
            "id": identifier,
            "name": name,
            "position": header.position,
            "subject": header.subject,
            "reason": reason,
        },
    )


def fold_all(entries: Iterable[Entry]) -> Additions:
    """Fold a whole log, from its first entry, in memory."""
    known = KnownThings()
    additions = Additions()
    for append in appends(entries):
        additions.extend(fold_append(read(append), known))
    return additions
