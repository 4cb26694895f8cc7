"""An invented kind of entry with three versions, and the steps between them.

Version 1 has the date as a plain text and the words as ``words``; version 2 has a whole date, and
version 3, the present one, calls the words ``text`` and says whether the rumour was confirmed.
"""

from typing import Annotated, ClassVar

from hypothesis import strategies as st
from pydantic import AfterValidator, StrictBool

from schema.dates import UncertainDate, parse
from schema.decoding import Decoder
from schema.entries import Recorded
from schema.identifiers import own_id
from schema.upcasting import Payload, Steps
from schema.values import Several, Text
from tests.schema.strategies import dates, ids, texts


def _edtf(text: str) -> str:
    parse(text)
    return text


class _Rumour(Recorded):
    id: Annotated[str, own_id("claim")]

    @classmethod
    def kind(cls) -> str:
        return "RumourRecorded"


class First(_Rumour):
    """What a program of version 1 writes."""

    VERSION: ClassVar[int] = 1

    words: Text
    heard: Annotated[str, AfterValidator(_edtf)] | None = None
    places: Several[Text] = ()


class Second(_Rumour):
    """What a program of version 2 writes."""

    VERSION: ClassVar[int] = 2

    words: Text
    heard: UncertainDate | None = None
    places: Several[Text] = ()


class Third(_Rumour):
    """What a program of version 3 writes."""

    VERSION: ClassVar[int] = 3

    text: Text
    heard: UncertainDate | None = None
    places: Several[Text] = ()
    confirmed: StrictBool


def dated(payload: Payload) -> Payload:
    """Return a payload of version 1 as one of version 2."""
    return {**payload, "heard": {"edtf": payload["heard"]}} if "heard" in payload else payload


def worded(payload: Payload) -> Payload:
    """Return a payload of version 2 as one of version 3."""
    kept = {name: value for name, value in payload.items() if name != "words"}
    return {**kept, "text": payload["words"], "confirmed": False}


STEPS: Steps = {("RumourRecorded", 1): dated, ("RumourRecorded", 2): worded}

FIRST = Decoder((First,), {})
SECOND = Decoder((Second,), {("RumourRecorded", 1): dated})
THIRD = Decoder((Third,), STEPS)

_PARTS = {
    "id": ids("claim"),
    "places": st.lists(texts(), max_size=2, unique=True).map(tuple),
}

firsts: st.SearchStrategy[First] = st.builds(
    First, words=texts(), heard=st.none() | dates().map(lambda date: date.edtf), **_PARTS
)
seconds: st.SearchStrategy[Second] = st.builds(
    Second, words=texts(), heard=st.none() | dates(), **_PARTS
)
thirds: st.SearchStrategy[Third] = st.builds(
    Third, text=texts(), heard=st.none() | dates(), confirmed=st.booleans(), **_PARTS
)
