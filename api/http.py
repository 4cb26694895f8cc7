"""GraphQL over HTTP: POST with a JSON body, GET for queries only, no batches.

Follows the GraphQL over HTTP specification: with ``application/graphql-response+json`` a document
that cannot be executed is answered by 400, with ``application/json`` by 200.
"""

from dataclasses import dataclass

import orjson
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from api.answering import Answerer, Asked
from api.guards import refused
from api.problems import BadRequest

GRAPHQL_JSON = "application/graphql-response+json"
MIN_POSITION = "Onrecord-Min-Position"


class TooLarge(Exception):
    """Raised when the body of a request is larger than the limit."""


@dataclass(frozen=True, slots=True)
class GraphQLOverHTTP:
    """The endpoint."""

    answerer: Answerer
    body_limit_bytes: int

    async def post(self, request: Request) -> Response:
        """Answer what the body asks."""
        content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if content_type != "application/json":
            return refused(
                415, "BAD_REQUEST", "the body has to be JSON (Content-Type: application/json)"
            )
        try:
            asked = _asked(_object(await self._body(request)), _min_position(request))
        except ClientDisconnect:
            return refused(400, "BAD_REQUEST", "the body did not arrive whole")
        except TooLarge:
            sentence = f"the body is larger than the {self.body_limit_bytes:,} bytes allowed"
            return refused(413, "LIMIT_EXCEEDED", sentence)
        except BadRequest as error:
            return refused(400, "BAD_REQUEST", str(error))
        return await self._answer(request, asked)

    async def get(self, request: Request) -> Response:
        """Answer the query in the address."""
        parameters: dict[str, object] = dict(request.query_params)
        try:
            if (text := request.query_params.get("variables")) is not None:
                parameters["variables"] = _json("variables", text.encode(errors="replace"))
            asked = _asked(parameters, _min_position(request))
        except BadRequest as error:
            return refused(400, "BAD_REQUEST", str(error))
        if not self.answerer.is_query(asked):
            response = refused(405, "BAD_REQUEST", "only queries can be sent by GET: use POST")
            response.headers["Allow"] = "POST"
            return response
        return await self._answer(request, asked)

    async def _body(self, request: Request) -> bytes:
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > self.body_limit_bytes:
                raise TooLarge
        return bytes(body)

    async def _answer(self, request: Request, asked: Asked) -> Response:
        response = await self.answerer.answer(asked, request.state.request_id)
        request.state.error_codes = response.error_codes()
        strict = GRAPHQL_JSON in request.headers.get("accept", "")
        return Response(
            orjson.dumps(response.body),
            400 if strict and not response.executed else 200,
            media_type=GRAPHQL_JSON if strict else "application/json",
        )


def _object(body: bytes) -> dict[str, object]:
    given = _json("the body", body)
    if isinstance(given, list):
        raise BadRequest("the body is a list: send one request at a time")
    if not isinstance(given, dict):
        raise BadRequest('the body is no JSON object: send {"query": "..."}')
    return given


def _json(what: str, text: bytes) -> object:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise BadRequest(f"{what}: no JSON: {error}") from None


def _asked(given: dict[str, object], min_position: int | None) -> Asked:
    query, name = given.get("query"), given.get("operationName") or None
    variables = given.get("variables")
    if not isinstance(query, str):
        raise BadRequest("query is missing: the text of the document to answer")
    if name is not None and not isinstance(name, str):
        raise BadRequest("operationName is no text")
    if variables is not None and not isinstance(variables, dict):
        raise BadRequest("variables is no JSON object")
    return Asked(query, variables or {}, name, min_position)


def _min_position(request: Request) -> int | None:
    text = request.headers.get(MIN_POSITION)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 15):
        raise BadRequest(f"the header {MIN_POSITION} is {text[:40]!r}: a position is a number")
    return int(text)
