"""The ways in which recording can be refused. They are data, not errors: nothing broke."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import strawberry
from strawberry import ID

from api.inputs import EXPECTED_REVISION
from eventlog.errors import (
    AlreadyRecorded,
    Cycle,
    IdempotencyConflict,
    Refused,
    RevisionConflict,
    UnknownReference,
)
from schema.errors import InvalidInput


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


@strawberry.type(description="It refers to things that are not on record.")
class NotFound(Problem):
    """References that lead nowhere; message tells of all, path of the first."""

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


Refusal: TypeAlias = Invalid | NotFound | AlreadyOnRecord | ChangedMeanwhile | KeyUsed


def refusal_of(error: InvalidInput | Refused, places: Mapping[str, tuple[str, ...]]) -> Refusal:
    """Return a refusal as data, with the place of what it is about in the arguments."""

    def place(subject: str, *within: str) -> list[str]:
        return [*places.get(subject, ("entries",)), *within]

    message = str(error)
    match error:
        case InvalidInput(faults=faults):
            return _invalid([(place(*(one.path or ("entries",))), one.message) for one in faults])
        case UnknownReference(dangling=dangling):
            first = dangling[0]
            ids = [ID(one.target) for one in dangling]
            return NotFound(message=message, path=place(first.subject, first.relation), ids=ids)
        case AlreadyRecorded():
            taken = [ID(one) for one in error.ids]
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
        case Cycle(ids=ids):
            place_of = next((one for one in ids if one in places), ids[0])
            return _invalid([(place(place_of), message)])
        case _:
            return _invalid([(["entries"], message)])


def _invalid(faults: Sequence[tuple[list[str], str]]) -> Invalid:
    path, message = faults[0]
    shown = [InputFault(path=path, message=message) for path, message in faults]
    return Invalid(path=path, message=message, faults=shown)
