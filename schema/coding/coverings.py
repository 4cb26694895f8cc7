"""What a dossier lays over the text of its document, and which sentences it lies on."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from schema.coding.evidence import LEFT_OUT, passages_of
from schema.coding.stretches import VISIBLE, Stretch
from schema.dossier import Dossier, LeftOutReason
from schema.entries import StatementRecorded


class Way(Enum):
    """How a stretch of the text is dealt with.

    CODES: it is the first passage of a statement, the one whose content is stated. BESIDE: it is
    a later passage of one, or one of a role, an event or a link, which only show a part of it.
    LEAVES_OUT: it is left out. QUOTES_NOBODY: it is left out as words that nobody said, which is
    no more than what its quotation marks mean.
    """

    CODES = auto()
    BESIDE = auto()
    LEAVES_OUT = auto()
    QUOTES_NOBODY = auto()


@dataclass(frozen=True, slots=True)
class Covering:
    """A stretch that is dealt with, and by what: an entry's id, or the reason to leave it out."""

    stretch: Stretch
    way: Way
    by: str
    path: tuple[str, ...]
    """Where it stands in the dossier: the id of an entry and the way to it, or ``leftOut``."""


def coverings(dossier: Dossier) -> Iterator[Covering]:
    """Yield all that a dossier lays over its own document, in the order of the dossier."""
    here = dossier.source.id if dossier.source else None
    for entry in dossier.entries:
        for n, passage in enumerate(passages_of(entry)):
            if passage.source == here:
                codes = isinstance(entry, StatementRecorded) and n == 0
                stretch = Stretch(passage.start, passage.end)
                way = Way.CODES if codes else Way.BESIDE
                yield Covering(stretch, way, entry.id, (entry.id, "passages", str(n)))
    for n, one in enumerate(dossier.left_out):
        nobody = one.reason is LeftOutReason.NOT_SAID
        way = Way.QUOTES_NOBODY if nobody else Way.LEAVES_OUT
        yield Covering(Stretch(one.start, one.end), way, one.reason, (LEFT_OUT, str(n)))


def by_sentence(
    sentences: Iterable[Stretch], laid: Iterable[Covering]
) -> Iterator[tuple[Stretch, list[Covering]]]:
    """Yield each sentence with what lies on it, in its order, walking once along both."""
    waiting = sorted(enumerate(laid), key=lambda one: one[1].stretch.start)
    open_: list[tuple[int, Covering]] = []
    at = 0
    for sentence in sentences:
        while at < len(waiting) and waiting[at][1].stretch.start < sentence.end:
            open_.append(waiting[at])
            at += 1
        open_ = [one for one in open_ if one[1].stretch.end > sentence.start]
        yield sentence, [covering for _, covering in sorted(open_, key=lambda one: one[0])]


def touched(sentences: Sequence[Stretch], stretch: Stretch) -> Sequence[Stretch]:
    """Return the sentences that have a part of a stretch inside."""
    first = bisect_right(sentences, stretch.start, key=lambda one: one.end)
    return sentences[first : bisect_left(sentences, stretch.end, key=lambda one: one.start)]


def of_way(laid: Iterable[Covering], *ways: Way) -> list[Covering]:
    """Return what deals with a stretch in one of some ways."""
    return [one for one in laid if one.way in ways]


def gaps(text: str, stretch: Stretch, laid: Iterable[Covering]) -> Iterator[Stretch]:
    """Yield what of a stretch lies in nothing and has something visible in it."""
    at = stretch.start
    for one in sorted((covering.stretch for covering in laid), key=lambda one: one.start):
        if VISIBLE.search(text, at, min(one.start, stretch.end)):
            yield Stretch(at, one.start)
        at = max(at, one.end)
    if VISIBLE.search(text, at, stretch.end):
        yield Stretch(at, stretch.end)


def common(text: str, one: Stretch, other: Stretch) -> Stretch | None:
    """Return what two stretches have in common, or None if nothing visible is in it."""
    both = Stretch(max(one.start, other.start), min(one.end, other.end))
    return both if VISIBLE.search(text, both.start, both.end) else None
