"""Files of exports: written whole or not at all, packed with zstd when their name says so."""

import io
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, TypeAlias

import zstandard

from eventlog.errors import WrongExport
from eventlog.transfer import Lines
from onrecord.files import new_file
from schema.errors import Fault, InvalidInput

Write: TypeAlias = Callable[[bytes], object]

STANDARD_INPUT = Path("-")
_PACKED = ".zst"
_MAGIC = b"\x28\xb5\x2f\xfd"
_BUFFER = 2**20


@contextmanager
def written(file: Path) -> Iterator[Write]:
    """Give what writes an export into a file that is not there yet.

    :raises InvalidInput: it is there already.
    :raises FileUnwritable: it cannot be written; nothing was changed.
    """
    with new_file(file) as path, path.open("xb", buffering=_BUFFER) as opened:
        path.chmod(0o600)
        if file.suffix != _PACKED:
            yield opened.write
            return
        packer = zstandard.ZstdCompressor(level=3, write_checksum=True)
        with packer.stream_writer(opened, closefd=False) as packing:
            yield packing.write


@contextmanager
def opened(file: Path) -> Iterator[Lines]:
    """Give the lines of an export, which is unpacked if it is packed; ``-`` is standard input.

    :raises InvalidInput: the file cannot be read.
    """
    try:
        raw = sys.stdin.buffer if file == STANDARD_INPUT else file.open("rb", buffering=_BUFFER)
    except OSError as error:
        raise _unreadable(file, error) from None
    with raw:
        try:
            packed = _is_packed(raw)
        except OSError as error:
            raise _unreadable(file, error) from None
        yield _Told(_unpacked(raw) if packed else raw)


def _unreadable(file: Path, error: OSError) -> InvalidInput:
    return InvalidInput([Fault((), f"cannot be read: {error.strerror}", str(file))])


def _is_packed(raw: BinaryIO) -> bool:
    assert isinstance(raw, io.BufferedReader)
    return raw.peek(len(_MAGIC)).startswith(_MAGIC)


class _Told:
    """The lines of an export, whose faults are told as such."""

    def __init__(self, lines: BinaryIO) -> None:
        self._lines = lines

    def readline(self, limit: int, /) -> bytes:
        try:
            return self._lines.readline(limit)
        except zstandard.ZstdError as error:
            raise WrongExport(f"the export cannot be unpacked: {error}") from error
        except OSError as error:
            raise WrongExport(f"the export cannot be read: {error.strerror}") from error


def _unpacked(raw: BinaryIO) -> BinaryIO:
    reader = zstandard.ZstdDecompressor().stream_reader(raw, read_across_frames=True)
    return io.BufferedReader(reader, _BUFFER)
