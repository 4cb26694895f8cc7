"""Coverage: which sentences of a document are coded, left out, or forgotten."""

from dataclasses import dataclass
from enum import StrEnum

from schema.coding.coverings import Covering, Way, by_sentence, coverings, gaps, of_way
from schema.coding.evidence import cited_in, located, mismeasured, misplaced
from schema.coding.omissions import omissions
from schema.coding.sentences import sentences
from schema.coding.stretches import Stretch
from schema.dossier import Dossier
from schema.errors import Fault


class State(StrEnum):
    """What became of a sentence.

    Of those of which every visible character lies in a passage or in something left out, a
    sentence is CODED if any lies in the first passage of a statement. LEFT_OUT: all of it is left
    out. CONTEXT: no statement says what it says; it is only a later passage of one, or shows a
    role, an event or a link. PARTLY: some characters lie in nothing. FORGOTTEN: none lies in any.
    """

    CODED = "CODED"
    CONTEXT = "CONTEXT"
    LEFT_OUT = "LEFT_OUT"
    PARTLY = "PARTLY"
    FORGOTTEN = "FORGOTTEN"


_UNDONE = (State.PARTLY, State.FORGOTTEN)
_LEFT_OUT = (Way.LEAVES_OUT, Way.QUOTES_NOBODY)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence with what became of it."""

    stretch: Stretch
    state: State
    coded_by: tuple[str, ...]
    """The ids of the statements that have their first passage in it, in their order."""
    beside: tuple[str, ...]
    """The ids of the other entries that have a passage in it."""
    reasons: tuple[str, ...]
    """Why it, or a part of it, is left out."""
    uncovered: tuple[Stretch, ...]
    """What of it is neither in a passage nor left out."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """The sentences of a document, and what is wrong with its coding.

    A problem is something that is said and not coded, as :mod:`schema.coding.omissions` tells, or
    a stretch that is not that of the document, so that it is not known what it codes.
    """

    sentences: tuple[Sentence, ...]
    problems: tuple[Fault, ...]

    def count(self, state: State) -> int:
        """Return how many sentences are in a state."""
        return sum(one.state is state for one in self.sentences)

    @property
    def done(self) -> int:
        """Return of how many sentences nothing is forgotten."""
        return sum(one.state not in _UNDONE for one in self.sentences)

    @property
    def is_whole(self) -> bool:
        """Tell whether nothing is forgotten and there is no problem."""
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
    laid = list(coverings(dossier))
    found = list(by_sentence(sentences(text), laid))
    problems = [
        *mismeasured(source, text),
        *misplaced((one for one in cited_in(dossier) if one.source == source.id), text),
        *omissions(dossier, text, laid, found),
    ]
    return Coverage(
        tuple(_sentence(text, stretch, on_it) for stretch, on_it in found),
        tuple(located(dossier, fault) for fault in problems),
    )


def _sentence(text: str, stretch: Stretch, laid: list[Covering]) -> Sentence:
    coding, beside = of_way(laid, Way.CODES), of_way(laid, Way.BESIDE)
    left_out = of_way(laid, Way.LEAVES_OUT)
    uncovered = tuple(gaps(text, stretch, (*coding, *beside, *left_out)))
    if uncovered:
        state = State.PARTLY if coding or beside or left_out else State.FORGOTTEN
    elif coding:
        state = State.CODED
    else:
        state = State.CONTEXT if any(gaps(text, stretch, left_out)) else State.LEFT_OUT
    coded_by = dict.fromkeys(one.by for one in coding)
    return Sentence(
        stretch,
        state,
        coded_by=tuple(coded_by),
        beside=tuple(dict.fromkeys(one.by for one in beside if one.by not in coded_by)),
        reasons=tuple(dict.fromkeys(one.by for one in of_way(laid, *_LEFT_OUT))),
        uncovered=uncovered,
    )
