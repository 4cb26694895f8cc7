"""Cursors: opaque texts that only fit the order they were made for."""

import base64

import orjson
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from graph.cursors import BadCursor, Key, decode, encode
from graph.model import KINDS

ORDERS = {order.name: order for kind in KINDS.values() for order in kind.orders}
texts = st.text()
keys: dict[str, st.SearchStrategy[Key]] = {
    "name": st.tuples(texts, texts),
    "recorded": st.tuples(st.integers(0, 2**53)),
    "said": st.tuples(st.sampled_from([0, 1]), texts),
}


def cursor_of(body: object) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(body)).decode().rstrip("=")


moments = st.none() | st.integers(0, 2**53)


@given(data=st.data(), descending=st.booleans(), as_of=moments)
def test_a_cursor_gives_its_key_back(
    data: st.DataObject, descending: bool, as_of: int | None
) -> None:
    name = data.draw(st.sampled_from(list(keys)))
    key: Key = data.draw(keys[name])
    assert decode(encode(name, descending, key, as_of), name, descending, as_of) == key


@given(moment=moments, other=moments)
def test_a_cursor_of_another_moment_is_refused(moment: int | None, other: int | None) -> None:
    assume(moment != other)
    made = encode("recorded", False, (1,), moment)
    told = "of the present" if moment is None else f"as of position {moment}:"
    with pytest.raises(BadCursor, match=told):
        decode(made, "recorded", False, other)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "not a cursor",
        "äöü",
        cursor_of({}),
        cursor_of([]),
        cursor_of("said"),
        cursor_of(["said", True]),
        cursor_of(["said", True, None, "x"]),
        cursor_of(["said", True, True, "x"]),
        cursor_of(["said", True, 0.5, "x"]),
        cursor_of(["said", True, ["x"], "x"]),
        cursor_of([["said", 1], True, ["x"], "x"]),
    ],
)
def test_what_is_no_cursor_is_refused(text: str) -> None:
    with pytest.raises(BadCursor, match="is not a cursor"):
        decode(text, "said", True)


@given(text=st.text(max_size=80), name=st.sampled_from(list(ORDERS)), descending=st.booleans())
def test_no_text_does_anything_but_be_refused(text: str, name: str, descending: bool) -> None:
    with pytest.raises(BadCursor):
        decode(text, name, descending)


def test_a_cursor_of_another_order_is_refused() -> None:
    made = encode("said", True, (0, "2025|statement/a"))
    for name, descending in (("said", False), ("recorded", True), ("name", True)):
        with pytest.raises(BadCursor, match="belongs to another order"):
            decode(made, name, descending)
