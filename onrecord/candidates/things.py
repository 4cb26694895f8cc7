"""Things on record as far as they are compared."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

Pair = tuple[str, str]
"""Two ids in alphabetical order."""


class Kind(StrEnum):
    """The kinds of things that can be judged one and the same."""

    ACTOR = "actor"
    ISSUE = "issue"
    CLAIM = "claim"
    STATEMENT = "statement"
    EVENT = "event"
    SOURCE = "source"


@dataclass(frozen=True, slots=True)
class Spot:
    """A stretch of a text: ``text`` is the text's SHA-256, the same for copies of a document."""

    text: str
    start: int
    end: int

    def overlaps(self, other: "Spot") -> bool:
        """Tell whether two stretches share a character."""
        return self.text == other.text and self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Span:
    """The time within which something lies, half-open, as instants that sort as texts."""

    earliest: str
    latest: str

    def overlaps(self, other: "Span") -> bool:
        """Tell whether both can be the same time."""
        return self.earliest < other.latest and other.earliest < self.latest


@dataclass(frozen=True, slots=True)
class Thing:
    """What every thing has: ``names`` are comparable texts, ``form`` is its kind or status.

    ``dossiers`` are those that name it, or what it is said by, as their own, by the name of the
    document that they code.
    """

    id: str
    name: str
    form: str
    names: tuple[str, ...]
    sources: tuple[str, ...]
    dossiers: frozenset[str]


@dataclass(frozen=True, slots=True)
class Actor(Thing):
    """An actor; ``keys`` are identifiers elsewhere: scheme and value."""

    named: bool
    keys: frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Issue(Thing):
    """An issue."""


@dataclass(frozen=True, slots=True)
class Source(Thing):
    """A document; ``keys`` are its address and the SHA-256 of its text."""

    keys: frozenset[tuple[str, str]]
    text: str
    published: Span | None


@dataclass(frozen=True, slots=True)
class Event(Thing):
    """A happening."""

    occurred: Span | None
    participants: frozenset[str]
    issues: frozenset[str]
    spots: tuple[Spot, ...]


@dataclass(frozen=True, slots=True)
class Claim(Thing):
    """A claim; ``spots`` are those of the statements that make it."""

    spots: tuple[Spot, ...]


@dataclass(frozen=True, slots=True)
class Statement(Thing):
    """A speech act. ``says`` is its claim or the statement it relays; ``held`` who holds it, how."""

    speaker: str
    says: str | None
    held: tuple[str, str] | None
    polarity: str | None
    own_voice: bool
    said: Span
    spots: tuple[Spot, ...]
    quotes: tuple[str, ...]


AnyThing = Actor | Issue | Source | Event | Claim | Statement


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of who is who: judgements, and links that tell two things apart.

    Its pairs are of things as :meth:`one_for` gives them, but for ``judged``, which are as judged.
    """

    judged: Mapping[Pair, str]
    merged: Mapping[str, str]
    apart: Mapping[Pair, str]
    """What tells two things apart: a judgement or a relation, by its name."""
    near: Mapping[Pair, str]
    """The links by which a claim says nearly what another one does: RESTATES, REFINES."""

    def one_for(self, identifier: str) -> str:
        """Return the one by which all that were merged are known here."""
        return self.merged.get(identifier, identifier)

    def same(self, one: str, other: str) -> bool:
        """Tell whether two ids are of one thing."""
        return self.one_for(one) == self.one_for(other)

    def merged_pair(self, one: str, other: str) -> Pair:
        """Return the pair of those that stand for two things."""
        return pair(self.one_for(one), self.one_for(other))

    def settled(self, one: str, other: str) -> str | None:
        """Return what tells already whether two things are one, or None if nothing does."""
        if found := self.judged.get(pair(one, other)):
            return found
        if self.same(one, other):
            return "SAME_AS"
        return self.apart.get(self.merged_pair(one, other))


def dossier_of(*ids: str) -> frozenset[str]:
    """Return the documents that ids stand below: ``mill`` for ``claim/mill/closed``."""
    return frozenset(parts[1] for one in ids if len(parts := one.split("/")) == 3)


def pair(one: str, other: str) -> Pair:
    """Return two ids in order."""
    return (one, other) if one < other else (other, one)


@dataclass(frozen=True, slots=True)
class Record:
    """What is on record now and compared."""

    actors: Mapping[str, Actor]
    issues: Mapping[str, Issue]
    sources: Mapping[str, Source]
    events: Mapping[str, Event]
    claims: Mapping[str, Claim]
    statements: Mapping[str, Statement]
    known: Known
    judgements: frozenset[str]
    """The ids of all judgements, those that were retracted included."""
