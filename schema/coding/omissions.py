"""What a document says and its coding does not, although each sentence is dealt with.

Told are:

- words with a mark (:mod:`schema.coding.marks`) that are left out, or lie in no first passage of a
  statement: there is no statement that says what they say;
- words in quotation marks, in a sentence that is coded, that no statement quotes. Where nobody is
  said to have said them (irony, an imagined speech) they are left out as NOT_SAID: all words
  between the marks, which then count as no quotation;
- words left out as NOT_SAID that are no such words, or that a statement quotes;
- a first passage of several sentences: each needs a statement of its own. Only a question may
  stand before its answer. What :func:`schema.coding.sentences.sentences` takes for one sentence,
  such as several ones of a quotation before its tag, is one here;
- words that are left out and coded as well.
"""

from collections.abc import Iterable, Iterator, Sequence

from schema.coding.coverings import Covering, Way, common, gaps, of_way, touched
from schema.coding.marks import marks_of, told
from schema.coding.quotations import overlapping, quotations
from schema.coding.stretches import Stretch, beginning
from schema.dossier import Dossier
from schema.entries import StatementRecorded
from schema.errors import Fault

_ASKING = "?？؟"
_AFTER_STOP = "\"'”“’‘»«›‹」』)）]} \u00a0\u202f"
_BESIDE_WORDS = "\"'“”„‟‘’‚‛«»‹›「」『』.,;:!?…。，、！？ \u00a0\u202f\n\r\t"

Sentences = Sequence[tuple[Stretch, list[Covering]]]
"""The sentences of a document in order, each with what lies on it."""


def omissions(
    dossier: Dossier, text: str, laid: Sequence[Covering], found: Sentences
) -> Iterator[Fault]:
    """Yield what is said in the text of a dossier's document and not coded.

    ``laid`` are the dossier's coverings, which ``found`` has by sentence.
    """
    return _Document(dossier, text, laid, found).faults()


class _Document:
    """A document with its sentences, its quotations, and what is laid over it."""

    def __init__(
        self, dossier: Dossier, text: str, laid: Sequence[Covering], found: Sentences
    ) -> None:
        self.text = text
        self.found = found
        self.sentences = [stretch for stretch, _ in found]
        self.laid = laid
        nobodys = _united(one.stretch for one in of_way(self.laid, Way.QUOTES_NOBODY))
        self.quotations: list[Stretch] = []
        self.unsaid: list[Stretch] = []
        for one in quotations(text):
            words = _inner(text, one)
            around = overlapping(nobodys, words)
            said = around is None or not _is_inside(words, around)
            (self.quotations if said else self.unsaid).append(one)
        self.quoted = _united(_quoted_in(dossier))
        # What nobody said has no mark either.
        self.muted = _without(text, self.unsaid)

    def faults(self) -> Iterator[Fault]:
        for covering in of_way(self.laid, Way.LEAVES_OUT):
            if found := self._marks(covering.stretch):
                message = f"is left out, but has {found}: it has to be coded"
                yield Fault(covering.path, message)
        for covering in of_way(self.laid, Way.QUOTES_NOBODY):
            if why := self._why_said(covering.stretch):
                yield Fault(covering.path, why)
        for covering in of_way(self.laid, Way.CODES):
            yield from self._several(covering)
        yield from dict.fromkeys(self._twice())
        for stretch, laid in self.found:
            yield from self._unstated(stretch, laid)
            yield from self._unquoted(stretch, laid)

    def _marks(self, stretch: Stretch) -> str:
        found = marks_of(self.muted, stretch, self.quotations)
        return told(found) if found else ""

    def _words(self, stretch: Stretch) -> str:
        return f"{stretch.start}-{stretch.end}, {beginning(self._text(stretch))!r}"

    def _text(self, stretch: Stretch) -> str:
        return self.text[stretch.start : stretch.end]

    def _unstated(self, sentence: Stretch, laid: list[Covering]) -> Iterator[Fault]:
        """Yield what of a sentence is only context, and has a mark."""
        for gap in gaps(self.text, sentence, of_way(laid, Way.CODES, Way.LEAVES_OUT)):
            beside = of_way(laid, Way.BESIDE)
            around = next((one for one in beside if common(self.text, one.stretch, gap)), None)
            if around is not None and (found := self._marks(gap)):
                message = f"{self._words(gap)}, has {found}, but is no statement's first passage"
                yield Fault(around.path, message)

    def _unquoted(self, sentence: Stretch, laid: list[Covering]) -> Iterator[Fault]:
        """Yield what stands in quotation marks in a coded sentence, and is quoted by nobody."""
        coding, left_out = of_way(laid, Way.CODES), of_way(laid, Way.LEAVES_OUT)
        for one in touched(self.quotations, sentence) if coding else ():
            here = common(self.text, _inner(self.text, one), sentence)
            if (
                here is None
                or overlapping(self.quoted, here)
                or not any(gaps(self.text, here, left_out))
            ):
                continue
            message = (
                f"{self._words(here)}, is in quotation marks, and no statement quotes it: quote "
                "it, or leave it out as NOT_SAID"
            )
            yield Fault(coding[0].path, message)

    def _why_said(self, stretch: Stretch) -> str | None:
        """Tell why words are not what NOT_SAID means, if they are not."""
        if overlapping(self.quoted, stretch):
            return "is NOT_SAID, but a statement quotes it"
        if around := overlapping(self.unsaid, stretch):
            return None if _is_inside(stretch, around) else "is NOT_SAID beyond its quotation marks"
        if around := overlapping(self.quotations, stretch):
            inner = _inner(self.text, around)
            return (
                f"is NOT_SAID, but only a part of what is in quotation marks: {self._words(inner)}"
            )
        return "is NOT_SAID, but stands in no quotation marks"

    def _several(self, covering: Covering) -> Iterator[Fault]:
        inside = touched(self.sentences, covering.stretch)
        if all(self._text(one).rstrip(_AFTER_STOP).endswith(tuple(_ASKING)) for one in inside[:-1]):
            return
        message = (
            f"is a first passage of {len(inside):,} sentences: each needs a statement of its own"
        )
        yield Fault(covering.path, message)

    def _twice(self) -> Iterator[Fault]:
        for _, laid in self.found:
            for one in of_way(laid, Way.LEAVES_OUT):
                for coding in of_way(laid, Way.CODES):
                    if both := common(self.text, one.stretch, coding.stretch):
                        message = f"is left out, but coded by {coding.by}: {self._words(both)}"
                        yield Fault(one.path, message)


def _quoted_in(dossier: Dossier) -> Iterator[Stretch]:
    here = dossier.source.id if dossier.source else None
    for entry in dossier.entries:
        if isinstance(entry, StatementRecorded) and entry.source == here:
            yield from (Stretch(one.start, one.end) for one in entry.quotes)


def _united(stretches: Iterable[Stretch]) -> list[Stretch]:
    """Return what lies in any of some stretches, as stretches in order that do not overlap."""
    united: list[Stretch] = []
    for one in sorted(stretches):
        if united and one.start < united[-1].end:
            united[-1] = Stretch(united[-1].start, max(united[-1].end, one.end))
        else:
            united.append(one)
    return united


def _inner(text: str, quotation: Stretch) -> Stretch:
    """Return the words of a quotation, without its marks and what stands beside these."""
    words = text[quotation.start : quotation.end]
    start = quotation.start + len(words) - len(words.lstrip(_BESIDE_WORDS))
    end = quotation.end - len(words) + len(words.rstrip(_BESIDE_WORDS))
    return Stretch(start, max(start, end))


def _is_inside(inner: Stretch, outer: Stretch) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


def _without(text: str, stretches: Iterable[Stretch]) -> str:
    """Return a text with spaces in the place of some stretches."""
    pieces, at = [], 0
    for one in stretches:
        pieces += [text[at : one.start], " " * (one.end - one.start)]
        at = one.end
    return "".join([*pieces, text[at:]])
