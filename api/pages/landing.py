"""The landing page: what is on record, and the latest statements, readable without any tool."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import cast

from api.context import Context
from api.pages.files import template
from eventlog import Entry, Head
from eventlog.errors import LogError
from graph.errors import GraphError
from graph.model import KINDS
from graph.selection import Page, Pick, Row
from schema.dates import Basis
from schema.entries import Attribution

STATEMENTS = 25
ENTRIES = 8

_COUNTED = ("Statement", "Claim", "Actor", "Issue", "Event", "Source", "Role")
_BASES: dict[str, str] = {
    Basis.DERIVED_FROM_PUBLICATION: "derived from publication",
    Basis.INFERRED: "inferred",
}
"""What is said of a date that the source does not state."""
_NAME = (Pick("name", "name"),)
_DATE = ("edtf", "words", "basis", "earliest", "latest", "precision")
_CLAIM = Pick("claim", "claim", (Pick("text", "text"),))
_CONTENT = (
    Pick("speaker", "speaker", _NAME),
    Pick("polarity", "polarity"),
    Pick(
        "ascribedTo",
        "ascribedTo",
        (Pick("attitude", "attitude"), Pick("actor", "actor", _NAME)),
    ),
    _CLAIM,
)
"""What has to be known of a statement to show what it says: nobody is to seem to say more."""
_PICKS = (
    Pick("id", "id"),
    *_CONTENT,
    Pick("capacity", "capacity", (Pick("title", "title"), Pick("body", "body", _NAME))),
    Pick("attribution", "attribution"),
    Pick("force", "force"),
    Pick("quotes", "quotes"),
    Pick("hedging", "hedging"),
    Pick("relays", "relays", _CONTENT),
    Pick("withdraws", "withdraws", _CONTENT),
    Pick("withdrawnBy", "withdrawnBy", (Pick("id", "id"),)),
    Pick("issues", "issues", _NAME),
    Pick("said", "said", tuple(Pick(part, part) for part in _DATE)),
    Pick(
        "passages",
        "passages",
        (Pick("source", "source", (*_NAME, Pick("title", "title"), Pick("url", "url"))),),
    ),
)


@dataclass(frozen=True, slots=True)
class BrowserAccess:
    """Where Neo4j Browser is, and as whom to sign in."""

    url: str
    user: str = "neo4j"


async def landing_page(context: Context, browser: BrowserAccess | None) -> str:
    """Return the page; what cannot be read is replaced by the reason."""
    notices: list[str] = []
    head, entries = await _log(context, notices)
    counts, rows = await _graph(context, notices)
    return template("landing.html").substitute(
        notices="".join(f'<p class="notice" role="status">{escape(one)}</p>' for one in notices),
        counts=_counts(counts, head),
        statements=_statements(rows),
        entries=_entries(entries),
        browser_link=_browser_link(browser),
        browser=_browser(browser),
    )


async def _log(context: Context, notices: list[str]) -> tuple[Head | None, Sequence[Entry]]:
    try:
        head = await asyncio.to_thread(context.log.head)
        after = max(head.position - ENTRIES, 0)
        return head, await asyncio.to_thread(context.log.read, after, ENTRIES)
    except LogError as error:
        notices.append(f"The log cannot be read: {error}.")
        return None, ()


async def _graph(context: Context, notices: list[str]) -> tuple[Mapping[str, int], Sequence[Row]]:
    page = Page("Statement", _PICKS, order="said", descending=True, limit=STATEMENTS)
    try:
        found, counts = await asyncio.gather(context.graph.page(page), context.graph.counts())
    except GraphError as error:
        notices.append(f"The graph does not answer: {error}.")
        return {}, ()
    return counts, found.rows


def _counts(counts: Mapping[str, int], head: Head | None) -> str:
    cells = [(KINDS[label].plural, f"{counts[label]:,}") for label in _COUNTED if label in counts]
    if head is not None:
        cells.append(("entries in the log", f"{head.position:,}"))
    shown = "".join(
        f"<div><dt>{escape(what)}</dt><dd>{number}</dd></div>" for what, number in cells
    )
    if head is None or not head.position:
        return f'<dl class="counts">{shown}</dl>'
    return (
        f'<dl class="counts">{shown}</dl><p class="small">Head of the log: position '
        f"{head.position:,}, recorded {_moment(head.recorded_at)}, hash "
        f'<span class="hash">{escape(head.hash)}</span></p>'
    )


def _statements(rows: Sequence[Row]) -> str:
    if not rows:
        return "<p>No statements yet.</p>"
    heads = ("When", "Who", "What was said", "Where")
    caption = f"The {len(rows)} statements with the latest dates."
    return _table(caption, heads, (map("".join, map(_cell_parts, _cells(row))) for row in rows))


def _cells(row: Row) -> tuple[Iterable[str], ...]:
    return _when(row), _who(row), _what(row), _where(row)


def _cell_parts(parts: Iterable[str]) -> list[str]:
    return [f"<p>{part}</p>" for part in parts]


def _when(row: Row) -> Iterable[str]:
    said = cast("Row | None", row["said"])
    if said is None:
        yield "unknown"
        return
    if said["edtf"] is not None:
        yield escape(str(said["edtf"]))
    if said["words"] is not None:
        yield f"<small>“{escape(str(said['words']))}”</small>"
    first, last = str(said["earliest"])[:10], str(said["latest"])[:10]
    if said["precision"] == "UNKNOWN":
        yield "unknown"
    elif first == "0001-01-01":
        yield f"<small>before {last}</small>"
    else:
        yield f"<small>from {first}, before {last}</small>"
    if said["basis"] in _BASES:
        yield f"<small>{_BASES[str(said['basis'])]}</small>"


def _who(row: Row) -> Iterable[str]:
    yield f"<strong>{_name(row['speaker'])}</strong>"
    capacity = cast("Row | None", row["capacity"])
    if capacity is not None:
        body = f", {_name(capacity['body'])}" if capacity["body"] else ""
        yield f"<small>{escape(str(capacity['title']))}{body}</small>"


def _what(row: Row) -> Iterable[str]:
    declined = row["attribution"] == Attribution.DECLINED_TO_COMMENT
    kinds = [row["attribution"]] if declined else [row["force"], row["attribution"]]
    if row["withdrawnBy"]:
        kinds.append("TAKEN_BACK_LATER")
    yield _tags(*kinds)
    yield from _content(row)
    for relation, introduction in (("relays", "passes on"), ("withdraws", "takes back")):
        other = cast("Row | None", row[relation])
        if other is not None:
            yield f"{introduction} what <b>{_name(other['speaker'])}</b> said:"
            yield from (f'<span class="other">{part}</span>' for part in _content(other))
    quotes = [f"<q>{escape(str(one))}</q>" for one in cast("list[str]", row["quotes"])]
    hedges = [f"hedged: <i>{escape(str(one))}</i>" for one in cast("list[str]", row["hedging"])]
    if quotes or hedges:
        yield f"<small>{', '.join([*quotes, *hedges])}</small>"
    issues = [_name(one) for one in cast("list[Row]", row["issues"])]
    if issues:
        yield f"<small>{' · '.join(issues)}</small>"


def _content(row: Row) -> Iterable[str]:
    """Show a claim with the stand towards it, and whose; without one it is only passed on."""
    claim = cast("Row | None", row["claim"])
    if claim is None or row["polarity"] is None:
        return
    text = escape(str(claim["text"]))
    ascribed = cast("Row | None", row["ascribedTo"])
    if ascribed is None:
        yield f"{_tags(row['polarity'])} {text}"
        return
    yield (
        f'<span class="held">laid to <b>{_name(ascribed["actor"])}</b> by the speaker, not said '
        f"by them:<br>{_tags(ascribed['attitude'], row['polarity'])} {text}</span>"
    )


def _tags(*constants: object) -> str:
    return " ".join(f'<span class="tag">{_words(one)}</span>' for one in constants if one)


def _where(row: Row) -> Iterable[str]:
    passages = cast("list[Row]", row["passages"])
    for source in {str(one["source"]): cast("Row", one["source"]) for one in passages}.values():
        shown = escape(str(source["title"] or source["name"]))
        url = str(source["url"] or "")
        if url.startswith(("http://", "https://")):
            shown = f'<a href="{escape(url)}" rel="noopener noreferrer">{shown}</a>'
        yield shown


def _entries(entries: Sequence[Entry]) -> str:
    if not entries:
        return "<p>The log is empty.</p>"
    rows = (
        (
            f"{one.position:,}",
            escape(one.header.kind),
            f"<code>{escape(one.header.subject)}</code>",
            f"{_moment(one.header.recorded_at)} by {escape(one.header.recorded_by)}",
        )
        for one in reversed(entries)
    )
    heads = ("Position", "Kind", "About", "Recorded")
    return _table("Newest first.", heads, rows)


def _table(caption: str, heads: Sequence[str], rows: Iterable[Iterable[str]]) -> str:
    head = "".join(f'<th scope="col">{one}</th>' for one in heads)
    body = "".join(
        "<tr>"
        + "".join(
            f'<td data-label="{label}">{cell}</td>' for label, cell in zip(heads, row, strict=True)
        )
        + "</tr>"
        for row in rows
    )
    return (
        f"<table><caption>{caption}</caption><thead><tr>{head}</tr></thead>"
        f"<tbody>{body}</tbody></table>"
    )


def _browser_link(browser: BrowserAccess | None) -> str:
    if browser is None:
        return ""
    return f'<a class="button quiet" href="{escape(browser.url)}">Open Neo4j Browser</a>'


def _browser(browser: BrowserAccess | None) -> str:
    if browser is None:
        return ""
    url = escape(browser.url)
    return (
        '<section aria-labelledby="browser"><h2 id="browser">The graph in Neo4j Browser</h2>'
        f'<p>Open <a href="{url}">{url}</a> and sign in as <code>{escape(browser.user)}</code>; '
        "<code>onrecord browser</code> shows the password. A guide there has queries to "
        "run.</p></section>"
    )


def _name(node: object) -> str:
    return escape(str(cast("Row", node)["name"])) if node else "(not stated)"


def _words(constant: object) -> str:
    return escape(str(constant).replace("_", " ").lower())


def _moment(instant: str | None) -> str:
    """Return an instant to the second."""
    return escape((instant or "").partition(".")[0].replace("T", " ").removesuffix("Z")) + " UTC"
