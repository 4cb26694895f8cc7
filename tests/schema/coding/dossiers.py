"""Hypothesis strategy that makes dossiers: entries, written as a person may write them."""

from collections.abc import Sequence
from dataclasses import dataclass

from hypothesis import strategies as st

from schema.dossier import SECTIONS
from schema.entries import AnyThing, IdentityJudged, SourceRecorded, StatementRecorded
from schema.yaml import Tree
from tests.schema.strategies import JUDGED, Record, entries, judgements

Raw = dict[str, Tree]
SECTION_OF = {model: section for section, model in SECTIONS.items()}


@dataclass(frozen=True, slots=True)
class Written:
    """A dossier as a tree, and the entries that it stands for."""

    tree: Raw
    entries: list[AnyThing]


@st.composite
def dossiers(draw: st.DrawFn) -> Written:
    """Make dossiers of one source, in which anything that can be written shorter may be."""
    made = draw(entries())
    record = Record({one.id: one for one in made})
    made += draw(st.lists(judgements(record), max_size=1)) if _two_alike(record) else []
    source = next(one for one in made if isinstance(one, SourceRecorded))
    kept = [one for one in made if not isinstance(one, SourceRecorded)]
    names = {one.id: f"t{number}" for number, one in enumerate(kept)}
    inside = draw(_claims_inside(kept))
    names.update({claim: names[statement] for statement, claim in inside.items()})
    used = {one.id: "elsewhere" for one in made if one is not source and one not in kept}
    writer = _Writer(draw, source.id, names | used)
    things = {one.id: writer.thing(one) for one in kept}
    for statement, claim in inside.items():
        things[statement]["claim"] = things[claim]
    tree: Raw = {"dossier": 1, "source": writer.thing(source)}
    tree["use"] = {short: identifier for identifier, short in used.items()}
    for model, section in SECTION_OF.items():
        tree[section] = {
            names[one.id]: things[one.id]
            for one in kept
            if isinstance(one, model) and one.id not in inside.values()
        }
    return Written(draw(_without_what_is_empty(tree)), [source, *kept])


def _two_alike(record: Record) -> bool:
    return any(len(record.ids(kind)) > 1 for kind in JUDGED)


@st.composite
def _claims_inside(draw: st.DrawFn, kept: Sequence[AnyThing]) -> dict[str, str]:
    """Choose claims that are written inside a statement, by that statement."""
    having = {
        one.claim: one.id
        for one in kept
        if isinstance(one, StatementRecorded) and one.claim is not None
    }
    return {statement: claim for claim, statement in having.items() if draw(st.booleans())}


@st.composite
def _without_what_is_empty(draw: st.DrawFn, tree: Raw) -> Raw:
    """Leave out some of the parts in which there is nothing, and leave others empty."""
    return {part: value or None for part, value in tree.items() if value or draw(st.booleans())}


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes entries as they may stand in a dossier."""

    draw: st.DrawFn
    source: str
    names: dict[str, str]

    def thing(self, entry: AnyThing) -> Raw:
        """Return the fields of an entry, with defaults or without."""
        raw = entry.model_dump(
            mode="json", by_alias=True, exclude_defaults=self.draw(st.booleans())
        )
        fields = {name: self._shorter(name, value) for name, value in raw.items()}
        if isinstance(entry, IdentityJudged):  # a short name of a claim may be a statement's too
            fields |= {name: raw[name] for name in ("from", "to")}
        return {**fields, "id": entry.id}

    def _shorter(self, name: str, value: Tree) -> Tree:
        """Return a value in full, or in a shorter form that stands for the same."""
        if isinstance(value, list):
            return [self._shorter(name, item) for item in value]
        if isinstance(value, dict):
            return self._shorter_fields(
                name, {key: self._shorter(key, one) for key, one in value.items()}
            )
        if isinstance(value, str):
            return self._shorter_text(name, value)
        return value

    def _shorter_text(self, name: str, value: str) -> Tree:
        if value in self.names and self.draw(st.booleans()):
            return self.names[value]
        number = value.isdecimal() and value == str(int(value))
        return (
            int(value) if name in ("from", "to") and number and self.draw(st.booleans()) else value
        )

    def _shorter_fields(self, name: str, fields: Raw) -> Raw | str:
        if not self.draw(st.booleans()):
            return fields
        if name in ("quotes", "hedging"):
            return {key: one for key, one in fields.items() if key not in ("end", "sha256")}
        if name == "passages" and fields["source"] == self.source:
            return {key: one for key, one in fields.items() if key != "source"}
        bare = {key for key, one in fields.items() if one is not None} == {"edtf"}
        return str(fields["edtf"]) if bare else fields
