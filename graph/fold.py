"""The fold: from entries of the log to nodes and relationships.

A pure and total function of the log's prefix. It works append by append, since an append is
atomic and its entries may name each other. An entry that cannot be applied (a defect, or a kind
that this program does not know) becomes a ``Problem`` node and changes nothing else.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from eventlog import Entry, Header
from graph.additions import KnownThings, add
from graph.elements import Additions, Node
from graph.model import PROBLEM
from schema.entries import AnyEntry, decode
from schema.references import references


@dataclass(frozen=True, slots=True)
class _Candidate:
    header: Header
    entry: AnyEntry


def ids_needed(entries: Iterable[Entry]) -> set[str]:
    """Return the ids of everything that folding these entries may look up."""
    needed: set[str] = set()
    for candidate in _decoded(entries)[0]:
        needed |= _named_by(candidate)
    return needed


def fold_append(entries: Sequence[Entry], known: KnownThings) -> Additions:
    """Fold the entries of one append and make their things known to what follows.

    ``known`` holds at least what :func:`ids_needed` names and the graph has; it is updated.
    """
    candidates, problems = _decoded(entries)
    while True:
        here = {candidate.entry.id for candidate in candidates}
        unfit = {
            candidate.header.position: missing
            for candidate in candidates
            if (missing := [one for one in _named_by(candidate) - here if one not in known])
        }
        for candidate in candidates:
            if candidate.header.position in unfit:
                absent = ", ".join(sorted(unfit[candidate.header.position]))
                problems.append(
                    _problem(candidate.header, f"refers to {absent}, which could not be applied")
                )
        if not unfit:
            break
        candidates = [one for one in candidates if one.header.position not in unfit]
    return _applied(candidates, problems, known)


def appends(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    """Split entries into whole appends, in order; the last one has to be whole."""
    append: list[Entry] = []
    for entry in entries:
        append.append(entry)
        if entry.ends_append:
            yield append
            append = []
    assert not append, "entries are read append by append"


def _applied(
    candidates: Sequence[_Candidate], problems: Sequence[Node], known: KnownThings
) -> Additions:
    known.learn(candidate.entry for candidate in candidates)
    additions = Additions(nodes=sorted(problems, key=lambda node: node.id))
    for candidate in candidates:
        additions.extend(add(candidate.entry, candidate.header, known))
    return additions


def _named_by(candidate: _Candidate) -> set[str]:
    named = {end for ref in references(candidate.entry) for end in (ref.source, ref.target)}
    return named - {candidate.entry.id}


def _decoded(entries: Iterable[Entry]) -> tuple[list[_Candidate], list[Node]]:
    candidates: list[_Candidate] = []
    problems: list[Node] = []
    for one in entries:
        header = one.header
        try:
            entry = decode(header.kind, header.version, one.payload)
        except ValueError as error:
            problems.append(_problem(header, str(error).splitlines()[0]))
        else:
            candidates.append(_Candidate(header, entry))
    return candidates, problems


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
        additions.extend(fold_append(append, known))
    return additions
