"""What every store promises, whatever database it keeps its entries in."""

import hashlib
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise

import pytest

from eventlog import Append, Appended, Log, NewEntry, Subject
from eventlog.errors import (
    AlreadyRecorded,
    Cycle,
    Dangling,
    IdempotencyConflict,
    InvalidAppend,
    LogUnavailable,
    RevisionConflict,
    Tampered,
    UnknownReference,
)
from eventlog.planning import timestamp
from tests.eventlog.examples import START, Opener, edge, part, record, thing

# -- appending and reading ---------------------------------------------------------------------


def test_an_empty_log_ends_at_its_genesis(log: Log) -> None:
    head = log.head()
    assert (head.position, head.recorded_at, head.log_id) == (0, None, log.log_id)
    assert head.hash == log.genesis
    assert log.genesis == hashlib.sha256(b"onrecord/1" + log.log_id.encode()).hexdigest()
    assert log.read() == []


def test_positions_are_counted_from_one_without_a_gap(log: Log) -> None:
    assert log.append([thing("a"), thing("b")], recorded_by="ann") == Appended(
        1, 2, {"thing/a": 1, "thing/b": 2}
    )
    assert log.append([thing("c")], recorded_by="ann") == Appended(3, 3, {"thing/c": 3})
    assert [entry.position for entry in log.read()] == [1, 2, 3]


def test_an_entry_comes_back_as_it_was_given(log: Log) -> None:
    payload = bytes(range(256))
    given = NewEntry("ThingRecorded", 7, "thing/ä", payload)
    log.append([thing("first"), given], recorded_by="Ann 安", idempotency_key="key 1")
    entry = log.read(after=1)[0]
    header = entry.header
    assert entry.payload == payload
    assert (header.kind, header.version, header.subject) == ("ThingRecorded", 7, "thing/ä")
    assert (header.recorded_by, header.idempotency_key) == ("Ann 安", "key 1")
    assert (header.log_id, header.position) == (log.log_id, 2)
    assert (header.append_first, header.append_size) == (1, 2)
    assert log.head().hash == entry.hash_hex


def test_an_entry_knows_whether_it_ends_its_append(log: Log) -> None:
    record(log, "a", "b", "c")
    record(log, "d")
    assert [entry.ends_append for entry in log.read()] == [False, False, True, True]


def test_equal_payloads_have_salts_of_their_own(log: Log) -> None:
    record(log, "a", "b")
    first, second = log.read()
    assert len(first.salt) == len(second.salt) == 16
    assert first.salt != second.salt


def test_two_logs_have_two_ids(open_log: Opener) -> None:
    assert open_log().log_id != open_log(name="other").log_id


def test_reading_starts_after_a_position_and_stops_at_the_limit(log: Log) -> None:
    record(log, *"abcde")
    assert [entry.position for entry in log.read(after=2, limit=2)] == [3, 4]
    assert log.read(after=5) == []
    assert log.read(limit=0) == []
    assert [entry.position for entry in log.entries(after=1, up_to=3)] == [2, 3]


def test_reading_whole_appends_goes_on_to_the_end_of_one(log: Log) -> None:
    record(log, "a", "b", "c")
    record(log, "d", "e")

    def positions(after: int, limit: int) -> list[int]:
        return [one.position for one in log.read(after, limit, whole_appends=True)]

    assert positions(0, 1) == [1, 2, 3]
    assert positions(0, 3) == [1, 2, 3]
    assert positions(0, 4) == [1, 2, 3, 4, 5]
    assert positions(3, 1) == [4, 5]


def test_entries_are_read_by_their_positions(log: Log) -> None:
    record(log, "a", "b", "c")
    found = log.read_positions([3, 1, 99])
    assert {position: entry.header.subject for position, entry in found.items()} == {
        1: "thing/a",
        3: "thing/c",
    }
    assert log.read_positions([]) == {}


def test_an_append_ends_where_its_last_entry_stands(log: Log) -> None:
    assert log.append_end(0) == log.append_end(3) == 0
    record(log, "a", "b", "c")
    record(log, "d")
    assert [log.append_end(position) for position in range(7)] == [0, 3, 3, 3, 4, 4, 4]


def test_what_was_recorded_by_an_instant_ends_at_a_position(open_log: Opener) -> None:
    """However many entries there are, and however many of them were recorded at one instant."""
    minutes = iter([0, 1, 1, 1, 2, 3, 5, 5])
    log = open_log(clock=lambda: START + timedelta(minutes=next(minutes)))

    def until(minute: float) -> int:
        return log.recorded_until(timestamp(START + timedelta(minutes=minute)))

    assert until(9) == 0
    for number, size in enumerate([1, 2, 1, 3, 1, 1, 4, 1]):
        record(log, *(f"{number}-{n}" for n in range(size)))
    found = [until(minute) for minute in (-1, 0, 0.5, 1, 1.5, 2, 3, 4, 5, 60)]
    assert found == [0, 1, 1, 7, 7, 8, 9, 9, 14, 14]
    for entry in log.read():
        last = max(
            one.position for one in log.read() if one.header.recorded_at <= entry.header.recorded_at
        )
        assert log.recorded_until(entry.header.recorded_at) == last


def test_a_thing_on_record_is_found_by_its_id(log: Log) -> None:
    record(log, "a", "b")
    assert log.subjects(["thing/b", "thing/z"]) == {
        "thing/b": Subject("thing/b", "thing", 2, live=True, first_position=2, content_position=2)
    }


def test_known_ids_are_those_of_one_kind_in_order(log: Log) -> None:
    record(log, "b", "a")
    log.append([NewEntry("OtherRecorded", 1, "other/x", b"")], recorded_by="ann")
    assert log.known_ids("thing") == ["thing/a", "thing/b"]
    assert log.known_ids("other") == ["other/x"]
    assert log.known_ids("none") == []


def test_what_lies_below_a_folder_is_told_apart_from_folders_that_begin_alike(log: Log) -> None:
    names = ("dam/b", "dam/a", "dam", "dam-report/a", "dam0", "dams/a", "da/m", "dam/ä/c")
    record(log, *names)
    log.append([NewEntry("OtherRecorded", 1, "other/dam/a", b"")], recorded_by="ann")
    found = log.subjects_below(["thing/dam"])
    assert list(found) == ["thing/dam/a", "thing/dam/b", "thing/dam/ä/c"]
    assert found["thing/dam/a"] == Subject(
        "thing/dam/a", "thing", 2, live=True, first_position=2, content_position=2
    )
    both = log.subjects_below(["thing/dam-report", "other/dam", "other/dam"])
    assert list(both) == ["other/dam/a", "thing/dam-report/a"]
    assert log.subjects_below(["thing/d", "nothing/dam", ""]) == {}
    assert log.subjects_below([]) == {}


def test_everything_is_there_when_the_log_is_opened_again(open_log: Opener) -> None:
    log = open_log()
    record(log, "a", "b")
    before, head = log.read(), log.head()
    log.close()
    again = open_log()
    assert (again.read(), again.head()) == (before, head)
    assert again.append([thing("c")], recorded_by="ann").first == 3
    assert again.verify().entries == 3


def test_a_closed_log_says_that_it_cannot_be_used(log: Log) -> None:
    log.close()
    log.close()
    with pytest.raises(LogUnavailable):
        log.append([thing("a")], recorded_by="ann")
    with pytest.raises(LogUnavailable):
        log.read()


# -- time --------------------------------------------------------------------------------------


def test_times_are_utc_in_a_fixed_width(open_log: Opener) -> None:
    moments = iter(
        [
            datetime(2026, 11, 24, 14, 20, 0, 0, UTC),
            datetime(2026, 11, 24, 22, 20, 0, 5, timezone(timedelta(hours=8))),
        ]
    )
    log = open_log(lambda: next(moments))
    record(log, "a", "b")
    record(log, "c")
    assert [entry.header.recorded_at for entry in log.read()] == [
        "2026-11-24T14:20:00.000000Z",
        "2026-11-24T14:20:00.000000Z",
        "2026-11-24T14:20:00.000005Z",
    ]
    assert log.head().recorded_at == "2026-11-24T14:20:00.000005Z"


def test_time_stands_still_while_the_clock_is_behind(open_log: Opener) -> None:
    moments = iter([START, START - timedelta(days=1), START + timedelta(seconds=1)])
    log = open_log(lambda: next(moments))
    for name in "abc":
        record(log, name)
    assert [entry.header.recorded_at for entry in log.read()] == [
        "2026-11-24T14:20:00.123456Z",
        "2026-11-24T14:20:00.123456Z",
        "2026-11-24T14:20:01.123456Z",
    ]


# -- what an append may hold -------------------------------------------------------------------


def test_an_append_holds_ten_thousand_entries_and_no_more(log: Log) -> None:
    many = [thing(str(number)) for number in range(10_001)]
    with pytest.raises(InvalidAppend, match="at most 10,000 entries, not 10,001"):
        log.append(many, recorded_by="ann")
    assert log.append(many[:-1], recorded_by="ann").last == 10_000
    assert len(log.read(limit=1, whole_appends=True)) == 10_000


def test_an_empty_append_is_refused(log: Log) -> None:
    with pytest.raises(InvalidAppend, match="at least one entry"):
        log.append([], recorded_by="ann")


def test_a_subject_stands_once_in_an_append(log: Log) -> None:
    with pytest.raises(InvalidAppend, match="thing/a stands twice"):
        log.append([thing("a"), thing("b"), thing("a")], recorded_by="ann")
    assert log.head().position == 0


@pytest.mark.parametrize(
    "name", ["", "   ", "x" * 201, "a\nb", "a\x00b", "\x7f", "\ud800", "a\u2028b"]
)
def test_unfit_names_are_refused(log: Log, name: str) -> None:
    with pytest.raises(InvalidAppend, match=r"^recordedBy "):
        log.append([thing("a")], recorded_by=name)
    with pytest.raises(InvalidAppend, match=r"^the idempotency key "):
        log.append([thing("a")], recorded_by="ann", idempotency_key=name)
    with pytest.raises(InvalidAppend, match=r"^a subject "):
        log.append([NewEntry("ThingRecorded", 1, name, b"")], recorded_by="ann")
    with pytest.raises(InvalidAppend, match=r"^the kind of thing/a "):
        log.append([thing("a", kind=name)], recorded_by="ann")
    assert log.head().position == 0


@pytest.mark.parametrize("name", ["x" * 200, "Ann Müller", "安", "نو‌روز", "Ann\u00a0B."])
def test_names_of_every_script_are_taken(log: Log, name: str) -> None:
    log.append([thing("a")], recorded_by=name)
    assert log.read()[0].header.recorded_by == name
    assert log.verify().entries == 1


@pytest.mark.parametrize("version", [0, -1, 2**31])
def test_a_version_is_a_count(log: Log, version: int) -> None:
    with pytest.raises(InvalidAppend, match="the version of thing/a"):
        log.append([thing("a", version=version)], recorded_by="ann")


# -- what is on record -------------------------------------------------------------------------


def test_the_same_content_is_left_out_and_said_so(log: Log) -> None:
    log.append([thing("a", "text"), thing("b")], recorded_by="ann")
    outcome = log.append([thing("b"), thing("c"), thing("a", "text")], recorded_by="bob")
    assert outcome == Appended(3, 3, {"thing/c": 3}, ("thing/b", "thing/a"))
    entry = log.read(after=2)[0]
    assert (entry.header.append_first, entry.header.append_size) == (3, 1)


def test_an_append_of_nothing_new_writes_nothing(log: Log) -> None:
    record(log, "a")
    before = log.head()
    assert log.append([thing("a")], recorded_by="bob") == Appended(0, 0, {}, ("thing/a",))
    assert log.head() == before


@pytest.mark.parametrize(
    "other",
    [thing("a", "other"), thing("a", "text", version=2), thing("a", "text", kind="OtherRecorded")],
)
def test_other_content_is_refused_for_an_id_on_record(log: Log, other: NewEntry) -> None:
    log.append([thing("a", "text")], recorded_by="ann")
    with pytest.raises(AlreadyRecorded) as refusal:
        log.append([thing("b"), other], recorded_by="ann")
    assert refusal.value.ids == ("thing/a",)
    assert str(refusal.value) == "on record with other content: thing/a"
    assert log.head().position == 1


def test_every_id_with_other_content_is_named(log: Log) -> None:
    record(log, *(f"t{number:02}" for number in range(12)))
    with pytest.raises(AlreadyRecorded) as refusal:
        log.append([thing(f"t{number:02}", "other") for number in range(12)], recorded_by="ann")
    assert len(refusal.value.ids) == 12
    assert str(refusal.value).endswith("thing/t09 and 2 more")


# -- references --------------------------------------------------------------------------------


def test_an_entry_refers_to_what_is_on_record(log: Log) -> None:
    record(log, "a")
    log.append([thing("b", "", edge("b", "about", "a"))], recorded_by="ann")
    assert log.head().position == 2


def test_entries_of_one_append_refer_to_each_other_in_any_order(log: Log) -> None:
    first, second = edge("a", "about", "b"), edge("b", "about", "a")
    log.append([thing("a", "", first), thing("b", "", second)], recorded_by="ann")
    assert log.head().position == 2


def test_the_same_reference_twice_is_one(log: Log) -> None:
    record(log, "a")
    twice = edge("b", "about", "a")
    assert log.append([thing("b", "", twice, twice)], recorded_by="ann").first == 2


def test_every_unknown_reference_is_named_at_once(log: Log) -> None:
    record(log, "known")
    entries = [
        thing("a", "", edge("a", "about", "x"), edge("a", "about", "known")),
        thing("b", "", edge("b", "partOf", "y")),
        thing("link", "", edge("nowhere", "supports", "known")),
    ]
    with pytest.raises(UnknownReference) as refusal:
        log.append(entries, recorded_by="ann")
    assert refusal.value.dangling == (
        Dangling("thing/a", "about", "thing/x"),
        Dangling("thing/b", "partOf", "thing/y"),
        Dangling("thing/link", "supports", "thing/nowhere"),
    )
    assert str(refusal.value) == (
        "not on record: thing/x (about of thing/a), thing/y (partOf of thing/b), "
        "thing/nowhere (supports of thing/link)"
    )
    assert log.head().position == 1
    assert log.subjects(["thing/a", "thing/b", "thing/link"]) == {}


# -- cycles ------------------------------------------------------------------------------------


def test_a_chain_without_a_way_back_is_taken(log: Log) -> None:
    log.append([part("a"), part("b", "a"), part("c", "a", "b")], recorded_by="ann")
    assert log.append([part("d", "c", "a")], recorded_by="ann").first == 4


def test_nothing_is_part_of_itself(log: Log) -> None:
    with pytest.raises(Cycle) as refusal:
        log.append([part("a", "a")], recorded_by="ann")
    assert (refusal.value.relation, refusal.value.ids) == ("partOf", ("thing/a", "thing/a"))
    assert log.head().position == 0


def test_a_cycle_within_one_append_is_refused_along_its_edges(log: Log) -> None:
    with pytest.raises(Cycle) as refusal:
        log.append([part("a", "b"), part("b", "c"), part("c", "a")], recorded_by="ann")
    way = refusal.value.ids
    assert way[0] == way[-1]
    assert set(pairwise(way)) == {
        ("thing/a", "thing/b"),
        ("thing/b", "thing/c"),
        ("thing/c", "thing/a"),
    }
    assert str(refusal.value) == f"partOf would close a cycle: {' -> '.join(way)}"
    assert log.head().position == 0


def test_a_link_that_closes_a_cycle_on_record_is_refused(log: Log) -> None:
    log.append([part("a"), part("b", "a"), part("c", "b")], recorded_by="ann")
    link = thing("link", "", edge("a", "partOf", "c", acyclic=True))
    with pytest.raises(Cycle, match="partOf would close a cycle"):
        log.append([link], recorded_by="ann")
    assert log.subjects(["thing/link"]) == {}
    assert log.append([thing("link")], recorded_by="ann").first == 4


def test_a_link_beside_what_is_recorded_again_is_refused_if_it_closes_a_cycle(log: Log) -> None:
    log.append([part("a"), part("b", "a")], recorded_by="ann")
    link = thing("link", "", edge("a", "partOf", "b", acyclic=True))
    with pytest.raises(Cycle):
        log.append([part("a"), part("b", "a"), link], recorded_by="ann")


def test_a_link_closes_a_cycle_along_what_its_group_has_added(log: Log) -> None:
    log.append([part("a")], recorded_by="ann")
    link = thing("link", "", edge("a", "partOf", "c", acyclic=True))
    group = [Append(entries, "ann") for entries in ((part("b", "a"),), (part("c", "b"),), (link,))]
    *taken, refused = log.append_group(group)
    assert [isinstance(one, Appended) for one in taken] == [True, True]
    assert isinstance(refused, Cycle)


def test_a_long_way_round_is_told_in_short(log: Log) -> None:
    names = [f"t{number:02}" for number in range(30)]
    entries = [part(one, names[(place + 1) % 30]) for place, one in enumerate(names)]
    with pytest.raises(Cycle) as refusal:
        log.append(entries, recorded_by="ann")
    assert len(refusal.value.ids) == 31
    assert " -> ... -> " in str(refusal.value)
    assert len(str(refusal.value)) < 200


def test_relations_do_not_mix_in_a_cycle(log: Log) -> None:
    record(log, "a")
    log.append([part("b", "a")], recorded_by="ann")
    other = thing("c", "", edge("a", "broader", "b", acyclic=True))
    assert log.append([other], recorded_by="ann").first == 3


def test_relations_that_may_lead_back_do(log: Log) -> None:
    log.append([thing("a", "", edge("a", "mentions", "a"))], recorded_by="ann")
    assert log.append([thing("b", "", edge("b", "mentions", "a"))], recorded_by="ann").first == 2


def test_a_long_chain_is_checked_in_good_time(log: Log) -> None:
    chain = [part("0"), *(part(str(number), str(number - 1)) for number in range(1, 10_000))]
    log.append(chain, recorded_by="ann")
    with pytest.raises(Cycle):
        log.append(
            [thing("link", "", edge("0", "partOf", "9999", acyclic=True))], recorded_by="ann"
        )


# -- revisions ---------------------------------------------------------------------------------


def test_the_expected_revision_lets_an_append_through(log: Log) -> None:
    record(log, "a")
    expected = {"thing/a": 1, "thing/b": 0}
    assert log.append([thing("b")], recorded_by="ann", expected_revisions=expected).first == 2


def test_another_revision_is_refused_with_the_present_one(log: Log) -> None:
    record(log, "a")
    with pytest.raises(RevisionConflict) as refusal:
        log.append([thing("b")], recorded_by="ann", expected_revisions={"thing/a": 5})
    assert (refusal.value.subject, refusal.value.expected, refusal.value.actual) == (
        "thing/a",
        5,
        1,
    )
    assert str(refusal.value) == "thing/a has revision 1, but was expected at revision 5"
    assert log.head().position == 1


def test_a_revision_of_something_unknown_is_refused(log: Log) -> None:
    with pytest.raises(RevisionConflict, match="thing/a is not on record, but was expected at"):
        log.append([thing("a")], recorded_by="ann", expected_revisions={"thing/a": 1})


def test_a_thing_expected_to_be_new_is_refused_when_it_is_there(log: Log) -> None:
    record(log, "a")
    with pytest.raises(RevisionConflict, match="has revision 1, but was expected to be new"):
        log.append([thing("a")], recorded_by="ann", expected_revisions={"thing/a": 0})


# -- idempotency -------------------------------------------------------------------------------


def test_a_key_seen_again_gives_the_first_outcome(log: Log) -> None:
    record(log, "old")
    entries = [thing("old"), thing("a"), thing("b")]
    first = log.append(entries, recorded_by="ann", idempotency_key="k")
    record(log, "later")
    again = log.append(entries, recorded_by="ann", idempotency_key="k")
    assert (first.repeated, again.repeated) == (False, True)
    assert again == Appended(2, 3, {"thing/a": 2, "thing/b": 3}, ("thing/old",), repeated=True)
    assert log.head().position == 4


def test_a_key_gives_the_first_outcome_whatever_revision_is_expected_now(log: Log) -> None:
    new = {"thing/a": 0}
    log.append([thing("a")], recorded_by="ann", idempotency_key="k", expected_revisions=new)
    again = log.append([thing("a")], recorded_by="ann", idempotency_key="k", expected_revisions=new)
    assert again == Appended(1, 1, {"thing/a": 1}, repeated=True)


@pytest.mark.parametrize(
    ("entries", "recorded_by"),
    [
        ([thing("a", "other")], "ann"),
        ([thing("a", version=2)], "ann"),
        ([thing("a"), thing("b")], "ann"),
        ([thing("b")], "ann"),
        ([thing("a")], "bob"),
    ],
)
def test_a_key_is_refused_for_another_append(
    log: Log, entries: list[NewEntry], recorded_by: str
) -> None:
    log.append([thing("a")], recorded_by="ann", idempotency_key="k")
    with pytest.raises(IdempotencyConflict) as refusal:
        log.append(entries, recorded_by=recorded_by, idempotency_key="k")
    assert refusal.value.key == "k"
    assert str(refusal.value) == "the idempotency key 'k' was used for another append"
    assert log.head().position == 1


def test_a_key_is_remembered_when_nothing_was_new(log: Log) -> None:
    record(log, "a")
    log.append([thing("a")], recorded_by="ann", idempotency_key="k")
    assert log.append([thing("a")], recorded_by="ann", idempotency_key="k") == Appended(
        0, 0, {}, ("thing/a",), repeated=True
    )
    with pytest.raises(IdempotencyConflict):
        log.append([thing("b")], recorded_by="ann", idempotency_key="k")


def test_a_refused_append_leaves_its_key_unused(log: Log) -> None:
    entry = thing("b", "", edge("b", "about", "a"))
    with pytest.raises(UnknownReference):
        log.append([entry], recorded_by="ann", idempotency_key="k")
    record(log, "a")
    assert not log.append([entry], recorded_by="ann", idempotency_key="k").repeated


def test_a_key_outlives_the_program(open_log: Opener) -> None:
    log = open_log()
    log.append([thing("a")], recorded_by="ann", idempotency_key="k")
    log.close()
    assert open_log().append([thing("a")], recorded_by="ann", idempotency_key="k").repeated


# -- trying out --------------------------------------------------------------------------------


def test_a_dry_run_tells_the_outcome_and_writes_nothing(log: Log) -> None:
    record(log, "a")
    before = log.head()
    tried = log.append(
        [thing("a"), thing("b")], recorded_by="ann", idempotency_key="k", dry_run=True
    )
    assert tried == Appended(2, 2, {"thing/b": 2}, ("thing/a",))
    assert log.head() == before
    assert log.subjects(["thing/b"]) == {}
    real = log.append([thing("c")], recorded_by="ann", idempotency_key="k")
    assert real == Appended(2, 2, {"thing/c": 2})


def test_a_dry_run_refuses_what_an_append_would(log: Log) -> None:
    with pytest.raises(UnknownReference):
        log.append([part("a", "x")], recorded_by="ann", dry_run=True)
    with pytest.raises(Cycle):
        log.append([part("a", "a")], recorded_by="ann", dry_run=True)


# -- proving -----------------------------------------------------------------------------------


def test_an_untouched_log_proves_whole(log: Log) -> None:
    assert log.verify().entries == 0
    for number in range(30):
        record(log, *(f"{number}-{name}" for name in "abc"[: 1 + number % 3]))
    head = log.head()
    proof = log.verify(anchor=(head.position, head.hash))
    assert (proof.entries, proof.hash) == (head.position, head.hash)


def test_every_earlier_head_is_an_anchor(log: Log) -> None:
    anchors = [(0, log.genesis)]
    for name in "abc":
        record(log, name)
        anchors.append((log.head().position, log.head().hash))
    assert [log.verify(anchor=anchor).entries for anchor in anchors] == [3, 3, 3, 3]


def test_an_anchor_of_another_log_or_time_names_its_position(log: Log) -> None:
    record(log, "a", "b")
    for position in (0, 1, 2):
        with pytest.raises(Tampered, match=f"position {position} has the hash") as proof:
            log.verify(anchor=(position, "00" * 32))
        assert proof.value.position == position
    with pytest.raises(Tampered, match="position 3 is missing: the anchor is at position 9"):
        log.verify(anchor=(9, "00" * 32))


def test_a_long_proof_tells_how_far_it_is(log: Log) -> None:
    log.append([thing(str(number)) for number in range(2500)], recorded_by="ann")
    seen: list[int] = []
    log.verify(on_progress=seen.append)
    assert seen == [1000, 2000]
