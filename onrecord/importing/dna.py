"""Discourse Network Analyzer: who agrees with which concept, coded in the text of a document.

A ``.dna`` file of version 3 is an SQLite database, which holds the documents themselves, so that
passages are real stretches of their texts. One row is one statement of a type that has the
variables person or organization, concept, and agreement (Leifeld's actor, concept, agreement). A
concept becomes a claim, which agreement asserts or denies, and an issue to take a stance on.
"""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from importlib.resources import files
from pathlib import Path
from typing import TypeAlias

from onrecord.importing.evidence import Evidence
from onrecord.importing.naming import described, digest, keyed
from onrecord.importing.rows import BadRow, Row, Rows, Unfit, drafted, printable, reason_of
from onrecord.importing.things import actor, document
from schema.dates import Basis, UncertainDate
from schema.entries import (
    ActorKind,
    ActorRecorded,
    AnyEntry,
    Attribution,
    ClaimRecorded,
    IssueRecorded,
    Polarity,
    RoleRecorded,
    SourceKind,
    StatementRecorded,
)
from schema.errors import Fault, InvalidInput, shown
from schema.values import Stance, StanceKind, text_sha256

DATA_SET = "dna"
MAX_BYTES = 64_000_000
"""Bytes of the longest text that is read."""
MAX_STEPS = 200_000_000
"""Steps of SQLite's machine that one row may take; some seconds."""
_COUNTS = 100
"""So often they are counted until then."""

QUERIES = dict(
    re.findall(
        r"-- name: (\w+)\n(.*?;)",
        (files("onrecord.importing") / "dna.sql").read_text("utf-8"),
        re.DOTALL,
    )
)
_TABLES = {
    "STATEMENTTYPES",
    "VARIABLES",
    "STATEMENTS",
    "DATASHORTTEXT",
    "DATABOOLEAN",
    "ENTITIES",
    "DOCUMENTS",
}
_PEOPLE = ("person", "organization")
_CODED = {"person": "short text", "organization": "short text", "concept": "short text"} | {
    "agreement": "boolean"
}
_EPOCH = date(1970, 1, 1)
_SECONDS_A_DAY = 86_400

Cell: TypeAlias = bytes | int | float | None
Cells: TypeAlias = tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """A document of the database; ``date`` is its day in UTC."""

    title: str
    date: str
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Coded:
    """A statement of the database: offsets count code points of its document's text."""

    key: int
    document: Document
    start: int
    end: int
    person: str | None
    organization: str | None
    concept: str
    agrees: bool


def rows(file: Path) -> Rows:
    """Yield the coded statements of a database, with one document in memory at a time.

    :raises InvalidInput: it cannot be read, or is no database of DNA 3 with such statements.
    """
    with _reading(file), closing(_opened(file)) as database:
        asked = _Database(database)
        _check_tables(file, asked)
        for variables in _coded_types(file, asked):
            yield from _typed(file, asked, variables)


def _typed(file: Path, asked: "_Database", variables: dict[str, int]) -> Rows:
    last: Cell = None
    found: Document | str = ""
    for cells in asked.rows("statements", {"person": None, "organization": None} | variables):
        if cells[1] != last or not found:
            last, found = cells[1], _document(asked, cells[1])
        yield _row(file, cells, found)


def _row(file: Path, cells: Cells, found: Document | str) -> Row | BadRow:
    where = f"{file}: statement {shown(cells[0])}"
    if isinstance(found, str):
        return BadRow(where, found)
    return drafted(where, lambda: entries_of(_coded(cells, found)))


# -- reading the database ----------------------------------------------------------------------


class _Database:
    """A database that may come from anybody: no row of an answer may take for ever."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        self._counted = 0
        database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_BYTES)
        database.set_progress_handler(self._count, MAX_STEPS // _COUNTS)

    def rows(
        self, query: str, values: dict[str, int | None] | tuple[Cell, ...] = ()
    ) -> Iterator[Cells]:
        answer = self._database.execute(QUERIES[query], values)
        while (cells := self._next(answer)) is not None:
            yield cells

    def _next(self, answer: sqlite3.Cursor) -> Cells | None:
        self._counted = 0
        found: Cells | None = answer.fetchone()
        return found

    def _count(self) -> bool:
        self._counted += 1
        return self._counted > _COUNTS


def _opened(file: Path) -> sqlite3.Connection:
    with file.open("rb"):  # SQLite would not say why not
        pass
    database = sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)
    database.text_factory = bytes
    database.execute("PRAGMA trusted_schema = OFF")
    return database


@contextmanager
def _reading(file: Path) -> Iterator[None]:
    """Say in one sentence why a database cannot be read."""
    try:
        yield
    except OSError as error:
        raise _refusal(file, f"cannot be read: {error.strerror}") from None
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_INTERRUPT:
            raise _refusal(file, "is made so that reading one row of it takes too long") from None
        reason = printable(str(error))
        raise _refusal(file, f"is not a database that can be read: {reason}") from None
    except Unfit as error:
        raise _refusal(file, f"is not a database that can be read: {error}") from None
    except UnicodeDecodeError:  # of SQLite's own message
        raise _refusal(file, "is not a database that can be read: its names are no text") from None


def _check_tables(file: Path, asked: _Database) -> None:
    found = {
        name.decode(errors="replace") for (name,) in asked.rows("tables") if isinstance(name, bytes)
    }
    if missing := sorted(_TABLES - found):
        raise _refusal(
            file,
            f"is not a database of Discourse Network Analyzer 3: it has no table {missing[0]}; "
            "one of an older version is saved anew by DNA 3",
        )


def _coded_types(file: Path, asked: _Database) -> list[dict[str, int]]:
    """Return the variables of each type of statement that tells who agrees with what."""
    by_type: dict[int, dict[str, int]] = {}
    for type_id, _, variable, name, data_type in asked.rows("types"):
        if isinstance(type_id, int) and isinstance(variable, int):
            known = by_type.setdefault(type_id, {"type": type_id})
            label = _text("a variable", name).lower()
            if _CODED.get(label) == _text("a data type", data_type):
                known[label] = variable
    found = [
        one
        for one in by_type.values()
        if {"concept", "agreement"} <= one.keys() and not one.keys().isdisjoint(_PEOPLE)
    ]
    if not found:
        raise _refusal(
            file,
            "has no type of statement with the variables person or organization, concept, and "
            "agreement (yes or no)",
        )
    return found


def _document(asked: _Database, key: Cell) -> Document | str:
    """Return a document, or why it cannot be read."""
    try:
        found = next(asked.rows("document", (key,)), None)
        if found is None:
            raise Unfit(f"its document {shown(key)} is not in the database")
        title, text = _text("the document's title", found[0]), _text("its text", found[1])
        day = _day(found[2])
        source = described("source", DATA_SET, title, title, day, text_sha256(text))
        return Document(" ".join(title.split()), day, Evidence(source, text))
    except sqlite3.DataError:
        return f"its document {shown(key)} is longer than the {MAX_BYTES:,} bytes that are read"
    except ValueError as error:
        return reason_of(error)


def _day(seconds: Cell) -> str:
    """Return the UTC day of a number of seconds since 1970."""
    if not isinstance(seconds, int):
        raise Unfit(f"the document's date is no number of seconds: {shown(seconds)}")
    try:
        return (_EPOCH + timedelta(days=seconds // _SECONDS_A_DAY)).isoformat()
    except OverflowError:
        raise Unfit(f"the document's date is in no year: {seconds:,} seconds") from None


def _coded(cells: Cells, within: Document) -> Coded:
    key, _, start, stop, person, organization, concept, agreement = cells
    if not (isinstance(key, int) and isinstance(start, int) and isinstance(stop, int)):
        raise Unfit("its number, start and stop have to be whole numbers")
    if agreement not in (0, 1):
        raise Unfit(f"agreement is neither yes (1) nor no (0): {shown(agreement)}")
    first, end = _code_points(within.evidence.text, start, stop)
    return Coded(
        key,
        within,
        first,
        end,
        _name("person", person),
        _name("organization", organization),
        _name("concept", concept) or "",
        agreement == 1,
    )


def _code_points(text: str, start: int, stop: int) -> tuple[int, int]:
    """Return offsets in code points; DNA counts UTF-16 code units, as Java does."""
    units = text.encode("utf-16-le") if not text.isascii() else b""
    length = len(units) // 2 or len(text)
    if not 0 <= start < stop <= length:
        raise Unfit(f"{start:,} to {stop:,} is no stretch of a text of {length:,} characters")
    if length == len(text):
        return start, stop
    try:
        first = len(units[: 2 * start].decode("utf-16-le"))
        return first, first + len(units[2 * start : 2 * stop].decode("utf-16-le"))
    except UnicodeDecodeError:
        raise Unfit(f"{start:,} to {stop:,} begins or ends inside a character") from None


def _name(what: str, cell: Cell) -> str | None:
    """Return a text in one line, or None if it is empty."""
    return None if cell is None else " ".join(_text(what, cell).split()) or None


def _text(what: str, cell: Cell) -> str:
    if not isinstance(cell, bytes):
        raise Unfit(f"{what} is no text: {shown(cell)}")
    try:
        return cell.decode()
    except UnicodeDecodeError:
        raise Unfit(f"{what} is no text in UTF-8") from None


def _refusal(file: Path, message: str) -> InvalidInput:
    return InvalidInput([Fault((), message, str(file))])


# -- one statement -----------------------------------------------------------------------------


def entries_of(coded: Coded) -> Iterator[AnyEntry]:
    """Yield the entries of a coded statement.

    :raises Unfit: nobody says it, or it has no concept.
    :raises ValidationError: it says what no entry can hold.
    """
    if not coded.concept:
        raise Unfit("it has no concept")
    organization = _actor(coded.organization, ActorKind.ORGANISATION)
    speaker = _actor(coded.person, ActorKind.PERSON) or organization
    if speaker is None:
        raise Unfit("it has neither a person nor an organization")
    capacity = _capacity(speaker, organization)
    issue = _issue(coded.concept)
    claim = ClaimRecorded(
        id=described("claim", DATA_SET, coded.concept, coded.concept),
        text=coded.concept,
        issues=(issue.id,),
    )
    yield from (one for one in (speaker, organization, capacity) if one is not None)
    source = document(
        coded.document.evidence,
        coded.document.title,
        SourceKind.OTHER,
        title=coded.document.title,
        published=UncertainDate(edtf=coded.document.date),
    )
    yield from (source, issue, claim)
    yield StatementRecorded(
        id=keyed("statement", DATA_SET, digest(source.id), str(coded.key)),
        speaker=speaker.id,
        capacity=capacity and capacity.id,
        attribution=Attribution.PARAPHRASE,
        polarity=Polarity.ASSERTS if coded.agrees else Polarity.DENIES,
        claim=claim.id,
        said=_said(coded.document),
        passages=(coded.document.evidence.passage(coded.start, coded.end),),
        stances=(
            Stance(
                issue=issue.id,
                stance=StanceKind.SUPPORTS if coded.agrees else StanceKind.OPPOSES,
            ),
        ),
    )


def _actor(name: str | None, kind: ActorKind) -> ActorRecorded | None:
    if name is None:
        return None
    return actor(described("actor", DATA_SET, name, kind, name), name, kind)


def _capacity(speaker: ActorRecorded, organization: ActorRecorded | None) -> RoleRecorded | None:
    """Return the role of a person in an organization, of which DNA knows no title."""
    if organization is None or organization.id == speaker.id:
        return None
    return RoleRecorded(
        id=described("role", DATA_SET, speaker.name, speaker.id, organization.id),
        title=f"affiliated with {organization.name}",
        holder=speaker.id,
        body=organization.id,
    )


def _issue(concept: str) -> IssueRecorded:
    return IssueRecorded(
        id=described("issue", DATA_SET, concept, concept),
        name=concept,
        question=f"Does this hold: {concept}",
    )


def _said(document: Document) -> UncertainDate:
    because = "DNA dates the document, not each statement in it"
    return UncertainDate(edtf=document.date, basis=Basis.DERIVED_FROM_PUBLICATION, because=because)
