"""Telling a full stop from the point of an abbreviation, an initial, a day or an item's number."""

import re

from schema.coding.stretches import HIDDEN, VISIBLE

_OPENERS = "\"'“‘„‚«»‹›「『(\\[¿¡"
_WORD_LENGTH = 30
_WORD = re.compile(r"[\w.’'-]+$")
_NEXT_WORD = re.compile(f"[{HIDDEN}{_OPENERS}]*([\\w’'-]+)")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_TITLES = _words(
    "mr mrs ms messrs mx dr prof st sen rep reps gov gen lt col maj capt cpt sgt cpl adm cmdr rev "
    "hon pres supt insp det mt ft e.g eg i.e viz cf vs v approx hr fr mme mlle mm z.b d.h u.a "
    "bzw ca vgl inkl ggf evtl bspw sog p.ex"
)
"""Abbreviations that no sentence ends with."""
_NUMBERED = _words(
    "no nos nr art abs sec fig figs p pp vol ch par pt ed jan feb mar apr jun jul aug sep sept "
    "oct nov dec"
)
"""Abbreviations before a number: elsewhere they may be words."""
_OFTEN_INSIDE = _words("inc ltd co corp llc plc bros jr sr etc al ph.d dept est ave usw u.s.w")
_LETTERS = re.compile(r"(?:[^\W\d_]\.)*[^\W\d_]")
"""An initial, or letters with full stops between: U.S, a.m, J.R.R."""
_STARTERS = _words(
    "the a an and but or so yet if when while as although though because since after before "
    "however meanwhile instead still then now there here this that these those it he she they we "
    "i you his her its their our my what who why how where which whether in on at by for from to "
    "with without despite under over no not only even both some many most all one last next "
    "der die das ein eine er sie es wir ich und aber doch auch nach vor bei im "
    "le la les un une il elle ils elles et mais dans"
)
"""Words that begin a sentence rather than follow an abbreviation inside one."""
_DAY = re.compile(r"\d{1,2}")
_AFTER_DAY = re.compile(
    r"(?:jan|feb|mär|maer|mar|apr|mai|may|jun|jul|aug|sep|okt|oct|nov|dez|dec)\w*|jahrhundert\w*"
)
_BEFORE_DAY = re.compile(r"\b(?:am|der|dem|den|des|die|vom|zum|im|bis|und)\s$", re.IGNORECASE)
_ITEM_LABEL = re.compile(r"\d{1,3}|[^\W\d_]|[ivxIVX]{1,4}")


def is_full_stop(text: str, begin: int, at: int, end: int) -> bool:
    """Tell whether a point is one, and not that of an abbreviation or a number."""
    found = _WORD.search(text, max(begin, at - _WORD_LENGTH), at)
    if found is None:
        return True
    word = found[0].lstrip("'’-.").lower()
    following = _NEXT_WORD.match(text, at + 1, end)
    after = following[1].lower() if following else ""
    if word in _TITLES:
        return False
    if word in _NUMBERED:
        return not after[:1].isdecimal()
    if VISIBLE.search(text, begin, found.start()) is None and _ITEM_LABEL.fullmatch(word):
        return False
    if _DAY.fullmatch(word):
        before = text[max(begin, found.start() - 5) : found.start()]
        return not (_AFTER_DAY.fullmatch(after) or _BEFORE_DAY.search(before))
    if word in _OFTEN_INSIDE or _LETTERS.fullmatch(word):
        return after in _STARTERS
    return True
