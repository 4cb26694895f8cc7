"""Taking a graph away and putting it in place, with plain files; with Neo4j see test_importing."""

import os
import threading
from pathlib import Path

import pytest

from graph.managed import FolderInUse, remove_store, store
from graph.managed.folder import Folder
from graph.managed.store import clear_leftovers, place_store


@pytest.fixture
def place(tmp_path: Path) -> Folder:
    """Return the folder of a server that has been started before."""
    place = Folder(tmp_path / "neo4j")
    place.make()
    place.make_home()
    (place.home / "data" / "databases" / "system").mkdir(parents=True)
    return place


def fill(folder: Path) -> Path:
    folder.mkdir(parents=True)
    (folder / "file").write_text("part of it")
    return folder


def left(place: Folder) -> set[str]:
    """Return what there is of a graph, and besides it."""
    data = place.home / "data"
    return {
        str(one.relative_to(place.path))
        for one in (*data.glob("*/*"), place.scratch)
        if one.exists()
    }


SYSTEM, STORE, TRANSACTIONS = (
    "home/data/databases/system",
    "home/data/databases/neo4j",
    "home/data/transactions/neo4j",
)


def test_a_graph_is_put_in_place(place: Folder, tmp_path: Path) -> None:
    place_store(place, fill(tmp_path / "store"), fill(tmp_path / "transactions"))
    assert left(place) == {SYSTEM, STORE, TRANSACTIONS}
    assert (place.store / "file").read_text() == "part of it"


def test_what_was_interrupted_between_both_renames_is_no_graph(
    place: Folder, tmp_path: Path
) -> None:
    with pytest.raises(FileNotFoundError):
        place_store(place, tmp_path / "not there", fill(tmp_path / "transactions"))
    assert left(place) == {SYSTEM, TRANSACTIONS}
    clear_leftovers(place)
    assert left(place) == {SYSTEM}


def test_what_a_killed_import_left_is_cleared_and_the_graph_stays(place: Folder) -> None:
    fill(place.store)
    fill(place.transactions)
    fill(place.scratch / "home")
    clear_leftovers(place)
    assert left(place) == {SYSTEM, STORE, TRANSACTIONS}


def test_a_graph_is_removed_and_all_else_stays(place: Folder) -> None:
    fill(place.store)
    fill(place.transactions)
    remove_store(place.path)
    assert left(place) == {SYSTEM}
    remove_store(place.path)
    assert left(place) == {SYSTEM}


def test_a_removal_that_was_interrupted_leaves_no_half_of_a_graph(
    place: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(path: Path) -> None:
        raise KeyboardInterrupt

    fill(place.store)
    fill(place.transactions)
    with monkeypatch.context() as patched:
        patched.setattr("shutil.rmtree", interrupted)
        with pytest.raises(KeyboardInterrupt):
            remove_store(place.path)
    assert not place.store.exists()
    remove_store(place.path)
    assert left(place) == {SYSTEM}


def test_nothing_is_removed_where_nothing_is(tmp_path: Path) -> None:
    remove_store(tmp_path / "neo4j")
    assert not (tmp_path / "neo4j").exists()


def test_an_import_whose_owner_was_killed_is_waited_for(place: Folder) -> None:
    fill(place.store)
    held = place.try_lock()
    assert held is not None
    going = threading.Timer(1.5, os.close, (held,))
    going.start()
    remove_store(place.path)
    going.join()
    assert left(place) == {SYSTEM}


def test_an_import_that_goes_on_is_told(place: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "_GOING_SECONDS", 0.2)
    fill(place.store)
    held = place.try_lock()
    assert held is not None
    with pytest.raises(
        FolderInUse, match=f"^another command uses the Neo4j of {place.path}: wait until it ends$"
    ):
        remove_store(place.path)
    os.close(held)
    assert left(place) == {SYSTEM, STORE}
