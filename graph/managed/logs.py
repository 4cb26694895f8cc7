"""What the server wrote since it was started, to tell why it failed."""

import re
from pathlib import Path

_NAMES = ("java.log", "neo4j.log", "debug.log")
_TELLING = re.compile(r"^(Caused by: )?[\w.$]+(Error|Exception)\b|^Exception in thread| ERROR ")
_MOST_BYTES = 1_000_000
_MOST_CHARACTERS = 300


class Logs:
    """The logs of a home, from where they ended when this was made."""

    def __init__(self, home: Path) -> None:
        self._folder = home / "logs"
        self._begin = {name: self._size(name) for name in _NAMES}

    @property
    def java(self) -> Path:
        """Return the file that gets what the server prints."""
        return self._folder / "java.log"

    def last_words(self) -> str:
        """Return the last line that tells of an error, and where it or else everything stands."""
        for name in _NAMES:
            if telling := [line for line in self._lines(name) if _TELLING.search(line)]:
                return f"{telling[-1][:_MOST_CHARACTERS]} (see {self._folder / name})"
        return f"see the logs in {self._folder}"

    def _size(self, name: str) -> int:
        log = self._folder / name
        return log.stat().st_size if log.is_file() else 0

    def _lines(self, name: str) -> list[str]:
        size = self._size(name)
        # A log that has shrunk was begun anew.
        begin = self._begin[name] if size >= self._begin[name] else 0
        if size == begin:
            return []
        with (self._folder / name).open("rb") as file:
            file.seek(max(begin, size - _MOST_BYTES))
            text = file.read().decode("utf-8", "replace")
        lines = ("".join(filter(str.isprintable, line)).strip() for line in text.splitlines())
        return [line for line in lines if line]
