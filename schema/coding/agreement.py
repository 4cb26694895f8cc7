"""How far two coders of one document agree: in what they found, and in how they coded it.

Both coders' statements are put in pairs first (:mod:`schema.coding.pairing`). What is in a pair
was found by both. Of the pairs, each field is compared by Krippendorff's alpha and by the list of
its differences.

- ``speaker`` and ``holder`` (of a belief or wish) are compared by the actors' names, as
  :mod:`schema.coding.side_by_side` tells. No holder is a value of its own: whether something is a
  belief is the question.
- ``attitude`` is compared where both name a holder, ``polarity`` where both have a claim.
  Otherwise the value is missing: it is listed as a difference, and alpha leaves it out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from schema.coding.alpha import krippendorff_alpha
from schema.coding.pairing import Pair, check_pairs
from schema.coding.side_by_side import Coding, Compared

FIELDS = ("attribution", "force", "polarity", "speaker", "holder", "attitude")
NOBODY = "nobody"
MISSING = "none"


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that the two coders filled differently, in their own words."""

    pair: Pair
    field: str
    first: str
    second: str


@dataclass(frozen=True, slots=True)
class FieldAgreement:
    """How far the coders agree in one field."""

    alpha: float | None
    """Krippendorff's alpha; None where the values do not vary, or none are compared."""
    compared: int
    """The number of pairs in which both coders gave a value."""
    differing: int
    """The number of these with different values."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """What two coders found and how they coded it; all in the order of the document."""

    pairs: tuple[Pair, ...]
    only_first: tuple[str, ...]
    only_second: tuple[str, ...]
    fields: Mapping[str, FieldAgreement]
    """By the name of the field, in the order of ``FIELDS``."""
    differences: tuple[Difference, ...]

    @property
    def found(self) -> int:
        """Return how many statements either coder found, those of a pair counted once."""
        return len(self.pairs) + len(self.only_first) + len(self.only_second)

    @property
    def share(self) -> float | None:
        """Return the share of the statements found that both found; None if there are none."""
        return len(self.pairs) / self.found if self.found else None


def agreement(both: Compared, pairs: Sequence[Pair]) -> Agreement:
    """Compare two codings by pairs of their statements.

    :raises InvalidInput: a pair names no statement, or a statement is in two pairs.
    """
    check_pairs(pairs, both)
    partner = dict(pairs)
    ordered = [(name, partner[name]) for name in both.first.statements if name in partner]
    units = {pair: _unit(both, pair) for pair in ordered}
    return Agreement(
        pairs=tuple(ordered),
        only_first=tuple(name for name in both.first.statements if name not in partner),
        only_second=tuple(
            name for name in both.second.statements if name not in set(partner.values())
        ),
        fields={
            field: _field_agreement([unit[field] for unit in units.values()]) for field in FIELDS
        },
        differences=tuple(
            Difference(pair, field, first.shown, second.shown)
            for pair, unit in units.items()
            for field, (first, second) in unit.items()
            if first.value != second.value
        ),
    )


# -- the fields --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Value:
    """What one coder gave: a value to compare (None if missing), and how to show it."""

    value: str | int | None
    shown: str


_Unit = tuple[_Value, _Value]


def _unit(both: Compared, pair: Pair) -> dict[str, _Unit]:
    first, second = map(_values, both.codings, pair)
    return {field: (first[field], second[field]) for field in FIELDS}


def _values(coding: Coding, name: str) -> dict[str, _Value]:
    statement = coding.statements[name]
    held = statement.ascribed_to
    return {
        "attribution": _term(statement.attribution),
        "force": _term(statement.force),
        "polarity": _term(statement.polarity),
        "speaker": _actor(coding, statement.speaker),
        "holder": _actor(coding, held.actor) if held else _Value(NOBODY, NOBODY),
        "attitude": _term(held.attitude if held else None),
    }


def _term(term: StrEnum | None) -> _Value:
    return _Value(term, term or MISSING)


def _actor(coding: Coding, identifier: str) -> _Value:
    return _Value(coding.actors[identifier], coding.actor_name(identifier))


def _field_agreement(units: Sequence[_Unit]) -> FieldAgreement:
    values = [(first.value, second.value) for first, second in units]
    whole = [pair for pair in values if None not in pair]
    return FieldAgreement(
        alpha=krippendorff_alpha(values),
        compared=len(whole),
        differing=sum(first != second for first, second in whole),
    )
