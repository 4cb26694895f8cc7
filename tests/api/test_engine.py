"""Everything that can be asked, of a real Neo4j that followed a real log."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

import neo4j
import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLObjectType,
    GraphQLOutputType,
    get_named_type,
    is_list_type,
    is_required_argument,
)

from api.pages.files import examples
from api.schema import SCHEMA
from eventlog.sqlite import SqliteLog
from graph.managed import Connection
from graph.model import (
    KINDS,
    MERGED_LABELS,
    Date,
    Field,
    Json,
    Kind,
    Relation,
    fold_text,
    label_of,
)
from graph.reader import PATIENT_SECONDS
from schema.canonical import canonical_bytes
from schema.entries import (
    ActorRecorded,
    AnyEntry,
    IdentityJudged,
    IssueRecorded,
    LinkRecorded,
    SourceRecorded,
    StatementRecorded,
)
from tests.api import harbour
from tests.api.asking import AsyncAsker
from tests.api.asking import Json as Answer
from tests.api.engine import asker, fill, opened

pytestmark = pytest.mark.engine

ENTRIES: list[AnyEntry] = [entry for append in harbour.APPENDS for entry in append]
THINGS = [entry for entry in ENTRIES if not isinstance(entry, LinkRecorded | IdentityJudged)]
LISTED = [
    entry
    for entry in THINGS
    if label_of(entry.id) not in MERGED_LABELS or entry.id not in harbour.MERGED
]
"""What a list shows: each thing once, by its canonical one."""
kinds = pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.label)


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory, neo4j_server: Connection) -> Iterator[SqliteLog]:
    """Return the log of the harbour's record, which the graph has followed."""
    log = SqliteLog(tmp_path_factory.mktemp("data") / "log.sqlite3")

    async def follow() -> None:
        async with opened(neo4j_server) as graph:
            await fill(graph, log)

    asyncio.run(follow())
    yield log
    log.close()


@pytest.fixture
async def ask(
    log: SqliteLog, neo4j_server: Connection, tmp_path: Path
) -> AsyncIterator[AsyncAsker]:
    """Return how to ask the service, which has the article's text at hand."""
    harbour.write_documents(tmp_path / "documents")
    async with opened(neo4j_server) as graph:
        yield asker(log, graph, tmp_path / "documents")


# -- every field -------------------------------------------------------------------------------

ARGUMENTS = {
    "node": '(id: "claim/cut")',
    "nodes": "(ids: [{}])".format(", ".join(f'"{one.id}"' for one in THINGS)),
    "entry": "(position: 3)",
    "history": '(id: "claim/cut")',
    "entries": "(first: 100)",
    "actor": '(id: "actor/ministry")',
    "role": '(id: "role/minister")',
    "issue": '(id: "issue/rare-earths")',
    "claim": '(id: "claim/cut")',
    "event": '(id: "event/talks")',
    "statement": '(id: "statement/post/brandt")',
    "source": '(id: "source/post")',
    **{kind.plural: "(first: 50)" for kind in KINDS.values()},
}
NEVER = {"GraphStatus.reason", "GraphStatus.problems", "UnappliedEntry.position"} | {
    "UnappliedEntry.subject",
    "UnappliedEntry.reason",
}
"""Fields that have something to say only when something is wrong."""
OF_CHANGES = {f"{label}.retracted" for label in KINDS} | {
    "Change.reason",
    "Change.changed",
    "Change.cascadedFrom",
}
"""Fields that have something to say only of what was changed, which nothing here was."""


def root_fields() -> dict[str, GraphQLField]:
    assert SCHEMA.query_type is not None
    fields: dict[str, GraphQLField] = SCHEMA.query_type.fields
    return fields


def everything(type_: GraphQLOutputType, depth: int = 1) -> str:
    """Return a selection of every field, and of the things around ``depth`` steps far."""
    named = get_named_type(type_)
    if not isinstance(named, GraphQLObjectType):
        return "{ __typename id name revision }" if named.name == "Node" else ""
    selected = ["__typename"]
    for name, field in named.fields.items():
        inner = get_named_type(field.type)
        further = depth - (inner.name in KINDS and named.name in (*KINDS, *EDGES))
        if name == "edges":
            further = 0  # the same things stand in nodes
        if further >= 0:
            selected.append(f"{name} {everything(field.type, further)}")
    return f"{{ {' '.join(selected)} }}"


EDGES = ("Passage", "Participant", "Participation", "Ascription", "Stance")


def seen(value: object, found: set[str]) -> None:
    """Gather the fields that an answer has something in, as ``Type.field``."""
    if isinstance(value, list):
        for one in value:
            seen(one, found)
    elif isinstance(value, dict) and "__typename" in value:
        made = SCHEMA.type_map[value["__typename"]]
        assert isinstance(made, GraphQLObjectType)
        for name, inner in value.items():
            if name != "__typename" and inner not in (None, [], ""):
                found.add(f"{made.name}.{name}")
                seen(inner, found)


async def test_every_field_of_every_type_has_an_answer(ask: AsyncAsker) -> None:
    found: set[str] = set()
    for name, field in root_fields().items():
        single = name == get_named_type(field.type).name.lower()  # its page shows all of it
        selection = everything(field.type, 0 if single else 1)
        data = await ask(f"{{ {name} {ARGUMENTS.get(name, '')} {selection} }}")
        found.add(f"Query.{name}")
        seen(data[name], found)
    for identifier in harbour.MERGED:  # these stand in no list
        name = label_of(identifier).lower()
        data = await ask(f'{{ {name}(id: "{identifier}") {{ __typename canonical {{ id }} }} }}')
        seen(data[name], found)
    expected = {
        f"{made.name}.{name}"
        for made in SCHEMA.type_map.values()
        if isinstance(made, GraphQLObjectType) and not made.name.startswith("__")
        for name in made.fields
    }
    mutation = {one for one in expected if one.partition(".")[0] in ONLY_OF_MUTATIONS}
    assert expected - mutation - NEVER - OF_CHANGES == found


ONLY_OF_MUTATIONS = {"Mutation", "Recorded", "InputFault", "Invalid", "NotFound"} | {
    "AlreadyOnRecord",
    "RevisionConflict",
    "IdempotencyConflict",
    "Outdated",
    "StillInUse",
    "IsRetracted",
    "NotRetracted",
}


def test_every_root_field_that_needs_arguments_is_given_some() -> None:
    needing = {
        name
        for name, field in root_fields().items()
        if any(is_required_argument(one) for one in field.args.values())
    }
    assert needing <= set(ARGUMENTS)


# -- what was recorded is what is answered -----------------------------------------------------


@kinds
async def test_what_is_answered_is_what_was_recorded(ask: AsyncAsker, kind: Kind) -> None:
    field = root_fields()[kind.label.lower()]
    data = await ask(f"{{ {kind.plural}(first: 50) {{ nodes {everything(field.type)} }} }}")
    answers = {one["id"]: one for one in data[kind.plural]["nodes"]}
    entries = [entry for entry in LISTED if label_of(entry.id) == kind.label]
    assert set(answers) == {entry.id for entry in entries}
    for entry in entries:
        given = told_of(kind, entry)
        for name, value in given.items():
            check(kind, name, value, answers[entry.id])


def told_of(kind: Kind, entry: AnyEntry) -> Answer:
    """Return what the record tells of a thing, and what it leads to of all that is merged into it.

    Other things that are merged go by their canonical ones.
    """
    others = [one for one in THINGS if harbour.MERGED.get(one.id) == entry.id]
    accounts = [
        canonical(kind, one.model_dump(mode="json", by_alias=True))
        for one in (entry, *(others if kind.label in MERGED_LABELS else ()))
    ]
    return {
        name: in_order(field, [account[name] for account in accounts])
        if isinstance(field := field_of(kind, name), Relation) and field.many
        else value
        for name, value in accounts[0].items()
    }


def in_order(relation: Relation, lists: list[list[Any]]) -> list[Any]:
    """Return what several accounts lead to: all first ones, by name, and then all second ones."""

    def place(numbered: tuple[int, Any]) -> tuple[int, str]:
        number, one = numbered
        return number, fold_text(NAMES[one[relation.node_field]] if relation.node_field else "")

    every = [numbered for one in lists for numbered in enumerate(one)]
    return [one for _, one in sorted(every, key=place)]


NAMES = {
    one.id: one.name
    for one in THINGS
    if isinstance(one, ActorRecorded | SourceRecorded | IssueRecorded)
}


def field_of(kind: Kind, name: str) -> Field | None:
    return next((one for one in kind.fields if one.name == name), None)


def canonical(kind: Kind, given: Answer) -> Answer:
    """Return what an entry tells, with the canonical one in the place of each merged thing."""

    def named(value: object) -> object:
        match value:
            case str() if label_of(value) in MERGED_LABELS:
                return harbour.MERGED.get(value, value)
            case dict():
                return {key: named(one) for key, one in value.items()}
            case list():
                return [named(one) for one in value]
            case _:
                return value

    return {
        name: named(value) if isinstance(field_of(kind, name), Relation) else value
        for name, value in given.items()
    }


def check(kind: Kind, name: str, given: Any, answer: Answer) -> None:
    """Hold a field of an answer against what was recorded."""
    if name in ("quotes", "hedging"):
        assert answer[name] == [one["exact"] for one in given]
        name = f"{name}Spans".replace("quotesSpans", "quoteSpans")
    if name == "stances":
        own = not answer["ascribedTo"]
        name, not_here = ("stances", "ascribedStances") if own else ("ascribedStances", "stances")
        assert answer[not_here] == []
    shown = answer[name]
    match kind.field(name):
        case Date():
            check_date(name, given, shown)
        case Relation(name="claim") if answer["relays"] is not None:
            assert given is None
            assert shown["id"] == "claim/cut"  # what it passes on
        case Relation(node_field=None, many=True) if name == "issues":
            assert set(given) <= {one["id"] for one in shown}  # its claim's as well
        case Relation(node_field=None, many=True):
            assert {one["id"] for one in shown} == set(given)
        case Relation(node_field=None):
            assert (shown and shown["id"]) == given
        case Relation(node_field=field, many=many):
            assert field is not None
            for one, other in zip(*((given, shown) if many else ([given], [shown])), strict=True):
                if one is not None:
                    assert one.pop(field) == other[field]["id"]
                    assert one.items() <= other.items()
        case Json():
            for one, other in zip(given, shown, strict=True):
                assert {**one, "__typename": other["__typename"]} == other
        case _:
            assert shown == given


def check_date(name: str, given: Answer | None, shown: Answer | None) -> None:
    if given is not None:
        assert shown is not None
        assert given.items() <= shown.items()
    elif shown is not None:  # its bounds come from elsewhere
        assert name == "said"
        assert shown["basis"] in (None, "DERIVED_FROM_PUBLICATION")


async def test_the_entry_behind_a_thing_is_that_of_the_log(ask: AsyncAsker, log: SqliteLog) -> None:
    data = await ask("{ roles { nodes { recorded { position recordedAt recordedBy hash } } } }")
    (role,) = data["roles"]["nodes"]
    position = ENTRIES.index(harbour.ROLES[0]) + 1
    (entry,) = log.read(position - 1, 1)
    assert role["recorded"] == {
        "position": position,
        "recordedAt": entry.header.recorded_at,
        "recordedBy": harbour.RECORDED_BY,
        "hash": entry.hash_hex,
    }
    data = await ask("query ($n: Int!) { entry(position: $n) { payload } }", n=position)
    assert canonical_bytes(harbour.ROLES[0]) == entry.payload
    assert data["entry"]["payload"]["title"] == "mines minister"


QUESTION = """
    { statements(where: { issues: { some: { name: { contains: "rare earth" } } }, said: { possiblyWithin: "2025-05/2025-06" } }, orderBy: [{ said: DESC }], first: 20) {
        totalCount pageInfo { hasNextPage endCursor }
        nodes { id speaker { id name kind } capacity { title body { name } } ascribedTo { attitude actor { name } } attribution force polarity hedging quotes
                claim { id text mentions { name } figures { what from to unit } } issues { id name } stances { issue { name } stance }
                said { edtf words earliest latest precision basis because }
                passages { source { title url published { edtf } publisher { name } } part start end exact sha256 }
                relays { speaker { name } claim { text } }
                recorded { position recordedAt recordedBy hash } } } }
"""


async def test_the_question_that_the_project_exists_for(ask: AsyncAsker) -> None:
    answer = (await ask(QUESTION))["statements"]
    assert answer["totalCount"] == 6
    assert answer["pageInfo"]["hasNextPage"] is False
    (brandt,) = (one for one in answer["nodes"] if one["id"] == "statement/post/brandt")
    brandt["recorded"] = brandt["recorded"]["position"]
    exact = "will probably ship 120 tonnes of magnets"
    headline = "Freedonia to cut exports of rare earth magnets"
    source = {
        "title": headline,
        "url": "https://harbour-post.example/magnets",
        "published": {"edtf": "2025-06-02"},
        "publisher": {"name": "The Harbour Post"},
    }
    assert brandt == {
        "id": "statement/post/brandt",
        "speaker": {"id": "actor/ana-brandt", "name": "Ana Brandt", "kind": "PERSON"},
        "capacity": {"title": "mines minister", "body": {"name": "Ministry of Mines"}},
        "ascribedTo": None,
        "attribution": "PARTIAL_QUOTE",
        "force": "PROMISES",
        "polarity": "ASSERTS",
        "hedging": ["probably"],
        "quotes": [exact],
        "claim": {
            "id": "claim/cut",
            "text": "Freedonia ships 120 tonnes of magnets in 2025.",
            "mentions": [{"name": "Freedonia"}, {"name": "Sylvania"}],
            "figures": [{"what": "magnets shipped", "from": "400", "to": "120", "unit": "tonnes"}],
        },
        "issues": [
            {"id": "issue/rare-earths", "name": "Rare earth exports"},
            {"id": "issue/trade", "name": "Trade"},
        ],
        "stances": [{"issue": {"name": "Rare earth exports"}, "stance": "OPPOSES"}],
        "said": {
            "edtf": "2025-05-30~",
            "words": "at talks",
            "earliest": "2025-05-29T00:00:00Z",
            "latest": "2025-06-01T00:00:00Z",
            "precision": "DAY",
            "basis": "INFERRED",
            "because": "the day of the talks",
        },
        "passages": [
            {
                "source": source,
                "part": "BODY",
                "start": harbour.BRANDT["start"],
                "end": harbour.BRANDT["end"],
                "exact": None,
                "sha256": harbour.BRANDT["sha256"],
            },
            {"source": source, "part": "TITLE", "exact": None, **harbour.span(headline)},
        ],
        "relays": None,
        "recorded": ENTRIES.index(harbour.STATEMENTS[0]) + 1,
    }
    (fear,) = (one for one in answer["nodes"] if one["id"] == "statement/post/fear")
    assert fear["speaker"]["name"] == "The Harbour Post"
    assert fear["ascribedTo"] == {"attitude": "FEARS", "actor": {"name": "makers"}}
    (insider,) = (one for one in answer["nodes"] if one["id"] == "statement/post/insider")
    assert insider["relays"]["speaker"] == {"name": "Sylvania’s envoy"}


async def test_passages_are_shown_in_their_words_where_the_text_is_at_hand(
    ask: AsyncAsker,
) -> None:
    data = await ask(
        """{ statements(orderBy: [{ recorded: ASC }]) { nodes { id passages { text before after } } }
             event(id: "event/talks") { passages { text } } }"""
    )
    told, *elsewhere = data["event"]["passages"]
    assert told == {"text": "talks in Little Harbour"}
    assert elsewhere == [{"text": None}]
    shown = {one["id"]: one["passages"] for one in data["statements"]["nodes"]}
    fear = shown["statement/post/fear"][0]
    assert fear["text"] == "Makers fear that their lines will stop"
    assert fear["before"].endswith(" that anything was settled, somebody close to the talks said. ")
    assert fear["after"].startswith(" 🧲, and few of them sleep well.\n")
    nothing = {"text": None, "before": None, "after": None}
    assert shown["statement/correction/doubt"] == [nothing]
    assert shown["statement/reprint/asks"] == [nothing]


@pytest.mark.parametrize("document", examples(), ids=lambda text: text.splitlines()[0])
async def test_every_example_answers(ask: AsyncAsker, document: str) -> None:
    await ask(document)


# -- filters -----------------------------------------------------------------------------------

Filter: TypeAlias = str
"""A filter in the GraphQL language, without the braces of its object."""

VALUES = {"String": '"a"', "ID": '"actor/sylvania"', "Int": "9", "Boolean": "true"}


def filters(where: GraphQLInputObjectType) -> Iterator[Filter]:
    """Yield a filter for every leaf of a ``where`` input; of things around, for their ids."""
    for name, field in where.fields.items():
        named = get_named_type(field.type)
        if name == "isNull" and where.name in OF_KINDS:
            continue  # only where a relation leads to it, below
        if name in ("AND", "OR"):
            yield f"{name}: [{{ id: {{ isNull: true }} }}, {{ id: {{ isNull: false }} }}]"
        elif name == "NOT":
            yield "NOT: { id: { isNull: true } }"
        elif isinstance(named, GraphQLInputObjectType):
            around = named.name in OF_KINDS
            inner = ['id: { startsWith: "actor/" }'] if around else list(filters(named))
            if around and where.name in OF_KINDS:
                inner += ["isNull: true", "isNull: false"]
            if name in ("all", "none"):
                del inner[1:]  # the others differ in nothing from those of "some"
            yield from (f"{name}: {{ {one} }}" for one in inner)
        elif isinstance(named, GraphQLEnumType):
            value = next(iter(named.values))
            yield f"{name}: {value}" if field.type is named else f"{name}: [{value}]"
        elif where.name == "DateWhere":
            yield f'{name}: "2025-05-30/2025-06"'
        else:
            value = VALUES[named.name]
            yield f"{name}: [{value}]" if is_list_type(field.type) else f"{name}: {value}"


OF_KINDS = {f"{label}Where" for label in KINDS}


def filters_of(kind: Kind) -> list[Filter]:
    made = SCHEMA.type_map[f"{kind.label}Where"]
    assert isinstance(made, GraphQLInputObjectType)
    return list(filters(made))


FILTERS_AT_ONCE = 12
LEADING = (
    "id: ",
    "name: ",
    "called: ",
    "under: ",
    "said: ",
    "published: ",
    "occurred: ",
    "issues: ",
)
"""How filters begin that decide from where the graph is read."""


@kinds
async def test_every_filter_holds_or_does_not(ask: AsyncAsker, kind: Kind) -> None:
    found = filters_of(kind)
    everything = await ids_of(ask, kind, "")
    assert everything
    for begin in range(0, len(found), FILTERS_AT_ONCE):
        part = found[begin : begin + FILTERS_AT_ONCE]
        either = [f"{{ OR: [{{ {one} }}, {{ NOT: {{ {one} }} }}] }}" for one in part]
        assert await ids_of(ask, kind, f"AND: [{', '.join(either)}]") == everything


@pytest.mark.parametrize(
    ("where", "has"),
    [
        ("capacity", lambda one: one.capacity),
        ("ascribedTo", lambda one: one.ascribed_to),
        ("relays", lambda one: one.relays),
    ],
)
async def test_what_has_none_of_something_can_be_asked_for(
    ask: AsyncAsker, where: str, has: Callable[[StatementRecorded], object]
) -> None:
    statements = [one for one in THINGS if isinstance(one, StatementRecorded)]
    without = {one.id for one in statements if not has(one)}
    others = {one.id for one in statements} - without
    assert without
    assert others
    kind = KINDS["Statement"]
    assert set(await ids_of(ask, kind, f"{where}: {{ isNull: true }}")) == without
    assert set(await ids_of(ask, kind, f"{where}: {{ isNull: false }}")) == others
    either = f"OR: [{{ {where}: {{ isNull: true }} }}, {{ {where}: {{ isNull: false }} }}]"
    assert set(await ids_of(ask, kind, either)) == without | others


@kinds
async def test_filters_that_lead_part_the_things_in_two(ask: AsyncAsker, kind: Kind) -> None:
    everything = await ids_of(ask, kind, "")
    for one in filters_of(kind):
        if one.startswith(LEADING):
            these = await ids_of(ask, kind, one)
            others = await ids_of(ask, kind, f"NOT: {{ {one} }}")
            assert sorted(these + others) == sorted(everything), one


async def ids_of(ask: AsyncAsker, kind: Kind, where: Filter) -> list[str]:
    """Return the ids of the things that a filter finds; the count agrees with them."""
    page = f"{kind.plural}(first: 50, where: {{ {where} }}) {{ totalCount nodes {{ id }} }}"
    found = (await ask(f"{{ {page} }}"))[kind.plural]
    ids = [one["id"] for one in found["nodes"]]
    assert found["totalCount"] == len(ids) == len(set(ids)), where
    return ids


# -- orders and pages --------------------------------------------------------------------------

ORDERS = [
    (kind.plural, order.name, direction)
    for kind in KINDS.values()
    for order in kind.orders
    for direction in ("ASC", "DESC")
]


@pytest.mark.parametrize(("plural", "order", "direction"), ORDERS)
async def test_paging_shows_everything_once_in_both_directions(
    ask: AsyncAsker, plural: str, order: str, direction: str
) -> None:
    document = f"""query ($first: Int, $after: String, $last: Int, $before: String) {{
      page: {plural}(orderBy: [{{ {order}: {direction} }}], first: $first, after: $after,
                     last: $last, before: $before) {{
        pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }}
        edges {{ cursor node {{ id name recorded {{ position }} }} }} }} }}"""
    whole = [one["node"] for one in (await ask(document, first=50))["page"]["edges"]]
    assert len(whole) == len([one for one in LISTED if label_of(one.id) in LABELS[plural]])
    if order == "name":
        names = [one["name"].casefold() for one in whole]
        assert names == sorted(names, reverse=direction == "DESC")
    if order == "recorded":
        positions = [one["recorded"]["position"] for one in whole]
        assert positions == sorted(positions, reverse=direction == "DESC")
    assert [one async for one in walked(ask, document, "after")] == whole
    assert [one async for one in walked(ask, document, "before")] == whole[::-1]


LABELS = {kind.plural: {kind.label} for kind in KINDS.values()}


async def walked(ask: AsyncAsker, document: str, way: str) -> AsyncIterator[Answer]:
    """Yield things page after page, two at a time, from one end to the other."""
    size, more, end = {
        "after": ("first", "hasNextPage", "endCursor"),
        "before": ("last", "hasPreviousPage", "startCursor"),
    }[way]
    cursor: str | None = None
    while True:
        page = (await ask(document, **{size: 2, way: cursor}))["page"]
        edges = page["edges"] if way == "after" else page["edges"][::-1]
        for edge in edges:
            yield edge["node"]
        assert page["pageInfo"][end] == (edges[-1]["cursor"] if edges else None)
        if not page["pageInfo"][more]:
            return
        cursor = page["pageInfo"][end]


async def test_what_has_no_date_comes_last_either_way(ask: AsyncAsker) -> None:
    document = "{ events(orderBy: [{ occurred: %s }]) { nodes { name } } }"
    for direction in ("ASC", "DESC"):
        nodes = (await ask(document % direction))["events"]["nodes"]
        assert nodes[-1] == {"name": "The week of talks"}


async def test_a_cursor_of_another_order_is_refused(ask: AsyncAsker) -> None:
    data = await ask("{ statements(first: 1) { pageInfo { endCursor } } }")
    code, message = await ask.error(
        "query ($c: String) { statements(orderBy: [{ said: ASC }], after: $c) { totalCount } }",
        c=data["statements"]["pageInfo"]["endCursor"],
    )
    assert (code, message[:42]) == ("BAD_INPUT", "after: the cursor belongs to another order")


# -- what it costs -----------------------------------------------------------------------------


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> list[neo4j.Query]:
    """Return every statement that is sent to Neo4j."""
    sent: list[neo4j.Query] = []
    run = neo4j.AsyncSession.run

    async def counted(
        self: neo4j.AsyncSession, query: neo4j.Query, parameters: dict[str, Any]
    ) -> neo4j.AsyncResult:
        sent.append(query)
        return await run(self, query, parameters)

    monkeypatch.setattr(neo4j.AsyncSession, "run", counted)
    return sent


@pytest.mark.parametrize(
    ("document", "count"),
    [
        (QUESTION, 1),
        ('{ actor(id: "actor/sylvania") { addressed { claim { mentions { name } } } } }', 1),
        (
            '{ a: actors { totalCount } b: claims { nodes { text } } node(id: "claim/cut") { id } }',
            3,
        ),
        ('{ nodes(ids: ["actor/sylvania", "claim/cut", "claim/stop"]) { id } }', 2),
        ("{ entries { nodes { payload } } entry(position: 1) { hash } }", 0),
    ],
)
async def test_a_root_field_is_one_statement_with_a_time_limit(
    ask: AsyncAsker, statements: list[neo4j.Query], document: str, count: int
) -> None:
    """Of ``nodes`` one a kind; what is merged is learned with the first question of a service."""
    await ask("{ actors(first: 1) { totalCount } }")
    statements.clear()
    await ask(document)
    assert len(statements) == count
    assert {one.timeout for one in statements} <= {PATIENT_SECONDS}


@pytest.mark.parametrize(
    "arguments", ["first: 1000000", "last: 1001", "first: -1", 'after: "x"', "orderBy: []"]
)
async def test_what_cannot_be_asked_does_not_reach_neo4j(
    ask: AsyncAsker, statements: list[neo4j.Query], arguments: str
) -> None:
    code, _ = await ask.error(f"{{ statements({arguments}) {{ totalCount }} }}")
    assert code == "BAD_INPUT"
    assert statements == []


# -- nonsense ----------------------------------------------------------------------------------

TEXTS = ["\0", "\0a", "'", '"', "\\", "`", "$p0", "}", "//", "\n", "🧲", "\u202e", "x" * 100_000]


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
async def test_any_text_can_be_looked_for(ask: AsyncAsker, text: str) -> None:
    data = await ask(
        """query ($t: String!) {
          claims(where: { OR: [{ text: { contains: $t } }, { name: { eq: $t } },
                               { unspecified: { startsWith: $t } }] }) { totalCount }
          actors(where: { called: $t }) { totalCount } }""",
        t=text,
    )
    assert set(data) == {"claims", "actors"}


@pytest.mark.parametrize("number", [2**31 - 1, -(2**31), 0])
async def test_any_number_can_be_looked_for(ask: AsyncAsker, number: int) -> None:
    document = (
        "query ($n: Int!) { actors(where: { recorded: { position: { gt: $n } } }) { totalCount } }"
    )
    assert set(await ask(document, n=number)) == {"actors"}


@pytest.mark.parametrize("number", [2**31, 2**63, 2**70, -(2**31) - 1])
async def test_a_number_that_is_too_large_is_refused(ask: AsyncAsker, number: int) -> None:
    document = (
        "query ($n: Int!) { actors(where: { recorded: { position: { gt: $n } } }) { totalCount } }"
    )
    assert (await ask.error(document, n=number))[0] == "BAD_INPUT"


def nested(outer: str, inner: str, levels: int) -> str:
    return f"{outer} {{ " * levels + inner + " }" * levels


@pytest.mark.parametrize(
    "document",
    [
        "{ statements { nodes { " + nested("relays", "id", 8) + " } } }",
        "{ statements(where: { "
        + nested("relays:", "id: { isNull: true }", 8)
        + " }) { totalCount } }",
        "{ actors(where: { " + nested("NOT:", "id: { isNull: true }", 26) + " }) { totalCount } }",
        "{ actors(where: { OR: [" + '{ name: { contains: "a" } } ' * 190 + "] }) { totalCount } }",
        "{ " + " ".join(f"a{n}: actors {{ totalCount }}" for n in range(50)) + " }",
    ],
    ids=["deep", "deep filter", "not", "wide filter", "aliases"],
)
async def test_the_most_that_is_allowed_is_answered(ask: AsyncAsker, document: str) -> None:
    assert await ask(document)


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ("{ statements { nodes { " + nested("relays", "id", 9) + " } } }", "LIMIT_EXCEEDED"),
        (
            "{ actors(where: { "
            + nested("NOT:", "id: { isNull: true }", 40)
            + " }) { totalCount } }",
            "LIMIT_EXCEEDED",
        ),
        ("{ issues { nodes { " + nested("broader", "id", 5) + " } } }", "LIMIT_EXCEEDED"),
        ("{" * 3000, "GRAPHQL_PARSE_FAILED"),
        ("{ actors { nodes { " + "id " * 4000 + "} } }", "GRAPHQL_VALIDATION_FAILED"),
        (
            "{ actors { ...A } } fragment A on ActorConnection { ...B } fragment B on ActorConnection { ...A }",
            "GRAPHQL_VALIDATION_FAILED",
        ),
        (
            "{ " + " ".join(f"a{n}: actors {{ totalCount }}" for n in range(101)) + " }",
            "LIMIT_EXCEEDED",
        ),
    ],
    ids=["deep", "deep filter", "multiplying", "braces", "wide", "circle", "aliases"],
)
async def test_more_than_is_allowed_is_refused(
    ask: AsyncAsker, statements: list[neo4j.Query], document: str, code: str
) -> None:
    body = await ask.whole(document)
    assert body["errors"][0]["extensions"]["code"] == code
    assert statements == []


# -- single things, the log, the status --------------------------------------------------------


async def test_things_by_id_whatever_their_kind(ask: AsyncAsker) -> None:
    data = await ask(
        """{ node(id: "claim/stop") { __typename name ... on Claim { statements { id } } }
             nodes(ids: ["actor/envoy", "actor/nobody", "issue/trade", "link/caused-4"]) {
               __typename id ... on Issue { narrower { name } } }
             nobody: actor(id: "actor/nobody") { id } }"""
    )
    assert data["node"] == {
        "__typename": "Claim",
        "name": "The makers’ lines will stop.",
        "statements": data["node"]["statements"],
    }
    assert {one["id"] for one in data["node"]["statements"]} == {
        "statement/post/fear",
        "statement/correction/doubt",
    }
    assert data["nodes"] == [
        {"__typename": "Actor", "id": "actor/envoy"},
        None,
        {"__typename": "Issue", "id": "issue/trade", "narrower": [{"name": "Rare earth exports"}]},
        None,
    ]
    assert data["nobody"] is None


async def test_status_and_entries(ask: AsyncAsker, log: SqliteLog) -> None:
    body = await ask.whole(
        """{ status { log { position hash logId } graph { ready position hash lag problems { reason }
                 contradictions { one other apart joining } } }
             entries(kinds: [LINK_RECORDED], first: 3) { nodes { position subject } } }"""
    )
    head = log.head()
    status = body["data"]["status"]
    assert status["log"] == {"position": head.position, "hash": head.hash, "logId": log.log_id}
    assert status["graph"] == {
        "ready": True,
        "position": head.position,
        "hash": head.hash,
        "lag": 0,
        "problems": [],
        "contradictions": [
            dict(zip(("one", "other"), harbour.CONTRADICTORY, strict=True))
            | {"apart": "judgement/editor-is-not-reed", "joining": ["judgement/editor-is-reed"]}
        ],
    }
    assert [one["subject"] for one in body["data"]["entries"]["nodes"]] == [
        one.id for one in harbour.LINKS[:3]
    ]
    assert body["extensions"]["onrecord"]["logPosition"] == head.position
