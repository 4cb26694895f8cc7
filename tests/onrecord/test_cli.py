"""The command line as a whole: what is loaded, and for which command."""

import subprocess
import sys

import pytest

from onrecord.cli import COMMANDS, command_line
from tests.onrecord.running import Program

NAMES = [name for names in COMMANDS.values() for name in names]


def test_each_module_adds_what_it_is_said_to_add() -> None:
    for names in COMMANDS.values():
        assert commands_of(names[0]) == list(names)


def test_without_a_command_all_of_them_are_there() -> None:
    assert sorted(commands_of(None)) == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_each_command_tells_what_it_does(program: Program, name: str) -> None:
    assert f"onrecord {name}" in program.ok(name, "--help")


def test_a_misspelt_command_is_told_with_its_neighbour(program: Program) -> None:
    assert "No such command 'recrod'. Did you mean 'record'?" in program.refused("recrod", code=2)


WITHOUT_NEO4J = ("log", "record", "retract", "dossier", "import", "coverage", "candidates")


@pytest.mark.parametrize("name", WITHOUT_NEO4J)
def test_who_asks_no_neo4j_does_not_wait_for_its_driver(name: str) -> None:
    """The driver alone is a fifth of the time that all modules take."""
    code = f"import sys; from onrecord.cli import command_line; command_line({name!r}); "
    loaded = subprocess.run(
        [sys.executable, "-c", code + "print('schema.entries' in sys.modules, *sys.modules)"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split()
    assert loaded[0] == "True"
    assert not {"neo4j", "strawberry", "uvicorn"} & set(loaded)


def commands_of(name: str | None) -> list[str]:
    """Return the commands of the command line that has one of this name."""
    return list(command_line(name).commands)
