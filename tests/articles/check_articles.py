"""The seeds against the articles' own text, which is not in this repository.

Run by name, ``pytest tests/articles/check_articles.py``, where the articles are at hand: in the
folder that the environment variable ONRECORD_TEST_ARTICLES names, or beside the repository in
``../shared/seed-articles``. Who has only the repository runs all other tests without them.
"""

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from schema.coding.coverage import coverage
from schema.coding.evidence import (
    LEFT_OUT,
    cited_in,
    mismeasured,
    misplaced,
    unquoted,
)
from schema.coding.sentences import sentences
from schema.dossier import Dossier, LeftOutReason
from schema.entries import ActorRecorded, ClaimRecorded, EventRecorded, SourceRecorded
from schema.values import text_sha256
from seeds import seed_files
from tests.documents import dossier_of, text_of

ROOT = Path(__file__).parents[2]
BESIDE = ROOT.parent / "shared" / "seed-articles"
COPIED_WORDS = 6
"""So many words in a row, outside quotation marks, are a copy and not words of our own."""

SEEDS = tuple(map(dossier_of, seed_files()))
CODED = tuple(dossier for dossier in SEEDS if dossier.source is not None)


@pytest.fixture(scope="module")
def articles() -> dict[str, str]:
    """Return the articles' texts by the SHA-256 of each."""
    folder = Path(os.environ.get("ONRECORD_TEST_ARTICLES") or BESIDE)
    texts = [text_of(file) for file in sorted(folder.glob("*.txt"))]
    if not texts:
        pytest.fail(f"no articles in {folder}: name their folder in ONRECORD_TEST_ARTICLES")
    return {text_sha256(text): text for text in texts}


@pytest.fixture(params=CODED, ids=lambda dossier: _source(dossier).id)
def dossier(request: pytest.FixtureRequest) -> Dossier:
    """Return the dossier of one article."""
    assert isinstance(request.param, Dossier)
    return request.param


@pytest.fixture
def text(dossier: Dossier, articles: dict[str, str]) -> str:
    """Return the text that a dossier codes."""
    source = _source(dossier)
    if source.sha256 not in articles:
        pytest.fail(f"{source.id} is none of the articles: no text has the SHA-256 {source.sha256}")
    return articles[source.sha256]


def test_every_article_is_coded_once(articles: dict[str, str]) -> None:
    assert sorted(_source(one).sha256 for one in CODED) == sorted(articles)


def test_the_length_is_right(dossier: Dossier, text: str) -> None:
    assert mismeasured(_source(dossier), text) == []


def test_every_passage_quotation_and_hedge_stands_where_it_is_said_to(
    dossier: Dossier, text: str
) -> None:
    assert misplaced(cited_in(dossier), text) == []


def test_the_evidence_of_judgements_stands_in_the_articles(articles: dict[str, str]) -> None:
    texts = {_source(one).id: articles[_source(one).sha256] for one in CODED}
    cited = [found for one in SEEDS if one.source is None for found in cited_in(one)]
    assert {found.source for found in cited} == set(texts)
    for source, text in texts.items():
        assert misplaced((found for found in cited if found.source == source), text) == []


def test_every_quotation_lies_inside_quotation_marks(dossier: Dossier, text: str) -> None:
    assert unquoted(cited_in(dossier), text) == []


def test_every_sentence_is_coded_or_left_out_with_a_reason(dossier: Dossier, text: str) -> None:
    found = coverage(dossier, text)
    unfinished = [one for one in found.sentences if one.uncovered]
    assert (unfinished, found.problems, found.share()) == ([], (), "100%")


def test_every_passage_is_of_whole_sentences(dossier: Dossier, text: str) -> None:
    found = sentences(text)
    starts, ends = {one.start for one in found}, {one.end for one in found}
    cut = [
        (one.path, text[one.span.start : one.span.end])
        for one in cited_in(dossier)
        if one.path[0] == LEFT_OUT or one.path[1] == "passages"
        if getattr(one.span, "reason", None) is not LeftOutReason.NOT_SAID
        if one.span.start not in starts or one.span.end not in ends
    ]
    assert cut == []


def test_words_for_dates_and_figures_are_the_articles_own(dossier: Dossier, text: str) -> None:
    assert [words for words in _printed(dossier) if words not in text] == []


def test_nothing_copies_an_article(articles: dict[str, str]) -> None:
    printed = {run for text in articles.values() for run in _runs(text)}
    copied = [
        entry.text
        for one in SEEDS
        for entry in one.entries
        if isinstance(entry, ClaimRecorded) and set(_runs(entry.text)) & printed
    ]
    assert copied == []


def test_the_files_copy_no_article_outside_quotations(articles: dict[str, str]) -> None:
    unquoted_parts = [part for text in articles.values() for part in re.split("“[^”]*”", text)]
    printed = {run for part in unquoted_parts for run in _runs(part)}
    names = {
        entry.name for one in CODED for entry in one.entries if isinstance(entry, ActorRecorded)
    }
    named = re.compile("|".join(re.escape(name) for name in names))
    listed = ["git", "ls-files", "*.md", "*.yaml", "*.py", "*.csv"]
    kept = subprocess.run(listed, cwd=ROOT, capture_output=True, check=True, text=True)
    for file in map(ROOT.joinpath, kept.stdout.splitlines()):
        written = named.sub("·", file.read_text("utf-8"))
        copied = {run for part in written.split("·") for run in _runs(part)} & printed
        assert copied == set(), file.name


def _source(dossier: Dossier) -> SourceRecorded:
    source = dossier.source
    assert source is not None
    return source


def _printed(dossier: Dossier) -> Iterator[str]:
    for entry in dossier.entries:
        if isinstance(entry, ClaimRecorded | EventRecorded):
            yield from (figure.words for figure in entry.figures if figure.words)
            date = entry.holds if isinstance(entry, ClaimRecorded) else entry.occurred
            if date is not None and date.words:
                yield date.words


def _runs(text: str) -> Iterator[tuple[str, ...]]:
    words = re.findall(r"\w+", text.lower())
    for start in range(len(words) - COPIED_WORDS + 1):
        yield tuple(words[start : start + COPIED_WORDS])
