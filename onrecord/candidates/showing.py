"""Shows proposals: as rows of a table, as JSON, and as judgements of a dossier to be decided."""

import json
from collections.abc import Collection, Iterator, Sequence
from enum import StrEnum

from onrecord.candidates.finding import Proposal
from onrecord.candidates.things import AnyThing, Record, Statement
from schema.identifiers import MAX_LENGTH


class Shown(StrEnum):
    """How proposals are shown: for people, for programs, or as a dossier to be decided."""

    TABLE = "table"
    JSON = "json"
    YAML = "yaml"


def name_of(thing: AnyThing, record: Record) -> str:
    """Return what a thing is called; a statement by its speaker and what is said."""
    if not isinstance(thing, Statement):
        return thing.name
    return f"{_speaker(thing, record)}{_denied(thing)}: {_said(thing, record)}"


def _speaker(statement: Statement, record: Record) -> str:
    speaker = record.actors[statement.speaker].name
    if statement.held is None:
        return speaker
    holder, attitude = statement.held
    return f"{speaker} says that {record.actors[holder].name} {attitude}"


def _denied(statement: Statement) -> str:
    return "" if statement.polarity in (None, "ASSERTS") else f" ({statement.polarity})"


def _said(statement: Statement, record: Record) -> str:
    if statement.says is None:
        return "declined to comment"
    claim = record.claims.get(statement.says)
    return f"relays {statement.says}" if claim is None else claim.name


# -- table and JSON ----------------------------------------------------------------------------


def cells(proposal: Proposal, record: Record) -> tuple[str, ...]:
    """Return a proposal as a row of a table."""
    return (
        f"{proposal.score:.1f}",
        proposal.kind.value,
        _cell(proposal.one, record),
        _cell(proposal.other, record),
        proposal.because + ("" if proposal.settled is None else f"\nalready {proposal.settled}"),
    )


def _cell(thing: AnyThing, record: Record) -> str:
    told = [name_of(thing, record), thing.id]
    more = ", ".join(filter(None, (thing.form, *_elsewhere(thing))))
    return "\n".join([*told, *([more] if more else [])])


def _elsewhere(thing: AnyThing) -> Iterator[str]:
    """Yield the sources that tell of a thing, but for a source itself."""
    return (source for source in thing.sources if source != thing.id)


def as_json(proposal: Proposal, record: Record) -> dict[str, object]:
    """Return a proposal for programs; ``settled`` is what says already whether the two are one."""
    return {
        "kind": proposal.kind.value,
        "score": proposal.score,
        "one": _thing(proposal.one, record),
        "other": _thing(proposal.other, record),
        "reasons": [{"code": one.code, "says": one.says} for one in proposal.reasons],
        "because": proposal.because,
        "settled": proposal.settled,
    }


def _thing(thing: AnyThing, record: Record) -> dict[str, object]:
    return {
        "id": thing.id,
        "name": name_of(thing, record),
        "kind": thing.form or None,
        "sources": list(thing.sources),
    }


# -- a dossier ---------------------------------------------------------------------------------

_HEADER = """\
# Pairs that may be one and the same: none of them is judged yet. Look at both things of each, write
# SAME_AS or NOT_SAME_AS behind type, and your own reason behind because; take out what you leave
# open. onrecord record refuses this file as long as a type is missing.
dossier: 1
"""


def as_dossier(proposals: Sequence[Proposal], record: Record) -> str:
    """Return proposals as a dossier that is refused until a person has given each a type."""
    taken = {one.rpartition("/")[2] for one in record.judgements}
    lines = ["judgements:" if proposals else "judgements: {}"]
    for proposal in proposals:
        name = _free_name(proposal, taken)
        taken.add(name)
        lines += _judgement(name, proposal, record)
    return _HEADER + "\n".join(lines) + "\n"


def _judgement(name: str, proposal: Proposal, record: Record) -> Iterator[str]:
    settled = "" if proposal.settled is None else f", already {proposal.settled}"
    yield f"  # {proposal.score:.1f}{settled}"
    for thing in (proposal.one, proposal.other):
        told = ", ".join(filter(None, (thing.form, *_elsewhere(thing))))
        yield f"  # {_line(name_of(thing, record))}{f' ({told})' if told else ''}"
    yield f"  {name}:"
    yield "    type:  # SAME_AS or NOT_SAME_AS"
    yield f"    from: {proposal.one.id}"
    yield f"    to: {proposal.other.id}"
    yield f"    because: {json.dumps(_line(proposal.because), ensure_ascii=False)}"


def _line(text: str) -> str:
    return " ".join(text.split())


def _free_name(proposal: Proposal, taken: Collection[str]) -> str:
    """Return a short name that no judgement has had: one that was retracted keeps its id."""
    ends = [one.id.split("/")[1:] for one in (proposal.one, proposal.other)]
    longest = MAX_LENGTH - len("judgement/-99999")
    name = "-and-".join("-".join(end) for end in ends)[:longest].strip("-") or "pair"
    free, count = name, 1
    while free in taken:
        count += 1
        free = f"{name}-{count}"
    return free
