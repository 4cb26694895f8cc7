"""Whatever byte of an entry is changed in the file of a SQLite log is found."""

from contextlib import closing
from itertools import product
from pathlib import Path

import pytest

from eventlog.errors import LogError
from tests.eventlog.conftest import opened
from tests.eventlog.tampering import LAST, found_at, proven, write


@pytest.fixture
def anchor(path: Path) -> tuple[int, str]:
    """Write a log of eight entries in four appends and return where it ends."""
    return write(path)


def record_of(path: Path, position: int) -> range:
    """Return where in the file the values of an entry stand, from its time to its hash."""
    with closing(opened(path)) as log:
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
