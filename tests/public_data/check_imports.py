"""Factopolis and a database of Discourse Network Analyzer, imported and asked about.

Run by name, ``pytest tests/public_data/check_imports.py``, where the data is at hand: in the folder
that the environment variable ONRECORD_TEST_DATA names, or beside the repository in
``../shared/data``. Who has only the repository runs all other tests without it.

The expected counts are made from flat copies of the data (JSON lines and CSV), by code that shares
nothing with the importers.
"""

import asyncio
import csv
import hashlib
import json
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from graph.connection import Graph
from graph.managed import Connection
from tests.conftest import empty
from tests.onrecord.running import Program, Service, settings_of
from tests.ports import free_port

pytestmark = pytest.mark.engine

ROOT = Path(__file__).parents[2]
BESIDE = ROOT.parent / "shared" / "data"
FOLDER = Path(os.environ.get("ONRECORD_TEST_DATA") or BESIDE)
ARCHIVE = FOLDER / "factopolis" / "content_raw.tar.gz"
DATABASE = FOLDER / "dna_us_climate" / "sample.dna"

Fields = dict[str, Any]

FULLY_FALSE = {"false", "pants-on-fire", "4-pinocchios"}


@dataclass(frozen=True, slots=True)
class Check:
    """A fact check's verdict on one claim: what tells two of them apart, and its rating."""

    checker: str
    url: str | None
    text: str
    claim: str
    rating: str | None


@dataclass(frozen=True, slots=True)
class Files:
    """The flat copies."""

    assertions: list[Fields]
    claims: list[Fields]
    coded: list[dict[str, str]]

    def said(self, fits: Callable[[Fields, str], bool] = lambda assertion, claim: True) -> int:
        """Return how many assertions of a claim there are that fit: one quotation may hold two."""
        return sum(fits(one, claim) for one in self.assertions for claim in one["claims"])

    def checks(self) -> set[Check]:
        """Return every fact check of a claim once: the same one may stand below many assertions."""
        return {
            Check(
                check["checker"],
                check.get("source"),
                (check.get("quote") or check["short"]).strip(),
                claim,
                check.get("rating"),
            )
            for one in self.assertions
            for check in one.get("checks") or ()
            for claim in check.get("claims") or one["claims"]
        }

    def documents(self) -> set[tuple[str, str | None, str]]:
        """Return every fact check once, whatever claims it is about."""
        return {(one.checker, one.url, one.text) for one in self.checks()}

    def about(self, topic: str) -> set[str]:
        """Return the claims that have a topic."""
        return {one["id"] for one in self.claims if topic in one.get("topics", ())}

    def claimed_by(self, person: str) -> set[str]:
        """Return the claims of a person's assertions."""
        return {
            claim for one in self.assertions if one["person"] == person for claim in one["claims"]
        }

    def agreeing(self, fits: Callable[[dict[str, str]], bool] = lambda row: True) -> int:
        """Return how many coded statements fit."""
        return sum(map(fits, self.coded))


def _lines(file: Path) -> list[Fields]:
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def files() -> Files:
    """Return the flat copies of the data."""
    flat = FOLDER / "dna_us_climate" / "statements_flat_derived.csv"
    if not (ARCHIVE.is_file() and flat.is_file()):
        pytest.fail(f"no public data in {FOLDER}: name its folder in ONRECORD_TEST_DATA")
    with flat.open(encoding="utf-8", newline="") as opened:
        coded = list(csv.DictReader(opened))
    return Files(
        _lines(FOLDER / "factopolis" / "assertions_flat_derived.jsonl"),
        _lines(FOLDER / "factopolis" / "claims_flat_derived.jsonl"),
        coded,
    )


@pytest.fixture(scope="module")
def imported(
    files: Files, neo4j_server: Connection, tmp_path_factory: pytest.TempPathFactory
) -> Program:
    """Return the program with both data sets on record, and the graph rebuilt from the log."""
    asyncio.run(_emptied(neo4j_server))
    folder = tmp_path_factory.mktemp("imported") / "data"
    program = Program(folder, settings_of(neo4j_server), free_port())
    assert "recorded 521 rows" in program.ok("import", "factopolis", str(ARCHIVE))
    assert "recorded 40 rows" in program.ok("import", "dna", str(DATABASE))
    program.ok("rebuild")
    return program


async def _emptied(server: Connection) -> None:
    graph = Graph.open(server.uri, server.username, server.password, "neo4j")
    await empty(graph)
    await graph.close()


@pytest.fixture(scope="module")
def service(imported: Program) -> Iterator[Service]:
    """Return the running service."""
    with imported.serving() as service:
        yield service


def test_the_graph_is_what_the_log_says(imported: Program) -> None:
    assert "the graph is what the log says" in imported.ok("verify")


def test_the_log_is_as_it_was_written(imported: Program) -> None:
    imported.ok("log", "verify")


def test_a_second_import_records_nothing(imported: Program) -> None:
    nothing = "recorded 0 rows as 0 entries; {} rows on record already"
    assert nothing.format(521) in imported.ok("import", "factopolis", str(ARCHIVE))
    assert nothing.format(40) in imported.ok("import", "dna", str(DATABASE))


def test_every_quotation_has_the_hash_of_its_words(service: Service, files: Files) -> None:
    expected = {_sha256(one["quote"].strip()) for one in files.assertions}
    found = service.ask(_passages(SAID))
    assert _hashes(found) == expected


def test_every_coded_passage_has_the_hash_of_its_words(service: Service, files: Files) -> None:
    expected = {_sha256(row["quote"]) for row in files.coded}
    found = service.ask(_passages(CODED))
    assert _hashes(found) == expected


def _passages(where: str) -> str:
    return f"{{ statements(first: 1000, where: {where}) {{ nodes {{ passages {{ sha256 }} }} }} }}"


def _hashes(found: Any) -> set[str]:
    return {
        passage["sha256"] for node in found["statements"]["nodes"] for passage in node["passages"]
    }


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


# -- twenty questions, and some more -----------------------------------------------------------


SAID = '{ id: { startsWith: "statement/factopolis/" }, attribution: { eq: DIRECT_QUOTE } }'
CHECKED = '{ id: { startsWith: "statement/factopolis/" }, attribution: { eq: OWN_VOICE } }'
CLAIMS = '{ id: { startsWith: "claim/factopolis/" } }'
SOURCES = '{ id: { startsWith: "source/factopolis/" } }'
CODED = '{ id: { startsWith: "statement/dna/" } }'


def _said(where: str) -> str:
    return f"statements(where: {_both(SAID, where)})"


def _checked(where: str) -> str:
    return f"statements(where: {_both(CHECKED, where)})"


def _coded(where: str) -> str:
    return f"statements(where: {_both(CODED, where)})"


def _claims(where: str) -> str:
    return f"claims(where: {_both(CLAIMS, where)})"


def _sources(where: str) -> str:
    return f"sources(where: {_both(SOURCES, where)})"


def _both(one: str, other: str) -> str:
    return f"{{ AND: [{one}, {{ {other} }}] }}"


def _with_rating(files: Files, *ratings: str | None) -> int:
    wanted = {rating and rating.casefold() for rating in ratings}
    return sum((one.rating and one.rating.casefold()) in wanted for one in files.checks())


def _distinct(values: Iterable[object]) -> int:
    return len(set(values))


QUESTIONS: dict[str, tuple[str, Callable[[Files], int]]] = {
    "what politicians said": (_said(""), lambda files: files.said()),
    "which fact checks there are": (
        _sources("kind: { eq: FACT_CHECK }"),
        lambda files: len(files.documents()),
    ),
    "what they are quoted from": (
        _sources("kind: { in: [POST, TRANSCRIPT, ARTICLE, OTHER] }"),
        lambda files: len(files.assertions),
    ),
    "which claims there are": (_claims(""), lambda files: len(files.claims)),
    "which claims are about healthcare": (
        _claims('issues: { some: { name: { eq: "healthcare" } } }'),
        lambda files: len(files.about("healthcare")),
    ),
    "which claims are about Hillary Clinton": (
        _claims('mentions: { some: { called: "hillary clinton" } }'),
        lambda files: sum(
            "hillary-clinton" in (*one.get("subjects", ()), *one.get("subject", ()))
            for one in files.claims
        ),
    ),
    "which claims name Obama": (
        _claims('text: { contains: "obama" }'),
        lambda files: sum("obama" in one["title"].casefold() for one in files.claims),
    ),
    "what Donald Trump said": (
        _said('speaker: { called: "Donald Trump" }'),
        lambda files: files.said(lambda one, _: one["person"] == "donald-trump"),
    ),
    "what he said in October 2017": (
        _said('speaker: { called: "Donald Trump" }, said: { certainlyWithin: "2017-10" }'),
        lambda files: files.said(
            lambda one, _: one["person"] == "donald-trump" and one["date"].startswith("2017-10-")
        ),
    ),
    "what was said before 2017": (
        _said('said: { before: "2017" }'),
        lambda files: files.said(lambda one, _: one["date"] < "2017"),
    ),
    "what was said on Twitter": (
        _said('venue: { eq: "Twitter" }'),
        lambda files: files.said(lambda one, _: one.get("where") == "Twitter"),
    ),
    "what was said with no word on where": (
        _said("venue: { isNull: true }"),
        lambda files: files.said(lambda one, _: not one.get("where")),
    ),
    "what was said about taxes": (
        _said('issues: { some: { name: { eq: "taxes" } } }'),
        lambda files: files.said(lambda _, claim: claim in files.about("taxes")),
    ),
    "who said any of it": (
        f"actors(where: {{ statements: {{ some: {SAID} }} }})",
        lambda files: _distinct(one["person"] for one in files.assertions),
    ),
    "what both Donald Trump and Mike Pence claimed": (
        _claims(
            'AND: [{ statements: { some: { speaker: { called: "Donald Trump" } } } },'
            ' { statements: { some: { speaker: { called: "Mike Pence" } } } }]'
        ),
        lambda files: len(files.claimed_by("donald-trump") & files.claimed_by("mike-pence")),
    ),
    "what fact checks say of claims": (_checked(""), lambda files: len(files.checks())),
    "what is rated pants on fire": (
        _checked('rating: { eq: "pants-on-fire" }'),
        lambda files: _with_rating(files, "pants-on-fire"),
    ),
    "what is not rated": (
        _checked("rating: { isNull: true }, polarity: { eq: ASKS }"),
        lambda files: _with_rating(files, None),
    ),
    "what fact checks deny": (
        _checked("polarity: { eq: DENIES }"),
        lambda files: _with_rating(files, *FULLY_FALSE),
    ),
    "what PolitiFact says": (
        _checked('speaker: { called: "PolitiFact" }'),
        lambda files: sum(one.checker == "politifact" for one in files.checks()),
    ),
    "what The Washington Post published": (
        _sources('publisher: { called: "The Washington Post" }'),
        lambda files: sum(checker == "washington-post" for checker, _, _ in files.documents()),
    ),
    "what witnesses say": (_coded(""), lambda files: files.agreeing()),
    "what witnesses deny": (
        _coded("polarity: { eq: DENIES }"),
        lambda files: files.agreeing(lambda row: row["agreement"] == "0"),
    ),
    "what George Voinovich says": (
        _coded('speaker: { called: "George Voinovich" }'),
        lambda files: files.agreeing(lambda row: row["person"] == "George Voinovich"),
    ),
    "what is said for the Sierra Club": (
        _coded('capacity: { body: { called: "Sierra Club" } }'),
        lambda files: files.agreeing(lambda row: row["organization"] == "Sierra Club"),
    ),
    "who supports a concept": (
        _coded(
            "stances: { some: { stance: { eq: SUPPORTS },"
            ' issue: { name: { startsWith: "Emissions" } } } }'
        ),
        lambda files: files.agreeing(
            lambda row: row["concept"].startswith("Emissions") and row["agreement"] == "1"
        ),
    ),
    "what is said on the first day": (
        _coded('said: { certainlyWithin: "2005-01-26" }'),
        lambda files: files.agreeing(lambda row: row["Date"] == "1106697600"),
    ),
    "what is said late in a document": (
        _coded("passages: { some: { start: { gte: 20000 } } }"),
        lambda files: files.agreeing(lambda row: int(row["Start"]) >= 20000),
    ),
    "which documents are coded": (
        'sources(where: { id: { startsWith: "source/dna/" } })',
        lambda files: _distinct(row["Title"] for row in files.coded),
    ),
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_answer_is_what_the_files_say(service: Service, files: Files, question: str) -> None:
    asked, expected = QUESTIONS[question]
    answer = service.ask(f"{{ found: {asked} {{ totalCount }} }}")
    count = expected(files)
    assert count > 0, "a question to which the files have no answer shows nothing"
    assert answer["found"]["totalCount"] == count
