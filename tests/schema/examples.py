"""One entry of each kind with every field filled, one with none but the required, and refusals."""

from collections.abc import Mapping, Sequence

from pydantic import BaseModel, ValidationError

from schema.entries import (
    ActorRecorded,
    Amended,
    AnyEntry,
    ClaimRecorded,
    EventRecorded,
    IdentityJudged,
    IssueRecorded,
    LinkRecorded,
    Reinstated,
    Retracted,
    RoleRecorded,
    SourceRecorded,
    StatementRecorded,
)
from schema.errors import faults_of
from schema.values import text_sha256

Input = dict[str, object]

SHA256 = "0123456789abcdef" * 4


def date(edtf: str) -> Input:
    """Return a date with every field filled."""
    return {"edtf": edtf, "words": "last spring", "basis": "INFERRED", "because": "the text says"}


def words(exact: str, start: int) -> Input:
    """Return words that stand at a place in a document."""
    return {
        "start": start,
        "end": start + len(exact),
        "sha256": text_sha256(exact),
        "exact": exact,
    }


def passage(start: int = 100, end: int = 300, **more: object) -> Input:
    """Return a passage of ``source/paper``."""
    return {"source": "source/paper", "start": start, "end": end, "sha256": SHA256, **more}


FIGURE: Input = {
    "what": "tariff",
    "from": "145",
    "to": "30",
    "unit": "%",
    "bound": "ABOUT",
    "words": "145% to 30%",
}

FULL: Mapping[type[AnyEntry], Input] = {
    ActorRecorded: {
        "id": "actor/paper/officials",
        "name": "officials on both sides",
        "kind": "GROUP",
        "named": False,
        "scopedTo": "source/paper",
        "aliases": ["les “officiels” – é\n\\"],
        "externalIds": [{"scheme": "wikidata", "value": "Q1"}],
        "partOf": ["actor/whole"],
    },
    RoleRecorded: {
        "id": "role/paper/official",
        "title": "former White House official",
        "holder": "actor/holder",
        "body": "actor/body",
        "from": date("2021"),
        "until": date("2024-03"),
        "passages": [{**passage(part="CAPTION"), **words("an official until 2024", 100)}],
    },
    IssueRecorded: {
        "id": "issue/tariffs",
        "name": "Tariffs",
        "question": "Should there be tariffs?",
        "definition": "Duties on goods.",
        "altNames": ["duties"],
        "broader": ["issue/trade"],
    },
    SourceRecorded: {
        "id": "source/paper",
        "name": "Article of the paper",
        "kind": "POST",
        "title": "Mano a mano",
        "url": "https://example.org/article",
        "publisher": "actor/publisher",
        "authors": ["actor/author"],
        "published": date("2025-06-02"),
        "language": "zh-Hant",
        "sha256": SHA256,
        "length": 4000,
        "derivedFrom": ["source/original"],
        "revisionOf": "source/earlier",
    },
    ClaimRecorded: {
        "id": "claim/truce",
        "text": "The truce cut tariffs.",
        "issues": ["issue/tariffs"],
        "mentions": ["actor/mentioned"],
        "events": ["event/truce"],
        "figures": [FIGURE],
        "holds": date("[2025-05-26..2025-06-02]"),
        "unspecified": ["which goods"],
    },
    EventRecorded: {
        "id": "event/call",
        "name": "The call",
        "status": "SCHEDULED",
        "occurred": date("2025-06-XX"),
        "place": "by telephone",
        "participants": [{"actor": "actor/participant", "role": "caller"}],
        "figures": [FIGURE],
        "issues": ["issue/tariffs"],
        "passages": [{**passage(part="TITLE"), **words("They will call", 100)}],
    },
    StatementRecorded: {
        "id": "statement/paper/doshi",
        "speaker": "actor/speaker",
        "capacity": "role/capacity",
        "ascribedTo": {"actor": "actor/believer", "attitude": "FEARS"},
        "attribution": "PARTIAL_QUOTE",
        "force": "WARNS",
        "polarity": "DOUBTS",
        "claim": "claim/truce",
        "said": date("2025-05~"),
        "passages": [
            {**passage(part="SUMMARY"), **words("It could be “mano a mano”.", 100)},
            passage(400, 500),
        ],
        "quotes": [words("mano a mano", 113)],
        "hedging": [words("could", 103)],
        "relays": "statement/relayed",
        "withdraws": "statement/withdrawn",
        "issues": ["issue/own"],
        "stances": [{"issue": "issue/asked", "stance": "OPPOSES"}],
        "addressedTo": ["actor/addressee"],
        "venue": "the White House",
        "at": "event/briefing",
        "rating": "Mostly false",
    },
    LinkRecorded: {
        "id": "link/one",
        "type": "PART_OF",
        "from": "event/call",
        "to": "event/talks",
        "passages": [{**passage(part="RELATED"), **words("a call in the talks", 100)}],
        "because": "the text says so",
    },
    IdentityJudged: {
        "id": "judgement/one",
        "type": "NOT_SAME_AS",
        "from": "actor/officials",
        "to": "actor/others",
        "passages": [{**passage(part="HEADING"), **words("officials of both", 100)}],
        "because": "each side has its own",
    },
    Amended: {
        "id": "source/paper",
        "fields": {
            "length": 3000,
            "derivedFrom": ["source/first"],
            "published": date("2025-06-01"),
            "title": None,
        },
        "ofVersion": 2,
        "reason": "The paper says so on its page.",
    },
    Retracted: {
        "id": "statement/paper/doshi",
        "reason": "It is satire.",
        "cascadedFrom": "source/paper",
    },
    Reinstated: {"id": "statement/paper/doshi", "reason": "It was none."},
}
"""An input for each kind that fills every field with something else than its default."""

MINIMAL: Mapping[type[AnyEntry], Input] = {
    ActorRecorded: {"id": "actor/xi", "name": "Xi Jinping", "kind": "PERSON"},
    RoleRecorded: {"id": "role/president", "title": "president", "holder": "actor/xi"},
    IssueRecorded: {"id": "issue/tariffs", "name": "Tariffs"},
    SourceRecorded: {"id": "source/paper", "name": "Paper", "sha256": SHA256, "length": 1},
    ClaimRecorded: {"id": "claim/truce", "text": "There is a truce."},
    EventRecorded: {"id": "event/call", "name": "The call", "status": "PROPOSED"},
    StatementRecorded: {
        "id": "statement/paper/xi",
        "speaker": "actor/xi",
        "attribution": "PARAPHRASE",
        "polarity": "ASSERTS",
        "claim": "claim/truce",
        "passages": [passage()],
    },
    LinkRecorded: {
        "id": "link/two",
        "type": "SUPPORTS",
        "from": "claim/truce",
        "to": "claim/deal",
        "because": "one follows from the other",
    },
    IdentityJudged: {
        "id": "judgement/two",
        "type": "SAME_AS",
        "from": "event/call",
        "to": "event/talk",
        "because": "both were on that day",
    },
    Amended: {"id": "actor/xi", "fields": {"name": "Xi"}, "reason": "A slip."},
    Retracted: {"id": "actor/xi", "reason": "A slip."},
    Reinstated: {"id": "actor/xi", "reason": "It was none."},
}
"""An input for each kind with nothing but what is required."""

KINDS: Sequence[type[AnyEntry]] = tuple(FULL)


def minimal(model: type[AnyEntry], **fields: object) -> Input:
    """Return the least input of a kind with some fields set; None takes one out."""
    return {key: one for key, one in {**MINIMAL[model], **fields}.items() if one is not None}


def faults(model: type[BaseModel], given: object) -> list[str]:
    """Return what a model says against an input, a sentence a fault; nothing if it takes it."""
    try:
        model.model_validate(given)
    except ValidationError as error:
        return [str(fault) for fault in faults_of(error)]
    return []
