"""Filling in a dossier: what becomes of it, what stays as it was, and how faults are told."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from schema.coding.filling import fill
from schema.coding.splicing import as_yaml
from schema.coding.stretches import Stretch
from schema.coding.words import Words
from schema.dossier import read_dossier
from schema.entries import StatementRecorded
from schema.errors import InvalidInput
from schema.values import text_sha256
from schema.yaml import read_document
from tests.documents import DOSSIERS
from tests.schema.coding.invented import passages, places
from tests.schema.test_dossier import mutate

DOCUMENT = (
    "Upper sluice of Aven\n\n"
    "The council’s chair, Ida Roth, said the sluice – shut since 2031 – “is open at last.” "
    "Perhaps it is “open,” her rival said.\n\n"
    "More on Aven\n"
)
SOURCE = f"  sha256: {text_sha256(DOCUMENT)}\n  length: {len(DOCUMENT)}\n"


def dossier(statement: str, rest: str = "", source: str = SOURCE) -> str:
    """Return a dossier with one statement, whose lines are those given."""
    quoting = "attribution: PARTIAL_QUOTE\n" if "quotes" in statement else ""
    lines = "".join(f"    {line}".rstrip(" ") + "\n" for line in (quoting + statement).splitlines())
    return (
        "# a coding by hand\n"
        f"dossier: 1\nsource:\n  id: source/aven\n  name: The sluice\n{source}"
        "statements:\n  a:\n    speaker: actor/roth   # the chair\n"
        f"    claim: {{text: The sluice of Aven is open.}}\n{lines}{rest}"
    )


def span(words: str) -> str:
    """Return the fields of a passage, in one line."""
    start = DOCUMENT.index(words)
    return f"start: {start}, end: {start + len(words)}, sha256: {text_sha256(words)}"


def filled(text: str, document: str = DOCUMENT) -> str:
    """Return what becomes of a dossier, which is the same once more."""
    done = fill(text, "d.yaml", document)
    again = fill(done.text, "d.yaml", document)
    assert (again.text, again.count) == (done.text, 0)
    assert read_dossier(done.text, "d.yaml").entries == done.dossier.entries
    return done.text


def told(text: str, document: str = DOCUMENT) -> list[str]:
    """Return what a dossier is told, a sentence each."""
    with pytest.raises(InvalidInput) as refused:
        fill(text, "d.yaml", document)
    return [str(fault) for fault in refused.value.faults]


SENTENCE = DOCUMENT[22:107]
TITLE = DOCUMENT[:20]
STYLED = ("{}", "{{words: {} , part: TITLE}}", "{{part: TITLE,words: {}}}")
STYLES = {
    "a plain text": ("passages: [The council's … last.\"]", f"passages: [{{{span(SENTENCE)}}}]"),
    "quoted twice": (
        'passages: ["The council’s … \\"is open at last.\\""]   # all',
        f"passages: [{{{span(SENTENCE)}}}]   # all",
    ),
    "quoted once": (
        "passages: ['The council''s … last.”', 'Upper sluice of Aven']",
        f"passages: [{{{span(SENTENCE)}}}, {{{span(TITLE)}}}]",
    ),
    "over several lines": (
        "passages:\n  - The council’s\n    …\n    last.”  # all\n  - Upper sluice of Aven",
        f"passages:\n  - {{{span(SENTENCE)}}}  # all\n  - {{{span(TITLE)}}}",
    ),
    "folded": (
        (
            "passages:\n  - >-   # all\n    The council’s\n    … last.”\n\n  # next\n  - |\n"
            "    Upper sluice of Aven"
        ),
        f"passages:\n  - {{{span(SENTENCE)}}} # all\n\n  # next\n  - {{{span(TITLE)}}}",
    ),
    "words in braces": (
        "passages: [ {part: TITLE , words: Upper … Aven} , {words: The council’s … last.”}]",
        f"passages: [ {{part: TITLE , {span(TITLE)}}} , {{{span(SENTENCE)}}}]",
    ),
    "words as JSON": (
        'passages: [{"words":"Upper sluice of Aven","part":"TITLE"}]',
        f'passages: [{{{span(TITLE)},"part":"TITLE"}}]',
    ),
    "braces over several lines": (
        "passages: [\n  {\n    words: # all\n      Upper sluice of Aven,\n    part: TITLE\n  }]",
        f"passages: [\n  {{\n    {span(TITLE)} # all\n      ,\n    part: TITLE\n  }}]",
    ),
    "a pair without braces": (
        "passages: [words: Upper sluice of Aven, words: The council’s … last.”]",
        f"passages: [{{{span(TITLE)}}}, {{{span(SENTENCE)}}}]",
    ),
    "a mapping of lines": (
        (
            "passages:\n  - # the title\n    words: Upper sluice of Aven # whole\n\n"
            "    # a part\n    part: TITLE\n  - part: BODY\n    words: The council’s … last.”"
        ),
        "passages:\n  - # the title\n"
        + "".join(f"    {line}\n" for line in span(TITLE).split(", "))[:-1]
        + " # whole\n\n    # a part\n    part: TITLE\n  - part: BODY\n    "
        + span(SENTENCE).replace(", ", "\n    "),
    ),
    "a mapping of lines with words below": (
        "passages:\n  - part: TITLE\n    words: # here\n      # they are\n      Upper … Aven # all",
        "passages:\n  - part: TITLE\n    "
        + span(TITLE).replace(", ", "\n    ")
        + " # here\n      # they are\n       # all",
    ),
    "a mapping of lines with folded words": (
        "passages:\n  - words: >+   # here\n      Upper\n      … Aven\n\n    part: TITLE",
        "passages:\n  - " + span(TITLE).replace(", ", "\n    ") + " # here\n\n    part: TITLE",
    ),
}


@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize("style", STYLES)
def test_words_become_offsets_and_all_else_stays(style: str, newline: str) -> None:
    before, after = (dossier(one).replace("\n", newline) for one in STYLES[style])
    assert filled(before) == after


def test_a_dossier_without_a_last_line_end_gets_none() -> None:
    before, after = (
        dossier(f"passages:\n  - {one}").removesuffix("\n")
        for one in ("words: Upper … Aven", span(TITLE).replace(", ", "\n    "))
    )
    assert filled(before) == after


def test_every_place_of_a_dossier_is_filled_in() -> None:
    title, sentence = f"{{{span(TITLE)}}}", f"{{{span(SENTENCE)}}}"
    rest = (
        "roles:\n  chair: {{title: Chair, holder: actor/roth, passages: [{sentence}]}}\n"
        "events:\n  opening:\n    name: The opening\n    status: HAPPENED\n"
        "    passages:\n      - {sentence}\n      - {title}\n"
        "links:\n  in: {{type: MEMBER_OF, from: actor/roth, to: actor/council, "
        "passages: [{sentence}]}}\n"
        "judgements:\n  two: {{type: NOT_SAME_AS, from: actor/roth, to: actor/council, "
        "passages: [{sentence}]}}\n"
        "leftOut:\n  - {{{title}, reason: REPEATS}}\n"
    )
    statement = "passages: [{sentence}]"
    before, after = (
        dossier(statement.format(sentence=one), rest.format(sentence=one, title=two))
        for one, two in (("The council’s … last.”", "Upper … Aven"), (sentence, title))
    )
    before = before.replace("{Upper … Aven,", "{words: Upper … Aven,")
    after = after.replace("{{", "{").replace("}, reason", ", reason")
    done = fill(before, "d.yaml", DOCUMENT)
    assert (done.text, done.count) == (after, 7)
    assert filled(before) == after


def test_quotations_and_hedges_are_found_in_the_passages_of_their_statement() -> None:
    before = dossier(
        "quotes:\n"
        "  - is open\n"
        '  - {exact: "shut"}\n'
        "  - exact: Roth\n"
        "hedging: [council's, exact: at last, {exact: '- shut'}]\n"
        "passages: [The council’s … last.”]"
    )
    dash = DOCUMENT.index("– shut")
    assert filled(before) == dossier(
        "quotes:\n"
        f'  - {{start: {DOCUMENT.index("is open")}, exact: "is open"}}\n'
        f'  - {{start: {DOCUMENT.index("shut")}, exact: "shut"}}\n'
        f"  - start: {DOCUMENT.index('Roth')}\n"
        "    exact: Roth\n"
        f'hedging: [{{start: {DOCUMENT.index("council")}, exact: "council’s"}}, '
        f"{{start: {DOCUMENT.index('at last')}, exact: at last}}, "
        f'{{start: {dash}, exact: "– shut"}}]\n'
        f"passages: [{{{span(SENTENCE)}}}]"
    )


def test_a_quotation_may_stand_in_a_passage_that_is_filled_in() -> None:
    before = dossier(f"quotes: [is open]\npassages: [{{{span(SENTENCE)}}}]")
    assert f'quotes: [{{start: {DOCUMENT.index("is open")}, exact: "is open"}}]' in filled(before)


def test_what_stands_in_another_source_is_left_alone() -> None:
    other = f"{{start: 900, end: 950, sha256: {'0' * 64}, source: source/other}}"
    text = dossier(
        f"quotes: [{{start: 910, exact: so it is}}]\npassages: [{other}]",
        f"links: {{in: {{type: MEMBER_OF, from: actor/a, to: actor/b, passages: [{other}]}}}}\n",
    )
    assert filled(text) == text


def test_the_source_may_be_named_in_a_passage() -> None:
    before = "use: {here: source/aven}\n" + dossier(
        "passages: [{source: source/aven, words: Upper … Aven}, {words: Perhaps, source: here}]"
    )
    assert filled(before) == "use: {here: source/aven}\n" + dossier(
        f"passages: [{{source: source/aven, {span(TITLE)}}}, {{{span('Perhaps')}, source: here}}]"
    )


def test_what_a_quotation_holds_stays_readable() -> None:
    document = 'She said “a \\ b\n"c"\u2028\U000e0001 𝕏 d,” so.'
    exact = 'a \\ b\n"c"\u2028\U000e0001 𝕏 d'
    text = dossier(f"quotes: [{as_yaml(exact)}]\npassages: [She said … so.]", source="")
    statement = fill(text, "d.yaml", document).dossier.entries[-1]
    assert isinstance(statement, StatementRecorded)
    assert statement.quotes[0].exact == exact
    assert as_yaml(exact) == '"a \\\\ b\\n\\"c\\"\\u2028\\U000E0001 𝕏 d"'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", SOURCE),
        (f"  length: {len(DOCUMENT)}\n", f"  length: {len(DOCUMENT)}\n{SOURCE.splitlines()[0]}\n"),
        ("  sha256:\n  length: # later\n", SOURCE[:-1] + " # later\n"),
        ("  sha256: ~\n  length: null\n", SOURCE),
        (
            "  kind: ARTICLE # a kind\n  published:\n    edtf: 2031-05\n    # known\n",
            f"  kind: ARTICLE # a kind\n{SOURCE}  published:\n    edtf: 2031-05\n    # known\n",
        ),
    ],
)
def test_a_source_gets_what_it_lacks(before: str, after: str) -> None:
    passage = f"passages: [{{{span(SENTENCE)}}}]"
    assert filled(dossier(passage, source=before)) == dossier(passage, source=after)


def test_so_does_a_source_in_braces() -> None:
    head = "dossier: 1\nsource: {id: source/aven, name: N, authors: [actor/roth]"
    hashed = f", sha256: {text_sha256(DOCUMENT)}, length: {len(DOCUMENT)}"
    assert filled(head + "}\n") == head + hashed + "}\n"


@pytest.mark.parametrize("file", DOSSIERS, ids=lambda file: file.stem)
def test_a_dossier_that_is_filled_in_stays_as_it_is(file: Path) -> None:
    text = file.read_bytes().decode()
    done = fill(text, file.name, file.with_suffix(".txt").read_bytes().decode())
    assert (done.text, done.count) == (text, 0)


@pytest.mark.parametrize("file", DOSSIERS, ids=lambda file: file.stem)
def test_a_dossier_put_back_into_words_is_filled_in_as_it_was(file: Path) -> None:
    text = file.read_bytes().decode()
    document = file.with_suffix(".txt").read_bytes().decode()
    worded, count = _in_words(text, document)
    assert count > 0
    done = fill(worded, file.name, document)
    assert (done.text, done.count) == (text, count)


def _in_words(text: str, document: str) -> tuple[str, int]:
    """Put words where a dossier has offsets, if they lead back to these."""
    words = Words(document)
    count = 0

    def worded(found: re.Match[str]) -> str:
        nonlocal count
        start, end = int(found[1]), int(found[2])
        if len(list(words.find(document[start:end]))) != 1:
            return found[0]
        count += 1
        return f"words: {as_yaml(document[start:end])}"

    return re.sub(r"start: (\d+), end: (\d+), sha256: \w{64}", worded, text), count


@settings(deadline=None)
@given(passages(), st.sampled_from(STYLED))
def test_whatever_the_document_words_lead_to_their_passage(
    made: tuple[str, Stretch], style: str
) -> None:
    document, place = made
    exact = document[place.start : place.end]
    assume(list(places(exact, document)) == [place])
    fields = f"start: {place.start}, end: {place.end}, sha256: {text_sha256(exact)}"
    source = f"  sha256: {text_sha256(document)}\n  length: {len(document)}\n"
    before = dossier(f"passages: [{style.format(as_yaml(exact))}] # all", source=source)
    becomes = style.replace("words: {}", fields) if "words" in style else f"{{{{{fields}}}}}"
    assert filled(before, document) == dossier(
        f"passages: [{becomes.format()}] # all", source=source
    )


# -- faults ------------------------------------------------------------------------------------


def test_all_faults_are_told_at_once_in_the_order_of_the_file() -> None:
    text = dossier(
        "farce: STATES\nquotes: [Nobody]\npassages:\n  - Lower sluice\n  - words: said … Upper\n",
        "leftOut:\n  - said\n  - {words: Aven, reason: NO_CONTENT}\n",
    )
    sentences = told(text)
    assert [sentence.split(": ")[:2] for sentence in sentences] == [
        ["d.yaml:13", "statements.a.farce"],
        ["d.yaml:16", "statements.a.passages.0"],
        ["d.yaml:17", "statements.a.passages.1"],
        ["d.yaml:19", "leftOut.0"],
        ["d.yaml:20", "leftOut.1"],
    ]
    assert sentences[1].endswith("the nearest (line 1 at 0) is 'Upper sluice'")
    assert "'Aven' stands 2 times in the document (line 1 at 16, line 5 at " in sentences[4]


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        ("passages: ['']", "passages.0: has no words in it"),
        ("passages: [words: 5]", "passages.0: has words that are no text"),
        ("passages: [{words: }]", "passages.0: has words that are no text"),
        (
            "passages: [{words: Upper, start: 0}]",
            "passages.0: has words and start: one of them is enough",
        ),
        (
            "passages: [{words: Upper, source: source/other}]",
            "passages.0: stands in 'source/other', and is filled in from its own text",
        ),
        (
            "passages: [{words: Upper, exact: upper}]",
            "passages.0: has exact words that are not those of the document: 'Upper'",
        ),
        (
            "passages: [{? words : Upper}]",
            "passages.0.words: is written with a question mark before its name: leave that out",
        ),
        (
            f"passages: [{{start: 0, end: 20, sha256: {'0' * 64}}}]",
            "passages.0: has not the SHA-256 of 0 to 20: 'Upper sluice of Aven'",
        ),
        (
            f"passages: [{{start: 0, end: 2000, sha256: {'0' * 64}}}]",
            f"passages.0: ends at 2,000, but the document has only {len(DOCUMENT)} characters",
        ),
        (
            "quotes: [open]\npassages: ['The council’s … rival said.']",
            (
                f"quotes.0: 'open' stands 2 times in the passages of its statement "
                f"(line 3 at {DOCUMENT.index('open')}, line 3 at {DOCUMENT.rindex('open')}): "
                "say which by its start"
            ),
        ),
        (
            "quotes: [Upper]\npassages: [The council’s … last.”]",
            "quotes.0: 'Upper' does not stand in the passages of its statement",
        ),
        (
            "hedging: [at lest]\npassages: [The council’s … last.”]",
            (
                "hedging.0: 'at lest' does not stand in the passages of its statement; "
                f"the nearest (line 3 at {DOCUMENT.index('at last')}) is 'at last.”'"
            ),
        ),
        (
            "quotes: [{start: 1, exact: Upper}]\npassages: [Upper … Aven]",
            "quotes.0: 'Upper' does not stand at 1: 'pper '",
        ),
        (
            "passages: [Upper … Aven, Upper sluice of Aven]",
            "passages: says the same twice, at 0 and 1",
        ),
    ],
)
def test_faults_are_told_in_sentences(statement: str, sentence: str) -> None:
    [fault] = told(dossier(statement))
    assert f": statements.a.{sentence}" in fault


def test_another_document_is_refused_before_anything_is_looked_for() -> None:
    text = dossier("passages: [nowhere]")
    [by_hash, by_length] = told(text, DOCUMENT + "\n")
    assert by_hash.startswith("d.yaml:6: source.sha256: is '")
    assert by_hash.endswith("': it is another text")
    assert by_length.startswith("d.yaml:7: source.length: is ")


def test_without_a_source_there_is_nothing_to_look_in() -> None:
    [fault] = told("dossier: 1\nissues: {}\n")
    assert "source: is missing" in fault


@pytest.mark.parametrize("junk", ["", "[]", "a: b", "source: []", "statements: {a: [1]}"])
def test_what_is_no_dossier_is_told_and_no_defect(junk: str) -> None:
    assert told(junk)
    assert told(f"dossier: 1\nsource: {{id: [x], name: {{}}}}\n{junk}")


def test_lines_are_those_of_the_file_and_not_of_what_it_would_become() -> None:
    text = dossier("passages:\n  - words: Upper … Aven\nfarce: STATES")
    assert [fault.split(": ")[0] for fault in told(text)] == ["d.yaml:14"]


WORDED = dossier(
    "quotes: [is open, exact: shut]\npassages: [The council’s … last.”]",
    "links: {in: {type: MEMBER_OF, from: actor/a, to: actor/b, passages: [words: Upper … Aven]}}\n"
    "leftOut: [{words: Upper … Aven, reason: REPEATS}]\n",
)


@settings(deadline=None)
@given(st.data(), st.integers(1, 3))
def test_a_dossier_changed_at_random_is_filled_in_or_refused(
    draw: st.DataObject, changes: int
) -> None:
    tree = read_document(WORDED, "d.yaml").root
    for _ in range(changes):
        tree = mutate(tree, draw)
    text = json.dumps(tree, indent=draw.draw(st.sampled_from([None, 1])))
    lines = ["d.yaml: it is filled in"]
    try:
        filled(text)
    except InvalidInput as error:
        lines = [str(fault) for fault in error.faults]
    assert lines
    assert all(line.startswith("d.yaml") for line in lines)
    assert len(set(lines)) == len(lines)
