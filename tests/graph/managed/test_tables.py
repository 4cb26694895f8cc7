"""Files for the importer: what a row looks like, and what is refused; see test_importing.py."""

from pathlib import Path

import pytest

from graph.managed.tables import MOST_CHARACTERS, Kind, NodeTable, RelationshipTable, Value

COLUMNS = {
    "name": Kind.TEXT,
    "age": Kind.INTEGER,
    "known": Kind.BOOLEAN,
    "aliases": Kind.TEXTS,
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "rows.csv"


def written(path: Path) -> str:
    return path.read_bytes().decode()


def test_the_header_names_types_and_rows_follow(path: Path) -> None:
    with NodeTable(path, "Person", COLUMNS) as table:
        table.write("a", {"name": "Ann", "age": -3, "known": True, "aliases": ["x", "", "y"]})
        table.write("b", {"known": False})
    assert written(path) == (
        "id:ID(Person),name:string,age:long,known:boolean,aliases:string[]\n"
        '"a","Ann",-3,true,"x\0\0y"\n'
        '"b",,,false,\n'
    )


def test_relationships_name_the_labels_of_their_ends(path: Path) -> None:
    with RelationshipTable(path, "Person", "Place", {"since": Kind.INTEGER}) as table:
        table.write("a", "b", {"since": 7})
        table.write("b", "a", {})
    assert written(path) == ':START_ID(Person),:END_ID(Place),since:long\n"a","b",7\n"b","a",\n'


def test_the_key_can_have_another_name(path: Path) -> None:
    with NodeTable(path, "Person", {}, key="code") as table:
        table.write("a", {})
    assert written(path) == 'code:ID(Person)\n"a"\n'


def test_quotes_are_doubled_and_all_else_stands_as_it_is(path: Path) -> None:
    with NodeTable(path, "Person", {"name": Kind.TEXT}) as table:
        table.write('"', {"name": ' \\ , \r\n " \u2028 é 😀 '})
        table.write("empty", {"name": ""})
    assert written(path).partition("\n")[2] == (
        '"""",' + '" \\ , \r\n "" \u2028 é 😀 "\n' + '"empty",""\n'
    )


@pytest.mark.parametrize("text", ["two\nlines", "\r", "\r\n", "x" * 1_000_000])
@pytest.mark.parametrize("name", ["name", "aliases"])
def test_a_row_that_spans_lines_or_is_very_long_is_told(path: Path, text: str, name: str) -> None:
    with NodeTable(path, "Person", COLUMNS) as table:
        table.write("a", {"name": "Ann"})
        assert not table.spans
        table.write("b", {name: text if name == "name" else [text, "Cy"]})
        table.write("c", {})
    assert table.spans


def test_ends_of_lines_in_an_identifier_are_told(path: Path) -> None:
    with NodeTable(path, "Person", COLUMNS) as table:
        table.write("a\nb", {})
    assert table.spans


@pytest.mark.parametrize(("length", "spans"), [(1_000_000, False), (1_000_001, True)])
def test_a_row_may_be_as_long_as_this(path: Path, length: int, spans: bool) -> None:
    with NodeTable(path, "Person", {"name": Kind.TEXT}) as table:
        table.write("a", {"name": "x" * (length - len('"a",""'))})
    assert table.spans == spans


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("name", 1),
        ("name", ["x"]),
        ("age", "1"),
        ("age", True),
        ("known", 1),
        ("known", "true"),
        ("aliases", "x"),
        ("aliases", 1),
        ("aliases", [1]),
    ],
)
def test_a_value_of_another_type_is_refused(path: Path, name: str, value: Value) -> None:
    with NodeTable(path, "Person", COLUMNS) as table:
        with pytest.raises(TypeError, match=f"^{name} of a: "):
            table.write("a", {name: value})
        table.write("b", {})
    assert written(path).splitlines()[1:] == ['"b",,,,']


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("name", "x" * (MOST_CHARACTERS + 1), "more than the importer reads"),
        ("name", '"' * (MOST_CHARACTERS // 2 + 1), "more than the importer reads"),
        ("name", "\ud800", "surrogates not allowed"),
        ("age", 2**63, "does not fit into 64 bits"),
        ("age", -(2**63) - 1, "does not fit into 64 bits"),
        ("aliases", [], "a list of no text"),
        ("aliases", [""], "an empty one alone"),
        ("aliases", ["x\0y"], "cannot hold NUL"),
        ("aliases", ["\0"], "cannot hold NUL"),
    ],
)
def test_a_value_that_would_not_come_back_is_refused(
    path: Path, name: str, value: Value, why: str
) -> None:
    with NodeTable(path, "Person", COLUMNS) as table:
        with pytest.raises(ValueError, match=why):
            table.write("a", {name: value})
        table.write("b", {})
    assert written(path).splitlines()[1:] == ['"b",,,,']


def test_a_property_without_a_column_is_refused(path: Path) -> None:
    with (
        NodeTable(path, "Person", COLUMNS) as table,
        pytest.raises(ValueError, match=r"^no column of rows\.csv takes height$"),
    ):
        table.write("a", {"height": 1, "age": 2})


def test_a_node_needs_an_identifier(path: Path) -> None:
    with (
        NodeTable(path, "Person", COLUMNS) as table,
        pytest.raises(ValueError, match="needs an identifier"),
    ):
        table.write("", {})


@pytest.mark.parametrize("name", ["", "a b", "a:long", "a,b", "1a", "é", "a\n"])
def test_a_name_that_means_something_to_the_importer_is_refused(path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="is no name that the importer takes"):
        NodeTable(path, name, {})
    with pytest.raises(ValueError, match="is no name that the importer takes"):
        RelationshipTable(path, "Person", "Place", {name: Kind.TEXT})
    assert not path.exists()
