"""The best assignment one to one, for small tables."""

from collections.abc import Sequence

Table = Sequence[Sequence[float]]


def best_assignment(gains: Table) -> list[tuple[int, int]]:
    """Return the pairs of row and column whose gains add up to the most, in order of rows.

    ``gains`` is a full table of numbers from 0. Each row and each column is in at most one pair,
    and the smaller side is assigned throughout, if need be with a gain of 0.

    The Hungarian method with potentials (H. W. Kuhn 1955, J. Munkres 1957): rows come in one by
    one, each along the cheapest path of exchanges. Time grows as rows * rows * columns.
    """
    if not gains or not gains[0]:
        return []
    if len(gains) > len(gains[0]):
        turned = [list(column) for column in zip(*gains, strict=True)]
        return sorted((row, column) for column, row in best_assignment(turned))
    row_of = _Exchange(gains).row_of
    return sorted((row, column) for column, row in enumerate(row_of) if row is not None)


class _Exchange:
    """Rows assigned so far, and the prices by which exchanges are compared."""

    def __init__(self, gains: Table) -> None:
        self.gains = gains
        self.row_prices = [0.0] * len(gains)
        self.column_prices = [0.0] * len(gains[0])
        self.row_of: list[int | None] = [None] * len(gains[0])
        for row in range(len(gains)):
            self._bring_in(row)

    def _bring_in(self, new: int) -> None:
        """Assign one more row along the cheapest path that ends at a free column."""
        slack = [float("inf")] * len(self.row_of)
        reached_from: list[int | None] = [None] * len(self.row_of)
        done: list[int] = []
        column: int | None = None
        row: int | None = new
        while row is not None:
            for other in self._left(done):
                cost = self._reduced(row, other)
                if cost < slack[other]:
                    slack[other], reached_from[other] = cost, column
            column = min(self._left(done), key=slack.__getitem__)
            self._reprice(new, done, slack, slack[column])
            done.append(column)
            row = self.row_of[column]
        self._exchange(new, column, reached_from)

    def _left(self, done: list[int]) -> list[int]:
        taken = set(done)
        return [column for column in range(len(self.row_of)) if column not in taken]

    def _reduced(self, row: int, column: int) -> float:
        return -self.gains[row][column] - self.row_prices[row] - self.column_prices[column]

    def _reprice(self, new: int, done: list[int], slack: list[float], step: float) -> None:
        self.row_prices[new] += step
        for column in done:
            self.column_prices[column] -= step
            row = self.row_of[column]
            if row is not None:
                self.row_prices[row] += step
        for column in self._left(done):
            slack[column] -= step

    def _exchange(self, new: int, column: int | None, reached_from: Sequence[int | None]) -> None:
        """Hand each column on the path the row of the one before it."""
        while column is not None:
            before = reached_from[column]
            self.row_of[column] = new if before is None else self.row_of[before]
            column = before
