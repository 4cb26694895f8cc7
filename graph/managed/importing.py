"""Filling the empty store of a stopped server by Neo4j's offline importer.

The importer works in a home of its own beside the server's. What it makes is put in the server's
place by renames once it is whole, so that an import that fails or is interrupted leaves the
folder as it was; the importer itself ends with the program that asked for it.
"""

import os
import re
import subprocess
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TypeAlias

from graph.managed.configuration import (
    configuration_text,
    java_command,
    java_environment,
    write_configuration,
)
from graph.managed.errors import ImportFailed, StoreNotEmpty
from graph.managed.failures import import_failure
from graph.managed.folder import Folder, usable
from graph.managed.jars import Progress, ensure_jars
from graph.managed.java import find_java
from graph.managed.lock import TOOL_CLASS
from graph.managed.ownership import STOP_SECONDS, start_guardian
from graph.managed.ports import BOLT_PORT, HTTP_PORT
from graph.managed.store import clear_leftovers, place_store, stopped
from graph.managed.tables import Table, checked_name

TableOrFile: TypeAlias = Table | Path
"""A table that is closed, or a file as one of :mod:`graph.managed.tables` looks."""
Files: TypeAlias = Mapping[str, TableOrFile | Sequence[TableOrFile]]
"""What to import of each label or relationship type."""

_OPTIONS = (
    "--verbose",  # without it a failure does not say where
    # By integers it takes a quarter less, but who writes relationships would have to remember one
    # for each identifier.
    "--id-type=string",
    "--array-delimiter=U+0000",
    # One wrong row is one too many: nothing is skipped, and no end of a relationship is guessed.
    "--strict=true",
    "--bad-tolerance=0",
    # The defaults of the importer, which values depend on: what is quoted is a value as it
    # stands, an empty one too, and only a doubled quote is a quote.
    "--ignore-empty-strings=false",
    "--trim-strings=false",
    "--legacy-style-quoting=false",
    "--normalize-types=true",
    "--input-encoding=UTF-8",
    # Beside the page cache of the configuration. A million nodes need some 50 MB of it.
    "--max-off-heap-memory=512m",
)
_SPANNING = ("--multiline-fields=true", "--read-buffer-size=8m")
"""How files are read of which a row may span lines; no value may be longer than half of the buffer.

It can be told which ones do (v2), but fails on those then, at the end of a piece.
"""
_IN_PIECES = (
    "--multiline-fields=false",
    "--read-buffer-size=4m",  # which is a piece, and has to hold any row, in UTF-16
    f"--threads={min(os.cpu_count() or 1, 16)}",  # each has a piece in memory
)
_LAST_LINES = 200
_STAGE = re.compile(r"(Nodes|Relationships|Node Degrees), started ")
_DOING = {
    "Nodes": "importing nodes",
    "Relationships": "importing relationships",
    "Node Degrees": "linking nodes and relationships",
}


def import_store(
    folder: Path,
    *,
    cache: Path,
    java: Path | None = None,
    nodes: Files,
    relationships: Files,
    repositories: Mapping[str, str] | None = None,
    on_progress: Progress | None = None,
) -> None:
    """Fill the empty store of a stopped server from files; see :meth:`EmptyStore.fill`.

    :raises ManagedServerError: as :func:`empty_store` and :meth:`EmptyStore.fill` do.
    :raises ValueError: a label or a type is no name, or there is no file of nodes.
    """
    _Inputs(nodes, relationships)  # what is wrong with them is told before anything is made
    with empty_store(
        folder, cache=cache, java=java, repositories=repositories, on_progress=on_progress
    ) as store:
        store.fill(nodes, relationships)


@contextmanager
def empty_store(
    folder: Path,
    *,
    cache: Path,
    java: Path | None = None,
    repositories: Mapping[str, str] | None = None,
    on_progress: Progress | None = None,
) -> "Iterator[EmptyStore]":
    """Hold the empty store of a stopped server, so that nobody else starts or fills it meanwhile.

    :raises FolderInUse: the server is running.
    :raises StoreNotEmpty: the store holds a database already; see :func:`remove_store`.
    :raises ManagedServerError: something else is missing; the subclass says what.
    """
    place, report = Folder(folder), on_progress or _report_nothing
    program = find_java(java)
    with ExitStack() as held:
        with usable(place.path):
            place.make()
            jars = ensure_jars(cache, report, repositories)
            lock = held.enter_context(stopped(place))
            if place.store.exists():
                raise StoreNotEmpty(
                    f"the Neo4j in {place.path} holds a graph already: remove that first"
                )
            held.callback(_clear, place)
            store = EmptyStore(place, program, jars, lock, report)
            store.files.mkdir(mode=0o700, parents=True)
        yield store


def _clear(place: Folder) -> None:
    with usable(place.path):
        clear_leftovers(place)


class EmptyStore:
    """The empty store of a server that cannot start while this is held."""

    def __init__(
        self, place: Folder, program: Path, jars: Path, lock: int, report: Progress
    ) -> None:
        self._place, self._program, self._jars = place, program, jars
        self._lock, self._report = lock, report

    @property
    def files(self) -> Path:
        """Return a folder for the files to import; it goes when the store is let go of."""
        return self._place.scratch / "files"

    def fill(self, nodes: Files, relationships: Files) -> None:
        """Fill the store from files; the server's password stays.

        Identifiers are unique within a label, and relationships name them by label. The graph
        has no constraints and no indexes yet.

        :raises ImportFailed: a file cannot be imported as a whole, or the disk is full.
        :raises FolderUnusable: something cannot be written.
        :raises ValueError: a label or a type is no name, or there is no file of nodes.
        """
        place, inputs = self._place, _Inputs(nodes, relationships)
        with usable(place.path):
            home = place.scratch / "home"
            home.mkdir(mode=0o700)
            write_configuration(home, configuration_text(BOLT_PORT, HTTP_PORT, {}))
            inputs.link(home)
            command = java_command(self._program, self._jars, TOOL_CLASS, *inputs.arguments())
            _import(command, home, self._lock, inputs, self._report)
            place.make_home()
            made = Folder(place.scratch)
            place_store(place, made.store, made.transactions)


class _Inputs:
    """The files to import, under names that the importer cannot take for anything else.

    It parts paths at commas and reads them as regular expressions.
    """

    def __init__(self, nodes: Files, relationships: Files) -> None:
        if not nodes:
            raise ValueError("there are no nodes to import")
        self.files: list[Path] = []
        self.in_pieces = True
        self._arguments = [
            f"--{what}={checked_name(name)}={self._add(one)}"
            for what, files in (("nodes", nodes), ("relationships", relationships))
            for name, given in files.items()
            for one in ([given] if isinstance(given, TableOrFile) else given)
        ]

    def arguments(self) -> list[str]:
        """Return what to tell the importer, which runs where the links are."""
        reading = _IN_PIECES if self.in_pieces else _SPANNING
        return ["database", "import", "full", "neo4j", *_OPTIONS, *reading, *self._arguments]

    def link(self, folder: Path) -> None:
        """Make the names.

        :raises ImportFailed: a file is not there.
        """
        for number, path in enumerate(self.files):
            if not path.is_file():
                raise ImportFailed(f"the graph cannot be imported: there is no file {path}")
            (folder / f"{number}.csv").symlink_to(path)

    def _add(self, given: TableOrFile) -> str:
        """Return the name of a file to come; what rows a mere file has is not known."""
        self.in_pieces &= isinstance(given, Table) and not given.spans
        path = given.path if isinstance(given, Table) else given
        self.files.append(path.absolute())
        return f"{len(self.files) - 1}.csv"


def _import(command: list[str], home: Path, lock: int, inputs: _Inputs, report: Progress) -> None:
    """Run the importer in its home, and tell what it is at.

    :raises ImportFailed: it failed.
    """
    last: deque[str] = deque(maxlen=_LAST_LINES)
    with _running(command, home, lock) as importer:
        assert importer.stdout is not None
        for line in (raw.decode(errors="replace").rstrip() for raw in importer.stdout):
            if begun := _STAGE.search(line):
                report(_DOING[begun[1]], 0, 0)
            elif line and not line.startswith(("\t", "\r")):  # calls in Java; progress in detail
                last.append(line)
        code = importer.wait()
    if code != 0:
        reason = import_failure(list(last), code, inputs.files, in_pieces=inputs.in_pieces)
        raise ImportFailed(f"the graph cannot be imported: {reason}")


@contextmanager
def _running(command: list[str], home: Path, lock: int) -> "Iterator[subprocess.Popen[bytes]]":
    """Run the importer under a guardian, so that it ends when we do."""
    environment = {
        **java_environment(),
        "NEO4J_HOME": str(home),
        "NEO4J_CONF": str(home / "conf"),
    }
    order = {"command": command, "lock": lock, "once": True}
    guardian = start_guardian(order, [lock], subprocess.STDOUT, home, environment)
    assert guardian.stdin is not None
    assert guardian.stdout is not None
    try:
        yield guardian
    finally:
        guardian.stdout.close()
        guardian.stdin.close()
        try:
            guardian.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            guardian.kill()
            guardian.wait()


def _report_nothing(what: str, done: int, total: int) -> None:
    """Take progress that nobody asked for."""
