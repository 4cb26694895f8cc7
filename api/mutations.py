"""Putting things on record."""

import asyncio
from dataclasses import dataclass
from typing import Annotated, TypeAlias, cast

import orjson
import strawberry
from strawberry import ID, Info
from strawberry.scalars import JSON

from api.context import Context, Request
from api.entries import LogEntry, known_kind, shown
from api.inputs import ENTRY_INPUT, Draft, draft_of
from api.limits import Cost
from api.questions import AnyThings
from api.reading import answers
from api.refusals import Refusal, refusal_of
from api.selecting import Scope
from api.types import Node
from eventlog import Appended
from eventlog.errors import Refused
from graph.errors import GraphError
from graph.selection import MAX_PAGE
from schema.canonical import canonical_bytes
from schema.entries import AnyEntry
from schema.errors import InvalidInput


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
                payload=JSON(orjson.loads(canonical_bytes(by_id[subject]))),
                recorded_at=None,
                recorded_by=None,
                hash=None,
                append_first=self.appended.first,
                append_size=len(positions),
                idempotency_key=None,
            )
            for subject, position in sorted(positions.items(), key=lambda one: one[1])
        ]


async def _entries(
    root: strawberry.Parent["Recorded"], info: Info[Request, object]
) -> list[LogEntry]:
    """Return the entries as they stand in the log, or as they would."""
    if root.outcome.dry_run:
        return root.outcome.planned()
    positions = sorted(root.outcome.appended.positions.values())
    found = await asyncio.to_thread(info.context.context.log.read_positions, positions)
    return [shown(found[position]) for position in positions]


async def _nodes(root: strawberry.Parent["Recorded"], info: Info[Request, object]) -> list[Node]:
    """Read the new things from the graph."""
    if not root.in_graph:
        return []
    raw = info._raw_info
    scope = Scope(raw.schema, raw.fragments, raw.variable_values, Cost(info.context.context.limits))
    wanted = list(root.outcome.appended.positions)[:MAX_PAGE]
    (things,) = await answers(info.context, [AnyThings(wanted, raw.field_nodes, scope)])
    if isinstance(things, Exception):
        raise things
    return [thing for thing in cast("list[Node | None]", things) if thing is not None]


@strawberry.type(
    description="What was put on record; after a dry run, what would have been: nothing was."
)
class Recorded:
    """The outcome of an append."""

    outcome: strawberry.Private[_Outcome]
    position: int = strawberry.field(
        description="The position of the last new entry; of the head, if nothing was new."
    )
    unchanged: list[ID] = strawberry.field(
        description="What was on record already with the same content."
    )
    in_graph: bool = strawberry.field(description="Whether questions can see it already.")

    entries: list[LogEntry] | None = strawberry.field(
        resolver=_entries, description="The new entries."
    )
    nodes: list[Node] | None = strawberry.field(
        resolver=_nodes,
        description=f"The new things as the graph has them, at most {MAX_PAGE:,}: none after a "
        "dry run or before the graph has them, and no links, which are relationships.",
    )


RecordResult: TypeAlias = Annotated[
    Recorded | Refusal,
    strawberry.union("RecordResult", description="What was recorded, or why nothing was."),
]


async def _record(
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
        bool,
        strawberry.argument(
            description="Answer only once the graph shows it, or after a few seconds."
        ),
    ] = True,
) -> RecordResult:
    """Record entries.

    A statement may be added to a source that was recorded from a dossier. That dossier is refused
    from then on, since it lacks the statement, until the statement stands in it as well.
    """
    context = info.context.context
    draft: Draft | None = None
    try:
        draft = draft_of(entries, idempotency_key)
        appended = await context.recorder.record_async(
            draft.entries,
            idempotency_key=idempotency_key,
            expected_revisions=draft.expected_revisions,
            dry_run=dry_run,
        )
    except (InvalidInput, Refused) as error:
        return refusal_of(error, draft.places if draft else {})
    position = appended.last or (await asyncio.to_thread(context.log.head)).position
    seconds = context.limits.wait_seconds if wait_for_graph else 0
    shows = not dry_run and await _in_graph(context, position, seconds)
    return Recorded(
        outcome=_Outcome(draft, appended, dry_run),
        position=position,
        unchanged=[ID(one) for one in appended.unchanged],
        in_graph=shows,
    )


async def _in_graph(context: Context, position: int, seconds: float) -> bool:
    """Wait for the graph; what is recorded stays recorded if the graph is away."""
    try:
        return await context.graph.wait_for(position, seconds)
    except GraphError:
        return False


@strawberry.type
class Mutation:
    """What changes the record."""

    record: RecordResult = strawberry.mutation(
        resolver=_record, description="Put things on record: all of them in one append, or none."
    )
