"""Texts in files: read as they are, line ends included, and written whole or not at all."""

import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from onrecord.errors import FileUnwritable
from schema.errors import Fault, InvalidInput

MAX_BYTES = 20_000_000


def read_text(file: Path, at_most: int = MAX_BYTES) -> str:
    """Return the text of a file in UTF-8, of so many bytes at most, nothing changed.

    :raises InvalidInput: it cannot be read, is too large, or is not UTF-8.
    """
    try:
        with file.open("rb") as opened:
            content = opened.read(at_most + 1)
    except OSError as error:
        raise _refusal(file, f"cannot be read: {error.strerror}") from None
    if len(content) > at_most:
        raise _refusal(file, f"is larger than the {at_most:,} bytes read")
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise _refusal(
            file, f"is not UTF-8: the byte at {error.start:,} belongs to no text"
        ) from None


def _refusal(file: Path, message: str) -> InvalidInput:
    return InvalidInput([Fault((), message, str(file))])


def replace_text(file: Path, text: str) -> None:
    """Give a file another text, in UTF-8: at every moment it has the old one or the new one.

    Its permissions stay; of a symbolic link, the file that it leads to is replaced.

    :raises FileUnwritable: it or its folder may not be written, or the disk is full; the old text
        is still there.
    """
    try:
        target = Path(os.path.realpath(file))
        if not target.is_file():
            raise OSError(None, "it is no file")
        with target.open("r+b"):  # a folder may allow what the file itself forbids
            pass
        _replace(target, text.encode())
    except OSError as error:
        raise FileUnwritable(
            f"{file} cannot be written, and is as it was: {error.strerror}"
        ) from error


def write_new_text(file: Path, text: str) -> None:
    """Write a text, in UTF-8, into a file that is not there yet.

    :raises InvalidInput: it is there already.
    :raises FileUnwritable: it cannot be written; nothing was changed.
    """
    try:
        with file.open("xb") as opened:
            try:
                opened.write(text.encode())
                opened.flush()
                os.fsync(opened.fileno())
            except BaseException:  # Ctrl-C as well leaves nothing behind
                file.unlink()
                raise
    except FileExistsError:
        raise _refusal(file, "is there already, and is not written over") from None
    except OSError as error:
        raise FileUnwritable(f"{file} cannot be written: {error.strerror}") from error


@contextmanager
def new_file(file: Path) -> Iterator[Path]:
    """Give a path at which to write a file that is not there yet; it is there once it is whole.

    The path is in a folder of its own beside the file, for side files, and on the same disk.

    :raises InvalidInput: the file is there already.
    :raises FileUnwritable: it cannot be written; nothing was changed.
    """
    _check_new(file)
    try:
        with TemporaryDirectory(prefix=f".{file.name}.", dir=file.parent) as folder:
            written = Path(folder) / file.name
            yield written
            _sync(written)
            _check_new(file)
            os.rename(written, file)
        if os.name == "posix":
            _sync(file.parent)
    except OSError as error:
        raise FileUnwritable(f"{file} cannot be written: {error.strerror}") from error


def _check_new(file: Path) -> None:
    if file.exists():
        raise _refusal(file, "is there already, and is not written over")


def _sync(path: Path) -> None:
    """Wait until the disk has a file, or the names in a folder."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _replace(target: Path, content: bytes) -> None:
    before = target.stat()
    descriptor, name = tempfile.mkstemp(prefix=".onrecord-", dir=target.parent)
    try:
        with open(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            with suppress(OSError):  # only root gives files away
                os.fchown(descriptor, before.st_uid, before.st_gid)
            os.fchmod(descriptor, stat.S_IMODE(before.st_mode))
            os.fsync(descriptor)
        os.replace(name, target)
    except BaseException:  # Ctrl-C as well leaves nothing behind
        with suppress(OSError):
            os.unlink(name)
        raise
