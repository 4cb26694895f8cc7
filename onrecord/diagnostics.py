"""What the program tells of its own work: one event a line, for a person or for a machine.

Everything goes through the standard ``logging``, the libraries' messages too, and is rendered in
one place. A line names the request it is about, and no password that stands in an address.
"""

import json
import logging
import re
import sys
from collections.abc import Mapping
from typing import TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from onrecord.settings import Level, Lines

_USERINFO = re.compile(r"(?<=://)[^\s/@]*@")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_EVENT_WIDTH = 30

LIBRARIES: Mapping[str, int] = {
    "uvicorn": logging.WARNING,
    "asyncio": logging.WARNING,
    # Their failures are told by our own errors.
    "neo4j": logging.CRITICAL,
    "psycopg": logging.CRITICAL,
    "psycopg.pool": logging.CRITICAL,
}
"""From which level on libraries are heard; all of them from WARNING on, if everything is told."""


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    """Return a logger of facts with names, which end in the logger of that name."""
    logger: structlog.stdlib.BoundLogger = structlog.wrap_logger(
        logging.getLogger(name),
        processors=[structlog.stdlib.filter_by_level, structlog.stdlib.render_to_log_kwargs],
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    return logger


def is_json(lines: Lines, stream: TextIO) -> bool:
    """Tell whether lines written to a stream are to be JSON."""
    return lines is Lines.JSON or (lines is Lines.AUTO and not stream.isatty())


def tell(level: Level, lines: Lines) -> None:
    """Tell of this process on standard error, from a level on, until it ends."""
    handler = _StandardError()
    handler.setFormatter(formatter(json_lines=is_json(lines, sys.stderr), colours=_has_colours()))
    number = logging.getLevelNamesMapping()[level.name]
    logging.basicConfig(level=number, handlers=[handler], force=True)
    for library, least in LIBRARIES.items():
        least = logging.WARNING if level is Level.DEBUG else max(least, number)
        logging.getLogger(library).setLevel(least)
    logging.captureWarnings(True)


class _StandardError(logging.StreamHandler[TextIO]):
    """Writes to what is standard error at that moment: a progress bar stands in for it at times."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line."""
        self.stream = sys.stderr
        super().emit(record)


def _has_colours() -> bool:
    return sys.stderr.isatty()


def formatter(*, json_lines: bool, colours: bool = False) -> logging.Formatter:
    """Return what makes lines of events."""
    chain: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        _without_message,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
        structlog.processors.format_exc_info,
        _without_userinfo,
    ]
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=chain,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            *(_for_machines() if json_lines else _for_people(colours=colours)),
        ],
    )


def _for_machines() -> list[Processor]:
    return [
        structlog.processors.JSONRenderer(serializer=_json, default=str),
    ]


def _json(event: EventDict, **options: object) -> str:
    first = {name: event.pop(name) for name in ("time", "level", "logger", "event")}
    return json.dumps({**first, **event}, default=str)


def _for_people(*, colours: bool) -> list[Processor]:
    return [
        _on_one_line,
        structlog.dev.ConsoleRenderer(
            colors=colours,
            timestamp_key="time",
            pad_event_to=_EVENT_WIDTH,
            exception_formatter=structlog.dev.plain_traceback,
        ),
    ]


def _without_message(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Take out what another handler left in the record: the event once more."""
    event.pop("message", None)
    return event


def _without_userinfo(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Take user names and passwords out of addresses, wherever they stand."""
    for name, value in event.items():
        if isinstance(value, str):
            event[name] = _USERINFO.sub("", value)
    return event


def _on_one_line(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Write what would command a terminal, or end the line, in letters."""
    for name, value in event.items():
        if isinstance(value, str) and name != "exception":
            event[name] = _CONTROL.sub(lambda found: repr(found[0])[1:-1], value)
    return event
