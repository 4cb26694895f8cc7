"""Whatever is sent, the answer is GraphQL: data, or errors with a code and one sentence."""

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from api.answering import Answerer, Asked, Response
from api.filters import WHERE_TYPES
from api.schema import SCHEMA
from eventlog.sqlite import SqliteLog
from graph.model import KINDS
from tests.api.record import context_of, small_graph

NAMES = sorted(
    {name for kind in KINDS.values() for name in (field.name for field in kind.fields)}
    | {kind.plural for kind in KINDS.values()}
    | {"nodes", "edges", "node", "cursor", "pageInfo", "totalCount", "recorded", "__typename", "x"}
    | {"some", "eq", "contains", "first", "after", "where", "orderBy", "said", "id", "ids"}
)
TOKENS = [*NAMES, *"{}()[]:!$@=|&", "...", "on", "fragment", "query", "mutation", "null", "-1", "2"]
tokens = st.lists(st.sampled_from([*TOKENS, '"actor/x"', '"2025"', "#", "DESC"]), max_size=60)
names = st.sampled_from(NAMES)
selections = st.recursive(
    st.lists(names, min_size=1, max_size=4).map(lambda found: "{ " + " ".join(found) + " }"),
    lambda inner: st.lists(st.tuples(names, inner), min_size=1, max_size=3).map(
        lambda pairs: "{ " + " ".join(f"{name} {of}" for name, of in pairs) + " }"
    ),
    max_leaves=8,
)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=4),
    max_leaves=20,
)
EXPECTED = {"BAD_INPUT", "LIMIT_EXCEEDED", "GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED"}


def answered(query: str, variables: dict[str, object] | None = None) -> Response:
    with TemporaryDirectory() as folder:
        log = SqliteLog(Path(folder) / "log.db")
        try:
            answerer = Answerer(context_of(small_graph(), log))
            return asyncio.run(answerer.answer(Asked(query, variables or {}), "test"))
        finally:
            log.close()


def check(response: Response) -> None:
    assert "data" in response.body or response.body["errors"]
    errors = response.body.get("errors", [])
    assert isinstance(errors, list)
    for error in errors:
        assert error["extensions"]["code"] in EXPECTED, error
        assert error["message"].strip()


@settings(deadline=None, max_examples=150)
@given(st.text(max_size=200))
def test_any_text(text: str) -> None:
    check(answered(text))


@settings(deadline=None, max_examples=150)
@given(tokens.map(" ".join))
def test_any_tokens(text: str) -> None:
    check(answered(text))


@settings(deadline=None, max_examples=150)
@given(selections)
def test_any_selection(text: str) -> None:
    check(answered(text))


@settings(deadline=None, max_examples=200)
@given(st.sampled_from(sorted(WHERE_TYPES)), values, values)
def test_any_filter_and_order(label: str, where: object, order: object) -> None:
    query = (
        f"query ($w: {label}Where, $o: [{label}Order!]) "
        f"{{ {KINDS[label].plural}(where: $w, orderBy: $o) {{ totalCount }} }}"
    )
    check(answered(query, {"w": where, "o": order}))


@settings(deadline=None, max_examples=150)
@given(values)
def test_any_entries(entries: object) -> None:
    query = "mutation ($e: [EntryInput!]!) { record(entries: $e) { __typename } }"
    check(answered(query, {"e": entries}))


def test_the_names_are_those_of_the_schema() -> None:
    assert SCHEMA.query_type is not None
    assert {kind.plural for kind in KINDS.values()} <= set(SCHEMA.query_type.fields)
