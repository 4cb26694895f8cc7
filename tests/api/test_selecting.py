"""What a document selects is what the graph is asked: one page a root field, and no more."""

from graph.selection import Compare, Comparison, Page, Pick
from tests.api.asking import Asker
from tests.api.record import Graph


def picks(*names: str) -> tuple[Pick, ...]:
    return tuple(Pick(name, name) for name in names)


def only(graph: Graph) -> Page:
    (page,) = graph.asked
    return page


def test_scalars_dates_and_lists_of_maps(ask: Asker, graph: Graph) -> None:
    ask("{ claims { nodes { id text figures { to } holds { edtf latest } } } }")
    assert only(graph).picks == (
        *picks("id", "text", "figures"),
        Pick("holds", "holds", picks("edtf", "latest")),
    )


def test_relations_at_any_depth_are_one_page(ask: Asker, graph: Graph) -> None:
    ask("{ statements { nodes { claim { issues { broader { name } } } speaker { name } } } }")
    issues = Pick("issues", "issues", (Pick("broader", "broader", picks("name")),))
    assert only(graph).picks == (
        Pick("claim", "claim", (issues,)),
        Pick("speaker", "speaker", picks("name")),
    )


def test_a_relation_with_properties(ask: Asker, graph: Graph) -> None:
    ask("{ statements { nodes { passages { start source { name publisher { name } } } } } }")
    source = Pick(
        "source", "source", (*picks("name"), Pick("publisher", "publisher", picks("name")))
    )
    assert only(graph).picks == (Pick("passages", "passages", (*picks("start"), source)),)


def test_aliases_keep_two_selections_of_one_relation_apart(ask: Asker, graph: Graph) -> None:
    data = ask("{ statements { nodes { by: speaker { name } also: speaker { who: name kind } } } }")
    assert only(graph).picks == (
        Pick("by", "speaker", picks("name")),
        Pick("also", "speaker", (Pick("who", "name"), Pick("kind", "kind"))),
    )
    assert data["statements"]["nodes"][1] == {
        "by": {"name": "Rush Doshi"},
        "also": {"who": "Rush Doshi", "kind": "PERSON"},
    }


def test_one_field_selected_twice_is_merged(ask: Asker, graph: Graph) -> None:
    ask("{ statements { nodes { speaker { id } speaker { name id } id id } } }")
    assert only(graph).picks == (Pick("speaker", "speaker", picks("id", "name")), *picks("id"))


def test_fragments_and_directives(ask: Asker, graph: Graph) -> None:
    ask(
        """query ($yes: Boolean!, $no: Boolean!) {
          statements { nodes { ...Words ... on Statement { force } ... on Node { name } ... @skip(if: $yes) { venue }
            id @include(if: $no) rating @skip(if: $no) } } }
        fragment Words on Statement { quotes ...More }
        fragment More on Statement { hedging @include(if: $yes) ...Last }
        fragment Last on Statement { quotes }""",
        yes=True,
        no=False,
    )
    assert only(graph).picks == picks("quotes", "hedging", "force", "name", "rating")


def test_the_kind_of_a_thing_is_asked_of_nobody(ask: Asker, graph: Graph) -> None:
    data = ask(
        "{ __typename statements { __typename nodes { t: __typename speaker { __typename } } } }"
    )
    assert only(graph).picks == (Pick("speaker", "speaker"),)
    assert data["__typename"] == "Query"
    assert data["statements"] == {
        "__typename": "StatementConnection",
        "nodes": [{"t": "Statement", "speaker": {"__typename": "Actor"}}] * 2,
    }


def test_typenames_of_parts(ask: Asker) -> None:
    data = ask(
        """{ statement(id: "statement/a/warning") {
          said { __typename edtf } recorded { __typename position } stances { __typename stance }
          claim { figures { __typename to } } } }"""
    )
    assert data["statement"] == {
        "said": {"__typename": "UncertainDate", "edtf": "2025-05~"},
        "recorded": {"__typename": "Recording", "position": 9},
        "stances": [{"__typename": "Stance", "stance": "OPPOSES"}],
        "claim": {"figures": [{"__typename": "Figure", "to": "30"}]},
    }


def test_nodes_and_edges_are_views_of_one_page(ask: Asker, graph: Graph) -> None:
    data = ask(
        """{ issues { nodes { x: id } again: nodes { x: name }
             edges { cursor node { __typename } other: node { x: altNames } } } }"""
    )
    assert only(graph).picks == (
        Pick("0.x", "id"),
        Pick("1.x", "name"),
        Pick("3.x", "altNames"),
    )
    assert data["issues"]["nodes"] == [{"x": "issue/rare-earths"}]
    assert data["issues"]["again"] == [{"x": "Rare earths"}]
    (edge,) = data["issues"]["edges"]
    assert edge["node"] == {"__typename": "Issue"}
    assert edge["other"] == {"x": ["magnets"]}


def test_a_count_is_made_only_when_asked_for(ask: Asker, graph: Graph) -> None:
    ask("{ actors { nodes { id } } }")
    data = ask("{ actors { how_many: totalCount } }")
    assert [page.count for page in graph.asked] == [False, True]
    assert data == {"actors": {"how_many": 3}}


def test_one_page_a_root_field(ask: Asker, graph: Graph) -> None:
    ask('{ a: actors { nodes { id } } b: actors { nodes { name } } issue(id: "issue/x") { id } }')
    assert [(page.kind, page.picks) for page in graph.asked] == [
        ("Actor", picks("id")),
        ("Actor", picks("name")),
        ("Issue", picks("id")),
    ]


def test_one_thing_by_its_id(ask: Asker, graph: Graph) -> None:
    data = ask('{ actor(id: "actor/doshi") { name } nobody: actor(id: "actor/none") { name } }')
    assert data == {"actor": {"name": "Rush Doshi"}, "nobody": None}
    assert graph.asked[0].where == Compare("id", Comparison.EQ, "actor/doshi")
    assert graph.asked[0].limit == 1


def test_things_of_several_kinds_are_one_page_a_kind(ask: Asker, graph: Graph) -> None:
    data = ask(
        """query ($ids: [ID!]!) { nodes(ids: $ids) {
             __typename id ... on Actor { kind } ... on Issue { altNames } } }""",
        ids=["issue/rare-earths", "actor/trump", "actor/none", "link/x", "actor/trump"],
    )
    actor = {"__typename": "Actor", "id": "actor/trump", "kind": "PERSON"}
    issue = {"__typename": "Issue", "id": "issue/rare-earths", "altNames": ["magnets"]}
    assert data["nodes"] == [issue, actor, None, None, actor]
    assert sorted(page.kind for page in graph.asked) == ["Actor", "Issue"]
    assert Compare("id", Comparison.IN, ("actor/trump", "actor/none")) in [
        page.where for page in graph.asked
    ]


def test_a_node_of_any_kind(ask: Asker) -> None:
    data = ask('{ node(id: "claim/deal") { name revision ... on Claim { text } } }')
    assert data["node"] == {"name": "A deal is near.", "revision": 8, "text": "A deal is near."}
