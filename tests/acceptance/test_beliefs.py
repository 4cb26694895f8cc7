"""A belief is never shown as said by the believer, nor as asserted by who tells of it.

Held over the seeds, wherever statements are shown; and that quoted words stand with their speaker.
"""

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import pytest

from api.pages.files import template
from graph.connection import Graph, own_text
from onrecord.browser import PICTURE
from onrecord.recording import read_dossiers
from schema.entries import Force, Polarity, StatementRecorded
from schema.values import StanceKind
from seeds import seed_files
from tests.acceptance.browsing import chromium_page, run_query, settle, sign_in
from tests.onrecord.running import Program, Service

pytestmark = pytest.mark.engine

HOLDERS = ("actor/donald-trump", "actor/china", "actor/xi-jinping")
OWN_ACTS = "|".join(Polarity)
ALL = 1000  # statements at a time, more than there are


@cache
def recorded() -> Mapping[str, StatementRecorded]:
    """Return the statements of the seeds, by id."""
    entries = (entry for dossier in read_dossiers(seed_files()) for entry in dossier.entries)
    return {entry.id: entry for entry in entries if isinstance(entry, StatementRecorded)}


@cache
def ascribed() -> Mapping[str, StatementRecorded]:
    """Return those that lay a belief or a wish to somebody."""
    found = {key: one for key, one in recorded().items() if one.ascribed_to is not None}
    assert found
    return found


def _holder(statement: StatementRecorded) -> str | None:
    return statement.ascribed_to.actor if statement.ascribed_to else None


# -- GraphQL -------------------------------------------------------------------------------------


def test_every_belief_on_record_is_the_speakers_account_of_another(served: Service) -> None:
    asked = served.ask(
        """query ($all: Int!) { statements(
             where: { ascribedTo: { attitude: { isNull: false } } }, first: $all) {
               totalCount
               nodes { id name speaker { id } ascribedTo { attitude actor { id } } claim { id } } } }""",
        all=ALL,
    )["statements"]
    assert asked["totalCount"] == len(asked["nodes"]) == len(ascribed())
    for node in asked["nodes"]:
        entry = ascribed()[node["id"]]
        assert entry.ascribed_to is not None
        assert node["ascribedTo"] == {
            "attitude": entry.ascribed_to.attitude,
            "actor": {"id": entry.ascribed_to.actor},
        }
        assert node["speaker"]["id"] == entry.speaker != entry.ascribed_to.actor
        assert node["name"].startswith(f"ascribes {entry.ascribed_to.attitude}")


@pytest.mark.parametrize("holder", HOLDERS)
def test_what_somebody_said_and_what_is_laid_to_them_are_apart(
    served: Service, holder: str
) -> None:
    found = served.ask(
        """query ($id: ID!) { actor(id: $id) {
             statements { id } ascriptions { id speaker { id } } } }""",
        id=holder,
    )["actor"]
    said = {one["id"] for one in found["statements"]}
    laid = {one["id"]: one["speaker"]["id"] for one in found["ascriptions"]}
    assert said == {key for key, one in recorded().items() if one.speaker == holder}
    assert set(laid) == {key for key, one in ascribed().items() if _holder(one) == holder}
    assert laid, "the articles ascribe something to each of them"
    assert holder not in laid.values()
    assert not said & set(laid)


@pytest.mark.parametrize("holder", HOLDERS)
def test_asking_for_what_somebody_said_finds_nothing_that_is_laid_to_them(
    served: Service, holder: str
) -> None:
    found = served.ask(
        """query ($id: ID!, $all: Int!) { statements(where: { speaker: { id: { eq: $id } } }, first: $all) {
             totalCount nodes { id ascribedTo { actor { id } } } } }""",
        id=holder,
        all=ALL,
    )["statements"]
    spoken = [key for key, one in recorded().items() if one.speaker == holder]
    assert found["totalCount"] == len(spoken)
    assert {one["id"] for one in found["nodes"]} == set(spoken)
    assert all((one["ascribedTo"] or {}).get("actor") != {"id": holder} for one in found["nodes"])


def test_a_claim_that_is_only_ascribed_is_asserted_by_nobody(served: Service) -> None:
    found = served.ask(
        """query ($all: Int!) { claims(first: $all, where: { statements: { some: {
             polarity: { isNull: false }, ascribedTo: { isNull: true } } } }) { totalCount nodes { id } } }""",
        all=ALL,
    )["claims"]
    own = {one.claim for one in recorded().values() if one.claim and one.ascribed_to is None}
    only_ascribed = {one.claim for one in ascribed().values()} - own
    assert {one["id"] for one in found["nodes"]} == own
    assert found["totalCount"] == len(own)
    assert only_ascribed, "some beliefs are held by nobody who speaks"


@pytest.mark.parametrize("speaker", ["actor/donald-trump", "actor/china"])
def test_what_somebody_asserts_themselves_is_asked_for_without_what_they_ascribe(
    served: Service, speaker: str
) -> None:
    page = "statements(where: { speaker: { id: { eq: $id } } ascribedTo: { isNull: %s } }, first: $all)"
    found = served.ask(
        f"""query ($id: ID!, $all: Int!) {{
             own: {page % "true"} {{ nodes {{ id }} }} laid: {page % "false"} {{ nodes {{ id }} }} }}""",
        id=speaker,
        all=ALL,
    )
    told = {key: one for key, one in recorded().items() if one.speaker == speaker}
    own = {key for key, one in told.items() if one.ascribed_to is None}
    assert own
    assert {one["id"] for one in found["own"]["nodes"]} == own
    assert {one["id"] for one in found["laid"]["nodes"]} == set(told) - own


# -- stances -------------------------------------------------------------------------------------


def test_the_stance_of_a_holder_is_shown_apart_from_those_of_speakers(served: Service) -> None:
    nodes = served.ask(
        """query ($all: Int!) { statements(first: $all) { nodes {
             id stances { stance issue { id } } ascribedStances { stance issue { id } } } } }""",
        all=ALL,
    )["statements"]["nodes"]
    shown = {
        one["id"]: (_stances(one["stances"]), _stances(one["ascribedStances"])) for one in nodes
    }
    taken = {
        key: {(one.issue, str(one.stance)) for one in statement.stances}
        for key, statement in recorded().items()
    }
    assert shown == {
        key: (set(), stances) if key in ascribed() else (stances, set())
        for key, stances in taken.items()
    }
    assert any(own for own, _ in shown.values())
    assert any(laid for _, laid in shown.values())


def _stances(shown: list[Any]) -> set[tuple[str, str]]:
    return {(one["issue"]["id"], one["stance"]) for one in shown}


def test_who_supports_something_is_not_who_tells_of_a_supporter(served: Service) -> None:
    where = "{ some: { stance: { eq: SUPPORTS } } }"
    found = served.ask(
        f"""query ($all: Int!) {{
             own: statements(where: {{ stances: {where} }}, first: $all) {{ nodes {{ id }} }}
             laid: statements(where: {{ ascribedStances: {where} }}, first: $all) {{ nodes {{ id }} }} }}""",
        all=ALL,
    )
    supports = {
        key
        for key, one in recorded().items()
        if any(stance.stance is StanceKind.SUPPORTS for stance in one.stances)
    }
    assert {one["id"] for one in found["own"]["nodes"]} == supports - set(ascribed())
    assert {one["id"] for one in found["laid"]["nodes"]} == supports & set(ascribed())
    assert supports - set(ascribed())
    assert supports & set(ascribed())


# -- words in quotation marks --------------------------------------------------------------------


def _quotes(served: Service) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """Yield each statement with each of its quotes, having seen that there are some."""
    nodes = served.ask(
        """query ($all: Int!) { statements(first: $all) { nodes {
             id attribution speaker { id } ascribedTo { actor { id } } quotes
             quoteSpans { start end exact }
             passages { start end source { id publisher { id } } } } } }""",
        all=ALL,
    )["statements"]["nodes"]
    quoted = [one for one in nodes if one["quotes"]]
    assert {one["id"] for one in quoted} == {key for key, one in recorded().items() if one.quotes}
    assert quoted
    for node in quoted:
        assert [span["exact"] for span in node["quoteSpans"]] == node["quotes"]
        for span in node["quoteSpans"]:
            yield node, span


def test_words_in_quotation_marks_stand_in_a_passage_of_who_said_them(served: Service) -> None:
    for node, span in _quotes(served):
        assert node["attribution"] in ("DIRECT_QUOTE", "PARTIAL_QUOTE")
        assert any(
            one["start"] <= span["start"] and span["end"] <= one["end"] for one in node["passages"]
        ), (node, span)
        publishers = [one["source"]["publisher"]["id"] for one in node["passages"]]
        assert node["speaker"]["id"] not in publishers, "a document does not quote itself"
        assert node["ascribedTo"] is None or node["speaker"] != node["ascribedTo"]["actor"]


def test_the_same_words_are_never_given_to_two_speakers(served: Service) -> None:
    speakers: dict[tuple[str, int], str] = {}
    for node, span in _quotes(served):
        source = node["passages"][0]["source"]["id"]
        for character in range(span["start"], span["end"]):
            first = speakers.setdefault((source, character), node["speaker"]["id"])
            assert first == node["speaker"]["id"], (node, span)


# -- the command line and the page ---------------------------------------------------------------


def _said(program: Program, *asked: str) -> list[Any]:
    answer = program.ok("said", "--first", str(ALL), "--format", "json", *asked)
    return list(json.loads(answer))


def _telling(row: Mapping[str, Any]) -> str:
    """Return how a belief begins wherever it is told in a terminal."""
    holds = f"{row['ascribedTo']['actor']['name']} {row['ascribedTo']['attitude']}"
    denied = "" if row["polarity"] == "ASSERTS" else f", {row['polarity']}"
    return f"says that {holds}{denied} (not their words): {row['claim']['text']}"


@pytest.mark.parametrize("name", ["Donald Trump", "China", "Xi Jinping"])
def test_said_by_somebody_leaves_out_what_is_only_laid_to_them(
    served: Service, stranger: Program, name: str
) -> None:
    laid = {
        row["id"]
        for row in _said(stranger)
        if row["ascribedTo"] and row["ascribedTo"]["actor"]["name"] == name
    }
    assert laid
    assert not laid & {row["id"] for row in _said(stranger, "--by", name)}


def test_every_form_of_the_answer_tells_a_belief_as_its_speakers_account(
    served: Service, stranger: Program
) -> None:
    rows = _said(stranger)
    beliefs = [(number, row) for number, row in enumerate(rows) if row["ascribedTo"]]
    assert len(beliefs) == len(ascribed())
    whole = ("said", "--first", str(ALL), "--format")
    _, *lines = csv.reader(io.StringIO(stranger.ok(*whole, "csv")))
    _, _, *marked = stranger.ok(*whole, "md").splitlines()
    table = " ".join(re.sub(r"[│┃]", " ", stranger.ok(*whole, "table")).split())
    assert len(lines) == len(marked) == len(rows)
    for number, row in beliefs:
        telling = _telling(row)
        assert row["speaker"]["name"] != row["ascribedTo"]["actor"]["name"]
        assert lines[number][1].startswith(row["speaker"]["name"])
        assert lines[number][2].splitlines()[0] == telling
        cells = marked[number].replace("\\", "").split(" | ")
        assert cells[1].startswith(row["speaker"]["name"])
        assert cells[2].startswith(telling)
        assert telling[:60] in table
    own_acts = tuple(f"{force}{end}" for force in Force for end in (":", ","))
    for line, row in zip(lines, rows, strict=True):
        assert line[2].startswith(own_acts) == (
            row["polarity"] is not None and not row["ascribedTo"]
        )


def test_the_page_of_the_service_tells_a_belief_as_laid_to_its_holder(served: Service) -> None:
    status, page = served.get("/")
    assert status == 200
    rows = re.findall(r"<tr>.*?</tr>", page)
    beliefs = [row for row in rows if "laid to <b>" in row]
    assert beliefs
    for row in beliefs:
        (speaker,) = re.findall(r"<strong>([^<]*)</strong>", row)
        (holder,) = re.findall(r"laid to <b>([^<]*)</b> by the speaker, not said by them", row)
        assert speaker != holder


# -- the graph and its picture -------------------------------------------------------------------


def _access(program: Program) -> dict[str, str]:
    return dict(line.split(None, 1) for line in program.ok("browser").splitlines())


async def test_in_the_graph_a_belief_is_ascribed_and_nothing_else(
    served: Service, stranger: Program
) -> None:
    told = _access(stranger)
    graph = Graph.open(told["Connect"], told["User"], told["Password"], "neo4j")
    try:
        async with graph.session() as session:
            found = await session.run(
                own_text(
                    "MATCH (s:Statement)-[:ASCRIBES_TO]->(h:Actor) MATCH (a:Actor)-[:MADE]->(s) "
                    "RETURN s.id AS id, s.name AS name, a.id AS speaker, h.id AS holder, "
                    f"COUNT {{ (s)-[:{OWN_ACTS}]->() }} AS own, "
                    "COUNT { (s)-[:TAKES_STANCE]->() } AS stances, "
                    "COLLECT { MATCH (s)-[:ASCRIBES]->(c:Claim) RETURN c.id } AS claims"
                )
            )
            rows = [row.data() async for row in found]
    finally:
        await graph.close()
    assert {row["id"] for row in rows} == set(ascribed())
    assert len(rows) == len(ascribed())
    for row in rows:
        entry = ascribed()[row["id"]]
        assert (row["speaker"], row["holder"]) == (entry.speaker, _holder(entry))
        assert (row["own"], row["stances"]) == (0, 0)
        assert row["claims"] == [entry.claim]
        assert row["name"].startswith("ascribes ")


def test_in_neo4j_browser_a_belief_is_drawn_as_ascribed(served: Service, stranger: Program) -> None:
    told = _access(stranger)
    beliefs = (
        "MATCH p=(:Actor)-[:MADE]->(s:Statement)-[:ASCRIBES]->(:Claim) "
        "MATCH q=(s)-[:ASCRIBES_TO]->(:Actor {name: 'Donald Trump'}) RETURN p, q"
    )
    with chromium_page() as page:
        sign_in(page, told["Address"], told["Connect"], told["User"], told["Password"])
        nodes, relationships = settle(run_query(page, beliefs))
    captions = [" ".join(one.split()) for one in nodes]
    statements = [one for one in captions if one.startswith("ascribes ")]
    laid = [one for one in ascribed().values() if _holder(one) == "actor/donald-trump"]
    assert "Donald Trump" in captions
    assert len(statements) == len(laid)
    assert not [one for one in captions if one.startswith(tuple(Force))]
    # Browser cuts a caption to its arrow, and leaves it away where the arrow is too short.
    # It also draws what else stands between the nodes, such as claims that refine each other.
    assert {one[:3] for one in relationships if len(one) >= 3} >= {"ASC", "MAD"}
    assert not [one for one in relationships if one[:3] in {own[:3] for own in Polarity}]


def test_no_picture_that_browser_or_the_guide_offers_mixes_beliefs_with_assertions() -> None:
    guide = template("browser-guide.html").template
    paths = re.findall(r":Statement\)-\[r?:([A-Z|]+)\]->\(c?:Claim\)", PICTURE + guide)
    assert set(paths) == {OWN_ACTS, "ASCRIBES"}
    assert f"-[:{OWN_ACTS}]->" in PICTURE
