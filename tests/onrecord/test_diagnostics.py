"""What the service tells: an event a line, with names, and without secrets."""

import json
import logging
from collections.abc import Callable, Iterator
from io import StringIO

import pytest
from structlog.contextvars import bound_contextvars

from onrecord.diagnostics import LIBRARIES, formatter, get_logger, is_json, tell
from onrecord.settings import Level, Lines

Hear = Callable[[bool], StringIO]


@pytest.fixture
def hear() -> Iterator[Hear]:
    """Return how to hear what is told, as JSON or as text."""
    logger = logging.getLogger("tests.told")
    logger.setLevel(logging.DEBUG)
    logger.propagate = False

    def begin(json_lines: bool) -> StringIO:
        stream = StringIO()
        handler = logging.StreamHandler(stream)
        handler.setFormatter(formatter(json_lines=json_lines))
        logger.addHandler(handler)
        return stream

    yield begin
    logger.handlers.clear()
    logger.setLevel(logging.NOTSET)
    logger.propagate = True


def fail() -> None:
    raise RuntimeError("at bolt://ann:swordfish@graph.example: broken\nin two lines")


def test_a_line_is_an_object_with_names(hear: Hear) -> None:
    stream = hear(True)
    with bound_contextvars(request_id="abc"):
        get_logger("tests.told").info("batch applied", position=7, seconds=0.25)
    told = json.loads(stream.getvalue())
    assert list(told)[:4] == ["time", "level", "logger", "event"]
    assert told.pop("time").endswith("Z")
    assert told == {
        "level": "info",
        "logger": "tests.told",
        "event": "batch applied",
        "request_id": "abc",
        "position": 7,
        "seconds": 0.25,
    }


def test_libraries_are_told_in_the_same_way(hear: Hear) -> None:
    stream = hear(True)
    with bound_contextvars(request_id="abc"):
        logging.getLogger("tests.told").warning("%s of %d", "two", 3, extra={"port": 7687})
    told = json.loads(stream.getvalue())
    assert (told["event"], told["port"], told["request_id"]) == ("two of 3", 7687, "abc")


@pytest.mark.parametrize("json_lines", [True, False])
def test_a_trace_is_told_without_what_its_variables_hold(hear: Hear, json_lines: bool) -> None:
    stream = hear(json_lines)
    password = "correct horse"
    try:
        fail()
    except RuntimeError:
        get_logger("tests.told").exception("request failed")
    told = stream.getvalue()
    assert "RuntimeError: at bolt://graph.example: broken" in told
    assert password not in told
    if json_lines:
        assert told.count("\n") == 1
        assert json.loads(told)["level"] == "error"


@pytest.mark.parametrize("json_lines", [True, False])
@pytest.mark.parametrize(
    "address", ["bolt://ann:sword@h", "postgresql://ann:sword@h/log", "https://sword@h:1/x"]
)
def test_users_and_passwords_in_addresses_are_not_told(
    hear: Hear, json_lines: bool, address: str
) -> None:
    stream = hear(json_lines)
    get_logger("tests.told").warning(f"{address} is away", reason=f"no answer from {address}")
    assert "sword" not in stream.getvalue()
    assert stream.getvalue().count("://h") == 2


@pytest.mark.parametrize("json_lines", [True, False])
def test_whatever_is_told_stays_on_its_line_and_commands_no_terminal(
    hear: Hear, json_lines: bool
) -> None:
    stream = hear(json_lines)
    nasty = 'a\nb\r\x1b[31mred\u2028c"\ud800'
    get_logger("tests.told").info(nasty, path=nasty)
    (line,) = stream.getvalue().splitlines()
    assert "\x1b" not in line
    if json_lines:
        assert json.loads(line)["path"] == nasty


def test_text_is_for_people(hear: Hear) -> None:
    stream = hear(False)
    get_logger("tests.told").info("graph caught up", position=7)
    line = stream.getvalue()
    assert "[info     ] graph caught up" in line
    assert "position=7" in line


def test_what_is_below_the_level_costs_nothing(hear: Hear) -> None:
    stream = hear(True)
    logging.getLogger("tests.told").setLevel(logging.INFO)
    get_logger("tests.told").debug("batch applied")
    assert stream.getvalue() == ""


class Screen(StringIO):
    """A stream that is a terminal."""

    def isatty(self) -> bool:
        """Say so."""
        return True


def test_json_is_for_where_nobody_looks() -> None:
    assert [is_json(lines, Screen()) for lines in Lines] == [False, False, True]
    assert [is_json(lines, StringIO()) for lines in Lines] == [True, False, True]


@pytest.fixture
def _as_it_was() -> Iterator[None]:
    """Put the process's logging back to how it was."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    levels = {name: logging.getLogger(name).level for name in LIBRARIES}
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, before in levels.items():
        logging.getLogger(name).setLevel(before)
    logging.captureWarnings(False)


@pytest.mark.usefixtures("_as_it_was")
@pytest.mark.parametrize(
    ("level", "heard"),
    [
        (Level.DEBUG, ["tests debug", "tests info", "neo4j warning", "uvicorn.error warning"]),
        (Level.INFO, ["tests info", "uvicorn.error warning"]),
        (Level.WARNING, ["uvicorn.error warning"]),
        (Level.ERROR, []),
    ],
)
def test_levels(capsys: pytest.CaptureFixture[str], level: Level, heard: list[str]) -> None:
    """Neo4j's failures are told by our own errors, unless one wants to know everything."""
    tell(level, Lines.AUTO)
    for name, told in (
        ("tests", Level.DEBUG),
        ("tests", Level.INFO),
        ("neo4j", Level.INFO),
        ("neo4j", Level.WARNING),
        ("uvicorn.error", Level.INFO),
        ("uvicorn.error", Level.WARNING),
    ):
        logger = logging.getLogger(name)
        logger.log(logging.getLevelNamesMapping()[told.name], "%s %s", name, told)
    lines = capsys.readouterr().err.splitlines()
    assert [json.loads(line)["event"] for line in lines] == heard
