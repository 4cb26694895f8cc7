"""The command line: ``onrecord COMMAND``; answers on standard output, all else on standard error.

Exit codes: 0 done, 1 the answer is "no" (differences, tampering, problems), 2 wrong input,
3 something that is needed does not answer or is in use, 70 a defect, 130 stopped by Ctrl-C.
"""

import logging
import os
import sys
import traceback
from collections.abc import Mapping

import typer

from eventlog.errors import LogUnavailable, Refused, Tampered, WrongFormat
from graph.errors import GraphError
from graph.managed import ManagedServerError
from onrecord.commands import browser, log, projection, record, said, status, up
from onrecord.errors import CommandError, WrongSetting
from onrecord.showing import say
from schema.dates import InvalidDate
from schema.errors import InvalidInput

NO, WRONG_INPUT, UNAVAILABLE, DEFECT, INTERRUPTED = 1, 2, 3, 70, 130

EXIT_CODES: Mapping[type[Exception], int] = {
    Tampered: NO,
    InvalidInput: WRONG_INPUT,
    InvalidDate: WRONG_INPUT,
    WrongSetting: WRONG_INPUT,
    Refused: WRONG_INPUT,
    WrongFormat: UNAVAILABLE,
    LogUnavailable: UNAVAILABLE,
    GraphError: UNAVAILABLE,
    ManagedServerError: UNAVAILABLE,
    CommandError: UNAVAILABLE,
}
"""The errors that a command may end with: their message is the whole story."""

app = typer.Typer(
    name="onrecord",
    help="Who said what about which issue and when: an append-only log, shown as a graph.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for part in (up, record, said, status, projection, browser):
    part.add_to(app)
app.add_typer(log.app, name="log")


def main() -> None:
    """Run the command line."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("neo4j").setLevel(logging.CRITICAL)  # its failures are told by our errors
    sys.exit(_run())


def _run() -> int:
    try:
        app(standalone_mode=True)
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else NO
    except KeyboardInterrupt:
        say("stopped")
        return INTERRUPTED
    except BrokenPipeError:  # whoever reads the answer has enough of it
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:  # noqa: BLE001  # the end of the line: nothing else would tell
        for kind, code in EXIT_CODES.items():
            if isinstance(error, kind):
                say(f"onrecord: {error}")
                return code
        traceback.print_exc()
        say(f"onrecord: this is a defect of the program ({type(error).__name__}): please report it")
        return DEFECT
    return 0


if __name__ == "__main__":
    main()
