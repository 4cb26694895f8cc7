"""Members of a tar archive, compressed by gzip or not: read one after another, never unpacked.

An archive may come from anybody: sizes are bounded before anything is read, names only name, and
what is damaged is told.
"""

import gzip
import tarfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import IO, NamedTuple, cast

from schema.errors import Fault, InvalidInput

MAX_MEMBER_BYTES = 1_000_000
MAX_BYTES = 2_000_000_000
"""Bytes of an archive once it is decompressed."""
MAX_READ_BYTES = 4_000_000
_GZIP = b"\x1f\x8b"


class Member(NamedTuple):
    """A file in an archive; without content where it is too large to be read."""

    name: str
    content: bytes | None


class _Damaged(Exception):
    """Raised with what is wrong with an archive."""


def members(file: Path, wanted: Callable[[str], bool]) -> Iterator[Member]:
    """Yield those files of an archive whose names are wanted, in its order.

    :raises InvalidInput: it cannot be read, is no tar archive, is damaged, or is too large.
    """
    try:
        with ExitStack() as opened:
            yield from _members(opened, file, wanted)
    except _Damaged as error:
        raise _refusal(file, str(error)) from None
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise _refusal(file, "is damaged: it ends, or goes wrong, inside its compression") from None
    except (tarfile.TarError, ValueError, OverflowError, RecursionError):
        raise _refusal(file, "is not a tar archive that can be read (.tar or .tar.gz)") from None
    except OSError as error:
        raise _refusal(file, f"cannot be read: {error.strerror or error}") from None


def _members(opened: ExitStack, file: Path, wanted: Callable[[str], bool]) -> Iterator[Member]:
    raw: IO[bytes] = opened.enter_context(file.open("rb"))
    compressed = raw.read(len(_GZIP)) == _GZIP
    raw.seek(0)
    if compressed:
        raw = opened.enter_context(cast("IO[bytes]", gzip.GzipFile(fileobj=raw)))
    bounded = cast("IO[bytes]", _Bounded(raw))
    archive = opened.enter_context(_Forgetful(fileobj=bounded))
    last = -1
    while (info := archive.next()) is not None:
        if info.offset <= last:  # a size below nothing leads back, for ever
            raise _Damaged(f"is damaged at byte {info.offset:,}")
        last = info.offset
        if info.isreg() and wanted(info.name):
            yield Member(info.name, _content(archive, info))
    _check_end(bounded, archive.offset)


def _check_end(bounded: IO[bytes], position: int) -> None:
    """Refuse an archive whose reading ended elsewhere than at its end, or that does not end well.

    All of it is read, since only the end of a compressed file has its checksum.
    """
    bounded.seek(position)
    block = bounded.read(tarfile.BLOCKSIZE)
    if len(block) < tarfile.BLOCKSIZE or block.strip(b"\0"):
        raise _Damaged(f"is damaged at byte {position:,}: it goes wrong there, or is cut off")
    while bounded.read(MAX_READ_BYTES):
        bounded.seek(bounded.tell())  # within bounds


def _content(archive: tarfile.TarFile, info: tarfile.TarInfo) -> bytes | None:
    if info.size > MAX_MEMBER_BYTES:
        return None
    content = archive.extractfile(info)
    assert content is not None
    with content:
        return content.read(MAX_MEMBER_BYTES)


class _Forgetful(tarfile.TarFile):
    """An archive that keeps nothing of the members it has passed, nor of headers for all."""

    members: list[tarfile.TarInfo]

    def next(self) -> tarfile.TarInfo | None:
        self.members.clear()
        self.pax_headers = {}
        return super().next()


class _Bounded:
    """A file of bytes that is never asked for more than it may have."""

    def __init__(self, raw: IO[bytes]) -> None:
        self._raw = raw

    def read(self, size: int = -1) -> bytes:
        if not 0 <= size <= MAX_READ_BYTES:
            raise _Damaged(f"has a header that asks for {size:,} bytes at once")
        return self._raw.read(size)

    def seek(self, position: int) -> int:
        if position > MAX_BYTES:
            raise _Damaged(f"is larger than the {MAX_BYTES:,} bytes that are read")
        return self._raw.seek(position)

    def tell(self) -> int:
        return self._raw.tell()


def _refusal(file: Path, message: str) -> InvalidInput:
    return InvalidInput([Fault((), message, str(file))])
