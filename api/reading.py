"""Answering questions together: all pages at once, then at most one read of the log."""

import asyncio
from collections.abc import Sequence
from itertools import islice

from api.context import Request
from api.problems import Mismatch
from api.questions import Question
from api.selecting import Pending
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
        answered.append(error or question.answer(good, wanted))
    return await _completed(request, answered, pending)


async def _page(request: Request, page: Page) -> PageRows | Exception:
    try:
        found = await request.context.graph.page(page)
    except Exception as error:  # noqa: BLE001  # becomes the answer to this question; others are still answered
        return error
    request.graph_positions.append(found.position)
    return found


async def _completed(
    request: Request, answered: list[object], pending: Sequence[Pending]
) -> list[object]:
    """Fill in what only the log knows."""
    positions = set[int]().union(*(one.positions() for one in pending))
    if not positions:
        return answered
    try:
        entries = await asyncio.to_thread(request.context.log.read_positions, positions)
        for one in pending:
            one.fill(entries)
    except (LogError, Mismatch) as error:
        return [
            error if one.wanted else answer for answer, one in zip(answered, pending, strict=True)
        ]
    return answered
