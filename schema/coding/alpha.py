"""Krippendorff's alpha for nominal values: how far coders agree beyond chance."""

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from fractions import Fraction


def krippendorff_alpha(units: Iterable[Sequence[Hashable | None]]) -> float | None:
    """Return alpha: 1 for full agreement, 0 for that of chance, less if coders contradict.

    A unit is what one thing was given by each coder, in any order; None is a missing value. A
    unit with fewer than two values compares nothing and does not count.

    Returns None where the values do not vary, or none are compared: alpha is then 0/0. Coders
    who gave everything one value may agree, but nothing shows that they can tell the values apart.

    The formula is that of K. Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011),
    with the nominal difference: 1 - observed / expected disagreement, from coincidences.
    """
    compared = [counts for counts in map(_counts, units) if counts.total() > 1]
    values: Counter[Hashable] = Counter()
    for counts in compared:
        values.update(counts)
    expected = _unlike(values)
    if not expected:
        return None
    observed = sum((Fraction(_unlike(one), one.total() - 1) for one in compared), Fraction())
    return float(1 - (values.total() - 1) * observed / expected)


def _counts(unit: Sequence[Hashable | None]) -> Counter[Hashable]:
    return Counter(value for value in unit if value is not None)


def _unlike(counts: Counter[Hashable]) -> int:
    """Return how many ordered pairs of the values counted are of two different values."""
    return counts.total() ** 2 - sum(count**2 for count in counts.values())
