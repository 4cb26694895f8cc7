"""A Hypothesis strategy of histories: things put on record, and changes of what is on record.

``histories()`` makes appends that a recorder accepts one after the other: things are recorded,
amended in any field, retracted alone or with all that depends on them (each by a retraction of its
own), reinstated, and judged to be one and the same or not. What fits is known from a plain model of
the record, which holds every rule against everything that is live, however slowly.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from hypothesis import strategies as st
from pydantic import ValidationError

from schema.canonical import canonical_bytes
from schema.changes import changed_fields
from schema.entries import (
    Amended,
    AnyEntry,
    AnyThing,
    IdentityJudged,
    Reinstated,
    Retracted,
    SourceRecorded,
    StatementRecorded,
)
from schema.identifiers import kind_of
from schema.references import references
from schema.rules import faults_among
from tests.schema.strategies import JUDGED, THING_KINDS, Record, appends, texts

STEPS_AT_MOST = 10
"""How many changes a history has at most, so that examples stay small."""


@dataclass(frozen=True, slots=True)
class OnRecord:
    """What is on record after some entries: what things say, and which of them are live."""

    things: Mapping[str, AnyThing]
    live: frozenset[str]

    def after(self, entries: Iterable[AnyEntry]) -> "OnRecord":
        """Return the record after entries."""
        things, live = dict(self.things), set(self.live)
        for entry in entries:
            match entry:
                case Amended():
                    things[entry.id] = amended(things[entry.id], entry.fields)
                case Retracted():
                    live.discard(entry.id)
                case Reinstated():
                    live.add(entry.id)
                case _:
                    things[entry.id] = entry
                    live.add(entry.id)
        return OnRecord(things, frozenset(live))

    def living(self) -> dict[str, AnyThing]:
        """Return what is live, in the order of recording."""
        return {name: thing for name, thing in self.things.items() if name in self.live}

    def faults(self) -> list[str]:
        """Return what is wrong with what is live: references, ways round, rules."""
        living = self.living()
        edges = [edge for thing in living.values() for edge in references(thing)]
        ends = {end for edge in edges for end in (edge.source, edge.target)}
        acyclic = {edge.relation for edge in edges if edge.acyclic}
        round_about = [
            relation
            for relation in sorted(acyclic)
            if _closes((one.source, one.target) for one in edges if one.relation == relation)
        ]
        rules = map(str, faults_among(living.values(), living.get))
        return [*sorted(ends - living.keys()), *round_about, *rules]

    def users(self, target: str) -> list[str]:
        """Return the live things that refer to one."""
        return [
            name
            for name, thing in self.living().items()
            if any(target in (edge.source, edge.target) for edge in references(thing))
            and name != target
        ]


EMPTY = OnRecord({}, frozenset())


def amended(thing: AnyThing, fields: Mapping[str, object]) -> AnyThing:
    """Return a thing with fields replaced.

    :raises ValidationError: it is none of its kind then.
    """
    told = {**json.loads(canonical_bytes(thing)), **fields}
    kept = {name: value for name, value in told.items() if value is not None}
    return type(thing).model_validate_json(json.dumps(kept))


def _closes(edges: Iterable[tuple[str, str]]) -> bool:
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for source, target in edges:
        sorter.add(source, target)
    try:
        sorter.prepare()
    except CycleError:
        return True
    return False


# -- changes -----------------------------------------------------------------------------------


def _view(record: OnRecord, without: str | None = None) -> Record:
    """Return what new entries may name: what is live."""
    named = {name: thing for name, thing in record.living().items() if name != without}
    return Record(named, taken=len(record.things) - len(named))


@st.composite
def _recording(draw: st.DrawFn, record: OnRecord) -> list[AnyEntry]:
    """Make a thing more, as far as there is what it has to name."""
    view = _view(record)
    able = [model for model in THING_KINDS if _can_make(model, view)]
    return [draw(THING_KINDS[draw(st.sampled_from(able))](view))] if able else []


def _can_make(model: type[AnyThing], view: Record) -> bool:
    if model is StatementRecorded:
        return bool(view.all(SourceRecorded) and view.ids("claim") and view.actors_of(None))
    if model is IdentityJudged:
        return any(len(view.ids(kind)) > 1 for kind in JUDGED)
    if model.kind() == "LinkRecorded":
        return any(len(view.ids(kind)) > 1 for kind in ("actor", "claim", "event"))
    return model.kind() != "RoleRecorded" or bool(view.actors_of(None))


@st.composite
def _judging(draw: st.DrawFn, record: OnRecord) -> list[AnyEntry]:
    view = _view(record)
    return [draw(THING_KINDS[IdentityJudged](view))] if _can_make(IdentityJudged, view) else []


@st.composite
def _amending(draw: st.DrawFn, record: OnRecord) -> list[AnyEntry]:
    """Make an amendment of some fields to what another thing of the kind says."""
    if not record.live:
        return []
    thing = record.things[draw(st.sampled_from(sorted(record.live)))]
    view = _view(record, thing.id)
    if not _can_make(type(thing), view):
        return []
    other = draw(THING_KINDS[type(thing)](view))
    before, now = (json.loads(canonical_bytes(one)) for one in (thing, other))
    fields = changed_fields(before, now)
    some = draw(st.sets(st.sampled_from(sorted(fields)), min_size=1)) if fields else set()
    for names in (some, set(fields)):  # what goes together may have to change together
        chosen = {name: fields[name] for name in sorted(names)}
        if chosen and _fits(thing, chosen):
            return [Amended(id=thing.id, fields=chosen, reason=draw(texts()))]
    return []


def _fits(thing: AnyThing, fields: Mapping[str, object]) -> bool:
    try:
        amended(thing, fields)
    except ValidationError:
        return False
    return True


@st.composite
def _retracting(draw: st.DrawFn, record: OnRecord) -> list[AnyEntry]:
    """Make a retraction of something, with one for each thing that depends on it."""
    if not record.live:
        return []
    unused = [name for name in sorted(record.live) if not record.users(name)]
    alone = draw(st.booleans()) if unused else False
    target = draw(st.sampled_from(unused if alone else sorted(record.live)))
    reason = draw(texts())
    going: dict[str, AnyEntry] = {target: Retracted(id=target, reason=reason)}
    waiting = [target]
    while waiting:
        used = waiting.pop()
        for user in record.users(used):
            if user not in going:
                going[user] = Retracted(id=user, reason=reason, cascaded_from=used)
                waiting.append(user)
    return [*going.values()]


@st.composite
def _reinstating(draw: st.DrawFn, record: OnRecord) -> list[AnyEntry]:
    """Make reinstatements of something retracted, and of what it refers to."""
    gone = sorted(record.things.keys() - record.live)
    if not gone:
        return []
    back: dict[str, AnyEntry] = {}
    waiting, reason = [draw(st.sampled_from(gone))], draw(texts())
    while waiting:
        name = waiting.pop()
        back[name] = Reinstated(id=name, reason=reason)
        ends = (end for one in references(record.things[name]) for end in (one.source, one.target))
        waiting += [end for end in ends if end not in record.live and end not in back]
    return [*back.values()]


_CHANGES: Sequence[Callable[[OnRecord], st.SearchStrategy[list[AnyEntry]]]] = (
    _recording,
    _judging,
    _amending,
    _amending,
    _retracting,
    _reinstating,
)


@st.composite
def _append(draw: st.DrawFn, record: OnRecord) -> list[AnyEntry]:
    """Make an append of one change or several, each of which fits after those before it."""
    append: list[AnyEntry] = []
    for _ in range(draw(st.integers(1, 2))):
        change = draw(draw(st.sampled_from(_CHANGES))(record))
        subjects = {entry.id for entry in (*append, *change)}
        after = record.after(change)
        if len(subjects) == len(append) + len(change) and not after.faults():
            append += change
            record = after
    return append


@st.composite
def histories(draw: st.DrawFn, statements_at_most: int = 3) -> list[list[AnyEntry]]:
    """Make appends that a recorder accepts one after the other, none of them empty."""
    made = draw(appends(statements_at_most))
    record = EMPTY.after(entry for append in made for entry in append)
    for _ in range(draw(st.integers(2, STEPS_AT_MOST))):
        append = draw(_append(record))
        if append:
            made.append(append)
            record = record.after(append)
    return made


def kinds_of(history: Iterable[Iterable[AnyEntry]]) -> set[str]:
    """Return the kinds of what a history changes, for tests that count what was tried."""
    return {f"{entry.kind()} {kind_of(entry.id)}" for append in history for entry in append}
