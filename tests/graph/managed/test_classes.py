"""The classes that Java keeps: left by the first server that stops in order, and never needed."""

import os
import time
from pathlib import Path

import pytest

from graph.managed import ManagedServer
from graph.managed.classes import ClassArchive
from graph.managed.jars import ensure_jars
from graph.managed.java import find_java
from tests.conftest import CACHE
from tests.graph.managed.asking import ask
from tests.graph.managed.processes import java_of
from tests.ports import free_port


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    """Return a cache with the jars alone."""
    fetched = ensure_jars(CACHE, lambda what, done, total: None)
    made = tmp_path / "cache" / fetched.name
    made.mkdir(parents=True)
    for file in fetched.iterdir():
        if file.suffix != ".jsa":
            (made / file.name).symlink_to(file)
    return made.parent


def archive(cache: Path) -> ClassArchive:
    """Return the archive in a cache."""
    return ClassArchive(find_java(None), ensure_jars(cache, lambda what, done, total: None))


def running(folder: Path, cache: Path) -> ManagedServer:
    """Start a server; the usual ports are kept apart among those of one cache alone."""
    return ManagedServer.start(folder, cache=cache, bolt_port=free_port(), http_port=free_port())


def mapped(folder: Path) -> str:
    """Return what the server of a folder has in memory of files; Linux tells it."""
    (java,) = java_of(folder)
    return Path(f"/proc/{java.pid}/maps").read_text()


@pytest.mark.engine
def test_the_first_server_that_stops_in_order_leaves_its_classes_to_all_others(
    cache: Path, tmp_path: Path
) -> None:
    kept = archive(cache).path
    with running(tmp_path / "one", cache) as server:
        assert ask(server.connection, "RETURN 1") == 1
        assert not kept.exists()
    assert kept.is_file()
    assert not list(kept.parent.glob("*.jsa.*"))
    with running(tmp_path / "two", cache) as server:
        assert kept.name in mapped(tmp_path / "two")
        assert ask(server.connection, "RETURN 1") == 1


@pytest.mark.engine
def test_a_server_starts_without_classes_that_java_does_not_take(
    cache: Path, tmp_path: Path
) -> None:
    kept = archive(cache).path
    kept.write_bytes(b"no archive" * 1_000)
    with running(tmp_path / "one", cache) as server:
        assert ask(server.connection, "RETURN 1") == 1


@pytest.fixture
def failing(tmp_path: Path) -> Path:
    """Return a Java that can do nothing, in a folder of jars."""
    java = tmp_path / "java"
    java.write_text("#!/bin/sh\nexit 1\n")
    java.chmod(0o700)
    (tmp_path / "neo4j.jar").write_bytes(b"classes")
    return java


def test_where_java_cannot_keep_its_own_classes_a_server_keeps_none(failing: Path) -> None:
    assert ClassArchive(failing, failing.parent).begin() is None
    assert ClassArchive(failing, failing.parent).options() == []
    assert sorted(one.name for one in failing.parent.iterdir()) == ["java", "neo4j.jar"]


@pytest.mark.parametrize("changed", ["java", "neo4j.jar"])
def test_another_java_or_jar_has_an_archive_of_its_own(failing: Path, changed: str) -> None:
    before = ClassArchive(failing, failing.parent).path
    with (failing.parent / changed).open("ab") as file:
        file.write(b"\n")
    assert ClassArchive(failing, failing.parent).path != before


def test_what_killed_servers_left_and_what_none_uses_goes_after_a_while(failing: Path) -> None:
    used = ClassArchive(failing, failing.parent).path
    ages = {used.name: 99, "classes-1.jsa": 31, "classes-2.jsa": 29, f"{used.name}.aa": 2}
    for name, days in {**ages, f"{used.name}.bb": 0}.items():
        (failing.parent / name).touch()
        then = time.time() - days * 86_400
        os.utime(failing.parent / name, (then, then))
    assert ClassArchive(failing, failing.parent).begin() is None
    left = {one.name for one in failing.parent.glob("*.jsa*")}
    assert left == {used.name, "classes-2.jsa", f"{used.name}.bb"}
