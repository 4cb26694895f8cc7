"""Corrections of the vocabulary: what a recorder makes of them, and whom it lets through."""

from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from eventlog import Appended, Log, NewEntry, Subject
from eventlog.contents import things
from eventlog.errors import (
    AlreadyRecorded,
    Cycle,
    IdempotencyConflict,
    IsRetracted,
    NotOnRecord,
    Outdated,
    RevisionConflict,
    StillInUse,
    UnknownReference,
    Unreadable,
)
from eventlog.reading import read_entry
from eventlog.recorder import Recorder, new_entry
from eventlog.writer import Writer
from schema.entries import (
    ActorRecorded,
    Amended,
    AnyEntry,
    ClaimRecorded,
    IdentityJudged,
    IssueRecorded,
    LinkRecorded,
    Reinstated,
    Retracted,
    SourceRecorded,
    StatementRecorded,
)
from schema.errors import InvalidInput
from tests.eventlog.amender import ACTOR, add_alias
from tests.eventlog.conftest import Place, opened
from tests.eventlog.programs import started_at_once


def actor(short: str, /, **fields: object) -> ActorRecorded:
    given = {"id": f"actor/{short}", "name": short, "kind": "PERSON", **fields}
    return ActorRecorded.model_validate(given)


def source(**fields: object) -> SourceRecorded:
    given = {"id": "source/paper", "name": "Paper", "sha256": "0" * 64, "length": 100, **fields}
    return SourceRecorded.model_validate(given)


def statement(name: str, /, **fields: object) -> StatementRecorded:
    passage = {"source": "source/paper", "start": 0, "end": 50, "sha256": "1" * 64}
    given = {
        "id": f"statement/paper/{name}",
        "speaker": "actor/ann",
        "attribution": "PARAPHRASE",
        "polarity": "ASSERTS",
        "claim": "claim/rain",
        "passages": [passage],
        **fields,
    }
    return StatementRecorded.model_validate(given)


def amended(target: str, /, **fields: object) -> Amended:
    return Amended(id=target, fields=fields, reason="a slip")


def retracted(name: str) -> Retracted:
    return Retracted(id=name, reason="never said")


def reinstated(name: str) -> Reinstated:
    return Reinstated(id=name, reason="said after all")


def judged(name: str, begin: str, end: str) -> IdentityJudged:
    given = {"id": f"judgement/{name}", "type": "SAME_AS", "from": begin, "to": end}
    return IdentityJudged.model_validate({**given, "because": "they look alike"})


RAIN = ClaimRecorded(id="claim/rain", text="It rains.")
SNOW = ClaimRecorded(id="claim/snow", text="It snows.")
BEGUN: Sequence[AnyEntry] = (actor("ann"), actor("bob"), source(), RAIN, SNOW, statement("one"))


@pytest.fixture
def recorder(log: Log) -> Recorder:
    """Return who records, in a log with a statement and what it needs."""
    Recorder(log, "ann").record(BEGUN)
    return Recorder(log, "ann")


def says(log: Log, name: str) -> AnyEntry:
    return things(log, [name])[name].read()


# -- amending ----------------------------------------------------------------------------------


def test_an_amendment_names_only_what_it_replaces(log: Log, recorder: Recorder) -> None:
    recorder.record([amended("actor/ann", aliases=["Annie"])])
    recorder.record([amended("actor/ann", name="Ann Smith", kind="GROUP")])
    recorder.record([amended("actor/ann", aliases=None)])
    assert says(log, "actor/ann") == actor("ann", name="Ann Smith", kind="GROUP")
    assert things(log, ["actor/ann"])["actor/ann"].positions == (1, 7, 8, 9)


def test_values_are_written_as_the_kind_writes_them(log: Log, recorder: Recorder) -> None:
    date = {"edtf": "2025-06", "basis": "STATED", "because": None}
    recorder.record([amended("source/paper", published=date, authors=[], kind="ARTICLE")])
    assert read_entry(log.read(after=6)[0]) == amended(
        "source/paper", published={"edtf": "2025-06"}, authors=None, kind=None
    )


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"nmae": "Ann"}, "actor/ann.fields.nmae: is not a field of this; did you mean 'name' or "),
        ({"kind": "CAT"}, "actor/ann.fields.kind: 'CAT' is none of 'PERSON', 'ORGANISATION', "),
        ({"name": None}, "actor/ann.fields.name: is missing"),
        ({"name": " Ann"}, "actor/ann.fields.name: has white space at its ends"),
        ({"named": False}, "actor/ann: an unnamed actor needs scopedTo"),
    ],
)
def test_an_amendment_that_does_not_fit_is_told_with_its_field(
    recorder: Recorder, fields: dict[str, object], told: str
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        recorder.record([amended("actor/ann", **fields)])
    assert str(refusal.value).startswith(told)


def test_every_amendment_that_does_not_fit_is_told_at_once(recorder: Recorder) -> None:
    with pytest.raises(InvalidInput) as refusal:
        recorder.record([amended("actor/ann", name=1), amended("source/paper", length="x")])
    assert [fault.path for fault in refusal.value.faults] == [
        ("actor/ann", "fields", "name"),
        ("source/paper", "fields", "length"),
    ]


def test_an_amendment_that_changes_nothing_is_left_out(recorder: Recorder) -> None:
    assert recorder.record([amended("actor/ann", name="ann", aliases=[])]).unchanged == (
        "actor/ann",
    )
    with pytest.raises(NotOnRecord, match="not on record: actor/nobody"):
        recorder.record([amended("actor/nobody", name="x")])


def test_an_amendment_moves_references(log: Log, recorder: Recorder) -> None:
    recorder.record([amended("statement/paper/one", claim="claim/snow")])
    recorder.record([retracted("claim/rain")])
    with pytest.raises(UnknownReference, match="retracted: claim/rain"):
        recorder.record([amended("statement/paper/one", claim="claim/rain")])
    with pytest.raises(StillInUse, match="claim/snow cannot be retracted while in use by stateme"):
        recorder.record([retracted("claim/snow")])
    assert log.dependants(["claim/rain", "claim/snow"]) == {"claim/snow": ["statement/paper/one"]}


def test_an_amendment_closes_no_cycle_with_what_links_say(recorder: Recorder) -> None:
    link = {"id": "link/one", "type": "PART_OF", "from": "actor/ann", "to": "actor/bob"}
    recorder.record([LinkRecorded.model_validate({**link, "because": "a tie"})])
    with pytest.raises(Cycle):
        recorder.record([amended("actor/bob", partOf=["actor/ann"])])
    turned = amended("link/one", **{"from": "actor/bob", "to": "actor/ann"})
    recorder.record([turned])
    with pytest.raises(Cycle):
        recorder.record([amended("actor/ann", partOf=["actor/bob"])])
    recorder.record([amended("actor/bob", partOf=["actor/ann"])])


# -- rules -------------------------------------------------------------------------------------


def test_what_is_amended_is_held_against_what_depends_on_it(log: Log, recorder: Recorder) -> None:
    with pytest.raises(InvalidInput) as refusal:
        recorder.record([amended("source/paper", length=40)])
    assert str(refusal.value) == (
        "statement/paper/one.passages.0: ends at 50, but source/paper has only 40 characters"
    )
    passage = {"source": "source/paper", "start": 0, "end": 30, "sha256": "1" * 64}
    shorter = amended("statement/paper/one", passages=[passage])
    recorder.record([amended("source/paper", length=40), shorter])
    recorder.record([retracted("statement/paper/one")])
    recorder.record([amended("source/paper", length=20)])
    with pytest.raises(InvalidInput, match="ends at 30, but source/paper has only 20 characters"):
        recorder.record([reinstated("statement/paper/one")])


def test_an_issue_keeps_the_question_that_stances_answer(recorder: Recorder) -> None:
    issue = IssueRecorded(id="issue/rain", name="Rain", question="Does it rain?")
    stance = [{"issue": "issue/rain", "stance": "SUPPORTS"}]
    recorder.record([issue, statement("two", stances=stance)])
    with pytest.raises(InvalidInput, match="issue/rain has no yes/no question"):
        recorder.record([amended("issue/rain", question=None)])
    recorder.record([amended("issue/rain", question="Will it rain?", name="The rain")])


def meanwhile(log: Log, monkeypatch: pytest.MonkeyPatch, *happenings: Sequence[AnyEntry]) -> None:
    """Let others record something, once each, just before the next appends reach the log."""
    append, waiting = type(log).append, list(happenings)

    def late(self: Log, *args: Sequence[NewEntry], **named: object) -> Appended:
        if waiting:
            entries = waiting.pop(0)
            with monkeypatch.context() as patch:
                patch.setattr(type(log), "append", append)
                Recorder(log, "somebody else").record(entries)
        return append(self, *args, **named)  # type: ignore[arg-type]  # handed on as it is

    monkeypatch.setattr(type(log), "append", late)


def test_two_amendments_of_different_fields_both_land(
    log: Log, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    meanwhile(log, monkeypatch, [amended("actor/ann", name="Annie")])
    assert recorder.record([amended("actor/ann", kind="GROUP")]).positions == {"actor/ann": 8}
    assert says(log, "actor/ann") == actor("ann", name="Annie", kind="GROUP")


def test_an_amendment_that_others_outrun_again_and_again_gives_up(
    log: Log, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    meanwhile(log, monkeypatch, *([amended("actor/ann", name=f"{n}")] for n in range(20)))
    with pytest.raises(Outdated, match="actor/ann, or what depends on it, was changed"):
        recorder.record([amended("actor/ann", kind="GROUP")])


ONE, LATE = statement("one"), statement("late", speaker="actor/bob")
SHORT = amended("source/paper", length=40)
OFF, ON = retracted(ONE.id), reinstated(ONE.id)


@pytest.mark.parametrize(
    ("before", "first", "then"),
    [
        ([OFF], [SHORT], [LATE]),
        ([OFF], [LATE], [SHORT]),
        ([OFF], [SHORT], [ON]),
        ([OFF], [ON], [SHORT]),
        ([], [LATE], [OFF, SHORT]),
    ],
)
def test_rules_hold_whoever_comes_first(
    recorder: Recorder,
    log: Log,
    monkeypatch: pytest.MonkeyPatch,
    before: Sequence[AnyEntry],
    first: Sequence[AnyEntry],
    then: Sequence[AnyEntry],
) -> None:
    """Each alone would be fine; the later one has to see what came in between."""
    if before:
        recorder.record(before)
    recorder.record(then, dry_run=True)
    meanwhile(log, monkeypatch, first)
    with pytest.raises(InvalidInput, match="ends at 50, but source/paper has only 40 characters"):
        recorder.record(then)


def test_what_was_read_in_two_states_of_the_record_is_read_again(
    log: Log, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The statement is read before a correction of both, and its source after it."""
    passage = {"source": "source/paper", "start": 0, "end": 30, "sha256": "1" * 64}
    both = [SHORT, amended(ONE.id, passages=[passage])]
    subjects, reads = type(log).subjects, [0]

    def late(self: Log, ids: Collection[str]) -> dict[str, Subject]:
        reads.append(1)
        if len(reads) == 3:
            Recorder(self, "somebody else").record(both)
        return subjects(self, ids)

    monkeypatch.setattr(type(log), "subjects", late)
    assert recorder.record([amended(ONE.id, venue="a bar")]).positions == {ONE.id: 9}
    assert says(log, ONE.id) == statement("one", passages=[passage], venue="a bar")


def test_what_came_on_record_meanwhile_is_looked_at(
    log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorder = Recorder(log, "ann")
    recorder.record([actor("ann"), RAIN])
    meanwhile(log, monkeypatch, [source(length=40)])
    with pytest.raises(InvalidInput, match="ends at 50, but source/paper has only 40 characters"):
        recorder.record([statement("one")])


def test_what_came_on_record_meanwhile_is_amended_as_its_kind(
    log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    meanwhile(log, monkeypatch, [actor("ann")])
    with pytest.raises(InvalidInput, match=r"actor/ann\.fields\.nmae: is not a field of this"):
        Recorder(log, "ann").record([amended("actor/ann", nmae="x")])


def test_many_threads_and_programs_amend_one_thing_and_none_is_lost(
    new_place: Callable[[], Place],
) -> None:
    place = new_place()
    with closing(opened(place)) as log, ThreadPoolExecutor(4) as pool:
        Recorder(log, "ann").record([actor("raced")])
        programs = started_at_once(
            "tests.eventlog.amender", [(str(place), f"p{number}", "5") for number in range(2)]
        )
        threads = [f"t{number}" for number in range(20)]
        list(pool.map(lambda alias: add_alias(log, "ann", alias), threads))
        outputs = [program.communicate(timeout=60) for program in programs]
        assert [program.returncode for program in programs] == [0, 0], outputs
        wanted = {*threads, *(f"p{which} {number}" for which in range(2) for number in range(5))}
        raced = says(log, ACTOR)
        assert isinstance(raced, ActorRecorded)
        assert set(raced.aliases) == wanted
        assert len(log.positions([ACTOR])[ACTOR]) == 31


# -- retracting, judging -----------------------------------------------------------------------


def test_a_cascade_says_from_what_each_thing_was_retracted(log: Log, recorder: Recorder) -> None:
    outcome = recorder.record([retracted("actor/ann")], cascade=True)
    assert outcome.positions == {"actor/ann": 7, "statement/paper/one": 8}
    assert read_entry(log.read(after=7)[0]) == Retracted(
        id="statement/paper/one", reason="never said", cascaded_from="actor/ann"
    )
    assert not things(log, ["actor/ann"])["actor/ann"].live


def test_a_link_and_a_judgement_depend_on_their_ends(log: Log, recorder: Recorder) -> None:
    link = {"id": "link/one", "type": "SUPPORTS", "from": "claim/snow", "to": "claim/rain"}
    linked = LinkRecorded.model_validate({**link, "because": "so it is"})
    recorder.record([linked, judged("one", "claim/snow", "claim/rain")])
    for claim in ("claim/snow", "claim/rain"):
        with pytest.raises(StillInUse, match="judgement/one, link/one"):
            recorder.record([retracted(claim)])
    assert set(recorder.record([retracted("claim/snow")], cascade=True).positions) == {
        "claim/snow",
        "judgement/one",
        "link/one",
    }
    with pytest.raises(UnknownReference, match=r"retracted: claim/snow \(from of judgement/one\)"):
        recorder.record([reinstated("judgement/one")])
    recorder.record([reinstated("judgement/one"), reinstated("claim/snow")])
    assert log.dependants(["claim/snow"]) == {"claim/snow": ["judgement/one"]}


def test_what_is_unchanged_is_not_taken_along_by_a_cascade_of_its_append(
    recorder: Recorder,
) -> None:
    with pytest.raises(UnknownReference, match="retracted: claim/rain"):
        recorder.record([retracted("claim/rain"), statement("one")], cascade=True)


def test_recording_again_what_was_amended_or_retracted(recorder: Recorder) -> None:
    recorder.record([amended("actor/bob", name="Bobby")])
    assert recorder.record([actor("bob", name="Bobby")]).unchanged == ("actor/bob",)
    with pytest.raises(AlreadyRecorded, match="on record with other content: actor/bob"):
        recorder.record([actor("bob")])
    recorder.record([amended("actor/bob", name="bob")])
    assert recorder.record([actor("bob")]).unchanged == ("actor/bob",)
    recorder.record([retracted("actor/bob")])
    with pytest.raises(IsRetracted, match="only a reinstatement gives it back: actor/bob"):
        recorder.record([actor("bob")])
    recorder.record([reinstated("actor/bob")])
    assert recorder.record([actor("bob")]).unchanged == ("actor/bob",)


# -- keys, revisions, trials -------------------------------------------------------------------


def test_a_repeated_request_has_its_first_outcome_though_it_would_be_refused_now(
    recorder: Recorder,
) -> None:
    named = amended("actor/ann", named=True, scopedTo=None, aliases=[], name="Ann")
    first = recorder.record([named], idempotency_key="k")
    recorder.record([amended("actor/ann", named=False, scopedTo="source/paper")])
    alias = amended("actor/bob", scopedTo=None)
    recorder.record([alias, amended("actor/ann", name="Annie")], idempotency_key="other")
    again = recorder.record([named], idempotency_key="k")
    assert again == first._replace(repeated=True)
    with pytest.raises(IdempotencyConflict):
        recorder.record([amended("actor/ann", named=False, scopedTo=None)], idempotency_key="k")


def test_a_repeated_amendment_that_does_not_fit_any_more_has_its_first_outcome(
    recorder: Recorder,
) -> None:
    scoped = amended("actor/bob", scopedTo="source/paper", named=False)
    recorder.record([scoped])
    moved = amended("actor/bob", scopedTo=None, named=True)
    first = recorder.record([moved], idempotency_key="k")
    shorter = amended("source/paper", length=60)
    second = recorder.record([shorter], idempotency_key="s")
    passage = {"source": "source/paper", "start": 0, "end": 90, "sha256": "1" * 64}
    recorder.record(
        [amended("source/paper", length=95), amended("statement/paper/one", passages=[passage])]
    )
    assert recorder.record([shorter], idempotency_key="s") == second._replace(repeated=True)
    assert recorder.record([moved], idempotency_key="k") == first._replace(repeated=True)
    with pytest.raises(InvalidInput, match="ends at 90"):
        recorder.record([shorter], idempotency_key="new")


def test_a_repeated_cascade_has_its_first_outcome(recorder: Recorder) -> None:
    first = recorder.record([retracted("claim/rain")], cascade=True, idempotency_key="k")
    again = recorder.record([retracted("claim/rain")], cascade=True, idempotency_key="k")
    assert again == first._replace(repeated=True)
    assert first.positions == {"claim/rain": 7, "statement/paper/one": 8}


def test_a_correction_of_another_revision_is_refused(recorder: Recorder) -> None:
    recorder.record([amended("actor/bob", name="B.")], expected_revisions={"actor/bob": 2})
    for change in (amended("actor/bob", name="C."), retracted("actor/bob")):
        with pytest.raises(RevisionConflict, match="actor/bob has revision 7"):
            recorder.record([change], expected_revisions={"actor/bob": 2})


def test_a_trial_of_a_correction_writes_nothing(log: Log, recorder: Recorder) -> None:
    tried = recorder.record([retracted("actor/ann")], cascade=True, dry_run=True)
    assert tried.positions == {"actor/ann": 7, "statement/paper/one": 8}
    assert recorder.record([amended("actor/ann", name="A")], dry_run=True).first == 7
    assert log.head().position == 6


async def test_corrections_behind_a_writer(log: Log, recorder: Recorder) -> None:
    with Writer(log) as writer:
        behind = Recorder(log, "ann", writer)
        await behind.record_async([amended("actor/ann", name="Ann")])
        with pytest.raises(StillInUse):
            await behind.record_async([retracted("actor/ann")])
        with pytest.raises(InvalidInput, match="ends at 50"):
            await behind.record_async([SHORT])
        outcome = await behind.record_async([retracted("actor/ann")], cascade=True)
        assert outcome.positions == {"actor/ann": 8, "statement/paper/one": 9}


# -- what cannot be read -----------------------------------------------------------------------


def test_what_a_newer_program_wrote_is_not_amended(log: Log, recorder: Recorder) -> None:
    newer = new_entry(actor("new"))._replace(version=2)
    log.append([newer], recorded_by="a newer program")
    with pytest.raises(Unreadable, match=r"position 7 \(actor/new\) cannot be read: no ActorRecor"):
        recorder.record([amended("actor/new", name="x")])
    recorder.record([retracted("actor/new")])
