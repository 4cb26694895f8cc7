"""Two dossiers of one document side by side: which of what they name is the same.

Two coders give the same thing different ids, so things are known by their names.

An **actor** is known by its name and aliases, those told by other dossiers handed in included.
Case, a leading a, an or the, white space and the shape of apostrophes are ignored. Two actors are
one if they share a name. Further:

- An id counts as a name, unless it is one that the dossier made for its own document.
- An actor that is only ``use``d, and told of by no dossier at hand, goes by what is left: the last
  part of its id, and the short names that stand for it.
- Whoever published the document, or speaks in its own voice, is one and the same actor in both,
  however it is called. If it is unnamed, its name is a makeshift and does not count.

Names that two actors share make these one here, in one dossier as well: groups that are both
"(not stated)" are not told apart.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from schema.dossier import Dossier
from schema.entries import (
    ActorRecorded,
    AnyEntry,
    Attribution,
    ClaimRecorded,
    SourceRecorded,
    StatementRecorded,
)
from schema.errors import Fault, InvalidInput

ORDINALS = ("first", "second")
"""What the two dossiers are called."""

_ARTICLE = re.compile(r"(?:an?|the)\s+")
_PUBLISHER = " publisher"  # no folded name has a space


@dataclass(frozen=True, slots=True)
class Coding:
    """One coder's dossier of a document, and what other dossiers tell of the things it uses."""

    name: str
    source: SourceRecorded
    statements: Mapping[str, StatementRecorded]
    """The statements of the document by short name, in the order of their first passages."""
    things: Mapping[str, AnyEntry]
    """What is recorded here or in the other dossiers, by id."""
    own: frozenset[str]
    """The ids of what is recorded here."""
    used_as: Mapping[str, tuple[str, ...]]
    """The short names that stand for a thing recorded elsewhere, by its id."""
    actors: Mapping[str, int] = field(default_factory=dict)
    """Whoever speaks or is said to hold something, by id: a number, the same for the same actor
    in the other dossier."""

    def speaker(self, name: str) -> str:
        """Return the name of a statement's speaker."""
        return self.actor_name(self.statements[name].speaker)

    def actor_name(self, identifier: str) -> str:
        """Return what an actor is called: its name, or its id where no dossier tells."""
        actor = self.things.get(identifier)
        return actor.name if isinstance(actor, ActorRecorded) else identifier

    def claim_text(self, name: str) -> str | None:
        """Return the claim of a statement, or its id where no dossier tells; None if none."""
        identifier = self.statements[name].claim
        claim = self.things.get(identifier) if identifier else None
        return claim.text if isinstance(claim, ClaimRecorded) else identifier

    def names_beyond(self, identifier: str) -> bool:
        """Tell whether an id means the same in another dossier of the document."""
        return identifier not in self.own or identifier.count("/") == 1


@dataclass(frozen=True, slots=True)
class Compared:
    """Two codings of one document."""

    first: Coding
    second: Coding

    @property
    def codings(self) -> tuple[Coding, Coding]:
        """Return the two, in order."""
        return self.first, self.second


def compare(first: Dossier, second: Dossier, shared: Iterable[AnyEntry] = ()) -> Compared:
    """Put two dossiers of one document side by side.

    ``shared`` is what other dossiers record of the things that these two use.

    :raises InvalidInput: a dossier without a document, or two of different documents.
    """
    others = list(shared)
    codings = _coding(first, others), _coding(second, others)
    if codings[0].source.sha256 != codings[1].source.sha256:
        raise InvalidInput([_different(first, codings[0]), _different(second, codings[1])])
    numbers = _numbered(codings)
    return Compared(replace(codings[0], actors=numbers[0]), replace(codings[1], actors=numbers[1]))


def _different(dossier: Dossier, coding: Coding) -> Fault:
    message = "the dossiers code two documents: their SHA-256 differ"
    return dossier.located(Fault((coding.source.id, "sha256"), message))


def _coding(dossier: Dossier, shared: Iterable[AnyEntry]) -> Coding:
    source = dossier.source
    if source is None:
        raise InvalidInput(
            [Fault(("source",), "is missing: only documents are compared", dossier.name)]
        )
    found = {
        dossier.places[one.id][-1]: one
        for one in dossier.entries
        if isinstance(one, StatementRecorded) and one.source == source.id
    }
    in_order = sorted(found.items(), key=lambda item: item[1].passages[0].start)
    own = {one.id: one for one in dossier.entries}
    return Coding(
        name=dossier.name if dossier.name.isprintable() else repr(dossier.name),
        source=source,
        statements=dict(in_order),
        things={**{one.id: one for one in shared}, **own},
        own=frozenset(own),
        used_as=_used_as(dossier),
    )


def _used_as(dossier: Dossier) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for short, identifier in dossier.used.items():
        found[identifier] = (*found.get(identifier, ()), short)
    return found


# -- actors ------------------------------------------------------------------------------------


def folded(name: str) -> str:
    """Return a name without what is ignored: case, an article, white space, curly apostrophes."""
    text = unicodedata.normalize("NFC", name.strip().casefold()).replace("’", "'")
    article = _ARTICLE.match(text)
    return "".join(text[article.end() if article else 0 :].split())


def _numbered(codings: tuple[Coding, Coding]) -> tuple[Mapping[str, int], Mapping[str, int]]:
    """Give the actors of two codings numbers, one for those that share a name."""
    names = [_names_of_actors(coding) for coding in codings]
    numbers: dict[str, int] = {}
    for same in (same for one in names for same in one.values()):
        joined = {numbers[name] for name in same if name in numbers}
        number = min(joined, default=len(numbers))
        numbers.update({name: number for name, old in numbers.items() if old in joined})
        numbers.update(dict.fromkeys(same, number))
    first, second = ({actor: numbers[same[0]] for actor, same in one.items()} for one in names)
    return first, second


def _names_of_actors(coding: Coding) -> dict[str, list[str]]:
    """Return everything that each actor is known by, at least one name."""
    publishers = _publishers(coding)
    return {one: list(_names(coding, one, one in publishers)) for one in _actors(coding)}


def _actors(coding: Coding) -> Iterator[str]:
    """Yield whoever speaks or is said to hold something, in the order of the statements."""
    for statement in coding.statements.values():
        yield statement.speaker
        if statement.ascribed_to is not None:
            yield statement.ascribed_to.actor


def _names(coding: Coding, identifier: str, publishes: bool) -> Iterator[str]:
    actor = coding.things.get(identifier)
    if publishes:
        yield _PUBLISHER
    if coding.names_beyond(identifier):
        yield identifier
    if isinstance(actor, ActorRecorded):
        if actor.named or not publishes:
            yield from map(folded, (actor.name, *actor.aliases))
        return
    yield folded(identifier.rpartition("/")[2].replace("-", " "))
    for short in coding.used_as.get(identifier, ()):
        yield folded(short.replace("-", " "))


def _publishers(coding: Coding) -> set[str]:
    speaking = {
        one.speaker
        for one in coding.statements.values()
        if one.attribution is Attribution.OWN_VOICE
    }
    return speaking | ({coding.source.publisher} if coding.source.publisher else set())
