"""A server's folder and its files."""

import stat
from pathlib import Path

import pytest

from graph.managed import FolderUnusable
from graph.managed.folder import Folder, usable, write_private


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_folder_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "deep" / "neo4j")
    folder.make()
    folder.make_home()
    assert mode(folder.path) == mode(folder.home) == 0o700
    assert mode(folder.lock) == 0o600


def test_a_folder_is_named_absolutely(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert Folder(Path("neo4j")).home == tmp_path / "neo4j" / "home"


def test_a_private_file_is_private_even_if_it_was_not(tmp_path: Path) -> None:
    path = tmp_path / "password"
    path.write_text("old and long")
    path.chmod(0o644)
    write_private(path, "new")
    assert mode(path) == 0o600
    assert path.read_text() == "new"


def test_the_state_is_read_back(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.write_ports((4001, 4002))
    assert folder.ports() == (4001, 4002)
    assert mode(folder.state) == 0o600


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"ports": 1}', '{"ports": [1]}', "\udcff"])
def test_a_state_that_makes_no_sense_is_none(tmp_path: Path, text: str) -> None:
    folder = Folder(tmp_path)
    folder.state.write_bytes(text.encode("utf-8", "surrogateescape"))
    assert folder.ports() is None


@pytest.mark.parametrize(
    "error", [PermissionError(13, "Permission denied"), OSError("Permission denied")]
)
def test_the_operating_systems_no_becomes_a_sentence(error: OSError) -> None:
    with (
        pytest.raises(FolderUnusable, match=r"^the folder /x cannot be used: Permission denied$"),
        usable(Path("/x")),
    ):
        raise error
