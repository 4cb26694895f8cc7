"""Documents made at random with passages in them, and a slow way to find their words."""

from collections.abc import Iterator

from hypothesis import strategies as st

from schema.coding.stretches import Stretch

LETTERS = "ab’'–- \n\tA1é\u0301中ש𝕏(."


def spelled(text: str) -> str:
    """Return a text as it is compared, said in another way than the program says it."""
    for letter, plain in {"’": "'", "–": "-"}.items():
        text = text.replace(letter, plain)
    return " ".join(text.split())


def joins(before: str, after: str) -> bool:
    """Tell whether two neighbours are parts of one word."""
    if after == "\u0301":
        return True
    return before in "abA1é" and after in "abA1é"


def places(words: str, document: str) -> Iterator[Stretch]:
    """Yield every stretch that may be meant, by looking at all of them."""
    for start in range(len(document)):
        for end in range(start + 1, len(document) + 1):
            stretch = document[start:end]
            if stretch != stretch.strip() or spelled(stretch) != spelled(words):
                continue
            base = document[:start].rstrip("\u0301")[-1:] or document[:start][:1]
            last = stretch.rstrip("\u0301")[-1:] or stretch[-1:]
            if base and joins(base, stretch[0]):
                continue
            if document[end:] and joins(last, document[end]):
                continue
            yield Stretch(start, end)


@st.composite
def passages(draw: st.DrawFn) -> tuple[str, Stretch]:
    """Make a document and a passage in it."""
    document = draw(st.text(LETTERS, min_size=1, max_size=25).filter(str.strip))
    start = draw(st.integers(0, len(document) - 1))
    end = draw(st.integers(start + 1, len(document)))
    stretch = document[start:end]
    if not stretch.strip():
        start, stretch = 0, document
    start += len(stretch) - len(stretch.lstrip())
    return document, Stretch(start, start + len(stretch.strip()))
