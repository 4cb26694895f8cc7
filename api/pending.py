"""The parts of an answer that the graph does not know, filled in once the rest is made."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from api.history import HISTORY, change_of, part_of, retraction_of
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


@dataclass(frozen=True, slots=True)
class WantedHistory:
    """What the entries about a thing say, which goes into ``made`` under a key.

    ``part`` is which of the two it is; ``names`` are the fields wanted of each entry, by key.
    """

    id: str
    made: Row
    key: str
    part: str
    names: Mapping[str, str]

    def fill(self, entries: Sequence[Entry], up_to: int, *, past: bool) -> None:
        """Put in what they say: the history up to a position, or how the thing was retracted.

        What is asked for as it is now was not retracted by then, whatever came next.
        """
        if self.part == HISTORY:
            self.made[self.key] = [self._row(one) for one in entries if one.position <= up_to]
        else:
            retraction = retraction_of(entries) if past else None
            self.made[self.key] = None if retraction is None else self._row(retraction)

    def _row(self, entry: Entry) -> Row:
        change = change_of(entry)
        return {key: part_of(change, name) for key, name in self.names.items()}


@dataclass(slots=True)
class Pending:
    """What one answer wants of the log and of the texts of sources.

    ``entries`` are those behind things, ``histories`` what happened to things, up to the position
    ``up_to``; ``past`` tells whether that is a moment of the past that was asked for. ``words`` are
    those of passages.
    """

    up_to: int = 0
    past: bool = False
    entries: list[WantedEntry] = field(default_factory=list)
    histories: list[WantedHistory] = field(default_factory=list)
    words: list[WantedWords] = field(default_factory=list)

    @property
    def wants_log(self) -> bool:
        """Tell whether anything of the log is wanted."""
        return bool(self.entries or self.histories)

    def subjects(self) -> set[str]:
        """Return the things whose history to read."""
        return {one.id for one in self.histories}

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

    def fill_histories(self, histories: Mapping[str, Sequence[Entry]]) -> None:
        """Put in what the log says of things."""
        for one in self.histories:
            one.fill(histories.get(one.id, ()), self.up_to, past=self.past)

    def fill_words(self, texts: Mapping[str, str]) -> None:
        """Put in the words of the passages whose text is there and has them at their place."""
        for one in self.words:
            if one.document not in texts:
                continue
            found = excerpt(texts[one.document], one.start, one.end, one.sha256)
            if found is not None:
                for key, name in one.names.items():
                    one.made[key] = getattr(found, name)
