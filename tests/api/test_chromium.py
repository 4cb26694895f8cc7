"""The pages as a person sees them, in a real browser over a real graph."""

import asyncio
import queue
import re
import socket
import threading
from collections.abc import Iterator

import anyio
import pytest
import uvicorn
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from api.pages.landing import BrowserAccess
from eventlog.sqlite import SqliteLog
from graph.managed import Connection
from tests.api import harbour
from tests.api.engine import fill, opened, service

pytestmark = pytest.mark.engine

OPEN_FILE = anyio.open_file
"""Loaded here, for pytest rewrites it when it is, and cannot in the thread that serves files."""
CHROMIUM = "/usr/bin/chromium"
PATIENCE_MS = 30_000
NARROW_PIXELS = 360


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory, neo4j_server: Connection) -> Iterator[str]:
    """Serve the harbour's record, and return where."""
    folder = tmp_path_factory.mktemp("served")
    log = SqliteLog(folder / "log.sqlite3")
    harbour.write_documents(folder / "documents")
    listener = socket.create_server(("127.0.0.1", 0))
    browser = BrowserAccess(neo4j_server.browser_url, neo4j_server.username)
    servers: queue.Queue[uvicorn.Server] = queue.Queue()

    async def serve() -> None:
        async with opened(neo4j_server) as graph:
            await fill(graph, log)
            app = service(log, graph, folder / "documents", browser)
            server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off"))
            servers.put(server)
            await server.serve([listener])

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    server = servers.get(timeout=30)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join(30)
    log.close()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Return a running browser."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser, address: str) -> Iterator[Page]:
    """Return an empty page that has nothing to complain of and stays with the service."""
    page = chromium.new_page()
    page.set_default_timeout(PATIENCE_MS)
    wrong: list[str] = []
    page.on("console", lambda told: wrong.append(told.text) if told.type != "log" else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("request", lambda sent: wrong.append(sent.url) if foreign(sent.url) else None)

    def foreign(url: str) -> bool:
        return not url.startswith((f"{address}/", "data:", "blob:"))

    yield page
    page.close()
    assert wrong == []


# -- the landing page --------------------------------------------------------------------------


def row(page: Page, text: str) -> Locator:
    return page.get_by_role("row").filter(has_text=text)


def test_the_landing_page_shows_what_is_on_record(page: Page, address: str) -> None:
    page.goto(address)
    counted = page.locator("dl.counts div").filter(has_text=re.compile("^statements"))
    expect(counted.locator("dd")).to_have_text("9")
    promise = row(page, "taken back later")
    expect(promise).to_contain_text("Ana Brandt")
    expect(promise).to_contain_text("mines minister, Ministry of Mines")
    expect(promise).to_contain_text("Freedonia ships 120 tonnes of magnets in 2025.")
    expect(row(page, "judgement/editor-is-not-reed")).to_contain_text("by a coder")


def test_an_ascribed_belief_does_not_look_like_an_assertion(page: Page, address: str) -> None:
    page.goto(address)
    fear = row(page, "The Harbour Post").filter(has_text="fears")
    expect(fear).to_contain_text("laid to makers by the speaker, not said by them:")
    account = fear.locator(".held")
    expect(account).to_contain_text("The makers’ lines will stop.")
    said = row(page, "Ana Brandt").filter(has_text="promises").locator("p").nth(5)
    assert style(account, "backgroundColor") != style(said, "backgroundColor")
    assert style(account, "borderLeftWidth") == "4px"


def style(shown: Locator, name: str) -> str:
    found: str = shown.evaluate("(element, name) => getComputedStyle(element)[name]", name)
    return found


@pytest.mark.parametrize("path", ["/", "/graphql"])
def test_a_page_fits_a_narrow_screen(page: Page, address: str, path: str) -> None:
    page.set_viewport_size({"width": NARROW_PIXELS, "height": 740})
    page.goto(address + path)
    if path == "/graphql":
        run = page.get_by_label("Execute query (Ctrl-Enter)")
        run.click()
        expect(answer(page)).to_contain_text('"totalCount": 6')
        box = answer(page).bounding_box()
        assert box is not None
        assert box["width"] > NARROW_PIXELS / 2
    assert page.evaluate("document.documentElement.scrollWidth") == NARROW_PIXELS
    smallest = page.evaluate(
        """() => Math.min(...[...document.querySelectorAll('p, td, dd, dt, a, small')]
             .map(one => parseFloat(getComputedStyle(one).fontSize)))"""
    )
    assert smallest is None or smallest >= 12


def test_everything_on_the_landing_page_can_be_reached_by_keyboard(
    page: Page, address: str
) -> None:
    page.goto(address)
    links = page.locator("a[href]")
    reached = set()
    for _ in range(links.count()):
        page.keyboard.press("Tab")
        focused = page.locator(":focus")
        assert style(focused, "outlineStyle") != "none"
        reached.add(focused.evaluate("(element) => element.href + element.textContent"))
    assert reached == {
        link.evaluate("(element) => element.href + element.textContent") for link in links.all()
    }
    page.goto(address)
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Skip to the statements")
    assert page.locator(":focus").bounding_box()["x"] >= 0  # type: ignore[index]
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("#statements$"))


# -- GraphiQL ----------------------------------------------------------------------------------


def answer(page: Page) -> Locator:
    return page.locator(".result-window")


def test_the_first_example_runs_at_a_click(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_role("link", name="Ask in GraphQL").click()
    expect(page.get_by_role("tab")).to_have_count(6)
    page.get_by_label("Execute query (Ctrl-Enter)").click()
    expect(answer(page)).to_contain_text('"id": "statement/correction/doubt"')


def type_and_run(page: Page, document: str) -> None:
    page.locator(".graphiql-query-editor textarea").focus()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(document)
    expect(page.get_by_role("tab").first).to_contain_text("<untitled>")  # GraphiQL has taken it in
    page.keyboard.press("Control+Enter")


def test_graphiql_can_be_used_by_keyboard(page: Page, address: str) -> None:
    page.goto(f"{address}/graphql")
    promises = "statements(where: { force: { eq: PROMISES } })"
    type_and_run(page, f"{{ {promises} {{ nodes {{ passages {{ text before }} }} }} }}")
    expect(answer(page)).to_contain_text(
        "told Sylvania at talks in Little Harbour that her country"
    )


def test_graphiql_explains_the_schema(page: Page, address: str) -> None:
    page.goto(f"{address}/graphql")
    page.get_by_label("Show Documentation Explorer").click()
    explorer = page.locator(".graphiql-doc-explorer")
    explorer.get_by_role("link", name="Query").click()
    explorer.get_by_role("link", name="statements", exact=True).click()
    expect(explorer).to_contain_text("One speech act of one speaker in one source.")
    expect(explorer).to_contain_text("Only those that satisfy this.")


def test_a_mistake_is_told_in_a_sentence(page: Page, address: str) -> None:
    page.goto(f"{address}/graphql")
    type_and_run(page, "{ actors(first: 100000) { totalCount } }")
    expect(answer(page)).to_contain_text("first is 100,000: a page has 0 to 1,000 things")
