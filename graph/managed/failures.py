"""What the importer says when it fails, as one sentence."""

import re
from collections.abc import Sequence
from pathlib import Path

_CAUSE = re.compile(r"^Caused by: (?:[\w$]+(?:\.[\w$]+)+(?:: |$))*(.*)")
_PLACE = re.compile(r"source:.*/(\d+)\.csv, position:\d+, line:(\d+)")
_ERROR = re.compile(r"  original error: (.*)")
_FULL = re.compile(r"out of disk space|No space left on device")
_MOST_CHARACTERS = 300


def import_failure(
    lines: Sequence[str], code: int, files: Sequence[Path], *, in_pieces: bool = False
) -> str:
    """Return the first cause that the importer gives, with the line of the file if it tells it.

    ``lines`` are its last words, ``code`` is its exit code, and ``files`` are what it knows as
    ``0.csv``, ``1.csv`` and so on. Of those that it reads ``in_pieces`` it counts the lines of a
    piece, which tells nobody anything.
    """
    causes = [(n, found[1]) for n, line in enumerate(lines) if (found := _CAUSE.match(line))]
    if not causes:
        return f"{_short(lines[-1]) if lines else 'no word of it'} (exit code {code})"
    begin, told = causes[0]
    details = "\n".join(lines[begin : causes[1][0] if len(causes) > 1 else None])
    place, error = _PLACE.search(details), _ERROR.search(details)
    if place is not None and error is not None:
        line = f", line {int(place[2]) + 1}"  # it counts the line ends before the row
        return f"{files[int(place[1])]}{'' if in_pieces else line}: {_short(error[1])}"
    return "no space is left on the disk" if _FULL.search(told) else _short(told)


def _short(text: str) -> str:
    return "".join(filter(str.isprintable, text))[:_MOST_CHARACTERS]
