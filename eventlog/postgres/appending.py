"""What an append reads of the tables before it is planned, and what it writes of the plan."""

from collections.abc import Iterable

import orjson
import psycopg
from psycopg.rows import TupleRow

from eventlog.chain import Header
from eventlog.entries import Appended, Entry, Head
from eventlog.planning import Edge, Kept, Needs, NewEdge, NewSubject, OnRecord, Plan, State
from eventlog.postgres.connection import QUERIES, Session, check_durable

Result = psycopg.Cursor[TupleRow]
Row = tuple[str | int | bytes | None, ...]


def read_state(session: Session, needed: Needs, log_id: str, genesis: str) -> State:
    """Begin a transaction, take the lock of appending, and read what a group of appends needs.

    All in one round trip. Reads are statements of their own, which see what was committed before
    the lock was given: an isolation above READ COMMITTED would look at the time before it.
    """
    with session.pipeline():
        session.execute("BEGIN ISOLATION LEVEL READ COMMITTED")
        locked = _asked(session, "lock_appending")
        asked = _asked(session, "state", ids=list(needed.ids))
        kept = _asked(session, "kept", keys=list(needed.keys)) if needed.keys else None
        reached = {
            relation: _asked(session, "reachable", relation=relation, starts=list(starts))
            for relation, starts in needed.starts.items()
        }
    _, *durability = _only(locked)
    check_durable(*durability)
    rows = asked.fetchall()
    return State(
        head_of(rows[0][:3], log_id, genesis),
        {name: OnRecord(*content) for _, _, _, name, *content in rows if name is not None},
        {row[0]: _kept(*row) for row in kept or ()},
        {relation: _edges(result) for relation, result in reached.items()},
    )


def head_of(row: TupleRow | None, log_id: str, genesis: str) -> Head:
    """Return where a log ends, by its last entry."""
    if row is None or row[0] is None:
        return Head(0, genesis, None, log_id)
    position, hash_, recorded_at = row
    return Head(position, hash_.hex(), recorded_at, log_id)


def entry_of(log_id: str, row: TupleRow) -> Entry:
    """Return an entry, by its row."""
    position, *header, payload, salt, digest = row
    return Entry(Header(log_id, position, *header), payload, salt, digest)


def _kept(
    key: str,
    salt: bytes,
    request_hash: bytes,
    first: int,
    last: int,
    unchanged: str,
    subjects: list[str],
) -> Kept:
    positions = {subject: position for position, subject in enumerate(subjects, first)}
    return Kept(
        key, salt, request_hash, Appended(first, last, positions, tuple(orjson.loads(unchanged)))
    )


def _edges(result: Result) -> list[Edge]:
    return [(source, target) for source, target in result]


def commit(session: Session, planned: Plan, channel: str) -> None:
    """Write the rows of a plan, tell listeners where the log ends now, and commit, in one go."""
    with session.pipeline():
        if planned.entries:
            columns = _columns(map(_entry_row, planned.entries))
            columns += _columns(map(_subject_row, planned.subjects))
            word = [channel, str(planned.entries[-1].position)]
            session.execute(QUERIES["insert_entries"], columns + word, prepare=True)
        if planned.edges:
            edges = _columns(map(_edge_row, planned.edges))
            session.execute(QUERIES["insert_edges"], edges, prepare=True)
        if planned.kept:
            kept = _columns(map(_kept_row, planned.kept))
            session.execute(QUERIES["insert_kept"], kept, prepare=True)
        session.execute("COMMIT")


def committed(session: Session, planned: Plan) -> bool:
    """Tell whether a plan was written, by one of its rows: all are there or none is.

    Under the lock of appending, which the transaction that was to write them held to its end. The
    hash of an entry and the salt of an outcome are random, so that no other append has them.
    """
    with session.transaction():
        _asked(session, "lock_appending")
        if planned.entries:
            last = planned.entries[-1]
            row = _asked(session, "hash_at", position=last.position).fetchone()
            return row is not None and row[0] == last.hash
        kept = planned.kept[-1]
        row = _asked(session, "salt_of", key=kept.key).fetchone()
        return row is not None and row[0] == kept.salt


def _entry_row(entry: Entry) -> Row:
    header = entry.header
    return (
        header.position,
        header.recorded_at,
        header.recorded_by,
        header.kind,
        header.version,
        header.subject,
        header.append_first,
        header.append_size,
        header.idempotency_key,
        entry.payload,
        entry.salt,
        entry.hash,
    )


def _subject_row(subject: NewSubject) -> Row:
    return subject.id, subject.kind, subject.position, subject.content_hash


def _edge_row(edge: NewEdge) -> Row:
    return edge.relation, edge.source, edge.target, edge.position


def _kept_row(kept: Kept) -> Row:
    outcome = kept.outcome
    unchanged = orjson.dumps(outcome.unchanged).decode()
    return kept.key, kept.salt, kept.request_hash, outcome.first, outcome.last, unchanged


def _columns(rows: Iterable[Row]) -> list[object]:
    """Return a list for each column, as one statement takes them for all rows."""
    return [list(column) for column in zip(*rows, strict=True)]


def _asked(session: Session, query: str, **parameters: object) -> Result:
    return session.execute(QUERIES[query], parameters, prepare=True, binary=True)


def _only(result: Result) -> TupleRow:
    row = result.fetchone()
    assert row is not None
    return row
