"""Finding the texts of documents in a folder by their SHA-256."""

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from api.texts import Texts
from onrecord.settings import Settings

_KEPT = 16  # texts in memory

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
