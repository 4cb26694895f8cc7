"""Discourse Network Analyzer: what its coded statements become, and what is left out."""

import os
from pathlib import Path

import pytest

from onrecord.importing import dna
from onrecord.importing.dna import rows
from schema.entries import (
    ActorRecorded,
    ClaimRecorded,
    IssueRecorded,
    RoleRecorded,
    SourceRecorded,
    StatementRecorded,
)
from schema.errors import InvalidInput
from schema.values import text_sha256
from tests.onrecord.importing.database import ROWS, SCHEMA, TEXT, database
from tests.onrecord.importing.reading import bad, good, of_kind


def _refused(path: Path) -> str:
    with pytest.raises(InvalidInput) as refused:
        list(rows(path))
    (line,) = str(refused.value).splitlines()
    return line.removeprefix(f"{path}: ")


def test_each_coded_statement_is_a_row_and_annotations_are_none(tmp_path: Path) -> None:
    path = database(tmp_path)
    assert [row.where for row in good(rows(path))] == [
        f"{path}: statement 1",
        f"{path}: statement 3",
        f"{path}: statement 4",
    ]


def test_a_person_speaks_for_an_organization_in_the_documents_words(tmp_path: Path) -> None:
    first = good(rows(database(tmp_path)))[0]
    (said,) = of_kind(StatementRecorded, [first])
    (role,) = of_kind(RoleRecorded, [first])
    ada, board = of_kind(ActorRecorded, [first])
    assert (ada.name, ada.actor_kind) == ("Ada Marsh", "PERSON")
    assert (board.name, board.actor_kind) == ("Water Board", "ORGANISATION")
    assert (role.title, role.holder, role.body) == ("affiliated with Water Board", ada.id, board.id)
    assert (said.speaker, said.capacity, said.attribution) == (ada.id, role.id, "PARAPHRASE")
    assert said.passages[0].exact == "The dam leaks."


def test_agreement_asserts_or_denies_the_concept_and_takes_a_stance(tmp_path: Path) -> None:
    found = good(rows(database(tmp_path)))
    denies, asserts, _ = of_kind(StatementRecorded, found)
    claims = {one.id: one.text for one in of_kind(ClaimRecorded, found)}
    issues = {one.id: one.question for one in of_kind(IssueRecorded, found)}
    assert (denies.polarity, claims[denies.claim or ""]) == ("DENIES", "The dam is safe.")
    assert (asserts.polarity, claims[asserts.claim or ""]) == ("ASSERTS", "Fees should fall.")
    assert [one.stance for one in (*denies.stances, *asserts.stances)] == ["OPPOSES", "SUPPORTS"]
    assert issues[denies.stances[0].issue] == "Does this hold: The dam is safe."


def test_the_documents_day_is_that_of_utc_and_of_all_that_is_said_in_it(tmp_path: Path) -> None:
    found = good(rows(database(tmp_path)))
    (source,), said = of_kind(SourceRecorded, found), of_kind(StatementRecorded, found)[0].said
    assert source.published is not None
    assert said is not None
    assert (source.published.edtf, said.edtf) == ("2005-01-01", "2005-01-01")
    assert said.basis == "DERIVED_FROM_PUBLICATION"


def test_the_source_is_the_documents_whole_text(tmp_path: Path) -> None:
    (source,) = of_kind(SourceRecorded, good(rows(database(tmp_path))))
    assert (source.title, source.length) == ("Hearing 12", len(TEXT))
    assert source.sha256 == text_sha256(TEXT)


def test_offsets_of_utf_16_become_offsets_of_code_points(tmp_path: Path) -> None:
    (passage,) = of_kind(StatementRecorded, good(rows(database(tmp_path))))[1].passages
    assert passage.exact == "Fees are too high."
    assert TEXT[passage.start : passage.end] == passage.exact
    assert (passage.start, passage.end) == (17, 35)


def test_without_a_person_the_organization_speaks(tmp_path: Path) -> None:
    found = good(rows(database(tmp_path)))
    last = of_kind(StatementRecorded, found)[-1]
    actors = {one.id: one.name for one in of_kind(ActorRecorded, found)}
    assert (actors[last.speaker], last.capacity) == ("Water Board", None)


def test_ids_do_not_depend_on_the_order_of_documents(tmp_path: Path) -> None:
    one = good(rows(database(tmp_path)))
    (tmp_path / "later").mkdir()
    before = (
        "INSERT INTO DOCUMENTS VALUES (9, 'Other', 'Other.', '', 1104537600);",
        "UPDATE STATEMENTS SET DocumentId = 10;",
        "UPDATE DOCUMENTS SET ID = 10 WHERE ID = 1;",
    )
    other = good(rows(database(tmp_path / "later", *before)))
    assert [row.entries for row in one] == [row.entries for row in other]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("UPDATE DATABOOLEAN SET Value = 7 WHERE StatementId = 1", "agreement is neither"),
        ("DELETE FROM DATABOOLEAN WHERE StatementId = 1", "agreement is neither"),
        ("DELETE FROM DATASHORTTEXT WHERE StatementId = 1 AND VariableId < 3", "neither a person"),
        (
            "UPDATE DATASHORTTEXT SET Entity = 7 WHERE StatementId = 1 AND VariableId = 3",
            "no conce",
        ),
        ("UPDATE STATEMENTS SET Stop = 5000 WHERE ID = 1", "0 to 5,000 is no stretch of a text of"),
        ("UPDATE STATEMENTS SET Start = 14 WHERE ID = 1", "14 to 14 is no stretch"),
        ("UPDATE STATEMENTS SET Start = -3 WHERE ID = 1", "-3 to 14 is no stretch"),
        ("UPDATE STATEMENTS SET Stop = 16 WHERE ID = 1", "begins or ends inside a character"),
        ("UPDATE STATEMENTS SET Start = 'a' WHERE ID = 1", "have to be whole numbers"),
        ("UPDATE STATEMENTS SET DocumentId = 5 WHERE ID = 1", "its document 5 is not in the data"),
        ("UPDATE DATASHORTTEXT SET Entity = 50 WHERE StatementId = 1 AND VariableId = 3", "no con"),
        ("UPDATE ENTITIES SET Value = 12 WHERE ID = 4", "concept is no text: 12"),
        ("UPDATE ENTITIES SET Value = CAST(x'ff41' AS TEXT) WHERE ID = 4", "no text in UTF-8"),
        ("UPDATE ENTITIES SET Value = CAST(x'410042' AS TEXT) WHERE ID = 4", "U+0000"),
        ("UPDATE ENTITIES SET Value = hex(zeroblob(1250)) WHERE ID = 4", "at most 2000 characters"),
    ],
)
def test_a_bad_row_alone_is_left_out_with_its_reason(
    tmp_path: Path, change: str, reason: str
) -> None:
    listed = list(rows(database(tmp_path, change)))
    ((where, told),) = bad(listed)
    assert where in ("hearing.dna: statement 1", "hearing.dna: statement 3")
    assert reason in told
    assert len(listed) == 3


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("UPDATE DOCUMENTS SET Date = 9000000000000000", "is in no year"),
        ("UPDATE DOCUMENTS SET Date = 'today'", "is no number of seconds: b'today'"),
        ("UPDATE DOCUMENTS SET Date = 253402300800", "is in no year"),
        ("UPDATE DOCUMENTS SET Text = ''", "there is no text to show"),
        ("UPDATE DOCUMENTS SET Text = x'00ff'", "its text is no text in UTF-8"),
        ("UPDATE DOCUMENTS SET Title = NULL", "the document's title is no text: null"),
        ("UPDATE DOCUMENTS SET Title = ' '", "source.name: is empty"),
    ],
)
def test_a_document_that_cannot_be_read_leaves_out_what_is_said_in_it(
    tmp_path: Path, change: str, reason: str
) -> None:
    found = bad(rows(database(tmp_path, change)))
    assert len(found) == 3
    assert all(reason in told for _, told in found), found


def test_a_document_that_is_too_long_leaves_out_what_is_said_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dna, "MAX_BYTES", 5_000)
    path = database(tmp_path, "UPDATE DOCUMENTS SET Text = hex(zeroblob(3000))")
    assert {reason for _, reason in bad(rows(path))} == {
        "its document 1 is longer than the 5,000 bytes that are read"
    }


# -- databases that nobody should have made ----------------------------------------------------


def test_what_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.dna"
    path.write_text("not at all" * 100)
    assert "is not a database that can be read" in _refused(path)
    assert _refused(tmp_path / "nowhere") == "cannot be read: No such file or directory"
    assert _refused(tmp_path).startswith("cannot be read")
    path.write_bytes(b"")
    assert "has no table DATABOOLEAN" in _refused(path)


def test_a_database_of_something_else_is_refused(tmp_path: Path) -> None:
    path = database(tmp_path, schema="CREATE TABLE DOCUMENTS(ID, Title);", rows="")
    assert "is not a database of Discourse Network Analyzer 3" in _refused(path)


def test_one_without_agreement_is_refused(tmp_path: Path) -> None:
    path = database(tmp_path, "UPDATE VARIABLES SET DataType = 'integer' WHERE ID = 4")
    assert "has no type of statement with the variables" in _refused(path)


def test_names_of_variables_that_are_no_text_are_refused(tmp_path: Path) -> None:
    path = database(tmp_path, "UPDATE VARIABLES SET Variable = x'ff'")
    assert "a variable is no text in UTF-8" in _refused(path)


def test_a_view_that_counts_for_ever_is_no_table(tmp_path: Path) -> None:
    endless = """DROP TABLE STATEMENTS; CREATE VIEW STATEMENTS AS WITH RECURSIVE
        n(ID) AS (SELECT 1 UNION ALL SELECT ID + 1 FROM n)
        SELECT ID, 9 AS StatementTypeId, 1 AS DocumentId, 0 AS Start, 1 AS Stop FROM n"""
    assert "has no table STATEMENTS" in _refused(database(tmp_path, endless))


def test_a_row_that_takes_too_long_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dna, "MAX_STEPS", 5_000)
    many = """WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
        INSERT INTO STATEMENTS SELECT i + 10, 2, 1, 0, 1, 1 FROM n"""
    assert "reading one row of it takes too long" in _refused(database(tmp_path, many))


def test_a_damaged_database_is_refused(tmp_path: Path) -> None:
    path = database(tmp_path)
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xff" * len(content[4096:])
    path.write_bytes(content)
    assert "is not a database that can be read" in _refused(path)


def test_reading_changes_nothing(tmp_path: Path) -> None:
    path = database(tmp_path)
    before = path.read_bytes()
    os.chmod(path, 0o400)
    good(rows(path))
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == [path.name]


def test_both_types_of_coding_in_one_database_are_read(tmp_path: Path) -> None:
    second = """INSERT INTO STATEMENTTYPES VALUES (3, 'Short');
        INSERT INTO VARIABLES VALUES (6, 'Organization', 'short text', 3),
            (7, 'Concept', 'short text', 3), (8, 'Agreement', 'boolean', 3);
        INSERT INTO STATEMENTS VALUES (9, 3, 1, 0, 3, 2);
        INSERT INTO DATASHORTTEXT VALUES (9, 6, 2), (9, 7, 4);
        INSERT INTO DATABOOLEAN VALUES (9, 8, 1);"""
    found = good(rows(database(tmp_path, second, schema=SCHEMA, rows=ROWS)))
    assert [row.where.rpartition(" ")[2] for row in found] == ["1", "3", "4", "9"]
