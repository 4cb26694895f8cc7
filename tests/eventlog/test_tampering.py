"""Whatever is changed in a SQLite log behind its back is found, and its position named."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from itertools import product
from pathlib import Path

import pytest

from eventlog import Entry
from eventlog.chain import entry_hash, payload_hash
from eventlog.errors import LogError, Tampered
from eventlog.sqlite import SqliteLog
from tests.eventlog.examples import thing

APPENDS = ("ab", "c", "def", "gh")
LAST = 8
COLUMNS = (
    "position",
    "recorded_at",
    "recorded_by",
    "kind",
    "version",
    "subject",
    "append_first",
    "append_size",
    "idempotency_key",
    "payload",
    "salt",
    "hash",
)
VALUE = {
    one: f"SELECT {one} FROM entries WHERE position = ?"  # noqa: S608 - a name of the list above
    for one in COLUMNS
}
CHANGE = {
    one: f"UPDATE entries SET {one} = ? WHERE position = ?"  # noqa: S608 - as above
    for one in COLUMNS
}
OTHERS = ", ".join(COLUMNS[1:])
COPY_OF_THREE = f"INSERT INTO entries SELECT ?, {OTHERS} FROM entries WHERE position = 3"  # noqa: S608 - as above


@pytest.fixture
def anchor(path: Path) -> tuple[int, str]:
    """Write a log of eight entries in four appends and return where it ends."""
    with closing(SqliteLog(path)) as log:
        for number, names in enumerate(APPENDS):
            log.append(
                [thing(name, f"text of {name}") for name in names],
                recorded_by=f"writer {number}",
                idempotency_key=f"key {number}" if number % 2 else None,
            )
        return log.head().position, log.head().hash


@contextmanager
def unguarded(path: Path) -> Iterator[sqlite3.Connection]:
    """Open the file as somebody who knows SQLite and takes the triggers away."""
    with closing(sqlite3.connect(path)) as database, database:
        triggers = database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for (name,) in triggers.fetchall():
            database.execute(f"DROP TRIGGER {name}")
        yield database


def proven(path: Path, anchor: tuple[int, str] | None = None) -> int:
    with closing(SqliteLog(path)) as log:
        return log.verify(anchor=anchor).entries


def found_at(path: Path, anchor: tuple[int, str] | None = None) -> int:
    """Return the position that the proof names."""
    with pytest.raises(Tampered) as finding:
        proven(path, anchor)
    assert f"position {finding.value.position} " in str(finding.value)
    return finding.value.position


def changed(value: object) -> object:
    match value:
        case int():
            return value + 1000
        case str():
            return value[:-1] + chr(ord(value[-1]) ^ 1)
        case bytes():
            return value[:-1] + bytes([value[-1] ^ 1])
        case _:
            return "a key that was not there"


def test_the_log_is_whole_before_it_is_touched(path: Path, anchor: tuple[int, str]) -> None:
    assert proven(path, anchor) == LAST
    with unguarded(path):
        pass
    assert proven(path, anchor) == LAST


def test_every_column_of_an_entry_is_tried(path: Path, anchor: tuple[int, str]) -> None:
    with unguarded(path) as database:
        columns = database.execute("SELECT name FROM pragma_table_info('entries')").fetchall()
    assert tuple(name for (name,) in columns) == COLUMNS


@pytest.mark.parametrize("position", [1, 2, 3, 5, LAST])
@pytest.mark.parametrize("column", COLUMNS)
def test_a_changed_value_is_found(
    path: Path, anchor: tuple[int, str], column: str, position: int
) -> None:
    with unguarded(path) as database:
        (before,) = database.execute(VALUE[column], [position]).fetchone()
        assert database.execute(CHANGE[column], [changed(before), position]).rowcount == 1
    assert found_at(path) == position


@pytest.mark.parametrize("position", [3, 7])
def test_a_key_taken_away_is_found(path: Path, anchor: tuple[int, str], position: int) -> None:
    with unguarded(path) as database:
        update = "UPDATE entries SET idempotency_key = NULL WHERE position = ?"
        assert database.execute(update, [position]).rowcount == 1
    assert found_at(path) == position


@pytest.mark.parametrize("place", [0, 3, 8])
def test_one_byte_of_a_payload_is_found(path: Path, anchor: tuple[int, str], place: int) -> None:
    payload = bytearray(b"text of d")
    payload[place] ^= 0x20
    with unguarded(path) as database:
        database.execute("UPDATE entries SET payload = ? WHERE position = 4", [bytes(payload)])
    assert found_at(path) == 4


@pytest.mark.parametrize("position", range(1, LAST + 1))
def test_a_missing_entry_is_found(path: Path, anchor: tuple[int, str], position: int) -> None:
    with unguarded(path) as database:
        database.execute("DELETE FROM entries WHERE position = ?", [position])
    assert found_at(path, anchor) == position


@pytest.mark.parametrize("position", [1, 4, 7])
def test_a_gap_closed_by_renumbering_is_found(
    path: Path, anchor: tuple[int, str], position: int
) -> None:
    with unguarded(path) as database:
        database.execute("DELETE FROM entries WHERE position = ?", [position])
        for later in range(position + 1, LAST + 1):
            database.execute(
                "UPDATE entries SET position = position - 1 WHERE position = ?", [later]
            )
    assert found_at(path) == position


@pytest.mark.parametrize("first", range(1, LAST))
def test_swapped_entries_are_found(path: Path, anchor: tuple[int, str], first: int) -> None:
    with unguarded(path) as database:
        for before, after in ((first, 0), (first + 1, first), (0, first + 1)):
            database.execute("UPDATE entries SET position = ? WHERE position = ?", [after, before])
    assert found_at(path) == first


@pytest.mark.parametrize("position", [-5, 0, LAST + 1, LAST + 2])
def test_an_inserted_entry_is_found(path: Path, anchor: tuple[int, str], position: int) -> None:
    with unguarded(path) as database:
        database.execute(COPY_OF_THREE, [position])
    assert found_at(path) == min(position, LAST + 1)


def test_an_entry_inserted_between_others_is_found(path: Path, anchor: tuple[int, str]) -> None:
    with unguarded(path) as database:
        for later in range(LAST, 3, -1):
            database.execute(
                "UPDATE entries SET position = position + 1 WHERE position = ?", [later]
            )
        database.execute(COPY_OF_THREE, [4])
    assert found_at(path) == 4


def test_a_tail_cut_within_an_append_is_found_without_an_anchor(
    path: Path, anchor: tuple[int, str]
) -> None:
    with unguarded(path) as database:
        database.execute("DELETE FROM entries WHERE position >= 6")
    assert found_at(path) == 6


def test_a_tail_cut_where_an_append_ends_is_found_by_an_anchor(
    path: Path, anchor: tuple[int, str]
) -> None:
    with unguarded(path) as database:
        database.execute("DELETE FROM entries WHERE position >= 7")
    assert proven(path) == 6
    assert found_at(path, anchor) == 7


def test_another_log_id_is_found(path: Path, anchor: tuple[int, str]) -> None:
    with unguarded(path) as database:
        database.execute("UPDATE meta SET value = 'another' WHERE name = 'log_id'")
    assert found_at(path) == 1


def test_a_chain_written_anew_is_found_by_an_anchor(path: Path, anchor: tuple[int, str]) -> None:
    def other_text(entry: Entry) -> Entry:
        return entry._replace(payload=b"another text")

    rewrite(path, 3, other_text)
    assert proven(path) == LAST
    assert found_at(path, anchor) == LAST


@pytest.mark.parametrize(
    ("position", "first", "size", "named"),
    [(4, 3, 3, 4), (5, 5, 3, 5), (5, 4, 2, 5), (6, 4, 4, 6), (7, 7, 1, 8), (3, 3, 0, 3)],
)
def test_appends_that_cannot_be_are_found_in_a_chain_written_anew(
    path: Path, anchor: tuple[int, str], position: int, first: int, size: int, named: int
) -> None:
    def other_append(entry: Entry) -> Entry:
        header = entry.header._replace(append_first=first, append_size=size)
        return entry._replace(header=header)

    rewrite(path, position, other_append)
    assert found_at(path) == named


def test_time_running_backwards_is_found_in_a_chain_written_anew(
    path: Path, anchor: tuple[int, str]
) -> None:
    def earlier(entry: Entry) -> Entry:
        header = entry.header._replace(recorded_at="2001-01-01T00:00:00.000000Z")
        return entry._replace(header=header)

    rewrite(path, 4, earlier)
    assert found_at(path) == 4


def rewrite(path: Path, position: int, change: Callable[[Entry], Entry]) -> None:
    """Change an entry and make every hash from there on right again."""
    with closing(SqliteLog(path)) as log:
        entries = log.read()
        previous = bytes.fromhex(log.genesis)
    with unguarded(path) as database:
        for entry in entries:
            new = change(entry) if entry.position == position else entry
            digest = payload_hash(new.salt, new.payload)
            previous = entry_hash(previous, new.header, digest)
            database.execute(
                "UPDATE entries SET payload = ?, append_first = ?, append_size = ?, "
                "recorded_at = ?, hash = ? WHERE position = ?",
                [
                    new.payload,
                    new.header.append_first,
                    new.header.append_size,
                    new.header.recorded_at,
                    previous,
                    entry.position,
                ],
            )


# -- the bytes of the file ---------------------------------------------------------------------


def record_of(path: Path, position: int) -> range:
    """Return where in the file the values of an entry stand, from its time to its hash."""
    with closing(SqliteLog(path)) as log:
        entry = log.read_positions([position])[position]
    data = path.read_bytes()
    start = data.rindex(entry.header.recorded_at.encode(), 0, data.index(entry.payload))
    return range(start, data.index(entry.hash, start) + len(entry.hash))


@pytest.mark.parametrize("mask", [0x01, 0x80, 0xFF])
def test_any_byte_of_an_entry_changed_in_the_file_is_found(
    path: Path, anchor: tuple[int, str], mask: int
) -> None:
    data = path.read_bytes()
    places = record_of(path, LAST)
    assert len(places) == 119  # 27 of the time to 32 of the hash; version 1 takes no byte
    for place in places:
        spoilt = bytearray(data)
        spoilt[place] ^= mask
        path.write_bytes(spoilt)
        assert found_at(path) == LAST, f"byte {place - places.start} of the entry"
    path.write_bytes(data)
    assert proven(path, anchor) == LAST


@pytest.mark.parametrize("position", range(1, LAST + 1))
def test_bytes_changed_before_an_entry_never_pass(
    path: Path, anchor: tuple[int, str], position: int
) -> None:
    """These 16 say how long it is, its position, and the types of its values."""
    data = path.read_bytes()
    start = record_of(path, position).start
    for place, mask in product(range(start - 16, start), (0x01, 0x80, 0xFF)):
        spoilt = bytearray(data)
        spoilt[place] ^= mask
        path.write_bytes(spoilt)
        with pytest.raises(LogError):
            proven(path)
