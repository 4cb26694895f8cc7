"""The service over HTTP: GraphQL, health, and the pages that a person opens."""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.answering import Answerer
from api.context import Context
from api.guards import LOOPBACK_HOSTS, Guard
from api.health import Ready, live
from api.http import GraphQLOverHTTP
from api.metrics import Metrics
from api.pages.files import STATIC, graphiql_page, template
from api.pages.landing import BrowserAccess, landing_page
from api.scraping import Scrape
from api.watching import Watch

SECURITY_HEADERS = {
    # GraphiQL writes styles of its own into the page, and its fonts are data in its style sheet.
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; connect-src 'self'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; "
    "worker-src 'self' blob:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    # No other site embeds an answer, or holds a window of ours; the guide is fetched by CORS.
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def create_app(
    context: Context,
    *,
    allowed_hosts: Sequence[str] = (),
    browser: BrowserAccess | None = None,
    metrics: Metrics | None = None,
) -> Starlette:
    """Return the service.

    ``allowed_hosts`` are names by which it may be reached besides those of loopback; ``browser``
    tells where Neo4j Browser is, if anywhere; ``metrics`` are those that others count in as well.
    """
    metrics = metrics or Metrics(context.version)
    graphql = GraphQLOverHTTP(Answerer(context), context.limits.body_bytes)
    pages = _Pages(context, browser, graphql)
    routes = [
        Route("/", pages.landing, methods=["GET"]),
        Route("/graphql", pages.graphql, methods=["GET"]),
        Route("/graphql", graphql.post, methods=["POST"]),
        Route("/browser-guide", browser_guide, methods=["GET", "OPTIONS"]),
        Route("/health/live", live, methods=["GET"]),
        Route("/health/ready", Ready(context).answer, methods=["GET"]),
        Route("/metrics", Scrape(context, metrics).answer, methods=["GET"]),
    ]
    return Starlette(
        routes=[*routes, Mount("/static", StaticFiles(directory=STATIC))],
        middleware=[
            Middleware(Headers),
            Middleware(Watch, metrics=metrics.requests, paths=[one.path for one in routes]),
            Middleware(Guard, allowed_hosts=(*LOOPBACK_HOSTS, *allowed_hosts)),
        ],
    )


@dataclass(frozen=True, slots=True)
class _Pages:
    context: Context
    browser: BrowserAccess | None
    over_http: GraphQLOverHTTP

    async def landing(self, request: Request) -> Response:
        """Show what is on record."""
        return HTMLResponse(await landing_page(self.context, self.browser))

    async def graphql(self, request: Request) -> Response:
        """Answer a query in the address; without one, show GraphiQL to a browser."""
        asks = "query" in request.query_params
        if not asks and "text/html" in request.headers.get("accept", ""):
            return HTMLResponse(graphiql_page())
        return await self.over_http.get(request)


async def browser_guide(request: Request) -> Response:
    """Return the guide for Neo4j Browser, which fetches it from a page of its own."""
    headers = {"Access-Control-Allow-Origin": "*"}
    if request.method == "OPTIONS":
        asked = request.headers.get("access-control-request-headers", "")
        headers["Access-Control-Allow-Methods"] = "GET"
        headers["Access-Control-Allow-Headers"] = asked
        return Response(status_code=204, headers=headers)
    return HTMLResponse(template("browser-guide.html").template, headers=headers)


class Headers:
    """Adds the headers that keep a browser from doing more than these pages need."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and add the headers to the response."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *_ENCODED]
            await send(message)

        await self._app(scope, receive, with_headers if scope["type"] == "http" else send)


_ENCODED = [(name.lower().encode(), value.encode()) for name, value in SECURITY_HEADERS.items()]
