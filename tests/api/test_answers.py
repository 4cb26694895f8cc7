"""Answers: what is not in the graph comes from the log, and both ways to answer agree."""

import pytest
from graphql import get_introspection_query

from api.pages.files import examples
from eventlog import Entry
from eventlog.sqlite import SqliteLog
from tests.api.asking import Asker
from tests.api.record import Graph

VERSION = "status { versions { onrecord } }"
"""A field that no page answers: with it, graphql-core executes the whole document."""

DOCUMENTS = [
    (
        "{ statements(first: 1) { totalCount pageInfo { hasNextPage hasPreviousPage startCursor "
        "endCursor } edges { cursor node { id } } nodes { ascribedTo { attitude actor { name } } "
        "claim { text figures { what from to unit bound words } } said { edtf precision basis } "
        "capacity { title } relays { id } passages { part start exact source { name } } } } }"
    ),
    (
        "{ statements { nodes { recorded { position recordedAt recordedBy hash } force polarity "
        "speaker { recorded { h: hash } } } } }"
    ),
    (
        '{ node(id: "actor/doshi") { __typename id ... on Actor { aliases named } } '
        'nodes(ids: ["issue/rare-earths", "actor/none"]) { name } }'
    ),
    '{ actor(id: "actor/none") { id } sources { nodes { kind title publisher { id } } } }',
]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_executing_a_document_gives_what_answering_it_directly_gives(
    ask: Asker, document: str
) -> None:
    directly = ask(document)
    executed = ask(f"{document[:-1]} {VERSION} }}")
    assert executed.pop("status") == {"versions": {"onrecord": "0.0.1"}}
    assert executed == directly
    assert list(executed) == list(directly)


def test_who_recorded_it_and_the_hash_come_from_one_read_of_the_log(
    ask: Asker, log: SqliteLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries = log.read_positions(range(1, 13))
    reads: list[set[int]] = []

    def counted(positions: set[int]) -> dict[int, Entry]:
        reads.append(set(positions))
        return {position: entries[position] for position in positions}

    monkeypatch.setattr(log, "read_positions", counted)
    data = ask(
        """{ statements { nodes { recorded { recordedBy hash } speaker { recorded { hash } } } }
             issues { nodes { recorded { by: recordedBy } } } }"""
    )
    assert reads == [{2, 3, 6, 9, 10}]
    first = data["statements"]["nodes"][0]
    assert first["recorded"] == {"recordedBy": "a coder", "hash": entries[10].hash_hex}
    assert first["speaker"] == {"recorded": {"hash": entries[3].hash_hex}}
    assert data["issues"]["nodes"] == [{"recorded": {"by": "a coder"}}]


def test_position_and_time_do_not_need_the_log(
    ask: Asker, log: SqliteLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(SqliteLog, "read_positions")
    data = ask("{ claims(first: 1) { nodes { recorded { position recordedAt } } } }")
    recorded = {"position": 7, "recordedAt": "2026-01-02T03:04:07.000000Z"}
    assert data["claims"]["nodes"] == [{"recorded": recorded}]


def test_every_answer_says_how_far_log_and_graph_were(ask: Asker, graph: Graph) -> None:
    graph.position = 11
    body = ask.whole("{ actors { totalCount } }")
    expected = {"graphPosition": 11, "logPosition": 12, "asOf": None}
    assert body["extensions"] == {"onrecord": expected}
    body = ask.whole("{ status { log { position } } }")
    assert body["extensions"]["onrecord"]["graphPosition"] is None


@pytest.mark.parametrize("document", examples(), ids=lambda text: text.splitlines()[0])
def test_every_example_can_be_asked(ask: Asker, document: str) -> None:
    ask(document)


def test_introspection_answers(ask: Asker) -> None:
    query = get_introspection_query(input_value_deprecation=True)
    assert ask(query)["__schema"]["queryType"]["name"] == "Query"
