"""The lock of the jars."""

import re
from pathlib import Path

import pytest

from graph.managed import lock
from graph.managed.lock import BROWSER_VERSION, NEO4J_VERSION, LockedJar, lock_digest, locked_jars


def test_the_lock_has_the_server_its_browser_and_a_sum_for_each_file() -> None:
    jars = locked_jars()
    found = {(jar.artifact, jar.version) for jar in jars}
    assert {("neo4j", NEO4J_VERSION), ("neo4j-server", NEO4J_VERSION)} <= found
    assert ("neo4j-browser", BROWSER_VERSION) in found
    assert all(re.fullmatch(r"[0-9a-f]{64}", jar.sha256) for jar in jars)


def test_no_two_files_of_the_lock_have_one_name() -> None:
    names = [jar.filename for jar in locked_jars()]
    assert len(set(names)) == len(names)


def test_a_coordinate_is_read_with_and_without_a_classifier(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "a.lock.toml"
    file.write_text('[jars]\n"org.example:a:1.0" = "aa"\n"org.example:b:2.0:linux-x86_64" = "bb"\n')
    before = lock_digest()
    monkeypatch.setattr(lock, "_FILE", file)
    plain, classified = locked_jars()
    assert plain == LockedJar("org.example", "a", "1.0", "", "aa")
    assert plain.filename == "org.example.a-1.0.jar"
    assert classified == LockedJar("org.example", "b", "2.0", "linux-x86_64", "bb")
    assert classified.filename == "org.example.b-2.0-linux-x86_64.jar"
    assert lock_digest() != before
