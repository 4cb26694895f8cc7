"""``asOf``: the moment of the record that a question is about."""

import asyncio
from collections.abc import Mapping

import strawberry

from api.classes import Field, input_type, nullable, shell
from api.context import Request
from api.problems import BadRequest
from eventlog.moments import NoSuchMoment, position_at, position_when

AS_OF = "asOf"
"""The argument, and where an answer says which position it was."""

AS_OF_TYPE = input_type(
    shell("AsOf"),
    "A moment of the record: what was on record then, as it was then.",
    {
        "position": Field(
            nullable(int),
            "After the entry at this position of the log, 0 before the first, and after all that "
            "was appended together with it.",
        ),
        "recordedAt": Field(
            nullable(str),
            "After what was recorded by this instant, such as 2026-01-02T03:04:05Z; a plain date "
            "is the end of that day in UTC.",
        ),
    },
    one_of=True,
)
AS_OF_ARGUMENT = {
    AS_OF: Field(
        nullable(AS_OF_TYPE),
        "The record as it was at a moment; as it is unless told. A request is about one such "
        "moment, which extensions.onrecord.asOf tells.",
        strawberry.UNSET,
    )
}


async def moment_of(request: Request, arguments: Mapping[str, object]) -> int | None:
    """Return the position as of which a root field is asked, None for the present.

    :raises BadRequest: there is no such moment, or the request is about another one already.
    :raises LogUnavailable: the log cannot be read.
    """
    given = arguments.get(AS_OF)
    if given is None:
        return None
    assert isinstance(given, Mapping)
    said = str(given)
    if said not in request.moments:
        try:
            request.moments[said] = await asyncio.to_thread(_position, request, given)
        except NoSuchMoment as error:
            raise BadRequest(f"{AS_OF}: {error}") from None
    as_of = request.moments[said]
    if request.as_of != as_of:
        raise BadRequest(
            f"{AS_OF}: a request is about one moment of the past, and this one asks as of "
            f"{request.as_of:,} and as of {as_of:,}: send two"
        )
    return as_of


def _position(request: Request, given: Mapping[str, object]) -> int:
    log = request.context.log
    match given:
        case {"position": int(position)}:
            return position_at(log, position)
        case _:
            return position_when(log, str(given["recordedAt"]))
