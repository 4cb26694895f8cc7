"""Cursors: where a page ends, as an opaque text that only fits the order it was made for."""

import base64
import binascii

import orjson

Key = tuple[str | int, ...]


class BadCursor(ValueError):
    """Raised when a text is no cursor, or a cursor of another order."""


def encode(order: str, descending: bool, key: Key) -> str:
    """Return the cursor of a row's key in an order."""
    body = orjson.dumps([order, descending, *key])
    return base64.urlsafe_b64encode(body).decode().rstrip("=")


def decode(text: str, order: str, descending: bool) -> Key:
    """Return the key that a cursor holds.

    :raises BadCursor: not a cursor, or made by a page in another order.
    """
    try:
        body = orjson.loads(base64.b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True))
        made_for, made_descending, *key = body
    except (ValueError, TypeError, binascii.Error):
        raise BadCursor(f"{text[:40]!r} is not a cursor") from None
    if not isinstance(body, list) or not key or not all(type(part) in (str, int) for part in key):
        raise BadCursor(f"{text[:40]!r} is not a cursor")
    if (made_for, made_descending) != (order, descending):
        raise BadCursor(
            "the cursor belongs to another order: page on with the orderBy it came from"
        )
    return tuple(key)
