"""The texts of sources, where their files lie in a folder: passages are shown in their words.

A file is the text of a source if its bytes have the source's SHA-256, whatever its name. The log
never holds these texts; without the file a passage is only its place and its hash.
"""

import hashlib
import os
import stat
import threading
import time
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from schema.values import text_sha256

MAX_FILE_BYTES = 10_000_000
MAX_FILES = 10_000
RESCAN_SECONDS = 2.0
CONTEXT_LENGTH = 100
"""How many characters of context are shown on either side of a passage, at most."""
LONGEST_WORD = 40
"""How far a word that was cut is looked for the end of: some languages write no spaces."""

# A link is refused, and opening a pipe does not wait; what a system lacks is left out.
_OPENING = os.O_RDONLY
for _flag in ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY"):
    _OPENING |= getattr(os, _flag, 0)

_Signature: TypeAlias = tuple[int, int, int]
"""What changes when a file does: its inode, time of change in nanoseconds, and size in bytes."""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The exact words of a passage, and what stands before and after them."""

    text: str
    before: str
    after: str


class Texts:
    """Finds texts by the SHA-256 of their UTF-8 bytes, in the files below a folder.

    Only regular files of at most ``MAX_FILE_BYTES`` are looked at, ``MAX_FILES`` of them; links
    are not followed. A file is read again only once it has changed, and the folder is looked
    through at most every ``RESCAN_SECONDS``. May be asked from any thread.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._hashes: dict[Path, tuple[_Signature, str]] = {}
        self._paths: dict[str, Path] = {}
        self._scan_after = 0.0

    def find(self, wanted: Collection[str]) -> Mapping[str, str]:
        """Return those of the texts wanted, by SHA-256 in hexadecimal, that are there."""
        with self._lock:
            found = self._read(wanted)
            if len(found) < len(set(wanted)) and time.monotonic() >= self._scan_after:
                self._scan()
                found |= self._read(set(wanted) - set(found))
        return found

    def _read(self, wanted: Collection[str]) -> dict[str, str]:
        """Read the files known to hold texts; one that changed meanwhile is no longer them."""
        found = {}
        for sha256 in wanted:
            content = _content(self._paths[sha256]) if sha256 in self._paths else None
            if content is not None and _sha256(content) == sha256:
                text = _decoded(content)
                if text is not None:
                    found[sha256] = text
        return found

    def _scan(self) -> None:
        """Look through the folder, and read the files that are new or changed."""
        known, self._hashes = self._hashes, {}
        for path, signature in _files(self._folder):
            before = known.get(path)
            if before is not None and before[0] == signature:
                self._hashes[path] = before
            elif (content := _content(path)) is not None:
                self._hashes[path] = signature, _sha256(content)
        self._paths = {sha256: path for path, (_, sha256) in self._hashes.items()}
        self._scan_after = time.monotonic() + RESCAN_SECONDS


def excerpt(text: str, start: int, end: int, sha256: str) -> Excerpt | None:
    """Return the stretch ``[start, end)`` of a text in code points, if it has that SHA-256."""
    exact = text[start:end]
    if len(exact) != end - start or text_sha256(exact) != sha256:
        return None
    return Excerpt(exact, _before(text, start), _after(text, end))


def _before(text: str, start: int) -> str:
    cut = max(start - CONTEXT_LENGTH, 0)
    context = text[cut:start]
    if cut > 0 and not text[cut - 1].isspace():
        context = _without_first_word(context)
    return context.lstrip() if cut > 0 else context


def _after(text: str, end: int) -> str:
    cut = min(end + CONTEXT_LENGTH, len(text))
    context = text[end:cut]
    if cut < len(text) and not text[cut].isspace():
        context = _without_first_word(context[::-1])[::-1]
    return context.rstrip() if cut < len(text) else context


def _without_first_word(context: str) -> str:
    """Leave out a word that was cut."""
    for at, character in enumerate(context[:LONGEST_WORD]):
        if character.isspace():
            return context[at:]
    return context


def _files(folder: Path) -> Iterator[tuple[Path, _Signature]]:
    """Yield the regular files below a folder that are small enough, in the order of their paths."""
    count = 0
    for place, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = Path(place, name)
            try:
                found = path.lstat()
            except OSError:
                continue
            if stat.S_ISREG(found.st_mode) and found.st_size <= MAX_FILE_BYTES:
                yield path, (found.st_ino, found.st_mtime_ns, found.st_size)
                count += 1
                if count == MAX_FILES:
                    return


def _content(path: Path) -> bytes | None:
    """Return the bytes of a regular file that is small enough, or None if it cannot be read."""
    try:
        descriptor = os.open(path, _OPENING)
    except OSError:
        return None
    with open(descriptor, "rb") as file:
        try:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                return None
            content = file.read(MAX_FILE_BYTES + 1)
        except OSError:
            return None
    return content if len(content) <= MAX_FILE_BYTES else None


def _decoded(content: bytes) -> str | None:
    try:
        return content.decode()
    except UnicodeDecodeError:
        return None


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
