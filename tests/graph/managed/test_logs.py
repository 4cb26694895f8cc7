"""Telling from the logs why a server failed."""

from pathlib import Path

import pytest

from graph.managed.logs import Logs


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "logs"
    folder.mkdir()
    return folder


def test_the_last_line_that_tells_of_an_error_and_where_it_stands(folder: Path) -> None:
    logs = Logs(folder.parent)
    (folder / "neo4j.log").write_text(
        "2026-11-25 INFO  Starting...\n"
        "2026-11-25 ERROR Failed to start Neo4j\n"
        "java.lang.RuntimeException: Error starting\n"
        "\tat org.neo4j.Server.start(Server.java:1)\n"
        "Caused by: java.net.BindException: Address in use\n"
        "2026-11-25 INFO  ExitOnOutOfMemoryError is set\n"
    )
    cause = "Caused by: java.net.BindException: Address in use"
    assert logs.last_words() == f"{cause} (see {folder}/neo4j.log)"


def test_what_an_earlier_start_left_is_not_told_again(folder: Path) -> None:
    (folder / "java.log").write_text('Exception in thread "main" old\n')
    logs = Logs(folder.parent)
    assert logs.last_words() == f"see the logs in {folder}"
    with (folder / "java.log").open("a") as log:
        log.write('Exception in thread "main" new\n')
    assert logs.last_words() == f'Exception in thread "main" new (see {folder}/java.log)'


def test_a_log_that_was_begun_anew_is_read_whole(folder: Path) -> None:
    (folder / "neo4j.log").write_text("x" * 1000)
    logs = Logs(folder.parent)
    (folder / "neo4j.log").write_text("2026-11-25 ERROR full\n")
    assert logs.last_words() == f"2026-11-25 ERROR full (see {folder}/neo4j.log)"


def test_a_line_stays_a_sentence(folder: Path) -> None:
    logs = Logs(folder.parent)
    (folder / "java.log").write_bytes(b"\x06 \n ERROR \x1b[31m" + b"\xff" * 5000 + b"\n\x06 \n")
    words = logs.last_words()
    assert words.isprintable()
    assert len(words) < 300 + len(str(folder)) + 30
