"""Lifting payloads of older versions, a version at a time, each step a pure function.

What stands in the log stays as it was written, and so does its hash: only what is read of it is
lifted. The steps are for ever, since an entry of any version may stand in any log.
"""

from collections.abc import Callable, Mapping
from typing import TypeAlias

Payload: TypeAlias = dict[str, object]
"""The decoded JSON of a payload: fields by the names that they have in the log."""

Step: TypeAlias = Callable[[Payload], Payload]
"""Returns what a payload is in the next version of its kind; the one it is given stays as it is.

It takes every payload that its version could hold, and asks nothing but the payload.
"""

Steps: TypeAlias = Mapping[tuple[str, int], Step]
"""The steps by the kind and version that they begin at."""

STEPS: Steps = {}
"""Every step there is: none, while every kind has but its first version."""


def lift(payload: Payload, kind: str, version: int, to: int, steps: Steps) -> Payload:
    """Return what a payload of one version is in a later one of the same kind."""
    for begin in range(version, to):
        payload = steps[kind, begin](payload)
    return payload
