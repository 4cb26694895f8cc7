"""Make the picture of the README: ``python -m tests.acceptance.screenshot docs/graph.png``."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.acceptance.browsing import chromium_page, run_query, save_picture, settle, sign_in
from tests.onrecord.running import Program
from tests.ports import free_port

QUERY = """MATCH (i:Issue {name: 'Chinese rare earth exports'})
MATCH p=(:Actor)-[:MADE]->(:Statement)-[:ASSERTS|DENIES|DOUBTS|ASCRIBES]->(:Claim)-[:ABOUT]->(i)
RETURN p"""


def main(picture: Path) -> None:
    """Start the program on its seeds, and save what Neo4j Browser draws."""
    with TemporaryDirectory() as folder:
        program = Program(Path(folder) / "data", port=free_port())
        with program.serving(), chromium_page() as page:
            told = dict(line.split(None, 1) for line in program.ok("browser").splitlines())
            sign_in(page, told["Address"], told["Connect"], told["User"], told["Password"])
            page.get_by_text("What you see").wait_for()
            page.get_by_test_id("navigationGuides").click()  # the guide takes half of the width
            frame = run_query(page, QUERY)
            settle(frame)
            frame.get_by_title("Fullscreen").click()
            save_picture(frame, picture)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
