"""``coverage`` and ``verify-quotes``: dossiers, and all that is on record, against documents."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from eventlog import NewEntry
from eventlog.recorder import Recorder
from eventlog.sqlite import SqliteLog
from schema.dossier import read_dossier
from schema.entries import StatementRecorded
from schema.values import text_sha256
from tests.documents import DOSSIERS, FOLDER
from tests.onrecord.running import Program

TEXT = "The harbour\n\nAda Marsh said the fees “will rise” in April. It rained. Others doubt it.\n"
SAID, DOUBT = "Ada Marsh said the fees “will rise” in April.", "Others doubt it."


def span(words: str, text: str = TEXT) -> str:
    start = text.index(words)
    return f"start: {start}, end: {start + len(words)}, sha256: {text_sha256(words)}"


DOSSIER = f"""\
dossier: 1
source: {{id: source/gazette, name: Harbour, sha256: {text_sha256(TEXT)}, length: {len(TEXT)}}}
actors:
  ada: {{name: Ada Marsh, kind: PERSON}}
  others: {{name: others, kind: GROUP, named: false}}
statements:
  fees-rise:
    speaker: ada
    attribution: PARTIAL_QUOTE
    claim: {{text: The harbour fees rise.}}
    quotes: [{{start: {TEXT.index("will")}, exact: will rise}}]
    passages: [{{{span(SAID)}}}]
  doubt:
    speaker: others
    polarity: DOUBTS
    claim: fees-rise
    passages: [{{{span(DOUBT)}}}]
leftOut:
  - {{{span("The harbour")}, reason: NAVIGATION}}
  - {{{span("It rained.")}, reason: SCENE_SETTING}}
"""


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    """Return a folder with the document, in a folder inside of it, among others."""
    folder = tmp_path / "documents"
    (folder / "2031").mkdir(parents=True)
    (folder / "2031" / "harbour.txt").write_bytes(TEXT.encode())
    (folder / "other.txt").write_text("Something else.\n", "utf-8")
    return folder


@pytest.fixture
def gazette(tmp_path: Path) -> Path:
    """Return the file with the dossier of the document."""
    return written(tmp_path, DOSSIER)


def written(folder: Path, text: str, name: str = "gazette.yaml") -> Path:
    file = folder / name
    file.write_text(text, "utf-8")
    return file


@contextmanager
def opened_log(program: Program) -> Iterator[SqliteLog]:
    log = SqliteLog(program.data / "log.sqlite3", make=True)
    yield log
    log.close()


def without(text: str, *parts: str) -> str:
    for part in parts:
        assert part in text
        text = text.replace(part, "")
    return text


# -- coverage ----------------------------------------------------------------------------------


def test_coverage_shows_each_sentence_and_the_share(
    program: Program, documents: Path, gazette: Path
) -> None:
    shown = program.ok("coverage", str(gazette), "--documents", str(documents))
    rows = [[cell.strip() for cell in line.split("│")[1:-1]] for line in shown.splitlines()]
    assert [row for row in rows if row] == [
        ["0-11", "left out", "NAVIGATION", "The harbour"],
        ["13-58", "coded", "fees-rise", SAID],
        ["59-69", "left out", "SCENE_SETTING", "It rained."],
        ["70-86", "coded", "doubt", DOUBT],
    ]
    assert shown.splitlines()[-1] == (
        f"{gazette}: 100% of 4 sentences: 2 coded, 0 context, 2 left out, 0 partly, 0 forgotten"
    )


def test_what_is_forgotten_fails(program: Program, documents: Path, tmp_path: Path) -> None:
    text = without(DOSSIER, f"  - {{{span('It rained.')}, reason: SCENE_SETTING}}\n")
    text = text.replace(span(SAID), span(SAID.removeprefix("Ada Marsh ")))
    ran = program.run("coverage", str(written(tmp_path, text)), "--documents", str(documents))
    assert ran.code == 1
    assert ran.out.splitlines()[-1].endswith(
        "50.0% of 4 sentences: 1 coded, 0 context, 1 left out, 1 partly, 1 forgotten"
    )
    partly = next(line for line in ran.out.splitlines() if "partly" in line)
    assert "not 13-23: Ada Marsh" in partly


def test_what_is_left_out_although_it_says_something_fails(
    program: Program, documents: Path, tmp_path: Path
) -> None:
    text = DOSSIER.partition("  doubt:\n")[0] + "leftOut:" + DOSSIER.partition("leftOut:")[2]
    text += f"  - {{{span(DOUBT)}, reason: NO_CONTENT}}\n"
    file = written(tmp_path, text)
    ran = program.run("coverage", str(file), "--documents", str(documents))
    assert ran.code == 1
    problem = "leftOut.2: is left out, but has an attitude (doubt): it has to be coded"
    assert f"{file}:16: {problem}" in ran.out.splitlines()


def test_coverage_as_json(program: Program, documents: Path, gazette: Path) -> None:
    shown = program.ok("coverage", str(gazette), "--documents", str(documents), "--format", "json")
    (told,) = json.loads(shown)
    assert told["counts"] == {
        "CODED": 2,
        "CONTEXT": 0,
        "LEFT_OUT": 2,
        "PARTLY": 0,
        "FORGOTTEN": 0,
    }
    assert (told["dossier"], told["source"]) == (str(gazette), "source/gazette")
    assert (told["share"], told["problems"]) == ("100%", [])
    assert told["sentences"][1] == {
        "start": 13,
        "end": 58,
        "state": "CODED",
        "codedBy": ["statement/gazette/fees-rise"],
        "beside": [],
        "leftOut": [],
        "uncovered": [],
        "begins": SAID,
    }


def test_several_dossiers_are_covered_and_one_without_a_document_is_told(
    program: Program, documents: Path, gazette: Path, tmp_path: Path
) -> None:
    shared = written(tmp_path, "dossier: 1\nactors: {a: {id: actor/a, name: A, kind: STATE}}", "s")
    copy = written(tmp_path, DOSSIER.replace("source/gazette", "source/herald"), "herald.yaml")
    settings = {"DOCUMENTS": str(documents)}
    ran = Program(program.data, settings).run("coverage", str(shared), str(gazette), str(copy))
    assert ran.code == 0
    assert ran.out.count("100% of 4 sentences") == 2
    assert f"{shared} codes no document" in ran.err


def test_a_document_that_is_not_there_is_told_with_its_line(
    program: Program, tmp_path: Path, gazette: Path
) -> None:
    ran = program.run("coverage", str(gazette), str(gazette), "--documents", str(tmp_path))
    assert ran.code == 2
    told = f"{gazette}:2: source.sha256: no text in {tmp_path} has the SHA-256 {text_sha256(TEXT)}"
    assert told in ran.err
    assert ran.out == ""


@pytest.mark.parametrize("command", ["coverage", "verify-quotes"])
def test_the_folder_of_documents_has_to_be_said(
    program: Program, gazette: Path, command: str
) -> None:
    sentence = program.refused(command, str(gazette), code=2)
    assert "--documents DIR or ONRECORD_DOCUMENTS" in sentence
    nowhere = program.refused(command, str(gazette), "--documents", str(gazette), code=2)
    assert str(gazette) in nowhere


# -- verify-quotes: dossiers -------------------------------------------------------------------


def test_dossiers_that_are_exact(program: Program) -> None:
    shown = program.ok("verify-quotes", *map(str, DOSSIERS), "--documents", str(FOLDER))
    assert shown.startswith("held ")
    assert shown.endswith(" against 7 documents: all are exact\n")


def test_what_is_not_exact_is_told_with_its_line(
    program: Program, documents: Path, tmp_path: Path
) -> None:
    text = DOSSIER.replace(f"start: {TEXT.index('will')}", f"start: {TEXT.index('will') - 1}")
    text = text.replace(span(DOUBT), span(DOUBT).replace("start: 70", "start: 71"))
    file = written(tmp_path, text)
    ran = program.run("verify-quotes", str(file), "--documents", str(documents))
    assert ran.code == 1
    quote, passage, result = ran.out.splitlines()
    assert quote == (
        f"{file}:11: statements.fees-rise.quotes.0: the words of the text from 37 to 46, "
        "'“will ris', are not 'will rise'; these stand at 38"
    )
    assert passage.startswith(f"{file}:17: statements.doubt.passages.0: the words of the text ")
    assert result == ("held 5 passages, quotations and hedges against 1 document: 2 are not exact")


def test_what_could_not_be_checked_is_told(
    program: Program, documents: Path, tmp_path: Path, gazette: Path
) -> None:
    other = written(
        tmp_path,
        DOSSIER.replace("source/gazette", "source/herald").replace(text_sha256(TEXT), "ab" * 32),
        "herald.yaml",
    )
    ran = program.run("verify-quotes", str(gazette), str(other), "--documents", str(documents))
    assert ran.code == 1
    missing, result = ran.out.splitlines()
    assert missing == (
        f"source/herald: no text in {documents} has the SHA-256 {'ab' * 32}; "
        "5 passages, quotations and hedges of it could not be checked"
    )
    assert result == (
        "held 5 passages, quotations and hedges against 1 document: these are exact; "
        "5 passages, quotations and hedges could not be checked"
    )


def test_nothing_is_called_exact_where_nothing_was_checked(
    program: Program, tmp_path: Path, gazette: Path
) -> None:
    ran = program.run("verify-quotes", str(gazette), "--documents", str(tmp_path))
    assert ran.code == 1
    assert ran.out.splitlines()[-1] == (
        "nothing was checked; 5 passages, quotations and hedges could not be checked"
    )
    shared = written(tmp_path, "dossier: 1\nactors: {a: {id: actor/a, name: A, kind: STATE}}", "s")
    shown = program.ok("verify-quotes", str(shared), "--documents", str(tmp_path))
    assert shown == "nothing was checked: there is nothing to check\n"


def test_files_that_were_not_looked_at_are_told_with_the_reason(
    program: Program, documents: Path, gazette: Path
) -> None:
    harbour = documents / "2031" / "harbour.txt"
    harbour.rename(documents.parent / "harbour.txt")
    harbour.symlink_to(documents.parent / "harbour.txt")
    (documents / "folder").symlink_to(documents.parent)
    with (documents / "book.txt").open("wb") as book:
        book.truncate(10_000_001)
    told = (
        "; not looked at: book.txt (larger than 10,000,000 bytes), folder (a symbolic link), "
        "2031/harbour.txt (a symbolic link)"
    )
    for command in ("coverage", "verify-quotes"):
        ran = program.run(command, str(gazette), "--documents", str(documents))
        assert ran.code > 0
        assert f"has the SHA-256 {text_sha256(TEXT)}{told}" in ran.out + ran.err


def test_a_dossier_named_twice_is_read_once(
    program: Program, documents: Path, gazette: Path
) -> None:
    twice = (str(gazette), str(gazette.parent / "." / "documents" / ".." / gazette.name))
    shown = program.ok("verify-quotes", *twice, "--documents", str(documents))
    assert shown.startswith("held 5 passages")


# -- verify-quotes: all that is on record ------------------------------------------------------


def test_all_that_is_on_record_is_exact(program: Program) -> None:
    program.ok("record", *map(str, DOSSIERS))
    shown = program.ok("verify-quotes", "--documents", str(FOLDER))
    assert shown.endswith(" against 7 documents: all are exact\n")


def test_what_is_on_record_and_not_exact_is_told_with_its_position(
    program: Program, documents: Path, tmp_path: Path
) -> None:
    text = DOSSIER.replace(span(DOUBT), span(DOUBT).replace("start: 70", "start: 71"))
    program.ok("record", str(written(tmp_path, text)))
    ran = program.run("verify-quotes", "--documents", str(documents))
    assert ran.code == 1
    fault, result = ran.out.splitlines()
    assert fault.startswith("position 6: statement/gazette/doubt.passages.0: the words of the ")
    assert result.endswith("1 document: 1 is not exact")


def test_a_document_that_changed_is_no_longer_the_one_on_record(
    program: Program, documents: Path, gazette: Path
) -> None:
    program.ok("record", str(gazette))
    (documents / "2031" / "harbour.txt").write_bytes(TEXT.replace("\n", "\r\n").encode())
    ran = program.run("verify-quotes", "--documents", str(documents))
    assert ran.code == 1
    assert ran.out.startswith(f"source/gazette: no text in {documents} has the SHA-256 ")


def test_statements_recorded_long_after_their_source_are_checked(
    program: Program, documents: Path
) -> None:
    entries = read_dossier(DOSSIER, "gazette.yaml").entries
    statements = [one for one in entries if isinstance(one, StatementRecorded)]
    with opened_log(program) as log:
        recorder = Recorder(log, "a coder")
        recorder.record([one for one in entries if one not in statements])
        for one in statements:
            recorder.record([one])
    shown = program.ok("verify-quotes", "--documents", str(documents))
    assert shown == "held 3 passages, quotations and hedges against 1 document: all are exact\n"


def test_an_entry_of_a_later_program_is_told(program: Program, documents: Path) -> None:
    entry = NewEntry("ThoughtRecorded", 1, "actor/a", b"{}")
    with opened_log(program) as log:
        log.append([entry], recorded_by="a coder")
    ran = program.run("verify-quotes", "--documents", str(documents))
    assert ran.code == 1
    assert ran.out.startswith("position 1: actor/a: no ThoughtRecorded of version 1 is known")


def test_without_a_log_there_is_nothing_to_verify(program: Program, documents: Path) -> None:
    sentence = program.refused("verify-quotes", "--documents", str(documents), code=3)
    assert sentence.startswith("there is no log at ")
    assert not program.data.exists()
