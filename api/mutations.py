"""Putting things on record, and the ways it can be refused: problems are data, not errors."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, TypeAlias, cast

import strawberry
from strawberry import ID, Info

from api.context import Context, Request
from api.entries import LogEntry, known_kind, shown
from api.inputs import ENTRY_INPUT, EXPECTED_REVISION, Draft, draft_of
from api.limits import Cost
from api.questions import AnyThings
from api.reading import answers
from api.selecting import Scope
from api.types import Node
from eventlog import Appended
from eventlog.errors import (
    AlreadyRecorded,
    Cycle,
    IdempotencyConflict,
    Refused,
    RevisionConflict,
    UnknownReference,
)
from graph.errors import GraphError
from schema.entries import AnyEntry
from schema.errors import InvalidInput

GRAPH_WAIT_SECONDS = 5.0


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


@strawberry.type(
    description="What was put on record; after a dry run, what would have been: nothing was."
)
class Recorded:
    """The outcome of an append."""

    outcome: strawberry.Private["_Outcome"]
    position: int = strawberry.field(
        description="The position of the last new entry; of the head, if nothing was new."
    )
    unchanged: list[ID] = strawberry.field(
        description="What was on record already with the same content."
    )
    in_graph: bool = strawberry.field(description="Whether questions can see it already.")

    @strawberry.field(description="The new entries.")
    async def entries(self, info: Info[Request, object]) -> list[LogEntry]:
        """Return the entries as they stand in the log, or as they would."""
        if self.outcome.dry_run:
            return self.outcome.planned()
        positions = sorted(self.outcome.appended.positions.values())
        found = await asyncio.to_thread(info.context.context.log.read_positions, positions)
        return [shown(found[position]) for position in positions]

    @strawberry.field(
        description="The new things as the graph has them: none after a dry run or before the "
        "graph has them, and no links, which are relationships."
    )
    async def nodes(self, info: Info[Request, object]) -> list[Node]:
        """Read the new things from the graph."""
        if not self.in_graph:
            return []
        raw = info._raw_info
        limits = info.context.context.limits
        scope = Scope(raw.schema, raw.fragments, raw.variable_values, Cost(limits))
        wanted = list(self.outcome.appended.positions)
        question = AnyThings(wanted, raw.field_nodes, scope)
        (things,) = await answers(info.context, [question])
        if isinstance(things, Exception):
            raise things
        return [thing for thing in cast("list[Node | None]", things) if thing is not None]


RecordResult: TypeAlias = Annotated[
    Recorded | Invalid | NotFound | AlreadyOnRecord | ChangedMeanwhile | KeyUsed,
    strawberry.union("RecordResult", description="What was recorded, or why nothing was."),
]


@dataclass(frozen=True, slots=True)
class _Outcome:
    draft: Draft
    appended: Appended
    dry_run: bool

    def planned(self) -> list[LogEntry]:
        """Return the entries that a dry run would have appended."""
        by_id: dict[str, AnyEntry] = {entry.id: entry for entry in self.draft.entries}
        positions = self.appended.positions
        return [
            LogEntry(
                position=position,
                kind=known_kind(by_id[subject].kind()),
                version=by_id[subject].VERSION,
                subject=ID(subject),
                payload=by_id[subject].model_dump(mode="json", by_alias=True, exclude_none=True),
                recorded_at=None,
                recorded_by=None,
                hash=None,
                append_first=self.appended.first,
                append_size=len(positions),
                idempotency_key=None,
            )
            for subject, position in sorted(positions.items(), key=lambda one: one[1])
        ]


@strawberry.type
class Mutation:
    """What changes the record."""

    @strawberry.mutation(description="Put things on record: all of them in one append, or none.")
    async def record(
        self,
        info: Info[Request, object],
        entries: Annotated[
            list[ENTRY_INPUT],  # type: ignore[valid-type]  # made at run time
            strawberry.argument(description="The things; they may refer to each other."),
        ],
        idempotency_key: Annotated[
            str | None,
            strawberry.argument(
                description="A text of your own; sent again with the same entries, it records "
                "nothing twice and gives the first outcome again."
            ),
        ] = None,
        dry_run: Annotated[
            bool, strawberry.argument(description="Only say what would be recorded.")
        ] = False,
        wait_for_graph: Annotated[
            bool, strawberry.argument(description="Answer once the graph shows it, or after 5 s.")
        ] = True,
    ) -> RecordResult:
        """Record entries."""
        context = info.context.context
        draft: Draft | None = None
        try:
            draft = draft_of(entries, idempotency_key)
            appended = await asyncio.to_thread(
                context.recorder.record,
                draft.entries,
                idempotency_key=idempotency_key,
                expected_revisions=draft.expected_revisions,
                dry_run=dry_run,
            )
        except (InvalidInput, Refused) as error:
            return _problem(error, draft.places if draft else {})
        position = appended.last or (await asyncio.to_thread(context.log.head)).position
        shows = not dry_run and wait_for_graph and await _in_graph(context, position)
        return Recorded(
            outcome=_Outcome(draft, appended, dry_run),
            position=position,
            unchanged=[ID(one) for one in appended.unchanged],
            in_graph=shows,
        )


async def _in_graph(context: Context, position: int) -> bool:
    """Wait for the graph; what is recorded stays recorded if the graph is away."""
    try:
        return await context.graph.wait_for(position, GRAPH_WAIT_SECONDS)
    except GraphError:
        return False


def _problem(error: InvalidInput | Refused, places: Mapping[str, tuple[str, ...]]) -> Problem:
    """Return a refusal as data, with the place of what it is about in the arguments."""

    def place(subject: str, *within: str) -> list[str]:
        return [*places.get(subject, ("entries",)), *within]

    message = str(error)
    match error:
        case InvalidInput(faults=faults):
            return _invalid([(place(*one.path), one.message) for one in faults])
        case UnknownReference(dangling=dangling):
            first = dangling[0]
            ids = [ID(one.target) for one in dangling]
            return NotFound(message=message, path=place(first.subject, first.relation), ids=ids)
        case AlreadyRecorded(ids=ids):
            return AlreadyOnRecord(
                message=message, path=place(ids[0], "id"), ids=[ID(one) for one in ids]
            )
        case RevisionConflict():
            return ChangedMeanwhile(
                message=message,
                path=place(error.subject, EXPECTED_REVISION),
                expected=error.expected,
                actual=error.actual,
            )
        case IdempotencyConflict(key=key):
            return KeyUsed(message=message, path=["idempotencyKey"], key=key)
        case Cycle(source=source, relation=relation):
            return _invalid([(place(source, relation), message)])
        case _:
            return _invalid([(["entries"], message)])


def _invalid(faults: Sequence[tuple[list[str], str]]) -> Invalid:
    path, message = faults[0]
    shown = [InputFault(path=path, message=message) for path, message in faults]
    return Invalid(path=path, message=message, faults=shown)
