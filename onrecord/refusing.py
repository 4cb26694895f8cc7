"""Why the log refuses something, told so that whoever asked can mend it."""

from collections.abc import Iterable, Iterator, Sequence

from eventlog import Log
from eventlog.errors import Cycle, NotOnRecord, Refused, UnknownReference
from schema.entries import AnyEntry, AnyThing
from schema.errors import Fault, InvalidInput, did_you_mean
from schema.references import places

NEAR = 0.8


def faults_of_refusal(
    error: InvalidInput | Refused, log: Log, entries: Sequence[AnyEntry]
) -> Iterator[Fault]:
    """Yield what was refused, one fault a thing; paths begin with the id of an entry."""
    by_id = {entry.id: entry for entry in entries}
    match error:
        case InvalidInput(faults=faults):
            yield from faults
        case UnknownReference(dangling=dangling):
            for one in dangling:
                place = _place(by_id.get(one.subject), one.target)
                if one.retracted:
                    what = "was retracted: onrecord reinstate gives it back"
                else:
                    what = f"is not on record{_near(one.target, log, by_id)}"
                yield Fault((one.subject, *place), f"{one.target} {what}")
        case NotOnRecord(ids=ids):
            for name in ids:
                yield Fault((), f"{name} is not on record{_near(name, log, ())}")
        case Cycle(ids=ids):
            subject = next((one for one in ids if one in by_id), ids[0])
            yield Fault((subject,), str(error))
        case _:
            yield Fault((), str(error))


def _place(entry: AnyEntry | None, target: str) -> tuple[str, ...]:
    """Return where an entry names a thing."""
    if not isinstance(entry, AnyThing):
        return ()
    return next((place.path for place in places(entry) if place.target == target), ())


def _near(target: str, log: Log, new: Iterable[str]) -> str:
    """Suggest ids of the same kind; all of them begin alike, so that near means nearer."""
    kind = target.partition("/")[0]
    known = [*log.known_ids(kind), *(one for one in new if one.startswith(f"{kind}/"))]
    return did_you_mean(target, known, cutoff=NEAR)
