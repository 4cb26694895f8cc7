"""Limits on what one request may ask, each refused in a sentence that names cost and limit."""

from dataclasses import dataclass, field

from api.problems import TooMuch


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one request may ask.

    ``cost`` is a static estimate of how many things a request reads: the page sizes, multiplied
    on the way down, with ``list_size`` for a list that has no page. ``relations`` are those that
    its selections and filters follow, ``steps`` how many of them one after the other: Neo4j takes
    some 20 ms to plan each, twice as long for all with every two steps more, and while it plans
    no time limit stops it. ``text_length`` is how many characters of sources an answer may show.
    """

    body_bytes: int = 1_000_000
    tokens: int = 5_000
    depth: int = 20
    aliases: int = 100
    cost: int = 200_000
    list_size: int = 10
    relations: int = 200
    steps: int = 8
    text_length: int = 5_000_000
    wait_seconds: float = 4.0


@dataclass(slots=True)
class Cost:
    """What a request has been found to cost so far."""

    limits: Limits
    total: int = field(default=0)
    relations: int = field(default=0)
    _weight: int = field(default=1)

    def weigh(self, weight: int) -> None:
        """Let each relation that is followed from now on count as several."""
        self._weight = weight

    def add(self, things: int) -> int:
        """Add things that are read, and return them.

        :raises TooMuch: the request costs more than the limit.
        """
        self.total += things
        if self.total > self.limits.cost:
            raise TooMuch(
                f"this request costs at least {self.total:,} (the things it may read), more than "
                f"the {self.limits.cost:,} allowed: ask for smaller pages or fewer lists in lists"
            )
        return things

    def follow(self, steps: int) -> None:
        """Count a relation that is followed, the ``steps``-th one after the other.

        :raises TooMuch: these are more than the limits.
        """
        if steps > self.limits.steps:
            raise TooMuch(
                f"this request follows more than {self.limits.steps} relations one after the other"
            )
        self.relations += self._weight
        if self.relations > self.limits.relations:
            raise TooMuch(
                f"this request follows more than the {self.limits.relations} relations allowed: "
                "ask for fewer at a time"
            )
