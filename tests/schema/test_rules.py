"""Rules between entries: each fault with its sentence and its place, and no fault without cause."""

from collections.abc import Iterable

import pytest
from hypothesis import given, settings

from schema.entries import (
    ActorRecorded,
    AnyThing,
    ClaimRecorded,
    EventRecorded,
    IssueRecorded,
    LinkRecorded,
    RoleRecorded,
    SourceRecorded,
    StatementRecorded,
)
from schema.references import references
from schema.rules import faults_among, rule_references
from tests.schema.examples import Input, minimal, passage
from tests.schema.strategies import entries

UNCLAIMED: Input = {"claim": None, "polarity": None}


def _actor(identifier: str, scope: str | None = None) -> ActorRecorded:
    given = minimal(ActorRecorded, id=identifier, named=scope is None, scopedTo=scope)
    return ActorRecorded.model_validate(given)


def _source(**fields: object) -> SourceRecorded:
    return SourceRecorded.model_validate(minimal(SourceRecorded, **{"length": 4000, **fields}))


def _statement(**fields: object) -> StatementRecorded:
    return StatementRecorded.model_validate(minimal(StatementRecorded, **fields))


def _faults(entry: AnyThing, *others: AnyThing) -> list[str]:
    """Return what is wrong with an entry when others are on record; they themselves are fine."""
    known = {one.id: one for one in others}
    assert list(faults_among(others, known.get)) == []
    return [str(fault) for fault in faults_among([entry], {**known, entry.id: entry}.get)]


XI, TRUMP = _actor("actor/xi"), _actor("actor/trump")
INSIDER = _actor("actor/paper/insider", "source/paper")
STRANGER = _actor("actor/other/insider", "source/other")
PAPER = _source()
OTHER = _source(id="source/other")


class LookedAt(dict[str, AnyThing]):
    """Things on record that remembers which of them were asked for."""

    def __init__(self, entries: Iterable[AnyThing]) -> None:
        super().__init__((entry.id, entry) for entry in entries)
        self.ids: set[str] = set()

    def look_up(self, identifier: str) -> AnyThing | None:
        """Return a thing and remember that it was asked for."""
        self.ids.add(identifier)
        return self.get(identifier)


@given(entries())
@settings(deadline=None, max_examples=50)
def test_a_good_record_has_no_faults_and_the_rules_look_where_they_said(
    made: list[AnyThing],
) -> None:
    for entry in made:
        record = LookedAt(made)

        assert list(faults_among([entry], record.look_up)) == []
        assert record.ids <= rule_references(entry) <= {ref.target for ref in references(entry)}


def test_what_is_not_on_record_is_left_to_the_log() -> None:
    statement = _statement(
        capacity="role/unknown",
        addressedTo=["actor/unknown"],
        stances=[{"issue": "issue/unknown", "stance": "SUPPORTS"}],
    )

    assert _faults(statement) == []


# -- passages ----------------------------------------------------------------------------------


@pytest.mark.parametrize("model", [StatementRecorded, EventRecorded, RoleRecorded, LinkRecorded])
def test_a_passage_ends_where_its_document_ends(model: type[AnyThing]) -> None:
    def entry(*ends: int) -> AnyThing:
        evidence = [passage(index, end) for index, end in enumerate(ends)]
        return model.model_validate(minimal(model, passages=evidence))

    (fault,) = _faults(entry(4000, 4001), PAPER)

    assert _faults(entry(3000, 4000), PAPER) == []
    assert fault.endswith(".passages.1: ends at 4001, but source/paper has only 4000 characters")


def test_each_passage_is_held_against_its_own_document() -> None:
    evidence = [{**passage(), "source": "source/other"}, passage(0, 4000)]
    event = EventRecorded.model_validate(minimal(EventRecorded, passages=evidence))

    (fault,) = _faults(event, PAPER, _source(id="source/other", length=299))

    assert fault == ("event/call.passages.0: ends at 300, but source/other has only 299 characters")


# -- unnamed actors ----------------------------------------------------------------------------

ALONE = "actor/other/insider is an unnamed actor of source/other alone"


@pytest.mark.parametrize(
    ("field", "path"),
    [
        ({"speaker": STRANGER.id}, "speaker"),
        ({"ascribedTo": {"actor": STRANGER.id, "attitude": "WANTS"}}, "ascribedTo.actor"),
        ({"addressedTo": [XI.id, STRANGER.id]}, "addressedTo.1"),
    ],
)
def test_a_statement_tells_of_no_unnamed_actor_of_another_document(field: Input, path: str) -> None:
    assert _faults(_statement(**field), STRANGER, XI, PAPER, OTHER) == [
        f"statement/paper/xi.{path}: {ALONE}"
    ]


def test_a_statement_tells_of_unnamed_actors_of_its_own_document() -> None:
    statement = _statement(
        speaker=INSIDER.id,
        ascribedTo={"actor": XI.id, "attitude": "WANTS"},
        addressedTo=[INSIDER.id, XI.id],
    )

    assert _faults(statement, INSIDER, XI, PAPER) == []


def test_an_event_has_no_participants_whom_none_of_its_documents_knows() -> None:
    def event(*sources: str) -> EventRecorded:
        evidence = [{**passage(), "source": source} for source in sources]
        parts = [{"actor": XI.id}, {"actor": STRANGER.id, "role": "host"}]
        given = minimal(EventRecorded, participants=parts, passages=evidence)
        return EventRecorded.model_validate(given)

    record = (XI, STRANGER, PAPER, OTHER)
    assert _faults(event("source/paper"), *record) == [f"event/call.participants.1.actor: {ALONE}"]
    assert _faults(event("source/paper", "source/other"), *record) == []
    assert _faults(event(), *record) == []


@pytest.mark.parametrize("field", ["holder", "body"])
def test_a_role_is_of_actors_whom_its_document_knows(field: str) -> None:
    fields = {field: STRANGER.id, "passages": [passage()]}
    role = RoleRecorded.model_validate(minimal(RoleRecorded, **fields))

    assert _faults(role, XI, STRANGER, PAPER, OTHER) == [f"role/president.{field}: {ALONE}"]


@pytest.mark.parametrize("field", ["from", "to"])
def test_a_link_is_between_actors_whom_its_document_knows(field: str) -> None:
    ends = {"type": "MEMBER_OF", "from": XI.id, "to": TRUMP.id, field: STRANGER.id}
    shown = minimal(LinkRecorded, **ends, passages=[passage()])
    reasoned = minimal(LinkRecorded, **ends)
    record = (XI, TRUMP, STRANGER, PAPER, OTHER)

    assert _faults(LinkRecorded.model_validate(shown), *record) == [f"link/two.{field}: {ALONE}"]
    assert _faults(LinkRecorded.model_validate(reasoned), *record) == []


@pytest.mark.parametrize(
    ("fields", "path"),
    [({"publisher": STRANGER.id}, "publisher"), ({"authors": [STRANGER.id]}, "authors.0")],
)
def test_a_document_has_no_publisher_whom_only_another_tells_of(fields: Input, path: str) -> None:
    assert _faults(_source(**fields), STRANGER, OTHER) == [f"source/paper.{path}: {ALONE}"]


def test_a_document_may_have_an_unnamed_publisher_of_its_own() -> None:
    assert _faults(_source(publisher=INSIDER.id, authors=[INSIDER.id]), INSIDER) == []


def test_an_unnamed_actor_is_part_of_none_that_another_document_does_not_name() -> None:
    given = minimal(ActorRecorded, id="actor/paper/aide", partOf=[XI.id, STRANGER.id])
    unnamed = ActorRecorded.model_validate({**given, "named": False, "scopedTo": "source/paper"})
    named = ActorRecorded.model_validate(given)

    assert _faults(unnamed, XI, STRANGER) == [f"actor/paper/aide.partOf.1: {ALONE}"]
    assert _faults(named, XI, STRANGER) == []


def test_a_claim_may_mention_anybody_since_it_is_no_documents_own() -> None:
    claim = ClaimRecorded.model_validate(minimal(ClaimRecorded, mentions=[INSIDER.id, STRANGER.id]))

    assert _faults(claim, INSIDER, STRANGER) == []


# -- the publisher's own voice -----------------------------------------------------------------


def test_only_the_publisher_speaks_in_a_documents_own_voice() -> None:
    paper = _source(publisher=TRUMP.id)

    assert _faults(_statement(attribution="OWN_VOICE", speaker=TRUMP.id), paper, TRUMP, XI) == []
    assert _faults(_statement(attribution="OWN_VOICE"), paper, TRUMP, XI) == [
        "statement/paper/xi.speaker: OWN_VOICE is the publisher's, actor/trump, not actor/xi's"
    ]


def test_an_unknown_publisher_is_unnamed() -> None:
    assert _faults(_statement(attribution="OWN_VOICE", speaker=INSIDER.id), PAPER, INSIDER) == []
    assert _faults(_statement(attribution="OWN_VOICE"), PAPER, XI) == [
        (
            "statement/paper/xi.speaker: OWN_VOICE is the publisher's: say that actor/xi published "
            "source/paper, or let an unnamed actor of that source speak"
        )
    ]
    assert _faults(_statement(attribution="OWN_VOICE", speaker=STRANGER.id), PAPER, STRANGER) == [
        f"statement/paper/xi.speaker: {ALONE}"
    ]


@pytest.mark.parametrize(
    ("attribution", "publisher", "implied"),
    [
        ("OWN_VOICE", XI.id, True),
        ("PARAPHRASE", XI.id, True),
        ("PARAPHRASE", TRUMP.id, False),
        ("PARAPHRASE", None, False),
    ],
)
def test_a_publisher_is_never_a_relay(
    attribution: str, publisher: str | None, implied: bool
) -> None:
    relay = _statement(attribution=attribution, relays="statement/paper/first", **UNCLAIMED)

    faults = _faults(relay, _source(publisher=publisher), XI, TRUMP)

    assert faults == (
        [
            (
                "statement/paper/xi.relays: the publisher of source/paper is never a relay: "
                "record what it passes on as the statement of whoever made it"
            )
        ]
        if implied
        else []
    )


# -- capacities and stances --------------------------------------------------------------------


def test_a_speaker_speaks_in_a_role_of_their_own() -> None:
    role = RoleRecorded.model_validate(minimal(RoleRecorded))

    assert _faults(_statement(capacity=role.id), role, XI) == []
    assert _faults(_statement(capacity=role.id, speaker=TRUMP.id), role, XI, TRUMP) == [
        "statement/paper/xi.capacity: role/president is held by actor/xi, not by actor/trump"
    ]


def test_a_stance_needs_a_question() -> None:
    topic = IssueRecorded.model_validate(minimal(IssueRecorded))
    asked = IssueRecorded.model_validate(
        minimal(IssueRecorded, id="issue/asked", question="Should there be tariffs?")
    )
    stances = [{"issue": one.id, "stance": "OPPOSES"} for one in (asked, topic)]

    assert _faults(_statement(stances=stances[:1]), asked) == []
    assert _faults(_statement(stances=stances), asked, topic) == [
        "statement/paper/xi.stances.1: issue/tariffs has no yes/no question to take a stance on"
    ]


# -- dates -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "published"),
    [
        ("2025-06-02", "2025-06-02"),
        ("2025-06", "2025-06-02"),
        ("2025-06-03~", "2025-06-02"),
        ("2025-06-03", "2025-06"),
        ("2025-06-03", None),
        ("[2025-06-01..2025-07]", "2025-06-02"),
        ("../2025-07", "2025-06-02"),
    ],
)
def test_what_may_have_been_said_before_publication_is_taken(
    said: str, published: str | None
) -> None:
    paper = _source(published={"edtf": published} if published else None)

    assert _faults(_statement(said={"edtf": said}), paper) == []


@pytest.mark.parametrize("said", ["2025-06-03", "2025-07", "2025-06-03T00:00:00Z", "[2026..]"])
def test_what_was_said_after_publication_needs_a_reason(said: str) -> None:
    paper = _source(published={"edtf": "2025-06-02"})
    explained = {"edtf": said, "because": "a dated correction says so"}

    assert _faults(_statement(said=explained), paper) == []
    assert _faults(_statement(said={"edtf": said}), paper) == [
        (
            f"statement/paper/xi.said: {said} is after source/paper was published (2025-06-02); "
            "say why in because, or correct it"
        )
    ]


# -- several -----------------------------------------------------------------------------------


def test_every_fault_is_told_at_once() -> None:
    role = RoleRecorded.model_validate(minimal(RoleRecorded, holder=TRUMP.id))
    wrong = _statement(
        attribution="OWN_VOICE",
        speaker=STRANGER.id,
        capacity=role.id,
        passages=[passage(0, 4001)],
    )

    found = _faults(wrong, role, TRUMP, STRANGER, OTHER, PAPER)

    assert [one.partition(": ")[0] for one in found] == [
        "statement/paper/xi.passages.0",
        "statement/paper/xi.speaker",
        "statement/paper/xi.capacity",
    ]
