"""Whether the service lives, and whether it can answer."""

import asyncio

import orjson
from starlette.requests import Request
from starlette.responses import Response

from api.context import Context
from eventlog.errors import LogError
from graph.errors import GraphError

PATIENCE_SECONDS = 5.0


async def live(request: Request) -> Response:
    """Answer 200 while the process runs."""
    return _json({"live": True})


class Ready:
    """Answers 200 once the log can be read and the graph is whole, else 503 and why."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def answer(self, request: Request) -> Response:
        """Ask log and graph."""
        (log, position), (graph, held) = await asyncio.gather(self._log(), self._graph())
        ready = log == graph == "ready"
        body = {
            "ready": ready,
            "log": {"state": log, "position": position},
            "graph": {"state": graph, "position": held},
        }
        return _json(body, 200 if ready else 503)

    async def _log(self) -> tuple[str, int | None]:
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                head = await asyncio.to_thread(self._context.log.head)
        except (LogError, TimeoutError) as error:
            return _reason(error), None
        return "ready", head.position

    async def _graph(self) -> tuple[str, int | None]:
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                checkpoint = await self._context.graph.checkpoint()
        except (GraphError, TimeoutError) as error:
            return _reason(error), None
        if checkpoint.log_id != self._context.log.log_id:
            return "the graph was written from another log", checkpoint.position
        return "ready", checkpoint.position


def _reason(error: Exception) -> str:
    return str(error) or f"no answer within {PATIENCE_SECONDS:g} s"


def _json(body: object, status: int = 200) -> Response:
    return Response(
        orjson.dumps(body),
        status,
        media_type="application/json",
        headers={"Cache-Control": "no-store"},
    )
