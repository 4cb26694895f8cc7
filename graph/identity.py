"""Who is who: what follows from all live judgements together, whatever their order.

Things that SAME_AS judgements connect are one. The canonical one of them is the one that was put on
record first. Where a NOT_SAME_AS judgement contradicts that any two of them are one, nothing of
them is merged until somebody retracts one of the judgements.
"""

from collections.abc import Callable, Collection, Iterable

from graph.things import Judged
from schema.entries import IdentityType

Judgements = Callable[[Collection[str]], Iterable[Judged]]
"""Gives the live judgements about some things."""


def connected(identifiers: Iterable[str], judgements: Judgements) -> set[str]:
    """Return all things that SAME_AS judgements connect with some, these included."""
    reached = {*identifiers}
    waiting = sorted(reached)
    while waiting:
        joined = (one for one in judgements(waiting) if one.type is IdentityType.SAME_AS)
        waiting = sorted({end for one in joined for end in (one.one, one.other)} - reached)
        reached.update(waiting)
    return reached


def canonical(
    identifiers: Iterable[str], judgements: Iterable[Judged], position: Callable[[str], int]
) -> dict[str, str]:
    """Return the canonical one of each that is merged of some things.

    ``judgements`` are all live ones about these, which are all that any of them is connected with;
    ``position`` gives where the log put a thing on record.
    """
    component = {one: [one] for one in identifiers}
    apart: list[Judged] = []
    for judged in judgements:
        if judged.type is IdentityType.NOT_SAME_AS:
            apart.append(judged)
        elif (one := component[judged.one]) is not (other := component[judged.other]):
            smaller, larger = sorted((one, other), key=len)
            larger += smaller
            component.update(dict.fromkeys(smaller, larger))
    contradicted = {
        id(component[judged.one])
        for judged in apart
        if component.get(judged.one) is component.get(judged.other)
    }
    merged: dict[str, str] = {}
    for joined in {id(one): one for one in component.values()}.values():
        if len(joined) > 1 and id(joined) not in contradicted:
            first = min(joined, key=lambda one: (position(one), one))
            merged |= {one: first for one in joined if one != first}
    return merged
