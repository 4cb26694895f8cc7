"""The wheel: everything that runs, nothing else, and it runs from there."""

import json
import os
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from tests.deploy.files import ROOT

LOOK = """
import json, pathlib, sys
import api, schema
from api.pages.files import graphiql_page
from eventlog.sqlite import SqliteLog
from graph.managed.lock import locked_jars
from seeds import seed_files

folder = pathlib.Path(sys.argv[1])
log = SqliteLog(folder / "log.sqlite3")
print(json.dumps({
    "from": [api.__file__, schema.__file__],
    "head": log.head().position,
    "page": "graphiql" in graphiql_page().lower(),
    "jars": len(locked_jars()),
    "seeds": [path.read_text("utf-8")[:1] != "" for path in seed_files()],
}))
log.close()
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the wheel of the project, made by the build backend itself, so without pip or uv."""
    folder = tmp_path_factory.mktemp("wheel")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    subprocess.run(
        [sys.executable, "-c", "import sys, uv_build; uv_build.build_wheel(sys.argv[1])", folder],
        check=True,
        cwd=ROOT,
        env={**os.environ, "PATH": path},
        stdout=subprocess.DEVNULL,
    )
    (built,) = folder.glob("*.whl")
    return built


def _packages() -> list[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    packages: list[str] = project["tool"]["uv"]["build-backend"]["module-name"]
    return packages


def _files(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return {name for name in archive.namelist() if not name.endswith("/")}


def test_it_holds_exactly_what_the_packages_hold(wheel: Path) -> None:
    here = {
        str(path.relative_to(ROOT))
        for package in _packages()
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert {name for name in _files(wheel) if ".dist-info/" not in name} == here


def test_it_holds_what_is_read_at_run_time_and_no_tests(wheel: Path) -> None:
    files = _files(wheel)
    for needed in (
        "eventlog/sqlite/migrations/0001_log.sql",
        "api/pages/graphiql.html",
        "api/pages/static/graphiql.min.js",
        "api/pages/static/THIRD_PARTY.md",
        "graph/managed/neo4j.lock.toml",
    ):
        assert needed in files
    assert any(name.startswith("seeds/") and name.endswith(".yaml") for name in files)
    assert not [name for name in files if name.startswith("tests/") or "conftest" in name]


def test_it_tells_its_licence_and_its_command(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (info,) = {name.partition("/")[0] for name in archive.namelist() if ".dist-info/" in name}
        metadata = archive.read(f"{info}/METADATA").decode()
        commands = archive.read(f"{info}/entry_points.txt").decode()
        licence = archive.read(f"{info}/licenses/LICENSE").decode()
    assert "License-Expression: Apache-2.0\n" in metadata
    assert "onrecord = onrecord.__main__:main" in commands
    assert licence == (ROOT / "LICENSE").read_text("utf-8")


def test_it_runs_without_the_repository(wheel: Path, tmp_path: Path) -> None:
    installed = tmp_path / "installed"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(installed)
    done = subprocess.run(
        [sys.executable, "-c", LOOK, str(tmp_path)],
        check=True,
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(installed)},
    )
    told = json.loads(done.stdout)
    assert all(Path(found).is_relative_to(installed) for found in told["from"])
    assert (told["head"], told["page"]) == (0, True)
    assert told["jars"] > 100
    assert told["seeds"]
    assert all(told["seeds"])
