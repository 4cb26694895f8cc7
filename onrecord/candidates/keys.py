"""What two things that may be one have in common: the keys by which they find each other."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from onrecord.candidates.blocks import with_misspelled
from onrecord.candidates.texts import words
from onrecord.candidates.things import (
    Actor,
    AnyThing,
    Claim,
    Event,
    Issue,
    Kind,
    Pair,
    Record,
    Source,
    Spot,
    Statement,
)

TELLING_WORDS = 6
"""How many words of a claim lead to others: the rarest ones that others have as well."""
_WORDS_OF_A_SPEAKER = 3  # fewer, since the claims of one speaker are fewer
BUCKET = 500
"""Code points of a stretch of text by which passages find each other."""
_BUCKETS = 20  # of a passage: a longer one is found by where it begins


class Keys:
    """Gives the keys of things besides the words of their names."""

    def __init__(self, record: Record) -> None:
        self._known = record.known
        self._links: dict[str, list[Pair]] = {}
        for link in record.known.near:
            for end in link:
                self._links.setdefault(end, []).append(link)
        claims = list(record.claims.values())
        telling = _telling([words(" ".join(claim.names)) for claim in claims])
        self._words = dict(zip(record.claims, telling, strict=True))

    def of(self, thing: AnyThing) -> list[str]:
        """Return the keys of a thing."""
        match thing:
            case Actor(keys=keys) | Source(keys=keys):
                return [" ".join(key) for key in sorted(keys)]
            case Issue():
                return []
            case Claim(spots=spots):
                return list(dict.fromkeys(_stretches(spots)))
            case Event(participants=participants):
                who = " ".join(sorted({self._known.one_for(one) for one in participants}))
                return list(dict.fromkeys([*([who] if who else []), *_stretches(thing.spots)]))
            case Statement():
                return list(dict.fromkeys([*self._said(thing), *_stretches(thing.spots)]))

    def _said(self, statement: Statement) -> Iterator[str]:
        """Yield what is said, alone and by whom: many may say the same, and some say much."""
        speaker = self._known.one_for(statement.speaker)
        says = "" if statement.says is None else self._known.one_for(statement.says)
        if says:
            yield says
        yield f"{says} {speaker}"
        for one, other in self._links.get(says, ()):
            yield f"{one} {other}"
            yield f"{one} {other} {speaker}"
        for word in self._words.get(statement.says or "", ())[:_WORDS_OF_A_SPEAKER]:
            yield f"{speaker} {word}"


def words_of_names(texts: Sequence[str], kind: Kind) -> list[list[str]]:
    """Return the keys of names and claims: the whole, and the words (of claims the rarest).

    A word of a name also finds those that are nearly spelled alike.
    """
    found = [words(text) for text in texts]
    found = _telling(found) if kind is Kind.CLAIM else with_misspelled(found)
    return [[*of_one, f"= {text}"] for of_one, text in zip(found, texts, strict=True)]


def _telling(texts: Sequence[Sequence[str]]) -> list[list[str]]:
    count = Counter(word for text in texts for word in text)
    return [
        sorted((one for one in text if count[one] > 1), key=lambda one: (count[one], one))[
            :TELLING_WORDS
        ]
        for text in texts
    ]


def _stretches(spots: Iterable[Spot]) -> Iterator[str]:
    for spot in spots:
        first = spot.start // BUCKET
        last = min((spot.end - 1) // BUCKET, first + _BUCKETS)
        for bucket in range(first, last + 1):
            yield f"{spot.text} {bucket}"
