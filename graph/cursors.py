"""Cursors: where a page ends, as an opaque text that only fits the order it was made for.

One of a page as of a position fits no other position either, nor the present.
"""

import base64
import binascii

import orjson

Key = tuple[str | int, ...]


class BadCursor(ValueError):
    """Raised when a text is no cursor, or a cursor of another order or position."""


def encode(order: str, descending: bool, key: Key, as_of: int | None = None) -> str:
    """Return the cursor of a row's key in an order."""
    made_for = order if as_of is None else [order, as_of]
    body = orjson.dumps([made_for, descending, *key])
    return base64.urlsafe_b64encode(body).decode().rstrip("=")


def decode(text: str, order: str, descending: bool, as_of: int | None = None) -> Key:
    """Return the key that a cursor holds.

    :raises BadCursor: not a cursor, or made by a page in another order or as of another position.
    """
    try:
        body = orjson.loads(base64.b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True))
        made_for, made_descending, *key = body
    except (ValueError, TypeError, binascii.Error):
        raise BadCursor(f"{text[:40]!r} is not a cursor") from None
    if not isinstance(body, list) or not key or not all(type(part) in (str, int) for part in key):
        raise BadCursor(f"{text[:40]!r} is not a cursor")
    made_as_of = None
    if isinstance(made_for, list) and [*map(type, made_for)] == [str, int]:
        made_for, made_as_of = made_for
    if (made_for, made_descending) != (order, descending):
        raise BadCursor(
            "the cursor belongs to another order: page on with the orderBy it came from"
        )
    if made_as_of != as_of:
        raise BadCursor(f"the cursor belongs to a page {_moment(made_as_of)}: page on with that")
    return tuple(key)


def _moment(as_of: int | None) -> str:
    return "of the present, without asOf" if as_of is None else f"as of position {as_of}"
