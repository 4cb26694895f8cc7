"""What a stranger sees: one command, and who said what about which issue is answered."""

import pytest

from api.pages.files import examples
from tests.acceptance.browsing import chromium_page, run_query, settle, sign_in
from tests.onrecord.running import Program, Ran, Service

pytestmark = pytest.mark.engine

SOURCES = {"source/trump-banks-on-call", "source/mano-a-mano"}
PICTURE = "MATCH p=(:Actor)-[:MADE]->(:Statement)-->(:Claim)-[:ABOUT]->(:Issue) RETURN p"


def test_one_command_records_both_articles_and_answers(shown: Ran) -> None:
    assert shown.code == 0, shown.err
    assert "the two articles: recorded" in shown.err
    first, *rows = shown.out.splitlines()
    assert first.startswith("Who said what about rare earths in May and June 2025?")
    assert sum("characters" in row for row in rows) >= 3
    assert "/graphql" in shown.out
    assert "/browser/" in shown.out


def test_the_printed_question_is_answered_from_both_articles(served: Service) -> None:
    answer = served.ask(examples()[0])["statements"]
    assert answer["totalCount"] == len(answer["nodes"])
    sources = {
        passage["source"]["publisher"]["name"]
        for node in answer["nodes"]
        for passage in node["passages"]
    }
    assert sources == {"publisher (not stated)"}
    by_source = served.ask(
        """{ statements(where: { issues: { some: { name: { contains: "rare earth" } } }
                                 said: { possiblyWithin: "2025-05/2025-06" } }) {
               nodes { passages { source { id } } } } }"""
    )
    found = {
        passage["source"]["id"]
        for node in by_source["statements"]["nodes"]
        for passage in node["passages"]
    }
    assert found == SOURCES


def test_every_answer_leads_to_the_entry_that_put_it_on_record(
    served: Service, stranger: Program
) -> None:
    for node in served.ask(examples()[0])["statements"]["nodes"]:
        recorded = node["recorded"]
        entry = stranger.ok("log", "show", str(recorded["position"]))
        assert f'"hash": "{recorded["hash"]}"' in entry
        assert f'"subject": "{node["id"]}"' in entry
        break


def test_neo4j_browser_draws_the_graph_for_who_signs_in(served: Service, stranger: Program) -> None:
    told = dict(line.split(None, 1) for line in stranger.ok("browser").splitlines())
    with chromium_page() as page:
        sign_in(page, told["Address"], told["Connect"], told["User"], told["Password"])
        page.get_by_text("What you see").wait_for()  # the guide
        unasked = page.get_by_test_id("frame").filter(has_text=":auto").first
        unasked.locator("svg.neod3viz g.node").first.wait_for(state="attached")
        frame = run_query(page, PICTURE)
        nodes, relationships = settle(frame)
    captions = {" ".join(one.split()) for one in nodes}
    assert {"Rush Doshi", "China", "Chinese rare earth exports"} <= captions
    assert {"MADE", "ASSERTS", "ABOUT"} <= set(relationships)
    assert any("ASCRIB" in one for one in relationships)


def test_status_verify_and_said_work_beside_the_running_service(
    served: Service, stranger: Program
) -> None:
    assert f"serves at http://127.0.0.1:{stranger.port}" in stranger.ok("status")
    assert "the graph is what the log says" in stranger.ok("verify")
    assert "rare earth" in stranger.ok("said", "--about", "rare earth", "--format", "md").lower()


def test_a_second_service_in_the_same_folder_is_refused(served: Service, stranger: Program) -> None:
    assert "onrecord is up already" in stranger.refused("up", code=3)


def test_a_port_in_use_is_told_before_anything_is_started(
    served: Service, stranger: Program
) -> None:
    other = Program(stranger.data.parent / "other", port=stranger.port)
    sentence = other.refused("up", code=3)
    assert sentence == (
        f"cannot serve on 127.0.0.1 port {stranger.port}: Address already in use; "
        "ONRECORD_PORT and ONRECORD_HOST name another"
    )
    assert not other.data.exists()
