"""The lines of an export: JSON, an object a line.

::

    {"format", "logId", "position", "hash"}                     which log, and where it ends
    {"logId", "position", ..., "payload", "salt", "hash"}       each entry, in order
    {"idempotencyKey", "salt", "requestHash", "first", "last", "unchanged", "hash"}
                                                                each outcome that is kept
    {"outcomes"}                                                how many: nothing was cut off

Bytes are in hexadecimal. A payload is the JSON that it is, where that in canonical form is the
very bytes; of any other the bytes stand in ``payloadBase64``. Outcomes are in no chain: the hash
of their line shows only what went wrong on the way.
"""

import hashlib
from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import Any, NamedTuple, TypeAlias
from uuid import UUID

import orjson

from eventlog.chain import Header
from eventlog.entries import MAX_APPEND, MAX_PAYLOAD, MAX_POSITION, Appended, Entry, Head
from eventlog.log import FORMAT
from eventlog.planning import Kept, is_timestamp

MAX_LINE = 2 * MAX_PAYLOAD
"""Bytes of a line that is read; far more than any has that was written."""

Json: TypeAlias = Mapping[str, Any]

_FIRST = {"format": str, "logId": str, "position": int, "hash": str}
_HEADER = {
    "logId": str,
    "position": int,
    "recordedAt": str,
    "recordedBy": str,
    "kind": str,
    "version": int,
    "subject": str,
    "appendFirst": int,
    "appendSize": int,
}
_ENTRY = {**_HEADER, "salt": str, "hash": str}
_OUTCOME = {
    "idempotencyKey": str,
    "salt": str,
    "requestHash": str,
    "first": int,
    "last": int,
    "unchanged": list,
}
_LAST = {"outcomes": int}


class Unfit(ValueError):
    """Raised for a line that is not what was written; the message says what is wrong with it."""


class FirstLine(NamedTuple):
    """What an export says of itself: the format, the log, and where it ended."""

    format: str
    log_id: str
    position: int
    hash: str


# -- writing -----------------------------------------------------------------------------------


def first_line(head: Head) -> bytes:
    """Return the line that an export begins with."""
    return _line(dict(zip(_FIRST, (FORMAT, head.log_id, head.position, head.hash), strict=True)))


def entry_line(entry: Entry) -> bytes:
    """Return the line of an entry."""
    return _line(as_json(entry))


def outcome_line(kept: Kept, genesis: str) -> bytes:
    """Return the line of an outcome; its hash depends on the log."""
    outcome = kept.outcome
    values = (
        kept.key,
        kept.salt.hex(),
        kept.request_hash.hex(),
        outcome.first,
        outcome.last,
        outcome.unchanged,
    )
    told: dict[str, object] = dict(zip(_OUTCOME, values, strict=True))
    return _line({**told, "hash": _outcome_hash(told, genesis)})


def last_line(outcomes: int) -> bytes:
    """Return the line that an export ends with."""
    return _line({"outcomes": outcomes})


def as_json(entry: Entry) -> dict[str, object]:
    """Return an entry as JSON: its header, its payload, salt and hash."""
    header = entry.header
    told: dict[str, object] = dict(zip(_HEADER, header[:-1], strict=True))
    if header.idempotency_key is not None:
        told["idempotencyKey"] = header.idempotency_key
    told.update(_payload_as_json(entry.payload))
    return {**told, "salt": entry.salt.hex(), "hash": entry.hash_hex}


def _payload_as_json(payload: bytes) -> dict[str, object]:
    try:
        told = {"payload": orjson.loads(payload)}
        if _canonical(told) == b'{"payload":' + payload + b"}":
            return told
    except (orjson.JSONDecodeError, orjson.JSONEncodeError):  # no JSON, or nested too deeply
        pass
    return {"payloadBase64": b64encode(payload).decode()}


def _outcome_hash(told: Json, genesis: str) -> str:
    return hashlib.sha256(bytes.fromhex(genesis) + _canonical(told)).hexdigest()


def _line(value: Json) -> bytes:
    return orjson.dumps(value) + b"\n"


def _canonical(value: object) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


# -- reading -----------------------------------------------------------------------------------


def read_line(line: bytes) -> Json:
    """Return the object of a line.

    :raises Unfit: there is none.
    """
    try:
        told = orjson.loads(line)
    except orjson.JSONDecodeError:
        raise Unfit("is not JSON") from None
    if not isinstance(told, dict):
        raise Unfit("is not a JSON object")
    return told


def read_first(told: Json) -> FirstLine:
    """Return what the first line says.

    :raises Unfit: it is not the first line of an export.
    """
    if set(told) != set(_FIRST):
        raise Unfit("is not the first line of an export of a log")
    _check(told, _FIRST)
    first = FirstLine(*(told[name] for name in _FIRST))
    if first.position < 0:
        raise Unfit("has a position below 0")
    try:
        known = str(UUID(first.log_id)) == first.log_id
    except ValueError:
        known = False
    if not known:
        raise Unfit("has a logId that is none")
    return first


def read_entry_line(told: Json) -> Entry:
    """Return the entry of a line; nothing is proven yet.

    :raises Unfit: the line is not that of an entry.
    """
    payload_name = "payloadBase64" if "payloadBase64" in told else "payload"
    key = {"idempotencyKey": str} if "idempotencyKey" in told else {}
    _check(told, {**_ENTRY, **key, payload_name: object})
    if not 1 <= told["appendSize"] <= MAX_APPEND:
        raise Unfit(f"has an appendSize that is not 1 to {MAX_APPEND:,}")
    if not is_timestamp(told["recordedAt"]):
        raise Unfit("has a recordedAt that is no time of a log")
    header = Header._make([*(told[name] for name in _HEADER), told.get("idempotencyKey")])
    payload = told[payload_name]
    try:
        as_bytes = _base64(payload) if payload_name == "payloadBase64" else _canonical(payload)
    except orjson.JSONEncodeError:
        raise Unfit("has a payload that is nested too deeply") from None
    return Entry(header, as_bytes, _hex(told, "salt"), _hex(told, "hash"))


def read_outcome(told: Json, genesis: str) -> Kept:
    """Return the outcome of a line.

    :raises Unfit: the line is not that of an outcome, or does not have the hash of its content.
    """
    _check(told, {**_OUTCOME, "hash": str})
    unchanged = told["unchanged"]
    if not all(isinstance(one, str) for one in unchanged):
        raise Unfit("has something else than text in unchanged")
    if told["hash"] != _outcome_hash({name: told[name] for name in _OUTCOME}, genesis):
        raise Unfit("does not have the hash of its content")
    if not 0 <= told["first"] <= told["last"] <= MAX_POSITION:
        raise Unfit("has positions of no append")
    outcome = Appended(told["first"], told["last"], {}, tuple(unchanged))
    return Kept(told["idempotencyKey"], _hex(told, "salt"), _hex(told, "requestHash"), outcome)


def is_last(told: Json) -> bool:
    """Tell whether a line is the last one."""
    return set(told) == set(_LAST)


def _check(told: Json, fields: Mapping[str, type]) -> None:
    """Refuse a line that has other fields, or other types in them."""
    if told.keys() != fields.keys():
        missing = sorted(fields.keys() - told.keys())
        raise Unfit(
            f"lacks {', '.join(missing)}"
            if missing
            else f"has fields of no export: {', '.join(sorted(told.keys() - fields.keys()))}"
        )
    for name, kind in fields.items():
        if kind is not object and type(told[name]) is not kind:
            raise Unfit(f"has a value of another type in {name}")


def _hex(told: Json, name: str) -> bytes:
    try:
        return bytes.fromhex(told[name])
    except ValueError:
        raise Unfit(f"has no hexadecimal digits in {name}") from None


def _base64(value: object) -> bytes:
    try:
        return b64decode(str(value), validate=True)
    except ValueError:
        raise Unfit("has no base64 in payloadBase64") from None
