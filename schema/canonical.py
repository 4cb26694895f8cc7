"""The one byte form of a payload (RFC 8785, JSON Canonicalization Scheme).

orjson with sorted keys writes the bytes that RFC 8785 asks for as long as there are no floats,
no integers beyond 2**53 - 1 and only ASCII keys. The models keep to that; a property test holds
orjson's bytes against a full implementation.
"""

import orjson
from pydantic import BaseModel

MAX_INTEGER = 2**53 - 1


def canonical_bytes(model: BaseModel) -> bytes:
    """Return the canonical JSON of a model: camelCase keys, sorted; defaults left out."""
    value = model.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
