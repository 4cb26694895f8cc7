"""Sides measured in turn within one run, and the line that tells how they compare.

Machines differ, and are busy with other things as well: a figure alone says little. So each round
measures every side once, and what counts is the ratio within a round.
"""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from statistics import median
from typing import TypeVar

ROUNDS = 7

Measure = Callable[[], float]
"""Does the work once more, and returns its rate, in events a second."""


Work = TypeVar("Work")


def seconds_of_threads(do: Callable[[Work], None], works: Sequence[Work]) -> float:
    """Do several works at once, each in a thread of its own; one alone in this thread.

    What one of them raises ends the measurement: nothing that failed is counted as done.
    """
    if len(works) == 1:
        began = time.perf_counter()
        do(works[0])
        return time.perf_counter() - began
    start = threading.Barrier(len(works) + 1)

    def started(work: Work) -> None:
        start.wait()
        do(work)

    with ThreadPoolExecutor(len(works)) as pool:
        doing = [pool.submit(started, work) for work in works]
        start.wait()
        began = time.perf_counter()
        for one in doing:
            one.result()
        return time.perf_counter() - began


def compare(
    name: str, ours: Measure, theirs: Sequence[Measure], target: float, rounds: int = ROUNDS
) -> None:
    """Measure ours beside the best of theirs, and print the line of a target: at least a ratio.

    The first round warms up and does not count. Who comes first changes from round to round.
    """
    rates = [_round([ours, *theirs], number) for number in range(rounds + 1)][1:]
    best = [max(others) for _, *others in rates]
    ratios = [own / other for (own, *_), other in zip(rates, best, strict=True)]
    print(line(name, median(own for own, *_ in rates), median(best), ratios, target), flush=True)


def line(name: str, ours: float, theirs: float, ratios: Sequence[float], target: float) -> str:
    """Return the line of a target; a ratio is the median of those of the rounds."""
    ratio = median(ratios)
    missed = "" if ratio >= target else " MISSED"
    span = f"{min(ratios):.2f}-{max(ratios):.2f}"
    return (
        f"{name}: {ours:,.0f}/s, {theirs:,.0f}/s, {ratio:.2f} ({span}), at least {target:g}{missed}"
    )


def _round(sides: Sequence[Measure], number: int) -> list[float]:
    """Measure each side once, another one first each time; return the rates in the given order."""
    first = number % len(sides)
    order = [*range(first, len(sides)), *range(first)]
    rates = {side: sides[side]() for side in order}
    return [rates[side] for side in range(len(sides))]
