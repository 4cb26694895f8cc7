"""Each request has a name: it stands in the answer's header and on every line told of it."""

import logging
import time
import uuid
from collections.abc import Collection

from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bind_contextvars

from api.guards import refused
from api.metrics import RequestMetrics

REQUEST_ID = "X-Request-Id"
STATIC = "/static"
OTHER = "other"

logger = logging.getLogger(__name__)


class Watch:
    """Names, counts and times requests; what nobody expected is told here, and not to who asked."""

    def __init__(self, app: ASGIApp, metrics: RequestMetrics, paths: Collection[str]) -> None:
        self._app = app
        self._metrics = metrics
        self._paths = frozenset(paths)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = uuid.uuid4().hex[:12]
        # Not taken back at the end: the task is the request's own, and the server may still tell.
        bind_contextvars(request_id=request_id)
        state = scope.setdefault("state", {})
        state["request_id"] = request_id
        answer = _Answer(send, request_id)
        began = time.perf_counter()
        try:
            await self._app(scope, receive, answer.send)
        except Exception:
            logger.exception("request failed")
            if answer.status is not None:
                raise  # half an answer is out: only the server can end it
            sentence = f"Internal error ({request_id})"
            await refused(500, "INTERNAL", sentence)(scope, receive, answer.send)
        finally:
            seconds = time.perf_counter() - began
            self._told(scope, answer.status or 500, seconds, state.get("error_codes", ()))

    def _told(self, scope: Scope, status: int, seconds: float, codes: Collection[str]) -> None:
        self._metrics.answered(self._path(scope["path"]), status, seconds, codes)
        logger.debug(
            "request answered",
            extra={
                "method": scope["method"],
                "path": scope["path"],
                "status": status,
                "seconds": round(seconds, 6),
                "codes": sorted(set(codes)),
            },
        )

    def _path(self, path: str) -> str:
        """Return a path if it is one of the service's own: there are as many others as one likes."""
        if path in self._paths:
            return path
        return STATIC if path.startswith(f"{STATIC}/") else OTHER


class _Answer:
    """Passes an answer on under its name, and keeps its status."""

    def __init__(self, send: Send, request_id: str) -> None:
        self.status: int | None = None
        self._send = send
        self._header = (REQUEST_ID.lower().encode(), request_id.encode())

    async def send(self, message: Message) -> None:
        """Pass a part of an answer on."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message["headers"] = [*message["headers"], self._header]
        await self._send(message)
