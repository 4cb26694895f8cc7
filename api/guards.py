"""Safe at home: who may reach the service from a browser.

A page of another site can make a browser send requests to loopback. A foreign name that leads to
loopback (DNS rebinding) shows in the Host header, a foreign page in the Origin header.
"""

from collections.abc import Sequence

import orjson
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

LOOPBACK_HOSTS = ("localhost", "127.0.0.1", "[::1]")
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


class Guard:
    """Refuses requests by a foreign name, and changes sent by a page of another site."""

    def __init__(self, app: ASGIApp, allowed_hosts: Sequence[str]) -> None:
        self._app = app
        self._allowed = {host.lower() for host in allowed_hosts}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer 400 or 403."""
        refusal = self._refusal(scope) if scope["type"] == "http" else None
        await (refusal or self._app)(scope, receive, send)

    def _refusal(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        host, origin = headers.get("host", ""), headers.get("origin")
        if host_name(host) not in self._allowed:
            return refused(
                400,
                "UNKNOWN_HOST",
                f"{host[:100]!r} is not a name of this service: reach it by one of "
                f"{', '.join(sorted(self._allowed))}, or add the name to the allowed hosts",
            )
        own = (f"http://{host}", f"https://{host}")
        if scope["method"] not in SAFE_METHODS and origin is not None and origin not in own:
            return refused(
                403, "FOREIGN_ORIGIN", f"a page of {origin[:100]!r} may not send requests here"
            )
        return None


def host_name(host: str) -> str:
    """Return the name in a Host header, in lower case and without its port."""
    if host.startswith("["):
        return host.partition("]")[0].lower() + "]"
    return host.partition(":")[0].lower()


def refused(status: int, code: str, sentence: str) -> Response:
    """Return a response that refuses a request, in the form of a GraphQL error."""
    body = {"errors": [{"message": sentence, "extensions": {"code": code}}]}
    return Response(orjson.dumps(body), status, media_type="application/json")
