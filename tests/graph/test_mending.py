"""Changes of the graph made by hand: found, named, and mended by a rebuild."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

import pytest

from graph.connection import Graph, own_text
from graph.errors import NotReady, WrongGraph
from graph.managed import Connection
from graph.reader import GraphReader
from graph.rebuild import Rebuilt, rebuild
from graph.verify import compare
from tests.graph.loading import Loaded, load, open_graph
from tests.graph.records import record

pytestmark = pytest.mark.engine


@dataclass(frozen=True, slots=True)
class Damage:
    """A change made by hand, and what a verification must say of it."""

    what: str
    cypher: str
    named: tuple[str, ...]


DAMAGES = [
    Damage(
        "property changed",
        "MATCH (n:Claim {id: 'claim/0'}) SET n.text = 'No.'",
        ("claim/0: the property text ('No.', not ",),
    ),
    Damage(
        "property changed in type only",
        "MATCH (n:Source {id: 'source/0'}) SET n.length = toFloat(n.length)",
        ("source/0: the property length (5000.0, not 5000) is different",),
    ),
    Damage(
        "property of another type than a log ever gives",
        "MATCH (n:Actor {id: 'actor/0'}) SET n.name = date('2025-06-02')",
        ("actor/0: the property name (",),
    ),
    Damage(
        "property added",
        "MATCH (n:Issue {id: 'issue/0'}) SET n.colour = point({x: 1, y: 2})",
        ("issue/0: the property colour does not belong",),
    ),
    Damage(
        "property removed",
        "MATCH (n:Statement {id: 'statement/0'}) REMOVE n.recordedAt",
        ("statement/0: the property recordedAt is missing",),
    ),
    Damage(
        "every property removed",
        "MATCH (n:Claim {id: 'claim/1'}) SET n = {}",
        ("claim/1: the Claim is missing", "the node (Claim) does not belong"),
    ),
    Damage(
        "node renamed",
        "MATCH (n:Actor {id: 'actor/1'}) SET n.id = 'actor/other'",
        ("actor/1: the Actor is missing", "actor/other: the node (Actor) does not belong"),
    ),
    Damage(
        "nodes that changed their ids with each other",
        "MATCH (a:Actor {id: 'actor/1'}), (b:Actor {id: 'actor/2'}) SET a.id = 'x' "
        "SET b.id = 'actor/1' SET a.id = 'actor/2'",
        ("actor/1: the property name", "actor/2: the property name"),
    ),
    Damage(
        "node added",
        "CREATE (:Actor {id: 'actor/new', name: 'New'})",
        ("actor/new: the node (Actor) does not belong",),
    ),
    Damage(
        "node added with a label of its own",
        "CREATE (:Note {id: 'note/1', text: 'to do'})",
        ("note/1: the node (Note) does not belong",),
    ),
    Damage("node added without a label", "CREATE ({id: 'x'})", ("x: the node (unlabelled)",)),
    Damage("node added without an id", "CREATE (:Actor {name: 'Who?'})", ("the node (Actor)",)),
    Damage(
        "node added whose id is no text",
        "CREATE (:Claim {id: 7})",
        ("the node (Claim) does not belong",),
    ),
    Damage(
        "node added that has the id of another, and takes over what leads to it",
        "MATCH (a:Actor {id: 'actor/0'})-[r]->(m) WITH a, collect(m) AS ends "
        "CREATE (b:Note {id: 'actor/0'}) FOREACH (m IN ends | CREATE (b)-[:MADE]->(m))",
        ("the node (Note) does not belong", "the relationship -[:MADE {}]->"),
    ),
    Damage(
        "node removed",
        "MATCH (n:Claim {id: 'claim/0'}) DETACH DELETE n",
        ("claim/0: the Claim is missing",),
    ),
    Damage("all nodes but the checkpoint removed", "MATCH (n) WHERE NOT n:Checkpoint DETACH DELETE n", ("issue/0: the Issue is missing",)),
    Damage(
        "label changed",
        "MATCH (n:Event {id: 'event/0'}) REMOVE n:Event SET n:Happening",
        ("event/0: the label Event is missing", "event/0: the label Happening does not belong"),
    ),
    Damage(
        "label added",
        "MATCH (n:Role {id: 'role/0'}) SET n:Important",
        ("role/0: the label Important does not belong",),
    ),
    Damage(
        "label removed",
        "MATCH (n:Statement {id: 'statement/1'}) REMOVE n:Statement",
        ("statement/1: the label Statement is missing",),
    ),
    Damage(
        "relationship's property changed",
        "MATCH (:Statement {id: 'statement/0'})-[r:REPORTED_IN {n: 0}]->() SET r.start = -1",
        ("statement/0: the relationship -[:REPORTED_IN {", "start: -1"),
    ),
    Damage(
        "relationship's property added",
        "MATCH ()-[r:MADE]->(:Statement {id: 'statement/0'}) SET r.sure = true",
        ("-[:MADE {since: ", "sure: True}]->(statement/0) does not belong"),
    ),
    Damage(
        "relationship's property removed",
        "MATCH ()-[r:MADE]->(:Statement {id: 'statement/0'}) REMOVE r.since",
        ("the relationship -[:MADE {}]->(statement/0) does not belong",),
    ),
    Damage(
        "relationship's type changed",
        "MATCH (a)-[r:MADE]->(b:Statement {id: 'statement/0'}) "
        "CREATE (a)-[:UNMADE {since: r.since}]->(b) DELETE r",
        ("-[:UNMADE {since: ", "-[:MADE {since: "),
    ),
    Damage(
        "relationship led elsewhere",
        "MATCH (a)-[r:MADE]->(:Statement {id: 'statement/0'}), (b:Statement {id: 'statement/1'}) "
        "CREATE (a)-[:MADE {since: r.since}]->(b) DELETE r",
        ("]->(statement/0) is missing", "]->(statement/1) does not belong"),
    ),
    Damage(
        "relationship doubled",
        "MATCH (a)-[r:MADE]->(b:Statement {id: 'statement/0'}) "
        "CREATE (a)-[:MADE {since: r.since}]->(b)",
        ("]->(statement/0) does not belong",),
    ),
    Damage(
        "relationship added",
        "MATCH (a:Issue {id: 'issue/0'}) CREATE (a)-[:LIKES {much: 0.5}]->(a)",
        ("issue/0: the relationship -[:LIKES {much: 0.5}]->(issue/0) does not belong",),
    ),
    Damage(
        "relationship removed",
        "MATCH ()-[r:REPORTED_IN]->() WITH r LIMIT 1 DELETE r",
        ("the relationship -[:REPORTED_IN {", "is missing"),
    ),
    Damage(
        "relationship from the checkpoint added",
        "MATCH (c:Checkpoint), (a:Issue {id: 'issue/0'}) CREATE (c)-[:SEES]->(a)",
        ("checkpoint: the relationship -[:SEES {}]->(issue/0) does not belong",),
    ),
    Damage(
        "checkpoint's hash changed",
        "MATCH (c:Checkpoint) SET c.hash = 'abc'",
        ("checkpoint: the property hash ('abc', not ",),
    ),
    Damage(
        "checkpoint's position put back",
        "MATCH (c:Checkpoint) SET c.position = 1",
        ("checkpoint: the property hash (", "checkpoint: the property position (1, not "),
    ),
    Damage(
        "checkpoint's position put to the beginning",
        "MATCH (c:Checkpoint) SET c.position = 0",
        ("checkpoint: the property hash (", "issue/0: the node (Issue) does not belong"),
    ),
    Damage(
        "checkpoint's position spoilt",
        "MATCH (c:Checkpoint) SET c.position = 'two'",
        ("checkpoint: the property position ('two', not 0) is different",),
    ),
    Damage(
        "checkpoint's properties removed",
        "MATCH (c:Checkpoint) REMOVE c.name, c.position, c.rebuilding, c.hash",
        ("checkpoint: the property name is missing", "checkpoint: the property rebuilding is missing"),
    ),
    Damage(
        "checkpoint's property and label added",
        "MATCH (c:Checkpoint {id: 'checkpoint'}) SET c.colour = 'red', c:Important",
        (
            "checkpoint: the property colour does not belong",
            "checkpoint: the label Important does not belong",
        ),
    ),
    Damage(
        "second checkpoint added",
        "CREATE (:Checkpoint {id: 'checkpoint/2', position: 1})",
        ("checkpoint/2: the node (Checkpoint) does not belong",),
    ),
    Damage(
        "checkpoint copied under another label",
        "MATCH (c:Checkpoint) CREATE (d:Note) SET d = c",
        ("the node (Note) does not belong",),
    ),
]  # fmt: skip


@pytest.fixture(scope="module")
def loaded(neo4j_server: Connection, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loaded]:
    """Return a small record that is in Neo4j, which each test leaves as it was."""
    loaded = load(neo4j_server, tmp_path_factory.mktemp("small"), record(3, 30, append_size=7))
    yield loaded
    loaded.log.close()


@pytest.fixture
async def whole(neo4j_server: Connection, loaded: Loaded) -> AsyncIterator[Graph]:
    """Return the record's graph, which the test before left as it should be."""
    graph = open_graph(neo4j_server)
    yield graph
    await graph.close()


async def change(graph: Graph, cypher: str) -> None:
    async with graph.session() as session:
        result = await session.run(own_text(cypher))
        counters = (await result.consume()).counters
    assert counters.contains_updates, "the change changed nothing"


@pytest.mark.parametrize("damage", DAMAGES, ids=[damage.what for damage in DAMAGES])
async def test_a_change_by_hand_is_named_and_mended(
    damage: Damage, whole: Graph, loaded: Loaded
) -> None:
    await change(whole, damage.cypher)
    differences = "\n".join(map(str, (await compare(loaded.log, whole)).differences()))
    for name in damage.named:
        assert name in differences
    rebuilt = await rebuild(loaded.log, whole)
    assert rebuilt.mended > 0
    comparison = await compare(loaded.log, whole)
    assert comparison.differences() == []
    right = loaded.additions.digest()
    assert comparison.digests() == (right, right)


async def test_a_right_graph_is_not_touched_by_a_rebuild(whole: Graph, loaded: Loaded) -> None:
    rebuilt = await rebuild(loaded.log, whole)
    assert rebuilt == Rebuilt(loaded.position, mended=0, added=0, problems=0, named=[])


async def test_a_graph_that_says_it_is_not_whole_is_closed_to_readers_until_rebuilt(
    whole: Graph, loaded: Loaded
) -> None:
    await change(whole, "MATCH (c:Checkpoint) REMOVE c.ready")
    with pytest.raises(NotReady):
        await GraphReader(whole).checkpoint()
    with pytest.raises(NotReady):
        await compare(loaded.log, whole)
    await rebuild(loaded.log, whole)
    assert (await GraphReader(whole).checkpoint()).position == loaded.position


async def test_a_graph_that_says_it_has_more_than_the_log_is_refused_and_kept(
    whole: Graph, loaded: Loaded
) -> None:
    await change(whole, "MATCH (c:Checkpoint) SET c.position = c.position + 1")
    for attempt in (compare, rebuild):
        with pytest.raises(WrongGraph, match=f"but the log ends at {loaded.position}: bring back"):
            await attempt(loaded.log, whole)
    await change(whole, "MATCH (c:Checkpoint) SET c.position = c.position - 1")
    assert (await compare(loaded.log, whole)).differences() == []


async def test_a_graph_without_its_checkpoint_is_taken_for_a_foreign_one(
    whole: Graph, loaded: Loaded
) -> None:
    await change(whole, "MATCH (c:Checkpoint) REMOVE c:Checkpoint")
    for attempt in (compare, rebuild):
        with pytest.raises(WrongGraph, match="nodes and no checkpoint"):
            await attempt(loaded.log, whole)
    await change(whole, "MATCH (c) WHERE c.id IN ['checkpoint', 'shown'] SET c:Checkpoint")
    assert (await compare(loaded.log, whole)).differences() == []
