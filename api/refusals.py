"""The ways in which recording can be refused. They are data, not errors: nothing broke."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias

import strawberry
from strawberry import ID

from api.inputs import EXPECTED_REVISION, Draft
from eventlog.errors import (
    AlreadyRecorded,
    Cycle,
    IdempotencyConflict,
    IsRetracted,
    NotOnRecord,
    NotRetracted,
    Outdated,
    Refused,
    RevisionConflict,
    StillInUse,
    UnknownReference,
)
from schema.entries import Amended, AnyThing
from schema.errors import Fault, InvalidInput
from schema.references import places


@strawberry.interface(description="A reason why nothing was recorded.")
class Problem:
    """What all refusals have in common."""

    message: str = strawberry.field(description="What is wrong, in a sentence.")
    path: list[str] = strawberry.field(description="Where in the arguments it is wrong.")


@strawberry.type(description="One thing wrong with what was to be recorded.")
class InputFault:
    """A fault and its place."""

    message: str = strawberry.field(description="What is wrong, in a sentence.")
    path: list[str] = strawberry.field(description="Where in the arguments it is wrong.")


@strawberry.type(description="What was to be recorded is not well formed, or contradicts itself.")
class Invalid(Problem):
    """Faults in the input; message and path are those of the first."""

    faults: list[InputFault] = strawberry.field(description="Everything that was found wrong.")


@strawberry.type(
    description="It changes, or refers to, things that are not on record or were retracted."
)
class NotFound(Problem):
    """Changes and references that lead nowhere; message tells of all, path of the first."""

    ids: list[ID] = strawberry.field(description="What is not on record.")


@strawberry.type(description="An id is on record already, with other content.")
class AlreadyOnRecord(Problem):
    """Ids that are taken."""

    ids: list[ID] = strawberry.field(description="The ids that are taken.")


@strawberry.type(name="RevisionConflict", description="A thing was changed in the meantime.")
class ChangedMeanwhile(Problem):
    """A revision that is not the expected one."""

    expected: int = strawberry.field(description="The revision that was expected.")
    actual: int = strawberry.field(description="The revision that it has; 0 is not on record.")


@strawberry.type(
    name="IdempotencyConflict", description="The idempotency key came with something else before."
)
class KeyUsed(Problem):
    """A key that belongs to another request."""

    key: str = strawberry.field(description="The key.")


@strawberry.type(
    name="StillInUse", description="Things depend on what is to be retracted without a cascade."
)
class InUse(Problem):
    """Retractions that would leave others without what they refer to."""

    dependants: list[ID] = strawberry.field(description="What depends on it.")


@strawberry.type(
    name="IsRetracted",
    description="A thing was retracted: only a reinstatement gives it back, under the same id.",
)
class Gone(Problem):
    """Things to record or to change that are not on record any more."""

    ids: list[ID] = strawberry.field(description="What was retracted.")


@strawberry.type(name="NotRetracted", description="A thing to be reinstated is on record.")
class Live(Problem):
    """Things that cannot be given back, since they are there."""

    ids: list[ID] = strawberry.field(description="What is on record.")


@strawberry.type(
    name="Outdated",
    description="Others changed again and again what this is about: ask once more.",
)
class Overtaken(Problem):
    """A request that found no moment of rest."""


Refusal: TypeAlias = (
    Invalid
    | NotFound
    | AlreadyOnRecord
    | ChangedMeanwhile
    | KeyUsed
    | InUse
    | Gone
    | Live
    | Overtaken
)


def invalid(faults: Sequence[Fault]) -> Invalid:
    """Return faults as data whose paths lead into the arguments."""
    shown = [InputFault(path=list(one.path), message=one.message) for one in faults]
    return Invalid(path=shown[0].path, message=shown[0].message, faults=shown)


def refusal_of(error: InvalidInput | Refused, draft: Draft, root: Sequence[str]) -> Refusal:
    """Return a refusal as data, with the place of what it is about in the arguments.

    ``root`` is the place of what is about no single part of them.
    """

    def place(subject: str, *within: str) -> list[str]:
        return draft.place(subject, *within) or [*root]

    message = str(error)
    match error:
        case InvalidInput(faults=faults):
            return invalid([_placed(one, draft, root) for one in faults])
        case UnknownReference(dangling=dangling):
            first = dangling[0]
            within = _naming(draft, first.subject, first.target)
            ids = _ids(one.target for one in dangling)
            return NotFound(message=message, path=place(first.subject, *within), ids=ids)
        case NotOnRecord():
            return NotFound(message=message, path=place(error.ids[0], "id"), ids=_ids(error.ids))
        case AlreadyRecorded():
            taken = _ids(error.ids)
            return AlreadyOnRecord(message=message, path=place(taken[0], "id"), ids=taken)
        case RevisionConflict():
            return ChangedMeanwhile(
                message=message,
                path=place(error.subject, EXPECTED_REVISION),
                expected=error.expected,
                actual=error.actual,
            )
        case IdempotencyConflict(key=key):
            return KeyUsed(message=message, path=["idempotencyKey"], key=key)
        case StillInUse():
            users = _ids(error.dependants)
            return InUse(message=message, path=place(error.ids[0], "id"), dependants=users)
        case IsRetracted():
            return Gone(message=message, path=place(error.ids[0], "id"), ids=_ids(error.ids))
        case NotRetracted():
            return Live(message=message, path=place(error.ids[0], "id"), ids=_ids(error.ids))
        case Outdated():
            return Overtaken(message=message, path=place(error.subject, "id"))
        case Cycle(ids=ids):
            place_of = next((one for one in ids if one in draft.places), ids[0])
            return invalid([Fault(tuple(place(place_of)), message)])
        case _:
            return invalid([Fault(tuple(root), message)])


def _ids(ids: Iterable[str]) -> list[ID]:
    return [ID(one) for one in dict.fromkeys(ids)]


def _placed(fault: Fault, draft: Draft, root: Sequence[str]) -> Fault:
    """Return a fault at its place in the arguments; it names what does not stand there."""
    subject, *field = fault.path or ("",)
    place = draft.place(subject, *field)
    if place[-len(field) :] == field or not field:
        return Fault(tuple(place or root), fault.message)
    return Fault(tuple(place or root), str(fault))


def _naming(draft: Draft, subject: str, target: str) -> Sequence[str]:
    """Return the field in which a thing, or an amendment of it, names another one."""
    entry = next((one for one in draft.entries if one.id == subject), None)
    if isinstance(entry, AnyThing):
        return next((one.path for one in places(entry) if one.target == target), ())
    if isinstance(entry, Amended):
        return next(_paths(entry.fields, target), ("id",))
    return ("id",)


def _paths(value: object, target: str) -> Iterator[tuple[str, ...]]:
    """Yield where a text stands in the values of an amendment."""
    inner: Iterable[tuple[object, object]] = ()
    if value == target:
        yield ()
    elif isinstance(value, dict):
        inner = value.items()
    elif isinstance(value, list):
        inner = enumerate(value)
    for step, one in inner:
        for path in _paths(one, target):
            yield (str(step), *path)
