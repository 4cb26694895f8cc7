"""Answering questions together: all pages at once, then at most one read of the log.

The texts of sources are read last, and only if words of passages are asked for.
"""

import asyncio
from collections.abc import Sequence
from itertools import islice

from api.context import Context, Request, TextFinding
from api.history import histories
from api.pending import Pending
from api.problems import GraphBehind, Mismatch, TooMuch
from api.questions import Question
from eventlog.errors import LogError
from graph.selection import Page, PageRows


async def answers(request: Request, questions: Sequence[Question]) -> list[object]:
    """Return the answer to each question, or the error that stands in its place."""
    pages = [page for question in questions for page in question.pages]
    found = iter(await asyncio.gather(*(_page(request, page) for page in pages)))
    pending = [Pending() for _ in questions]
    answered: list[object] = []
    for question, wanted in zip(questions, pending, strict=True):
        rows = list(islice(found, len(question.pages)))
        error = next((one for one in rows if isinstance(one, Exception)), None)
        good = [one for one in rows if isinstance(one, PageRows)]
        moments = [page.as_of for page in question.pages if page.as_of is not None]
        wanted.past = bool(moments)
        wanted.up_to = min((*moments, *(one.position for one in good)), default=0)
        answered.append(error or question.answer(good, wanted))
    return await _completed(request, answered, pending)


async def _page(request: Request, page: Page) -> PageRows | Exception:
    try:
        found = await _read(request.context, page)
    except Exception as error:  # noqa: BLE001  # becomes the answer to this question; others are still answered
        return error
    request.graph_positions.append(found.position)
    return found


async def _read(context: Context, page: Page) -> PageRows:
    """Read a page, of a graph that has all up to the position as of which it is asked."""
    found = await context.graph.page(page)
    if page.as_of is None or found.position >= page.as_of:
        return found
    await wait_for_graph(context, page.as_of)
    return await context.graph.page(page)


async def wait_for_graph(context: Context, position: int) -> None:
    """Wait, bounded, until the graph has a position.

    :raises GraphBehind: it does not get there in time.
    """
    seconds = context.limits.wait_seconds
    if not await context.graph.wait_for(position, seconds):
        raise GraphBehind(f"the graph did not reach position {position:,} within {seconds:g} s")


async def _completed(
    request: Request, answered: list[object], pending: Sequence[Pending]
) -> list[object]:
    """Fill in what the graph does not know; who asked for what cannot be had gets the error."""
    log_error = await _fill_from_log(request, pending)
    too_much = await _fill_words(request, pending)
    return [
        (log_error if one.wants_log else None) or (too_much if one.words else None) or answer
        for answer, one in zip(answered, pending, strict=True)
    ]


async def _fill_from_log(request: Request, pending: Sequence[Pending]) -> Exception | None:
    positions = set[int]().union(*(one.positions() for one in pending))
    subjects = set[str]().union(*(one.subjects() for one in pending))
    if not positions and not subjects:
        return None
    try:
        found, entries = await asyncio.to_thread(
            histories, request.context.log, subjects, positions
        )
        for one in pending:
            one.fill_entries(entries)
            one.fill_histories(found)
    except (LogError, Mismatch) as error:
        return error
    return None


async def _fill_words(request: Request, pending: Sequence[Pending]) -> Exception | None:
    """Read the texts of sources in a thread: hashing them would hold up everybody else."""
    documents = set[str]().union(*(one.documents() for one in pending))
    if not documents or request.context.texts is None:
        return None
    limit = request.context.limits.text_length
    length = sum(one.length() for one in pending)
    if length > limit:
        return TooMuch(
            f"the passages asked for have {length:,} characters, more than the {limit:,} allowed: "
            "ask for smaller pages"
        )
    await asyncio.to_thread(_fill_words_from, request.context.texts, documents, pending)
    return None


def _fill_words_from(texts: TextFinding, documents: set[str], pending: Sequence[Pending]) -> None:
    found = texts.find(documents)
    for one in pending:
        one.fill_words(found)
