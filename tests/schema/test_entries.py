"""Entries: what each kind takes, and the sentence for what it does not take."""

import pytest

from schema.entries import (
    LINKED_KINDS,
    ActorRecorded,
    AnyEntry,
    Attribution,
    ClaimRecorded,
    EventRecorded,
    IssueRecorded,
    LinkRecorded,
    LinkType,
    Polarity,
    RoleRecorded,
    SourceRecorded,
    StatementRecorded,
)
from tests.schema.examples import (
    FULL,
    KINDS,
    MINIMAL,
    Input,
    faults,
    minimal,
    passage,
    words,
)

QUOTED = [words("mano a mano", 110)]
UNCLAIMED: Input = {"claim": None, "polarity": None}


def _statement(**fields: object) -> list[str]:
    return faults(StatementRecorded, minimal(StatementRecorded, **fields))


def _link(**fields: object) -> list[str]:
    return faults(LinkRecorded, minimal(LinkRecorded, **fields))


# -- every kind --------------------------------------------------------------------------------


@pytest.mark.parametrize("model", KINDS)
def test_each_kind_takes_the_least_and_the_most_that_can_be_said(model: type[AnyEntry]) -> None:
    assert faults(model, MINIMAL[model]) == []
    assert faults(model, FULL[model]) == []


@pytest.mark.parametrize("model", KINDS)
def test_each_kind_names_every_field_that_is_missing(model: type[AnyEntry]) -> None:
    required = {
        field.alias or name for name, field in model.model_fields.items() if field.is_required()
    }

    assert set(faults(model, {})) == {f"{name}: is missing" for name in required}
    assert required <= set(MINIMAL[model])


@pytest.mark.parametrize("model", KINDS)
def test_each_kind_refuses_a_field_that_it_does_not_have(model: type[AnyEntry]) -> None:
    assert faults(model, {**MINIMAL[model], "soul": 1}) == ["soul: is not a field of this"]


@pytest.mark.parametrize("model", KINDS)
@pytest.mark.parametrize("given", [None, 1, "actor/xi", [1], True])
def test_what_has_no_fields_is_no_entry(model: type[AnyEntry], given: object) -> None:
    assert faults(model, given) == ["has to be fields with their values"]


def test_parts_refuse_fields_that_they_do_not_have() -> None:
    assert _statement(passages=[passage(page=3)]) == ["passages.0.page: is not a field of this"]


@pytest.mark.parametrize(
    ("model", "field", "known"),
    [
        (ActorRecorded, "kind", "'PERSON', 'ORGANISATION', 'STATE' or 'GROUP'"),
        (
            SourceRecorded,
            "kind",
            "'ARTICLE', 'TRANSCRIPT', 'POST', 'FILING', 'FACT_CHECK' or 'OTHER'",
        ),
        (
            EventRecorded,
            "status",
            "'HAPPENED', 'SCHEDULED', 'PROPOSED', 'CANCELLED' or 'ALLEGED'",
        ),
        (
            StatementRecorded,
            "attribution",
            "'DIRECT_QUOTE', 'PARTIAL_QUOTE', 'PARAPHRASE', 'OWN_VOICE' or 'DECLINED_TO_COMMENT'",
        ),
        (StatementRecorded, "polarity", "'ASSERTS', 'DENIES', 'DOUBTS' or 'ASKS'"),
        (
            StatementRecorded,
            "force",
            "'STATES', 'WARNS', 'PREDICTS', 'PROMISES', 'PROPOSES', 'DEMANDS' or 'ACCUSES'",
        ),
        (
            LinkRecorded,
            "type",
            (
                "'SUPPORTS', 'CONTRADICTS', 'RESTATES', 'REFINES', 'CAUSED', 'FOLLOWED', 'PART_OF' "
                "or 'MEMBER_OF'"
            ),
        ),
    ],
)
def test_a_word_of_a_closed_list_is_named_with_the_list(
    model: type[AnyEntry], field: str, known: str
) -> None:
    assert faults(model, minimal(model, **{field: "asserts"})) == [
        f"{field}: 'asserts' is none of {known}"
    ]


def test_the_words_of_parts_are_those_of_the_vocabulary() -> None:
    ascribed = {"actor": "actor/trump", "attitude": "THINKS"}
    stance = {"issue": "issue/tariffs", "stance": "FOR"}
    figure = {"what": "tariff", "to": "30", "unit": "%", "bound": "UP_TO"}

    assert _statement(ascribedTo=ascribed) == [
        (
            "ascribedTo.attitude: 'THINKS' is none of "
            "'BELIEVES', 'WANTS', 'HOPES', 'FEARS' or 'INTENDS'"
        )
    ]
    assert _statement(stances=[stance]) == [
        "stances.0.stance: 'FOR' is none of 'SUPPORTS', 'OPPOSES', 'AMBIVALENT' or 'NEUTRAL'"
    ]
    assert _statement(passages=[passage(part="FOOTNOTE")]) == [
        (
            "passages.0.part: 'FOOTNOTE' is none of "
            "'TITLE', 'SUMMARY', 'HEADING', 'BODY', 'CAPTION', 'DISCLOSURE' or 'RELATED'"
        )
    ]
    assert faults(ClaimRecorded, minimal(ClaimRecorded, figures=[figure])) == [
        "figures.0.bound: 'UP_TO' is none of 'EXACT', 'ABOUT', 'AT_LEAST' or 'AT_MOST'"
    ]


# -- actors ------------------------------------------------------------------------------------


def test_an_unnamed_actor_is_scoped_and_a_named_one_is_not() -> None:
    scoped = {"scopedTo": "source/paper"}

    assert faults(ActorRecorded, minimal(ActorRecorded, named=False, **scoped)) == []
    assert faults(ActorRecorded, minimal(ActorRecorded, named=False)) == [
        "an unnamed actor needs scopedTo: the source that tells of them"
    ]
    assert faults(ActorRecorded, minimal(ActorRecorded, **scoped)) == [
        "a named actor is not scoped to a source"
    ]


# -- roles -------------------------------------------------------------------------------------


def _period(begin: str | None, end: str | None) -> list[str]:
    given = {"from": {"edtf": begin} if begin else None, "until": {"edtf": end} if end else None}
    return faults(RoleRecorded, minimal(RoleRecorded, **given))


@pytest.mark.parametrize(
    ("begin", "end"),
    [(None, None), ("2021", None), (None, "2021"), ("2021", "2024-03"), ("2021-05-01", "2021-05")],
)
def test_a_role_is_held_for_a_time_that_can_be(begin: str | None, end: str | None) -> None:
    assert _period(begin, end) == []


def test_a_role_does_not_end_before_it_begins() -> None:
    assert _period("2021-05", "2021-04") == ["a role held until 2021-04 was not held from 2021-05"]


# -- statements: claim and polarity ------------------------------------------------------------


@pytest.mark.parametrize("polarity", Polarity)
def test_a_statement_stands_to_its_claim_in_one_of_four_ways(polarity: Polarity) -> None:
    assert _statement(polarity=polarity.value) == []


def test_a_claim_and_a_polarity_come_together() -> None:
    assert _statement(polarity=None) == [
        "a statement with a claim needs a polarity: ASSERTS, DENIES, ..."
    ]
    assert _statement(claim=None, relays="statement/other") == ["a polarity needs a claim"]


def test_a_statement_says_something() -> None:
    assert _statement(**UNCLAIMED) == [
        (
            "a statement needs a claim, unless it relays or withdraws another one "
            "or the speaker declined to comment"
        )
    ]
    assert _statement(**UNCLAIMED, issues=["issue/tariffs"]) != []


@pytest.mark.parametrize("field", ["relays", "withdraws"])
def test_a_pure_relay_or_withdrawal_needs_no_claim(field: str) -> None:
    assert _statement(**UNCLAIMED, **{field: "statement/other"}) == []
    assert _statement(**{field: "statement/other"}) == []


def test_who_declined_to_comment_made_no_claim() -> None:
    declined = {"attribution": "DECLINED_TO_COMMENT"}

    assert _statement(**declined, **UNCLAIMED, issues=["issue/tariffs"]) == []
    assert _statement(**declined) == ["who declined to comment made no claim"]


# -- statements: ascription --------------------------------------------------------------------


def test_a_belief_is_ascribed_by_another_than_the_believer() -> None:
    believer = {"actor": "actor/trump", "attitude": "BELIEVES"}

    assert _statement(ascribedTo=believer) == []
    assert _statement(ascribedTo={**believer, "actor": "actor/xi"}) == [
        (
            "a belief of actor/xi is not ascribed by the same actor: "
            "leave out ascribedTo where speakers tell of themselves"
        )
    ]


def test_an_ascription_needs_what_is_believed() -> None:
    believer = {"actor": "actor/trump", "attitude": "BELIEVES"}

    assert _statement(**UNCLAIMED, relays="statement/other", ascribedTo=believer) == [
        "an ascription needs the claim that is believed or wanted"
    ]


# -- statements: stances -----------------------------------------------------------------------


def test_a_statement_takes_one_stance_on_an_issue() -> None:
    stances = [
        {"issue": "issue/a", "stance": "SUPPORTS"},
        {"issue": "issue/b", "stance": "SUPPORTS"},
    ]

    assert _statement(stances=stances) == []
    assert _statement(stances=[*stances, {"issue": "issue/a", "stance": "OPPOSES"}]) == [
        "a statement takes one stance on issue/a: AMBIVALENT if it is both"
    ]


# -- statements: passages and words ------------------------------------------------------------


def test_a_statement_has_evidence_in_one_source() -> None:
    other = {**passage(), "source": "source/other"}

    assert _statement(passages=[passage(), passage(400, 500)]) == []
    assert _statement(passages=[passage(), other]) == [
        "the passages of a statement stand in one source"
    ]
    assert _statement(passages=None) == ["passages: is missing"]
    assert _statement(passages=[]) == ["passages: has 0 items, fewer than 1"]


def test_a_statement_is_of_the_source_of_its_passages() -> None:
    assert StatementRecorded.model_validate(minimal(StatementRecorded)).source == "source/paper"


@pytest.mark.parametrize("attribution", Attribution)
def test_quotes_belong_to_quotations_alone(attribution: Attribution) -> None:
    name = attribution.value
    rest = UNCLAIMED if attribution is Attribution.DECLINED_TO_COMMENT else {}
    with_quotes = _statement(**rest, attribution=name, quotes=QUOTED)
    without = _statement(**rest, attribution=name)

    if attribution in (Attribution.DIRECT_QUOTE, Attribution.PARTIAL_QUOTE):
        assert with_quotes == []
        assert without == [f"{name} needs the quoted words in quotes"]
    else:
        assert with_quotes == [f"{name} has no quotes: use PARTIAL_QUOTE or DIRECT_QUOTE"]
        assert without == []


@pytest.mark.parametrize("start", [99, 290, 300, 0])
def test_quotes_and_hedges_lie_in_a_passage(start: int) -> None:
    outside = [words("mano a mano", start)]
    fault = f"'mano a mano' ({start}-{start + 11}) lies in no passage"

    assert _statement(attribution="PARTIAL_QUOTE", quotes=outside) == [fault]
    assert _statement(hedging=outside) == [fault]


@pytest.mark.parametrize("start", [100, 289, 400])
def test_quotes_and_hedges_may_touch_the_ends_of_any_passage(start: int) -> None:
    evidence = [passage(), passage(400, 411)]
    inside = [words("mano a mano", start)]

    assert _statement(attribution="DIRECT_QUOTE", quotes=inside, passages=evidence) == []
    assert _statement(hedging=inside, passages=evidence) == []


def test_words_across_two_passages_lie_in_neither() -> None:
    evidence = [passage(100, 105), passage(105, 300)]

    (fault,) = _statement(hedging=[words("mano a mano", 100)], passages=evidence)

    assert fault.endswith("lies in no passage")


# -- links -------------------------------------------------------------------------------------


@pytest.mark.parametrize("type_", LinkType)
def test_a_link_joins_two_things_of_the_kind_that_it_is_for(type_: LinkType) -> None:
    for kind in ("actor", "claim", "event", "issue", "source", "statement", "role"):
        ends = {"from": f"{kind}/a", "to": f"{kind}/b"}
        fine = _link(type=type_.value, **ends) == []
        assert fine == (kind in LINKED_KINDS[type_]), kind


@pytest.mark.parametrize(
    ("type_", "wanted"),
    [
        ("SUPPORTS", "claims"),
        ("CAUSED", "events"),
        ("PART_OF", "events or two actors"),
        ("MEMBER_OF", "actors"),
    ],
)
def test_a_link_between_other_things_is_told_what_it_is_for(type_: str, wanted: str) -> None:
    mixed = {"from": "actor/a", "to": "event/b"}

    assert _link(type=type_, **mixed) == [f"{type_} links two {wanted}, not actor/a and event/b"]


def test_a_thing_is_not_linked_to_itself() -> None:
    assert _link(to="claim/truce") == ["a thing is not linked to itself"]


def test_a_link_has_evidence_or_a_reason() -> None:
    assert _link(because=None, passages=[passage()]) == []
    assert _link(because=None) == ["a link needs evidence (passages) or a reason (because)"]


# -- events, issues, claims, sources -----------------------------------------------------------


def test_one_actor_may_take_part_in_two_parts() -> None:
    parts = [{"actor": "actor/xi", "role": "host"}, {"actor": "actor/xi", "role": "speaker"}]

    assert faults(EventRecorded, minimal(EventRecorded, participants=parts)) == []


def test_an_issue_needs_no_question_and_a_source_no_title() -> None:
    assert faults(IssueRecorded, minimal(IssueRecorded, question=None)) == []
    assert faults(SourceRecorded, minimal(SourceRecorded, title=None, publisher=None)) == []


@pytest.mark.parametrize(
    ("length", "fault"),
    [
        (0, "length: input should be greater than or equal to 1"),
        (-1, "length: input should be greater than or equal to 1"),
        (True, "length: input should be a valid integer"),
        (1.0, "length: input should be a valid integer"),
        (2**53, "length: input should be less than or equal to 9007199254740991"),
    ],
)
def test_a_document_has_a_length(length: object, fault: str) -> None:
    (said, *_) = faults(SourceRecorded, minimal(SourceRecorded, length=length))

    assert said == fault


@pytest.mark.parametrize(
    ("model", "field"),
    [
        (RoleRecorded, "from"),
        (RoleRecorded, "until"),
        (SourceRecorded, "published"),
        (ClaimRecorded, "holds"),
        (EventRecorded, "occurred"),
        (StatementRecorded, "said"),
    ],
)
def test_an_impossible_date_is_refused_wherever_it_stands(
    model: type[AnyEntry], field: str
) -> None:
    (fault,) = faults(model, minimal(model, **{field: {"edtf": "2025-02-30"}}))

    assert fault.startswith(f"{field}.edtf: 2025-02-30 is not a date: ")
