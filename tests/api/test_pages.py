"""The pages: readable without scripts, honest about who said what, and nothing from elsewhere."""

import re
from html.parser import HTMLParser

import pytest

from api.app import create_app
from api.context import Context
from api.pages.files import STATIC
from eventlog.errors import LogUnavailable
from eventlog.sqlite import SqliteLog
from graph.errors import NotReady
from tests.api.asking import Client
from tests.api.record import Graph, Thing, thing

HTML = {"Accept": "text/html"}


class Page(HTMLParser):
    """The rows of a page's tables as texts, the addresses it loads, and its headings."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.rows: list[str] = []
        self.addresses: list[str] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a row, and keep what is loaded."""
        if tag == "tr":
            self.rows.append("")
        self.addresses += [value for name, value in attrs if name in ("src", "href") and value]

    def handle_data(self, data: str) -> None:
        """Keep the text."""
        self.text += data
        if self.rows:
            self.rows[-1] += f" {data}"

    def row(self, text: str) -> str:
        """Return the only row that contains a text."""
        (row,) = [" ".join(row.split()) for row in self.rows if text in row]
        return row


def landing(client: Client) -> Page:
    response = client.get("/", headers=HTML)
    assert response.status_code == 200
    return Page(response.text)


def test_a_statement_shows_who_said_it_as_what_and_how(client: Client) -> None:
    row = landing(client).row("Limits hurt.")
    assert row.startswith(
        "2025-05~ from 2025-04-01, before 2025-07-01 inferred Rush Doshi official"
    )
    assert "warns partial quote asserts Limits hurt." in row
    assert "limits , hedged: could" in row
    assert "Rare earths Untitled <article>" in row


def test_an_ascribed_belief_is_shown_as_the_speakers_account(client: Client) -> None:
    row = landing(client).row("A deal is near.")
    assert row.startswith("unknown the publisher states own voice")
    account = "laid to Donald Trump by the speaker, not said by them: believes asserts"
    assert f"{account} A deal is near." in row
    assert row.count("A deal is near.") == 1


def test_what_is_passed_on_is_shown_as_the_others_words(client: Client, graph: Graph) -> None:
    graph.things["Statement"][1]["polarity"] = "DENIES"
    said: Thing = {"attribution": "PARAPHRASE", "force": "STATES", "speaker": "actor/paper"}
    relay = {**said, "claim": "claim/hurt", "relays": "statement/a/warning"}
    graph.things["Statement"].append(relay)
    row = landing(client).row("passes on")
    assert "states paraphrase passes on what Rush Doshi said: denies Limits hurt." in row
    assert row.count("Limits hurt.") == 1


def test_what_is_taken_back_says_so_on_either_side(client: Client, graph: Graph) -> None:
    taken_back = thing("statement/a/back", "takes back a statement", 11, speaker="actor/doshi")
    said: Thing = {"attribution": "PARAPHRASE", "force": "STATES"}
    graph.things["Statement"].append({**taken_back, **said, "withdraws": "statement/a/warning"})
    graph.things["Statement"][1]["withdrawnBy"] = ["statement/a/back"]
    page = landing(client)
    row = page.row("takes back")
    assert "states paraphrase takes back what Rush Doshi said: asserts Limits hurt." in row
    assert "taken back later asserts Limits hurt." in page.row("warns")


def test_who_declined_to_comment_states_nothing(client: Client, graph: Graph) -> None:
    graph.things["Statement"][1] |= {"attribution": "DECLINED_TO_COMMENT", "polarity": None}
    row = landing(client).row("declined to comment")
    assert "warns" not in row
    assert "Limits hurt." not in row


def test_the_counts_and_the_log(client: Client, log: SqliteLog) -> None:
    page = landing(client)
    assert log.head().hash in page.text
    assert page.row("actor/person-12").startswith("12 ActorRecorded")
    assert "actor/person-4" not in page.text
    assert re.search(r"statements\s*2\s*claims\s*2\s*actors\s*3", page.text)


def test_where_the_browser_is_and_how_to_open_it(client: Client, context: Context) -> None:
    page = landing(client)
    assert "http://localhost:7474/browser/" in page.addresses
    assert "onrecord browser shows the password" in " ".join(page.text.split())
    without = landing(Client(create_app(context)))
    assert "Neo4j" not in without.text


def test_what_was_recorded_cannot_become_markup(client: Client, graph: Graph) -> None:
    graph.things["Claim"][0]["text"] = "<script>alert(1)</script>"
    graph.things["Source"][0]["url"] = "javascript:alert(1)"
    text = client.get("/", headers=HTML).text
    assert "<script>" not in text
    assert "&lt;script&gt;alert(1)" in text
    assert "javascript:" not in text


def test_the_page_says_why_something_is_missing(
    client: Client, graph: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    graph.error = NotReady("it is being built")
    page = landing(client)
    assert "The graph does not answer: it is being built." in page.text
    assert page.row("actor/person-12")

    def fails(self: SqliteLog) -> None:
        raise LogUnavailable("it cannot be read")

    monkeypatch.setattr(SqliteLog, "head", fails)
    assert "The log cannot be read: it cannot be read." in landing(client).text


def test_graphiql_comes_from_here_with_the_examples(client: Client) -> None:
    response = client.get("/graphql", headers=HTML)
    page = Page(response.text)
    assert "WhoSaidWhat" in page.text
    for address in page.addresses:
        assert client.get(address).status_code == 200


@pytest.mark.parametrize("path", ["/", "/graphql"])
def test_nothing_is_loaded_from_elsewhere(client: Client, path: str) -> None:
    response = client.get(path, headers=HTML)
    policy = response.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; connect-src 'self';")
    for address in Page(response.text).addresses:
        assert address.startswith(("/", "#", "http://localhost:7474/"))
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["cross-origin-resource-policy"] == "same-origin"
    assert not re.search(r"<script>|\son\w+=|style=", response.text)


def test_what_others_made_is_shipped_with_its_licence() -> None:
    licences = (STATIC / "THIRD_PARTY.md").read_text(encoding="utf-8")
    for name in ("react", "react-dom", "graphiql"):
        assert (STATIC / f"{name}.min.js").stat().st_size > 1000
        assert re.search(rf"^## .*\b{name} \d", licences, re.MULTILINE)


def test_the_guide_can_be_fetched_by_neo4j_browser(client: Client) -> None:
    preflight = {"Origin": "http://localhost:7474", "Access-Control-Request-Headers": "x-a, x-b"}
    response = client.request("OPTIONS", "/browser-guide", headers=preflight)
    assert (response.status_code, response.headers["access-control-allow-origin"]) == (204, "*")
    assert response.headers["access-control-allow-headers"] == "x-a, x-b"
    response = client.get("/browser-guide", headers={"Origin": "http://localhost:7474"})
    assert response.headers["access-control-allow-origin"] == "*"
    slides = response.text.split("<slide")[1:]
    assert len(slides) == 6
    (ascribed,) = [slide for slide in slides if "ASCRIBES_TO" in slide]
    assert "Who said what" not in ascribed
