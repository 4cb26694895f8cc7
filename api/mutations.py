"""Putting things on record, and changing what is there."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, TypeAlias, cast

import orjson
import strawberry
from strawberry import ID, Info
from strawberry.scalars import JSON

from api.changing import gone_with, planned
from api.context import Context, Request
from api.entries import LogEntry, shown
from api.entry_kinds import known_kind
from api.inputs import (
    ENTRY_INPUT,
    EXPECTED_REVISION,
    JUDGEMENT_INPUT,
    STATEMENT_INPUT,
    Asked,
    Draft,
    asked_in,
    draft_of,
    plain,
)
from api.limits import Cost
from api.questions import AnyThings
from api.reading import answers
from api.refusals import Refusal, invalid, refusal_of
from api.selecting import Scope
from api.types import Node
from eventlog import Appended, Log
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

    def entries(self, log: Log) -> list[LogEntry]:
        """Return the new entries as they stand in the log, or as they would."""
        if self.dry_run and not self.appended.repeated:
            return [
                self._as_planned(position, entry)
                for position, entry in planned(log, self.draft.entries, self.appended)
            ]
        positions = sorted(self.appended.positions.values())
        found = log.read_positions(positions)
        return [shown(found[position]) for position in positions]

    def _as_planned(self, position: int, entry: AnyEntry) -> LogEntry:
        return LogEntry(
            position=position,
            kind=known_kind(entry.kind()),
            version=entry.VERSION,
            subject=ID(entry.id),
            payload=JSON(orjson.loads(canonical_bytes(entry))),
            recorded_at=None,
            recorded_by=None,
            hash=None,
            append_first=self.appended.first,
            append_size=len(self.appended.positions),
            idempotency_key=None,
        )


async def _entries(
    root: strawberry.Parent["Recorded"], info: Info[Request, object]
) -> list[LogEntry]:
    return await asyncio.to_thread(root.outcome.entries, info.context.context.log)


async def _nodes(root: strawberry.Parent["Recorded"], info: Info[Request, object]) -> list[Node]:
    """Read the new and changed things from the graph."""
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
        description="What says the same already, and was left as it is."
    )
    in_graph: bool = strawberry.field(description="Whether questions can see it already.")

    entries: list[LogEntry] | None = strawberry.field(
        resolver=_entries,
        description="The new entries, those that a cascade added included, and amendments with "
        "the values as they are written.",
    )
    nodes: list[Node] | None = strawberry.field(
        resolver=_nodes,
        description=f"The new and changed things as the graph has them, at most {MAX_PAGE:,}: "
        "none after a dry run or before the graph has them, nothing that was retracted, and no "
        "links and judgements, which are relationships.",
    )


RecordResult: TypeAlias = Annotated[
    Recorded | Refusal,
    strawberry.union("RecordResult", description="What was recorded, or why nothing was."),
]


Key: TypeAlias = Annotated[
    str | None,
    strawberry.argument(
        description="A text of your own; sent again with the same request, it records nothing "
        "twice and gives the first outcome again."
    ),
]
DryRun: TypeAlias = Annotated[
    bool, strawberry.argument(description="Only say what would be recorded.")
]
Wait: TypeAlias = Annotated[
    bool,
    strawberry.argument(description="Answer only once the graph shows it, or after a few seconds."),
]
Cascade: TypeAlias = Annotated[
    bool,
    strawberry.argument(
        description="Retract with a thing whatever depends on it; else that refuses the request."
    ),
]
Expected: TypeAlias = Annotated[
    int | None, strawberry.argument(description="The revision that the thing has to have.")
]
Reason: TypeAlias = Annotated[str, strawberry.argument(description="Why.")]


@dataclass(frozen=True, slots=True)
class _Options:
    """How to record; ``root`` is where in the arguments that stands which is recorded."""

    root: tuple[str, ...]
    idempotency_key: str | None
    dry_run: bool
    wait_for_graph: bool
    cascade: bool = False


async def _record(
    info: Info[Request, object],
    entries: Annotated[
        list[ENTRY_INPUT],  # type: ignore[valid-type]  # made at run time
        strawberry.argument(description="The things and changes; they may refer to each other."),
    ],
    cascade: Cascade = False,
    idempotency_key: Key = None,
    dry_run: DryRun = False,
    wait_for_graph: Wait = True,
) -> RecordResult:
    """Record entries.

    A statement may be added to a source that was recorded from a dossier. That dossier is refused
    from then on, since it lacks the statement, until the statement stands in it as well.
    """
    options = _Options(("entries",), idempotency_key, dry_run, wait_for_graph, cascade)
    return await _outcome(info, asked_in(entries), options)


async def _record_statement(
    info: Info[Request, object],
    statement: Annotated[
        STATEMENT_INPUT,  # type: ignore[valid-type]  # made at run time
        strawberry.argument(description="The statement."),
    ],
    idempotency_key: Key = None,
    dry_run: DryRun = False,
    wait_for_graph: Wait = True,
) -> RecordResult:
    asked = Asked(("statement",), "statement", plain(statement))
    options = _Options(asked.place, idempotency_key, dry_run, wait_for_graph)
    return await _outcome(info, [asked], options)


async def _judge_identity(
    info: Info[Request, object],
    judgement: Annotated[
        JUDGEMENT_INPUT,  # type: ignore[valid-type]  # made at run time
        strawberry.argument(description="The judgement."),
    ],
    idempotency_key: Key = None,
    dry_run: DryRun = False,
    wait_for_graph: Wait = True,
) -> RecordResult:
    asked = Asked(("judgement",), "judgement", plain(judgement))
    options = _Options(asked.place, idempotency_key, dry_run, wait_for_graph)
    return await _outcome(info, [asked], options)


async def _amend(
    info: Info[Request, object],
    id: Annotated[ID, strawberry.argument(description="The thing that is amended.")],
    fields: Annotated[
        JSON,
        strawberry.argument(
            description="The new values by field, as the payload of an entry has them; null "
            "leaves a field out. What is not named stays as it is."
        ),
    ],
    reason: Reason,
    expected_revision: Expected = None,
    idempotency_key: Key = None,
    dry_run: DryRun = False,
    wait_for_graph: Wait = True,
) -> RecordResult:
    asked = _change("amend", id, reason, expected_revision, fields=fields)
    options = _Options(("id",), idempotency_key, dry_run, wait_for_graph)
    return await _outcome(info, [asked], options)


async def _retract(
    info: Info[Request, object],
    id: Annotated[ID, strawberry.argument(description="The thing that is taken back.")],
    reason: Reason,
    cascade: Cascade = False,
    expected_revision: Expected = None,
    idempotency_key: Key = None,
    dry_run: DryRun = False,
    wait_for_graph: Wait = True,
) -> RecordResult:
    asked = _change("retract", id, reason, expected_revision)
    options = _Options(("id",), idempotency_key, dry_run, wait_for_graph, cascade)
    return await _outcome(info, [asked], options)


async def _reinstate(
    info: Info[Request, object],
    id: Annotated[ID, strawberry.argument(description="The thing that is given back.")],
    reason: Reason,
    cascade: Annotated[
        bool,
        strawberry.argument(
            description="Give back as well what a cascade retracted along with the thing."
        ),
    ] = False,
    expected_revision: Expected = None,
    idempotency_key: Key = None,
    dry_run: DryRun = False,
    wait_for_graph: Wait = True,
) -> RecordResult:
    asked = [_change("reinstate", id, reason, expected_revision)]
    if cascade:
        more = await asyncio.to_thread(gone_with, info.context.context.log, str(id))
        asked += [_change("reinstate", one, reason, None) for one in more]
    options = _Options(("id",), idempotency_key, dry_run, wait_for_graph)
    return await _outcome(info, asked, options)


def _change(
    kind: str, identifier: str, reason: str, expected_revision: int | None, **more: object
) -> Asked:
    """Return a change whose parts are arguments themselves."""
    fields = {"id": identifier, "reason": reason, EXPECTED_REVISION: expected_revision, **more}
    return Asked((), kind, fields)


async def _outcome(
    info: Info[Request, object], asked: Sequence[Asked], options: _Options
) -> Recorded | Refusal:
    context = info.context.context
    try:
        draft = draft_of(asked, options.idempotency_key)
    except InvalidInput as error:
        return invalid(error.faults)
    try:
        appended = await context.recorder.record_async(
            draft.entries,
            idempotency_key=options.idempotency_key,
            expected_revisions=draft.expected_revisions,
            cascade=options.cascade,
            dry_run=options.dry_run,
        )
    except (InvalidInput, Refused) as error:
        return refusal_of(error, draft, options.root)
    position = appended.last or (await asyncio.to_thread(context.log.head)).position
    seconds = context.limits.wait_seconds if options.wait_for_graph else 0
    shows = not options.dry_run and await _in_graph(context, position, seconds)
    return Recorded(
        outcome=_Outcome(draft, appended, options.dry_run),
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
    """What changes the record: in one append each, wholly or not at all."""

    record: RecordResult = strawberry.mutation(
        resolver=_record,
        description="Put things on record and change what is there: all in one append, or nothing.",
    )
    record_statement: RecordResult = strawberry.mutation(
        resolver=_record_statement, description="Put a statement on record."
    )
    judge_identity: RecordResult = strawberry.mutation(
        resolver=_judge_identity,
        description="Judge that two things are one and the same, or that they are not.",
    )
    amend: RecordResult = strawberry.mutation(
        resolver=_amend, description="Replace fields of a thing that we recorded wrongly."
    )
    retract: RecordResult = strawberry.mutation(
        resolver=_retract,
        description="Take back a thing that we were wrong to record: it leaves all current answers.",
    )
    reinstate: RecordResult = strawberry.mutation(
        resolver=_reinstate, description="Give back a thing that was retracted, as it was."
    )
