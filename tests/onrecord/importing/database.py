"""A small invented database in the form of Discourse Network Analyzer 3: a hearing on a dam."""

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

TEXT = "The dam leaks. 🚧 Fees are too high. Nobody knows."

SCHEMA = """
CREATE TABLE SETTINGS(Property TEXT PRIMARY KEY, Value TEXT);
CREATE TABLE DOCUMENTS(ID INTEGER PRIMARY KEY, Title, Text, Author, Date);
CREATE TABLE STATEMENTTYPES(ID INTEGER PRIMARY KEY, Label);
CREATE TABLE VARIABLES(ID INTEGER PRIMARY KEY, Variable, DataType, StatementTypeId);
CREATE TABLE STATEMENTS(ID INTEGER PRIMARY KEY, StatementTypeId, DocumentId, Start, Stop, Coder);
CREATE TABLE ENTITIES(ID INTEGER PRIMARY KEY, VariableId, Value);
CREATE TABLE DATASHORTTEXT(StatementId, VariableId, Entity, UNIQUE (StatementId, VariableId));
CREATE TABLE DATABOOLEAN(StatementId, VariableId, Value, UNIQUE (StatementId, VariableId));
"""
ROWS = """
INSERT INTO DOCUMENTS VALUES (1, 'Hearing 12', '$', 'Clerk', 1104542600);
INSERT INTO STATEMENTTYPES VALUES (1, 'DNA Statement'), (2, 'Annotation');
INSERT INTO VARIABLES VALUES (1, 'person', 'short text', 1), (2, 'organization', 'short text', 1),
    (3, 'concept', 'short text', 1), (4, 'agreement', 'boolean', 1), (5, 'note', 'long text', 2);
INSERT INTO ENTITIES VALUES (1, 1, 'Ada Marsh'), (2, 2, 'Water Board'), (3, 3, 'The dam is safe.'),
    (4, 3, 'Fees should fall.'), (5, 1, ''), (6, 2, ''), (7, 3, '');
INSERT INTO STATEMENTS VALUES (1, 1, 1, 0, 14, 2), (2, 2, 1, 0, 3, 2), (3, 1, 1, 18, 36, 2),
    (4, 1, 1, 37, 50, 3);
INSERT INTO DATASHORTTEXT VALUES (1, 1, 1), (1, 2, 2), (1, 3, 3), (3, 1, 1), (3, 2, 6), (3, 3, 4),
    (4, 1, 5), (4, 2, 2), (4, 3, 3);
INSERT INTO DATABOOLEAN VALUES (1, 4, 0), (3, 4, 1), (4, 4, 0);
""".replace("$", TEXT)


def database(folder: Path, *changes: str, schema: str = SCHEMA, rows: str = ROWS) -> Path:
    """Write the database, changed by some statements of SQL, and return its path."""
    path = folder / "hearing.dna"
    with closing(sqlite3.connect(path)) as made:
        _run(made, (schema, rows, *changes))
    return path


def _run(made: sqlite3.Connection, scripts: Iterable[str]) -> None:
    for script in scripts:
        made.executescript(script)
