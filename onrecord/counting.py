"""Numbers of things, as a sentence says them."""


def counted(number: int, noun: str) -> str:
    """Return a number of things in words: ``1 entry``, ``1,200 entries``."""
    plural = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"{number:,} {noun if number == 1 else plural}"
