"""Invented records of any size, the same for the same seed: who said what about which issue.

Every property of the vocabulary occurs, and dates of every form. An append stands alone or on
earlier ones; some of its statements relay others that come later in it.
"""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import TypeAlias, TypeVar

from eventlog import Log
from eventlog.entries import MAX_APPEND
from eventlog.recorder import Recorder
from schema.entries import ENTRY_TYPES, ActorKind, AnyEntry, EventStatus, Force, LinkType, Polarity
from schema.values import Attitude, StanceKind, text_sha256

Given: TypeAlias = dict[str, object]
Statements: TypeAlias = Callable[[int, int], list[AnyEntry]]
T = TypeVar("T")

MODELS = {model.kind(): model for model in ENTRY_TYPES}
SOURCE_LENGTH = 5_000
FIRST_DAY, DAYS = date(2025, 3, 1), 180
COUNTRIES = ("Aland", "Borduria", "Cimmeria", "Drackland", "Erewhon", "Freedonia")
TOPICS = ("Rare earth exports", "Rare earth magnets", "Tariffs", "Fisheries", "Chip licences")
QUOTED = ("we will never sign this", "a bad deal", "“ruinous”", "let's talk — soon", "naïve 夢")
HEDGES = ("could", "may well", "is said to", "perhaps")


@dataclass(frozen=True, slots=True)
class Shape:
    """How many things of each kind a record has, beside its statements."""

    actors: int
    issues: int
    sources: int
    claims: int
    events: int
    links: int


def shape_for(statements: int) -> Shape:
    """Return a shape that suits a number of statements."""
    return Shape(
        actors=8 + statements // 100,
        issues=6 + statements // 2_000,
        sources=3 + statements // 40,
        claims=4 + statements // 4,
        events=3 + statements // 50,
        links=4 + statements // 20,
    )


def entry(kind: str, given: Mapping[str, object]) -> AnyEntry:
    """Return an entry of a kind, fields named as in the log."""
    return MODELS[kind].model_validate(given)


def fill(log: Log, appends: Sequence[Sequence[AnyEntry]]) -> None:
    """Put appends on record."""
    recorder = Recorder(log, "a generator")
    for append in appends:
        recorder.record(append)


def record(seed: int, statements: int, append_size: int = MAX_APPEND) -> list[list[AnyEntry]]:
    """Return the appends of a record: the first tells of things, the others of what was said."""
    chance = random.Random(seed)  # noqa: S311  # made-up records, no secrets
    maker = _Maker(chance, shape_for(statements))
    things = list(maker.things())
    appends = [things]
    for start in range(0, statements, append_size):
        appends.append(list(maker.statements(start, min(statements, start + append_size))))
    return appends


def undated(statements: int, append_size: int) -> list[list[AnyEntry]]:
    """Return the appends of a record whose statements have their dates from one source."""
    things = [
        entry("ActorRecorded", {"id": "actor/a", "name": "A", "kind": "PERSON"}),
        entry("IssueRecorded", {"id": "issue/i", "name": "I"}),
        entry("ClaimRecorded", {"id": "claim/c", "text": "It will.", "issues": ["issue/i"]}),
        entry(
            "SourceRecorded",
            {
                "id": "source/s",
                "name": "S",
                "length": 9,
                "sha256": "0" * 64,
                "published": {"edtf": "2025-05-01"},
            },
        ),
    ]
    said = {
        "speaker": "actor/a",
        "claim": "claim/c",
        "polarity": "ASSERTS",
        "force": "STATES",
        "attribution": "PARAPHRASE",
        "passages": [{"source": "source/s", "start": 0, "end": 1, "sha256": "0" * 64}],
    }
    made = [entry("StatementRecorded", {"id": f"statement/{n}", **said}) for n in range(statements)]
    return [things, *(made[n : n + append_size] for n in range(0, statements, append_size))]


def parts(seed: int, statements: int) -> tuple[list[AnyEntry], Statements]:
    """Return the things of a record, and what makes its statements from one number up to another.

    Statements that are made a second time are others.
    """
    chance = random.Random(seed)  # noqa: S311  # made-up records, no secrets
    maker = _Maker(chance, shape_for(statements))
    return list(maker.things()), lambda start, end: list(maker.statements(start, end))


def entries_of(appends: Sequence[Sequence[AnyEntry]]) -> list[AnyEntry]:
    """Return all entries, in order."""
    return [one for append in appends for one in append]


class _Maker:
    """Draws everything from one source of chance."""

    def __init__(self, chance: random.Random, shape: Shape) -> None:
        self.chance = chance
        self.shape = shape
        self.publishers: dict[str, str] = {}

    # -- chance --------------------------------------------------------------------------------

    def often(self, probability: float) -> bool:
        return self.chance.random() < probability

    def one(self, options: Sequence[T]) -> T:
        return self.chance.choice(options)

    def some(self, kind: str, count: int, most: int) -> list[str]:
        numbers = self.chance.sample(range(count), min(most, count))
        return [f"{kind}/{number}" for number in numbers[: self.chance.randint(0, most)]]

    def issue(self) -> str:
        """Return an issue; nearly half of all is about the first one."""
        return (
            "issue/0" if self.often(0.45) else f"issue/{self.chance.randrange(self.shape.issues)}"
        )

    def issues(self) -> list[str]:
        return list({self.issue(): None for _ in range(self.chance.randint(0, 2))})

    def actor(self) -> str:
        return f"actor/{self.chance.randrange(self.shape.actors)}"

    def day(self) -> date:
        return FIRST_DAY + timedelta(days=self.chance.randrange(DAYS))

    def edtf(self) -> str:
        """Return a date of any form, most often a day."""
        day, later = self.day(), self.chance.randint(1, 70)
        month = f"{day:%Y-%m}"
        other = day + timedelta(days=later)
        if self.often(0.6):
            return str(day)
        return self.one(
            [
                f"{day}T{self.chance.randrange(24):02}:30:00Z",
                f"{day}~",
                month,
                f"{month}-XX",
                f"{month}~",
                f"{day}/{other}",
                f"[{day}..{other}]",
                f"{month}/..",
                f"../{month}",
                f"[..{day}]",
                "2025",
                "2025~",
                "2025-21",
                "202X",
            ]
        )

    def date(self, edtf: str | None = None) -> Given:
        basis = self.one(["STATED", "INFERRED", "DERIVED_FROM_PUBLICATION"])
        given: Given = {"edtf": edtf or self.edtf(), "basis": basis, "because": "they wrote so"}
        return given | ({"words": "some time ago"} if self.often(0.3) else {})

    def figures(self) -> list[Given]:
        drop: Given = {"what": "tariff", "from": "145", "to": "30", "unit": "%"}
        sum_: Given = {"what": "trade", "to": "600000000000", "unit": "USD", "bound": "ABOUT"}
        return [drop, sum_ | {"words": "some $600 billion"}][: self.chance.randint(0, 2)]

    def passage(self, source: str, text: str | None = None, part: str = "BODY") -> Given:
        start = self.chance.randrange(SOURCE_LENGTH - 200)
        words = text or f"passage {start} of {source}"
        given: Given = {"source": source, "start": start, "end": start + len(words)}
        given |= {"sha256": text_sha256(words), "part": part}
        return given | ({"exact": words} if text else {})

    # -- things --------------------------------------------------------------------------------

    def things(self) -> Iterator[AnyEntry]:
        shape = self.shape
        for make, count in (
            (self.an_issue, shape.issues),
            (self.an_actor, shape.actors),
            (self.a_role, shape.actors),
            (self.a_source, shape.sources),
            (self.an_event, shape.events),
            (self.a_claim, shape.claims),
            (self.a_link, shape.links),
        ):
            yield from map(make, range(count))
        yield from map(self.an_unnamed_actor, range(shape.sources))

    def an_issue(self, n: int) -> AnyEntry:
        given: Given = {"id": f"issue/{n}", "name": f"{TOPICS[n % len(TOPICS)]} {n}"}
        if n % 2 == 0:
            given |= {"question": f"Should topic {n} be settled?", "definition": "All of it."}
        if n % 3 == 0:
            given["altNames"] = [f"Topic {n}", "Das ganze Maß"]
        if n:
            given["broader"] = self.some("issue", n, 2)
        return entry("IssueRecorded", given)

    def an_actor(self, n: int) -> AnyEntry:
        country = COUNTRIES[n % len(COUNTRIES)]
        given: Given = {
            "id": f"actor/{n}",
            "name": f"{country} {n}",
            "kind": self.one([*ActorKind]),
        }
        if n % 3 == 0:
            given["aliases"] = [f"the {country}ns", f"{country[:3].upper()}{n}"]
            given["externalIds"] = [{"scheme": "wikidata", "value": f"Q{n}"}]
        if n:
            given["partOf"] = self.some("actor", n, 2)
        return entry("ActorRecorded", given)

    def an_unnamed_actor(self, n: int) -> AnyEntry:
        given: Given = {"id": f"actor/source-{n}/official", "name": "an official"}
        given |= {"kind": "PERSON", "named": False, "scopedTo": f"source/{n}"}
        return entry("ActorRecorded", given)

    def a_role(self, n: int) -> AnyEntry:
        given: Given = {"id": f"role/{n}", "title": f"minister {n}", "holder": f"actor/{n}"}
        if n % 2 == 0:
            given |= {
                "body": self.actor(),
                "from": self.date("2019"),
                "until": self.date("[2025..]"),
            }
            given["passages"] = [self.passage(f"source/{n % self.shape.sources}", "minister")]
        return entry("RoleRecorded", given)

    def a_source(self, n: int) -> AnyEntry:
        given: Given = {"id": f"source/{n}", "name": f"document {n}", "length": SOURCE_LENGTH}
        given["sha256"] = text_sha256(f"document {n}")
        if n % 2 == 0:
            given |= {"title": f"Document {n}", "url": f"https://example.org/{n}", "language": "en"}
            given |= {"kind": "TRANSCRIPT", "authors": [self.actor()]}
        publisher = self.actor() if n % 3 else f"actor/source-{n}/official"
        self.publishers[f"source/{n}"] = given["publisher"] = publisher
        if n % 4:
            given["published"] = self.date()
        if n:
            given |= {"derivedFrom": self.some("source", n, 1), "revisionOf": f"source/{n - 1}"}
        return entry("SourceRecorded", given)

    def an_event(self, n: int) -> AnyEntry:
        given: Given = {
            "id": f"event/{n}",
            "name": f"meeting {n}",
            "status": self.one([*EventStatus]),
        }
        if n % 3:
            given |= {"occurred": self.date(), "place": "Geneva"}
        given["participants"] = [
            *self.participants("host", 1),
            *self.participants("guest", 2),
            *self.participants(None, 1),
        ]
        given |= {"figures": self.figures(), "issues": [self.issue()]}
        given["passages"] = [self.passage("source/0"), self.passage("source/1", "it met")]
        return entry("EventRecorded", given)

    def participants(self, role: str | None, most: int) -> list[Given]:
        actors = self.some("actor", self.shape.actors, most)
        extra: Given = {"role": role} if role else {}
        return [{"actor": one, **extra} for one in actors]

    def a_claim(self, n: int) -> AnyEntry:
        given: Given = {"id": f"claim/{n}", "text": f"{self.one(COUNTRIES)} will keep promise {n}."}
        given |= {"issues": self.issues()}
        given |= {"mentions": self.some("actor", self.shape.actors, 2), "figures": self.figures()}
        if self.often(0.3):
            given |= {"events": self.some("event", self.shape.events, 2), "holds": self.date()}
            given["unspecified"] = ["how much", "when"]
        return entry("ClaimRecorded", given)

    def a_link(self, n: int) -> AnyEntry:
        type_ = [*LinkType][n % len(LinkType)]
        kind, count = {
            LinkType.CAUSED: ("event", self.shape.events),
            LinkType.FOLLOWED: ("event", self.shape.events),
            LinkType.PART_OF: ("actor", self.shape.actors),
            LinkType.MEMBER_OF: ("actor", self.shape.actors),
        }.get(type_, ("claim", self.shape.claims))
        end, start = sorted(self.chance.sample(range(count), 2))
        given: Given = {"id": f"link/{n}", "type": type_, "because": "it says so"}
        given |= {"from": f"{kind}/{start}", "to": f"{kind}/{end}"}
        if n % 2:
            given["passages"] = [self.passage("source/0", "as it says")]
        return entry("LinkRecorded", given)

    # -- statements ----------------------------------------------------------------------------

    def statements(self, start: int, end: int) -> Iterator[AnyEntry]:
        return map(partial(self.a_statement, end=end), range(start, end))

    def a_statement(self, n: int, end: int) -> AnyEntry:
        number = self.chance.randrange(self.shape.sources)
        speaker = self.chance.randrange(self.shape.actors)
        source = f"source/{number}"
        given: Given = {"id": f"statement/{n}", "speaker": f"actor/{speaker}"}
        given |= {"attribution": "PARAPHRASE", "passages": [self.passage(source)]}
        if self.often(0.1):
            given["speaker"] = f"actor/source-{number}/official"
        elif self.often(0.3):
            given["capacity"] = f"role/{speaker}"
        elif self.often(0.1):
            given |= {"speaker": self.publishers[source], "attribution": "OWN_VOICE"}
        if self.often(0.85):
            given["said"] = self.date()
        if self.often(0.3):
            given["passages"] = [self.passage(source, part="TITLE"), self.passage(source)]
        self.content(given, n, end, source)
        self.extras(given)
        return entry("StatementRecorded", given)

    def content(self, given: Given, n: int, end: int, source: str) -> None:
        """Add what is said: a claim, a relay, a withdrawal, or nothing."""
        draw = self.chance.random()
        publisher = given["speaker"] == self.publishers[source]
        if draw < 0.03:
            given["attribution"] = "DECLINED_TO_COMMENT"
        elif draw < 0.06 and n:
            given["withdraws"] = f"statement/{self.chance.randrange(n)}"
        elif draw < 0.12 and n + 1 < end and not publisher:
            given["relays"] = f"statement/{min(end - 1, n + self.chance.randint(1, 3))}"
        else:
            self.claim(given, source)
            if draw > 0.97 and n and not publisher:
                given["relays"] = f"statement/{self.chance.randrange(n)}"

    def claim(self, given: Given, source: str) -> None:
        given["claim"] = f"claim/{self.chance.randrange(self.shape.claims)}"
        given |= {"polarity": self.one([*Polarity]), "force": self.one([*Force])}
        holder = self.actor()
        if self.often(0.2) and holder != given["speaker"]:
            given["ascribedTo"] = {"actor": holder, "attitude": self.one([*Attitude])}
        if self.often(0.4) and given["attribution"] != "OWN_VOICE":
            given["attribution"] = self.one(["DIRECT_QUOTE", "PARTIAL_QUOTE"])
            passage = self.passage(source, self.one(QUOTED))
            given["passages"] = [passage]
            given["quotes"] = [{key: passage[key] for key in ("start", "end", "sha256", "exact")}]
        elif self.often(0.3):
            hedge = self.passage(source, self.one(HEDGES))
            given["passages"] = [hedge, self.passage(source)]
            given["hedging"] = [{key: hedge[key] for key in ("start", "end", "sha256", "exact")}]

    def extras(self, given: Given) -> None:
        if self.often(0.2):
            given["issues"] = [self.issue()]
        if self.often(0.2):
            given["stances"] = [{"issue": "issue/0", "stance": self.one([*StanceKind])}]
        if self.often(0.1):
            given |= {"venue": "a press conference", "addressedTo": self.some("actor", 9, 2)}
        if self.often(0.1):
            given |= {"at": f"event/{self.chance.randrange(self.shape.events)}", "rating": "False"}
