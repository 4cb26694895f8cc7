"""What is judged to be one is answered as one: by any of its names, with all that is said of any."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest

from eventlog.recorder import Recorder
from eventlog.sqlite import SqliteLog
from graph.managed import Connection
from graph.projector import Projector
from schema.entries import THINGS, AnyEntry
from schema.values import text_sha256
from tests.api.asking import AsyncAsker
from tests.api.engine import asker, opened
from tests.conftest import empty

pytestmark = pytest.mark.engine


def _entry(identifier: str, **given: object) -> AnyEntry:
    return THINGS[identifier.partition("/")[0]].model_validate({"id": identifier, **given})


def _source(name: str, **given: object) -> AnyEntry:
    sha256 = text_sha256(name)
    return _entry(f"source/{name}", name=f"The {name}", sha256=sha256, length=900, **given)


def _passage(source: str, start: int) -> dict[str, object]:
    end = start + 40
    return {"source": f"source/{source}", "start": start, "end": end, "sha256": "ab" * 32}


def _statement(name: str, speaker: str, claim: str, start: int, **given: object) -> AnyEntry:
    return _entry(
        f"statement/{name}",
        speaker=speaker,
        claim=claim,
        **{"polarity": "ASSERTS", "attribution": "PARAPHRASE"} | given,
        passages=[_passage(name.partition("/")[0], start)],
    )


def _judged(name: str, one: str, other: str, *, same: bool = True) -> AnyEntry:
    type_ = "SAME_AS" if same else "NOT_SAME_AS"
    ends = {"from": one, "to": other}
    return _entry(f"judgement/{name}", type=type_, because="both were read", **ends)


ANN, MILLER, LEE = "actor/ann-lee", "actor/post/miller", "actor/herald/lee"
"""Three names of one, recorded in this order: the first is joined with the last over the second."""
TWINS = ("actor/tom", "actor/tim", "actor/jim")
"""Three who are joined by two judgements, and of whom a third says that two are not one."""

THINGS_TOLD = [
    _source("post", published={"edtf": "2025-05-02"}),
    _source("herald", published={"edtf": "2025-05-03"}),
    _entry("actor/mill", name="The Mill", kind="ORGANISATION"),
    _entry("actor/council", name="The Council", kind="ORGANISATION"),
    _entry(ANN, name="Ann Lee", kind="PERSON", aliases=["Annie"]),
    _entry(MILLER, name="the miller", kind="PERSON", partOf=["actor/mill"]),
    _entry(LEE, name="Lee of the Mill", kind="PERSON", aliases=["A. Lee"]),
    *(_entry(one, name=f"One called {one}", kind="PERSON") for one in TWINS),
    _source("letter", authors=[LEE], publisher=MILLER),
    _entry("role/miller", title="miller", holder=MILLER, body="actor/mill"),
    _entry("issue/river", name="The river"),
    _entry("issue/water", name="Water of Aven", question="Is it enough?", broader=["issue/river"]),
    _entry("issue/herald/water", name="The low river", altNames=["drought"]),
    _entry("event/meeting", name="A meeting", status="SCHEDULED", participants=[{"actor": ANN}]),
    _entry(
        "event/herald/talk",
        name="A talk",
        status="HAPPENED",
        participants=[{"actor": LEE, "role": "guest"}, {"actor": "actor/council"}],
        issues=["issue/herald/water"],
    ),
    _entry("claim/dry", text="The river is dry.", issues=["issue/water"], mentions=[ANN]),
    _entry(
        "claim/herald/dry",
        text="No water runs.",
        issues=["issue/herald/water"],
        mentions=[LEE, "actor/council"],
        events=["event/herald/talk"],
    ),
    _entry("claim/rain", text="It rains.", issues=["issue/river"]),
    _entry("link/member", type="MEMBER_OF", because="told", **{"from": LEE, "to": "actor/council"}),
]
STATEMENTS = [
    _statement("post/ann-dry", ANN, "claim/dry", 10, said={"edtf": "2025-05-01"}),
    _statement(
        "post/miller-rain", MILLER, "claim/rain", 60, polarity="DENIES", capacity="role/miller"
    ),
    _statement("herald/lee-dry", LEE, "claim/herald/dry", 10, at="event/herald/talk"),
    _statement("herald/to-lee", "actor/council", "claim/rain", 60, addressedTo=[LEE]),
    _statement(
        "herald/believes",
        "actor/council",
        "claim/rain",
        110,
        ascribedTo={"actor": LEE, "attitude": "BELIEVES"},
    ),
    _statement("post/tom", TWINS[0], "claim/rain", 110),
]
JUDGEMENTS = [
    _judged("lee-is-miller", LEE, MILLER),
    _judged("miller-is-ann", MILLER, ANN),
    _judged("ann-is-not-council", ANN, "actor/council", same=False),
    _judged("water", "issue/water", "issue/herald/water"),
    _judged("dry", "claim/dry", "claim/herald/dry"),
    _judged("meeting", "event/herald/talk", "event/meeting"),
    _judged("said-dry", "statement/herald/lee-dry", "statement/post/ann-dry"),
    _judged("tom-tim", TWINS[0], TWINS[1]),
    _judged("tim-jim", TWINS[1], TWINS[2]),
    _judged("jim-tom", TWINS[2], TWINS[0], same=False),
]


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory, neo4j_server: Connection) -> Iterator[SqliteLog]:
    """Return the log, which the graph has followed."""
    log = SqliteLog(tmp_path_factory.mktemp("data") / "log.sqlite3")
    for append in (THINGS_TOLD, STATEMENTS, JUDGEMENTS):
        Recorder(log, "a coder").record(append)

    async def follow() -> None:
        async with opened(neo4j_server) as graph:
            await empty(graph)
            await Projector(log, graph).catch_up()

    asyncio.run(follow())
    yield log
    log.close()


@pytest.fixture
async def ask(log: SqliteLog, neo4j_server: Connection) -> AsyncIterator[AsyncAsker]:
    """Return how to ask the service."""
    async with opened(neo4j_server) as graph:
        yield asker(log, graph)


async def found(ask: AsyncAsker, plural: str, where: str) -> set[str]:
    """Return the ids of what a filter finds, each of which is listed and counted once."""
    page = (await ask(f"{{ {plural}(where: {{ {where} }}) {{ totalCount nodes {{ id }} }} }}"))[
        plural
    ]
    ids = [one["id"] for one in page["nodes"]]
    assert page["totalCount"] == len(ids) == len(set(ids)), (plural, where)
    return set(ids)


def ids(things: list[dict[str, str]]) -> set[str]:
    """Return the ids of things, none of which is there twice."""
    every = [one["id"] for one in things]
    assert len(every) == len(set(every))
    return set(every)


OF_ANN = {"statement/post/ann-dry", "statement/post/miller-rain", "statement/herald/lee-dry"}

# -- by any of its names -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["Ann Lee", "annie", "THE MILLER", "Lee of the Mill", "a. lee"], ids=str
)
async def test_any_name_of_it_finds_the_canonical_one(ask: AsyncAsker, name: str) -> None:
    assert await found(ask, "actors", f'called: "{name}"') == {ANN}
    assert await found(ask, "statements", f'speaker: {{ called: "{name}" }}') == OF_ANN


@pytest.mark.parametrize("identifier", [ANN, MILLER, LEE])
async def test_any_id_of_it_finds_what_was_said_under_all(ask: AsyncAsker, identifier: str) -> None:
    by_id = f'{{ id: {{ eq: "{identifier}" }} }}'
    assert await found(ask, "statements", f"speaker: {by_id}") == OF_ANN
    assert await found(ask, "statements", f"NOT: {{ speaker: {by_id} }}") == {
        "statement/herald/to-lee",
        "statement/herald/believes",
        "statement/post/tom",
    }
    assert await found(ask, "statements", f"ascribedTo: {{ actor: {by_id} }}") == {
        "statement/herald/believes"
    }
    assert await found(ask, "claims", f"mentions: {{ some: {by_id} }}") == {"claim/dry"}
    assert await found(ask, "events", f"participants: {{ some: {{ actor: {by_id} }} }}") == {
        "event/meeting"
    }
    assert await found(ask, "roles", f"holder: {by_id}") == {"role/miller"}
    assert await found(ask, "sources", f"authors: {{ some: {by_id} }}") == {"source/letter"}


@pytest.mark.parametrize("identifier", ["issue/water", "issue/herald/water"])
async def test_any_id_of_an_issue_leads_to_all_that_is_about_it(
    ask: AsyncAsker, identifier: str
) -> None:
    on_it = f'issues: {{ some: {{ id: {{ eq: "{identifier}" }} }} }}'
    assert await found(ask, "claims", on_it) == {"claim/dry"}
    assert await found(ask, "events", on_it) == {"event/meeting"}
    told = {"statement/post/ann-dry", "statement/herald/lee-dry"}
    assert await found(ask, "statements", on_it) == told
    assert await found(ask, "statements", f'{on_it}, said: {{ before: "2025-06" }}') == told


async def test_an_issue_is_under_what_any_of_its_names_is_under(ask: AsyncAsker) -> None:
    everything = {"statement/post/ann-dry", "statement/herald/lee-dry"}
    for broad in ("issue/water", "issue/herald/water"):
        assert (
            await found(ask, "statements", f'issues: {{ some: {{ under: "{broad}" }} }}')
            == everything
        )
    assert await found(ask, "issues", 'under: "issue/river"') == {"issue/river", "issue/water"}
    assert await found(ask, "issues", 'called: "Drought"') == {"issue/water"}


async def test_who_is_part_of_it_under_one_name_is_part_of_it(ask: AsyncAsker) -> None:
    assert await found(ask, "actors", 'under: "actor/mill"') == {"actor/mill", ANN}
    assert await found(ask, "actors", 'partOf: { some: { name: { eq: "The Mill" } } }') == {ANN}


# -- once --------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", ["name: ASC", "name: DESC", "recorded: ASC"])
async def test_lists_and_counts_have_it_once(ask: AsyncAsker, order: str) -> None:
    data = await ask(
        f"""{{ actors(orderBy: [{{ {order} }}]) {{ totalCount nodes {{ id }} }}
               issues {{ totalCount }} claims {{ totalCount }} events {{ totalCount }}
               statements {{ totalCount }} sources {{ totalCount }} }}"""
    )
    listed = {"actor/mill", "actor/council", ANN, *TWINS}
    assert ids(data["actors"]["nodes"]) == listed
    assert {key: one["totalCount"] for key, one in data.items()} == {
        "actors": len(listed),
        "issues": 2,
        "claims": 2,
        "events": 1,
        "statements": len(STATEMENTS),
        "sources": 3,
    }


async def test_it_has_its_own_name_and_what_was_said_of_all(ask: AsyncAsker) -> None:
    data = await ask(
        f"""{{ actor(id: "{ANN}") {{ name aliases statements {{ id speaker {{ id }} }}
                 roles {{ id }} mentionedIn {{ id }} addressed {{ id }} ascriptions {{ id }}
                 wrote {{ id }} published {{ id }} partOf {{ id }} memberOf {{ id }}
                 events {{ role event {{ id }} }} }} }}"""
    )
    ann = data["actor"]
    assert (ann["name"], ann["aliases"]) == ("Ann Lee", ["Annie"])
    assert ids(ann["statements"]) == OF_ANN
    assert {one["speaker"]["id"] for one in ann["statements"]} == {ANN}
    assert {key: ids(ann[key]) for key in ("roles", "mentionedIn", "addressed", "ascriptions")} == {
        "roles": {"role/miller"},
        "mentionedIn": {"claim/dry"},
        "addressed": {"statement/herald/to-lee"},
        "ascriptions": {"statement/herald/believes"},
    }
    assert {key: ids(ann[key]) for key in ("wrote", "published", "partOf", "memberOf")} == {
        "wrote": {"source/letter"},
        "published": {"source/letter"},
        "partOf": {"actor/mill"},
        "memberOf": {"actor/council"},
    }
    roles = sorted(str(one["role"]) for one in ann["events"])
    assert roles == ["None", "guest"]
    assert {one["event"]["id"] for one in ann["events"]} == {"event/meeting"}


async def test_claims_and_events_have_what_is_told_of_any(ask: AsyncAsker) -> None:
    data = await ask(
        """{ claim(id: "claim/dry") { text issues { id } mentions { id } events { id }
                                      statements { id } }
             event(id: "event/meeting") { status issues { id } claims { id }
                                          participants { role actor { id } } } }"""
    )
    claim, event = data["claim"], data["event"]
    assert claim["text"] == "The river is dry."
    assert ids(claim["issues"]) == {"issue/water"}
    assert ids(claim["mentions"]) == {ANN, "actor/council"}
    assert ids(claim["events"]) == {"event/meeting"}
    assert ids(claim["statements"]) == {"statement/post/ann-dry", "statement/herald/lee-dry"}
    assert event["status"] == "SCHEDULED"
    assert ids(event["issues"]) == {"issue/water"}
    assert ids(event["claims"]) == {"claim/dry"}
    took_part = sorted((one["actor"]["id"], str(one["role"])) for one in event["participants"])
    assert took_part == [
        ("actor/ann-lee", "None"),
        ("actor/ann-lee", "guest"),
        ("actor/council", "None"),
    ]


# -- around it ---------------------------------------------------------------------------------


async def test_filters_on_what_is_around_see_it_whole(ask: AsyncAsker) -> None:
    denies = "statements: { %s: { polarity: { eq: DENIES } } }"
    assert await found(ask, "actors", denies % "some") == {ANN}
    assert ANN not in await found(ask, "actors", denies % "none")
    assert ANN not in await found(ask, "actors", denies % "all")
    of_two = 'statements: { all: { claim: { id: { in: ["claim/herald/dry", "claim/rain"] } } } }'
    assert ANN in await found(ask, "actors", of_two)
    by_ann = 'speaker: { id: { eq: "%s" } }'
    for one in (ANN, MILLER, LEE):
        only = f"statements: {{ all: {{ {by_ann % one} }} }}"
        assert await found(ask, "claims", only) == {"claim/dry"}
        never = f"statements: {{ none: {{ {by_ann % one} }} }}"
        assert await found(ask, "claims", never) == set()
    nested = 'claim: { mentions: { some: { roles: { some: { title: { eq: "miller" } } } } } }'
    assert await found(ask, "statements", nested) == {
        "statement/post/ann-dry",
        "statement/herald/lee-dry",
    }


async def test_speaker_is_the_canonical_one_beside_the_one_who_was_coded(ask: AsyncAsker) -> None:
    data = await ask(
        """{ statement(id: "statement/herald/lee-dry") {
               speaker { id name } speakerAsRecorded { id name canonical { id } }
               claim { id } issues { id } at { id }
               sameAs { id } canonical { id } } }"""
    )
    assert data["statement"] == {
        "speaker": {"id": ANN, "name": "Ann Lee"},
        "speakerAsRecorded": {"id": LEE, "name": "Lee of the Mill", "canonical": {"id": ANN}},
        "claim": {"id": "claim/dry"},
        "issues": [{"id": "issue/water"}],
        "at": {"id": "event/meeting"},
        "sameAs": [{"id": "statement/post/ann-dry"}],
        "canonical": {"id": "statement/post/ann-dry"},
    }


async def test_who_was_coded_can_be_asked_for(ask: AsyncAsker) -> None:
    coded = 'speakerAsRecorded: { name: { eq: "Lee of the Mill" } }'
    assert await found(ask, "statements", coded) == {"statement/herald/lee-dry"}


async def test_what_is_merged_is_still_there_by_its_id_and_leads_to_the_canonical_one(
    ask: AsyncAsker,
) -> None:
    data = await ask(
        f"""{{ actor(id: "{LEE}") {{ id name canonical {{ id name statements {{ id }} }} }}
               node(id: "{MILLER}") {{ id ... on Actor {{ canonical {{ id }} sameAs {{ id }} }} }}
               canonical: actor(id: "{ANN}") {{ canonical {{ id }} standsFor {{ id }}
                                               sameAs {{ id }} notSameAs {{ id }} }} }}"""
    )
    assert (data["actor"]["id"], data["actor"]["name"]) == (LEE, "Lee of the Mill")
    assert data["actor"]["canonical"]["name"] == "Ann Lee"
    assert ids(data["actor"]["canonical"]["statements"]) == OF_ANN
    assert data["node"]["canonical"] == {"id": ANN}
    assert ids(data["node"]["sameAs"]) == {ANN, LEE}
    assert data["canonical"]["canonical"] is None
    assert ids(data["canonical"]["standsFor"]) == {MILLER, LEE}
    assert ids(data["canonical"]["sameAs"]) == {MILLER}
    assert ids(data["canonical"]["notSameAs"]) == {"actor/council"}


# -- contradictions ----------------------------------------------------------------------------


async def test_what_contradictory_judgements_join_is_not_merged(ask: AsyncAsker) -> None:
    data = await ask(
        """{ actors(where: { id: { startsWith: "actor/t" } }) { nodes { id canonical { id } } }
             actor(id: "actor/jim") { canonical { id } standsFor { id } sameAs { id } } }"""
    )
    assert [one["canonical"] for one in data["actors"]["nodes"]] == [None, None]
    assert data["actor"] == {"canonical": None, "standsFor": [], "sameAs": [{"id": TWINS[1]}]}
    for one in TWINS:
        said = await found(ask, "statements", f'speaker: {{ id: {{ eq: "{one}" }} }}')
        assert said == ({"statement/post/tom"} if one == TWINS[0] else set())


async def test_the_status_lists_them(ask: AsyncAsker) -> None:
    data = await ask("{ status { graph { ready contradictions { one other apart joining } } } }")
    assert data["status"]["graph"] == {
        "ready": True,
        "contradictions": [
            {
                "one": TWINS[2],
                "other": TWINS[0],
                "apart": "judgement/jim-tom",
                "joining": ["judgement/tim-jim", "judgement/tom-tim"],
            }
        ],
    }
