"""Entries of several versions in one log: as they were written, and read as the present one."""

import pytest
from pydantic import BaseModel

from eventlog import Appended, Log, NewEntry
from eventlog.errors import AlreadyRecorded, Unreadable
from eventlog.reading import read_entry
from eventlog.recorder import Recorder, new_entry
from schema.canonical import canonical_bytes
from schema.entries import Attribution, SourceRecorded, StatementRecorded
from schema.values import Passage
from tests.schema.newer import decode, decode_thing, newer, older
from tests.schema.rumours import THIRD, First, Second, Third

SOURCE = SourceRecorded(id="source/article", name="An article", sha256="0" * 64, length=100)


@pytest.fixture
def upgraded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the program a newer one, which knows actors of version 2."""
    monkeypatch.setattr("eventlog.reading.decode", decode)
    monkeypatch.setattr("eventlog.contents.decode_thing", decode_thing)


# -- the log -----------------------------------------------------------------------------------


def rumour(entry: First | Second | Third) -> NewEntry:
    return NewEntry(entry.kind(), entry.VERSION, entry.id, canonical_bytes(entry))


def test_a_chain_of_several_versions_verifies_and_every_entry_is_read(log: Log) -> None:
    written: list[First | Second | Third] = [
        First(id="claim/a", words="It rains.", heard="2025-06"),
        Third(id="claim/b", text="It snows.", confirmed=True),
        Second(id="claim/c", words="It hails."),
        First(id="claim/d", words="It thaws."),
    ]
    for append in (written[:3], written[3:]):
        log.append([rumour(one) for one in append], recorded_by="programs of three versions")
    head = log.head()

    read = [THIRD.decode(one.header.kind, one.header.version, one.payload) for one in log.read()]

    assert [one.text for one in read] == ["It rains.", "It snows.", "It hails.", "It thaws."]
    assert {type(one) for one in read} == {Third}
    assert [one.header.version for one in log.read()] == [1, 3, 2, 1]
    assert [one.payload for one in log.read()] == [canonical_bytes(one) for one in written]
    assert log.verify((head.position, head.hash)).entries == 4


# -- recording by a newer program --------------------------------------------------------------


@pytest.fixture
def recorder(log: Log) -> Recorder:
    """Return who records, in a log that an older program has written to."""
    Recorder(log, "ann").record([older("xi"), SOURCE], idempotency_key="first")
    return Recorder(log, "ann")


@pytest.mark.usefixtures("upgraded")
def test_what_is_on_record_in_an_older_version_is_not_recorded_again(
    log: Log, recorder: Recorder
) -> None:
    assert recorder.record([newer("xi"), SOURCE]) == Appended(
        0, 0, {}, ("actor/xi", "source/article")
    )
    assert recorder.record([newer("xi"), newer("ann")]).positions == {"actor/ann": 3}
    assert [one.header.version for one in log.read()] == [1, 1, 2]
    assert log.verify().entries == 3


@pytest.mark.usefixtures("upgraded")
def test_a_request_that_an_older_program_answered_has_its_first_outcome(
    recorder: Recorder,
) -> None:
    again = recorder.record([newer("xi"), SOURCE], idempotency_key="first")
    assert again.repeated
    assert again.positions == {"actor/xi": 1, "source/article": 2}


@pytest.mark.usefixtures("upgraded")
def test_what_an_older_version_did_not_say_is_other_content(recorder: Recorder) -> None:
    with pytest.raises(AlreadyRecorded, match="on record with other content: actor/xi"):
        recorder.record([newer("xi", said="shee")])


@pytest.mark.usefixtures("upgraded")
def test_an_older_entry_is_read_as_one_of_the_present_version(log: Log, recorder: Recorder) -> None:
    read: BaseModel = read_entry(log.read()[0])
    assert read == newer("xi")


# -- recording by an older program -------------------------------------------------------------


def declined(speaker: str) -> StatementRecorded:
    return StatementRecorded(
        id="statement/article/declined",
        speaker=speaker,
        attribution=Attribution.DECLINED_TO_COMMENT,
        passages=(Passage(source="source/article", start=0, end=9, sha256="1" * 64),),
    )


def test_rules_that_need_an_entry_of_a_newer_program_stop_with_its_position(
    log: Log, recorder: Recorder
) -> None:
    log.append([new_entry(newer("new"))], recorded_by="a newer program")
    with pytest.raises(Unreadable) as told:
        recorder.record([declined("actor/new")])
    assert told.value.position == 3
    assert str(told.value) == (
        "position 3 (actor/new) cannot be read: no ActorRecorded of version 2 is known to this "
        "program, which knows it up to version 1: use the newer program that wrote it"
    )
    assert log.head().position == 3
    assert recorder.record([declined("actor/xi")]).last == 4


def test_rules_that_need_an_entry_that_is_none_stop_with_its_position(
    log: Log, recorder: Recorder
) -> None:
    log.append([NewEntry("ActorRecorded", 1, "actor/bad", b"{}")], recorded_by="a defect")
    with pytest.raises(Unreadable, match=r"position 3 \(actor/bad\) cannot be read: id: is miss"):
        recorder.record([declined("actor/bad")])
