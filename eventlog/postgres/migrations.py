"""The tables of a log, made and brought up to date by numbered scripts, each applied once."""

import uuid
from collections.abc import Sequence

from eventlog.errors import WrongFormat
from eventlog.log import FORMAT
from eventlog.migrations import Migration, checked_id, migrations_of
from eventlog.postgres.connection import QUERIES, Session


def migrations() -> list[Migration]:
    """Return the scripts of this store, in order."""
    return migrations_of("eventlog.postgres")


def is_log(session: Session) -> bool:
    """Tell whether the tables of a log are there."""
    return "log_migrations" in _tables(session)


def opened_log(
    session: Session,
    where: str,
    *,
    make: bool,
    log_id: str | None = None,
    known: Sequence[Migration] | None = None,
) -> str:
    """Return the id of the log, whose tables are made or brought up to date if need be.

    ``make`` makes the log where there is none, with the id ``log_id`` or a fresh one. Programs
    that open it at once wait for each other.

    :raises WrongFormat: there is something else, no log, or one of another program or format.
    """
    known = migrations() if known is None else known
    while missing := _missing(session, where, known, make=make):
        _apply(session, missing[0], where, known, make=make, log_id=log_id or str(uuid.uuid4()))
    meta: dict[str, str] = dict(session.execute(QUERIES["meta"]).fetchall())
    return checked_id(meta, where, "a new database")


def _apply(
    session: Session,
    next_one: Migration,
    where: str,
    known: Sequence[Migration],
    *,
    make: bool,
    log_id: str,
) -> None:
    """Apply a script in a transaction, unless another program was first."""
    session.patience_seconds = None  # what there is to change may be large
    with session.transaction():
        session.execute("SET LOCAL statement_timeout = 0")
        session.execute("SET LOCAL lock_timeout = 0")
        session.execute(QUERIES["lock_migrating"])
        if next_one not in _missing(session, where, known, make=make):
            return
        session.execute(next_one.script)
        if next_one.number == 1:
            meta = {"format": FORMAT, "log_id": log_id}
            session.execute(QUERIES["insert_meta"], meta)
        row = {
            "number": next_one.number,
            "name": next_one.name,
            "checksum": next_one.checksum,
        }
        session.execute(QUERIES["insert_migration"], row)


def _missing(
    session: Session, where: str, known: Sequence[Migration], *, make: bool
) -> list[Migration]:
    """Return the scripts that were not applied yet."""
    tables = _tables(session)
    if "log_migrations" not in tables:
        if tables:
            raise WrongFormat(
                f"{where} has tables of other programs with the names of a log's: "
                f"{', '.join(tables)}; give the log a database or a schema of its own"
            )
        if not make:
            raise WrongFormat(f"{where} holds no log")
        return list(known)
    applied = session.execute(QUERIES["migrations"]).fetchall()
    _check_applied(where, applied, {one.number: one for one in known})
    return list(known[len(applied) :])


def _check_applied(
    where: str, applied: Sequence[tuple[int, str, str]], known: dict[int, Migration]
) -> None:
    """Refuse tables that this program does not know."""
    for number, name, checksum in applied:
        if number not in known:
            raise WrongFormat(
                f"{where} was brought up to date by a newer program (migration {number:04}, "
                f"{name}; this one knows {max(known):04}): use that one"
            )
        if known[number].checksum != checksum:
            raise WrongFormat(
                f"{where} was made by a program whose migration {number:04} ({name}) was another "
                "one: use that program"
            )


def _tables(session: Session) -> list[str]:
    return [name for (name,) in session.execute(QUERIES["tables"])]
