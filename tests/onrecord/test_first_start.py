"""The first start, when something that it needs is not to be had."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from tests.onrecord.running import Program


def test_an_unreachable_registry_is_told(
    program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    cache = tmp_path / "cache"
    sentence = replace(program, settings={"CACHE": str(cache)}).refused("up", code=3)
    assert sentence.startswith("Neo4j is not here yet and ")
    assert "connect to the network and start again" in sentence
    assert not list(cache.rglob("*.jar"))
    assert not (program.data / "log.sqlite3").exists()


def test_a_java_that_is_not_there_is_told(program: Program) -> None:
    sentence = replace(program, settings={"JAVA": "/nowhere/java"}).refused("up", code=3)
    assert (
        sentence
        == "there is no Java at /nowhere/java: ONRECORD_JAVA names the program of Java 17 or 21"
    )


def test_a_wrong_setting_is_told_before_anything_is_made(program: Program) -> None:
    assert os.environ.get("ONRECORD_PORT") is None
    sentence = replace(program, port=70_000).refused("up", code=2)
    assert sentence == "ONRECORD_PORT: input should be less than or equal to 65535"
    assert not program.data.exists()


def test_an_unknown_command_is_told(program: Program) -> None:
    sentence = program.refused("rebild", code=2)
    assert sentence.startswith("No such command 'rebild'.")


def test_without_a_command_the_help_is_shown() -> None:
    assert "Usage: onrecord" in Program(Path("nowhere")).ok()


def test_a_folder_of_documents_that_is_not_there_is_told(program: Program) -> None:
    sentence = replace(program, settings={"DOCUMENTS": "/nowhere"}).refused("up", code=2)
    assert sentence == "ONRECORD_DOCUMENTS: there is no folder /nowhere"
    assert not program.data.exists()
