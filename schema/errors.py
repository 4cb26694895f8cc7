"""Errors about what somebody wanted to put on record."""

import reprlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches

from pydantic import ValidationError
from pydantic_core import ErrorDetails

SHOWN_LENGTH = 80
"""How many characters of somebody's input an error repeats."""


def shown(value: object) -> str:
    """Return an input as an error shows it: on one line, quoted, and never long."""
    if isinstance(value, str):
        return repr(_cut(value))
    if value is None or isinstance(value, bool):
        return "null" if value is None else str(value).lower()
    try:
        return reprlib.repr(value)
    except ValueError:  # Python writes no int of more than 4,300 digits
        return "a number of thousands of digits"


def _cut(text: str) -> str:
    return text if len(text) <= SHOWN_LENGTH else text[:SHOWN_LENGTH] + "…"


def _step(text: str) -> str:
    short = _cut(text)
    return short if short.isprintable() else repr(short)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with an input: the place in it, what is wrong, and the file and line."""

    path: tuple[str, ...]
    message: str
    where: str | None = None

    def __str__(self) -> str:
        return ": ".join(filter(None, (self.where, ".".join(map(_step, self.path)), self.message)))

    def under(self, *prefix: str) -> "Fault":
        """Return the same fault seen from further out."""
        return replace(self, path=(*prefix, *self.path))


class InvalidInput(ValueError):
    """Raised when an input cannot go on record; it names every fault that was found."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


def did_you_mean(text: str, known: Iterable[str], cutoff: float = 0.6) -> str:
    """Return ``; did you mean 'x'?`` for the nearest known texts, or nothing."""
    near = get_close_matches(text, list(known), n=3, cutoff=cutoff)
    return f"; did you mean {' or '.join(map(repr, near))}?" if near else ""


def faults_of(error: ValidationError, known_fields: Iterable[str] = ()) -> list[Fault]:
    """Return the faults that a model's validation found, in sentences."""
    known = list(known_fields)
    return [
        Fault(tuple(map(str, detail["loc"])), _sentence(detail, known)) for detail in error.errors()
    ]


def _sentence(detail: ErrorDetails, known: list[str]) -> str:
    context = detail.get("ctx", {})
    match detail["type"]:
        case "missing":
            return "is missing"
        case "extra_forbidden":
            return f"is not a field of this{did_you_mean(str(detail['loc'][-1]), known)}"
        case "enum":
            return f"{shown(detail['input'])} is none of {context['expected']}"
        case "string_unicode":
            return "has half a character (a lone surrogate) in it"
        case "too_short":
            return f"has {context['actual_length']} items, fewer than {context['min_length']}"
        case "too_long":
            return f"has more than {context['max_length']} items"
        case "tuple_type":
            return "has to be a list"
        case "model_type" | "model_attributes_type":
            return "has to be fields with their values"
        case "value_error":
            return str(context["error"])
        case _:
            message = detail["msg"]
            return message[0].lower() + message[1:]
