"""A log goes out as lines and comes in again on any store, the same to the last byte."""

import io
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from eventlog import Appended, Entry, Log, NewEntry, Reference
from eventlog.chain import entry_hash, payload_hash
from eventlog.entries import Restored
from eventlog.errors import (
    AlreadyRecorded,
    Cycle,
    IdempotencyConflict,
    InvalidAppend,
    LogError,
    OtherLog,
    Tampered,
    UnknownReference,
    WrongExport,
    WrongFormat,
)
from eventlog.postgres import PostgresLog
from eventlog.sqlite import SqliteLog
from eventlog.transfer import BATCH_ENTRIES, Export, Imported, export_log, import_log
from tests.eventlog.conftest import Place
from tests.eventlog.examples import edge, part, record, thing, ticking

Making = Callable[[str], Log]
"""Makes a log with an id, at the same place each time."""

ODD_PAYLOADS = (
    b"",
    b"\xff\x00 no text",
    b'{"a":1.50,"a":2}',
    b'{"b": 1, "a": 2}',
    b'{"big":123456789012345678901234567890}',
    b'{"lone":"\\ud800"}',
    b"-0",
    b"null",
    b"[" * 300 + b"]" * 300,
    b"[" * 253 + b"]" * 253,
    b"[" * 254 + b"]" * 254,
    '{"name":"Zoë “夢” \\u2028 نو‌روز"}'.encode(),
    '{"name":"Zoë “夢” \u2028 نو‌روز","of":[true,null,{"z":{}}]}'.encode(),
)
FILLED = 4 + len(ODD_PAYLOADS)
"""How many entries :func:`fill` records."""


def no_edges(entries: Sequence[Entry]) -> list[Restored]:
    return [Restored(entry) for entry in entries]


def parts(entries: Sequence[Entry]) -> list[Restored]:
    """Read the wholes off things whose texts name them."""
    return [Restored(entry, _parts(entry)) for entry in entries]


def _parts(entry: Entry) -> tuple[Reference, ...]:
    _, _, name = entry.header.subject.partition("/")
    return tuple(edge(name, "partOf", one, acyclic=True) for one in entry.payload.decode().split())


@pytest.fixture
def origin(tmp_path: Path) -> Iterator[SqliteLog]:
    """Return a log to move."""
    log = SqliteLog(tmp_path / "origin.sqlite3", clock=ticking())
    yield log
    log.close()


@pytest.fixture
def make(new_place: Callable[[], Place]) -> Iterator[Making]:
    """Make the log of one store to which a log moves."""
    place = new_place()
    logs: list[Log] = []

    def made(log_id: str) -> Log:
        if isinstance(place, Path):
            logs.append(SqliteLog(place, log_id=log_id))
        else:
            logs.append(PostgresLog(place, log_id=log_id))
        return logs[-1]

    yield made
    for log in logs:
        log.close()


def exported(log: Log) -> bytes:
    out = io.BytesIO()
    export_log(log, out.write)
    return out.getvalue()


def imported(
    make: Making, export: bytes, restoring: Callable[[Sequence[Entry]], list[Restored]] = no_edges
) -> Log:
    reading = Export(io.BytesIO(export))
    log = make(reading.of.log_id)
    import_log(log, reading, restoring)
    return log


def again(log: Log, export: bytes) -> Imported:
    return import_log(log, Export(io.BytesIO(export)), no_edges)


def fill(log: Log) -> None:
    """Record appends of every form: of one, of several, with and without a key, and repeated."""
    log.append([thing("a", "{}")], recorded_by="ann")
    log.append([thing("b"), thing("c", "[1]")], recorded_by="bob", idempotency_key="k1")
    log.append([thing("c", "[1]"), thing("d")], recorded_by="bob", idempotency_key="k2")
    log.append([thing("a", "{}")], recorded_by="نو‌روز", idempotency_key="nothing new")
    log.append(
        [NewEntry("OddRecorded", n + 1, f"odd/{n}", one) for n, one in enumerate(ODD_PAYLOADS)],
        recorded_by="ann",
    )


# -- out and in --------------------------------------------------------------------------------


def test_a_moved_log_is_the_same(origin: Log, make: Making) -> None:
    fill(origin)
    moved = imported(make, exported(origin))
    assert moved.log_id == origin.log_id
    assert list(moved.entries()) == list(origin.entries())
    assert moved.head() == origin.head()
    assert moved.verify() == origin.verify()
    assert moved.kept() == origin.kept()
    assert exported(moved) == exported(origin)


def test_an_empty_log_moves(origin: Log, make: Making) -> None:
    moved = imported(make, exported(origin))
    assert moved.head() == origin.head()


def test_a_moved_log_goes_on(origin: Log, make: Making) -> None:
    fill(origin)
    moved = imported(make, exported(origin))
    record(moved, "next")
    assert moved.verify((origin.head().position, origin.head().hash)).entries == FILLED + 1


def test_a_moved_log_keeps_its_promises(origin: Log, make: Making) -> None:
    fill(origin)
    moved = imported(make, exported(origin))
    asked = [thing("c", "[1]"), thing("d")]
    assert moved.append(asked, recorded_by="bob", idempotency_key="k2") == Appended(
        4, 4, {"thing/d": 4}, ("thing/c",), repeated=True
    )
    with pytest.raises(IdempotencyConflict):
        moved.append([thing("e")], recorded_by="bob", idempotency_key="nothing new")


def test_a_moved_log_checks_what_is_appended(origin: Log, make: Making) -> None:
    origin.append([thing("whole")], recorded_by="ann")
    text = thing("piece", "whole", edge("piece", "partOf", "whole", acyclic=True))
    origin.append([text], recorded_by="ann")
    moved = imported(make, exported(origin), parts)
    assert moved.subjects(["thing/piece"]) == origin.subjects(["thing/piece"])
    assert moved.append([text], recorded_by="bob").unchanged == ("thing/piece",)
    with pytest.raises(AlreadyRecorded):
        moved.append([thing("piece", "other")], recorded_by="ann")
    with pytest.raises(UnknownReference):
        moved.append([part("x", "nowhere")], recorded_by="ann")
    back = thing("link", "", edge("whole", "partOf", "piece", acyclic=True))
    with pytest.raises(Cycle):
        moved.append([back], recorded_by="ann")


def test_each_line_is_an_entry_with_its_payload_as_json(origin: Log) -> None:
    origin.append([thing("a", '{"name":"Zoë"}')], recorded_by="ann", idempotency_key="k")
    first, entry, outcome, last = map(json.loads, exported(origin).splitlines())
    assert first == {
        "format": "0.1.0",
        "logId": origin.log_id,
        "position": 1,
        "hash": origin.head().hash,
    }
    stored = origin.read()[0]
    assert entry == {
        "logId": origin.log_id,
        "position": 1,
        "recordedAt": "2026-11-24T14:20:00.123456Z",
        "recordedBy": "ann",
        "kind": "ThingRecorded",
        "version": 1,
        "subject": "thing/a",
        "appendFirst": 1,
        "appendSize": 1,
        "idempotencyKey": "k",
        "payload": {"name": "Zoë"},
        "salt": stored.salt.hex(),
        "hash": stored.hash_hex,
    }
    assert (outcome["idempotencyKey"], outcome["first"], outcome["last"]) == ("k", 1, 1)
    assert last == {"outcomes": 1}


def test_what_is_appended_meanwhile_is_left_out(origin: Log, make: Making) -> None:
    """The export is of one moment: its outcomes are those of its entries."""
    record(origin, "a")
    out = io.BytesIO()
    meanwhile = [("b", "with b"), ("b", "of b"), ("a", "of a")]

    def write(data: bytes) -> None:
        out.write(data)
        while meanwhile:
            name, key = meanwhile.pop(0)
            origin.append([thing(name)], recorded_by="ann", idempotency_key=key)

    export_log(origin, write)
    moved = imported(make, out.getvalue())
    assert moved.head().position == 1
    assert [one.key for one in moved.kept()] == ["of a"]


def test_large_appends_move_whole(origin: Log, make: Making) -> None:
    sizes = (BATCH_ENTRIES - 1, 2 * BATCH_ENTRIES + 1, 1, 1)
    for number, size in enumerate(sizes):
        record(origin, *(f"{number}-{n}" for n in range(size)))
    seen: list[int] = []
    reading = Export(io.BytesIO(exported(origin)))
    moved = make(reading.of.log_id)
    assert import_log(moved, reading, no_edges, seen.append) == Imported(3002, 3002)
    assert seen == [3000, 3002]
    assert moved.verify() == origin.verify()


def test_many_outcomes_move(origin: Log, make: Making) -> None:
    requests = [[thing(str(number))] for number in range(BATCH_ENTRIES + 5)]
    for number, request in enumerate(requests):
        origin.append(request, recorded_by="ann", idempotency_key=f"key {number}")
    moved = imported(make, exported(origin))
    for number, request in enumerate(requests):
        outcome = moved.append(request, recorded_by="ann", idempotency_key=f"key {number}")
        assert outcome.repeated


# -- going on ----------------------------------------------------------------------------------


def cut(export: bytes, lines: int) -> bytes:
    return b"".join(export.splitlines(keepends=True)[:lines])


def test_an_import_goes_on_where_it_was_interrupted(origin: Log, make: Making) -> None:
    fill(origin)
    whole = exported(origin)
    position = 0
    for lines in range(1, len(whole.splitlines())):
        with pytest.raises(WrongExport, match="was cut off"):
            imported(make, cut(whole, lines))
        log = make(origin.log_id)
        assert log.head().position >= position
        assert log.verify().entries == log.head().position
        position = log.head().position
    moved = imported(make, whole)
    assert moved.verify() == origin.verify()
    assert moved.kept() == origin.kept()


def test_an_import_of_what_is_there_adds_nothing(origin: Log, make: Making) -> None:
    fill(origin)
    moved = imported(make, exported(origin))
    assert again(moved, exported(origin)) == Imported(0, FILLED)
    record(moved, "more")
    assert again(moved, exported(origin)) == Imported(0, FILLED + 1)


def test_a_later_export_goes_on(origin: Log, make: Making) -> None:
    fill(origin)
    moved = imported(make, exported(origin))
    origin.append([thing("late")], recorded_by="ann", idempotency_key="late")
    assert again(moved, exported(origin)) == Imported(1, FILLED + 1)
    assert moved.kept() == origin.kept()


def test_another_log_is_refused(origin: Log, make: Making) -> None:
    fill(origin)
    other = make("8b3c0f2e-58f9-4f8e-9a3c-1d2e3f405162")
    with pytest.raises(OtherLog, match=f"of the log {origin.log_id}, and here is another"):
        again(other, exported(origin))
    assert other.head().position == 0


def test_other_content_is_refused_with_its_position(origin: Log, make: Making) -> None:
    record(origin, "a")
    moved = imported(make, exported(origin))
    record(origin, "b")
    record(moved, "b")
    with pytest.raises(OtherLog, match="something else than the export at position 2:"):
        again(moved, exported(origin))
    assert moved.head().position == 2


def test_another_outcome_is_refused(origin: Log, make: Making) -> None:
    record(origin, "a")
    moved = imported(make, exported(origin))
    for log in (origin, moved):
        log.append([thing("a")], recorded_by="ann", idempotency_key="k")
    with pytest.raises(OtherLog, match="another outcome for the idempotency key 'k'"):
        again(moved, exported(origin))


# -- what is wrong with a file -----------------------------------------------------------------


def nested(depth: int) -> list[object]:
    value: list[object] = []
    for _ in range(depth - 1):
        value = [value]
    return value


def changed(export: bytes, number: int, **values: object) -> bytes:
    """Return an export in whose line of a number some fields have other values."""
    lines = export.splitlines(keepends=True)
    told = json.loads(lines[number - 1]) | values
    told = {name: value for name, value in told.items() if value is not ...}
    lines[number - 1] = json.dumps(told, ensure_ascii=False).encode() + b"\n"
    return b"".join(lines)


ENTRY_CHANGES: list[dict[str, object]] = [
    {"payload": {"name": "Zoe"}},
    {"payload": {"name": "Zoë", "more": 1}},
    {"payload": ..., "payloadBase64": "AAAA"},
    {"recordedBy": "bob"},
    {"recordedAt": "2026-11-24T14:20:02.123456Z"},
    {"subject": "thing/z"},
    {"kind": "OtherRecorded"},
    {"version": 2},
    {"salt": "00" * 16},
    {"hash": "00" * 32},
    {"appendSize": 2},
    {"appendFirst": 1},
    {"idempotencyKey": "k"},
]


@pytest.mark.parametrize("change", ENTRY_CHANGES, ids=lambda one: "-".join(one))
def test_a_changed_line_is_named_and_nothing_of_its_batch_is_kept(
    origin: Log, make: Making, change: dict[str, object]
) -> None:
    record(origin, "a")
    for name in "bc":
        origin.append([thing(name, '{"name":"Zoë"}')], recorded_by="ann")
    with pytest.raises(WrongExport) as refusal:
        imported(make, changed(exported(origin), 3, **change))
    assert "line 3 (position 2) does" in str(refusal.value)
    assert make(origin.log_id).head().position == 0


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"hash": ...}, "lacks hash"),
        ({"more": 1}, "has fields of no export: more"),
        ({"position": "2"}, "has a value of another type in position"),
        ({"version": True}, "has a value of another type in version"),
        ({"recordedBy": {}}, "has a value of another type in recordedBy"),
        ({"salt": "xyz"}, "has no hexadecimal digits in salt"),
        ({"payload": ..., "payloadBase64": "?"}, "has no base64 in payloadBase64"),
        ({"payloadBase64": ..., "payload": nested(300)}, "has a payload that is nested too deeply"),
        ({"recordedAt": "zz\x1b[31m"}, "has a recordedAt that is no time of a log"),
        ({"recordedAt": "2026-11-24T14:20:02Z"}, "has a recordedAt that is no time of a log"),
        ({"appendSize": 10_001}, "has an appendSize that is not 1 to 10,000"),
        ({"position": 3}, "is missing"),
        ({"position": 1}, "stands where no entry was appended"),
        ({"logId": "8b3c0f2e-58f9-4f8e-9a3c-1d2e3f405162"}, "is of another log"),
    ],
)
def test_a_line_of_another_form_is_named(
    origin: Log, make: Making, change: dict[str, object], reason: str
) -> None:
    record(origin, "a")
    record(origin, "b")
    with pytest.raises(WrongExport, match=rf"line 3 \(position \d\) {reason}"):
        imported(make, changed(exported(origin), 3, **change))


@pytest.mark.parametrize("line", [b"\n", b"{\n", b"[]\n", b"7\n", b"\xff\n", b'{"a":NaN}\n'])
def test_a_line_that_is_no_object_is_named(origin: Log, make: Making, line: bytes) -> None:
    record(origin, "a")
    lines = exported(origin).splitlines(keepends=True)
    lines[1] = line
    with pytest.raises(WrongExport, match=r"line 2 \(position 1\) is not (a )?JSON"):
        imported(make, b"".join(lines))


@pytest.mark.parametrize("first", [b"", b"{}\n", b"Who said what?\n", b'{"format":1,"logId":2}\n'])
def test_what_is_no_export_is_refused(first: bytes) -> None:
    with pytest.raises(WrongExport, match="line 1 "):
        Export(io.BytesIO(first))


def test_another_format_says_what_to_do(origin: Log) -> None:
    other = changed(exported(origin), 1, format="0.9.0")
    with pytest.raises(WrongFormat, match=r"format 0\.9\.0, .* use the program that wrote it"):
        Export(io.BytesIO(other))


def test_lines_that_are_swapped_repeated_or_left_out_are_found(origin: Log, make: Making) -> None:
    record(origin, "a")
    record(origin, "b")
    record(origin, "c")
    one, two, three, four, *rest = exported(origin).splitlines(keepends=True)
    for lines in (
        [one, two, four, three, *rest],
        [one, two, two, three, four, *rest],
        [one, two, four, *rest],
        [one, two, three, *rest],
        [one, two, three, four],
        [one, two, three, four, *rest, *rest],
    ):
        with pytest.raises(WrongExport):
            imported(make, b"".join(lines))


def test_a_changed_head_is_found(origin: Log, make: Making) -> None:
    record(origin, "a")
    with pytest.raises(WrongExport, match="hash that the first line tells"):
        imported(make, changed(exported(origin), 1, hash="00" * 32))


@pytest.mark.parametrize(
    "change",
    [{"first": 2, "last": 2}, {"unchanged": ["thing/b"]}, {"salt": "00" * 16}, {"hash": "00"}],
    ids=lambda one: "-".join(one),
)
def test_a_changed_outcome_is_named(origin: Log, make: Making, change: dict[str, object]) -> None:
    origin.append([thing("a")], recorded_by="ann", idempotency_key="k")
    record(origin, "b")
    with pytest.raises(WrongExport, match="line 4 does not have the hash of its content"):
        imported(make, changed(exported(origin), 4, **change))
    assert make(origin.log_id).kept() == []


def test_a_tampered_log_is_not_exported(origin: SqliteLog) -> None:
    import sqlite3

    record(origin, "a")
    record(origin, "b")
    with closing(sqlite3.connect(origin.path)) as database, database:
        database.execute("DROP TRIGGER entries_are_not_updated")
        database.execute("UPDATE entries SET recorded_by = 'x' WHERE position = 2")
    with pytest.raises(Tampered, match="position 2 "):
        exported(origin)


# -- a store's own care ------------------------------------------------------------------------


def forged(log: Log, entry: NewEntry) -> Restored:
    """Return an entry with a right hash, as somebody would make it who knows how."""
    record(log, "forged")
    (made,) = log.read(after=log.head().position - 1)
    header = made.header._replace(
        kind=entry.kind, subject=entry.subject, append_first=1, position=1, log_id=log.log_id
    )
    previous = bytes.fromhex(log.genesis)
    digest = entry_hash(previous, header, payload_hash(made.salt, entry.payload))
    return Restored(Entry(header, entry.payload, made.salt, digest), entry.references)


@pytest.mark.parametrize("subject", ["", "a\x00b", "x" * 201])
def test_a_store_meets_only_values_it_can_hold(origin: Log, make: Making, subject: str) -> None:
    entry = forged(origin, NewEntry("ThingRecorded", 1, subject, b""))
    log = make(origin.log_id)
    with pytest.raises(InvalidAppend):
        log.restore([entry])
    assert log.head().position == 0


def test_an_edge_that_ends_nowhere_is_not_restored(origin: Log, make: Making) -> None:
    """Later checks for cycles rely on it."""
    entry = forged(origin, part("a", "later"))
    log = make(origin.log_id)
    with pytest.raises(UnknownReference, match="thing/later"):
        log.restore([entry])
    assert log.head().position == 0


def test_restoring_is_all_or_nothing_and_only_at_the_end(origin: Log, make: Making) -> None:
    record(origin, "a", "b")
    record(origin, "c")
    entries = [Restored(one) for one in origin.read()]
    log = make(origin.log_id)
    for wrong, error in (
        (entries[:1], Tampered),
        (entries[2:], OtherLog),
        ([entries[0], entries[2]], Tampered),
        ([*entries, entries[0]], Tampered),
    ):
        with pytest.raises(error):
            log.restore(wrong)
        assert log.head().position == 0
    log.restore(entries)
    log.restore([])
    with pytest.raises(OtherLog, match="ends at position 3, not before 1"):
        log.restore(entries)
    assert log.verify() == origin.verify()


def test_a_waiting_reader_hears_of_restored_entries(origin: Log, make: Making) -> None:
    record(origin, "a")
    log = make(origin.log_id)
    log.restore([Restored(one) for one in origin.read()])
    assert log.wait_beyond(0, 5) == 1


def test_a_log_that_is_there_keeps_its_id(origin: SqliteLog) -> None:
    with closing(SqliteLog(origin.path, log_id="8b3c0f2e-58f9-4f8e-9a3c-1d2e3f405162")) as log:
        assert log.log_id == origin.log_id
    assert issubclass(OtherLog, LogError)
