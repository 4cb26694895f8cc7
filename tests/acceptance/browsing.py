"""Driving Neo4j Browser as a person would: sign in, run a query, look at the picture."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Locator, Page, sync_playwright

CHROMIUM = shutil.which("chromium") or "chromium"
PATIENCE_MILLISECONDS = 60_000


@contextmanager
def chromium_page(width: int = 1600, height: int = 1000) -> Iterator[Page]:
    """Open a page in a fresh headless Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        try:
            page = browser.new_page(
                viewport={"width": width, "height": height}, locale="en-GB", device_scale_factor=1
            )
            page.set_default_timeout(PATIENCE_MILLISECONDS)
            yield page
        finally:
            browser.close()


def sign_in(page: Page, browser_url: str, bolt_uri: str, user: str, password: str) -> None:
    """Open Neo4j Browser and sign in; returns once it says that it is connected."""
    page.goto(f"{browser_url}?dbms={bolt_uri.replace('://', f'://{user}@')}")
    page.get_by_test_id("password").fill(password)
    page.get_by_test_id("connect").click()
    page.get_by_text("You are connected as user").first.wait_for()


def run_query(page: Page, query: str) -> Locator:
    """Run a query in the editor and return the frame of its answer."""
    area = page.locator("[data-testid=activeEditor] textarea.inputarea")
    area.focus()
    page.keyboard.press("Control+A")
    page.keyboard.press("Delete")
    page.keyboard.insert_text(query)  # one event: no brackets are closed, nothing is completed
    page.wait_for_function(_EDITOR_HOLDS, arg=_bare(query))
    page.keyboard.press("Escape")
    page.get_by_test_id("editor-Run").click()
    return frame_of(page, query)


def frame_of(page: Page, command: str) -> Locator:
    """Return the frame that answers a command; others may come before or after it."""
    page.wait_for_function(_MARK_FRAME, arg=_bare(command))
    return page.locator("[data-asked=here]")


def settle(frame: Locator) -> tuple[list[str], list[str]]:
    """Wait until a drawn graph stands still; return the captions of nodes and relationships."""
    frame.locator("svg.neod3viz g.node").first.wait_for(state="attached")
    before = ""
    while (now := frame.evaluate(_PLACES)) != before:
        before = now
        frame.page.wait_for_timeout(500)
    nodes = frame.locator("svg.neod3viz g.node").all()
    relationships = frame.locator("svg.neod3viz g.relationship").all()
    return (
        [" ".join(one.locator("text.caption").all_text_contents()) for one in nodes],
        [one.text_content() or "" for one in relationships],
    )


def save_picture(frame: Locator, path: Path) -> None:
    """Save the graph that a frame shows, zoomed to fit."""
    frame.page.wait_for_timeout(1500)  # a frame that grows moves what it shows
    panel = frame.get_by_label("Collapse the node properties display")
    if panel.count():
        panel.first.click()  # it covers a part of the graph
    frame.get_by_label("zoom-to-fit").click()
    frame.page.wait_for_timeout(1500)
    frame.locator("svg.neod3viz").screenshot(path=path)


def _bare(text: str) -> str:
    return "".join(text.split())


_EDITOR_HOLDS = """want => {
  const lines = [...document.querySelectorAll('[data-testid=activeEditor] .view-line')]
    .sort((a, b) => parseFloat(a.style.top) - parseFloat(b.style.top))
  return lines.map(line => line.textContent).join('').replace(/\\s/g, '') === want
}"""
_MARK_FRAME = """want => {
  const bare = shown => shown.textContent.replace(/^[^$]*\\$/, '').replace(/\\s/g, '')
  const commands = [...document.querySelectorAll('[data-testid=frame] [data-testid=frameCommand]')]
  const command = commands.find(shown => bare(shown) === want)
  command?.closest('[data-testid=frame]').setAttribute('data-asked', 'here')
  return Boolean(command)
}"""
_PLACES = """frame => [...frame.querySelectorAll('svg.neod3viz g.node')]
  .map(node => node.getAttribute('transform')).join()"""
