"""``dossier``: starting, filling in and comparing dossiers, in files."""

import json
import os
import signal
import stat
import subprocess
import tempfile
import time
from pathlib import Path

import pytest

from onrecord.errors import FileUnwritable
from onrecord.files import replace_text
from schema.coding.json_schema import dossier_schema
from schema.dossier import read_dossier
from schema.errors import InvalidInput
from schema.values import text_sha256
from tests.documents import DOSSIERS
from tests.onrecord.running import COMMAND, Program
from tests.unprivileged import unprivileged

DOCUMENT = "The harbour\r\n\r\nAda Marsh said the fees “will rise” in April. Others doubt it.\r\n"
DOSSIER = """\
# by hand
dossier: 1
source:
  id: source/gazette
  name: The Gazette on the harbour
actors:
  ada: {name: Ada Marsh, kind: PERSON}
statements:
  fees-rise:
    speaker: ada
    attribution: PARTIAL_QUOTE
    claim: {text: The harbour fees rise.}
    quotes: [will rise]
    passages: ["Ada Marsh … April."]   # her words
leftOut:
  - {words: The harbour, reason: NO_CONTENT}
"""


@pytest.fixture
def document(tmp_path: Path) -> str:
    """Return the file with the document's text."""
    file = tmp_path / "harbour.txt"
    file.write_bytes(DOCUMENT.encode())
    return str(file)


@pytest.fixture
def dossier(tmp_path: Path) -> Path:
    """Return the file with a dossier that is to be filled in."""
    file = tmp_path / "gazette.yaml"
    file.write_bytes(DOSSIER.replace("\n", "\r\n").encode())
    return file


def filled(text: str) -> str:
    """Return what becomes of the dossier."""

    def span(words: str) -> str:
        start = DOCUMENT.index(words)
        return f"start: {start}, end: {start + len(words)}, sha256: {text_sha256(words)}"

    passage = span("Ada Marsh said the fees “will rise” in April.")
    source = f"  sha256: {text_sha256(DOCUMENT)}\r\n  length: {len(DOCUMENT)}\r\n"
    return (
        text.replace('"Ada Marsh … April."', f"{{{passage}}}")
        .replace("words: The harbour", span("The harbour"))
        .replace("[will rise]", f'[{{start: {DOCUMENT.index("will")}, exact: "will rise"}}]')
        .replace("actors:", f"{source}actors:")
    )


# -- fill --------------------------------------------------------------------------------------


def test_a_dossier_is_filled_in_and_then_goes_on_record(
    program: Program, dossier: Path, document: str
) -> None:
    before = dossier.read_bytes().decode()
    refused = program.run("record", str(dossier))
    assert refused.code == 2
    assert (
        f"{dossier}:14: statements.fees-rise.passages.0: is given by its words: "
        "run onrecord dossier fill FILE --document TEXT first"
    ) in refused.err
    said = program.ok("dossier", "fill", str(dossier), "--document", document)
    assert said == f"{dossier}: filled in 3 places\n"
    assert dossier.read_bytes().decode() == filled(before)
    assert program.ok("record", str(dossier)).startswith("recorded 4 entries")


def test_filling_in_again_changes_nothing_and_says_so(
    program: Program, dossier: Path, document: str
) -> None:
    program.ok("dossier", "fill", str(dossier), "--document", document)
    before = dossier.stat()
    said = program.ok("dossier", "fill", str(dossier), "--document", document)
    assert said == f"{dossier}: nothing to fill in: all stands where it says in the document\n"
    after = dossier.stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_file_named_twice_is_filled_in_once(
    program: Program, dossier: Path, document: str
) -> None:
    again = str(dossier.parent / "." / dossier.name)
    told = program.ok("dossier", "fill", str(dossier), again, str(dossier), "--document", document)
    assert told == f"{dossier}: filled in 3 places\n"


def test_a_document_is_no_larger_than_one_that_is_found_again(
    program: Program, dossier: Path, tmp_path: Path
) -> None:
    document = tmp_path / "book.txt"
    document.write_bytes(b"a" * 10_000_001)
    for command in (["fill", str(dossier)], ["new"]):
        sentence = program.refused("dossier", *command, "--document", str(document), code=2)
        assert sentence == f"{document}: is larger than the 10,000,000 bytes read"


def test_one_fault_keeps_every_file_as_it_was(
    program: Program, dossier: Path, document: str, tmp_path: Path
) -> None:
    other = tmp_path / "other.yaml"
    other.write_text(DOSSIER.replace("Ada Marsh …", "Eda Marsh …"), "utf-8")
    before = dossier.read_bytes(), other.read_bytes()
    sentence = program.refused(
        "dossier", "fill", str(dossier), str(other), "--document", document, code=2
    )
    assert sentence == (
        f"{other}:14: statements.fees-rise.passages.0: 'Eda Marsh' does not stand in the "
        "document; the nearest (line 3 at 15) is 'Ada Marsh'"
    )
    assert (dossier.read_bytes(), other.read_bytes()) == before


def test_a_dossier_of_another_document_is_refused(program: Program, document: str) -> None:
    dossier = DOSSIERS[0]
    before = dossier.read_bytes()
    sentence = program.refused("dossier", "fill", str(dossier), "--document", document, code=2)
    assert sentence.startswith(f"{dossier}:")
    assert "it is another text" in sentence
    assert dossier.read_bytes() == before


def test_what_is_no_text_is_refused(program: Program, dossier: Path, tmp_path: Path) -> None:
    picture = tmp_path / "picture"
    picture.write_bytes(b"\xff\xd8")
    for file, why in (
        (picture, "is not UTF-8: the byte at 0 belongs to no text"),
        (tmp_path, "cannot be read: Is a directory"),
    ):
        sentence = program.refused("dossier", "fill", str(dossier), "--document", str(file), code=2)
        assert sentence == f"{file}: {why}"
    sentence = program.refused("dossier", "fill", "none.yaml", "--document", str(dossier), code=2)
    assert sentence == "none.yaml: cannot be read: No such file or directory"


def test_permissions_stay_and_links_lead_on(
    program: Program, dossier: Path, document: str, tmp_path: Path
) -> None:
    dossier.chmod(0o640)
    link = tmp_path / "folder" / "link.yaml"
    link.parent.mkdir()
    link.symlink_to(Path("..") / dossier.name)
    program.ok("dossier", "fill", str(link), "--document", document)
    assert link.is_symlink()
    assert "sha256" in dossier.read_text("utf-8")
    assert stat.S_IMODE(dossier.stat().st_mode) == 0o640
    assert sorted(one.name for one in tmp_path.iterdir()) == [
        "folder",
        "gazette.yaml",
        "harbour.txt",
    ]


def test_a_file_that_may_not_be_written_stays_as_it_is() -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o777)
        file = Path(folder) / "gazette.yaml"
        file.write_text("old", "utf-8")
        file.chmod(0o444)
        with unprivileged(), pytest.raises(FileUnwritable) as failure:
            replace_text(file, "new")
        assert [file] == list(Path(folder).iterdir())
        assert file.read_text("utf-8") == "old"
    assert str(failure.value) == f"{file} cannot be written, and is as it was: Permission denied"


def test_so_does_a_file_in_a_folder_that_may_not_be_written() -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "gazette.yaml"
        file.write_text("old", "utf-8")
        file.chmod(0o666)
        Path(folder).chmod(0o555)
        with unprivileged(), pytest.raises(FileUnwritable) as failure:
            replace_text(file, "new")
        assert file.read_text("utf-8") == "old"
    assert str(failure.value) == f"{file} cannot be written, and is as it was: Permission denied"


def test_stopped_at_any_moment_the_dossier_is_the_old_or_the_new_one(
    program: Program, dossier: Path, document: str, tmp_path: Path
) -> None:
    before = dossier.read_bytes()
    after = filled(before.decode()).encode()
    arguments = [*COMMAND, "dossier", "fill", str(dossier), "--document", document]
    for wait_seconds in (0.3, 1.0):
        process = subprocess.Popen(
            arguments, env=program.environment(), stderr=subprocess.PIPE, stdout=subprocess.PIPE
        )
        time.sleep(wait_seconds)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
        assert dossier.read_bytes() in (before, after)
        assert {one.name for one in tmp_path.iterdir()} == {"gazette.yaml", "harbour.txt"}
        dossier.write_bytes(before)


@pytest.mark.parametrize("step", ["fchmod", "fsync", "replace"])
def test_stopped_while_it_is_written_a_file_is_the_old_one_and_nothing_else_is_left(
    step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    file = tmp_path / "gazette.yaml"
    file.write_text("old", "utf-8")
    monkeypatch.setattr(os, step, stopped)
    with pytest.raises(KeyboardInterrupt):
        replace_text(file, "new")
    assert file.read_text("utf-8") == "old"
    assert list(tmp_path.iterdir()) == [file]


def test_a_full_disk_leaves_the_old_text(tmp_path: Path) -> None:
    file = tmp_path / "gazette.yaml"
    file.write_text("old", "utf-8")
    limited = (
        "import resource, signal, sys; from pathlib import Path;"
        "from onrecord.files import replace_text;"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000));"
        "replace_text(Path(sys.argv[1]), 'new' * 1000)"
    )
    ran = subprocess.run(
        [COMMAND[0], "-c", limited, str(file)], capture_output=True, check=False, text=True
    )
    assert ran.stderr.splitlines()[-1].endswith(
        "cannot be written, and is as it was: File too large"
    )
    assert file.read_text("utf-8") == "old"
    assert list(tmp_path.iterdir()) == [file]


# -- new, schema, agreement --------------------------------------------------------------------


def test_a_dossier_is_started_and_is_none_before_it_is_written(
    program: Program, document: str, tmp_path: Path
) -> None:
    started = program.ok("dossier", "new", "--document", document, "--name", "harbour")
    assert "id: source/harbour" in started
    with pytest.raises(InvalidInput):
        read_dossier(started, "new.yaml")
    file = tmp_path / "new.yaml"
    arguments = (
        "dossier",
        "new",
        "--document",
        document,
        "--name",
        "harbour",
        "--output",
        str(file),
    )
    assert program.ok(*arguments) == ""
    assert file.read_bytes().decode() == started
    assert (
        program.refused(*arguments, code=2) == f"{file}: is there already, and is not written over"
    )
    assert file.read_bytes().decode() == started


def test_where_no_file_can_be_made_none_is(program: Program, document: str, tmp_path: Path) -> None:
    file = tmp_path / "none" / "new.yaml"
    sentence = program.refused(
        "dossier", "new", "--document", document, "--output", str(file), code=3
    )
    assert sentence == f"{file} cannot be written: No such file or directory"


def test_the_schema_is_printed_as_json(program: Program) -> None:
    assert json.loads(program.ok("dossier", "schema")) == dossier_schema()


def test_two_codings_are_compared_by_pairs_that_can_be_corrected(
    program: Program, tmp_path: Path
) -> None:
    first, pairs = str(DOSSIERS[0]), tmp_path / "pairs.yaml"
    likely = program.run("dossier", "agreement", first, first, "--pairs", str(pairs))
    assert (likely.code, likely.err) == (
        0,
        f"wrote the likely pairs to {pairs}: correct them, and ask again\n",
    )
    assert "found by both: " in likely.out
    assert program.ok("dossier", "agreement", first, first, "--pairs", str(pairs)) == likely.out
    pairs.write_text("pairs: []\n", "utf-8")
    corrected = program.ok("dossier", "agreement", first, first, "--pairs", str(pairs))
    assert "found by both: 0" in corrected
    pairs.write_text("pairs: [[nobody, no-one]]\n", "utf-8")
    sentence = program.refused("dossier", "agreement", first, first, "--pairs", str(pairs), code=2)
    assert sentence.startswith(f"{pairs}:1: pairs.0")


def test_codings_of_two_documents_are_not_compared(program: Program) -> None:
    sentence = program.refused("dossier", "agreement", *map(str, DOSSIERS[:2]), code=2)
    assert "the dossiers code two documents" in sentence
