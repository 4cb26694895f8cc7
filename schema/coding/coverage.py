"""Coverage: which sentences of a document are coded, left out, or forgotten."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from schema.coding.evidence import (
    LEFT_OUT,
    cited_in,
    located,
    mismeasured,
    misplaced,
    passages_of,
)
from schema.coding.marks import marks_of, told
from schema.coding.quotations import quotations
from schema.coding.sentences import sentences
from schema.coding.stretches import VISIBLE, Stretch
from schema.dossier import Dossier, LeftOutReason
from schema.errors import Fault


class State(StrEnum):
    """What became of a sentence.

    CODED and LEFT_OUT: every visible character lies in a passage or in something left out;
    CODED if any lies in a passage. PARTLY: some characters do. FORGOTTEN: none does.
    """

    CODED = "CODED"
    LEFT_OUT = "LEFT_OUT"
    PARTLY = "PARTLY"
    FORGOTTEN = "FORGOTTEN"


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence with what became of it."""

    stretch: Stretch
    state: State
    coded_by: tuple[str, ...]
    """The ids of the entries that have a passage in it, in their order."""
    reasons: tuple[LeftOutReason, ...]
    """Why it, or a part of it, is left out."""
    uncovered: tuple[Stretch, ...]
    """What of it is neither coded nor left out."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """The sentences of a document, and what is wrong with its coding.

    A problem is something left out although it says something, or a stretch that is not that of
    the document, so that it is not known what it codes.
    """

    sentences: tuple[Sentence, ...]
    problems: tuple[Fault, ...]

    def count(self, state: State) -> int:
        """Return how many sentences are in a state."""
        return sum(one.state is state for one in self.sentences)

    @property
    def done(self) -> int:
        """Return how many sentences are wholly coded or left out."""
        return self.count(State.CODED) + self.count(State.LEFT_OUT)

    @property
    def is_whole(self) -> bool:
        """Tell whether nothing is forgotten and nothing wrongly left out."""
        return self.done == len(self.sentences) and not self.problems

    def share(self) -> str:
        """Return the share of sentences that are done, in percent; 100% only if all are."""
        if self.done == len(self.sentences):
            return "100%"
        return f"{self.done * 1000 // len(self.sentences) / 10}%"


def coverage(dossier: Dossier, text: str) -> Coverage:
    """Hold a dossier against the text of its source, sentence by sentence.

    :raises ValueError: the dossier codes no document.
    """
    source = dossier.source
    if source is None:
        raise ValueError(f"{dossier.name} codes no document")
    spans = [
        _Covering(passage.start, passage.end, entry.id)
        for entry in dossier.entries
        for passage in passages_of(entry)
        if passage.source == source.id
    ]
    spans += [_Covering(one.start, one.end, one.reason) for one in dossier.left_out]
    found = tuple(_sentence(text, *pair) for pair in _covered(sentences(text), spans))
    problems = [
        *mismeasured(source, text),
        *misplaced((one for one in cited_in(dossier) if one.source == source.id), text),
        *_wrongly_left_out(dossier, text),
    ]
    return Coverage(found, tuple(located(dossier, fault) for fault in problems))


@dataclass(frozen=True, slots=True)
class _Covering:
    """A passage, by the id of its entry, or something left out, by its reason."""

    start: int
    end: int
    by: str | LeftOutReason


def _covered(
    found: Iterable[Stretch], spans: Iterable[_Covering]
) -> Iterator[tuple[Stretch, list[_Covering]]]:
    """Yield each sentence with what lies in it, walking once along both."""
    waiting = sorted(enumerate(spans), key=lambda one: one[1].start)
    open_: list[tuple[int, _Covering]] = []
    at = 0
    for sentence in found:
        while at < len(waiting) and waiting[at][1].start < sentence.end:
            open_.append(waiting[at])
            at += 1
        open_ = [one for one in open_ if one[1].end > sentence.start]
        yield sentence, [span for _, span in sorted(open_, key=lambda one: one[0])]


def _sentence(text: str, stretch: Stretch, spans: list[_Covering]) -> Sentence:
    uncovered = tuple(_gaps(text, stretch, spans))
    coded_by = dict.fromkeys(one.by for one in spans if not isinstance(one.by, LeftOutReason))
    reasons = dict.fromkeys(one.by for one in spans if isinstance(one.by, LeftOutReason))
    if not uncovered:
        state = State.CODED if coded_by else State.LEFT_OUT
    else:
        state = State.PARTLY if spans else State.FORGOTTEN
    return Sentence(stretch, state, tuple(coded_by), tuple(reasons), uncovered)


def _gaps(text: str, stretch: Stretch, spans: list[_Covering]) -> Iterator[Stretch]:
    """Yield what of a sentence lies in no span and has something visible in it."""
    at = stretch.start
    for span in sorted(spans, key=lambda one: one.start):
        if VISIBLE.search(text, at, min(span.start, stretch.end)):
            yield Stretch(at, span.start)
        at = max(at, span.end)
    if VISIBLE.search(text, at, stretch.end):
        yield Stretch(at, stretch.end)


def _wrongly_left_out(dossier: Dossier, text: str) -> Iterator[Fault]:
    quoted = quotations(text)
    for n, one in enumerate(dossier.left_out):
        if found := marks_of(text, Stretch(one.start, one.end), quoted):
            message = f"is left out, but has {told(found)}: it has to be coded"
            yield Fault((LEFT_OUT, str(n)), message)
