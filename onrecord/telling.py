"""What is told of the live projector: what a person has to know, and nothing for each append."""

from collections.abc import Sequence

from graph.errors import DamagedGraph
from graph.watching import ProjectionWatcher
from onrecord.diagnostics import get_logger

logger = get_logger("onrecord.projection")

MANY_ENTRIES = 10_000
"""Having caught up with so many entries is worth telling."""


class ProjectionTeller:
    """Writes down what a projector does: what goes wrong once, and when it is right again."""

    def __init__(self) -> None:
        self._trouble: type[Exception] | None = None
        self._was_behind = False
        self._entries = 0

    def applied(self, position: int, entries: int, seconds: float) -> None:
        """Tell of a batch only who wants to know everything."""
        self._entries += entries
        logger.debug("batch applied", position=position, entries=entries, seconds=round(seconds, 4))

    def caught_up(self, position: int) -> None:
        """Tell that the graph is whole, if that is news."""
        if self._was_behind or self._entries >= MANY_ENTRIES:
            logger.info("graph caught up", position=position, entries=self._entries)
        self._trouble, self._was_behind, self._entries = None, False, 0

    def waits(self, error: Exception) -> None:
        """Tell what goes wrong; the same again only who wants to know everything."""
        say = logger.debug if type(error) is self._trouble else logger.warning
        say("projection waits", reason=str(error))
        self._trouble, self._was_behind = type(error), True

    def mends(self, error: DamagedGraph) -> None:
        """Tell what the graph lacks."""
        logger.warning("graph is being mended", reason=str(error))
        self._was_behind = True

    def mended(self, differences: int) -> None:
        """Tell how much was wrong."""
        logger.warning("graph mended", differences=differences)


class Watchers:
    """Several watchers as one."""

    def __init__(self, watchers: Sequence[ProjectionWatcher]) -> None:
        self._watchers = watchers

    def applied(self, position: int, entries: int, seconds: float) -> None:
        """Pass on a batch."""
        for one in self._watchers:
            one.applied(position, entries, seconds)

    def caught_up(self, position: int) -> None:
        """Pass on having caught up."""
        for one in self._watchers:
            one.caught_up(position)

    def waits(self, error: Exception) -> None:
        """Pass on a failure."""
        for one in self._watchers:
            one.waits(error)

    def mends(self, error: DamagedGraph) -> None:
        """Pass on damage."""
        for one in self._watchers:
            one.mends(error)

    def mended(self, differences: int) -> None:
        """Pass on what was wrong."""
        for one in self._watchers:
            one.mended(differences)
