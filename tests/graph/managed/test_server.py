"""Real servers: started, shared, crashed, killed, stopped."""

import re
import signal
import stat
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from threading import Event, Thread
from typing import NamedTuple, Self

import pytest
from neo4j.exceptions import DriverError, Neo4jError

from graph.managed import (
    Connection,
    FolderInUse,
    ManagedServer,
    PortInUse,
    RegistryUnreachable,
    StartFailed,
    remove_store,
    running,
)
from graph.managed.folder import Folder
from graph.managed.jars import ensure_jars
from graph.managed.java import find_java
from graph.managed.lock import MAIN_CLASS, NEO4J_VERSION, TOOL_CLASS, locked_jars
from graph.managed.password import ensure_password
from graph.managed.ports import BOLT_PORT, HTTP_PORT
from tests.conftest import CACHE
from tests.graph.managed.asking import ask
from tests.graph.managed.processes import Owner, commands, guardian_of, java_of, until
from tests.graph.managed.registry import Registry, repository_path
from tests.graph.managed.test_ports import listening

pytestmark = pytest.mark.engine

STYLE = r'style {"n": "{name} \"ü€😀\" \\ ${env:HOME}", "m": ["a", "b"]}; auto MATCH (n) RETURN n'


class Started(NamedTuple):
    """A server of this process, and what was seen on its way."""

    folder: Path
    server: ManagedServer
    commands: set[tuple[str, ...]]


@pytest.fixture(scope="module")
def mirror() -> Iterator[Registry]:
    """Serve the jars that this machine fetched before."""
    folder = ensure_jars(CACHE, nothing)
    files = {
        repository_path(jar.group, jar.artifact, jar.version, jar.classifier): folder / jar.filename
        for jar in locked_jars()
    }
    with Registry(lambda path: files[path].read_bytes() if path in files else None) as registry:
        yield registry


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory, mirror: Registry) -> Iterator[Started]:
    """Start from an empty folder and an empty cache, at the second try, the usual ports taken."""
    folder, cache = tmp_path_factory.mktemp("server") / "neo4j", tmp_path_factory.mktemp("cache")
    with pytest.raises(RegistryUnreachable):
        ManagedServer.start(folder, cache=cache, repositories={"none": "http://127.0.0.1:9"})
    with ExitStack() as held, Watching() as watching:
        for port in (BOLT_PORT, HTTP_PORT):
            with suppress(OSError):  # somebody else has it already
                held.enter_context(listening(port))
        server = ManagedServer.start(
            folder,
            cache=cache,
            repositories=mirror.repositories,
            settings={"browser.post_connect_cmd": STYLE},
        )
    with server:
        yield Started(folder, server, watching.seen)


class Watching:
    """Collects the command line of every process that comes by."""

    def __init__(self) -> None:
        self.seen: set[tuple[str, ...]] = set()
        self._done = Event()
        self._thread = Thread(target=self._watch)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._done.wait(0.1):
            self.seen |= commands()


def test_a_server_from_nothing_answers(started: Started) -> None:
    assert started.server.owned
    assert started.server.is_alive()
    assert started.server.failure() is None
    assert started.server.restarts == 0
    assert ask(started.server.connection, "RETURN 6 * 7") == 42
    version = ask(
        started.server.connection, "CALL dbms.components() YIELD versions RETURN versions[0]"
    )
    assert version == NEO4J_VERSION


def test_the_usual_ports_are_left_to_whoever_has_them(started: Started) -> None:
    assert not started.server.connection.uri.endswith(f":{BOLT_PORT}")
    assert f":{HTTP_PORT}/" not in started.server.connection.browser_url


def test_neo4j_browser_is_served_and_told_the_right_port(started: Started) -> None:
    connection = started.server.connection
    with urllib.request.urlopen(connection.browser_url) as page:  # noqa: S310 -- our own
        assert page.status == 200
        assert b"Neo4j Browser" in page.read()
    root = connection.browser_url.removesuffix("browser/")
    with urllib.request.urlopen(root) as discovery:  # noqa: S310 -- our own
        assert connection.uri.rpartition(":")[2].encode() in discovery.read()


def test_a_setting_arrives_as_it_was_given(started: Started) -> None:
    query = "SHOW SETTINGS 'browser.post_connect_cmd' YIELD value RETURN value"
    assert ask(started.server.connection, query) == STYLE


def test_the_password_is_the_owners_secret(started: Started) -> None:
    folder, password = started.folder, started.server.connection.password
    assert re.fullmatch(r"[0-9a-f]{48}", password)  # a leading - would be read as an option
    for path, mode in (
        (folder, 0o700),
        (folder / "home", 0o700),
        (folder / "password", 0o600),
        (folder / "running.json", 0o600),
        (folder / "lock", 0o600),
    ):
        assert stat.S_IMODE(path.stat().st_mode) == mode, path


def test_the_password_is_in_no_command_line_log_or_address(started: Started) -> None:
    password = started.server.connection.password
    classes = {word for command in started.commands for word in command}
    assert {MAIN_CLASS, TOOL_CLASS} <= classes, "the watch saw both programs run"
    assert not [command for command in started.commands if password in " ".join(command)]
    home = started.folder / "home"
    texts = [path for path in (*home.glob("logs/*"), *home.glob("conf/*")) if path.is_file()]
    assert {"neo4j.conf", "neo4j.log", "java.log", "debug.log"} <= {path.name for path in texts}
    assert not [path for path in texts if password.encode() in path.read_bytes()]
    assert password not in started.server.connection.uri + started.server.connection.browser_url
    assert password not in repr(started.server.connection)
    assert {path.name for path in started.folder.iterdir()} == {
        "guard",
        "home",
        "lock",
        "password",
        "running.json",
    }


def test_another_program_shares_the_server_and_leaves_it_running(started: Started) -> None:
    with Owner(started.folder) as other:
        assert other.says() == {"owned": False, "uri": started.server.connection.uri}
        other.end()
        assert other.says() == {"stopped": True}
    assert ask(started.server.connection, "RETURN 1") == 1
    assert running(started.folder) == started.server.connection


def test_who_will_not_share_waits_and_is_refused(started: Started) -> None:
    begin = time.monotonic()
    with pytest.raises(
        FolderInUse,
        match=f"^another command uses the Neo4j of {started.folder}: wait until it ends$",
    ):
        ManagedServer.start(
            started.folder, cache=CACHE, share=False, predecessor_timeout_seconds=0.5
        )
    assert time.monotonic() - begin >= 0.5
    assert ask(started.server.connection, "RETURN 1") == 1


def test_the_graph_of_a_running_server_is_not_removed(started: Started) -> None:
    with pytest.raises(FolderInUse, match=f"^the Neo4j in {started.folder} is running: stop it"):
        remove_store(started.folder)
    assert ask(started.server.connection, "RETURN 1") == 1


def test_a_port_of_another_neo4j_is_in_use(started: Started, tmp_path: Path) -> None:
    port = int(started.server.connection.uri.rpartition(":")[2])
    with pytest.raises(PortInUse, match=f"^port {port} on 127.0.0.1 is in use"):
        ManagedServer.start(tmp_path / "neo4j", cache=CACHE, bolt_port=port)
    assert not (tmp_path / "neo4j").exists()


# -- ends, good and bad: each test leaves the folder's server stopped -----------------------------


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder whose server comes and goes."""
    return tmp_path_factory.mktemp("ends") / "neo4j"


def test_ctrl_c_a_crash_and_a_killed_owner(folder: Path) -> None:
    with Owner(folder, terminal=True) as owner:
        assert owner.says()["owned"] is True
        connection = running(folder)
        assert connection is not None
        ask(connection, "CREATE (:Kept {name: 'kept'})")

        # Ctrl-C reaches the owner alone, which still has its Neo4j to finish with.
        owner.press(b"\x03")
        assert owner.says() == {"answer": 42, "failure": None}

        # A crash is mended, at the same address and with what was committed.
        (crashed,) = java_of(folder)
        crashed.kill()
        until(lambda: not crashed.is_running())
        until(lambda: answer(connection) == "kept", seconds=120)
        (mended,) = java_of(folder)
        assert mended.pid != crashed.pid

        # Nothing outlives a killed owner, and who comes next need only wait.
        owner.kill()
        with ManagedServer.start(folder, cache=CACHE, share=False) as successor:
            assert not mended.is_running()
            assert successor.owned
            assert answer(successor.connection) == "kept"
            assert successor.connection.password == connection.password
        assert_stopped(folder)


def answer(connection: Connection) -> object:
    try:
        return ask(connection, "MATCH (k:Kept) RETURN k.name")
    except (DriverError, Neo4jError):
        return None


def assert_stopped(folder: Path) -> None:
    assert java_of(folder) == []
    assert not Folder(folder).is_locked()
    assert running(folder) is None


def test_the_server_goes_with_a_killed_guardian_and_the_next_start_works(folder: Path) -> None:
    with ManagedServer.start(folder, cache=CACHE) as server:
        guardian_of(folder).send_signal(signal.SIGKILL)
        until(server.failure)
        assert server.failure() == (
            "the process that guards Neo4j was ended from outside, and Neo4j with it (-9)"
        )
        # Nobody connects to a server that is about to go.
        with ManagedServer.start(folder, cache=CACHE) as successor:
            assert successor.owned
            assert ask(successor.connection, "RETURN 1") == 1
            server.stop()
            assert ask(successor.connection, "RETURN 1") == 1
    assert_stopped(folder)


def test_a_password_changed_by_hand_is_told(tmp_path: Path) -> None:
    place = Folder(tmp_path / "neo4j")
    place.make()
    place.make_home()
    ensure_password(place, find_java(None), ensure_jars(CACHE, nothing))
    assert stat.S_IMODE(place.password.stat().st_mode) == 0o600
    place.password.write_text("made-up-by-hand\n")
    with pytest.raises(StartFailed) as caught:
        ManagedServer.start(place.path, cache=CACHE)
    assert str(caught.value) == (
        f"Neo4j refuses the password in {place.password}: the file was changed, or the password in "
        f"Neo4j: put the old one back, or remove {place.path} to begin with an empty graph"
    )
    assert_stopped(place.path)


def test_a_given_up_server_and_a_damaged_store_are_told(folder: Path) -> None:
    with ManagedServer.start(folder, cache=CACHE, most_restarts=0) as server:
        ask(server.connection, "CREATE (:Kept {name: 'lost'})")
        password = server.connection.password
        assert server.failure() is None
        java_of(folder)[0].kill()
        until(server.failure)
        told = "Neo4j crashed again after 0 restarts and is given up: "
        assert (server.failure() or "").startswith(told)
        assert not server.is_alive()
    assert_stopped(folder)

    for file in (folder / "home" / "data" / "databases" / "neo4j").glob("neostore*"):
        if file.is_file():
            file.write_bytes(b"garbage" * 1000)
    with pytest.raises(StartFailed) as caught:
        ManagedServer.start(folder, cache=CACHE)
    sentence = str(caught.value)
    assert sentence.startswith("Neo4j cannot open its store: Caused by: ")
    assert sentence.endswith(f"(see {folder}/home/logs/debug.log)")
    assert_stopped(folder)

    remove_store(folder)
    with ManagedServer.start(folder, cache=CACHE) as server:
        assert ask(server.connection, "MATCH (n) RETURN count(n)") == 0
        assert server.connection.password == password
    assert_stopped(folder)


def nothing(what: str, done: int, total: int) -> None:
    """Take progress."""
