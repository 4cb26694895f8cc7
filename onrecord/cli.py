"""The command line: ``onrecord COMMAND``; answers on standard output, all else on standard error.

Exit codes: 0 done, 1 the answer is "no" (differences, tampering, problems), 2 wrong input,
3 something that is needed does not answer or is in use, 70 a defect, 130 stopped by Ctrl-C.
"""

import errno
import logging
import os
import sys
import traceback
from collections.abc import Mapping, Sequence
from importlib import import_module
from io import TextIOWrapper
from pathlib import Path

import typer
from typer.core import TyperGroup
from typer.exceptions import TyperException

from eventlog.errors import (
    LogUnavailable,
    OtherLog,
    Refused,
    Tampered,
    Unreadable,
    WrongExport,
    WrongFormat,
)
from eventlog.moments import NoSuchMoment
from graph.errors import GraphError
from graph.managed import ManagedServerError
from onrecord.errors import CommandError, WrongSetting
from onrecord.showing import say
from schema.dates import InvalidDate
from schema.errors import InvalidInput

NO, WRONG_INPUT, UNAVAILABLE, DEFECT, INTERRUPTED = 1, 2, 3, 70, 130

EXIT_CODES: Mapping[type[Exception], int] = {
    Tampered: NO,
    OtherLog: NO,
    WrongExport: WRONG_INPUT,
    InvalidInput: WRONG_INPUT,
    InvalidDate: WRONG_INPUT,
    NoSuchMoment: WRONG_INPUT,
    WrongSetting: WRONG_INPUT,
    Refused: WRONG_INPUT,
    WrongFormat: UNAVAILABLE,
    Unreadable: UNAVAILABLE,
    LogUnavailable: UNAVAILABLE,
    GraphError: UNAVAILABLE,
    ManagedServerError: UNAVAILABLE,
    CommandError: UNAVAILABLE,
}
"""The errors that a command may end with: their message is the whole story."""

COMMANDS: Mapping[str, Sequence[str]] = {
    "up": ("up",),
    "record": ("record",),
    "correcting": ("amend", "retract", "reinstate", "judge"),
    "said": ("said",),
    "status": ("status",),
    "projection": ("rebuild", "verify"),
    "browser": ("browser",),
    "evidence": ("coverage", "verify-quotes"),
    "candidates": ("candidates",),
    "dossier": ("dossier",),
    "log": ("log",),
    "importing": ("import",),
}
"""The modules of `onrecord.commands`, and what each adds to the command line."""


def command_line(command: str | None = None) -> TyperGroup:
    """Return the command line with a command, and with all of them if there is none of that name.

    To load all modules takes up to half as long again as to load what a command needs.
    """
    app = typer.Typer(
        name="onrecord",
        help="Who said what about which issue and when: an append-only log, shown as a graph.",
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    modules = [module for module, commands in COMMANDS.items() if command in commands]
    for module in modules or COMMANDS:
        import_module(f"onrecord.commands.{module}").add_to(app)
    return typer.main.get_group(app)


def run(arguments: Sequence[str]) -> int:
    """Run a command and return its exit code."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    for driver in ("neo4j", "psycopg"):  # their failures are told by our errors
        logging.getLogger(driver).setLevel(logging.CRITICAL)
    _prepare_streams()
    try:
        code = _command(arguments)
        sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        say("stopped")
        return INTERRUPTED
    except BrokenPipeError:  # whoever reads the answer has enough of it
        _write_no_more()
        return 0
    except Exception as error:  # noqa: BLE001  # the end of the line: nothing else would tell
        return _failed(error)


def _prepare_streams() -> None:
    """Let every text be written: into nothing where a shell closed the stream."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("w"))  # noqa: SIM115  # to the end
        stream = getattr(sys, name)
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # a locale may lack a dash


def _command(arguments: Sequence[str]) -> int:
    """Run a command without the part of Typer that takes Ctrl-C and closed pipes for itself."""
    given = list(arguments) or ["--help"]
    command = command_line(given[0])
    try:
        with command.make_context("onrecord", given) as context:
            command.invoke(context)
    except typer.Exit as ended:
        return ended.exit_code
    return 0


def _failed(error: Exception) -> int:
    if isinstance(error, TyperException):
        say(f"onrecord: {error.format_message()}")
        return error.exit_code
    for kind, code in EXIT_CODES.items():
        if isinstance(error, kind):
            say(f"onrecord: {error}")
            return code
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        _write_no_more()
        say(f"onrecord: the answer cannot be written: {error.strerror}")
        return UNAVAILABLE
    traceback.print_exc()
    say(f"onrecord: this is a defect of the program ({type(error).__name__}): please report it")
    return DEFECT


def _write_no_more() -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
