"""The log as the API shows it: its entries, and how far log and graph have come."""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Annotated

import orjson
import strawberry
from strawberry import ID, Info
from strawberry.scalars import JSON

from api.context import Context, Request
from api.entry_kinds import EntryKind, known_kind
from api.paging import PageInfo
from api.problems import BadRequest
from eventlog import Entry
from eventlog.log import FORMAT
from graph.contradictions import LISTED
from graph.errors import GraphError
from graph.model import MODEL_VERSION
from graph.selection import DEFAULT_PAGE, MAX_PAGE

SCAN_BATCH = 1000
MAX_SCANNED = 20_000
"""How many entries one page may look through for those of the kinds asked for."""


@strawberry.type(
    name="Entry",
    description='One line of the append-only log: "we recorded that ...". Not an Event, which '
    "happened in the world.",
)
class LogEntry:
    """An entry of the log, or one that a dry run would append."""

    position: int = strawberry.field(description="Its place in the log, counted from 1.")
    kind: EntryKind | None = strawberry.field(
        description="What it puts on record, or changes there; null if this program is too old to "
        "know."
    )
    version: int = strawberry.field(description="The schema version of its kind.")
    subject: ID = strawberry.field(description="The id of the thing it is about.")
    payload: JSON = strawberry.field(description="What was recorded, as it stands in the log.")
    recorded_at: str | None = strawberry.field(description="When, in UTC; null in a dry run.")
    recorded_by: str | None = strawberry.field(description="In whose name; null in a dry run.")
    hash: str | None = strawberry.field(
        description="Its hash (SHA-256, hexadecimal), which covers everything before it; null in "
        "a dry run."
    )
    append_first: int = strawberry.field(description="The position at which its append begins.")
    append_size: int = strawberry.field(description="How many entries were appended with it.")
    idempotency_key: str | None = strawberry.field(description="The key its append came with.")


def shown(entry: Entry) -> LogEntry:
    """Return an entry as the API shows it."""
    header = entry.header
    return LogEntry(
        position=header.position,
        kind=known_kind(header.kind),
        version=header.version,
        subject=ID(header.subject),
        payload=JSON(orjson.loads(entry.payload)),
        recorded_at=header.recorded_at,
        recorded_by=header.recorded_by,
        hash=entry.hash_hex,
        append_first=header.append_first,
        append_size=header.append_size,
        idempotency_key=header.idempotency_key,
    )


@strawberry.type(name="EntryEdge", description="An entry and its cursor.")
class EntryEdge:
    """An entry in a page."""

    cursor: str = strawberry.field(description="Its position.")
    node: LogEntry = strawberry.field(description="The entry.")


@strawberry.type(description="A page of entries, in the order of the log.")
class EntryConnection:
    """A page of the log."""

    edges: list[EntryEdge] = strawberry.field(description="The entries with their cursors.")
    nodes: list[LogEntry] = strawberry.field(description="The entries.")
    page_info: PageInfo = strawberry.field(
        description="Where the page begins and ends. A page of some kinds only may be short "
        "though there is more: go on after its endCursor."
    )


@strawberry.type(description="Where the log ends.")
class LogStatus:
    """The head of the log."""

    log_id: str = strawberry.field(description="The log's own random name.")
    position: int = strawberry.field(description="The last position; 0 if it is empty.")
    hash: str = strawberry.field(description="The hash of the last entry, which covers all.")
    recorded_at: str | None = strawberry.field(description="When the last entry was recorded.")


@strawberry.type(description="An entry that could not be applied to the graph.")
class UnappliedEntry:
    """A defect, or an entry of a newer program."""

    position: int = strawberry.field(description="Its place in the log.")
    subject: ID = strawberry.field(description="The id of the thing it is about.")
    reason: str = strawberry.field(description="Why it could not be applied.")


@strawberry.type(
    description="Two things that one judgement keeps apart and others join: nothing is merged."
)
class ContradictoryJudgements:
    """What somebody has to decide, by retracting one of the judgements."""

    one: ID = strawberry.field(description="One of the two things.")
    other: ID = strawberry.field(description="The other one.")
    apart: ID = strawberry.field(description="The judgement that they are not the same.")
    joining: list[ID] = strawberry.field(
        description="The judgements that lead from one to the other as the same."
    )


@strawberry.type(description="How far the graph has followed the log.")
class GraphStatus:
    """The graph's checkpoint and what it could not apply."""

    ready: bool = strawberry.field(description="Whether it answers questions.")
    reason: str | None = strawberry.field(description="Why it does not.")
    position: int | None = strawberry.field(description="The last position that it holds.")
    hash: str | None = strawberry.field(description="The hash of the entry there.")
    lag: int | None = strawberry.field(description="How many entries it is behind the log.")
    model_version: int | None = strawberry.field(description="The graph model it was written by.")
    problems: list[UnappliedEntry] = strawberry.field(description="What could not be applied.")
    contradictions: list[ContradictoryJudgements] = strawberry.field(
        description=f"Where judgements contradict each other; at most {LISTED} are listed."
    )


@strawberry.type(description="Which program answers.")
class Versions:
    """The versions that matter when something does not fit."""

    onrecord: str = strawberry.field(description="The program.")
    log_format: str = strawberry.field(description="The log format that it writes.")
    graph_model: int = strawberry.field(description="The graph model that it writes.")


@strawberry.type(description="How the service is.")
class Status:
    """Log, graph and versions at a glance."""

    log: LogStatus = strawberry.field(description="Where the log ends.")
    graph: GraphStatus = strawberry.field(description="How far the graph has come.")
    versions: Versions = strawberry.field(description="Which program answers.")


async def status_of(context: Context) -> Status:
    """Return how the service is.

    :raises LogUnavailable: the log cannot be read.
    """
    head = await asyncio.to_thread(context.log.head)
    return Status(
        log=LogStatus(
            log_id=head.log_id,
            position=head.position,
            hash=head.hash,
            recorded_at=head.recorded_at,
        ),
        graph=await _graph_status(context, head.position),
        versions=Versions(onrecord=context.version, log_format=FORMAT, graph_model=MODEL_VERSION),
    )


async def _graph_status(context: Context, head: int) -> GraphStatus:
    try:
        checkpoint = await context.graph.checkpoint()
        problems = await context.graph.problems()
        contradictions = await context.graph.contradictions()
    except GraphError as error:
        return GraphStatus(
            ready=False,
            reason=str(error),
            position=None,
            hash=None,
            lag=None,
            model_version=None,
            problems=[],
            contradictions=[],
        )
    return GraphStatus(
        ready=True,
        reason=None,
        position=checkpoint.position,
        hash=checkpoint.hash,
        lag=max(head - checkpoint.position, 0),
        model_version=checkpoint.model_version,
        problems=[
            UnappliedEntry(
                position=int(one["position"]),
                subject=ID(str(one["subject"])),
                reason=str(one["reason"]),
            )
            for one in problems
        ],
        contradictions=[
            ContradictoryJudgements(
                one=ID(found.one),
                other=ID(found.other),
                apart=ID(found.apart),
                joining=[ID(judgement) for judgement in found.joining],
            )
            for found in contradictions
        ],
    )


async def _entry(
    info: Info[Request, object],
    position: Annotated[int, strawberry.argument(description="Counted from 1.")],
) -> LogEntry | None:
    if position < 1:
        raise BadRequest(f"position is {position}: the log begins at 1")
    found = await asyncio.to_thread(info.context.context.log.read_positions, [position])
    return shown(found[position]) if position in found else None


async def _entries(
    info: Info[Request, object],
    after: Annotated[
        int, strawberry.argument(description="The position after which the page begins.")
    ] = 0,
    first: Annotated[
        int, strawberry.argument(description=f"How many, at most {MAX_PAGE:,}.")
    ] = DEFAULT_PAGE,
    kinds: Annotated[
        list[EntryKind] | None, strawberry.argument(description="Only entries of these kinds.")
    ] = None,
) -> EntryConnection:
    if after < 0:
        raise BadRequest(f"after is {after}: the log begins after 0")
    if not 0 <= first <= MAX_PAGE:
        raise BadRequest(f"first is {first:,}: a page has 0 to {MAX_PAGE:,} things")
    return await asyncio.to_thread(_page, info.context.context, after, first, kinds)


async def _status(info: Info[Request, object]) -> Status:
    return await status_of(info.context.context)


@strawberry.type
class LogQueries:
    """What is asked of the log itself."""

    entry: LogEntry | None = strawberry.field(
        resolver=_entry, description="The entry at a position of the log."
    )
    entries: EntryConnection = strawberry.field(
        resolver=_entries, description="The entries of the log, in the order they were recorded."
    )
    status: Status = strawberry.field(
        resolver=_status, description="How the service is: log, graph, versions."
    )


def _page(
    context: Context, after: int, first: int, kinds: Iterable[EntryKind] | None
) -> EntryConnection:
    wanted = None if kinds is None else {kind.in_log for kind in kinds}
    size = first + 1 if wanted is None else SCAN_BATCH
    found: list[Entry] = []
    reached, ended = after, False
    while len(found) <= first and not ended and reached - after < MAX_SCANNED:
        batch = context.log.read(reached, size)
        found += [one for one in batch if wanted is None or one.header.kind in wanted]
        ended = len(batch) < size
        reached = batch[-1].position if batch else reached
    entries = [shown(one) for one in found[:first]]
    if len(found) > first:
        return _connection(entries, after, entries[-1].position if entries else after, more=True)
    return _connection(entries, after, reached, more=not ended)


def _connection(
    entries: Sequence[LogEntry], after: int, end: int, *, more: bool
) -> EntryConnection:
    return EntryConnection(
        edges=[EntryEdge(cursor=str(one.position), node=one) for one in entries],
        nodes=list(entries),
        page_info=PageInfo(
            has_next_page=more,
            has_previous_page=after > 0,
            start_cursor=str(entries[0].position) if entries else None,
            end_cursor=str(end) if end > after else None,
        ),
    )
