"""What an append did or would do, entry by entry, with what changed things said before."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import orjson

from api.changing import planned
from eventlog import Appended, Log
from eventlog.contents import thing_of, things
from eventlog.reading import read_entry
from onrecord.captions import Captions
from onrecord.counting import counted
from schema.canonical import canonical_bytes
from schema.entries import Amended, AnyChange, AnyEntry, AnyThing, Content, decode_thing
from schema.references import places

HEADS = ("Position", "Kind", "About", "Says")


@dataclass(frozen=True, slots=True)
class Step:
    """An entry at its position; of a change what the thing says before and after it."""

    position: int
    entry: AnyEntry
    before: AnyThing | None = None
    now: AnyThing | None = None

    def row(self, captions: Captions) -> tuple[str, str, str, str]:
        """Return it as a row of a table."""
        return (str(self.position), self.entry.kind(), self.entry.id, self._caption(captions))

    def _caption(self, captions: Captions) -> str:
        entry = self.entry
        if self.before is None or self.now is None or not isinstance(entry, AnyChange):
            return captions.of(entry)
        return captions.of_change(entry, self.before, self.now)

    def as_json(self) -> dict[str, object]:
        """Return as much as is known before it is recorded; see ``onrecord log show``.

        An amendment has with it what its fields say ``before``, null for what is not there.
        """
        told = {
            "position": self.position,
            "kind": self.entry.kind(),
            "version": self.entry.VERSION,
            "subject": self.entry.id,
            "payload": orjson.loads(canonical_bytes(self.entry)),
        }
        if isinstance(self.entry, Amended) and self.before is not None:
            before = orjson.loads(canonical_bytes(self.before))
            told["before"] = {field: before.get(field) for field in self.entry.fields}
        return told


def steps_of(
    log: Log, entries: Sequence[AnyEntry], appended: Appended, *, dry_run: bool
) -> list[Step]:
    """Return what an append of some entries did, or would do, in the order of positions.

    :raises Unreadable: what is changed cannot be read.
    """
    if dry_run:
        new = planned(log, entries, appended)
    else:
        found = log.read_positions(appended.positions.values())
        new = [(position, read_entry(found[position])) for position in sorted(found)]
    before = _before(log, {one.id: position for position, one in new if isinstance(one, AnyChange)})
    return [_step(position, entry, before.get(entry.id)) for position, entry in new]


def captions_for(log: Log, steps: Sequence[Step], known: Collection[AnyThing] = ()) -> Captions:
    """Return captions that know, by their names, what the things of some steps name."""
    said = [one for step in steps for one in (step.before, step.now, step.entry) if one is not None]
    about = [*known, *(one for one in said if isinstance(one, AnyThing))]
    named = {place.target for one in about for place in places(one)}
    wanted = named - {one.id for one in about}
    return Captions([*(one.read() for one in things(log, wanted).values()), *about])


def _before(log: Log, changed: Mapping[str, int]) -> dict[str, Content]:
    """Return what things said before the positions at which they are changed."""
    positions = {
        name: [one for one in of_one if one < changed[name]]
        for name, of_one in log.positions(changed).items()
    }
    entries = log.read_positions({one for of_one in positions.values() for one in of_one})
    return {
        name: thing_of([entries[one] for one in of_one]).content
        for name, of_one in positions.items()
    }


def _step(position: int, entry: AnyEntry, before: Content | None) -> Step:
    if before is None:
        return Step(position, entry)
    said = decode_thing(before)
    now = decode_thing(before.amended(entry)) if isinstance(entry, Amended) else said
    return Step(position, entry, said, now)


def done_by(kinds: Mapping[str, int], *, dry_run: bool) -> str:
    """Tell how much was done by what kinds of entries: ``amended 2 things, retracted 1 thing``."""
    parts = []
    for (done, would, noun), count in _by_verb(kinds).items():
        parts.append(f"{would if dry_run else done} {counted(count, noun)}")
    return f"{'would ' if dry_run else ''}{', '.join(parts)}"


_RECORDS = ("recorded", "record", "entry")
_CHANGES = {
    "Amended": ("amended", "amend", "thing"),
    "Retracted": ("retracted", "retract", "thing"),
    "Reinstated": ("reinstated", "reinstate", "thing"),
}


def _by_verb(kinds: Mapping[str, int]) -> dict[tuple[str, str, str], int]:
    verbs: dict[tuple[str, str, str], int] = {}
    for kind, count in kinds.items():
        verb = _CHANGES.get(kind, _RECORDS)
        verbs[verb] = verbs.get(verb, 0) + count
    return {verb: verbs[verb] for verb in (_RECORDS, *_CHANGES.values()) if verb in verbs}


def at_positions(appended: Appended) -> str:
    """Tell where an append stands in the log."""
    if appended.first == appended.last:
        return f"at position {appended.first:,}"
    return f"at positions {appended.first:,} to {appended.last:,}"
