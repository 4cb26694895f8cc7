"""Krippendorff's alpha against examples worked in the literature, and at its edges."""

from collections.abc import Hashable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schema.coding.alpha import krippendorff_alpha


def units(*coders: str) -> list[tuple[str | None, ...]]:
    """Return the units of rows of values, one row a coder; a dot is a missing value."""
    rows = [[None if value == "." else value for value in row.split()] for row in coders]
    return list(zip(*rows, strict=True))


@pytest.mark.parametrize(
    ("coders", "alpha"),
    [
        # Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011), sections A, B and C
        (("0 1 0 0 0 0 0 0 1 0", "1 1 1 0 0 1 0 0 0 0"), 0.095),
        (("a a b b d c c c e d d a", "b a b b b c c c e d d d"), 0.692),
        (
            (
                "1 2 3 3 2 1 4 1 2 . . .",
                "1 2 3 3 2 2 4 1 2 5 . 3",
                ". 3 3 3 2 3 4 2 2 5 1 .",
                "1 2 3 3 2 4 4 1 2 5 1 .",
            ),
            0.743,
        ),
        # the three coders of the article on alpha in Wikipedia
        (
            (
                ". . . . . 3 4 1 2 1 1 3 3 . 3",
                "1 . 2 1 3 3 4 3 . . . . . . .",
                ". . 2 1 3 4 4 . 2 1 1 3 3 . 4",
            ),
            0.691,
        ),
    ],
)
def test_published_examples_come_out_as_published(coders: tuple[str, ...], alpha: float) -> None:
    found = krippendorff_alpha(units(*coders))
    assert found is not None
    assert round(found, 3) == alpha


def test_full_agreement_is_one_and_contradiction_below_nothing() -> None:
    assert krippendorff_alpha(units("a b c a", "a b c a")) == 1
    assert krippendorff_alpha(units("a b", "b a")) == -0.5


@pytest.mark.parametrize(
    "nothing_to_tell",
    [
        [],
        units("a a a", "a a a"),
        units("a", "a"),
        units("a b c", ". . ."),
        units("a . c", ". b ."),
        [(), ("a",), ("b", None)],
    ],
)
def test_values_that_do_not_vary_or_are_not_compared_have_no_alpha(
    nothing_to_tell: list[Sequence[Hashable | None]],
) -> None:
    assert krippendorff_alpha(nothing_to_tell) is None


def test_a_value_that_nobody_else_compares_does_not_count() -> None:
    whole = units("a b b a", "a b a a")
    assert krippendorff_alpha([*whole, ("c", None), (None, "d")]) == krippendorff_alpha(whole)


TABLES = st.integers(2, 4).flatmap(
    lambda coders: st.lists(
        st.lists(st.sampled_from(["a", "b", "c", None]), min_size=coders, max_size=coders),
        max_size=8,
    )
)


@given(TABLES)
def test_alpha_is_of_the_values_whatever_they_are_called_and_in_what_order(
    table: list[list[str | None]],
) -> None:
    renamed = {"a": 3, "b": 1, "c": 2, None: None}
    turned = [[renamed[value] for value in reversed(unit)] for unit in reversed(table)]
    assert krippendorff_alpha(turned) == krippendorff_alpha(table)


@given(TABLES)
def test_alpha_is_that_of_the_matrix_of_coincidences(table: list[list[str | None]]) -> None:
    coincidences: dict[tuple[str, str], float] = {}
    for unit in table:
        values = [value for value in unit if value is not None]
        for index, value in enumerate(values):
            for other in (*values[:index], *values[index + 1 :]):
                met = coincidences.get((value, other), 0)
                coincidences[value, other] = met + 1 / (len(values) - 1)
    totals = {one: sum(n for (a, _), n in coincidences.items() if a == one) for one in "abc"}
    total = sum(totals.values())
    alike = sum(n for (a, b), n in coincidences.items() if a == b)
    by_chance = sum(n * (n - 1) for n in totals.values())
    found = krippendorff_alpha(table)
    if found is None:
        assert total * (total - 1) == pytest.approx(by_chance)
    else:
        expected = ((total - 1) * alike - by_chance) / (total * (total - 1) - by_chance)
        assert found == pytest.approx(expected, abs=1e-9)
