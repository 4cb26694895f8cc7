"""What docs/how-to/import-other-records.md tells is so."""

import re
from pathlib import Path

from onrecord.importing import jsonld
from onrecord.importing.ratings import POLARITIES
from tests.onrecord.running import Program

HOW_TO = Path(__file__).parents[3] / "docs/how-to/import-other-records.md"


def _block(language: str) -> str:
    (block,) = re.findall(rf"```{language}\n(.*?)```", HOW_TO.read_text("utf-8"), re.DOTALL)
    return str(block)


def test_the_example_is_imported_as_it_is_told(tmp_path: Path) -> None:
    program = Program(tmp_path / "data")
    file = tmp_path / "reviews.json"
    file.write_text(_block("json"), "utf-8")
    ran = program.run("import", "claimreview", "--dry-run", str(file))
    assert (ran.code, ran.out.replace(str(file), file.name)) == (1, _block("text"))
    ran = program.run("import", "claimreview", str(file))
    assert (ran.code, ran.out.splitlines()[-1]) == (
        1,
        "recorded 1 row as 6 entries; 1 row left out",
    )


def test_the_table_of_verdicts_is_complete() -> None:
    row = re.compile(r"^\| (ASSERTS|DENIES|DOUBTS) \| (.+) \|$", re.MULTILINE)
    told = {
        words: polarity
        for polarity, listed in row.findall(HOW_TO.read_text("utf-8"))
        for words in listed.split(", ")
    }
    assert told == POLARITIES


def test_the_sizes_are_right() -> None:
    assert f"{jsonld.MAX_BYTES // 1_000_000} MB" in HOW_TO.read_text("utf-8")
