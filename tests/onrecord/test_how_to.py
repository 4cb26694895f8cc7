"""What docs/how-to/code-a-document.md tells works as it stands there."""

import re
from pathlib import Path

import pytest

from schema.dossier import read_dossier
from schema.entries import StatementRecorded
from tests.onrecord.running import Program

HOW_TO = (Path(__file__).parents[2] / "docs/how-to/code-a-document.md").read_text("utf-8")


def _blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", HOW_TO, re.DOTALL)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with the document and the dossier of the text."""
    (document,) = _blocks("text")
    (tmp_path / "mill.txt").write_text(document, "utf-8")
    (tmp_path / "mill.yaml").write_text("\n".join(_blocks("yaml")), "utf-8")
    return tmp_path


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """Return the program with a data folder of its own."""
    return Program(tmp_path / "data")


def test_the_dossier_is_filled_checked_and_recorded(folder: Path, program: Program) -> None:
    dossier, document = str(folder / "mill.yaml"), str(folder / "mill.txt")
    program.ok("dossier", "fill", dossier, "--document", document)
    assert "100% of" in program.ok("coverage", dossier, "--documents", str(folder))
    program.ok("verify-quotes", dossier, "--documents", str(folder))
    assert "nothing was written" in program.ok("record", "--dry-run", dossier)
    assert "recorded" in program.ok("record", dossier, "--documents", str(folder))
    program.ok("verify-quotes", "--documents", str(folder))
    assert "nothing to record" in program.ok("record", dossier, "--documents", str(folder))


def test_what_is_left_out_has_the_defaults_that_are_told(folder: Path, program: Program) -> None:
    file = folder / "mill.yaml"
    program.ok("dossier", "fill", str(file), "--document", str(folder / "mill.txt"))
    entries = read_dossier(file.read_text("utf-8"), file.name).entries
    told = {
        entry.id.rpartition("/")[2]: (entry.attribution, entry.force, entry.polarity)
        for entry in entries
        if isinstance(entry, StatementRecorded)
    }
    assert told["closed"] == ("OWN_VOICE", "STATES", "ASSERTS")
    assert told["harvest"] == ("OWN_VOICE", "STATES", "ASSERTS")
    assert told["promise"] == ("PARAPHRASE", "PROMISES", "ASSERTS")


def test_a_dossier_is_started_where_there_is_none(folder: Path, program: Program) -> None:
    file = folder / "new.yaml"
    command = ("dossier", "new", "--document", str(folder / "mill.txt"), "--name", "mill")
    program.ok(*command, "--output", str(file))
    assert "source/mill" in file.read_text("utf-8")
    assert "already" in program.refused(*command, "--output", str(file), code=2)


def test_words_that_the_document_has_not_are_not_recorded(folder: Path, program: Program) -> None:
    file = folder / "mill.yaml"
    program.ok("dossier", "fill", str(file), "--document", str(folder / "mill.txt"))
    text = file.read_text("utf-8")
    file.write_text(text.replace('"The river is a corpse"', '"The river is a morass"'), "utf-8")
    assert file.read_text("utf-8") != text
    told = program.refused("record", str(file), "--documents", str(folder), code=2)
    assert "statements.corpse.quotes.0" in told
    assert not program.data.exists()


def test_a_document_that_is_not_at_hand_is_told(folder: Path, program: Program) -> None:
    file = folder / "mill.yaml"
    program.ok("dossier", "fill", str(file), "--document", str(folder / "mill.txt"))
    (folder / "mill.txt").unlink()
    ran = program.run("record", str(file), "--documents", str(folder))
    assert ran.code == 0
    assert "source/mill: its text is not in" in ran.err
