"""What an append reads of the tables before it is planned, and what it writes of the plan."""

from collections.abc import Iterable

import psycopg
from psycopg.rows import TupleRow

from eventlog.entries import Edge
from eventlog.planning import Content, Needs, OnRecord, Plan, State, User
from eventlog.postgres.connection import QUERIES, Session, check_durable
from eventlog.rows import Row, changed_row, entry_row, head_of, kept_of, kept_row

Result = psycopg.Cursor[TupleRow]


def read_state(session: Session, needed: Needs, log_id: str, genesis: str) -> State:
    """Begin a transaction, take the lock of appending, and read what a group of appends needs.

    All in one round trip. Reads are statements of their own, which see what was committed before
    the lock was given: an isolation above READ COMMITTED would look at the time before it.
    """
    with session.pipeline():
        session.execute("BEGIN ISOLATION LEVEL READ COMMITTED")
        locked = _asked(session, "lock_appending")
        asked = _asked(session, "state", ids=list(needed.ids), contents=list(needed.contents))
        kept = _asked(session, "kept", keys=list(needed.keys)) if needed.keys else None
        used = (
            _asked(session, "users", ids=list(needed.users), all=needed.all_users)
            if needed.users
            else None
        )
        watched = list(needed.watched)
        last_used = _asked(session, "last_used", ids=watched) if watched else None
        reached = {
            relation: _asked(session, "reachable", relation=relation, starts=list(starts))
            for relation, starts in needed.starts.items()
        }
    _, *durability = _only(locked)
    check_durable(*durability)
    rows = asked.fetchall()
    found = [row[3:] for row in rows if row[3] is not None]
    return State(
        head_of(rows[0][:3], log_id, genesis),
        {name: OnRecord(*state) for name, *state in (row[:4] for row in found)},
        {name: Content(*said) for name, _, _, _, *said in found if name in needed.contents},
        {row[0]: kept_of(row[:-1], row[-1]) for row in kept or ()},
        {relation: list(map(Edge._make, result)) for relation, result in reached.items()},
        None if used is None else list(map(User._make, used)),
        None if last_used is None else dict(last_used),
    )


def commit(session: Session, planned: Plan, channel: str) -> None:
    """Write the rows of a plan, wake those who listen, and commit, in one go."""
    with session.pipeline():
        if planned.entries:
            columns = _columns(map(entry_row, planned.entries))
            columns += _columns(planned.subjects) or [[], []]
            session.execute(QUERIES["insert_entries"], [*columns, channel], prepare=True)
        if planned.changed:
            changed = _columns(map(changed_row, planned.changed))
            session.execute(QUERIES["change_subjects"], changed, prepare=True)
            revisions = _columns(planned.revisions)
            session.execute(QUERIES["insert_revisions"], revisions, prepare=True)
        if planned.edges:
            edges = _columns(planned.edges)
            session.execute(QUERIES["insert_edges"], edges, prepare=True)
        if planned.kept:
            kept = _columns(map(kept_row, planned.kept))
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


def _columns(rows: Iterable[Row]) -> list[object]:
    """Return a list for each column, as one statement takes them for all rows."""
    return [list(column) for column in zip(*rows, strict=True)]


def _asked(session: Session, query: str, **parameters: object) -> Result:
    return session.execute(QUERIES[query], parameters, prepare=True, binary=True)


def _only(result: Result) -> TupleRow:
    row = result.fetchone()
    assert row is not None
    return row
