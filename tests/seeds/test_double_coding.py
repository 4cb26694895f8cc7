"""The agreement that seeds/README.md reports is that of the two codings beside it."""

import csv
import re
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from schema.coding.alpha import krippendorff_alpha
from schema.dossier import read_dossier
from schema.entries import ActorRecorded, StatementRecorded

SEEDS = Path(__file__).parents[2] / "seeds"
FIELDS = ("attribution", "force", "polarity", "speaker", "holder")
CODINGS = sorted((SEEDS / "double-coding").glob("*.csv"))

SETTLED_FORCE = {("mano-a-mano", "1465"): "STATES"}
"""The values that both coders gave otherwise than the rules now say, by article and place."""

Pair = list[dict[str, str]]


def _pairs(file: Path) -> list[Pair]:
    """Return what was coded of each statement: two codings, or one if only one coder found it."""
    pairs: defaultdict[str, Pair] = defaultdict(list)
    with file.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            pairs[row["statement"]].append(row)
    return list(pairs.values())


def _reported() -> dict[str, list[str]]:
    """Return the rows of the table in the README, by the article's name."""
    readme = (SEEDS / "README.md").read_text("utf-8")
    rows = re.findall(r"^\| ([a-z-]+) \| (.*) \|$", readme, re.MULTILINE)
    return {name: [cell.strip() for cell in cells.split("|")] for name, cells in rows}


def test_each_article_was_coded_twice() -> None:
    assert [file.stem for file in CODINGS] == ["mano-a-mano", "trump-banks-on-call"]
    for file in CODINGS:
        for pair in _pairs(file):
            assert [row["coder"] for row in pair] in (["1", "2"], ["1"], ["2"])


@pytest.mark.parametrize("file", CODINGS, ids=lambda file: file.stem)
def test_the_agreement_is_as_reported_and_high_enough(file: Path) -> None:
    pairs = _pairs(file)
    both = [pair for pair in pairs if len(pair) == 2]
    share = len(both) / len(pairs)
    alphas = [
        krippendorff_alpha([[row[field] for row in pair] for pair in both]) for field in FIELDS
    ]
    assert _reported()[file.stem] == [
        *(str(sum(row["coder"] == coder for pair in pairs for row in pair)) for coder in "12"),
        f"{share:.2f}",
        *(f"{alpha:.2f}" for alpha in alphas if alpha is not None),
    ]
    assert share >= 0.85
    assert all(alpha is not None and alpha >= 0.8 for alpha in alphas)


@pytest.mark.parametrize("coder", ["1", "2"])
@pytest.mark.parametrize("file", CODINGS, ids=lambda file: file.stem)
def test_the_dossier_holds_what_each_coder_found(file: Path, coder: str) -> None:
    found = Counter(
        (
            row["end"],
            *(row[field] for field in ("attribution", "polarity", "speaker", "holder", "attitude")),
            SETTLED_FORCE.get((file.stem, row["end"]), row["force"]),
        )
        for pair in _pairs(file)
        for row in pair
        if row["coder"] == coder
    )
    assert Counter(_statements(file.stem)) == found


def _statements(name: str) -> list[tuple[str, ...]]:
    dossiers = [SEEDS / "shared.yaml", SEEDS / f"{name}.yaml"]
    entries = [
        entry
        for file in dossiers
        for entry in read_dossier(file.read_text("utf-8"), file.name).entries
    ]
    names = {entry.id: entry.name for entry in entries if isinstance(entry, ActorRecorded)}
    return [
        (
            str(one.passages[0].end),
            one.attribution.value,
            one.polarity.value if one.polarity else "",
            names[one.speaker],
            names[one.ascribed_to.actor] if one.ascribed_to else "",
            one.ascribed_to.attitude.value if one.ascribed_to else "",
            one.force.value,
        )
        for one in entries
        if isinstance(one, StatementRecorded)
    ]
