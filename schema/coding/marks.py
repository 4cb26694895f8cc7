"""Marks of a sentence that says something: nothing that has one may be left out of a coding.

The lists are of English words, those of docs/coding-rules.md among them. They are clues for a person, who may know better: a sentence of
another language, or one that is worded in an unusual way, has none of these words and still may
say something. Dates, clock times and page numbers are no figures.
"""

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum

from schema.coding.quotations import overlapping, quotations
from schema.coding.stretches import Stretch


class Mark(StrEnum):
    """What shows that somebody says, quotes, counts, holds or foresees something."""

    REPORTING_VERB = "REPORTING_VERB"
    QUOTATION = "QUOTATION"
    FIGURE = "FIGURE"
    ATTITUDE = "ATTITUDE"
    PREDICTION = "PREDICTION"


NAMES: Mapping[Mark, str] = {
    Mark.REPORTING_VERB: "a reporting verb",
    Mark.QUOTATION: "a quotation mark",
    Mark.FIGURE: "a figure",
    Mark.ATTITUDE: "an attitude",
    Mark.PREDICTION: "a word of prediction",
}
"""How a sentence calls each mark."""

_CLAUSE = (  # follows a verb and no noun: the report states the cause, notes that it rains
    r"(?= (?:that|how|why|there|it|he|she|they|we|the|an?|its|his|her|their|in)\b)"
)
_REPORTING = (
    r"sa(?:y|ys|id|ying)|t(?:ell|ells|elling|old)|ask(?:s|ed|ing)?|add(?:s|ed|ing)|"
    r"according to|announc(?:e|es|ed|ing|ement|ements)|argu(?:e|es|ed|ing|ment|ments)|"
    r"accus(?:e|es|ed|ing|ation|ations)|warn(?:s|ed|ing|ings)?|claim(?:s|ed|ing)?|"
    r"confirm(?:s|ed|ing)?|den(?:y|ies|ied|ying|ial|ials)|promis(?:e|es|ed|ing)|"
    r"pledg(?:e|es|ed|ing)|vow(?:s|ed|ing)?|insist(?:s|ed|ing|ence)?|report(?:s|ed|edly)|"
    rf"stat(?:ed|ing)(?! by\b)|(?<!member )(?<!united )states?{_CLAUSE}|(?:noted|noting)|notes?{_CLAUSE}|"
    r"maintain(?:s|ing|ed(?! by\b))?|contend(?:s|ed|ing)?|contentions?|slam(?:s|med|ming)?|"
    r"dangl(?:e|es|ed|ing)|plans|planned|plan(?:ning)? to|commit(?:s|ted|ting|ments?)?|"
    r"explain(?:s|ed|ing)?|suggest(?:s|ed|ing|ion|ions)?|"
    r"demand(?:s|ed|ing)?|urg(?:e|es|ed|ing)|call(?:s|ed|ing)?(?= (?:for|on)\b)|"
    r"called(?! (?:off|up|in)\b)|reject(?:s|ed|ing|ion)?|refus(?:e|es|ed|ing|al)|"
    r"agree(?:s|d|ing)?|propos(?:e|es|ed|ing|al|als)|pitch(?:es|ed|ing)?|offer(?:s|ed|ing)?|"
    r"threaten(?:s|ed|ing)?|threats?|criticis(?:e|es|ed|ing|m)|criticiz(?:e|es|ed|ing)|"
    r"blam(?:e|es|ed|ing)|condemn(?:s|ed|ing|ation)?|denounc(?:e|es|ed|ing)|"
    r"declar(?:e|es|ed|ing|ation)|reveal(?:s|ed)|disclosed|predict(?:s|ed|ing|ion|ions)?|"
    r"forecasts?|acknowledg(?:e|es|ed|ing)|admit(?:s|ted|ting)?|conced(?:e|es|ed|ing)|"
    r"assert(?:s|ed|ing|ion|ions)?|alleg(?:e|es|ed|edly|ing|ation|ations)|rebuk(?:e|es|ed|ing)|"
    r"testif(?:y|ies|ied)|testimony|wrote|writes|tweet(?:s|ed)|posted|repl(?:y|ies|ied)|"
    r"respon(?:d|ds|ded|se)|answer(?:s|ed)|(?:to|no) comment|commented|complain(?:s|ed|ing|t|ts)?|"
    r"emphasi[sz](?:e|es|ed|ing)|stress(?:ed|es)|describ(?:e|es|ed|ing)|mention(?:s|ed)|"
    r"remark(?:s|ed)|quoted?|quips?|express(?:es|ed|ing)?|voiced?|prais(?:e|es|ed)|hail(?:s|ed)|"
    r"apologi[sz](?:e|es|ed)|recommend(?:s|ed|ation|ations)?|advis(?:e|es|ed)|"
    r"caution(?:s|ed)|reiterat(?:e|es|ed|ing)|protest(?:s|ed|ing)?|ultimatum|declin(?:es|ed) to|"
    r"inform(?:s|ed|ing)|remind(?:s|ed|er)|conclud(?:e|es|ed) that|estimat(?:e|es|ed)|"
    r"appeal(?:s|ed)|request(?:s|ed)|assur(?:e|es|ed)|cit(?:es|ed|ing)|signal(?:s|led|ed)|"
    r"hint(?:s|ed)|speculat(?:e|es|ed|ion)|push(?:es|ed|ing)? (?:[\w’'-]+ ){1,3}for|swear|swore|swears|plead(?:s|ed)?|boast(?:s|ed)?|lament(?:s|ed)?"
)
_ATTITUDES = (
    r"believ(?:e|es|ed|ing)|beliefs?|think(?:s|ing)?|thought|want(?:s|ed|ing)?|"
    r"hop(?:e|es|ed|ing)|fear(?:s|ed|ing|ful)?|inten(?:d|ds|ded|ding|t|tion|tions)|"
    rf"(?:they|he|she|we|who) figured?|figured that|figures?{_CLAUSE}|sees|smells?|"
    r"smell(?:ed|ing)|consider(?:s|ed|ing)?|agree[sd]? that|cl(?:ing|ings|inging|ung) to|seen as|view(?:s|ed|ing)? (?:\S+ )?as|"
    r"regard(?:s|ed|ing)? (?:\S+ )?as|worr(?:y|ies|ied|ying)|nervous|anxious|anxiety|wary|"
    r"reluctan(?:t|ce)|hesita(?:nt|te|tes|ted|nce|tion)|cautious|eager(?:ness)?|keen|"
    r"s[ck]eptic(?:al|ism|s)?|doubt(?:s|ed|ful|ing)?|confident|(?:un)?convinced|afraid|"
    r"concern(?:ed|s)|expect(?:s|ed|ing|ation|ations)|(?<!to )expect|wish(?:es|ed)?|"
    r"desir(?:e|es|ed)|desperat(?:e|ion)|aims? to|aimed to|seek(?:s|ing)?|sought|prefer(?:s|red)?|"
    r"trust(?:s|ed)|not trust|(?:dis|mis)trust(?:s|ed|ing)?|suspect(?:s|ed)|suspicio(?:n|us)|optimis(?:m|tic)|"
    r"pessimis(?:m|tic)|determined to|(?:un)?willing(?:ness)?|oppos(?:e|es|ed|ition)|"
    r"favou?r(?:s|ed|ing)?|support(?! (?:us|our)\b)(?:s|ed|ing|ers?|ive)?|"
    r"feel(?:s|ings?)?(?! free\b)|felt|likes|liked|dislik(?:e|es|ed)|"
    r"(?:would|to|not|n[’']t|do|did|i|we|you|they|who) like(?! (?:this|that|it)\b)|"
    r"press(?:es|ed|ing)? for|count(?:s|ed|ing)? on|mean(?:s|t)? to|set to|obsess(?:ed|ion)|bank(?:s|ed|ing) on|bet(?:s|ting)? on|push(?:es|ed|ing) for|"
    r"frustrat(?:ed|ion)|ang(?:er|ry)|outrag(?:e|ed)|hat(?:e|es|ed)|"
    r"lov(?:e|es|ed)|dread(?:s|ed)?|regret(?:s|ted)?"
)
_PREDICTIONS = r"(?-i:will)|won[’']t|going to|(?:un)?likely|likelihood|probabl[ye]|imminent|at best"
_NUMBERS = (
    r"two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|"
    r"sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|"
    r"hundreds?|thousands?|millions?|billions?|trillions?|dozens?|percent|per cent|half|"
    r"halv(?:e|es|ed)|doubl(?:e|es|ed|ing)|tripl(?:e|es|ed|ing)|twice"
)
_MONTH = (  # a capital tells May from may
    r"(?-i:(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|"
    r"Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\.?)"
)
_YEAR = r"(?:1[89]|20)\d\d"
_NO_FIGURE = re.compile(
    rf"\b\d{{1,2}}(?:st|nd|rd|th)?(?: of)? {_MONTH}(?:,? {_YEAR})?(?!\w)"
    rf"|\b{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?(?:,? {_YEAR})?(?!\w)"
    rf"|\b{_MONTH},? {_YEAR}\b"
    rf"|\b{_YEAR}-\d\d(?:-\d\d)?(?:T[\d:.]+Z?)?\b"
    rf"|\b(?:in|since|of|from|until|by|spring|summer|autumn|fall|winter|copyright) {_YEAR}\b"
    rf"|(?:©|\(c\)) ?{_YEAR}\b|\bthe {_YEAR}s\b"
    r"|\b\d{1,2}(?::\d\d){1,2}(?: ?[ap]\.?m\b\.?)?|\b\d{1,2} ?[ap]\.?m\b\.?"
    r"|\b(?:pages?|pp?\.) ?\d+(?:[-–]\d+)?|\b\d+[ -]min(?:ute)? read\b",
    re.IGNORECASE,
)
_QUOTATION_MARK = re.compile('[“”„«»「」『』"]')
_PARTS = r"(?:a|one)[- ](?:third|quarter|fifth|sixth|seventh|eighth|ninth|tenth|hundredth)"
_FIGURE = re.compile(
    rf"[\d¼-¾⅐-⅞]|\b(?:{_NUMBERS})\b|\b{_PARTS}(?= of\b|[.,;:!?]|$)", re.IGNORECASE
)
_LONGEST_FIGURE = 20
_WORDS: Mapping[Mark, re.Pattern[str]] = {
    Mark.REPORTING_VERB: re.compile(rf"\b(?:{_REPORTING})\b", re.IGNORECASE),
    Mark.ATTITUDE: re.compile(rf"\b(?:{_ATTITUDES})\b", re.IGNORECASE),
    Mark.PREDICTION: re.compile(rf"\b(?:{_PREDICTIONS})\b", re.IGNORECASE),
}


def marks(sentence: str) -> dict[Mark, str]:
    """Return the marks of a sentence, each with the first words that show it."""
    found = {mark: _first(words, sentence) for mark, words in _WORDS.items()}
    found[Mark.QUOTATION] = _quotation_mark(sentence)
    found[Mark.FIGURE] = _figure(_NO_FIGURE.sub(" ", sentence))
    return {mark: found[mark] for mark in Mark if found[mark]}


def marks_of(text: str, stretch: Stretch, quoted: Sequence[Stretch]) -> dict[Mark, str]:
    """Return the marks of a stretch of a text; ``quoted`` are the text's quotations.

    What stands inside of a quotation has its mark, also where that is opened and closed elsewhere.
    """
    found = marks(text[stretch.start : stretch.end])
    around = overlapping(quoted, stretch)
    if around is not None:
        found.setdefault(Mark.QUOTATION, text[around.start])
    return {mark: found[mark] for mark in Mark if mark in found}


def told(found: Mapping[Mark, str]) -> str:
    """Tell marks, one at least, in words: a reporting verb (says) and a figure (50%)."""
    *others, last = (f"{NAMES[mark]} ({words})" for mark, words in found.items())
    return f"{', '.join(others)} and {last}" if others else last


def _first(words: re.Pattern[str], sentence: str) -> str:
    match = words.search(sentence)
    return match[0] if match else ""


def _figure(sentence: str) -> str:
    """Return the first figure with what is written together with it: $600, 90-day."""
    match = _FIGURE.search(sentence)
    if match is None:
        return ""
    before = sentence[max(match.start() - _LONGEST_FIGURE, 0) : match.start()]
    after = sentence[match.end() : match.end() + _LONGEST_FIGURE]
    together = re.search(r"\S*$", before), re.match(r"\S*", after)
    words = match[0].join(found[0] for found in together if found is not None)
    return words.strip(",.;:!?()[]“”\"'")


def _quotation_mark(sentence: str) -> str:
    if sign := _first(_QUOTATION_MARK, sentence):
        return sign
    single = quotations(sentence)
    return sentence[single[0].start] if single else ""
