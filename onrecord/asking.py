"""The main question without GraphQL: who said what about which issue, and when."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import cast

from graph.reader import GraphReader
from graph.selection import (
    AllOf,
    AnyOf,
    Called,
    Compare,
    Comparison,
    Condition,
    Page,
    PageRows,
    Pick,
    Quantifier,
    RangeComparison,
    Related,
    Row,
    Within,
)
from schema.dates import range_bounds

_NAME = (Pick("id", "id"), Pick("name", "name"))
_CLAIM = Pick("claim", "claim", (Pick("id", "id"), Pick("text", "text")))
_CONTENT = (
    Pick("speaker", "speaker", _NAME),
    Pick("ascribedTo", "ascribedTo", (Pick("attitude", "attitude"), Pick("actor", "actor", _NAME))),
    Pick("attribution", "attribution"),
    Pick("force", "force"),
    Pick("polarity", "polarity"),
    _CLAIM,
)
"""What has to be known of a statement to tell what is done in it: nobody is to seem to say more."""
_DATE = ("edtf", "words", "earliest", "latest", "precision", "basis", "because")
PICKS = (
    Pick("id", "id"),
    Pick("said", "said", tuple(Pick(part, part) for part in _DATE)),
    *_CONTENT,
    Pick("capacity", "capacity", (Pick("title", "title"), Pick("body", "body", _NAME))),
    Pick("relays", "relays", _CONTENT),
    Pick("withdraws", "withdraws", _CONTENT),
    Pick("quotes", "quotes"),
    Pick("hedging", "hedging"),
    Pick("issues", "issues", _NAME),
    Pick(
        "passages",
        "passages",
        (
            Pick("source", "source", (*_NAME, Pick("title", "title"), Pick("url", "url"))),
            *(Pick(part, part) for part in ("part", "start", "end", "sha256")),
        ),
    ),
    Pick("position", "recordedPosition"),
    Pick("recordedAt", "recordedAt"),
)


OTHER_NAMES = {"Actor": "aliases", "Issue": "altNames"}


@dataclass(frozen=True, slots=True)
class Question:
    """Who (a name, an alias or a part of one), about what (so an issue), when (EDTF), how many.

    ``as_of`` is the position of the record that is asked, the present one if there is none.
    """

    by: str | None = None
    about: str | None = None
    when: str | None = None
    first: int = 50
    as_of: int | None = None

    def page(self) -> Page:
        """Return the question as a selection.

        :raises InvalidDate: ``when`` is no date.
        """
        return Page(
            "Statement",
            PICKS,
            AllOf(tuple(self._conditions())),
            order="said",
            descending=True,
            limit=self.first,
            count=True,
            as_of=self.as_of,
        )

    def _conditions(self) -> Iterator[Condition]:
        if self.about is not None:
            yield Related("issues", Quantifier.SOME, _like(self.about, OTHER_NAMES["Issue"]))
        if self.by is not None:
            yield Related("speaker", Quantifier.SOME, _like(self.by, OTHER_NAMES["Actor"]))
        if self.when is not None:
            yield Within("said", RangeComparison.POSSIBLY_WITHIN, *range_bounds(self.when))


def _like(text: str, other_names: str) -> Condition:
    return AnyOf(
        (
            Called(text),
            Compare("name", Comparison.CONTAINS, text),
            Compare(other_names, Comparison.CONTAINS, text),
        )
    )


async def said(reader: GraphReader, question: Question) -> PageRows:
    """Ask.

    :raises InvalidDate: ``when`` is no date.
    :raises GraphError: the graph cannot answer.
    """
    return await reader.page(question.page())


async def is_on_record(reader: GraphReader, kind: str, text: str, as_of: int | None = None) -> bool:
    """Tell whether an actor or issue is called so, or partly so."""
    where = _like(text, OTHER_NAMES[kind])
    page = Page(kind, (Pick("id", "id"),), where, limit=1, as_of=as_of)
    return bool((await reader.page(page)).rows)


async def names_of(
    reader: GraphReader, kind: str, limit: int = 1000, as_of: int | None = None
) -> list[str]:
    """Return names of a kind, for telling what there is to ask about."""
    page = Page(kind, (Pick("name", "name"),), order="name", limit=limit, as_of=as_of)
    found = await reader.page(page)
    return [str(row["name"]) for row in found.rows]


# -- rows for people ---------------------------------------------------------------------------

HEADS = ("When", "Who", "Said what", "About", "Evidence", "Entry")


def cells(row: Row) -> tuple[str, ...]:
    """Return one statement as the texts of a table's row."""
    return (
        when(row),
        who(row),
        what(row),
        ", ".join(str(issue["name"]) for issue in _parts(row, "issues")),
        "\n".join(map(_where, _parts(row, "passages"))),
        str(row["position"]),
    )


def when(row: Row) -> str:
    """Return a date with its uncertainty: the source's EDTF, or the bounds that are known."""
    said = _part(row, "said")
    if said is None:
        return "not known"
    latest = str(said["latest"])[:10]
    if said["precision"] == "UNKNOWN":
        return f"not known; recorded on {str(row['recordedAt'])[:10]}"
    if said["edtf"] is None:
        return f"before {latest}, by the source's date"
    basis = "" if said["basis"] == "STATED" else f" ({_lower(said['basis'])})"
    return f"{said['edtf']}{basis}"


def who(row: Row) -> str:
    """Return the speaker with the capacity they spoke in."""
    speaker, capacity = _part(row, "speaker"), _part(row, "capacity")
    if capacity is None:
        return _name(speaker)
    body = _part(capacity, "body")
    return f"{_name(speaker)}, {capacity['title']}" + (f" ({body['name']})" if body else "")


def what(row: Row) -> str:
    """Return what was said; a belief is told as the speaker's account of its holder."""
    lines = _acts(row)
    if quotes := cast("Sequence[str]", row["quotes"]):
        lines.append("in the speaker's words: " + " … ".join(f"“{quote}”" for quote in quotes))
    if hedging := cast("Sequence[str]", row["hedging"]):
        lines.append("hedged: " + ", ".join(f"“{hedge}”" for hedge in hedging))
    return "\n".join(lines)


def _acts(row: Row) -> list[str]:
    """Return what a speaker does, a line an act: saying, passing on, taking back."""
    lines = [] if (act := _act(row)) is None else [act]
    for relation, does in (("relays", "passes on"), ("withdraws", "takes back")):
        if (other := _part(row, relation)) is not None:
            lines.append(f"{does} what {_name(_part(other, 'speaker'))} said: {_said(other)}")
    return lines or [_lower(row["attribution"])]


def _act(row: Row) -> str | None:
    """Return how a speaker, or the holder of an ascribed belief, stands to a claim of theirs."""
    claim, ascribed = _part(row, "claim"), _part(row, "ascribedTo")
    if claim is None or row["polarity"] is None:
        return None
    denied = "" if row["polarity"] == "ASSERTS" else f", {row['polarity']}"
    if ascribed is None:
        return f"{row['force']}{denied}: {claim['text']}"
    holds = f"{_name(_part(ascribed, 'actor'))} {ascribed['attitude']}{denied}"
    return f"says that {holds} (not their words): {claim['text']}"


def _said(other: Row) -> str:
    """Return what another statement says, also where that one only passes something on."""
    claim = _part(other, "claim")
    act = _act(other) or (f"passed on in turn, about: {claim['text']}" if claim else None)
    return act or _lower(other["attribution"])


def _name(node: Row | None) -> str:
    return str(node["name"]) if node else "(not stated)"


def _where(passage: Row) -> str:
    source = _part(passage, "source")
    name = source and (source["title"] or source["name"])
    part = "" if passage["part"] == "BODY" else f", {_lower(passage['part'])}"
    return f"{name}{part}, characters {passage['start']}–{passage['end']}"


def _lower(constant: object) -> str:
    return str(constant).replace("_", " ").lower()


def _part(row: Row, key: str) -> Row | None:
    return cast("Row | None", row[key])


def _parts(row: Row, key: str) -> Sequence[Row]:
    return cast("Sequence[Row]", row[key])
