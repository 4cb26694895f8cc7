"""The dossier: what a person writes by hand, what it becomes, and how faults are told."""

import json
from copy import deepcopy
from typing import TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schema.dates import Basis
from schema.dossier import Dossier, LeftOutReason, read_dossier
from schema.entries import (
    ActorRecorded,
    AnyEntry,
    Attribution,
    ClaimRecorded,
    EventRecorded,
    Force,
    IdentityJudged,
    LinkRecorded,
    Polarity,
    RoleRecorded,
    SourceRecorded,
    StatementRecorded,
)
from schema.errors import InvalidInput
from schema.values import Part, text_sha256
from schema.yaml import Tree, read_document

Entry = TypeVar("Entry", bound=AnyEntry)

SHA = "ab" * 32
GOOD = f"""\
dossier: 1
source:
  id: source/paper
  name: A paper
  publisher: the-paper
  published: 2025-06-02
  sha256: {SHA}
  length: 400
use:
  xi: actor/xi-jinping
  rare-earths: issue/rare-earths
  trade: issue/trade
  pressure: claim/other/pressure
actors:
  the-paper: {{name: The Paper, kind: ORGANISATION, named: false}}
  insider: {{name: an insider, kind: PERSON, named: false}}
  ann: {{id: actor/ann, name: Ann, kind: PERSON}}
roles:
  minister: {{title: Minister, holder: ann, body: xi, from: 2020, until: 2025-05}}
events:
  talks:
    name: Talks
    status: HAPPENED
    occurred: {{edtf: 2025-05~, words: last month}}
    participants: [{{actor: ann, role: host}}, {{actor: xi}}]
    issues: [trade]
    passages: [{{start: 0, end: 20, sha256: {SHA}}}]
claims:
  shared:
    text: Exports are falling.
    issues: [rare-earths]
    holds: 2025
statements:
  own:
    claim: shared
    passages: [{{start: 20, end: 40, sha256: {SHA}, part: SUMMARY}}]
  quoted:
    speaker: ann
    capacity: minister
    attribution: PARTIAL_QUOTE
    force: WARNS
    polarity: DENIES
    claim:
      text: Exports will recover.
      issues: [rare-earths]
      mentions: [xi]
      figures: [{{what: growth, from: 10, to: 0.10, unit: "%"}}]
    said: 2025-06-01
    addressedTo: [xi]
    at: talks
    stances: [{{issue: rare-earths, stance: OPPOSES}}]
    quotes: [{{start: 45, exact: “never”}}]
    hedging: [{{start: 52, exact: perhaps}}]
    passages: [{{start: 40, end: 60, sha256: {SHA}}}]
  believed:
    speaker: insider
    ascribedTo: {{actor: xi, attitude: FEARS}}
    claim: pressure
    passages: [{{start: 60, end: 80, sha256: {SHA}, source: source/paper}}]
  passed-on:
    speaker: insider
    relays: quoted
    passages: [{{start: 60, end: 80, sha256: {SHA}}}]
links:
  against:
    type: CONTRADICTS
    from: quoted
    to: shared
    because: one grows, one falls
judgements:
  ours:
    type: NOT_SAME_AS
    from: actor/ann
    to: xi
    passages: [{{start: 60, end: 80, sha256: {SHA}}}]
  theirs:
    type: SAME_AS
    from: claim/paper/shared
    to: pressure
    passages: [{{start: 60, end: 80, sha256: {SHA}}}]
leftOut:
  - {{start: 80, end: 100, sha256: {SHA}, reason: NAVIGATION, note: a menu}}
"""


def read(text: str) -> Dossier:
    return read_dossier(text, "d.yaml")


def one(dossier: Dossier, kind: type[Entry], identifier: str) -> Entry:
    found = [entry for entry in dossier.entries if entry.id == identifier]
    assert len(found) == 1
    assert isinstance(found[0], kind)
    return found[0]


def line_of(text: str, part: str) -> int:
    """Return the line in which a part of a text stands for the first time."""
    return text.count("\n", 0, text.index(part)) + 1


def told(text: str) -> list[str]:
    """Return what a wrong dossier is told, a sentence each."""
    with pytest.raises(InvalidInput) as refused:
        read(text)
    return [str(fault) for fault in refused.value.faults]


def told_of(before: str, after: str) -> list[str]:
    """Return what the good dossier is told with one part of it replaced."""
    assert GOOD.count(before) == 1
    return told(GOOD.replace(before, after))


# -- what it becomes ---------------------------------------------------------------------------


def test_it_tells_its_document_and_what_it_uses() -> None:
    dossier = read_dossier(GOOD, "paper.yaml")
    assert dossier.source is dossier.entries[0]
    assert dossier.used == {
        "xi": "actor/xi-jinping",
        "rare-earths": "issue/rare-earths",
        "trade": "issue/trade",
        "pressure": "claim/other/pressure",
    }
    shared = read_dossier("dossier: 1\nactors: {a: {id: actor/a, name: A, kind: STATE}}", "s.yaml")
    assert (shared.source, shared.used) == (None, {})


def test_short_names_become_ids_of_the_document() -> None:
    assert {entry.id for entry in read(GOOD).entries} == {
        "source/paper",
        "actor/paper/the-paper",
        "actor/paper/insider",
        "actor/ann",
        "role/paper/minister",
        "event/paper/talks",
        "claim/paper/shared",
        "claim/paper/quoted",
        "statement/paper/own",
        "statement/paper/quoted",
        "statement/paper/believed",
        "statement/paper/passed-on",
        "link/paper/against",
        "judgement/paper/ours",
        "judgement/paper/theirs",
    }


def test_what_is_shared_has_ids_without_a_document() -> None:
    dossier = read(
        "dossier: 1\nissues:\n  trade: {name: Trade}\n  tariffs: {name: Tariffs, broader: [trade]}"
    )
    assert [entry.id for entry in dossier.entries] == ["issue/trade", "issue/tariffs"]
    assert dossier.name == "d.yaml"


def test_short_names_stand_for_ids_wherever_something_is_named() -> None:
    dossier = read(GOOD)
    quoted = one(dossier, StatementRecorded, "statement/paper/quoted")
    assert quoted.speaker == "actor/ann"
    assert quoted.capacity == "role/paper/minister"
    assert quoted.claim == "claim/paper/quoted"
    assert quoted.addressed_to == ("actor/xi-jinping",)
    assert quoted.at == "event/paper/talks"
    assert quoted.stances[0].issue == "issue/rare-earths"
    believed = one(dossier, StatementRecorded, "statement/paper/believed")
    assert believed.ascribed_to is not None
    assert believed.ascribed_to.actor == "actor/xi-jinping"
    assert believed.claim == "claim/other/pressure"
    relay = one(dossier, StatementRecorded, "statement/paper/passed-on")
    assert (relay.relays, relay.claim, relay.polarity) == ("statement/paper/quoted", None, None)
    link = one(dossier, LinkRecorded, "link/paper/against")
    assert (link.from_, link.to) == ("claim/paper/quoted", "claim/paper/shared")
    ours = one(dossier, IdentityJudged, "judgement/paper/ours")
    assert (ours.type, ours.from_, ours.to) == ("NOT_SAME_AS", "actor/ann", "actor/xi-jinping")
    assert [passage.source for passage in ours.passages] == ["source/paper"]
    theirs = one(dossier, IdentityJudged, "judgement/paper/theirs")
    assert (theirs.from_, theirs.to) == ("claim/paper/shared", "claim/other/pressure")
    talks = one(dossier, EventRecorded, "event/paper/talks")
    assert [part.actor for part in talks.participants] == ["actor/ann", "actor/xi-jinping"]


def test_a_name_may_stand_for_things_of_different_kinds() -> None:
    text = GOOD.replace("  ann: {id: actor/ann,", "  shared: {id: actor/ann,")
    text = text.replace(": ann", ": shared").replace("to: shared", "to: claim/paper/shared")
    dossier = read(text)
    assert one(dossier, StatementRecorded, "statement/paper/quoted").speaker == "actor/ann"
    assert one(dossier, StatementRecorded, "statement/paper/own").claim == "claim/paper/shared"


def test_ids_can_be_written_in_full() -> None:
    dossier = read(GOOD.replace("speaker: ann", "speaker: actor/somebody-else"))
    speaker = one(dossier, StatementRecorded, "statement/paper/quoted").speaker
    assert speaker == "actor/somebody-else"


def test_the_publisher_speaks_in_its_own_voice_unless_another_is_named() -> None:
    dossier = read(GOOD)
    own = one(dossier, StatementRecorded, "statement/paper/own")
    assert (own.speaker, own.attribution) == ("actor/paper/the-paper", Attribution.OWN_VOICE)
    believed = one(dossier, StatementRecorded, "statement/paper/believed")
    assert believed.attribution is Attribution.PARAPHRASE
    assert (believed.force, believed.polarity) == (Force.STATES, Polarity.ASSERTS)


def test_unnamed_actors_belong_to_the_source() -> None:
    dossier = read(GOOD)
    assert one(dossier, ActorRecorded, "actor/paper/insider").scoped_to == "source/paper"
    assert one(dossier, ActorRecorded, "actor/ann").scoped_to is None


def test_passages_stand_in_the_source_and_the_body_unless_told() -> None:
    dossier = read(GOOD)
    own = one(dossier, StatementRecorded, "statement/paper/own").passages[0]
    assert (own.source, own.part) == ("source/paper", Part.SUMMARY)
    talks = one(dossier, EventRecorded, "event/paper/talks").passages[0]
    assert (talks.source, talks.part) == ("source/paper", Part.BODY)


def test_the_end_and_the_hash_of_exact_words_follow_from_them() -> None:
    quoted = one(read(GOOD), StatementRecorded, "statement/paper/quoted")
    assert (quoted.quotes[0].end, quoted.quotes[0].sha256) == (52, text_sha256("“never”"))
    assert (quoted.hedging[0].end, quoted.hedging[0].sha256) == (59, text_sha256("perhaps"))


def test_a_date_may_be_a_bare_text_or_number() -> None:
    dossier = read(GOOD)
    source = one(dossier, SourceRecorded, "source/paper")
    assert source.published is not None
    assert (source.published.edtf, source.published.basis) == ("2025-06-02", Basis.STATED)
    minister = one(dossier, RoleRecorded, "role/paper/minister")
    assert minister.from_ is not None
    assert minister.until is not None
    assert (minister.from_.edtf, minister.until.edtf) == ("2020", "2025-05")
    claim = one(dossier, ClaimRecorded, "claim/paper/shared")
    assert claim.holds is not None
    assert claim.holds.edtf == "2025"
    talks = one(dossier, EventRecorded, "event/paper/talks")
    assert talks.occurred is not None
    assert (talks.occurred.edtf, talks.occurred.words) == ("2025-05~", "last month")


def test_figures_keep_the_digits_that_were_written() -> None:
    figure = one(read(GOOD), ClaimRecorded, "claim/paper/quoted").figures[0]
    assert (figure.from_, figure.to) == ("10", "0.10")


def test_what_was_left_out_is_kept_beside_the_entries() -> None:
    [left_out] = read(GOOD).left_out
    assert (left_out.start, left_out.end, left_out.note) == (80, 100, "a menu")
    assert left_out.reason is LeftOutReason.NAVIGATION


def test_an_empty_section_is_none() -> None:
    assert read("dossier: 1\nactors:\nuse:\nleftOut:\n").entries == ()


def test_marks_of_direction_and_twins_of_normal_forms_stay_as_written() -> None:
    names = 'name: "\\u200FAnn\\u0301", aliases: ["Ann\\u0301", "An\\u0144"]'
    dossier = read(GOOD.replace("name: Ann", names))
    ann = one(dossier, ActorRecorded, "actor/ann")
    assert (ann.name, ann.aliases) == ("\u200fAnn\u0301", ("Ann\u0301", "An\u0144"))


# -- what is not filled in yet -----------------------------------------------------------------

BY_WORDS = "is given by its words: run onrecord dossier fill FILE --document TEXT first"


@pytest.mark.parametrize(
    ("before", "after", "place"),
    [
        (f"{{start: 0, end: 20, sha256: {SHA}}}", "Talks … in May", "events.talks.passages.0"),
        (
            f"start: 20, end: 40, sha256: {SHA}",
            "words: Talks … in May",
            "statements.own.passages.0",
        ),
        (
            f"start: 80, end: 100, sha256: {SHA}",
            "words: Talks … in May",
            "leftOut.0",
        ),
        ("{start: 45, exact: “never”}", "never", "statements.quoted.quotes.0"),
        ("start: 45, exact: “never”", "exact: never", "statements.quoted.quotes.0"),
        ("{start: 52, exact: perhaps}", "perhaps", "statements.quoted.hedging.0"),
        ("start: 52, exact: perhaps", "exact: perhaps", "statements.quoted.hedging.0"),
        (
            "because: one grows, one falls",
            "passages: [One grows … one falls]",
            "links.against.passages.0",
        ),
    ],
)
def test_what_is_given_by_its_words_has_to_be_filled_in_first(
    before: str, after: str, place: str
) -> None:
    text = GOOD.replace(before, after)
    assert told_of(before, after) == [f"d.yaml:{line_of(text, after)}: {place}: {BY_WORDS}"]


def test_several_such_places_are_told_once_and_what_else_is_wrong_as_well() -> None:
    passages = f"[{{start: 40, end: 60, sha256: {SHA}}}]"
    text = GOOD.replace(passages, "[Exports … recover., {words: Perhaps, prat: BODY}]")
    text = text.replace("quotes: [{start: 45, exact: “never”}]", "quotes: [never, never]")
    sentences = sorted(sentence.split(": ", 1)[1] for sentence in told(text))
    assert sentences == [
        f"statements.quoted.passages.0: {BY_WORDS}; so 3 more places are",
        "statements.quoted.passages.1.prat: is not a field of this; did you mean 'part'?",
    ]


def test_what_is_left_out_by_its_words_needs_a_reason_as_well() -> None:
    stretch = f"{{start: 80, end: 100, sha256: {SHA}, reason: NAVIGATION, note: a menu}}"
    assert len(told_of(stretch, "{words: a menu}")) == 2
    assert told_of(stretch, "a menu") == [
        f"d.yaml:{line_of(GOOD, '- {start: 80')}: leftOut.0: has to be fields with their values"
    ]


# -- how faults are told -----------------------------------------------------------------------


def test_all_faults_are_told_at_once_each_with_its_line() -> None:
    text = (
        GOOD.replace("speaker: ann", "speaker: anne")
        .replace("said: 2025-06-01", "said: 2025-02-30")
        .replace("kind: PERSON, named: false", "knd: PERSON, named: false")
        .replace("reason: NAVIGATION", "reason: DULL")
        .replace("from: quoted", "from: quotes")
    )
    reasons = "'NO_CONTENT', 'NAVIGATION', 'REPEATS', 'SCENE_SETTING' or 'NOT_SAID'"
    expected = {
        "insider:": "actors.insider.kind: is missing",
        "knd": "actors.insider.knd: is not a field of this; did you mean 'kind'?",
        "anne": "statements.quoted.speaker: 'anne' is the short name of no actor here"
        "; did you mean 'ann'?",
        "2025-02-30": "statements.quoted.said.edtf: 2025-02-30 is not a date: "
        "February 2025 has 28 days",
        "from: quotes": "links.against.from: 'quotes' is the short name of no actor or claim "
        "or event here; did you mean 'quoted'?",
        "DULL": f"leftOut.0.reason: 'DULL' is none of {reasons}",
    }
    assert sorted(told(text)) == sorted(
        f"d.yaml:{line_of(text, part)}: {sentence}" for part, sentence in expected.items()
    )


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ("dossier: 1", "dossier: 2", "dossier: has to be 1, the version of the format"),
        ("dossier: 1", "dossier: true", "dossier: has to be 1, the version of the format"),
        ("dossier: 1", "{}", "is not YAML"),
        ("actors:", "actor:", "actor: is not a part of a dossier; did you mean 'actors'?"),
        ("id: source/paper", "id: paper", "source.id: 'paper' is not an identifier"),
        (
            "id: source/paper",
            "id: actor/paper",
            "source.id: 'actor/paper' is not the id of a source",
        ),
        ("id: source/paper", "ident: source/paper", "source.id: is missing"),
        (
            "published: 2025-06-02",
            "published: 2025-13",
            "source.published.edtf: 2025-13 is not a date",
        ),
        ("published: 2025-06-02", "published: true", "source.published: has to be fields"),
        ("length: 400", "length: '400'", "source.length: input should be a valid integer"),
        (
            "length: 400",
            "length: 90",
            "leftOut.0: ends at 100, but the source has only 90 characters",
        ),
        ("xi: actor/xi-jinping", "xi: Xi Jinping", "use.xi: 'Xi Jinping' is not an identifier"),
        ("xi: actor/xi-jinping", "xi: 5", "use.xi: has to be an id such as actor/xi-jinping"),
        ("xi: actor/xi-jinping", "ann: actor/xi", "the short name 'ann' stands for two things"),
        ("  shared:\n", "  quoted:\n", "claim/paper/quoted is recorded twice in this dossier"),
        (
            "  own:\n",
            "  Own_Voice:\n",
            "statements.Own_Voice.id: 'statement/paper/Own_Voice' is not",
        ),
        (
            "claim: shared",
            "claim: sharde",
            "statements.own.claim: 'sharde' is the short name of no",
        ),
        (
            "claim: shared",
            "claim: own",
            "statements.own.claim: 'own' is the short name of no claim",
        ),
        ("claim: shared", "claim: issue/trade", "claim: 'issue/trade' is not the id of a claim"),
        ("claim: shared", "claim: 5", "statements.own.claim: input should be a valid string"),
        ("claim: shared", "claim:", "statements.own: a statement needs a claim"),
        (
            "claim: shared",
            "claim: [shared]",
            "statements.own.claim: input should be a valid string",
        ),
        (
            "text: Exports will recover.",
            "text: 12",
            "statements.quoted.claim.text: input should be",
        ),
        (
            "text: Exports will recover.",
            "txt: It is so.",
            "statements.quoted.claim.txt: is not a field",
        ),
        (
            "addressedTo: [xi]",
            "addressed_to: [xi]",
            "is not a field of this; did you mean 'addressedTo'?",
        ),
        ("addressedTo: [xi]", "addressedTo: xi", "statements.quoted.addressedTo: has to be a list"),
        (
            "addressedTo: [xi]",
            "addressedTo: [xi, x]",
            "statements.quoted.addressedTo.1: 'x' is the",
        ),
        ("force: WARNS", "force: WARNED", "statements.quoted.force: 'WARNED' is none of 'STATES'"),
        (
            "attribution: PARTIAL_QUOTE",
            "venue: X",
            "has quotes: say whether attribution is DIRECT_QUOTE or PARTIAL_QUOTE",
        ),
        (
            "attitude: FEARS",
            "atitude: FEARS",
            "ascribedTo.atitude: is not a field of this; did you",
        ),
        ("exact: “never”", "exact: 5", "statements.quoted.quotes.0.exact: input should be a valid"),
        ("start: 45", "start: 39", "statements.quoted: '“never”' (39-46) lies in no passage"),
        ("start: 52", "start: 54", "statements.quoted: 'perhaps' (54-61) lies in no passage"),
        ("exact: perhaps", "exact: a b c d e f", "a hedge has at most 5 words: 'a b c d e f'"),
        ("start: 40, end: 60", "start: 60, end: 40", "a stretch from 60 to 40 is empty"),
        (
            "start: 40, end: 60",
            "strat: 40, end: 60",
            "passages.0.strat: is not a field of this; did",
        ),
        (
            "start: 40, end: 60",
            "start: -1, end: 60",
            "passages.0.start: input should be greater than",
        ),
        (
            "because: one grows, one falls",
            "becaus: x",
            "is not a field of this; did you mean 'because'?",
        ),
        (
            "type: CONTRADICTS",
            "type: CAUSED",
            "links.against: CAUSED links two events, not claim/paper",
        ),
        ("holder: ann", "holder: xi-jinping", "'xi-jinping' is the short name of no actor here"),
        ("to: 0.10", "to: ten", "figures.0.to: 'ten' is not a plain decimal number"),
        ("note: a menu", "note: 5", "leftOut.0.note: input should be a valid string"),
        (
            "note: a menu",
            "notes: a",
            "leftOut.0.notes: is not a field of this; did you mean 'note'?",
        ),
    ],
)
def test_each_fault_is_told_in_a_sentence(before: str, after: str, sentence: str) -> None:
    assert sentence in "\n".join(told_of(before, after))


def test_a_name_of_two_things_that_both_fit_is_to_be_written_in_full() -> None:
    text = GOOD.replace("  talks:\n", "  shared:\n").replace("at: talks", "at: shared")
    both = "claim/paper/shared and for event/paper/shared"
    sentence = f"links.against.to: 'shared' stands for {both}: write the id in full"
    assert told(text) == [f"d.yaml:{line_of(text, 'to: shared')}: {sentence}"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("id: source/paper", "id: A Paper"),
        ("speaker: ann", "speaker: nobody"),
        ("publisher: the-paper", "publisher: no-paper"),
        ("attribution: PARTIAL_QUOTE\n", "\n"),
        ("from: quoted", "from: unquoted"),
        ("xi: actor/xi-jinping", "xi: Xi"),
        ("  own:\n", "  own words:\n"),
    ],
)
def test_one_fault_is_told_once(before: str, after: str) -> None:
    told_once = told_of(before, after)
    used_as_xi = sum("'xi' is the short name of no" in sentence for sentence in told_once)
    assert len(told_once) - used_as_xi == 1


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("", ["d.yaml:1: dossier: has to be 1, the version of the format"]),
        (
            "- a\n- b",
            [
                "d.yaml:1: has to be a mapping of names to things",
                "d.yaml:1: dossier: has to be 1, the version of the format",
            ],
        ),
        ("dossier: 1\nactors: [a]", ["d.yaml:2: actors: has to be a mapping of names to things"]),
        (
            "dossier: 1\nissues:\n  a: b\n  c: {name: C}",
            [
                "d.yaml:3: issues.a: has to be a mapping of names to things",
                "d.yaml:3: issues.a.name: is missing",
            ],
        ),
        (
            "dossier: 1\nleftOut: []",
            ["d.yaml:2: leftOut: needs a source that the passages stand in"],
        ),
        ("dossier: 1\nuse: {a: b, a: c}", ["d.yaml:2: use.a: stands twice, here and in line 2"]),
        ("dossier: 1\nuse: &u {a: b}\nactors: *u", ["d.yaml:3: actors: is an alias (*name), "]),
        ("dossier: 1\n\tuse:", ["d.yaml:2: is not YAML: found character '\\t' that cannot start"]),
        ("dossier: 1\nuse: \x00", ["d.yaml:2: is not YAML: the character U+0000 stands in no"]),
        (
            'dossier: 1\nissues:\n  a: {name: "b\\uD83D"}',
            ["d.yaml:3: issues.a.name: has a character (U+D83D) that no text has"],
        ),
        (
            GOOD.replace("exact: “never”", 'exact: "\\ud800"'),
            ["d.yaml:52: statements.quoted.quotes.0.exact: has a character (U+D800) that no text"],
        ),
        ("a: " * 10, ["d.yaml:1: is not YAML: mapping values are not allowed here"]),
        ("#" * 100_000_000, ["d.yaml: has 100,000,000 characters; at most "]),
    ],
)
def test_what_is_no_dossier_is_told_in_sentences(text: str, sentences: list[str]) -> None:
    for sentence, begin in zip(told(text), sentences, strict=True):
        assert sentence.startswith(begin)


def test_an_error_stays_short_however_long_the_input_is() -> None:
    long = "x" * 100_000
    for before in ("speaker: ann", "force: WARNS", "said: 2025-06-01", "xi: actor/xi-jinping"):
        field = before.partition(":")[0]
        assert all(len(sentence) < 400 for sentence in told_of(before, f"{field}: {long}"))
    assert all(len(sentence) < 400 for sentence in told_of("because:", f"{long}:"))


# -- whatever is written -----------------------------------------------------------------------

TREE = read_document(GOOD, "d.yaml").root
NOTHINGS: list[Tree] = [None, True, False, 0, 1, -1, 10**30, "", " ", "x" * 5000]
ODD_TEXTS = ["/", "a/b", "actor/ann", "ann", "quoted", "2025-13", "[..]", "<<", "\n"]
UNFIT_TEXTS = ["\x00", "\ud800", "\u200f", "e\u0301"]
LEAVES = st.sampled_from([*NOTHINGS, *ODD_TEXTS, *UNFIT_TEXTS])
JUNK: st.SearchStrategy[Tree] = st.recursive(
    LEAVES | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=5,
)


def mutate(tree: Tree, draw: st.DataObject) -> Tree:
    """Change one place of a tree: put something else, take away, or give another name."""
    if isinstance(tree, dict) and tree and draw.draw(st.integers(0, 9)):
        key = draw.draw(st.sampled_from(sorted(tree)))
        how = draw.draw(st.sampled_from(["inside", "inside", "inside", "remove", "rename", "add"]))
        if how == "inside":
            return {**tree, key: mutate(tree[key], draw)}
        rest = {name: value for name, value in tree.items() if name != key or how == "add"}
        if how == "remove":
            return rest
        return {**rest, draw.draw(st.text(max_size=6) | st.sampled_from(NAMES)): tree[key]}
    if isinstance(tree, list) and tree and draw.draw(st.integers(0, 9)):
        index = draw.draw(st.integers(0, len(tree) - 1))
        return [*tree[:index], mutate(tree[index], draw), *tree[index + 1 :]]
    return draw.draw(JUNK)


def names_in(tree: Tree) -> set[str]:
    if isinstance(tree, dict):
        return set(tree).union(*(names_in(value) for value in tree.values()))
    return set().union(*(names_in(item) for item in tree)) if isinstance(tree, list) else set()


NAMES = sorted(names_in(TREE))


@settings(deadline=None)  # how long one takes tells of the machine, not of the text
@given(st.data(), st.integers(1, 3))
def test_a_dossier_changed_at_random_is_read_or_refused_in_sentences(
    draw: st.DataObject, changes: int
) -> None:
    tree = deepcopy(TREE)
    for _ in range(changes):
        tree = mutate(tree, draw)
    try:
        lines = [f"d.yaml: {entry.id}" for entry in read(json.dumps(tree, indent=1)).entries]
    except InvalidInput as error:
        lines = [str(fault) for fault in error.faults] or ["nothing is told"]
    assert all(line.startswith("d.yaml") for line in lines)
    assert len(set(lines)) == len(lines)


def test_a_year_alone_is_a_date_with_or_without_quotation_marks() -> None:
    for written in ("2025", '"2025"', "{edtf: 2025}", '{edtf: "2025"}'):
        dossier = read(
            GOOD.replace("occurred: {edtf: 2025-05~, words: last month}", f"occurred: {written}")
        )
        event = next(entry for entry in dossier.entries if isinstance(entry, EventRecorded))
        assert event.occurred is not None
        assert event.occurred.edtf == "2025"
