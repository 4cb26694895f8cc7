"""Who is who: what follows from all live judgements together, whatever their order.

Things that SAME_AS judgements connect are one. The canonical one of them is the one that was put on
record first. Where a NOT_SAME_AS judgement contradicts that any two of them are one, nothing of
them is merged until somebody retracts one of the judgements.
"""

from collections.abc import Callable, Iterable, Iterator

from graph.things import Judged
from schema.entries import IdentityType

Judgements = Callable[[str], Iterable[Judged]]
"""Gives the live judgements about a thing."""


def connected(identifiers: Iterable[str], judgements: Judgements) -> set[str]:
    """Return all things that SAME_AS judgements connect with some, these included."""
    waiting = [*identifiers]
    reached = {*waiting}
    while waiting:
        for judged in judgements(waiting.pop()):
            if judged.type is IdentityType.SAME_AS:
                for end in {judged.one, judged.other} - reached:
                    reached.add(end)
                    waiting.append(end)
    return reached


def canonical(
    identifiers: Iterable[str], judgements: Judgements, position: Callable[[str], int]
) -> dict[str, str]:
    """Return the canonical one of each merged thing that is connected with some things.

    ``position`` gives where the log put a thing on record.
    """
    merged: dict[str, str] = {}
    seen: set[str] = set()
    for identifier in identifiers:
        if identifier in seen:
            continue
        component = connected([identifier], judgements)
        seen |= component
        if len(component) == 1 or any(_contradictions(component, judgements)):
            continue
        first = min(component, key=lambda one: (position(one), one))
        merged |= {one: first for one in component if one != first}
    return merged


def _contradictions(component: set[str], judgements: Judgements) -> Iterator[Judged]:
    for identifier in component:
        for judged in judgements(identifier):
            apart = judged.type is IdentityType.NOT_SAME_AS
            if apart and judged.one in component and judged.other in component:
                yield judged
