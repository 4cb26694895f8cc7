"""The JSON Schema of dossiers: it takes what can be read, and refuses what people mistype."""

import json
from collections.abc import Iterator
from pathlib import Path

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schema.coding.json_schema import DIALECT, dossier_schema
from schema.dates import parse
from schema.dossier import read_dossier
from schema.errors import InvalidInput
from schema.yaml import Tree, read_document
from seeds import seed_files
from tests.documents import DOSSIERS
from tests.schema.coding.codings import SECOND, written
from tests.schema.coding.dossiers import Written, dossiers
from tests.schema.test_dossier import GOOD

SCHEMA = dossier_schema()
VALIDATORS = (jsonschema_rs.Draft7Validator(SCHEMA), jsonschema_rs.Draft202012Validator(SCHEMA))

UNFILLED = """\
dossier: 1
source: {id: source/paper, name: A paper, sha256: , publisher: publisher}
actors:
  publisher: {name: publisher (not stated), kind: ORGANISATION, named: false}
roles:
  mayor: {title: Mayor, holder: publisher, passages: ["Mayor … questions."]}
statements:
  a:
    attribution: DIRECT_QUOTE
    claim: {text: It is., figures: [{what: dams, to: 0.10, unit: m}], holds: 2025}
    quotes: [It is, {exact: it is not}]
    hedging: [perhaps, {start: 5, exact: likely}]
    passages: ["It is … not.", {words: "Or … not?", part: HEADING}]
leftOut:
  - {words: Read more., reason: NAVIGATION}
"""


def taken(tree: Tree) -> bool:
    """Tell whether the schema takes a dossier; in its own dialect and the newest it has to agree."""
    first, second = (validator.is_valid(tree) for validator in VALIDATORS)
    assert first is second
    return first


def is_read(text: str) -> bool:
    try:
        read_dossier(text, "d.yaml")
    except InvalidInput:
        return False
    return True


def tree_of(text: str) -> Tree:
    return read_document(text, "d.yaml").root


# -- what it takes -----------------------------------------------------------------------------


@pytest.mark.parametrize("file", [*seed_files(), *DOSSIERS, SECOND], ids=lambda file: file.stem)
def test_the_dossiers_that_there_are_follow_it(file: Path) -> None:
    assert taken(tree_of(file.read_text("utf-8")))


def test_a_dossier_that_is_still_to_be_filled_in_follows_it() -> None:
    assert not is_read(UNFILLED)
    assert taken(tree_of(UNFILLED))


@given(dossiers())
@settings(deadline=None)
def test_whatever_is_written_of_entries_is_read_and_follows_it(dossier: Written) -> None:
    read = read_dossier(text := written(dossier.tree), "d.yaml")
    assert {one.id: one for one in read.entries} == {one.id: one for one in dossier.entries}
    assert taken(tree_of(text))


ODD: list[Tree] = [
    *(None, True, False, 0, 1, 2025, -1, 10**30),
    *("", "x", "x ", "1", "0", "yes", "no", "true", "2025", "0999", "..", "2025/", "1.5", "-0"),
    *("a/b", "actor/x", "claim/x/y", "source/x", "HTTP://x", "SUPPORTS", "STATED", "zh-Hant"),
    *("\ufeffx", "x\u2028x", "a\nb", "a b c d e ", "a\u00a0b c d e f", "x" * 2001),
    [],
    {},
    ["x"],
    ["x", "x"],
    [None],
    {"edtf": "2025"},
    {"edtf": "2025", "because": None},
    {"exact": "y", "start": 45},
    {"x": 1},
]


def places(tree: Tree, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Yield the paths of everything inside a tree."""
    inner = (
        tree.items()
        if isinstance(tree, dict)
        else enumerate(tree)
        if isinstance(tree, list)
        else ()
    )
    for step, value in inner:
        yield (*path, step)
        yield from places(value, (*path, step))


def changed(tree: Tree, path: tuple[str | int, ...], value: Tree) -> Tree:
    """Return a tree with another value at a place."""
    if not path:
        return value
    step, rest = path[0], path[1:]
    if isinstance(tree, dict) and isinstance(step, str):
        return {**tree, step: changed(tree[step], rest, value)}
    assert isinstance(tree, list)
    assert isinstance(step, int)
    return [*tree[:step], changed(tree[step], rest, value), *tree[step + 1 :]]


@given(st.sampled_from(list(places(tree_of(GOOD)))), st.sampled_from(ODD))
@settings(deadline=None, max_examples=200)
def test_a_dossier_with_something_odd_in_it_that_is_read_all_the_same_follows_it(
    path: tuple[str | int, ...], value: Tree
) -> None:
    text = written(changed(tree_of(GOOD), path, value))
    assert not is_read(text) or taken(tree_of(text))


@pytest.mark.parametrize(
    "edtf",
    [
        *("2025", "2025-06", "2025-06-02", "2025-XX", "2025-06-XX", "2025-XX-XX", "2025-24"),
        *("202X", "20XX", "2025?", "2025-06~", "2025-06-02%", "202X~", "2025-06-XX?", "2025-21~"),
        *("2025/2026", "2025/", "/2025", "2025/..", "../2025", "2025-05~/2025-06?", "19XX/2019-03"),
        *("[2025..2026]", "[2025-05..]", "[..2025-06-02]", "[2025~..2026]", "[20XX..2025-06]"),
        *("2025-06-02T09:30:00Z", "2025-06-02T09:30:00+02:00", "2025-06-02T09:30:00-05"),
        *("2025-06-02T09:30:00Z/2025-06-03", "[2025-06-02T09:30:00Z..]"),
    ],
)
def test_every_form_of_a_date_follows_it_bare_or_with_its_words(edtf: str) -> None:
    parse(edtf)
    dates: list[Tree] = [edtf, {"edtf": edtf, "words": "then"}]
    for date in dates:
        assert taken(changed(tree_of(GOOD), ("source", "published"), date))


# -- what it refuses ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("dossier: 1", "dossier: 2"),
        ("dossier: 1\n", ""),
        ("actors:", "actor:"),
        ("leftOut:", "left_out:"),
        ("claim: shared", "clam: shared"),
        ("force: WARNS", "force: WARNED"),
        ("polarity: DENIES", "polarity: denies"),
        ("attribution: PARTIAL_QUOTE", "venue: X"),
        ("quotes: [{start: 45, exact: “never”}]", "quotes: []"),
        ("kind: PERSON}", "kind: MAN}"),
        ("{name: The Paper, kind: ORGANISATION, named: false}", "{name: The Paper}"),
        ("{name: The Paper, kind: ORGANISATION, named: false}", "The Paper"),
        ("an insider, kind: PERSON, named: false", "an insider, kind: PERSON, named: 1"),
        ("named: false}\n  ann", "named: 'no'}\n  ann"),
        ("title: Minister, ", ""),
        ("title: Minister", "title: 12"),
        ("title: Minister", "title: ' Minister'"),
        ("title: Minister", "title: ''"),
        ("from: 2020", "from: 20205"),
        ("from: 2020", "from: true"),
        ("said: 2025-06-01", "said: 2025-13"),
        ("said: 2025-06-01", "said: 1 June 2025"),
        ("said: 2025-06-01", "said: {edtf: 2025-06-01, basis: INFERRED}"),
        ("words: last month", "word: last month"),
        ("length: 400", "length: '400'"),
        ("length: 400", "length: 0"),
        (f"sha256: {'ab' * 32}\n  length", f"sha256: {'AB' * 32}\n  length"),
        ("xi: actor/xi-jinping", "xi: Xi Jinping"),
        ("xi: actor/xi-jinping", "xi: person/xi-jinping"),
        ("xi: actor/xi-jinping", "xi:"),
        ("id: source/paper", "id: paper"),
        ("id: source/paper", "id: actor/paper"),
        ("  id: source/paper\n", ""),
        ("  own:\n", "  Own_Voice:\n"),
        ("claim: shared", "claim: issue/trade"),
        ("claim: shared", "claim: 5"),
        ("    claim: shared\n", ""),
        ("      text: Exports will recover.\n", ""),
        ("addressedTo: [xi]", "addressedTo: xi"),
        ("addressedTo: [xi]", "addressedTo: [xi, xi]"),
        ("mentions: [xi]", "mentions: [source/paper]"),
        ("attitude: FEARS", "attitude: LOVES"),
        ("stance: OPPOSES", "stance: AGAINST"),
        ("to: 0.10", "to: ten"),
        ("to: 0.10", "to: 600bn"),
        ('unit: "%"', "units: x"),
        ("start: 40, end: 60", "start: -1, end: 60"),
        ("start: 40, end: 60", "start: 40"),
        ("start: 40, end: 60", "strat: 40, end: 60"),
        (f"[{{start: 20, end: 40, sha256: {'ab' * 32}, part: SUMMARY}}]", "[]"),
        ("part: SUMMARY", "part: FOOTER"),
        ("exact: perhaps", "exact: a b c d e f"),
        ("exact: “never”", "words: “never”"),
        ("reason: NAVIGATION", "reason: DULL"),
        ("reason: NAVIGATION, ", ""),
        ("type: CONTRADICTS", "type: OPPOSES"),
        ("    because: one grows, one falls\n", ""),
        ("  against:\n", "  against:\n    strength: 5\n"),
    ],
)
def test_what_people_mistype_is_refused_by_it_and_by_reading(before: str, after: str) -> None:
    assert GOOD.count(before) == 1
    text = GOOD.replace(before, after)
    assert not is_read(text)
    assert not taken(tree_of(text))


@pytest.mark.parametrize(
    "passage",
    [
        "{words: It is., start: 5}",
        "{words: It is., sha256: ''}",
        "{words: It is., part: FOOTER}",
        "{words: 5}",
        "{part: TITLE}",
        "''",
        "5",
    ],
)
def test_a_passage_is_given_by_its_words_or_by_its_place(passage: str) -> None:
    good = '"It is … not."'
    assert UNFILLED.count(good) == 1
    assert not taken(tree_of(UNFILLED.replace(good, passage)))


@pytest.mark.parametrize("left_out", ["Read more.", "{words: Read more.}", "{reason: REPEATS}"])
def test_what_is_left_out_needs_its_words_and_a_reason(left_out: str) -> None:
    good = "{words: Read more., reason: NAVIGATION}"
    assert UNFILLED.count(good) == 1
    assert not taken(tree_of(UNFILLED.replace(good, left_out)))


# -- what editors make of it -------------------------------------------------------------------


def parts_of(schema: object) -> Iterator[dict[str, object]]:
    """Yield every mapping inside a schema, and itself."""
    if isinstance(schema, dict):
        yield schema
    inner = (
        schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ()
    )
    for one in inner:
        yield from parts_of(one)


def test_it_is_a_schema_of_the_dialect_that_editors_read() -> None:
    assert SCHEMA["$schema"] == DIALECT
    jsonschema_rs.meta.validate(SCHEMA)
    assert json.loads(json.dumps(SCHEMA)) == SCHEMA


def test_every_property_has_a_description_in_plain_words() -> None:
    definitions = SCHEMA["definitions"]
    assert isinstance(definitions, dict)
    objects = [SCHEMA, *definitions.values()]
    assert len(objects) > 15
    for one in objects:
        for name, rule in one["properties"].items():
            assert rule["description"], name
            assert "``" not in rule["description"]
            assert "\n" not in rule["description"].replace("\n\n", "")


def test_whatever_it_refers_to_is_in_it() -> None:
    definitions = SCHEMA["definitions"]
    assert isinstance(definitions, dict)
    named = {str(part["$ref"]) for part in parts_of(SCHEMA) if "$ref" in part}
    assert named == {f"#/definitions/{name}" for name in definitions}
    assert "$defs" not in json.dumps(SCHEMA)


def test_in_this_dialect_nothing_stands_beside_a_reference() -> None:
    assert all(len(part) == 1 for part in parts_of(SCHEMA) if "$ref" in part)
