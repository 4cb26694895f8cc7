"""The fold: a pure and total function from entries to nodes and relationships."""

import random
from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eventlog import Entry, Header, NewEntry
from eventlog.recorder import new_entry
from graph.deriving import CAPTION_LENGTH, derive
from graph.elements import Properties
from graph.model import (
    KINDS,
    PROBLEM,
    Date,
    Json,
    Relation,
    Scalar,
    label_of,
)
from graph.whole import WholeGraph, fold_all
from schema.dates import UNDATED_SPAN, WIDE_SPAN, parse, span
from schema.entries import THING_TYPES, AnyEntry, LinkType, Polarity
from tests.graph.records import entries_of, entry, record
from tests.schema.newer import decode, newer, older
from tests.schema.strategies import appends

RECORDED_AT = "2025-06-10T12:00:00.000000Z"
SHA = "0" * 64
SOURCE = {"id": "source/s", "name": "S", "sha256": SHA, "length": 100}
PASSAGE = {"source": "source/s", "start": 0, "end": 9, "sha256": SHA}


IDENTITY = {"CANONICAL", "SAME_AS", "NOT_SAME_AS"}


def logged(*written: Sequence[NewEntry | AnyEntry]) -> list[Entry]:
    """Return entries as a log would hold them, one append after the other."""
    entries: list[Entry] = []
    for append in written:
        first = len(entries) + 1
        for one in append:
            new = one if isinstance(one, NewEntry) else new_entry(one)
            header = Header(
                log_id="test",
                position=len(entries) + 1,
                recorded_at=RECORDED_AT,
                recorded_by="tester",
                kind=new.kind,
                version=new.version,
                subject=new.subject,
                append_first=first,
                append_size=len(append),
            )
            entries.append(Entry(header, new.payload, b"", b""))
    return entries


def folded(*written: Sequence[NewEntry | AnyEntry]) -> WholeGraph:
    return fold_all(logged(*written))


def actor(name: str, **given: object) -> AnyEntry:
    return entry("ActorRecorded", {"id": f"actor/{name}", "name": name, "kind": "PERSON", **given})


def claim(name: str, *issues: str) -> AnyEntry:
    given = {"id": f"claim/{name}", "text": f"{name} is so.", "issues": issues}
    return entry("ClaimRecorded", given)


def issue(name: str) -> AnyEntry:
    return entry("IssueRecorded", {"id": f"issue/{name}", "name": name})


def source(published: str | None = None, **given: object) -> AnyEntry:
    date = {} if published is None else {"published": {"edtf": published}}
    return entry("SourceRecorded", {**SOURCE, **date, **given})


def statement(name: str, **given: object) -> AnyEntry:
    """Return a paraphrase by actor/a in source/s."""
    plain = {"id": f"statement/{name}", "speaker": "actor/a", "attribution": "PARAPHRASE"}
    return entry("StatementRecorded", {**plain, "passages": [PASSAGE], **given})


def node(additions: WholeGraph, identifier: str) -> Properties:
    (found,) = (one for one in additions.nodes if one.id == identifier)
    return found.properties


def ends(additions: WholeGraph, start: str, *types: str) -> list[str]:
    """Return where relationships of some types lead to from a node."""
    return [
        one.target for one in additions.relationships if one.source == start and one.type in types
    ]


def problems(additions: WholeGraph) -> dict[str, str]:
    """Return why subjects were not applied."""
    return {
        str(one.properties["subject"]): str(one.properties["reason"])
        for one in additions.nodes
        if one.label == PROBLEM
    }


def everything_but_problems(additions: WholeGraph) -> WholeGraph:
    nodes = [one for one in additions.nodes if one.label != PROBLEM]
    return WholeGraph(nodes, additions.relationships)


# -- the model and the fold --------------------------------------------------------------------


def test_every_kind_of_entry_has_a_fold() -> None:
    for model in THING_TYPES:
        assert derive.dispatch(model) is not derive.dispatch(object), model


@pytest.fixture(scope="module")
def rich() -> WholeGraph:
    """Return what the fold makes of a record in which every property occurs."""
    return folded(*record(0, 400))


def test_the_fold_writes_the_properties_of_the_model_and_no_others(rich: WholeGraph) -> None:
    written: dict[str, set[str]] = {label: set() for label in KINDS}
    for one in rich.nodes:
        written[one.label] |= one.properties.keys()
    for label, kind in KINDS.items():
        named = {"since", "nameFolded", "sortName"}
        for order in kind.orders:
            named |= {*order.keys, *(("span",) if order.dated else ())}
        for field in kind.fields:
            match field:
                case Scalar(name=name, folded=copy):
                    named |= {name, copy or name}
                case Json(name=name):
                    named.add(name)
                case Date() as date:
                    parts = ("edtf", "words", "basis", "because", "earliest", "latest", "precision")
                    named |= {date.property(part) for part in parts}
                case Relation():
                    pass
        assert written[label] == named, label


def test_the_fold_writes_the_relationships_of_the_model_and_no_others(rich: WholeGraph) -> None:
    written = {(label_of(one.source), one.type, label_of(one.target)) for one in rich.relationships}
    named = set()
    for label, kind in KINDS.items():
        for field in kind.fields:
            if isinstance(field, Relation) and not set(field.types) & IDENTITY:
                for type_ in field.types:
                    ends = (label, field.target)
                    start, end = reversed(ends) if field.incoming else ends
                    named.add((start, type_, end))
    links_of_events = ("Event", "FOLLOWED", "Event"), ("Event", "PART_OF", "Event")
    assert written | set(links_of_events) == named


def test_the_fold_writes_the_properties_of_relationships_that_are_asked_for(
    rich: WholeGraph,
) -> None:
    written: dict[tuple[str, str, str], set[str]] = {}
    for one in rich.relationships:
        ends = (label_of(one.source), one.type, label_of(one.target))
        written.setdefault(ends, set()).update(one.properties)
    for label, kind in KINDS.items():
        for field in kind.fields:
            if isinstance(field, Relation) and field.node_field is not None:
                ends = (label, field.types[0], field.target)
                found = written[(ends[2], ends[1], ends[0]) if field.incoming else ends]
                asked = {one.name for one in field.properties} | {field.order or "since"}
                assert asked <= found, field


def test_all_statement_dates_go_to_their_issues_as_well(rich: WholeGraph) -> None:
    nodes = {one.id: one.properties for one in rich.nodes}
    for one in rich.relationships:
        if one.type == "ABOUT" and one.source.startswith("statement/"):
            said = nodes[one.source]
            for name in ("span", "at", "saidEarliest"):
                assert one.properties[name] == said[name]
            assert one.properties["issue"] == one.target


# -- total and pure ----------------------------------------------------------------------------


def broken(kind: str = "ActorRecorded", **given: object) -> NewEntry:
    plain = NewEntry(kind, 1, "actor/bad", b"{}")
    return plain._replace(**given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (broken("RumourRecorded"), "no RumourRecorded of version 1 is known to this program"),
        (broken(version=2), "no ActorRecorded of version 2 is known to this program"),
        (broken(payload=b"\xff not JSON"), "invalid JSON"),
        (broken(payload=b"[" * 100_000), "invalid JSON"),
        (
            broken(payload=b'{"id":"actor/bad","name":"Bad","kind":"ROBOT"}'),
            "kind: 'ROBOT' is none",
        ),
        (
            broken(payload=b'{"id":"actor/a","name":"A","kind":"PERSON"}'),
            "tells of actor/a instead of its subject",
        ),
        (new_entry(actor("bad", partOf=["actor/nobody"])), "refers to actor/nobody, which could"),
    ],
    ids=["kind", "version", "bytes", "depth", "value", "subject", "reference"],
)
def test_what_cannot_be_applied_changes_nothing_but_a_problem(bad: NewEntry, reason: str) -> None:
    others: list[list[AnyEntry]] = [[actor("a")], [actor("b"), actor("c")]]
    for at in (0, 1, 2):
        with_bad: list[Sequence[NewEntry | AnyEntry]] = [*others[:at], [bad], *others[at:]]
        found = folded(*with_bad)
        assert list(problems(found)) == ["actor/bad"]
        assert problems(found)["actor/bad"].startswith(reason)
        without = fold_all(one for one in logged(*with_bad) if one.header.subject != "actor/bad")
        assert everything_but_problems(found).digest() == without.digest()


def test_what_refers_to_a_problem_is_a_problem_through_any_chain() -> None:
    chain = [actor(f"n{n}", partOf=[f"actor/n{n + 1}"]) for n in range(500)]
    chain[-1] = actor("n499", partOf=["actor/gone"])
    for order in (chain, chain[::-1]):
        found = folded([*order, actor("a")], [actor("later", partOf=["actor/n7"])])
        assert len(problems(found)) == 501
        assert problems(found)["actor/n3"] == "refers to actor/n4, which could not be applied"
        assert problems(found)["actor/later"] == "refers to actor/n7, which could not be applied"
        assert [one.id for one in found.nodes if one.label != PROBLEM] == ["actor/a"]
        assert found.relationships == []


def test_a_link_of_a_problem_is_one_as_well() -> None:
    link = {"id": "link/l", "type": "PART_OF", "from": "actor/a", "to": "actor/bad", "because": "."}
    found = folded([actor("a"), entry("LinkRecorded", link), broken()])
    assert problems(found)["link/l"] == "refers to actor/bad, which could not be applied"


@pytest.mark.parametrize("length", [1, 2, 30])
def test_relays_that_lead_back_to_themselves_are_problems(length: int) -> None:
    ring = [statement(f"r{n}", relays=f"statement/r{(n + 1) % length}") for n in range(length)]
    tail = statement("tail", relays="statement/r0")
    found = folded([actor("a"), source(), tail, *ring])
    assert problems(found) == {
        "statement/tail": "refers to statement/r0, which could not be applied",
        **{one.id: "relays itself, by a chain of statements" for one in ring},
    }
    assert {one.id for one in found.nodes if one.label != PROBLEM} == {"actor/a", "source/s"}


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(record=appends(), data=st.data())
def test_any_log_is_folded_whatever_its_entries_hold(
    record: list[list[AnyEntry]], data: st.DataObject
) -> None:
    written: list[list[NewEntry]] = [[new_entry(one) for one in append] for append in record]
    append = data.draw(st.sampled_from(written))
    index = data.draw(st.integers(0, len(append) - 1))
    spoilt = data.draw(st.binary() | st.just(append[index].payload[:-1]))
    append[index] = append[index]._replace(payload=spoilt)
    found = folded(*written)
    nodes = {one.id for one in found.nodes}
    assert len(nodes) == len(found.nodes)
    for one in found.relationships:
        assert {one.source, one.target} <= nodes
    assert append[index].subject in problems(found)
    assert folded(*written).digest() == found.digest()


def test_the_same_record_gives_the_same_graph_however_its_appends_are_cut() -> None:
    entries = entries_of(record(2, 60, append_size=60))
    things, said = entries[:-60], entries[-60:]
    whole = folded(things, said)
    again = folded(things, said)
    assert whole == again
    assert whole.digest() == again.digest()


def test_entries_of_several_versions_fold_as_if_all_were_of_the_present_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mixed = logged([older("a"), older("b")], [newer("c"), older("d")], [source()])
    present = logged([newer("a"), newer("b")], [newer("c"), newer("d")], [source()])
    assert [one.header.version for one in mixed] == [1, 1, 2, 1, 1]
    assert problems(fold_all(mixed)).keys() == {"actor/c"}

    monkeypatch.setattr("eventlog.reading.decode", decode)
    assert problems(fold_all(mixed)) == {}
    assert fold_all(mixed).digest() == fold_all(present).digest()


# -- what statements are about -----------------------------------------------------------------

BASE = [actor("a"), actor("b"), issue("i"), issue("j"), issue("k"), source(), claim("c", "issue/i")]


def test_a_statement_is_about_its_own_issues_its_claims_and_what_it_relays_at_any_depth() -> None:
    first = statement("s0", claim="claim/c", polarity="ASSERTS", issues=["issue/j", "issue/i"])
    chain = [statement(f"s{n}", relays=f"statement/s{n - 1}") for n in range(1, 40)]
    last = statement("s40", relays="statement/s39", issues=["issue/k"])
    together = [first, *chain, last]
    random.Random(1).shuffle(together)  # noqa: S311  # an order like any other
    for written in ([[*BASE, *together]], [BASE, [first], *([one] for one in chain), [last]]):
        found = folded(*written)
        assert ends(found, "statement/s0", "ABOUT") == ["issue/i", "issue/j"]
        assert ends(found, "statement/s39", "ABOUT") == ["issue/i", "issue/j"]
        assert ends(found, "statement/s40", "ABOUT") == ["issue/i", "issue/j", "issue/k"]
        assert ends(found, "statement/s40", "PASSES_ON") == ["claim/c"]
        assert not ends(found, "statement/s40", *(polarity.value for polarity in Polarity))


def test_a_relay_with_a_claim_of_its_own_makes_that_claim() -> None:
    inner = statement("s1", claim="claim/c", polarity="DENIES")
    outer = statement("s2", claim="claim/d", polarity="ASKS", relays="statement/s1")
    found = folded([*BASE, claim("d", "issue/k"), inner, outer])
    assert ends(found, "statement/s2", "ASKS") == ["claim/d"]
    assert ends(found, "statement/s2", "PASSES_ON") == []
    assert ends(found, "statement/s2", "ABOUT") == ["issue/i", "issue/k"]


def test_an_ascribed_belief_never_is_the_speakers_assertion() -> None:
    holder = {"actor": "actor/b", "attitude": "FEARS"}
    found = folded([*BASE, statement("s", claim="claim/c", polarity="ASSERTS", ascribedTo=holder)])
    assert ends(found, "statement/s", *(polarity.value for polarity in Polarity)) == []
    assert ends(found, "statement/s", "ASCRIBES") == ["claim/c"]
    assert ends(found, "statement/s", "ASCRIBES_TO") == ["actor/b"]
    (ascribes,) = (one for one in found.relationships if one.type == "ASCRIBES")
    assert ascribes.properties == {"since": 8, "polarity": "ASSERTS", "attitude": "FEARS"}
    assert node(found, "statement/s")["name"] == "ascribes FEARS: c is so."


def test_a_stance_of_who_holds_an_ascribed_belief_never_is_the_speakers() -> None:
    holder = {"actor": "actor/b", "attitude": "WANTS"}
    stances = [{"issue": "issue/j", "stance": "SUPPORTS"}]
    told = {"claim": "claim/c", "polarity": "ASSERTS", "stances": stances}
    found = folded([*BASE, statement("own", **told), statement("laid", ascribedTo=holder, **told)])
    assert ends(found, "statement/own", "TAKES_STANCE") == ["issue/j"]
    assert ends(found, "statement/laid", "TAKES_STANCE") == []
    assert ends(found, "statement/laid", "ASCRIBES_STANCE") == ["issue/j"]


def test_two_statements_of_one_speaker_on_one_claim_stay_two() -> None:
    twice = [statement(name, claim="claim/c", polarity="ASSERTS") for name in ("s1", "s2")]
    found = folded([*BASE, *twice])
    assert ends(found, "actor/a", "MADE") == ["statement/s1", "statement/s2"]
    asserts = [one.source for one in found.relationships if one.type == "ASSERTS"]
    assert asserts == ["statement/s1", "statement/s2"]


@pytest.mark.parametrize("link", list(LinkType))
def test_two_links_between_the_same_two_things_stay_two(link: LinkType) -> None:
    kind = "claim" if link.value in ("SUPPORTS", "CONTRADICTS", "RESTATES", "REFINES") else "actor"
    kind = "event" if link.value in ("CAUSED", "FOLLOWED") else kind
    things: list[AnyEntry] = [
        *(claim(name) for name in "xy"),
        *(actor(name) for name in "xy"),
        *(
            entry("EventRecorded", {"id": f"event/{name}", "name": name, "status": "HAPPENED"})
            for name in "xy"
        ),
    ]
    links = [
        entry(
            "LinkRecorded",
            {
                "id": f"link/{n}",
                "type": link,
                "from": f"{kind}/x",
                "to": f"{kind}/y",
                "because": ".",
            },
        )
        for n in (1, 2)
    ]
    found = folded([*things, *links])
    assert sorted(str(one.properties["id"]) for one in found.relationships) == ["link/1", "link/2"]


# -- captions ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "caption"),
    [
        ({"claim": "claim/c", "polarity": "ASSERTS"}, "STATES: c is so."),
        ({"claim": "claim/c", "polarity": "DENIES", "force": "WARNS"}, "WARNS, DENIES: c is so."),
        ({"attribution": "DECLINED_TO_COMMENT"}, "declined to comment"),
        ({"relays": "statement/first"}, "relays a statement"),
        ({"withdraws": "statement/first"}, "withdraws a statement"),
    ],
)
def test_a_statement_has_a_few_words_as_its_caption(given: dict[str, object], caption: str) -> None:
    first = statement("first", claim="claim/c", polarity="ASKS")
    assert node(folded([*BASE, first, statement("s", **given)]), "statement/s")["name"] == caption


def test_a_long_caption_is_cut() -> None:
    long = entry("ClaimRecorded", {"id": "claim/long", "text": "very " * 100 + "long"})
    found = folded([*BASE, long, statement("s", claim="claim/long", polarity="ASSERTS")])
    name = str(node(found, "statement/s")["name"])
    assert name.startswith("STATES: very very")
    assert name.endswith("…")
    assert len(name) == CAPTION_LENGTH


def test_any_name_fits_into_the_key_of_an_index() -> None:
    found = folded([entry("ClaimRecorded", {"id": "claim/c", "text": "ΐ" * 2000})])
    assert len(str(node(found, "claim/c")["sortName"]).encode()) < 8_000


# -- dates -------------------------------------------------------------------------------------


def said_of(published: str | None, said: str | None, **given: object) -> dict[str, object]:
    """Return the date properties of a statement in a source."""
    date = {} if said is None else {"said": {"edtf": said, "because": "."}}
    one = statement("s", claim="claim/c", polarity="ASSERTS", **date, **given)
    publisher = source(published, publisher="actor/a")
    base = [other for other in BASE if other.id != "source/s"]
    properties = node(folded([*base, publisher, one]), "statement/s")
    found: dict[str, object] = {
        name.removeprefix("said").lower(): value
        for name, value in properties.items()
        if name.startswith("said")
    }
    return found | {"span": properties["span"], "at": properties["at"]}


def test_a_date_of_its_own_stays_as_it_is() -> None:
    assert said_of("2025-06", "2025-06-02") == {
        "edtf": "2025-06-02",
        "basis": "STATED",
        "because": ".",
        "earliest": "2025-06-02T00:00:00Z",
        "latest": "2025-06-03T00:00:00Z",
        "precision": "DAY",
        "span": span(parse("2025-06-02")),
        "at": "2025-06-03T00:00:00Z|statement/s",
    }


def test_a_missing_date_is_inherited_from_the_source() -> None:
    assert said_of("2025-06-02", None) == {
        "basis": "DERIVED_FROM_PUBLICATION",
        "earliest": "0001-01-01T00:00:00Z",
        "latest": "2025-06-03T00:00:00Z",
        "precision": "INTERVAL",
        "span": WIDE_SPAN,
        "at": "2025-06-03T00:00:00Z|statement/s",
    }


def test_a_missing_end_is_inherited_from_the_source() -> None:
    found = said_of("2025-06-02", "2025-05/..")
    assert (found["edtf"], found["earliest"]) == ("2025-05/..", "2025-05-01T00:00:00Z")
    assert found["latest"] == "2025-06-03T00:00:00Z"


def test_a_document_speaks_when_it_is_published() -> None:
    found = said_of("2025-06-02", None, attribution="OWN_VOICE")
    assert found["edtf"] == "2025-06-02"
    assert found["basis"] == "DERIVED_FROM_PUBLICATION"
    assert found["earliest"] == "2025-06-02T00:00:00Z"


def test_what_is_known_by_its_recording_alone_has_no_date() -> None:
    found = said_of(None, None)
    assert found["precision"] == "UNKNOWN"
    assert found["latest"] == "2025-06-10T12:00:01Z"
    assert found["span"] == UNDATED_SPAN


def test_nothing_is_inherited_for_an_event() -> None:
    given = {"id": "event/e", "name": "E", "status": "HAPPENED", "passages": [PASSAGE]}
    found = node(folded([source("2025"), entry("EventRecorded", given)]), "event/e")
    assert not [name for name in found if name.startswith("occurred")]
    assert (found["span"], found["at"]) == (UNDATED_SPAN, "|event/e")
