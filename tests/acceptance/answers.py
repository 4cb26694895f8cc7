"""Questions with their answers: read from YAML, asked in order, compared row for row.

A row is made of one node of an answer. Its columns have the names of the fields asked for; a
field ``name``, ``id``, ``title`` or ``text`` of an inner object goes by the name of that object
(``speaker { name }`` is the column ``speaker``). A list makes a row for each of its members;
nulls and empty lists make no column. The order of rows does not count, their number does.

Claims are worded by who codes them: an answer names what no wording can do without, as
``{contains: [Xi, [call, telephone]]}``, all of which a text has to have, of a list within any.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path

from schema.yaml import Tree, read_document
from tests.onrecord.running import Service

Row = dict[str, Tree]

FOLDER = Path(__file__).parent / "questions"
NAMING = {"name", "id", "title", "text"}

_ARTICLE = re.compile(r"^(a|an|the) ", re.IGNORECASE)
_MARKS = ' "“”,.'


@dataclass(frozen=True, slots=True)
class Request:
    """A GraphQL request; ``keep`` names columns of its rows for the variables of later ones."""

    document: str
    variables: Mapping[str, object] = field(default_factory=dict)
    keep: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, how, and the answer: all rows, and the number of nodes that have them."""

    name: str
    asks: str
    requests: list[Request]
    rows: list[Row]
    total: int
    because: str


def questions() -> Iterator[Question]:
    """Read all questions, in the order of the files."""
    for path in sorted(FOLDER.glob("*.yaml")):
        for name, told in _mapping(read_document(path.read_text("utf-8"), path.name).root).items():
            yield _question(name, _mapping(told))


def ask(service: Service, question: Question) -> tuple[list[Row], int]:
    """Ask all requests, and return the rows of the last one and the number of its nodes."""
    kept: dict[str, object] = {}
    rows: list[Row] = []
    total = 0
    for request in question.requests:
        (page,) = service.ask(request.document, **request.variables, **kept).values()
        total = page["totalCount"]
        assert len(page["nodes"]) == total, "the page has to hold the whole answer"
        rows = [row for node in page["nodes"] for row in rows_of(node)]
        kept |= {name: _column(rows, column) for name, column in request.keep.items()}
    return rows, total


def differences(expected: list[Row], given: list[Row]) -> list[str]:
    """Return the rows of either side that none of the other is left for, a line each."""
    pairs = _paired(expected, given)
    missing = [row for n, row in enumerate(expected) if n not in pairs.values()]
    surplus = [row for n, row in enumerate(given) if n not in pairs]
    return [f"missing: {row}" for row in missing] + [f"surplus: {row}" for row in surplus]


def _paired(expected: list[Row], given: list[Row]) -> dict[int, int]:
    """Return which row given is which one expected, as many as can be, each of them once.

    An expected row that tells only some words of a claim may fit several given ones, so a pair is
    made anew where that lets one more row have a partner (Kuhn's algorithm).
    """
    pairs: dict[int, int] = {}

    def partner(row: int, tried: set[int]) -> bool:
        for other in range(len(given)):
            if other not in tried and _is(expected[row], given[other]):
                tried.add(other)
                if other not in pairs or partner(pairs[other], tried):
                    pairs[other] = row
                    return True
        return False

    for row in range(len(expected)):
        partner(row, set())
    return pairs


def rows_of(node: Mapping[str, Tree]) -> list[Row]:
    """Return the rows of a node; none if it has nothing that was asked for."""
    return [row for row in _rows(dict(node), "") if row]


def _rows(value: Tree, column: str) -> list[Row]:
    if value is None:
        return [{}]
    if isinstance(value, list):
        return [row for member in value for row in _rows(member, column)] or [{}]
    if isinstance(value, dict):
        parts = [
            _rows(inner, column if column and name in NAMING else name)
            for name, inner in value.items()
        ]
        return [{k: v for row in rows for k, v in row.items()} for rows in product(*parts)]
    return [{column: value}]


def _is(expected: Row, given: Row) -> bool:
    return expected.keys() == given.keys() and all(
        _fits(value, given[column]) for column, value in expected.items()
    )


def _fits(expected: Tree, given: Tree) -> bool:
    if isinstance(expected, dict):
        return all(_has(str(given).lower(), word) for word in _list(expected["contains"]))
    return _bare(expected) == _bare(given)


def _has(text: str, word: Tree) -> bool:
    """Tell whether a text has a word; a list of words stands for any of them."""
    words = word if isinstance(word, list) else [word]
    return any(str(one).lower() in text for one in words)


def _bare(value: Tree) -> Tree:
    """Return a text without what printing adds: marks around it, an article, case, curls."""
    if not isinstance(value, str):
        return value
    return _ARTICLE.sub("", value.replace("’", "'").strip(_MARKS)).lower()


def _column(rows: list[Row], column: str) -> list[Tree]:
    return [row[column] for row in rows]


def _question(name: str, told: dict[str, Tree]) -> Question:
    answer = _mapping(told["answer"])
    total = answer["total"]
    assert isinstance(total, int)
    return Question(
        name=name,
        asks=str(told["asks"]),
        requests=[_request(_mapping(one)) for one in _list(told["requests"])],
        rows=[_mapping(row) for row in _list(answer["rows"])],
        total=total,
        because=str(told.get("because", "")),
    )


def _request(told: dict[str, Tree]) -> Request:
    keep = {name: str(column) for name, column in _mapping(told.get("keep", {})).items()}
    return Request(str(told["document"]), _mapping(told.get("variables", {})), keep)


def _mapping(value: Tree) -> dict[str, Tree]:
    assert isinstance(value, dict), value
    return value


def _list(value: Tree) -> list[Tree]:
    assert isinstance(value, list), value
    return value
