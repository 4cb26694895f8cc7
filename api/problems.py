"""What can be wrong with a request, and how each error is told: a code and a sentence."""

from eventlog.errors import LogUnavailable, Unreadable
from graph.errors import GraphMoving, GraphUnavailable, NotReady, QueryTimeout


class BadRequest(ValueError):
    """Raised when a request asks for something that cannot be answered; one sentence."""

    code = "BAD_INPUT"


class TooMuch(BadRequest):
    """Raised when a request asks for more than a limit allows; it names both."""

    code = "LIMIT_EXCEEDED"


class GraphBehind(Exception):
    """Raised when the graph did not reach the position that a request waits for."""


class Mismatch(Exception):
    """Raised when graph and log do not belong together."""


CODES: dict[type[Exception], str] = {
    NotReady: "NOT_READY",
    GraphUnavailable: "GRAPH_UNAVAILABLE",
    GraphMoving: "GRAPH_MOVING",
    GraphBehind: "GRAPH_BEHIND",
    Mismatch: "LOG_MISMATCH",
    QueryTimeout: "TIMEOUT",
    LogUnavailable: "LOG_UNAVAILABLE",
    Unreadable: "LOG_UNREADABLE",
}
"""The errors whose message is told to whoever asks; of any other only that there was one."""


def code_of(error: BaseException | None) -> str | None:
    """Return the code of an error that may be told, or None."""
    if isinstance(error, BadRequest):
        return error.code
    return next((code for kind, code in CODES.items() if isinstance(error, kind)), None)
