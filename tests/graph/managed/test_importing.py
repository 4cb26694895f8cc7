"""Neo4j's own importer and servers: what goes in comes out, and nothing half made stays."""

import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import LiteralString, NamedTuple, TypeAlias

import psutil
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from neo4j import GraphDatabase

from graph.managed import (
    Connection,
    FolderInUse,
    ImportFailed,
    Kind,
    ManagedServer,
    NodeTable,
    RelationshipTable,
    StoreNotEmpty,
    import_store,
    remove_store,
)
from graph.managed.folder import Folder
from graph.managed.tables import MOST_CHARACTERS, Value
from tests.conftest import CACHE
from tests.graph.managed.asking import ask
from tests.graph.managed.importer import people
from tests.graph.managed.processes import ROOT, until

pytestmark = pytest.mark.engine

Properties: TypeAlias = Mapping[str, Value]
Tie: TypeAlias = tuple[str, str, str, Properties]
"""A person, the label and the identifier of what it is tied to, and how."""

COLUMNS = {
    "name": Kind.TEXT,
    "note": Kind.TEXT,
    "age": Kind.INTEGER,
    "known": Kind.BOOLEAN,
    "aliases": Kind.TEXTS,
}
ALIKE = ["1", "01", "1.0", "-1", " 1", "1 ", "\t1", "a", "A", "a ", "á", "a\u0301", '"', '""', "\\"]
TELLING = [
    "",
    " ",
    " leading and trailing ",
    '"',
    '""',
    '"quoted"',
    "\\",
    '\\"',
    "a,b;c|d\te",
    "\n",
    "\r",
    "\r\n",
    "two\nlines",
    "\x01\x1f\x7f\x85\xa0",
    "\u2028\u2029\ufeff\ufffe\uffff",
    "😀\U0010ffff",
    "null",
    "true",
    "007",
    "=1+1",
    '\',"\n"',
]
LONG = [
    'a "long" text,\n' * 65_536,  # 1 MiB
    '"' * 2**20,
    "\U0001f600" * MOST_CHARACTERS,
    *(f"{n}, " + "\U0001f600" * 900_000 for n in range(9)),  # several pieces of what is read so
]

ONE_LINE, LINES = "x" * 1000, "x" * 500 + "\n" + "x" * 499
"""Texts as long as each other: the importer reads files in which rows span lines in another way."""

texts = st.text() | st.sampled_from(TELLING)
listed = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
values: dict[Kind, st.SearchStrategy[Value]] = {
    Kind.TEXT: texts,
    Kind.INTEGER: st.integers(-(2**63), 2**63 - 1),
    Kind.BOOLEAN: st.booleans(),
    Kind.TEXTS: st.lists(listed | st.sampled_from(TELLING), min_size=1).filter(
        lambda one: one != [""]
    ),
}
properties: st.SearchStrategy[Properties] = st.fixed_dictionaries(
    {}, optional={name: values[kind] for name, kind in COLUMNS.items()}
)
identifiers = st.text(min_size=1) | st.sampled_from(ALIKE)


class Imported(NamedTuple):
    """What was imported, and the server that has it."""

    folder: Path
    password: str
    people: dict[str, Properties]
    places: dict[str, Properties]
    ties: list[Tie]
    connection: Connection


def is_line(identifiers: Sequence[str], chosen: Properties) -> bool:
    """Tell whether what is written of this is one line, and not a very long one."""
    texts: list[object] = [*identifiers]
    for value in chosen.values():
        texts += [value] if isinstance(value, str | int) else value
    written = "".join(map(str, texts))
    return len(written) < 950_000 and "\n" not in written and "\r" not in written


@pytest.fixture(scope="module", params=[True, False], ids=["spanning lines", "in pieces"])
def imported(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Imported]:
    """Fill the store of a new server, remove its graph and fill it again, with all sorts."""
    folder = tmp_path_factory.mktemp("imported") / "neo4j"
    before = tmp_path_factory.mktemp("before")
    import_store(
        folder,
        cache=CACHE,
        nodes={
            "Person": people_file(before),
            "Place": write_nodes(before / "places.csv", "Place", {}),
        },
        relationships={"TIE": write_ties(before, [], "Place")},
    )
    with ManagedServer.start(folder, cache=CACHE) as server:
        assert ask(server.connection, "MATCH (p:Person) RETURN collect(p.id)") == ["p0"]
        password = server.connection.password
    # A path that the importer would part, and read as a pattern.
    files = tmp_path_factory.mktemp("files, [a-c]* (1)")
    people, places = generated(), generated()
    people.update({f"telling {n}": {"name": text} for n, text in enumerate(TELLING + LONG)})
    if not request.param:
        for ones in people, places:
            for identifier in [one for one, chosen in ones.items() if not is_line([one], chosen)]:
                del ones[identifier]
    ties = tied(list(people), list(places))
    if not request.param:
        ties = [one for one in ties if is_line([], one[3])]
    nodes = {
        "Person": write_nodes(files / "people.csv", "Person", people),
        "Place": write_nodes(files / "places.csv", "Place", places),
    }
    relationships = {"TIE": [write_ties(files, ties, end) for end in ("Person", "Place")]}
    tables = (*nodes.values(), *relationships["TIE"])
    assert any(one.spans for one in tables) == request.param

    with pytest.raises(StoreNotEmpty, match=f"^the Neo4j in {folder} holds a graph already"):
        import_store(folder, cache=CACHE, nodes=nodes, relationships=relationships)
    remove_store(folder)
    import_store(folder, cache=CACHE, nodes=nodes, relationships=relationships)
    with ManagedServer.start(folder, cache=CACHE) as server:
        yield Imported(folder, password, people, places, ties, server.connection)


def generated() -> dict[str, Properties]:
    """Return nodes of Hypothesis' choice: one import has to do for all of them."""
    nodes: dict[str, Properties] = {}

    @settings(max_examples=300, database=None)
    @given(identifiers, properties)
    def collect(identifier: str, chosen: Properties) -> None:
        nodes[identifier] = chosen

    collect()
    return nodes


def tied(people: list[str], places: list[str]) -> list[Tie]:
    """Return relationships, some of them between the same two nodes."""
    ties: list[Tie] = []

    @settings(max_examples=300, database=None)
    @given(
        st.sampled_from(people),
        st.sampled_from(people).map(lambda one: ("Person", one))
        | st.sampled_from(places).map(lambda one: ("Place", one)),
        properties,
    )
    def collect(start: str, end: tuple[str, str], chosen: Properties) -> None:
        ties.append((start, *end, {"n": len(ties), **chosen}))

    collect()
    return ties


def write_nodes(path: Path, label: str, nodes: Mapping[str, Properties]) -> NodeTable:
    with NodeTable(path, label, COLUMNS) as table:
        for identifier, chosen in nodes.items():
            table.write(identifier, chosen)
    return table


def people_file(folder: Path, text: str = "", count: int = 1) -> Path:
    return people(folder / "people.csv", text, count).path


def write_ties(files: Path, ties: list[Tie], label: str) -> RelationshipTable:
    path = files / f"to {label}.csv"
    with RelationshipTable(path, "Person", label, {"n": Kind.INTEGER, **COLUMNS}) as table:
        for start, end_label, end, chosen in ties:
            if end_label == label:
                table.write(start, end, chosen)
    return table


def rows(connection: Connection, query: LiteralString) -> list[list[object]]:
    auth = (connection.username, connection.password)
    with GraphDatabase.driver(connection.uri, auth=auth) as driver, driver.session() as session:
        return session.run(query).values()


def typed(held: object) -> dict[str, tuple[type, object]]:
    """Return properties with the type of each value: for Python, True equals 1."""
    assert isinstance(held, dict)
    return {name: (type(value), value) for name, value in held.items()}


@pytest.mark.parametrize("label", ["Person", "Place"])
def test_nodes_come_back_as_they_were_written(imported: Imported, label: str) -> None:
    wanted = imported.people if label == "Person" else imported.places
    found = rows(imported.connection, "MATCH (n) RETURN labels(n), n.id, properties(n)")
    there = {str(row[1]): typed(row[2]) for row in found if row[0] == [label]}
    assert len(found) == len(imported.people) + len(imported.places)
    assert there.keys() == wanted.keys()
    for identifier, chosen in wanted.items():
        assert there[identifier] == typed({"id": identifier, **chosen})


def test_relationships_come_back_as_they_were_written(imported: Imported) -> None:
    found = rows(
        imported.connection,
        "MATCH (s:Person)-[r:TIE]->(e) RETURN s.id, labels(e)[0], e.id, properties(r) ORDER BY r.n",
    )
    assert len(found) == len(imported.ties)
    for there, wanted in zip(found, imported.ties, strict=True):
        assert there[:3] == list(wanted[:3])
        assert typed(there[3]) == typed(wanted[3])


def test_the_password_of_before_is_kept(imported: Imported) -> None:
    assert imported.connection.password == imported.password


def test_the_graph_takes_constraints_and_more_nodes(imported: Imported) -> None:
    for query in (
        "CREATE CONSTRAINT place FOR (p:Place) REQUIRE p.id IS UNIQUE",
        "CALL db.awaitIndexes(60)",
        "CREATE (:Place {id: 'new', height: 1})-[:TIE]->(:Planet)",
        "MATCH (p:Place {id: 'new'})-[r:TIE]->(e:Planet) DETACH DELETE p, e",
    ):
        rows(imported.connection, query)


def test_nothing_is_imported_where_a_server_runs(imported: Imported, tmp_path: Path) -> None:
    with pytest.raises(FolderInUse, match=f"^the Neo4j in {imported.folder} is running: stop it"):
        import_store(
            imported.folder,
            cache=CACHE,
            nodes={"Person": people_file(tmp_path)},
            relationships={},
        )
    assert ask(imported.connection, "RETURN 1") == 1


# -- what fails and what is interrupted -----------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "neo4j"


def assert_untouched(folder: Path) -> None:
    assert {path.name for path in folder.iterdir()} == {"lock"}
    assert not Folder(folder).is_locked()
    assert java_in(folder) == []


def java_in(folder: Path) -> list[psutil.Process]:
    """Return the processes that work in a folder."""
    return [one for one in psutil.process_iter() if str(folder) in working_folder(one)]


def working_folder(process: psutil.Process) -> str:
    try:
        return process.cwd()
    except psutil.Error:  # it has just ended
        return ""


@pytest.mark.parametrize(
    ("text", "count", "line"), [("two\nlines", 3, ", line 6"), ("x" * 100_000, 200, "")]
)
def test_a_row_that_is_wrong_is_told_by_its_file_and_if_known_its_line(
    text: str, count: int, line: str, folder: Path, tmp_path: Path
) -> None:
    table = people(tmp_path / "people.csv", text, count)
    file = table.path
    file.write_text(file.read_text().replace(f",{count - 1},", ",two,"))
    with pytest.raises(ImportFailed) as caught:
        import_store(folder, cache=CACHE, nodes={"Person": table}, relationships={})
    assert str(caught.value) == (
        f'the graph cannot be imported: {file}{line}: Not an integer: "two"'
    )
    assert_untouched(folder)


def test_a_relationship_to_no_node_is_told(folder: Path, tmp_path: Path) -> None:
    ties: list[Tie] = [("p0", "Person", "nobody", {})]
    with pytest.raises(ImportFailed) as caught:
        import_store(
            folder,
            cache=CACHE,
            nodes={"Person": people_file(tmp_path)},
            relationships={"TIE": [write_ties(tmp_path, ties, "Person")]},
        )
    assert str(caught.value) == (
        "the graph cannot be imported: "
        "p0 (Person)-[TIE]->nobody (Person) referring to missing node nobody"
    )
    assert_untouched(folder)


def test_a_file_that_is_not_there_is_told(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(ImportFailed, match=f"there is no file {tmp_path}/people.csv$"):
        import_store(
            folder, cache=CACHE, nodes={"Person": tmp_path / "people.csv"}, relationships={}
        )
    assert_untouched(folder)


def test_nothing_to_import_is_refused(folder: Path) -> None:
    with pytest.raises(ValueError, match="there are no nodes to import"):
        import_store(folder, cache=CACHE, nodes={}, relationships={})
    assert not folder.exists()


def test_a_label_that_is_no_name_is_refused(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="'Per:son' is no name"):
        import_store(folder, cache=CACHE, nodes={"Per:son": tmp_path}, relationships={})
    assert not folder.exists()


@pytest.mark.parametrize("text", [ONE_LINE, LINES])
def test_a_disk_that_takes_no_more_is_told(text: str, folder: Path, tmp_path: Path) -> None:
    # A file that must not grow is what can be had of a full disk without a disk. The rows, which
    # the same program writes, have room; what Neo4j makes of them takes a fifteenth more.
    most = 10_200_000
    done = subprocess.run(
        program(folder, tmp_path, text * 100, count=100),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        check=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (most, most)),
    )
    assert done.stdout.decode().splitlines()[-1] == ("the graph cannot be imported: File too large")
    assert_untouched(folder)


@pytest.mark.parametrize("text", [ONE_LINE, LINES])
def test_an_import_that_is_interrupted_or_killed_leaves_nothing_to_start_on(
    text: str, folder: Path, tmp_path: Path
) -> None:
    importing = program(folder, tmp_path, text, count=5_000)

    # Ctrl-C: nothing is left.
    assert interrupt(folder, importing, signal.SIGINT) != 0
    assert_untouched(folder)

    # Killed: the importer ends as well, and what it made is never taken for a graph.
    assert interrupt(folder, importing, signal.SIGKILL) == -signal.SIGKILL
    until(lambda: not Folder(folder).is_locked())
    assert java_in(folder) == []
    assert {path.name for path in folder.iterdir()} == {"lock", "scratch"}

    # The next call clears it away.
    import_store(folder, cache=CACHE, nodes={"Person": people_file(tmp_path)}, relationships={})
    assert {path.name for path in folder.iterdir()} == {"lock", "home"}
    assert Folder(folder).store.exists()


def interrupt(folder: Path, importing: Sequence[str], how: signal.Signals) -> int:
    """Import in another process, send it a signal in the midst and return its exit code."""
    with subprocess.Popen(
        importing, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"importing nodes\n"
        assert java_in(folder) != []
        os.kill(process.pid, how)
        return process.wait()


def program(folder: Path, files: Path, text: str, count: int) -> list[str]:
    file = str(files / "people.csv")
    module = "tests.graph.managed.importer"
    return [sys.executable, "-m", module, str(folder), file, text, str(count)]
