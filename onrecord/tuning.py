"""How Python itself is set for what this program does."""

import gc
import sys

YOUNG, MIDDLE, OLD = 100_000, 20, 10
"""How many new objects, or searches among younger ones, come before the next search for garbage."""
SWITCH_SECONDS = 0.0005
"""How long a thread may work on while another one waits for its turn; Python's own is ten times that."""


def tune() -> None:
    """Set Python for this process.

    Entries become many small objects and hardly ever cycles of them, so that looking for such
    cycles as often as Python does by itself takes a third of the time of a fold. A fold has a
    thread of its own, and whoever waits for an answer of Neo4j or writes one beside it is to go on
    at once.
    """
    gc.set_threshold(YOUNG, MIDDLE, OLD)
    sys.setswitchinterval(SWITCH_SECONDS)
