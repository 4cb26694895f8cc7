"""Finding the texts of documents in a folder by their SHA-256."""

import os
import stat
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from api.texts import MAX_FILE_BYTES, MAX_FILES, Texts
from onrecord.files import read_text
from onrecord.settings import Settings

_KEPT = 16  # texts in memory
_TOLD = 5  # files that were not looked at

Find: TypeAlias = Callable[[str], str | None]
"""Finds a text by the SHA-256 of its UTF-8 bytes in hexadecimal; None if it is not there."""

DocumentsOption: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--documents",
        help="The folder with the texts of the documents; else that of ONRECORD_DOCUMENTS.",
        metavar="DIR",
        exists=True,
        file_okay=False,
    ),
]


def documents_folder(given: Path | None, settings: Settings) -> Path:
    """Return where the texts of documents are.

    :raises typer.BadParameter: neither the command nor the settings say where.
    """
    folder = given or settings.documents
    if folder is None:
        raise typer.BadParameter(
            "where are the texts of the documents? Say it by --documents DIR or ONRECORD_DOCUMENTS"
        )
    return folder


def finder(folder: Path) -> Find:
    """Return what finds texts below a folder; the last few are kept in memory."""
    texts = Texts(folder)

    @lru_cache(_KEPT)
    def find(sha256: str) -> str | None:
        return texts.find([sha256]).get(sha256)

    return find


def read_document(file: Path) -> str:
    """Return the text of a document: of no more bytes than are found again later.

    :raises InvalidInput: it cannot be read, is too large, or is not UTF-8.
    """
    return read_text(file, MAX_FILE_BYTES)


def not_there(folder: Path, sha256: str) -> str:
    """Tell that no text has a SHA-256, and which files were not looked at, and why."""
    told = list(islice(_overlooked(folder), _TOLD + 1))
    more = ["..."] if len(told) > _TOLD else []
    overlooked = f"; not looked at: {', '.join([*told[:_TOLD], *more])}" if told else ""
    return f"no text in {folder} has the SHA-256 {sha256}{overlooked}"


def _overlooked(folder: Path) -> Iterator[str]:
    """Yield the files below a folder in which no text is looked for, each with the reason."""
    count = 0
    for place, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted([*names, *(one for one in folders if Path(place, one).is_symlink())]):
            path = Path(place, name)
            why = _why_not(path)
            count += not why
            if count > MAX_FILES:
                yield f"what comes after the first {MAX_FILES:,} files"
                return
            if why:
                yield f"{path.relative_to(folder)} ({why})"


def _why_not(path: Path) -> str:
    try:
        found = path.lstat()
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    if stat.S_ISLNK(found.st_mode):
        return "a symbolic link"
    if not stat.S_ISREG(found.st_mode):
        return "no regular file"
    if found.st_size > MAX_FILE_BYTES:
        return f"larger than {MAX_FILE_BYTES:,} bytes"
    return "" if os.access(path, os.R_OK) else "may not be read"
