"""Whether the service lives, and whether it can answer."""

import asyncio

import orjson
from starlette.requests import Request
from starlette.responses import Response

from api.context import Context, GraphState
from api.latest import Latest
from eventlog import Head
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
        self._head = Latest[Head]()

    async def answer(self, request: Request) -> Response:
        """Ask log and graph."""
        log, graph = await asyncio.gather(self._log(), self._graph())
        if isinstance(log, Head) and not isinstance(graph, str) and graph.log_id != log.log_id:
            graph = "the graph was written from another log"
        ready = not isinstance(log, str) and not isinstance(graph, str)
        body = {"ready": ready, "log": _state(log), "graph": _state(graph)}
        return _json(body, 200 if ready else 503)

    async def _log(self) -> Head | str:
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                return await self._head.ask(self._context.log.head)
        except (LogError, TimeoutError) as error:
            return _reason(error)

    async def _graph(self) -> GraphState | str:
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                return await self._context.graph.checkpoint()
        except (GraphError, TimeoutError) as error:
            return _reason(error)


def _state(found: Head | GraphState | str) -> dict[str, str | int]:
    if isinstance(found, str):
        return {"state": found}
    return {"state": "ready", "position": found.position}


def _reason(error: Exception) -> str:
    return str(error) or f"no answer within {PATIENCE_SECONDS:g} s"


def _json(body: object, status: int = 200) -> Response:
    return Response(
        orjson.dumps(body),
        status,
        media_type="application/json",
        headers={"Cache-Control": "no-store"},
    )
