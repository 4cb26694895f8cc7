"""A log held against a plain model of the record, over histories of the vocabulary."""

import io
from collections.abc import Callable, Sequence
from contextlib import closing

from hypothesis import given, settings
from hypothesis import strategies as st

from eventlog import Log, Subject
from eventlog.contents import Thing, edges, restored, thing_of
from eventlog.entries import Entry
from eventlog.postgres import PostgresLog
from eventlog.reading import read_entry
from eventlog.recorder import Recorder
from eventlog.sqlite import SqliteLog
from eventlog.transfer import Export, export_log, import_log
from schema.canonical import canonical_bytes
from schema.entries import Amended, AnyEntry
from schema.identifiers import kind_of
from tests.eventlog.conftest import Place, opened
from tests.schema.histories import EMPTY, OnRecord, histories


def holds_what_is_on_record(log: Log, record: OnRecord) -> None:
    """Hold everything that a log tells of things against a model."""
    subjects = log.subjects(record.things.keys())
    assert {name for name, one in subjects.items() if one.live} == record.live
    assert subjects.keys() == record.things.keys()
    users = {name: sorted(record.users(name)) for name in record.things}
    found = {
        name: sorted(set(of_one) - {name})
        for name, of_one in log.dependants(record.things.keys()).items()
    }
    assert {name: of for name, of in found.items() if of} == {
        name: of for name, of in users.items() if of
    }
    positions = log.positions(record.things.keys())
    for name, said in record.things.items():
        entries = log.read_positions(positions[name])
        thing = thing_of([entries[position] for position in positions[name]])
        assert (thing.read(), thing.live) == (said, name in record.live)
        assert thing.revision == subjects[name].revision


def recorded(log: Log, history: Sequence[Sequence[AnyEntry]]) -> OnRecord:
    """Record a history, and return the record that it leads to."""
    recorder, record, position = Recorder(log, "ann"), EMPTY, 0
    for append in history:
        outcome = recorder.record(append)
        assert (outcome.first, outcome.last) == (position + 1, position + len(append))
        position, record = outcome.last, record.after(append)
        assert not record.faults()
    return record


FEW = settings(max_examples=20, deadline=None)


def test_a_history_is_recorded_and_told_again(new_place: Callable[[], Place]) -> None:
    @given(histories())
    @FEW
    def told_again(history: list[list[AnyEntry]]) -> None:
        with closing(opened(new_place())) as log:
            record = recorded(log, history)
            holds_what_is_on_record(log, record)
            read = [canonical_bytes(read_entry(entry)) for entry in log.read()]
            assert read == [canonical_bytes(entry) for append in history for entry in append]
            assert log.verify().entries == len(read)

    told_again()


def test_an_import_that_was_interrupted_leads_to_the_same_record(
    new_place: Callable[[], Place],
) -> None:
    @given(histories(), st.data())
    @FEW
    def moves(history: list[list[AnyEntry]], data: st.DataObject) -> None:
        done = data.draw(st.integers(0, len(history)))
        with closing(opened(new_place())) as log:
            record = recorded(log, history)
            export = io.BytesIO()
            export_log(log, export.write)
            export.seek(0)
            with closing(made(new_place(), log.log_id)) as moved:
                for append in history[:done]:
                    entries = log.read(moved.head().position, len(append))
                    moved.restore(restored(moved, entries))
                import_log(moved, Export(export), lambda entries: restored(moved, entries))
                assert list(moved.entries()) == list(log.entries())
                holds_what_is_on_record(moved, record)

    moves()


def made(place: Place, log_id: str) -> Log:
    """Make the log of an id."""
    if isinstance(place, str):
        return PostgresLog(place, log_id=log_id)
    return SqliteLog(place, log_id=log_id)


def test_what_stands_beside_the_entries_is_what_follows_from_them(
    new_place: Callable[[], Place],
) -> None:
    """Things, revisions and edges could be built again from the entries alone."""

    @given(histories())
    @FEW
    def follows(history: list[list[AnyEntry]]) -> None:
        with closing(opened(new_place())) as log:
            recorded(log, history)
            about: dict[str, list[Entry]] = {}
            for entry in log.entries():
                about.setdefault(entry.header.subject, []).append(entry)
            things = {name: thing_of(entries) for name, entries in about.items()}
            assert log.subjects(about) == {
                name: _subject(one, about[name]) for name, one in things.items()
            }
            assert log.positions(about) == {
                name: list(one.positions) for name, one in things.items()
            }
            found = log.dependants(about)
            assert {(target, user) for target, users in found.items() for user in users} == {
                (edge.target, name)
                for name, one in things.items()
                if one.live
                for edge in edges(one.read())
            }

    follows()


def _subject(thing: Thing, entries: Sequence[Entry]) -> Subject:
    says = [one for one in entries if one is entries[0] or isinstance(read_entry(one), Amended)]
    first, content = entries[0].position, says[-1].position
    return Subject(thing.id, kind_of(thing.id), thing.revision, thing.live, first, content)
