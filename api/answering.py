"""From a GraphQL request to its response.

What pages can answer is read before anything is executed: all pages of a request at once, then
at most one read of the log. What comes back already has the shape that was asked for. If that is
the whole answer it goes out as it is; otherwise graphql-core executes the rest around it.
"""

import asyncio
import inspect
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from graphql import (
    ExecutionResult,
    GraphQLError,
    OperationDefinitionNode,
    OperationType,
    execute,
    get_argument_values,
)
from graphql.execution.values import VariableValues, get_variable_values

from api.context import Context, Request
from api.documents import Document, Documents, Unanswerable
from api.limits import Cost
from api.moments import AS_OF, moment_of
from api.problems import BadRequest, code_of
from api.questions import FIELDS, Question, question_of
from api.reading import answers, wait_for_graph
from api.schema import SCHEMA
from api.selecting import TYPENAME, Scope
from eventlog.errors import LogError

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a GraphQL request says."""

    query: str
    variables: Mapping[str, object]
    operation_name: str | None = None
    min_position: int | None = None


@dataclass(frozen=True, slots=True)
class Response:
    """A response; ``executed`` tells whether the document could be executed at all."""

    body: dict[str, object]
    executed: bool

    def error_codes(self) -> list[str]:
        """Return the code of each error in it."""
        errors = cast("list[dict[str, dict[str, str]]]", self.body.get("errors", []))
        return [one["extensions"]["code"] for one in errors]


class Answerer:
    """Answers GraphQL requests."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._documents = Documents(SCHEMA, context.limits)

    def is_query(self, asked: Asked) -> bool:
        """Tell whether a request only reads; also true of one that cannot be answered."""
        try:
            operation = self._documents.read(asked.query).operation(asked.operation_name)
        except Unanswerable:
            return True
        return operation.operation is OperationType.QUERY

    async def answer(self, asked: Asked, request_id: str) -> Response:
        """Return the response to a request; whatever goes wrong becomes an error in it."""
        request = Request(self._context, request_id)
        try:
            result = await self._result(asked, request)
        except Unanswerable as error:
            shown = [self._shown(one, request, error.code) for one in error.errors]
            return Response({"errors": shown}, executed=False)
        except Exception as error:  # noqa: BLE001  # nothing of it may reach whoever asked
            shown = [self._shown(GraphQLError("", original_error=error), request)]
            return Response({"errors": shown}, executed=False)
        body: dict[str, object] = {"data": result.data}
        if result.errors:
            body["errors"] = [self._shown(one, request) for one in result.errors]
        body["extensions"] = {"onrecord": await self._positions(request)}
        return Response(body, executed=True)

    async def _result(self, asked: Asked, request: Request) -> ExecutionResult:
        document = self._documents.read(asked.query)
        operation = document.operation(asked.operation_name)
        given = get_variable_values(
            SCHEMA, operation.variable_definitions or (), dict(asked.variables), max_errors=10
        )
        if isinstance(given, list):
            raise Unanswerable(given, "BAD_INPUT")
        if asked.min_position is not None:
            await wait_for_graph(self._context, asked.min_position)
        root: dict[str, object] = {}
        whole = False
        if operation.operation is OperationType.QUERY:
            whole = await self._ask(document, operation, given, request, root)
        if whole:
            return ExecutionResult(root)
        result = execute(
            SCHEMA,
            document.node,
            root,
            request,
            dict(asked.variables),
            asked.operation_name,
        )
        return await result if inspect.isawaitable(result) else result

    async def _ask(
        self,
        document: Document,
        operation: OperationDefinitionNode,
        variables: VariableValues,
        request: Request,
        root: dict[str, object],
    ) -> bool:
        """Put the answers to all questions into ``root``; tell whether nothing else is asked."""
        scope = Scope(SCHEMA, document.fragments, variables, Cost(self._context.limits))
        query = SCHEMA.query_type
        assert query is not None
        questions: dict[str, Question] = {}
        whole = True
        try:
            selected = scope.collect("Query", [operation.selection_set])
        except GraphQLError:  # a directive that only its variable spoils: execution tells
            return False
        for key, nodes in selected.items():
            name = nodes[0].name.value
            if name == TYPENAME:
                root[key] = "Query"
            elif name in FIELDS:
                root[key] = None
                try:
                    arguments = get_argument_values(query.fields[name], nodes[0], variables)
                    as_of = await moment_of(request, arguments)
                    questions[key] = question_of(name, arguments, nodes, scope, as_of)
                except (BadRequest, GraphQLError, LogError) as error:
                    root[key] = error
            else:
                whole = False
        found = await answers(request, list(questions.values()))
        root.update(zip(questions, found, strict=True))
        return whole and not any(isinstance(one, Exception) for one in root.values())

    async def _positions(self, request: Request) -> dict[str, int | None]:
        """Return the positions of graph and log; as far as one knows, when one of them is away."""
        seen = request.graph_positions
        try:
            head: int | None = (await asyncio.to_thread(self._context.log.head)).position
        except LogError:
            head = None
        graph = min(seen) if seen else None
        return {"graphPosition": graph, "logPosition": head, AS_OF: request.as_of}

    def _shown(
        self, error: GraphQLError, request: Request, code: str | None = None
    ) -> dict[str, object]:
        """Return an error as it may be shown: one sentence and a code."""
        original = error.original_error
        while isinstance(original, GraphQLError):
            original = original.original_error
        if original is None:
            message, code = error.message, code or "BAD_INPUT"
        elif (known := code_of(original)) is not None:
            message, code = str(original), known
        else:
            logger.error("request %s failed", request.id, exc_info=original)
            message, code = f"Internal error ({request.id})", "INTERNAL"
        shown: dict[str, object] = {"message": message, "extensions": {"code": code}}
        if error.locations:
            shown["locations"] = [one.formatted for one in error.locations]
        if error.path:
            shown["path"] = error.path
        return shown
