"""Texts full of Cypher change nothing but the values of parameters."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventlog.recorder import Recorder
from eventlog.sqlite import SqliteLog
from graph.compiler import compile_page
from graph.connection import Graph
from graph.model import KINDS
from graph.projector import Projector
from graph.reader import GraphReader
from graph.selection import (
    AllOf,
    Called,
    Compare,
    Comparison,
    Condition,
    Not,
    Page,
    Pick,
    Quantifier,
    Related,
    Under,
)
from graph.verify import compare
from tests.graph.records import entry

TEXTS = [
    "' OR 1=1 //",
    '" }) DETACH DELETE (n) //',
    "`) MATCH (n) DETACH DELETE n //",
    "$p0 {id: 'x'} \\u0027 \\",
    "}) RETURN 1 UNION MATCH (n) RETURN n //",
    "/* */ -- ; :param x => 1",
    "%27 %s {} {0} \t\n",
    "夢 🚀 \u202e \u0301 e",
    "İSTANBUL ß ǅ",
    "<b>&amp;</b>",
]
ID = (Pick("id", "id"),)


def asked(text: str) -> Condition:
    """Return a condition that has a text in every place that takes one."""
    name = Compare("name", Comparison.CONTAINS, text)
    return AllOf(
        (
            Not(Compare("id", Comparison.EQ, text)),
            Not(Compare("name", Comparison.IN, (text, text))),
            Not(Compare("scopedTo", Comparison.STARTS_WITH, text)),
            Not(Compare("aliases", Comparison.EQ, text)),
            Not(AllOf((Called(text), Under(text)))),
            Related("partOf", Quantifier.NONE, name),
            name,
        )
    )


@given(text=st.text(), cursor=st.text(), other=st.text())
def test_the_statement_is_the_same_for_all_texts(text: str, cursor: str, other: str) -> None:
    for kind in KINDS.values():
        for order in kind.orders:
            if order.name == "recorded":
                continue
            plain = Page("Actor", ID, asked("x"), "name", cursor=("x", "x"))
            page = replace(plain, where=asked(text), cursor=(cursor, other))
            assert compile_page(page).text == compile_page(plain).text
            by_kind = Page(kind.label, ID, Compare("name", Comparison.EQ, "x"), order.name)
            asking = replace(by_kind, where=Compare("name", Comparison.EQ, text))
            assert compile_page(asking).text == compile_page(by_kind).text


@pytest.mark.engine
@pytest.mark.parametrize("text", TEXTS)
async def test_a_text_of_any_sort_is_kept_found_and_harmless(
    text: str, graph: Graph, log: SqliteLog
) -> None:
    text = text.strip()
    given = {"id": "actor/a", "name": text, "kind": "PERSON", "aliases": [f"alias {text}"]}
    Recorder(log, text.replace("\t", " ").replace("\n", " ")).record(
        [
            entry("ActorRecorded", given),
            entry("ActorRecorded", {"id": "actor/b", "name": "b", "kind": "PERSON"}),
        ]
    )
    await Projector(log, graph).catch_up()
    reader = GraphReader(graph)
    picks = (*ID, Pick("name", "name"), Pick("aliases", "aliases"))
    for where in (
        Compare("name", Comparison.EQ, text),
        Compare("name", Comparison.CONTAINS, text.upper()),
        Compare("name", Comparison.IN, ("x", text)),
        Called(f"alias {text}"),
        Compare("aliases", Comparison.CONTAINS, text),
    ):
        found = await reader.page(Page("Actor", picks, where))
        assert found.rows == ({"id": "actor/a", "name": text, "aliases": [f"alias {text}"]},)
    assert (await compare(log, graph)).differences() == []


@pytest.mark.engine
@pytest.mark.parametrize("text", [*TEXTS, "\x00", "a\x00b", ""])
async def test_a_text_that_nothing_has_finds_nothing_and_harms_nothing(
    text: str, graph: Graph, log: SqliteLog
) -> None:
    Recorder(log, "tester").record(
        [entry("ActorRecorded", {"id": "actor/b", "name": "b", "kind": "PERSON"})]
    )
    await Projector(log, graph).catch_up()
    reader = GraphReader(graph)
    for where in (
        Compare("name", Comparison.EQ, text),
        Compare("id", Comparison.EQ, text),
        Called(text),
        Under(text),
        Related("statements", Quantifier.SOME, Compare("venue", Comparison.EQ, text)),
    ):
        assert (await reader.page(Page("Actor", ID, where))).rows == ()
    assert (await compare(log, graph)).differences() == []
