"""``candidates``: which pairs are put before a person, and which are not."""

import json
import re
import shlex
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from eventlog.recorder import Recorder
from eventlog.sqlite import SqliteLog
from onrecord.candidates.blocks import blocks, with_misspelled
from onrecord.candidates.finding import Answer, Question, candidates
from onrecord.candidates.reading import read
from onrecord.candidates.texts import comparable, likeness, words
from onrecord.candidates.things import Kind, pair
from onrecord.candidates.weighing import Weigher
from schema.entries import (
    ActorKind,
    ActorRecorded,
    AnyEntry,
    ClaimRecorded,
    EventRecorded,
    IdentityJudged,
    IdentityType,
    IssueRecorded,
    LinkRecorded,
    Reinstated,
    Retracted,
    SourceRecorded,
    StatementRecorded,
)
from schema.values import ExternalId, Participant, Passage
from schema.yaml import read_document
from tests.onrecord.running import COMMAND, Program

SEEDS = Path(__file__).parents[2] / "seeds"
HOW_TO = Path(__file__).parents[2] / "docs/how-to/judge-identity.md"
ALL = Question(tuple(Kind), 70, 100)
SHA = "ab" * 32

Found = dict[tuple[str, str], dict[str, Any]]


def _silent(_what: str, _done: int, _total: int) -> None: ...


def _asked(log: SqliteLog, question: Question = ALL) -> Answer:
    return candidates(log, question, _silent)


def _pairs(answer: Answer) -> dict[tuple[str, str], float]:
    return {(one.one.id, one.other.id): one.score for one in answer.proposals}


def _codes(log: SqliteLog, one: str, other: str, question: Question = ALL) -> set[str]:
    """Return why a pair is proposed; nothing if it is not."""
    return {
        reason.code
        for proposal in _asked(log, question).proposals
        if pair(proposal.one.id, proposal.other.id) == pair(one, other)
        for reason in proposal.reasons
    }


def _actor(name: str, called: str, **more: Any) -> ActorRecorded:
    return ActorRecorded.model_validate(
        {"id": f"actor/{name}", "name": called, "kind": "ORGANISATION", **more}
    )


def _judged(kind: str, one: str, other: str, name: str = "one") -> IdentityJudged:
    return IdentityJudged.model_validate(
        {"id": f"judgement/{name}", "type": kind, "from": one, "to": other, "because": "so it is"}
    )


def _source(name: str, **more: Any) -> SourceRecorded:
    named = {"id": f"source/{name}", "name": f"The {name}", "sha256": name[0] * 64, "length": 900}
    return SourceRecorded.model_validate(named | more)


def _statement(name: str, speaker: str, claim: str, start: int = 0, **more: Any) -> AnyEntry:
    source = f"source/{name.partition('/')[0]}"
    passage = Passage(source=source, start=start, end=start + 50, sha256=SHA)
    said = {
        "id": f"statement/{name}",
        "speaker": f"actor/{speaker}",
        "claim": f"claim/{claim}",
        "polarity": "ASSERTS",
        "attribution": "PARAPHRASE",
        "passages": [passage],
    }
    return StatementRecorded.model_validate(said | more)


def _claim(name: str, text: str) -> ClaimRecorded:
    return ClaimRecorded(id=f"claim/{name}", text=text)


@pytest.fixture
def recorder(log: SqliteLog) -> Recorder:
    """Return what records in the log."""
    return Recorder(log, "tester")


# -- the seeds ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Program:
    """Return the program with both articles on record, and no judgement."""
    program = Program(tmp_path_factory.mktemp("seeds") / "data")
    dossiers = []
    for name in ("shared", "trump-banks-on-call", "mano-a-mano"):
        text = (SEEDS / f"{name}.yaml").read_text("utf-8")
        file = tmp_path_factory.getbasetemp() / f"{name}.yaml"
        file.write_text(re.sub(r"^judgements:\n(?:[ #\n].*\n?)*", "", text, flags=re.MULTILINE))
        dossiers.append(str(file))
    program.ok("record", *dossiers)
    return program


def _proposed(program: Program, *arguments: str) -> Found:
    told = json.loads(program.ok("candidates", "--format", "json", *arguments))
    return {(one["one"]["id"], one["other"]["id"]): one for one in told}


AUTOMAKERS = ("actor/mano-a-mano/automakers", "actor/trump-banks-on-call/us-automakers")
BOTH = ("mano-a-mano", "trump-banks-on-call")


@pytest.mark.parametrize(
    ("kind", "ours", "theirs"),
    [
        ("statement", "white-house-likely", "white-house-likely"),
        ("statement", "stirring-up", "stirring-up"),
        ("statement", "automakers-factories", "automakers-factories"),
        ("statement", "automakers-supply", "automakers-shortages"),
        ("actor", "automakers", "us-automakers"),
        ("event", "call", "call"),
        ("event", "fentanyl-proposals", "fentanyl-proposals"),
    ],
)
def test_what_both_articles_report_is_proposed(
    seeded: Program, kind: str, ours: str, theirs: str
) -> None:
    found = _proposed(seeded)
    told = found[f"{kind}/{BOTH[0]}/{ours}", f"{kind}/{BOTH[1]}/{theirs}"]
    assert told["kind"] == kind
    assert 70 <= told["score"] <= 100
    assert told["settled"] is None
    assert told["because"] == "; ".join(reason["says"] for reason in told["reasons"])
    if kind != "event":
        assert told["one"]["sources"] == ["source/mano-a-mano"]


def test_a_table_names_both_things_and_why(seeded: Program) -> None:
    told = seeded.ok("candidates", "--kind", "actor")
    for shown in ("87.0", "automakers", "U.S. automakers", "GROUP", "source/mano-a-mano", "alike"):
        assert shown in told
    assert "statement/" not in told


def test_what_is_not_stated_is_not_compared(seeded: Program) -> None:
    found = _proposed(seeded, "--min-score", "0", "--kind", "actor")
    assert found
    assert not any(
        "(not stated)" in one[end]["name"]
        for one in found.values()
        for end in one
        if end in ("one", "other")
    )


def test_the_best_come_first_and_the_rest_is_told(seeded: Program) -> None:
    ran = seeded.run("candidates", "--format", "json", "--limit", "3")
    best = [one["score"] for one in json.loads(ran.out)]
    assert best == sorted(best, reverse=True)
    assert len(best) == 3
    assert "only the best 3 are shown" in ran.err
    whole = [one["score"] for one in json.loads(seeded.ok("candidates", "--format", "json"))]
    assert best == whole[:3]


def test_one_thing_can_be_asked_about(seeded: Program) -> None:
    ours = "actor/mano-a-mano/automakers"
    assert list(_proposed(seeded, "--about", ours)) == [
        (ours, "actor/trump-banks-on-call/us-automakers")
    ]
    assert "is not on record" in seeded.refused("candidates", "--about", "actor/nobody", code=2)
    told = seeded.refused("candidates", "--about", ours, "--kind", "claim", code=2)
    assert f"{ours} is none of: claim" in told
    assert "'role'" not in told
    assert "president is none of" in seeded.refused(
        "candidates", "--about", "role/mano-a-mano/president", code=2
    )


def test_without_a_log_there_is_nothing_to_propose(tmp_path: Path) -> None:
    assert "there is no log" in Program(tmp_path).refused("candidates", code=3)
    assert not list(tmp_path.iterdir())


def test_ctrl_c_ends_it_in_one_line(seeded: Program) -> None:
    process = subprocess.Popen(
        [*COMMAND, "candidates"],
        env=seeded.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    assert "reading actors" in process.stderr.readline()
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 130
    assert told.splitlines()[-1] == "stopped"
    assert "Traceback" not in told


# -- from a proposal to a judgement ------------------------------------------------------------


def _judgements(program: Program) -> dict[str, Any]:
    """Return the judgements of the dossier of proposals."""
    root: Any = read_document(program.ok("candidates", "--format", "yaml"), "it.yaml").root
    assert root["dossier"] == 1
    judgements: dict[str, Any] = root["judgements"]
    return judgements


def test_a_dossier_of_proposals_is_refused_until_a_person_has_judged(
    seeded: Program, tmp_path: Path
) -> None:
    own = Program(tmp_path / "data")
    export = tmp_path / "log.jsonl"
    seeded.ok("log", "export", str(export))
    own.ok("log", "import", str(export))
    file = tmp_path / "identity.yaml"
    file.write_text(own.ok("candidates", "--kind", "actor", "--format", "yaml"), "utf-8")
    refused = own.run("record", str(file))
    assert refused.code == 2
    assert ".type: null is none of 'SAME_AS' or 'NOT_SAME_AS'" in refused.err
    blank = "type:  # SAME_AS or NOT_SAME_AS"
    text = file.read_text("utf-8")
    assert text.count(blank) == 2
    file.write_text(text.replace(blank, "type: SAME_AS", 1).replace(blank, "type: NOT_SAME_AS"))
    own.ok("record", str(file))
    assert _proposed(own, "--kind", "actor") == {}
    assert own.run("candidates", "--kind", "actor").err.splitlines()[-1].startswith("nothing to")
    settled = {one["settled"] for one in _proposed(own, "--kind", "actor", "--all").values()}
    assert {"SAME_AS", "NOT_SAME_AS"} <= settled


def test_a_judgement_that_is_proposed_again_gets_a_name_of_its_own(tmp_path: Path) -> None:
    data = tmp_path / "data"
    log = SqliteLog(data / "log.sqlite3")
    Recorder(log, "tester").record(
        [
            _actor("mill", "Aven Mill"),
            _actor("the-mill", "The Aven Mill"),
            _judged("SAME_AS", "actor/mill", "actor/the-mill", "mill-and-the-mill"),
        ]
    )
    Recorder(log, "tester").record([Retracted(id="judgement/mill-and-the-mill", reason="too soon")])
    log.close()
    told = _judgements(Program(data))
    assert list(told) == ["mill-and-the-mill-2"]
    assert told["mill-and-the-mill-2"]["from"] == "actor/mill"


def test_a_yaml_without_proposals_is_a_dossier_too(tmp_path: Path) -> None:
    SqliteLog(tmp_path / "log.sqlite3").close()
    assert _judgements(Program(tmp_path)) == {}


# -- actors, issues, sources -------------------------------------------------------------------


def test_a_shared_identifier_is_a_reason_whatever_the_names(
    log: SqliteLog, recorder: Recorder
) -> None:
    ids = (ExternalId(scheme="wikidata", value="Q7"),)
    recorder.record([_actor("a", "Aven", external_ids=ids), _actor("b", "Bor", external_ids=ids)])
    assert _codes(log, "actor/a", "actor/b") == {"SHARED_ID"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Volodymyr Zelenskyy", "Volodymyr Zelensky"),
        ("Zelenskyy", "Zelensky"),
        ("ERDOĞAN  Works", "Erdogan works"),
        ("U.S. farmers", "US farmers"),
        ("Aven's mill", "the Aven mill"),
        ("東京電力", "東京電力会社"),
    ],
)
def test_names_are_alike_however_they_are_spelled(
    log: SqliteLog, recorder: Recorder, one: str, other: str
) -> None:
    recorder.record([_actor("a", one), _actor("b", other), _actor("c", "Quite Another")])
    assert set(_pairs(_asked(log))) == {("actor/a", "actor/b")}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Iran", "Iraq"),
        ("Group of 7", "Group of 20"),
        ("United States", "United Kingdom"),
        ("guild (not stated)", "guild (not stated)"),
    ],
)
def test_other_names_are_not(log: SqliteLog, recorder: Recorder, one: str, other: str) -> None:
    recorder.record([_actor("a", one), _actor("b", other)])
    assert not _pairs(_asked(log))


def test_a_person_is_no_group_and_different_identifiers_count_against_it(
    log: SqliteLog, recorder: Recorder
) -> None:
    ids = [(ExternalId(scheme="wikidata", value=value),) for value in ("Q1", "Q2")]
    recorder.record(
        [
            _actor("a", "Aven Mill", external_ids=ids[0]),
            _actor("b", "Aven Mill", external_ids=ids[1]),
            _actor("c", "Aven Mill", kind=ActorKind.PERSON),
        ]
    )
    assert _pairs(_asked(log)) == {("actor/a", "actor/b"): 70.0}
    assert "IDS_DIFFER" in _codes(log, "actor/a", "actor/b")


def test_an_alias_counts_as_a_name(log: SqliteLog, recorder: Recorder) -> None:
    recorder.record([_actor("a", "China", aliases=["PRC"]), _actor("b", "The PRC")])
    assert set(_pairs(_asked(log))) == {("actor/a", "actor/b")}


def test_the_same_phrase_in_two_documents_is_proposed_as_a_phrase(
    log: SqliteLog, recorder: Recorder
) -> None:
    recorder.record([_source("aven"), _source("bor")])
    for name in ("aven", "bor"):
        scope = {"named": False, "scoped_to": f"source/{name}", "kind": "GROUP"}
        recorder.record([_actor(f"{name}/millers", "Millers", **scope)])
    assert _pairs(_asked(log, Question([Kind.ACTOR], 70, 9))) == {
        ("actor/aven/millers", "actor/bor/millers"): 90.0
    }


def test_what_relates_two_things_tells_them_apart(log: SqliteLog, recorder: Recorder) -> None:
    recorder.record(
        [
            _actor("state", "Aven"),
            _actor("court", "The Aven", part_of=["actor/state"]),
            IssueRecorded(id="issue/water", name="Water of Aven"),
            IssueRecorded(id="issue/drinking", name="The water of Aven", broader=("issue/water",)),
        ]
    )
    assert not _pairs(_asked(log))
    told = _asked(log, Question(tuple(Kind), 70, 9, settled=True)).proposals
    assert {one.settled for one in told} == {"partOf", "broader"}


def test_issues_are_alike_by_their_other_names(log: SqliteLog, recorder: Recorder) -> None:
    recorder.record(
        [
            IssueRecorded(id="issue/sluice", name="Sluice", alt_names=("upper sluice",)),
            IssueRecorded(id="issue/upper", name="The upper sluice"),
        ]
    )
    assert set(_pairs(_asked(log))) == {("issue/sluice", "issue/upper")}


def test_sources_share_an_address_or_a_text(log: SqliteLog, recorder: Recorder) -> None:
    recorder.record(
        [
            _source("a", url="https://www.example.org/Page/"),
            _source("b", url="http://example.org/Page#top"),
            _source("c", sha256="a" * 64),
            _source("d", url="https://example.org/page"),
        ]
    )
    question = Question([Kind.SOURCE], 100, 9)
    assert _codes(log, "source/a", "source/b", question) == {"SAME_ADDRESS"}
    assert _codes(log, "source/a", "source/c", question) == {"SAME_TEXT"}
    assert len(_asked(log, question).proposals) == 2


# -- claims, events, statements ----------------------------------------------------------------


def test_claims_are_proposed_by_their_words_but_not_with_other_numbers(
    log: SqliteLog, recorder: Recorder
) -> None:
    recorder.record(
        [
            _claim("a", "The council of Aven closes the upper sluice."),
            _claim("b", "The council of Aven closed the upper sluice"),
            _claim("c", "The mill pays 30 percent of the harvest."),
            _claim("d", "The mill pays 50 percent of the harvest."),
        ]
    )
    assert set(_pairs(_asked(log))) == {("claim/a", "claim/b")}


def test_one_dossier_has_two_claims_on_purpose(log: SqliteLog, recorder: Recorder) -> None:
    worded = ("The rain stopped the work.", "The rain stops the work.", "Rain stopped the work.")
    names = ("aven/a", "aven/b", "bor/c")
    recorder.record([_claim(name, text) for name, text in zip(names, worded, strict=True)])
    found = _pairs(_asked(log))
    assert ("claim/aven/a", "claim/bor/c") in found
    assert ("claim/aven/a", "claim/aven/b") not in found


def test_a_passage_that_two_hands_coded_counts_for_it(log: SqliteLog, recorder: Recorder) -> None:
    recorder.record(
        [
            _source("aven"),
            _actor("a", "Ida Roth"),
            _claim("a", "The river at Aven is dead."),
            _claim("b", "The river near Aven has died."),
            _statement("aven/a", "a", "a"),
        ]
    )
    question = Question(tuple(Kind), 0, 9)
    apart = _pairs(_asked(log, question))["claim/a", "claim/b"]
    other_hand = {"id": "statement/other-hand"}
    recorder.record([_statement("aven/b", "a", "b", 40, **other_hand)])
    assert _pairs(_asked(log, question))["claim/a", "claim/b"] == pytest.approx(apart + 10, abs=0.1)
    assert "SAME_PASSAGE" in _codes(log, "statement/aven/a", "statement/other-hand", question)


def test_events_of_other_times_are_two(log: SqliteLog, recorder: Recorder) -> None:
    occurred = {"one": "2024-03", "same": "2024-03-05", "later": "2025", "undated": None}
    recorder.record(
        [
            EventRecorded.model_validate(
                {
                    "id": f"event/{name}",
                    "name": "Closing of the sluice",
                    "status": "HAPPENED",
                    "occurred": None if edtf is None else {"edtf": edtf},
                }
            )
            for name, edtf in occurred.items()
        ]
    )
    found = _pairs(_asked(log))
    assert ("event/one", "event/same") in found
    assert ("event/later", "event/one") not in found
    assert found["event/one", "event/undated"] < found["event/one", "event/same"]


def test_events_of_the_same_parties_and_time_are_proposed_whatever_they_are_called(
    log: SqliteLog, recorder: Recorder
) -> None:
    recorder.record([_actor("aven", "Aven"), _actor("bor", "Bor")])
    recorder.record([IssueRecorded(id="issue/water", name="Water")])
    for name, called in (("truce", "Truce of the towns"), ("deal", "Deal on the river")):
        event = EventRecorded.model_validate(
            {
                "id": f"event/{name}",
                "name": called,
                "status": "HAPPENED",
                "occurred": {"edtf": "2024"},
                "issues": ["issue/water"],
            }
        )
        parties = (Participant(actor="actor/aven"), Participant(actor="actor/bor"))
        recorder.record([event.model_copy(update={"participants": parties})])
    assert {"SAME_PARTICIPANTS", "SAME_TIME"} <= _codes(log, "event/deal", "event/truce")


@pytest.fixture
def two_reports(recorder: Recorder) -> Recorder:
    """Record what two documents can tell: who speaks, and of what."""
    recorder.record([_source("aven"), _source("bor"), _actor("ida", "Ida Roth")])
    recorder.record([_claim("dead", "The river is dead."), _claim("rises", "The toll rises.")])
    recorder.record([_statement("aven/one", "ida", "dead", said={"edtf": "2024-03"})])
    return recorder


def _is_proposed(log: SqliteLog) -> bool:
    return ("statement/aven/one", "statement/bor/one") in _pairs(_asked(log))


@pytest.mark.parametrize(
    ("more", "proposed"),
    [
        ({}, True),
        ({"said": {"edtf": "2024-03-05"}}, True),
        ({"said": {"edtf": "2024-05"}}, False),
        ({"polarity": "DENIES"}, False),
        ({"force": "WARNS"}, True),
        ({"claim": "rises"}, False),
    ],
)
def test_two_documents_may_report_one_act(
    log: SqliteLog, two_reports: Recorder, more: dict[str, Any], proposed: bool
) -> None:
    two_reports.record([_statement("bor/one", "ida", **{"claim": "dead", **more})])
    assert _is_proposed(log) is proposed


def test_speakers_and_claims_that_were_merged_or_linked_are_as_good(
    log: SqliteLog, two_reports: Recorder
) -> None:
    two_reports.record(
        [
            _actor("roth", "The head of the guild"),
            _claim("died", "Nothing lives in the water of Aven any more."),
            _statement("bor/one", "roth", "died"),
        ]
    )
    assert not _is_proposed(log)
    two_reports.record([_judged("SAME_AS", "actor/ida", "actor/roth")])
    assert not _is_proposed(log)
    ends = {"from": "claim/died", "to": "claim/dead"}
    restates = LinkRecorded.model_validate(
        {"id": "link/one", "type": "RESTATES", "because": "so", **ends}
    )
    two_reports.record([restates])
    assert _is_proposed(log)
    assert {"SAME_SPEAKER", "LINKED_CLAIMS"} <= _codes(
        log, "statement/aven/one", "statement/bor/one"
    )


def test_what_a_document_says_itself_is_its_own_act(log: SqliteLog, two_reports: Recorder) -> None:
    two_reports.record([_actor("gazette", "Gazette")])
    published = {"publisher": "actor/gazette"}
    two_reports.record([_source("cove", **published), _source("dale", **published)])
    for name in ("cove/own", "dale/own"):
        two_reports.record([_statement(name, "gazette", "dead", attribution="OWN_VOICE")])
    everything = Question(tuple(Kind), 0, 99)
    assert not _codes(log, "statement/cove/own", "statement/dale/own", everything)


# -- judgements --------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["SAME_AS", "NOT_SAME_AS"])
def test_what_is_judged_is_not_proposed_again_until_the_judgement_is_retracted(
    log: SqliteLog, recorder: Recorder, kind: str
) -> None:
    recorder.record([_actor("a", "Aven Mill"), _actor("b", "The Aven Mill")])
    before = _pairs(_asked(log))
    assert before
    recorder.record([_judged(kind, "actor/b", "actor/a")])
    assert not _pairs(_asked(log))
    recorder.record([Retracted(id="judgement/one", reason="too soon")])
    assert _pairs(_asked(log)) == before
    recorder.record([Reinstated(id="judgement/one", reason="it was right")])
    assert not _pairs(_asked(log))


def test_of_what_is_merged_one_pair_stands_for_all(log: SqliteLog, recorder: Recorder) -> None:
    recorder.record([_actor(name, "Aven Mill") for name in "abc"])
    assert len(_pairs(_asked(log))) == 3
    recorder.record([_judged("SAME_AS", "actor/a", "actor/b")])
    assert set(_pairs(_asked(log))) == {("actor/a", "actor/c")}
    about = Question(tuple(Kind), 70, 9, about="actor/b")
    assert set(_pairs(_asked(log, about))) == {("actor/a", "actor/c")}
    recorder.record([_judged("NOT_SAME_AS", "actor/b", "actor/c", "two")])
    assert not _pairs(_asked(log))


def test_a_contradiction_merges_nothing_so_that_the_rest_is_still_open(
    log: SqliteLog, recorder: Recorder
) -> None:
    recorder.record([_actor(name, "Aven Mill") for name in "abcd"])
    recorder.record([_judged("SAME_AS", "actor/a", "actor/b", "ab")])
    recorder.record([_judged("SAME_AS", "actor/b", "actor/c", "bc")])
    assert set(_pairs(_asked(log))) == {("actor/a", "actor/d")}
    recorder.record([_judged("SAME_AS", "actor/c", "actor/d", "cd")])
    recorder.record([_judged("NOT_SAME_AS", "actor/a", "actor/d", "ad")])
    assert set(_pairs(_asked(log))) == {("actor/a", "actor/c"), ("actor/b", "actor/d")}


def test_what_is_retracted_is_not_compared(log: SqliteLog, recorder: Recorder) -> None:
    recorder.record([_actor("a", "Aven Mill"), _actor("b", "The Aven Mill")])
    recorder.record([Retracted(id="actor/b", reason="recorded twice")])
    assert not _pairs(_asked(log))


_NAMES = st.sampled_from(
    ["Aven Mill", "the Aven Mill", "Mill of Aven", "Aven mills", "Bor", "Bor Council", "Bohr"]
)
_ENDS = st.integers(0, 7)
_JUDGED = st.lists(st.tuples(_ENDS, _ENDS, st.sampled_from(IdentityType)), max_size=8)


@st.composite
def _records(draw: st.DrawFn) -> tuple[list[AnyEntry], list[AnyEntry]]:
    """Make things with names alike, and judgements of some of them."""
    things: list[AnyEntry] = []
    for place, name in enumerate(draw(st.lists(_NAMES, min_size=8, max_size=8))):
        folder = draw(st.sampled_from(["", "aven/", "bor/"]))
        identifier = f"{folder}{place}"
        is_actor = place < 5
        things.append(_actor(identifier, name) if is_actor else _claim(identifier, name))
    judgements: list[AnyEntry] = []
    for place, (one, other, kind) in enumerate(draw(_JUDGED)):
        ends = things[one].id, things[other].id
        if one != other and len({end.partition("/")[0] for end in ends}) == 1:
            judgements.append(_judged(kind.value, *ends, f"j{place}"))
    return things, judgements


@settings(max_examples=40, deadline=None)
@given(_records(), st.randoms(use_true_random=False))
def test_proposals_hang_neither_on_the_order_of_recording_nor_on_that_of_the_two(
    made: tuple[list[AnyEntry], list[AnyEntry]], chance: Any
) -> None:
    things, judgements = made
    others = things[:]
    chance.shuffle(others)
    turned = [
        one.model_copy(update={"from_": one.to, "to": one.from_})
        for one in judgements
        if isinstance(one, IdentityJudged)
    ][::-1]
    with TemporaryDirectory() as first, TemporaryDirectory() as second:
        log = _kept(first, [*things, *judgements])
        other = _kept(second, [*others, *turned])
        answer = _asked(log)
        assert answer.proposals == _asked(other).proposals
        _check_weighed_alike_either_way(log)
        _check_nothing_judged(answer, judgements)
        _check_all_open_again(log, judgements, things)
        log.close()
        other.close()


def _kept(folder: str, entries: Sequence[AnyEntry]) -> SqliteLog:
    log = SqliteLog(Path(folder) / "log.sqlite3")
    Recorder(log, "tester").record(entries)
    return log


def _check_weighed_alike_either_way(log: SqliteLog) -> None:
    record = read(log, tuple(Kind), _silent)
    weigher = Weigher(record)
    for things in (record.actors, record.claims):
        for one in things.values():
            for other in things.values():
                if one.id != other.id:
                    assert weigher.weigh(one, other) == weigher.weigh(other, one)


def _check_nothing_judged(answer: Answer, judgements: Sequence[AnyEntry]) -> None:
    judged = {pair(one.from_, one.to) for one in judgements if isinstance(one, IdentityJudged)}
    known = answer.record.known
    for one, other in _pairs(answer):
        assert one < other
        assert (one, other) not in judged
        assert not known.same(one, other)


def _check_all_open_again(
    log: SqliteLog, judgements: Sequence[AnyEntry], things: Sequence[AnyEntry]
) -> None:
    """Hold that without judgements the answer is that of a log that never had any."""
    for one in judgements:
        Recorder(log, "tester").record([Retracted(id=one.id, reason="undone")])
    with TemporaryDirectory() as folder:
        plain = _kept(folder, things)
        assert _asked(log).proposals == _asked(plain).proposals
        plain.close()


# -- the how-to --------------------------------------------------------------------------------


def test_what_the_how_to_tells_works_as_it_stands_there(tmp_path: Path, seeded: Program) -> None:
    own = Program(tmp_path / "data")
    export, file = tmp_path / "log.jsonl", tmp_path / "identity.yaml"
    seeded.ok("log", "export", str(export))
    own.ok("log", "import", str(export))
    lines = re.findall(r"^    onrecord (.*)$", HOW_TO.read_text("utf-8"), re.MULTILINE)
    for line in lines:
        arguments = [str(file) if one == file.name else one for one in shlex.split(line)]
        if ">" in arguments:
            file.write_text(own.ok(*arguments[: arguments.index(">")]), "utf-8")
        elif arguments[0] == "record":
            assert own.run(*arguments).code == 2
            file.write_text(file.read_text("utf-8").replace("type:", "type: NOT_SAME_AS"), "utf-8")
            assert "recorded" in own.ok(*arguments)
        else:
            own.ok(*arguments)
    assert {line.split()[0] for line in lines} == {"candidates", "judge", "record", "retract"}
    assert AUTOMAKERS in _proposed(own)


# -- texts and blocks --------------------------------------------------------------------------


@given(st.text(), st.text())
@example("000", "00ก")
def test_likeness_is_the_same_either_way_and_stays_in_its_bounds(one: str, other: str) -> None:
    first, second = comparable(one), comparable(other)
    assert likeness(first, second) == likeness(second, first)
    assert -20 <= likeness(first, second) <= 100


def test_words_of_scripts_without_spaces_are_pairs_of_signs() -> None:
    assert words("東京電力 mill") == ["東京", "京電", "電力", "mill"]


def test_a_block_that_is_too_large_is_cut_by_what_its_things_share_besides() -> None:
    keys = [["common", f"pair-{place // 2}", f"half-{place % 2}"] for place in range(400)]
    found = {
        (one, other)
        for block in blocks(keys, 30)
        for one in block
        for other in block
        if one < other
    }
    assert {(place, place + 1) for place in range(0, 400, 2)} <= found
    assert (0, 399) not in found
    assert len(found) < 400 * 30


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        ("march", "marsh", True),
        ("roth", "rothe", False),
        ("guild", "gild", False),
        ("mills", "millers", False),
        ("zelensky", "zelenskyy", True),
    ],
)
def test_long_words_find_those_that_lack_a_letter_or_have_another(
    one: str, other: str, near: bool
) -> None:
    first, second = with_misspelled([[one], [other]])
    assert bool(set(first) & set(second)) is near
