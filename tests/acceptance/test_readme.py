"""The README is true: its question has its answer, its tables are those of the program."""

import json
import re
from pathlib import Path

import pytest
from typer.core import TyperGroup

from onrecord.cli import command_line
from onrecord.settings import PREFIX, Settings
from tests.onrecord.running import Service

_COMMAND = re.compile(r"(?<= )[a-z][a-z-]*")
"""A word of a command's name, which options and FILES follow."""
README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")


def _block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", README, re.DOTALL)
    assert found is not None
    return found[1]


@pytest.mark.engine
def test_the_question_has_the_answer_that_is_printed(served: Service) -> None:
    assert served.ask(_block("graphql")) == json.loads(_block("json"))


def _rows(first_head: str) -> list[list[str]]:
    _, _, table = README.partition(f"\n| {first_head} |")
    lines = table.partition("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]


def _shown(default: object) -> str:
    if default is None or default == ():
        return ""
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"


def test_the_settings_are_all_there_with_defaults_and_meaning() -> None:
    assert _rows("Variable") == [
        [
            f"`{PREFIX}{name.upper()}`",
            _shown(field.default),
            " ".join(str(field.description).split()),
        ]
        for name, field in Settings.model_fields.items()
    ]


def test_every_command_is_told() -> None:
    told = {" ".join(_COMMAND.findall(row[0])) for row in _rows("Command")}
    commands = set()
    for name, command in command_line().commands.items():
        inner = command.commands if isinstance(command, TyperGroup) else ()
        commands |= {f"{name} {one}" for one in inner} or {name}
    assert told == commands
