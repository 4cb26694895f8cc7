"""Finds the pairs of things that may be one, the most likely first."""

import heapq
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from rapidfuzz import fuzz, process

from eventlog import Log
from onrecord.candidates.blocks import blocks
from onrecord.candidates.keys import Keys, words_of_names
from onrecord.candidates.reading import read
from onrecord.candidates.things import (
    AnyThing,
    Kind,
    Pair,
    Record,
    Statement,
    pair,
)
from onrecord.candidates.weighing import ALIKE_ENOUGH, Reason, Weigher
from onrecord.showing import Report

MOST, MOST_NAMES = 30, 100
"""How many things that share a key are all compared: of names more, since that is quicker."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """Two things that may be one; ``settled`` tells what says so, or not, already."""

    kind: Kind
    one: AnyThing
    other: AnyThing
    score: float
    reasons: tuple[Reason, ...]
    settled: str | None

    @property
    def because(self) -> str:
        """Return the reasons as a sentence."""
        return "; ".join(reason.says for reason in self.reasons)

    @property
    def rank(self) -> tuple[float, str, str]:
        """Return what proposals are ordered by: score, then ids."""
        return -self.score, self.one.id, self.other.id


@dataclass(frozen=True, slots=True)
class Question:
    """Which proposals are asked for; ``about`` is a thing that has to be one of the two."""

    kinds: Collection[Kind]
    min_score: float
    limit: int
    about: str | None = None
    settled: bool = False
    """Whether also pairs are shown that are judged or told apart already."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The best proposals, in order; ``more`` tells that there are others."""

    proposals: Sequence[Proposal]
    more: bool
    record: Record


def candidates(log: Log, question: Question, report: Report) -> Answer:
    """Return the pairs that a person should judge, best first.

    Memory grows with the number of things and not of pairs.

    :raises Unreadable: a newer program wrote an entry that is read.
    """
    record = read(log, question.kinds, report)
    best = _Best(record, question)
    for kind in question.kinds:
        things = sorted(_things(record, kind).values(), key=_alphabetical)
        for one, other in _pairs(kind, things, record, question.min_score, report):
            best.look_at(kind, one, other)
    proposals, more = best.first()
    return Answer(proposals, more, record)


class _Best:
    """The best proposals of those looked at, one for each pair, however often it is met.

    Of things that are merged already one pair stands for all, since one judgement joins all.
    """

    def __init__(self, record: Record, question: Question) -> None:
        self._known = record.known
        self._weigher = Weigher(record)
        self._question = question
        self._kept: dict[Pair, Proposal] = {}
        self._more = False

    def look_at(self, kind: Kind, one: AnyThing, other: AnyThing) -> None:
        if self._question.about is not None and not self._is_about(one.id, other.id):
            return
        settled = self._known.settled(one.id, other.id)
        if settled is not None and not self._question.settled:
            return
        weighed = self._weigher.weigh(one, other)
        if weighed is None or weighed.score < self._question.min_score:
            return
        first, second = (one, other) if one.id < other.id else (other, one)
        proposal = Proposal(kind, first, second, weighed.score, weighed.reasons, settled)
        key = (
            self._known.merged_pair(one.id, other.id) if settled is None else pair(one.id, other.id)
        )
        before = self._kept.get(key)
        if before is None or proposal.rank < before.rank:
            self._kept[key] = proposal
        if len(self._kept) > 2 * self._question.limit + 1000:
            self._keep_best()

    def _is_about(self, *ids: str) -> bool:
        about = self._question.about
        assert about is not None
        return any(self._known.same(about, one) for one in ids)

    def _keep_best(self) -> None:
        kept = heapq.nsmallest(
            self._question.limit, self._kept.items(), key=lambda one: one[1].rank
        )
        self._more |= len(kept) < len(self._kept)
        self._kept = dict(kept)

    def first(self) -> tuple[list[Proposal], bool]:
        """Return the best proposals in order, and whether there are more."""
        self._keep_best()
        return sorted(self._kept.values(), key=lambda one: one.rank), self._more


def _things(record: Record, kind: Kind) -> Mapping[str, AnyThing]:
    match kind:
        case Kind.ACTOR:
            return record.actors
        case Kind.ISSUE:
            return record.issues
        case Kind.SOURCE:
            return record.sources
        case Kind.EVENT:
            return record.events
        case Kind.CLAIM:
            return record.claims
        case Kind.STATEMENT:
            return record.statements


def _alphabetical(thing: AnyThing) -> tuple[str, str]:
    """Return what neighbours are neighbours by: names, and for statements their time."""
    if isinstance(thing, Statement):
        return thing.said.latest, thing.id
    return thing.names[0] if thing.names else "", thing.id


# -- pairs -------------------------------------------------------------------------------------

Pairs = Iterator[tuple[AnyThing, AnyThing]]


def _pairs(
    kind: Kind, things: Sequence[AnyThing], record: Record, min_score: float, report: Report
) -> Pairs:
    """Yield pairs of things that have something in common; some of them more than once."""
    keys = Keys(record)
    yield from _with_common_keys(things, [keys.of(one) for one in things], kind, report)
    if kind is not Kind.STATEMENT:
        yield from _with_alike_names(things, kind, min_score, report)


def _with_common_keys(
    things: Sequence[AnyThing], keys: Sequence[Sequence[str]], kind: Kind, report: Report
) -> Pairs:
    for block in _reported(blocks(keys, MOST), f"comparing {kind}s", report):
        for one, other in combinations(block, 2):
            yield things[one], things[other]


def _with_alike_names(
    things: Sequence[AnyThing], kind: Kind, min_score: float, report: Report
) -> Pairs:
    """Yield pairs with names of which the quickest scorer says that they are alike enough."""
    named = sorted((name, place) for place, one in enumerate(things) for name in one.names)
    texts = [name for name, _ in named]
    least = ALIKE_ENOUGH if kind is Kind.EVENT else max(ALIKE_ENOUGH, min_score)
    for block in _reported(
        blocks(words_of_names(texts, kind), MOST_NAMES), f"comparing names of {kind}s", report
    ):
        choices = [texts[one] for one in block]
        for at, one in enumerate(block[:-1]):
            found = process.extract(
                texts[one],
                choices[at + 1 :],
                scorer=fuzz.token_ratio,
                score_cutoff=least,
                limit=None,
            )
            for _, _, further in found:
                place, other = named[one][1], named[block[at + 1 + further]][1]
                if place != other:
                    yield things[place], things[other]


def _reported(found: Iterable[Sequence[int]], what: str, report: Report) -> Iterator[Sequence[int]]:
    for count, block in enumerate(found):
        if count % 1000 == 0:
            report(what, count, 0)
        yield block
