"""Whatever is changed in a log behind its back is found, and its position named."""

from collections.abc import Callable
from contextlib import closing

import pytest

from eventlog import Entry
from eventlog.chain import entry_hash, payload_hash
from tests.eventlog.conftest import Place, opened
from tests.eventlog.tampering import LAST, found_at, proven, unguarded, write

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
def place(new_place: Callable[[], Place]) -> Place:
    """Return where a log can be made."""
    return new_place()


@pytest.fixture
def anchor(place: Place) -> tuple[int, str]:
    """Write a log of eight entries in four appends and return where it ends."""
    return write(place)


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


def test_the_log_is_whole_before_it_is_touched(place: Place, anchor: tuple[int, str]) -> None:
    assert proven(place, anchor) == LAST
    with unguarded(place):
        pass
    assert proven(place, anchor) == LAST


def test_every_column_of_an_entry_is_tried(place: Place, anchor: tuple[int, str]) -> None:
    with unguarded(place) as database:
        assert database.columns("entries") == COLUMNS


@pytest.mark.parametrize("position", [1, 2, 3, 5, LAST])
@pytest.mark.parametrize("column", COLUMNS)
def test_a_changed_value_is_found(
    place: Place, anchor: tuple[int, str], column: str, position: int
) -> None:
    with unguarded(place) as database:
        ((before,),) = database.execute(VALUE[column], [position])
        database.change(CHANGE[column], [changed(before), position])
    assert found_at(place) == position


@pytest.mark.parametrize("position", [3, 7])
def test_a_key_taken_away_is_found(place: Place, anchor: tuple[int, str], position: int) -> None:
    with unguarded(place) as database:
        update = "UPDATE entries SET idempotency_key = NULL WHERE position = ?"
        database.change(update, [position])
    assert found_at(place) == position


@pytest.mark.parametrize("byte", [0, 3, 8])
def test_one_byte_of_a_payload_is_found(place: Place, anchor: tuple[int, str], byte: int) -> None:
    payload = bytearray(b"text of d")
    payload[byte] ^= 0x20
    with unguarded(place) as database:
        database.execute("UPDATE entries SET payload = ? WHERE position = 4", [bytes(payload)])
    assert found_at(place) == 4


@pytest.mark.parametrize("moved", [-9, -1, 1, 9])
def test_bytes_moved_between_salt_and_payload_are_found(
    place: Place, anchor: tuple[int, str], moved: int
) -> None:
    with unguarded(place) as database:
        ((salt, payload),) = database.execute(
            "SELECT salt, payload FROM entries WHERE position = 4"
        )
        both, border = bytes(salt) + bytes(payload), len(salt) + moved
        database.change(
            "UPDATE entries SET salt = ?, payload = ? WHERE position = 4",
            [both[:border], both[border:]],
        )
    assert found_at(place, anchor) == 4


@pytest.mark.parametrize("position", range(1, LAST + 1))
def test_a_missing_entry_is_found(place: Place, anchor: tuple[int, str], position: int) -> None:
    with unguarded(place) as database:
        database.execute("DELETE FROM entries WHERE position = ?", [position])
    assert found_at(place, anchor) == position


@pytest.mark.parametrize("position", [1, 4, 7])
def test_a_gap_closed_by_renumbering_is_found(
    place: Place, anchor: tuple[int, str], position: int
) -> None:
    with unguarded(place) as database:
        database.execute("DELETE FROM entries WHERE position = ?", [position])
        for later in range(position + 1, LAST + 1):
            database.execute(
                "UPDATE entries SET position = position - 1 WHERE position = ?", [later]
            )
    assert found_at(place) == position


@pytest.mark.parametrize("first", range(1, LAST))
def test_swapped_entries_are_found(place: Place, anchor: tuple[int, str], first: int) -> None:
    with unguarded(place) as database:
        for before, after in ((first, 0), (first + 1, first), (0, first + 1)):
            database.execute("UPDATE entries SET position = ? WHERE position = ?", [after, before])
    assert found_at(place) == first


@pytest.mark.parametrize("position", [-5, 0, LAST + 1, LAST + 2])
def test_an_inserted_entry_is_found(place: Place, anchor: tuple[int, str], position: int) -> None:
    with unguarded(place) as database:
        database.execute(COPY_OF_THREE, [position])
    assert found_at(place) == min(position, LAST + 1)


def test_an_entry_inserted_between_others_is_found(place: Place, anchor: tuple[int, str]) -> None:
    with unguarded(place) as database:
        for later in range(LAST, 3, -1):
            database.execute(
                "UPDATE entries SET position = position + 1 WHERE position = ?", [later]
            )
        database.execute(COPY_OF_THREE, [4])
    assert found_at(place) == 4


def test_a_tail_cut_within_an_append_is_found_without_an_anchor(
    place: Place, anchor: tuple[int, str]
) -> None:
    with unguarded(place) as database:
        database.execute("DELETE FROM entries WHERE position >= 6")
    assert found_at(place) == 6


def test_a_tail_cut_where_an_append_ends_is_found_by_an_anchor(
    place: Place, anchor: tuple[int, str]
) -> None:
    with unguarded(place) as database:
        database.execute("DELETE FROM entries WHERE position >= 7")
    assert proven(place) == 6
    assert found_at(place, anchor) == 7


def test_another_log_id_is_found(place: Place, anchor: tuple[int, str]) -> None:
    with unguarded(place) as database:
        database.execute(f"UPDATE {database.meta} SET value = 'another' WHERE name = 'log_id'")  # noqa: S608 - a constant
    assert found_at(place) == 1


def test_a_chain_written_anew_is_found_by_an_anchor(place: Place, anchor: tuple[int, str]) -> None:
    def other_text(entry: Entry) -> Entry:
        return entry._replace(payload=b"another text")

    rewrite(place, 3, other_text)
    assert proven(place) == LAST
    assert found_at(place, anchor) == LAST


@pytest.mark.parametrize(
    ("position", "first", "size", "named"),
    [(4, 3, 3, 4), (5, 5, 3, 5), (5, 4, 2, 5), (6, 4, 4, 6), (7, 7, 1, 8), (3, 3, 0, 3)],
)
def test_appends_that_cannot_be_are_found_in_a_chain_written_anew(
    place: Place, anchor: tuple[int, str], position: int, first: int, size: int, named: int
) -> None:
    def other_append(entry: Entry) -> Entry:
        header = entry.header._replace(append_first=first, append_size=size)
        return entry._replace(header=header)

    rewrite(place, position, other_append)
    assert found_at(place) == named


def test_time_running_backwards_is_found_in_a_chain_written_anew(
    place: Place, anchor: tuple[int, str]
) -> None:
    def earlier(entry: Entry) -> Entry:
        header = entry.header._replace(recorded_at="2001-01-01T00:00:00.000000Z")
        return entry._replace(header=header)

    rewrite(place, 4, earlier)
    assert found_at(place) == 4


def rewrite(place: Place, position: int, change: Callable[[Entry], Entry]) -> None:
    """Change an entry and make every hash from there on right again."""
    with closing(opened(place)) as log:
        entries = log.read()
        previous = bytes.fromhex(log.genesis)
    with unguarded(place) as database:
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
