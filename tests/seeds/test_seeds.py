"""The seeds, as far as they can be judged without the articles that they code."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from eventlog import Log
from eventlog.recorder import Recorder
from eventlog.sqlite import SqliteLog
from onrecord.candidates.finding import Question, candidates
from onrecord.candidates.things import Kind
from schema.dates import Basis, parse, range_bounds, said_bounds
from schema.dossier import Dossier, read_dossier
from schema.entries import (
    ActorKind,
    ActorRecorded,
    AnyEntry,
    Attribution,
    ClaimRecorded,
    EventRecorded,
    EventStatus,
    Force,
    IdentityJudged,
    IdentityType,
    IssueRecorded,
    LinkRecorded,
    LinkType,
    Polarity,
    RoleRecorded,
    SourceRecorded,
    StatementRecorded,
)
from schema.identifiers import kind_of
from schema.values import Attitude, Part, Passage, StanceKind
from seeds import seed_files

RECORDED_AT = "2026-01-01T00:00:00Z"


def _read(file: Path) -> Dossier:
    return read_dossier(file.read_text("utf-8"), file.name)


DOSSIERS = SHARED, BANKS_ON_CALL, MANO_A_MANO, IDENTITY = tuple(map(_read, seed_files()))
ARTICLES = (BANKS_ON_CALL, MANO_A_MANO)
ENTRIES: tuple[AnyEntry, ...] = tuple(entry for dossier in DOSSIERS for entry in dossier.entries)
BY_ID = {entry.id: entry for entry in ENTRIES}


def statements(*dossiers: Dossier) -> list[StatementRecorded]:
    chosen = dossiers or ARTICLES
    return [
        entry for one in chosen for entry in one.entries if isinstance(entry, StatementRecorded)
    ]


def statement(identifier: str) -> StatementRecorded:
    found = BY_ID[f"statement/{identifier}"]
    assert isinstance(found, StatementRecorded)
    return found


def actor(identifier: str) -> ActorRecorded:
    found = BY_ID[identifier]
    assert isinstance(found, ActorRecorded)
    return found


def claim_of(one: StatementRecorded) -> ClaimRecorded:
    assert one.claim is not None
    found = BY_ID[one.claim]
    assert isinstance(found, ClaimRecorded)
    return found


def source_of(dossier: Dossier) -> SourceRecorded:
    return next(entry for entry in dossier.entries if isinstance(entry, SourceRecorded))


# -- recording ---------------------------------------------------------------------------------


def test_each_file_names_only_what_is_in_it_and_in_those_before_it(log: Log) -> None:
    recorder = Recorder(log, "a coder")
    for dossier in DOSSIERS:
        outcome = recorder.record(dossier.entries)
        assert outcome.unchanged == ()
        assert len(outcome.positions) == len(dossier.entries)


def test_all_is_recorded_in_one_append_and_again_unchanged(log: Log) -> None:
    recorder = Recorder(log, "a coder")
    assert recorder.record(ENTRIES).last == len(ENTRIES)
    again = recorder.record(ENTRIES)
    assert (again.first, again.last, again.positions) == (0, 0, {})
    assert len(again.unchanged) == len(ENTRIES)
    assert log.head().position == len(ENTRIES)


def test_only_the_files_of_the_articles_have_a_source_each() -> None:
    for dossier in (SHARED, IDENTITY):
        assert not any(
            isinstance(entry, SourceRecorded | StatementRecorded) for entry in dossier.entries
        )
    for dossier in ARTICLES:
        assert sum(isinstance(entry, SourceRecorded) for entry in dossier.entries) == 1


@pytest.mark.parametrize("dossier", ARTICLES, ids=lambda one: one.name)
def test_an_article_has_statements_enough_with_names_of_their_own(dossier: Dossier) -> None:
    found = statements(dossier)
    assert len(found) >= 35
    slug = source_of(dossier).id.partition("/")[2]
    assert all(one.id.startswith(f"statement/{slug}/") for one in found)


# -- what the articles do not tell is not told here ---------------------------------------------


@pytest.mark.parametrize("dossier", ARTICLES, ids=lambda one: one.name)
def test_nothing_is_made_up_about_an_article(dossier: Dossier) -> None:
    source = source_of(dossier)
    assert (source.title, source.url, source.authors) == (None, None, ())
    assert source.publisher is not None
    publisher = actor(source.publisher)
    assert (publisher.named, publisher.scoped_to) == (False, source.id)
    assert source.published is not None
    assert source.published.basis is Basis.INFERRED
    assert source.published.because is not None


def test_no_year_is_stated_since_neither_article_states_one() -> None:
    dated = [
        date
        for entry in ENTRIES
        for date in (
            *((entry.said,) if isinstance(entry, StatementRecorded) else ()),
            *((entry.holds,) if isinstance(entry, ClaimRecorded) else ()),
            *((entry.occurred,) if isinstance(entry, EventRecorded) else ()),
        )
        if date is not None
    ]
    assert len(dated) > 40
    assert all(date.basis is not Basis.STATED and date.because for date in dated)


def test_words_of_the_articles_are_quotations_or_a_few() -> None:
    for one in statements():
        assert all(passage.exact is None for passage in one.passages)
        assert all(len(hedge.exact.split()) <= 5 for hedge in one.hedging)
    for entry in ENTRIES:
        if isinstance(entry, ClaimRecorded | EventRecorded):
            assert all(len((figure.words or "").split()) <= 5 for figure in entry.figures)


# -- the coding rules ---------------------------------------------------------------------------


def test_a_belief_is_never_said_by_the_believer() -> None:
    ascribed = [one for one in statements() if one.ascribed_to]
    assert len(ascribed) > 20
    assert all(one.ascribed_to and one.ascribed_to.actor != one.speaker for one in ascribed)


def test_the_document_speaks_through_its_unnamed_publisher() -> None:
    for dossier in ARTICLES:
        publisher = source_of(dossier).publisher
        for one in statements(dossier):
            assert (one.speaker == publisher) == (one.attribution is Attribution.OWN_VOICE)


def test_unnamed_actors_belong_to_the_article_that_tells_of_them() -> None:
    unnamed = [one for one in ENTRIES if isinstance(one, ActorRecorded) and not one.named]
    assert {one.actor_kind for one in unnamed} == {
        ActorKind.PERSON,
        ActorKind.GROUP,
        ActorKind.ORGANISATION,
    }
    assert all(one.scoped_to == f"source/{one.id.split('/')[1]}" for one in unnamed)


def test_a_claim_names_its_time_instead_of_pointing_to_it() -> None:
    pointing = re.compile(
        r"\b(this|today|yesterday|tomorrow|now|recently|last|next)\b", re.IGNORECASE
    )
    claims = [one for one in ENTRIES if isinstance(one, ClaimRecorded)]
    assert [one.text for one in claims if pointing.search(one.text)] == []
    assert all(one.text.endswith(".") for one in claims)


def test_every_claim_is_of_an_issue_unless_it_is_of_the_document_itself() -> None:
    without = [one.id for one in ENTRIES if isinstance(one, ClaimRecorded) and not one.issues]
    assert without == ["claim/mano-a-mano/no-advice", "claim/mano-a-mano/educational"]


@pytest.mark.parametrize(
    ("values", "of"),
    [
        (
            set(Attribution) - {Attribution.DECLINED_TO_COMMENT},
            lambda one: [one.attribution],
        ),
        (set(Polarity), lambda one: [one.polarity]),
        (set(Force), lambda one: [one.force]),
        (
            set(Attitude) - {Attitude.INTENDS},
            lambda one: one.ascribed_to and [one.ascribed_to.attitude],
        ),
        (
            {StanceKind.SUPPORTS, StanceKind.OPPOSES},
            lambda one: [stance.stance for stance in one.stances],
        ),
        (
            {Part.SUMMARY, Part.HEADING, Part.BODY, Part.DISCLOSURE, Part.RELATED},
            lambda one: [passage.part for passage in one.passages],
        ),
    ],
)
def test_every_value_that_the_articles_hold_occurs(
    values: set[str], of: Callable[[StatementRecorded], list[str] | None]
) -> None:
    assert {value for one in statements() for value in of(one) or ()} == values


def test_events_and_links_are_of_the_kinds_that_the_articles_hold() -> None:
    events = {one.status for one in ENTRIES if isinstance(one, EventRecorded)}
    assert events == {EventStatus.HAPPENED, EventStatus.PROPOSED, EventStatus.ALLEGED}
    links = {one.type for one in ENTRIES if isinstance(one, LinkRecorded)}
    assert links == {
        LinkType.SUPPORTS,
        LinkType.CONTRADICTS,
        LinkType.RESTATES,
        LinkType.REFINES,
        LinkType.FOLLOWED,
        LinkType.PART_OF,
        LinkType.MEMBER_OF,
    }


def test_roles_are_titles_as_printed_with_a_body_only_where_one_is_named() -> None:
    roles = {one.title: one.body for one in ENTRIES if isinstance(one, RoleRecorded)}
    assert roles == {
        "former White House official": "actor/white-house",
        "former US trade official": None,
        "US business official": None,
        "President": None,
    }


def test_figures_have_their_scale_resolved() -> None:
    figures = {
        (figure.from_, figure.to, figure.unit)
        for entry in ENTRIES
        if isinstance(entry, ClaimRecorded)
        for figure in entry.figures
    }
    assert figures == {
        ("145", "30", "%"),
        (None, "10", "%"),
        (None, "50", "%"),
        (None, "90", "days"),
        (None, "2", "proposals"),
        (None, "600000000000", "USD"),
    }


def test_both_articles_meet_on_the_same_claims() -> None:
    first, second = ({one.claim for one in statements(dossier)} for dossier in ARTICLES)
    assert first & second == {one.id for one in SHARED.entries if isinstance(one, ClaimRecorded)}


def test_a_promise_and_its_denial_meet_on_one_claim() -> None:
    promise, denial = (
        statement("mano-a-mano/china-promises"),
        statement("trump-banks-on-call/slow-easing"),
    )
    assert promise.claim == denial.claim
    assert (promise.force, promise.polarity) == (Force.PROMISES, Polarity.ASSERTS)
    assert (denial.attribution, denial.polarity) == (Attribution.OWN_VOICE, Polarity.DENIES)
    assert [hedge.exact for hedge in denial.hedging] == ["slow to"]


def test_an_official_speaks_for_everyone_who_did_not() -> None:
    gateway = statement("mano-a-mano/gateway")
    assert actor(gateway.speaker).name == "US business official"
    assert gateway.ascribed_to is not None
    assert actor(gateway.ascribed_to.actor).name == "everyone"


def test_officials_on_both_sides_are_a_group_with_its_members() -> None:
    members = {
        actor(one.from_).name
        for one in ENTRIES
        if isinstance(one, LinkRecorded) and one.to == "actor/mano-a-mano/both-officials"
    }
    assert members == {"US officials", "Chinese officials"}


# -- what is one and the same -------------------------------------------------------------------

JUDGED = [one for one in IDENTITY.entries if isinstance(one, IdentityJudged)]


def test_judgements_stand_in_a_file_of_their_own() -> None:
    assert [*IDENTITY.entries] == JUDGED
    assert not any(isinstance(one, IdentityJudged) for d in ARTICLES for one in d.entries)


def test_each_judgement_is_about_both_articles_and_says_why() -> None:
    for one in JUDGED:
        of_one, of_other = (end.split("/")[1] for end in (one.from_, one.to))
        assert (of_one, of_other) == ("mano-a-mano", "trump-banks-on-call")
        assert one.because


def test_what_the_articles_both_report_is_judged_to_be_the_same() -> None:
    same = {(one.from_, one.to) for one in JUDGED if one.type is IdentityType.SAME_AS}
    assert {(one.split("/")[-1], other.split("/")[-1]) for one, other in same} == {
        ("automakers", "us-automakers"),
        ("call", "call"),
        ("fentanyl-proposals", "fentanyl-proposals"),
        ("white-house-likely", "white-house-likely"),
        ("stirring-up", "stirring-up"),
        ("automakers-factories", "automakers-factories"),
        ("automakers-supply", "automakers-shortages"),
    }


def test_one_act_of_speaking_has_one_speaker_and_one_way_of_speaking() -> None:
    one_actor = {one.from_: one.to for one in JUDGED if one.type is IdentityType.SAME_AS}
    acts = [(one, other) for one, other in one_actor.items() if kind_of(one) == "statement"]
    assert acts
    for one, other in acts:
        first, second = (statement(end.partition("/")[2]) for end in (one, other))
        assert one_actor.get(first.speaker, first.speaker) == second.speaker
        assert (first.force, first.polarity) == (second.force, second.polarity)
        assert Attribution.OWN_VOICE not in (first.attribution, second.attribution)


def test_nothing_is_proposed_any_more(log: SqliteLog) -> None:
    Recorder(log, "a coder").record(ENTRIES)
    question = Question(tuple(Kind), min_score=70, limit=100)
    assert candidates(log, question, lambda what, done, total: None).proposals == []


# -- the question of the README -----------------------------------------------------------------


def test_who_said_what_on_rare_earths_in_may_and_june_is_answered_from_both() -> None:
    earliest, latest = range_bounds("2025-05/2025-06")
    answered: dict[str, int] = {}
    dated = 0
    for one in statements():
        names = [BY_ID[issue] for issue in claim_of(one).issues]
        if not any(
            "rare earth" in issue.name.lower()
            for issue in names
            if isinstance(issue, IssueRecorded)
        ):
            continue
        published = source_of(next(d for d in ARTICLES if source_of(d).id == one.source)).published
        assert published is not None
        said = said_bounds(
            parse(one.said.edtf) if one.said else None, parse(published.edtf), RECORDED_AT
        )
        if said.earliest < latest and said.latest > earliest:
            answered[one.source] = answered.get(one.source, 0) + 1
        dated += one.said is not None
    assert answered == {"source/trump-banks-on-call": 7, "source/mano-a-mano": 5}
    assert dated >= 9


def test_passages_lie_inside_their_article() -> None:
    for dossier in ARTICLES:
        source = source_of(dossier)
        passages: list[Passage] = [one for s in statements(dossier) for one in s.passages]
        assert {one.source for one in passages} == {source.id}
        assert max(one.end for one in passages) <= source.length
