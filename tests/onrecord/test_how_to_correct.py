"""What docs/how-to/correct-the-record.md tells works as it stands there."""

import re
import shlex
from pathlib import Path

import pytest
from graphql import parse, validate

from api.schema import SCHEMA
from tests.onrecord.running import Program

DOCS = Path(__file__).parents[2] / "docs/how-to"
HOW_TO = (DOCS / "correct-the-record.md").read_text("utf-8")
CODING = (DOCS / "code-a-document.md").read_text("utf-8")
COMMANDS = [shlex.split(one) for one in re.findall(r"^    onrecord (.*)$", HOW_TO, re.MULTILINE)]


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Program:
    """Return the program beside the document and the dossier, which is on record."""
    (document,) = blocks(CODING, "text")
    (tmp_path / "mill.txt").write_text(document, "utf-8")
    (tmp_path / "mill.yaml").write_text("\n".join(blocks(CODING, "yaml")), "utf-8")
    monkeypatch.chdir(tmp_path)
    program = Program(tmp_path / "data")
    program.ok("dossier", "fill", "mill.yaml", "--document", "mill.txt")
    program.ok("record", "mill.yaml")
    return program


def test_the_commands_do_what_is_told(program: Program, tmp_path: Path) -> None:
    again, missing, *rest = COMMANDS
    dossier = tmp_path / "mill.yaml"
    recorded = dossier.read_text("utf-8")
    corrected = recorded.replace("Closing of the upper sluice", "The sluice is closed")
    assert corrected != recorded
    dossier.write_text(corrected, "utf-8")
    assert "--reason TEXT amends" in program.run("record", "mill.yaml").err
    assert program.ok(*again).startswith("amended 1 thing at position")
    dossier.write_text(re.sub(r"(?m)^  stands-still:\n(    .*\n)+", "", corrected), "utf-8")
    assert program.ok(*missing).startswith("retracted 2 things at positions")

    told = [program.ok(*command).splitlines()[-1] for command in rest]
    assert [re.sub(r" at positions? .*?(;|$)", r"\1", one) for one in told[:-2]] == [
        "amended 1 thing",
        "amended 1 thing",
        "retracted 1 thing",
        "would retract 3 things; nothing was written",
        "retracted 3 things",
        "reinstated 3 things",
        "recorded 1 entry",
    ]
    assert told[-1].endswith("all are exact")


def test_the_mutation_is_one() -> None:
    (mutation,) = blocks(HOW_TO, "graphql")
    assert validate(SCHEMA, parse(mutation)) == []
