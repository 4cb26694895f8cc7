"""Locks on files."""

import os
import subprocess
import sys
from pathlib import Path

from graph.managed.locking import is_locked, try_lock


def test_one_holder_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    held = try_lock(path)
    assert held is not None
    assert try_lock(path) is None
    os.close(held)
    again = try_lock(path)
    assert again is not None
    os.close(again)


def test_a_child_that_inherited_the_lock_holds_it_until_it_dies(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    held = try_lock(path)
    assert held is not None
    child = subprocess.Popen(
        [sys.executable, "-c", "input()"], stdin=subprocess.PIPE, pass_fds=(held,)
    )
    os.close(held)
    assert is_locked(path)
    child.kill()
    child.communicate()
    assert not is_locked(path)


def test_looking_at_a_lock_neither_makes_it_nor_takes_it(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    assert not is_locked(path)
    assert not path.exists()
    path.touch()
    assert not is_locked(path)
    held = try_lock(path)
    assert held is not None
    os.close(held)
