"""An invented record in which everything that can be said is said at least once."""

from pathlib import Path

from eventlog import Log
from eventlog.recorder import Recorder
from schema.entries import THINGS, AnyEntry
from schema.values import text_sha256

RECORDED_BY = "a coder"

DOCUMENT = """\
Freedonia to cut exports of rare earth magnets
Ana Brandt, the mines minister of Freedonia, told Sylvania at talks in Little Harbour that her \
country “will probably ship 120 tonnes of magnets” this year instead of 400. Sylvania’s envoy \
denied that anything was settled, somebody close to the talks said. Makers fear that their lines \
will stop 🧲, and few of them sleep well.
The Harbour Post asked the ministry of mines, which declined to comment.
"""
LATER = """\
A correction: Ana Brandt has taken back what she said about magnets. Will lines stop? Not surely.
"""


def _entry(identifier: str, **given: object) -> AnyEntry:
    kind = identifier.partition("/")[0]
    return THINGS[kind].model_validate({"id": identifier, **given})


def span(words: str, text: str = DOCUMENT) -> dict[str, object]:
    """Return where words stand in a text."""
    start = text.index(words)
    return {"start": start, "end": start + len(words), "sha256": text_sha256(words)}


def quote(words: str) -> dict[str, object]:
    """Return quoted or hedging words of the document."""
    return {**span(words), "exact": words}


def passage(words: str, **given: object) -> dict[str, object]:
    """Return a passage of the document."""
    return {"source": "source/post", **span(words), **given}


def later(words: str) -> dict[str, object]:
    """Return a passage of the correction."""
    return {"source": "source/correction", **span(words, LATER)}


def _date(edtf: str, because: str | None = None, **given: object) -> dict[str, object]:
    if because is None:
        return {"edtf": edtf, **given}
    return {"edtf": edtf, "basis": "INFERRED", "because": because, **given}


BRANDT = passage(
    "Ana Brandt, the mines minister of Freedonia, told Sylvania at talks in Little Harbour that "
    "her country “will probably ship 120 tonnes of magnets” this year instead of 400."
)
"""The passage of the statement that has every part."""

SOURCES = [
    _entry(
        "source/post",
        name="Freedonia to cut exports",
        title="Freedonia to cut exports of rare earth magnets",
        kind="ARTICLE",
        url="https://harbour-post.example/magnets",
        publisher="actor/harbour-post",
        authors=["actor/jo-reed"],
        published=_date("2025-06-02"),
        language="en",
        sha256=text_sha256(DOCUMENT),
        length=len(DOCUMENT),
    ),
    _entry(
        "source/correction",
        name="A correction",
        kind="POST",
        publisher="actor/harbour-post",
        published=_date("2025-06-XX", "it speaks of the week after"),
        sha256=text_sha256(LATER),
        length=len(LATER),
        revisionOf="source/post",
    ),
    _entry(
        "source/reprint",
        name="The same elsewhere",
        sha256=text_sha256("reprinted"),
        length=9,
        derivedFrom=["source/post"],
    ),
]
ACTORS = [
    _entry("actor/freedonia", name="Freedonia", kind="STATE", aliases=["the Republic"]),
    _entry(
        "actor/ministry",
        name="Ministry of Mines",
        kind="ORGANISATION",
        partOf=["actor/freedonia"],
        aliases=["the ministry"],
        externalIds=[{"scheme": "wikidata", "value": "Q0"}],
    ),
    _entry("actor/ana-brandt", name="Ana Brandt", kind="PERSON"),
    _entry("actor/sylvania", name="Sylvania", kind="STATE"),
    _entry("actor/envoy", name="Sylvania’s envoy", kind="PERSON", partOf=["actor/sylvania"]),
    _entry("actor/harbour-post", name="The Harbour Post", kind="ORGANISATION"),
    _entry("actor/jo-reed", name="Jo Reed", kind="PERSON"),
    _entry("actor/post/makers", name="makers", kind="GROUP", named=False, scopedTo="source/post"),
    _entry(
        "actor/post/insider",
        name="somebody close to the talks",
        kind="PERSON",
        named=False,
        scopedTo="source/post",
    ),
]
ISSUES = [
    _entry("issue/trade", name="Trade"),
    _entry(
        "issue/rare-earths",
        name="Rare earth exports",
        question="Should rare earths be exported freely?",
        definition="Sales of rare earths and of magnets made of them to other countries.",
        altNames=["magnets"],
        broader=["issue/trade"],
    ),
]
EVENTS = [
    _entry(
        "event/talks",
        name="Talks in Little Harbour",
        status="HAPPENED",
        occurred=_date("2025-05-30/2025-05-31", words="at talks"),
        place="Little Harbour",
        participants=[
            {"actor": "actor/freedonia", "role": "host"},
            {"actor": "actor/sylvania"},
        ],
        figures=[{"what": "days", "to": "2", "unit": "days"}],
        issues=["issue/rare-earths"],
        passages=[passage("talks in Little Harbour")],
    ),
    _entry("event/week", name="The week of talks", status="SCHEDULED"),
    _entry("event/cut", name="The cut", status="PROPOSED", occurred=_date("2025-06/..")),
]
CLAIMS = [
    _entry(
        "claim/cut",
        text="Freedonia ships 120 tonnes of magnets in 2025.",
        issues=["issue/rare-earths"],
        mentions=["actor/freedonia"],
        events=["event/cut"],
        figures=[
            {
                "what": "magnets shipped",
                "from": "400",
                "to": "120",
                "unit": "tonnes",
                "bound": "ABOUT",
                "words": "120 tonnes of magnets",
            }
        ],
        holds=_date("2025", "“this year”"),
        unspecified=["to whom"],
    ),
    _entry("claim/stop", text="The makers’ lines will stop.", issues=["issue/rare-earths"]),
    _entry("claim/all-stop", text="All lines will stop.", mentions=["actor/post/makers"]),
]
ROLES = [
    _entry(
        "role/minister",
        title="mines minister",
        holder="actor/ana-brandt",
        body="actor/ministry",
        **{"from": _date("2023")},
        until=_date("2027~"),
        passages=[passage("the mines minister of Freedonia")],
    )
]
STATEMENTS = [
    _entry(
        "statement/post/brandt",
        speaker="actor/ana-brandt",
        capacity="role/minister",
        attribution="PARTIAL_QUOTE",
        force="PROMISES",
        polarity="ASSERTS",
        claim="claim/cut",
        said=_date("2025-05-30~", "the day of the talks", words="at talks"),
        passages=[BRANDT, passage("Freedonia to cut exports of rare earth magnets", part="TITLE")],
        quotes=[quote("will probably ship 120 tonnes of magnets")],
        hedging=[quote("probably")],
        issues=["issue/trade"],
        stances=[{"issue": "issue/rare-earths", "stance": "OPPOSES"}],
        addressedTo=["actor/sylvania"],
        venue="a conference room",
        at="event/talks",
        rating="Half true",
    ),
    _entry(
        "statement/post/envoy",
        speaker="actor/envoy",
        attribution="PARAPHRASE",
        polarity="DENIES",
        claim="claim/cut",
        passages=[passage("Sylvania’s envoy denied that anything was settled")],
    ),
    _entry(
        "statement/post/insider",
        speaker="actor/post/insider",
        attribution="PARAPHRASE",
        passages=[passage("somebody close to the talks said")],
        relays="statement/post/envoy",
    ),
    _entry(
        "statement/post/fear",
        speaker="actor/harbour-post",
        attribution="OWN_VOICE",
        polarity="ASSERTS",
        claim="claim/stop",
        stances=[{"issue": "issue/rare-earths", "stance": "SUPPORTS"}],
        ascribedTo={"actor": "actor/post/makers", "attitude": "FEARS"},
        passages=[
            passage(
                "Makers fear that their lines will stop",
                exact="Makers fear that their lines will stop",
            )
        ],
    ),
    _entry(
        "statement/post/ministry",
        speaker="actor/ministry",
        attribution="DECLINED_TO_COMMENT",
        passages=[passage("the ministry of mines, which declined to comment")],
    ),
    _entry(
        "statement/correction/withdrawn",
        speaker="actor/ana-brandt",
        attribution="PARAPHRASE",
        withdraws="statement/post/brandt",
        said=_date("2025-06"),
        passages=[later("Ana Brandt has taken back what she said")],
    ),
    _entry(
        "statement/correction/doubt",
        speaker="actor/harbour-post",
        attribution="OWN_VOICE",
        force="PREDICTS",
        polarity="DOUBTS",
        claim="claim/stop",
        passages=[later("Will lines stop? Not surely.")],
    ),
]
REPRINTED = [
    _entry(
        "actor/reprint/editor",
        name="an editor",
        kind="PERSON",
        named=False,
        scopedTo="source/reprint",
    ),
    _entry(
        "statement/reprint/asks",
        speaker="actor/reprint/editor",
        attribution="PARAPHRASE",
        polarity="ASKS",
        claim="claim/all-stop",
        passages=[
            {"source": "source/reprint", "start": 0, "end": 9, "sha256": text_sha256("reprinted")}
        ],
    ),
]
LINKS = [
    _entry(
        f"link/{type_.lower().replace('_', '-')}-{n}",
        type=type_,
        **{"from": a, "to": b},
        because="so it is told",
    )
    for n, (type_, a, b) in enumerate(
        [
            ("SUPPORTS", "claim/cut", "claim/stop"),
            ("CONTRADICTS", "claim/cut", "claim/all-stop"),
            ("RESTATES", "claim/stop", "claim/all-stop"),
            ("REFINES", "claim/all-stop", "claim/stop"),
            ("CAUSED", "event/talks", "event/cut"),
            ("FOLLOWED", "event/cut", "event/talks"),
            ("PART_OF", "event/talks", "event/week"),
            ("MEMBER_OF", "actor/jo-reed", "actor/post/makers"),
        ]
    )
]

COPY = {"source": "source/copy", "start": 0, "end": 9, "sha256": text_sha256("reprinted")}
TOLD_AGAIN = [
    _entry(
        "source/copy",
        name="The same once more",
        sha256=text_sha256("reprinted"),
        length=9,
        derivedFrom=["source/correction"],
    ),
    _entry(
        "actor/copy/minister",
        name="Minister A. Brandt",
        kind="PERSON",
        aliases=["Brandt of the Mines"],
        partOf=["actor/ministry"],
    ),
    _entry(
        "issue/magnet-exports",
        name="Exports of magnets",
        question="Should magnets be exported freely?",
        altNames=["magnet trade"],
        broader=["issue/trade"],
    ),
    _entry(
        "event/copy/meeting",
        name="A meeting by the sea",
        status="ALLEGED",
        participants=[{"actor": "actor/copy/minister", "role": "guest"}],
        issues=["issue/magnet-exports"],
        passages=[COPY],
    ),
    _entry(
        "claim/copy/cut",
        text="Sylvania gets few of Freedonia’s magnets.",
        issues=["issue/magnet-exports"],
        mentions=["actor/sylvania"],
        events=["event/copy/meeting"],
    ),
    _entry(
        "statement/copy/minister",
        speaker="actor/copy/minister",
        attribution="PARAPHRASE",
        force="PROMISES",
        polarity="ASSERTS",
        claim="claim/copy/cut",
        passages=[COPY],
        stances=[{"issue": "issue/magnet-exports", "stance": "OPPOSES"}],
        addressedTo=["actor/sylvania"],
        at="event/copy/meeting",
    ),
]
"""What another document tells of the same once more, under ids of its own."""

MERGED = {
    "source/copy": "source/reprint",
    "actor/copy/minister": "actor/ana-brandt",
    "issue/magnet-exports": "issue/rare-earths",
    "event/copy/meeting": "event/talks",
    "claim/copy/cut": "claim/cut",
    "statement/copy/minister": "statement/post/brandt",
}
"""What judgements merge, by ids: each with what it is merged into."""

APART = {
    "source/post": "source/correction",
    "actor/freedonia": "actor/sylvania",
    "issue/trade": "issue/rare-earths",
    "event/talks": "event/cut",
    "claim/stop": "claim/all-stop",
    "statement/post/fear": "statement/correction/doubt",
}
"""What is judged not to be the same."""

CONTRADICTORY = ("actor/jo-reed", "actor/reprint/editor")
"""Two who are judged to be the same, and not to be."""


def _judged(type_: str, name: str, one: str, other: str) -> AnyEntry:
    given = {"type": type_, "from": one, "to": other, "because": "both were read"}
    return _entry(f"judgement/{name}", **given)


JUDGEMENTS = [
    *(
        _judged(type_, f"{type_[:4].strip('_').lower()}-{n}", one, other)
        for type_, pairs in (("SAME_AS", MERGED), ("NOT_SAME_AS", APART))
        for n, (one, other) in enumerate(pairs.items())
    ),
    _judged("SAME_AS", "editor-is-reed", *CONTRADICTORY),
    _judged("NOT_SAME_AS", "editor-is-not-reed", *CONTRADICTORY),
]

APPENDS: list[list[AnyEntry]] = [
    [*SOURCES, *ACTORS, *ISSUES, *EVENTS, *CLAIMS, *ROLES],
    [*STATEMENTS],
    [*REPRINTED, *LINKS],
    [*TOLD_AGAIN, *JUDGEMENTS],
]


def record(log: Log) -> int:
    """Put everything on record, and return the last position."""
    recorder = Recorder(log, RECORDED_BY)
    for number, append in enumerate(APPENDS):
        recorder.record(append, idempotency_key=f"append {number}")
    return log.head().position


def write_documents(folder: Path) -> None:
    """Write the text of the article, and not that of the correction, into a folder."""
    folder.mkdir(exist_ok=True)
    (folder / "article.txt").write_bytes(DOCUMENT.encode())
