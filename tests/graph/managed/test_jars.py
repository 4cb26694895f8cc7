"""Fetching a made-up lock of a few small jars from a repository on loopback."""

import gc
import hashlib
import re
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from graph.managed import DamagedDownload, FolderUnusable, RegistryUnreachable, fetching, lock
from graph.managed.jars import ensure_jars
from graph.managed.lock import NEO4J_VERSION
from tests.graph.managed.processes import ROOT, until
from tests.graph.managed.registry import Registry, repository_path

# The library leaves the connection of an answer that it does not read to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")

GROUP = "org.example"
CONTENTS = {f"part{n}": f"jar {n}".encode() * 1000 for n in range(12)}
PATHS = {name: repository_path(GROUP, name, "1.0") for name in CONTENTS}
BY_PATH = {path: CONTENTS[name] for name, path in PATHS.items()}


def nothing(what: str, done: int, total: int) -> None:
    """Take progress."""


@pytest.fixture(autouse=True)
def lock_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "small.lock.toml"
    lines = (
        f'"{GROUP}:{name}:1.0" = "{hashlib.sha256(content).hexdigest()}"\n'
        for name, content in CONTENTS.items()
    )
    file.write_text("[jars]\n" + "".join(lines))
    monkeypatch.setattr(lock, "_FILE", file)
    return file


@pytest.fixture(autouse=True)
def collected() -> Iterator[None]:
    yield
    gc.collect()


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def fetched(cache: Path) -> dict[str, bytes]:
    folder = cache / f"neo4j-{NEO4J_VERSION}"
    return {path.name: path.read_bytes() for path in folder.glob("*.jar")}


WHOLE = {f"{GROUP}.{name}-1.0.jar": content for name, content in CONTENTS.items()}


def leftovers(cache: Path) -> set[str]:
    folder = cache / f"neo4j-{NEO4J_VERSION}"
    return {path.name for path in folder.iterdir()} - set(WHOLE) - {"fetching.lock"}


def test_an_empty_cache_is_filled_once_and_progress_is_told(cache: Path) -> None:
    told: list[tuple[str, int, int]] = []
    with Registry(BY_PATH.get) as registry:
        folder = ensure_jars(cache, lambda *words: told.append(words), registry.repositories)
        assert ensure_jars(cache, nothing, registry.repositories) == folder
        assert sorted(registry.asked) == sorted(BY_PATH)
    assert fetched(cache) == WHOLE
    assert leftovers(cache) == {"complete"}
    assert told[-1] == ("fetching Neo4j", 12, 12)
    assert [done for _, done, total in told if total] == list(range(13))


def test_no_registry_is_told_at_once_and_the_next_try_works(cache: Path) -> None:
    begin = time.monotonic()
    with pytest.raises(
        RegistryUnreachable,
        match=r"^Neo4j is not here yet and \w+ 1.0 could not be fetched from Maven Central "
        r"\(no connection\): connect to the network and start again, or set ONRECORD_NEO4J_URI",
    ):
        ensure_jars(cache, nothing, {"none": "http://127.0.0.1:9"})
    assert time.monotonic() - begin < 5
    assert fetched(cache) == {}
    assert leftovers(cache) == set()
    with Registry(BY_PATH.get) as registry:
        ensure_jars(cache, nothing, registry.repositories)
    assert fetched(cache) == WHOLE


def test_a_registry_that_is_silent_is_not_waited_for_again_and_again(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "TIMEOUT_SECONDS", 1)
    monkeypatch.setattr(fetching, "PATIENCE_SECONDS", 0.5)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(64)
        begin = time.monotonic()
        with pytest.raises(RegistryUnreachable, match="no connection"):
            ensure_jars(cache, nothing, {"s": f"http://127.0.0.1:{silent.getsockname()[1]}"})
        assert time.monotonic() - begin < 3


def test_by_default_a_silent_registry_costs_less_than_half_a_minute() -> None:
    assert fetching.TIMEOUT_SECONDS > fetching.PATIENCE_SECONDS
    assert fetching.TIMEOUT_SECONDS < 30


def test_a_registry_that_has_not_the_file_says_so(cache: Path) -> None:
    with (
        Registry(lambda path: None) as registry,
        pytest.raises(RegistryUnreachable, match=r"\(not served there\)"),
    ):
        ensure_jars(cache, nothing, registry.repositories)


def test_a_hiccup_is_slept_over(cache: Path) -> None:
    hiccups = {PATHS["part3"]: 2}

    def answer(path: str) -> bytes | None:
        if hiccups.get(path):
            hiccups[path] -= 1
            return None
        return BY_PATH[path]

    with Registry(answer) as registry:
        ensure_jars(cache, nothing, registry.repositories)
    assert fetched(cache) == WHOLE


def test_a_wrong_byte_is_found_thrown_away_and_fetched_again(cache: Path) -> None:
    wrong = dict(BY_PATH)
    wrong[PATHS["part5"]] = b"J" + BY_PATH[PATHS["part5"]][1:]
    with Registry(wrong.get) as registry:
        with pytest.raises(
            DamagedDownload, match=r"^the fetched part5 1.0 is not the file that was"
        ):
            ensure_jars(cache, nothing, registry.repositories)
        assert f"{GROUP}.part5-1.0.jar" not in fetched(cache)
        assert leftovers(cache) == set()
        registry.answer = BY_PATH.get
        ensure_jars(cache, nothing, registry.repositories)
    assert fetched(cache) == WHOLE


def test_a_killed_fetch_goes_on_where_it_stopped(cache: Path, lock_file: Path) -> None:
    going = threading.Event()

    def stuck(path: str) -> bytes | None:
        if path == PATHS["part11"]:
            going.wait(60)
        return BY_PATH[path]

    with Registry(stuck) as registry:
        first = fetcher(lock_file, cache, registry)
        until(lambda: len(fetched(cache)) == 11)
        first.send_signal(signal.SIGKILL)
        first.wait()
        going.set()
        assert any(re.match("staging-", name) for name in leftovers(cache))
        registry.asked.clear()
        ensure_jars(cache, nothing, registry.repositories)
        assert registry.asked == [PATHS["part11"]]
    assert fetched(cache) == WHOLE
    assert leftovers(cache) == {"complete"}


def test_an_interrupted_fetch_ends_soon_though_downloads_run(cache: Path) -> None:
    def interrupt(what: str, done: int, total: int) -> None:
        if done == 1:
            raise KeyboardInterrupt

    def slow(path: str) -> bytes | None:
        time.sleep(0.2)
        return BY_PATH[path]

    with Registry(slow) as registry:
        with pytest.raises(KeyboardInterrupt):
            ensure_jars(cache, interrupt, registry.repositories)
        assert len(registry.asked) < len(BY_PATH)
    assert leftovers(cache) == set()


def test_two_programs_at_once_fetch_each_file_once(cache: Path, lock_file: Path) -> None:
    def slow(path: str) -> bytes | None:
        time.sleep(0.3)
        return BY_PATH[path]

    with Registry(slow) as registry:
        both = [fetcher(lock_file, cache, registry) for _ in range(2)]
        assert [one.wait() for one in both] == [0, 0]
        assert sorted(registry.asked) == sorted(BY_PATH)
    assert fetched(cache) == WHOLE


def test_a_jar_that_went_missing_is_fetched_again(cache: Path) -> None:
    with Registry(BY_PATH.get) as registry:
        folder = ensure_jars(cache, nothing, registry.repositories)
        (folder / f"{GROUP}.part7-1.0.jar").unlink()
        registry.asked.clear()
        ensure_jars(cache, nothing, registry.repositories)
        assert registry.asked == [PATHS["part7"]]


def test_a_cache_of_another_lock_keeps_what_fits_and_loses_the_rest(
    cache: Path, lock_file: Path
) -> None:
    with Registry(BY_PATH.get) as registry:
        folder = ensure_jars(cache, nothing, registry.repositories)
        (folder / "org.example.old-0.9.jar").write_bytes(b"old")
        lock_file.write_text(lock_file.read_text() + "# another one\n")
        registry.asked.clear()
        ensure_jars(cache, nothing, registry.repositories)
        assert registry.asked == []
    assert fetched(cache) == WHOLE


def test_a_cache_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(
        FolderUnusable, match=rf"^the cache {tmp_path}/file/.* cannot be used: Not a directory$"
    ):
        ensure_jars(tmp_path / "file" / "cache", nothing, {})


def test_a_cache_whose_path_java_would_part_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FolderUnusable, match=r"Java parts paths at :$"):
        ensure_jars(tmp_path / "a:b", nothing, {})


def test_a_disk_that_takes_no_more_is_no_missing_registry(cache: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    with Registry(BY_PATH.get) as registry:
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))  # each jar is longer
        try:
            with pytest.raises(
                FolderUnusable, match=r"^the cache .* cannot be used: File too large$"
            ):
                ensure_jars(cache, nothing, registry.repositories)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def fetcher(lock_file: Path, cache: Path, registry: Registry) -> "subprocess.Popen[bytes]":
    (url,) = registry.repositories.values()
    module = "tests.graph.managed.fetcher"
    return subprocess.Popen(
        [sys.executable, "-m", module, str(lock_file), str(cache), url], cwd=ROOT
    )
