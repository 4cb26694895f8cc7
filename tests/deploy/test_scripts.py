"""The scripts: what a fresh machine may lack is told in a sentence."""

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPTS = [*sorted((ROOT / "scripts").iterdir()), ROOT / ".ci" / "run"]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_script_can_be_read_by_bash_and_run(script: Path) -> None:
    done = subprocess.run(["bash", "-n", script], check=False, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    sourced = script.name == "bootstrap"
    assert os.access(script, os.X_OK) is not sourced


def _refused(script: str, venv: Path, **environment: str) -> str:
    done = subprocess.run(
        [ROOT / "scripts" / script],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, "VENV": str(venv), **environment},
    )
    assert done.returncode == 3
    return done.stderr


@pytest.mark.parametrize("script", ["up", "test", "check"])
def test_without_python_it_says_what_is_needed(script: str, tmp_path: Path) -> None:
    told = _refused(script, tmp_path / "venv", PYTHON="python-of-nobody")
    assert told == ("onrecord: Python 3.11 or later is needed: install it, or name it in PYTHON\n")


def test_without_a_registry_it_says_so_and_tries_again_next_time(tmp_path: Path) -> None:
    nowhere = "http://127.0.0.1:9/simple"
    unreachable = {
        "PIP_INDEX_URL": nowhere,
        "PIP_RETRIES": "0",
        "PIP_NO_CACHE_DIR": "1",
        "UV_DEFAULT_INDEX": nowhere,
        "UV_NO_CACHE": "1",
    }
    told = _refused("up", tmp_path / "venv", **unreachable)
    assert told.endswith(
        "onrecord: the packages could not be installed (see above): "
        "is a package registry reached?\n"
    )
    assert not (tmp_path / "venv" / "installed").exists()
