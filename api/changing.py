"""What changes of the record do beyond what was asked: cascades, and amendments in their one form."""

from collections.abc import Collection, Iterator, Sequence

from eventlog import Appended, Log
from eventlog.amending import amendment
from eventlog.contents import things
from eventlog.reading import read_entry
from schema.entries import Amended, AnyEntry, Retracted


def planned(
    log: Log, entries: Sequence[AnyEntry], appended: Appended
) -> list[tuple[int, AnyEntry]]:
    """Return what a dry run would have appended, with its positions.

    The values of amendments stand as the log would have them, and what a cascade takes along
    follows. It is as of now: another append may have come between.
    """
    written = {entry.id: entry for entry in _as_written(log, entries)}
    going = [one for one in entries if isinstance(one, Retracted)]
    taken = appended.positions.keys() - written.keys()
    written |= {one.id: one for one in _taken_along(log, going, taken)}
    return sorted(
        (
            (position, written[subject])
            for subject, position in appended.positions.items()
            if subject in written
        ),
        key=lambda one: one[0],
    )


def _as_written(log: Log, entries: Sequence[AnyEntry]) -> Iterator[AnyEntry]:
    amended = things(log, [one.id for one in entries if isinstance(one, Amended)])
    for entry in entries:
        if isinstance(entry, Amended) and entry.id in amended:
            yield amendment(amended[entry.id], entry).change
        else:
            yield entry


def _taken_along(
    log: Log, going: Sequence[Retracted], taken: Collection[str]
) -> Iterator[Retracted]:
    """Yield the retractions that a cascade adds, each from the thing that the log finds it by."""
    if not taken:
        return
    users = log.dependants({*taken, *(one.id for one in going)})
    left, waiting = set(taken), list(going)
    while waiting:
        one = waiting.pop()
        for user in sorted(left.intersection(users.get(one.id, ()))):
            left.remove(user)
            waiting.append(Retracted(id=user, reason=one.reason, cascaded_from=one.id))
            yield waiting[-1]


def gone_with(log: Log, identifier: str) -> list[str]:
    """Return what a cascade took along with a thing when it was last retracted, in order.

    None of that can have come back before the thing, on which it depends. Asked again when all of
    it is back, the answer is the same, so that a repeated request is.
    """
    about = log.read_positions(log.positions([identifier]).get(identifier, []))
    retractions = [at for at, one in about.items() if one.header.kind == Retracted.kind()]
    if not retractions:
        return []
    header = about[max(retractions)].header
    taken: dict[str, str] = {}
    for entry in log.read(header.append_first - 1, header.append_size):
        change = read_entry(entry)
        if isinstance(change, Retracted) and change.cascaded_from is not None:
            taken[change.id] = change.cascaded_from
    reached = {identifier}
    while more := {one for one, cause in taken.items() if cause in reached} - reached:
        reached |= more
    return [one for one in taken if one in reached]
