"""What speaks for two things being one and the same, and how much, from 0 to 100.

The numbers are rules of thumb that put what is likely first. They decide nothing.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product
from math import log

from onrecord.candidates.texts import (
    EQUAL,
    NUMBERS_DIFFER,
    likeness,
    numbers_differ,
    spelled_alike,
    words,
)
from onrecord.candidates.things import (
    Actor,
    AnyThing,
    Claim,
    Event,
    Issue,
    Record,
    Source,
    Spot,
    Statement,
)

PHRASE = 90.0
"""The most that a phrase is worth: "automakers" may be other ones in another document."""
ONE_DOSSIER = 25.0
"""Taken off where one dossier has both things: whoever wrote it saw them side by side."""
OTHER_FORM = 20.0
"""Taken off where one is a STATE, say, and the other an ORGANISATION."""
OTHER_IDS = 30.0
"""Taken off where two actors have different identifiers of the same scheme."""
OTHER_FORCE = 10.0
"""Taken off where one speaker warns, say, and the other one predicts."""
SAME_PASSAGE = 10.0
"""Added where the same passage tells both."""
SAME_WORDS = 5.0
"""Added where the same words are quoted."""
LINKED_CLAIM = 80.0
"""How alike two claims are of which one restates or refines the other."""
UNKNOWN_DATE = 5.0
"""Taken off where a date is missing that would tell two events apart."""
ALIKE_ENOUGH = 60.0
"""How alike speakers and claims have to be for two statements to be compared at all."""
_CLAIM_SHARE, _NAME_SHARE = 0.6, 0.4
_PARTICIPANTS, _ISSUES, _TIME = 60.0, 20.0, 20.0


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason to look at two things, or (a caution) one to think twice."""

    code: str
    says: str


@dataclass(frozen=True, slots=True)
class Weighed:
    """How much speaks for two things being one, from 0 to 100, and why."""

    score: float
    reasons: tuple[Reason, ...]


class _Weight:
    """A score in the making."""

    def __init__(self, score: float) -> None:
        self.score = score
        self.reasons: list[Reason] = []

    def for_it(self, code: str, says: str, points: float = 0.0) -> None:
        self.score += points
        self.reasons.append(Reason(code, says))

    def against_it(self, code: str, says: str, points: float) -> None:
        self.for_it(code, f"but {says}", -points)

    def done(self) -> Weighed:
        return Weighed(round(min(max(self.score, 0.0), EQUAL), 1), tuple(self.reasons))


class Weigher:
    """Weighs two things of a kind, in whatever order they are given."""

    def __init__(self, record: Record) -> None:
        self._record = record
        named = (claim.names for claim in record.claims.values())
        claims_with = Counter(word for names in named for word in words(" ".join(names)))
        total = len(record.claims)
        self._tells = {word: log(1 + total / count) for word, count in claims_with.items()}

    def weigh(self, one: AnyThing, other: AnyThing) -> Weighed | None:
        """Return what speaks for two things being one, or None if nothing does."""
        first, second = (one, other) if one.id < other.id else (other, one)
        match first, second:
            case (Actor(), Actor()):
                return _actors(first, second)
            case (Issue(), Issue()):
                return _named(first, second)
            case (Source(), Source()):
                return _sources(first, second)
            case (Event(), Event()):
                return self._events(first, second)
            case (Claim(), Claim()):
                return self._claims(first, second)
            case (Statement(), Statement()):
                return self._statements(first, second)
            case _:
                raise AssertionError(f"{one.id} and {other.id} are of different kinds")

    # -- events ----------------------------------------------------------------------------

    def _events(self, one: Event, other: Event) -> Weighed | None:
        dated = one.occurred is not None and other.occurred is not None
        if one.occurred and other.occurred and not one.occurred.overlaps(other.occurred):
            return None
        alike = _best(one.names, other.names)
        around = self._around(one, other)
        weight = _Weight(max(alike, _NAME_SHARE * alike + (1 - _NAME_SHARE) * around))
        if alike >= ALIKE_ENOUGH:
            _tell_names(weight, one, other)
        if self._share(one.participants, other.participants):
            weight.for_it("SAME_PARTICIPANTS", "the same take part")
        if dated:
            weight.for_it("SAME_TIME", "both may be of the same time")
        else:
            weight.against_it("UNDATED", "not both are dated", UNKNOWN_DATE)
        _tell_place(weight, one, other, one.spots, other.spots)
        return weight.done() if weight.score > 0 else None

    def _around(self, one: Event, other: Event) -> float:
        """Return how alike what stands around two events is: who, about what, when."""
        dated = one.occurred is not None and other.occurred is not None
        return (
            _PARTICIPANTS * self._share(one.participants, other.participants)
            + _ISSUES * bool(self._share(one.issues, other.issues))
            + _TIME * dated
        )

    def _share(self, one: Iterable[str], other: Iterable[str]) -> float:
        """Return which share of all things is in both (the index of Jaccard)."""
        known = self._record.known
        first, second = ({known.one_for(each) for each in side} for side in (one, other))
        return len(first & second) / len(first | second) if first | second else 0.0

    # -- claims ----------------------------------------------------------------------------

    def _claims(self, one: Claim, other: Claim) -> Weighed | None:
        alike = self._worded(one, other)
        if alike < ALIKE_ENOUGH:
            return None
        weight = _Weight(alike)
        if alike == EQUAL:
            weight.for_it("SAME_WORDING", "both are worded the same")
        else:
            weight.for_it("WORDED_ALIKE", "both are worded alike")
        if numbers_differ(one.names[0], other.names[0]):  # which likeness counts already
            weight.against_it("NUMBERS_DIFFER", "their numbers differ", 0.0)
        _tell_place(weight, one, other, one.spots, other.spots)
        return weight.done()

    def _worded(self, one: Claim, other: Claim) -> float:
        """Return how alike two claims are: half by their letters, half by their telling words.

        Claims of one dispute share most of their names; what is said of these tells them apart.
        """
        text, another = "".join(one.names), "".join(other.names)
        alike = spelled_alike(text, another)
        if alike in (0.0, EQUAL):
            return alike
        first, second = set(words(text)), set(words(another))
        shared = 2 * self._telling(first & second)
        told = EQUAL * shared / (self._telling(first) + self._telling(second))
        return (alike + told) / 2 - NUMBERS_DIFFER * numbers_differ(text, another)

    def _telling(self, found: Iterable[str]) -> float:
        """Return how much words tell: the fewer claims have one, the more."""
        return sum(map(self._tells.__getitem__, sorted(found)))

    # -- statements ------------------------------------------------------------------------

    def _statements(self, one: Statement, other: Statement) -> Weighed | None:
        """Weigh two reports of what may be one act of speaking."""
        same_text = any(a.overlaps(b) for a, b in product(one.spots, other.spots))
        if not same_text and not self._told_twice(one, other):
            return None
        if one.polarity != other.polarity or not self._same_holder(one, other):
            return None
        weight = _Weight(0.0)
        speaker = self._speakers(weight, one, other)
        said = self._said(weight, one, other) if speaker >= ALIKE_ENOUGH else 0.0
        if said < ALIKE_ENOUGH:
            return None
        weight.score = _CLAIM_SHARE * said + (1 - _CLAIM_SHARE) * speaker
        if not same_text:
            weight.for_it("SAME_TIME", "both may be of the same time")
        if one.form != other.form:
            says = f"one {one.form} and the other {other.form}"
            weight.against_it("OTHER_FORCE", says, OTHER_FORCE)
        if any(a in b or b in a for a, b in product(one.quotes, other.quotes)):
            weight.for_it("SAME_WORDS", "the same words are quoted", SAME_WORDS)
        _tell_place(weight, one, other, one.spots, other.spots)
        return weight.done()

    def _told_twice(self, one: Statement, other: Statement) -> bool:
        """Tell whether two documents may report one act: what one says itself is its own."""
        known = self._record.known
        elsewhere = not known.same(one.sources[0], other.sources[0])
        own = one.own_voice or other.own_voice
        return elsewhere and not own and one.said.overlaps(other.said)

    def _same_holder(self, one: Statement, other: Statement) -> bool:
        if one.held is None or other.held is None:
            return one.held is other.held
        same_attitude = one.held[1] == other.held[1]
        return same_attitude and self._actors_alike(one.held[0], other.held[0]) >= ALIKE_ENOUGH

    def _actors_alike(self, one: str, other: str) -> float:
        if self._record.known.same(one, other):
            return EQUAL
        actors = self._record.actors
        if self._record.known.settled(one, other) or not {one, other} <= actors.keys():
            return 0.0
        weighed = _actors(actors[one], actors[other])
        return 0.0 if weighed is None else weighed.score

    def _speakers(self, weight: _Weight, one: Statement, other: Statement) -> float:
        alike = self._actors_alike(one.speaker, other.speaker)
        actors = self._record.actors
        if alike == EQUAL:
            weight.for_it("SAME_SPEAKER", f"{actors[one.speaker].name} speaks in both")
        elif alike >= ALIKE_ENOUGH:
            first, second = actors[one.speaker].name, actors[other.speaker].name
            weight.for_it("SPEAKERS_ALIKE", f"the speakers {first!r} and {second!r} may be one")
        return alike

    def _said(self, weight: _Weight, one: Statement, other: Statement) -> float:
        """Return how alike what is said in two statements is."""
        if one.says is None or other.says is None:
            if one.says is not other.says:
                return 0.0
            weight.for_it("BOTH_DECLINED", "neither makes a claim")
            return ALIKE_ENOUGH
        known, claims = self._record.known, self._record.claims
        if known.same(one.says, other.says):
            weight.for_it("SAME_CLAIM", "both are about the same claim")
            return EQUAL
        if link := known.near.get(known.merged_pair(one.says, other.says)):
            weight.for_it("LINKED_CLAIMS", f"one's claim {link} the other's")
            return LINKED_CLAIM
        if not {one.says, other.says} <= claims.keys():
            return 0.0
        if known.settled(one.says, other.says):
            return 0.0
        alike = self._worded(claims[one.says], claims[other.says])
        if alike >= ALIKE_ENOUGH:
            weight.for_it("CLAIMS_ALIKE", "their claims are worded alike")
        return alike


# -- names -------------------------------------------------------------------------------------


def _best(ones: Iterable[str], others: Iterable[str]) -> float:
    return max((likeness(one, other) for one, other in product(ones, others)), default=0.0)


def _named(one: AnyThing, other: AnyThing, most: float = EQUAL) -> Weighed | None:
    """Weigh two things by their names alone."""
    weight = _by_names(one, other, most)
    if weight is None:
        return None
    _tell_place(weight, one, other)
    return weight.done()


def _by_names(one: AnyThing, other: AnyThing, most: float = EQUAL) -> _Weight | None:
    alike = _best(one.names, other.names)
    if alike < ALIKE_ENOUGH:
        return None
    weight = _Weight(min(alike, most))
    _tell_names(weight, one, other)
    return weight


def _tell_names(weight: _Weight, one: AnyThing, other: AnyThing) -> None:
    """Tell how alike the two names are that are most alike."""
    alike, first, second = max(
        (likeness(first, second), first, second)
        for first, second in product(one.names, other.names)
    )
    if alike == EQUAL:
        weight.for_it("SAME_NAME", f"both are called {first!r}")
    else:
        weight.for_it("NAMES_ALIKE", f"{first!r} and {second!r} are alike")
    if numbers_differ(first, second):  # which likeness counts already
        weight.against_it("NUMBERS_DIFFER", "their numbers differ", 0.0)


def _actors(one: Actor, other: Actor) -> Weighed | None:
    if shared := sorted(one.keys & other.keys):
        scheme, value = shared[0]
        weight = _Weight(EQUAL)
        weight.for_it("SHARED_ID", f"both are {scheme} {value}")
    elif "PERSON" in (one.form, other.form) and one.form != other.form:
        return None
    else:
        named = one.named and other.named
        by_names = _by_names(one, other, EQUAL if named else PHRASE)
        if by_names is None:
            return None
        weight = by_names
        if both := sorted(dict(one.keys).keys() & dict(other.keys).keys()):
            weight.against_it("IDS_DIFFER", f"their {both[0]} ids differ", OTHER_IDS)
    if one.form != other.form:
        says = f"one is a {one.form}, the other a {other.form}"
        weight.against_it("KINDS_DIFFER", says, OTHER_FORM)
    _tell_place(weight, one, other)
    return weight.done()


def _sources(one: Source, other: Source) -> Weighed | None:
    shared = dict(sorted(one.keys & other.keys))
    if not shared:
        if one.published and other.published and not one.published.overlaps(other.published):
            return None
        return _named(one, other, PHRASE)
    weight = _Weight(EQUAL)
    if "url" in shared:
        weight.for_it("SAME_ADDRESS", f"both are at {shared['url']}")
    if "sha256" in shared:
        weight.for_it("SAME_TEXT", "both have the same text, by its SHA-256")
    return weight.done()


# -- where things are told ---------------------------------------------------------------------


def _tell_place(
    weight: _Weight,
    one: AnyThing,
    other: AnyThing,
    ones: Iterable[Spot] = (),
    others: Iterable[Spot] = (),
) -> None:
    """Count where two things are told.

    Whoever codes a document puts several things into one passage on purpose, so only what is named
    by different hands may be one since one passage tells both.
    """
    if one.dossiers & other.dossiers:
        weight.against_it("ONE_DOSSIER", "one dossier has both of them", ONE_DOSSIER)
    elif any(first.overlaps(second) for first, second in product(ones, others)):
        weight.for_it("SAME_PASSAGE", "the same passage tells both", SAME_PASSAGE)
