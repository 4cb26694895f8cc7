"""Entries of the vocabulary put on record: what they refer to is checked by the log."""

import asyncio

import pytest

from eventlog import Appended, Log
from eventlog.errors import Cycle, LogClosed, RevisionConflict, UnknownReference
from eventlog.recorder import Recorder
from eventlog.writer import Writer
from schema.dates import UncertainDate
from schema.entries import (
    ActorRecorded,
    AnyEntry,
    Attribution,
    LinkRecorded,
    SourceRecorded,
    StatementRecorded,
    decode,
)
from schema.errors import InvalidInput
from schema.values import Passage
from tests.eventlog.test_writer import Door, until


def organisation(name: str, *wholes: str) -> ActorRecorded:
    return ActorRecorded.model_validate(
        {
            "id": f"actor/{name}",
            "name": name,
            "kind": "ORGANISATION",
            "partOf": [f"actor/{whole}" for whole in wholes],
        }
    )


ARTICLE = SourceRecorded(id="source/article", name="An article", sha256="0" * 64, length=100)


def declined(start: int, end: int) -> StatementRecorded:
    return StatementRecorded(
        id="statement/article/declined",
        speaker="actor/ministry",
        attribution=Attribution.DECLINED_TO_COMMENT,
        passages=(Passage(source="source/article", start=start, end=end, sha256="1" * 64),),
    )


@pytest.fixture
def recorder(log: Log) -> Recorder:
    return Recorder(log, "ann")


def test_entries_come_back_as_they_were_recorded(log: Log, recorder: Recorder) -> None:
    entries: list[AnyEntry] = [
        organisation("state"),
        organisation("ministry", "state"),
        ARTICLE,
        declined(0, 10),
    ]
    outcome = recorder.record(entries)
    assert (outcome.first, outcome.last) == (1, 4)
    read = log.read()
    assert [decode(one.header.kind, one.header.version, one.payload) for one in read] == entries
    assert {one.header.recorded_by for one in read} == {"ann"}


def test_recording_the_same_again_changes_nothing(recorder: Recorder) -> None:
    recorder.record([ARTICLE])
    assert recorder.record([ARTICLE]) == Appended(0, 0, {}, ("source/article",))


def test_what_is_not_on_record_is_named_with_its_field(recorder: Recorder) -> None:
    with pytest.raises(UnknownReference) as refusal:
        recorder.record([declined(0, 10)])
    named = {(one.subject, one.target) for one in refusal.value.dangling}
    assert named == {
        ("statement/article/declined", "actor/ministry"),
        ("statement/article/declined", "source/article"),
    }


def test_an_actor_and_a_link_close_no_cycle_together(log: Log, recorder: Recorder) -> None:
    recorder.record([organisation("state"), organisation("ministry", "state")])
    link = LinkRecorded.model_validate(
        {
            "id": "link/back",
            "type": "PART_OF",
            "from": "actor/state",
            "to": "actor/ministry",
            "because": "to try it",
        }
    )
    with pytest.raises(Cycle) as refusal:
        recorder.record([link])
    assert set(refusal.value.ids) == {"actor/state", "actor/ministry"}
    assert log.head().position == 2


def test_rules_look_at_what_is_on_record(log: Log, recorder: Recorder) -> None:
    recorder.record([organisation("ministry"), ARTICLE])
    with pytest.raises(InvalidInput, match="source/article has only 100 characters"):
        recorder.record([declined(90, 110)])
    assert log.head().position == 2


async def test_many_record_at_once_behind_a_writer(log: Log) -> None:
    with Writer(log) as writer:
        recorder = Recorder(log, "ann", writer)
        outcomes = await asyncio.gather(
            *(recorder.record_async([organisation(f"o{number}")]) for number in range(40))
        )
        assert recorder.record([ARTICLE]).first == 41
        with pytest.raises(InvalidInput, match="source/article has only 100 characters"):
            await recorder.record_async([declined(90, 110)])
        with pytest.raises(UnknownReference):
            await recorder.record_async([declined(0, 10)])
    assert sorted(one.first for one in outcomes) == list(range(1, 41))
    with pytest.raises(LogClosed):
        await recorder.record_async([organisation("late")])


async def test_who_waits_for_the_writer_holds_no_thread(log: Log) -> None:
    door = Door(log)
    with Writer(door) as writer:
        recorder = Recorder(log, "ann", writer)
        recording = [
            asyncio.create_task(recorder.record_async([organisation(f"o{number}")]))
            for number in range(100)  # more than there are threads to wait in
        ]
        await until(lambda: sum(door.groups) + writer.waiting == 100)
        async with asyncio.timeout(10):
            assert (await asyncio.to_thread(log.head)).position == 0
        door.open.set()
        await asyncio.gather(*recording)
    assert log.head().position == 100
    assert len(door.groups) <= 2


async def test_a_task_records_without_a_writer_as_well(log: Log) -> None:
    assert (await Recorder(log, "ann").record_async([ARTICLE])).first == 1
    with pytest.raises(UnknownReference):
        await Recorder(log, "ann").record_async([declined(0, 10)])


def test_a_key_a_revision_and_a_trial_reach_the_log(log: Log, recorder: Recorder) -> None:
    assert recorder.record([ARTICLE], dry_run=True).first == 1
    assert log.head().position == 0
    recorder.record([ARTICLE], idempotency_key="k")
    assert recorder.record([ARTICLE], idempotency_key="k").repeated
    with pytest.raises(RevisionConflict):
        recorder.record([organisation("x")], expected_revisions={"source/article": 7})


@pytest.mark.parametrize(("published", "told"), [("9000-05", True), ("2019-03/9000", False)])
def test_a_source_was_published_before_it_is_recorded(
    recorder: Recorder, published: str, told: bool
) -> None:
    source = ARTICLE.model_copy(update={"published": UncertainDate(edtf=published)})
    if not told:
        assert recorder.record([source]).last == 1
        return
    with pytest.raises(InvalidInput) as refused:
        recorder.record([source])
    assert str(refused.value) == (
        "source/article.published: 9000-05 is still to come: nobody has read it yet"
    )
