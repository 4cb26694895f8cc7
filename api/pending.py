"""The parts of an answer that the graph does not know, filled in once the rest is made."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from api.problems import Mismatch
from api.texts import excerpt
from eventlog import Entry
from graph.selection import Row


@dataclass(frozen=True, slots=True)
class WantedEntry:
    """A field of an entry that goes into ``made`` under a key."""

    position: int
    made: Row
    key: str
    name: str


@dataclass(frozen=True, slots=True)
class WantedWords:
    """A passage of the text with a SHA-256, whose words go into ``made`` under some keys."""

    document: str
    start: int
    end: int
    sha256: str
    made: Row
    names: Mapping[str, str]


@dataclass(slots=True)
class Pending:
    """What is wanted of the log (``entries``) and of the texts of sources (``words``)."""

    entries: list[WantedEntry] = field(default_factory=list)
    words: list[WantedWords] = field(default_factory=list)

    def positions(self) -> set[int]:
        """Return the positions to read."""
        return {one.position for one in self.entries}

    def documents(self) -> set[str]:
        """Return the SHA-256 of each text to read."""
        return {one.document for one in self.words}

    def length(self) -> int:
        """Return how long all words wanted are, in code points, their context not counted."""
        return sum(one.end - one.start for one in self.words)

    def fill_entries(self, entries: Mapping[int, Entry]) -> None:
        """Put in what the log says.

        :raises Mismatch: the log has no entry where the graph has one.
        """
        for one in self.entries:
            entry = entries.get(one.position)
            if entry is None:
                raise Mismatch(
                    f"the graph has position {one.position:,}, which the log does not: "
                    "they do not belong together"
                )
            one.made[one.key] = entry.hash_hex if one.name == "hash" else entry.header.recorded_by

    def fill_words(self, texts: Mapping[str, str]) -> None:
        """Put in the words of the passages whose text is there and has them at their place."""
        for one in self.words:
            if one.document not in texts:
                continue
            found = excerpt(texts[one.document], one.start, one.end, one.sha256)
            if found is not None:
                for key, name in one.names.items():
                    one.made[key] = getattr(found, name)
