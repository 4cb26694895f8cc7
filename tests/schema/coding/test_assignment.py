"""The best assignment, held against trying all of them."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schema.coding.assignment import best_assignment

TABLES = st.tuples(st.integers(1, 5), st.integers(1, 5)).flatmap(
    lambda shape: st.lists(
        st.lists(st.integers(0, 20).map(lambda n: n / 4), min_size=shape[1], max_size=shape[1]),
        min_size=shape[0],
        max_size=shape[0],
    )
)


def most(table: list[list[float]]) -> float:
    """Return the most that any assignment gains, by trying all."""
    rows, columns = len(table), len(table[0])
    padded = [[*row, *[0.0] * rows] for row in table]
    every = permutations(range(columns + rows), rows)
    return max(sum(padded[row][column] for row, column in enumerate(one)) for one in every)


@given(TABLES.filter(lambda table: len(table) + len(table[0]) < 9))
def test_no_other_assignment_gains_more(table: list[list[float]]) -> None:
    pairs = best_assignment(table)
    assert len({row for row, _ in pairs}) == len({column for _, column in pairs}) == len(pairs)
    assert len(pairs) == min(len(table), len(table[0]))
    assert sum(table[row][column] for row, column in pairs) == pytest.approx(most(table))


def test_the_best_of_all_is_not_the_best_of_each() -> None:
    assert best_assignment([[0.9, 0.8], [0.8, 0.1]]) == [(0, 1), (1, 0)]


def test_of_nothing_there_is_nothing_to_assign() -> None:
    assert best_assignment([]) == []
    assert best_assignment([[], []]) == []


def test_a_table_as_large_as_a_paragraph_can_make_it_is_done_at_once() -> None:
    size = 60
    table = [[float((row * 7 + column * 13) % 31) for column in range(size)] for row in range(size)]
    assert len(best_assignment(table)) == size
