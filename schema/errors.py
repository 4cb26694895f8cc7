"""Errors about what somebody wanted to put on record."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches

from pydantic import ValidationError
from pydantic_core import ErrorDetails


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with an input: the place in it, what is wrong, and the file and line."""

    path: tuple[str, ...]
    message: str
    where: str | None = None

    def __str__(self) -> str:
        return ": ".join(filter(None, (self.where, ".".join(self.path), self.message)))

    def under(self, *prefix: str) -> "Fault":
        """Return the same fault seen from further out."""
        return replace(self, path=(*prefix, *self.path))


class InvalidInput(ValueError):
    """Raised when an input cannot go on record; it names every fault that was found."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


def did_you_mean(text: str, known: Iterable[str]) -> str:
    """Return ``; did you mean 'x'?`` for the nearest known texts, or nothing."""
    near = get_close_matches(text, list(known), n=3, cutoff=0.6)
    return f"; did you mean {' or '.join(map(repr, near))}?" if near else ""


def faults_of(error: ValidationError, known_fields: Iterable[str] = ()) -> list[Fault]:
    """Return the faults that a model's validation found, in sentences."""
    known = list(known_fields)
    return [
        Fault(tuple(map(str, detail["loc"])), _sentence(detail, known)) for detail in error.errors()
    ]


def _sentence(detail: ErrorDetails, known: list[str]) -> str:
    match detail["type"]:
        case "missing":
            return "is missing"
        case "extra_forbidden":
            return f"is not a field of this{did_you_mean(str(detail['loc'][-1]), known)}"
        case "enum":
            return f"{detail['input']!r} is none of {detail['ctx']['expected']}"
        case "value_error":
            return str(detail["ctx"]["error"])
        case _:
            message = detail["msg"]
            return message[0].lower() + message[1:]
