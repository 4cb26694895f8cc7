"""How a command tells what it is doing: to a person who waits for it, or line by line."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

from onrecord import showing
from onrecord.showing import Report


@dataclass(frozen=True, slots=True)
class Narration:
    """``say`` tells a sentence, ``progress`` opens a report on what takes its time."""

    say: Callable[[str], object]
    progress: Callable[[], AbstractContextManager[Report]]


TO_PEOPLE = Narration(showing.say, showing.progress)


def line_by_line(say: Callable[[str], object]) -> Narration:
    """Return how to tell by sentences alone, each step one."""

    @contextmanager
    def progress() -> Iterator[Report]:
        told = set[str]()

        def report(what: str, done: int, total: int) -> None:
            if what not in told:
                told.add(what)
                say(what)

        yield report

    return Narration(say, progress)
