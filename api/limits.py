"""Limits on what one request may ask, each refused in a sentence that names cost and limit."""

from dataclasses import dataclass, field

from api.problems import TooMuch


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one request may ask.

    ``cost`` is a static estimate of how many things a request reads: the page sizes, multiplied
    on the way down, with ``list_size`` for a list that has no page. ``text_length`` is how many
    characters of sources one answer may show.
    """

    body_bytes: int = 1_000_000
    tokens: int = 5_000
    depth: int = 20
    aliases: int = 100
    cost: int = 200_000
    list_size: int = 10
    text_length: int = 5_000_000
    wait_seconds: float = 4.0


@dataclass(slots=True)
class Cost:
    """What a request has been found to cost so far."""

    limits: Limits
    total: int = field(default=0)

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
