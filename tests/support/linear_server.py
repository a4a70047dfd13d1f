"""A local Linear: its GraphQL over real HTTP. What is asked for is parsed, checked against the schema, and carried out.

with linear_server() as linear, reachable(origin_map=linear.origin_map):
    linear.workspace.add_issue("Mend it")             # what is there
    linear.answer("Issue", Answer(503))               # the next such operation is answered so
    linear.limit("Issues", retry_after_s=3)           # or as one too many
    linear.lose("CreateIssue")                        # or carried out, and never answered

Queries that ask for unknown fields, give unknown arguments, or cost more than Linear allows are refused as there.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from math import ceil
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    execute_sync,
    parse,
    validate,
)
from pydantic import SecretStr

from backend.data.credentials import APIKeyCredentials, OAuth2Credentials
from tests.support.http_server import ELSEWHERE, Answer, LocalServer, Seen, local_http_server
from tests.support.linear_schema import SCHEMA
from tests.support.linear_workspace import Json, LinearWorkspace, refusal

ORIGIN = "https://api.linear.app"
API_KEY = "a-personal-key-5b1e07"
TOKEN = "token-of-an-app-93c2d4"
MOST_POINTS = 10_000
_NOT_LOGGED_IN = refusal(
    "Authentication required, not authenticated",
    said="You need to authenticate to access this operation.",
    code="AUTHENTICATION_ERROR",
    kind="authentication error",
    status=401,
)
_NO_WRITE = refusal(
    "Invalid scope: `write` required",
    said="Invalid scope: `write` required.",
    code="FORBIDDEN",
    kind="forbidden",
    status=403,
)
_LIMITED = refusal(
    "Rate limit exceeded",
    said="You have exceeded the rate limit.",
    code="RATELIMITED",
    kind="ratelimited",
    status=400,
)


class LinearServer:
    """What a test sees of the running server."""

    def __init__(self, local: LocalServer) -> None:
        self.local = local
        self.workspace = LinearWorkspace()
        self.headers = {API_KEY: {"read", "write"}, f"Bearer {TOKEN}": {"read", "write"}}
        """The `Authorization` that is taken, and what it may do."""
        self.seen: list[tuple[str, Json, Seen]] = []
        """Operation, variables, and the request."""
        self._next: dict[str, list[Answer]] = defaultdict(list)
        self._lost: set[str] = set()
        self._lock = threading.Lock()

    @property
    def origin_map(self) -> dict[str, str]:
        return {ORIGIN: self.local.base_url}

    def key(self, text: str = API_KEY) -> APIKeyCredentials:
        return APIKeyCredentials(id="c", provider="linear", api_key=SecretStr(text))

    def token(self, text: str = TOKEN) -> OAuth2Credentials:
        """As OAuth would have brought it."""
        return OAuth2Credentials(
            id="c", provider="linear", access_token=SecretStr(text), scopes=["read", "write"]
        )

    def answer(self, operation: str, *answers: Answer) -> None:
        """Answer the next calls of the operation with exactly this."""
        self._next[operation].extend(answers)

    def refuse(self, operation: str, *errors: Json, status: int = 200, data: Json | None = None) -> None:
        self.answer(operation, Answer.of_json({"data": data, "errors": list(errors)}, status=status))

    def limit(self, operation: str, *, retry_after_s: int | None = None, reset_ms: int | None = None) -> None:
        """Source: https://linear.app/developers/rate-limiting (HTTP 400, RATELIMITED, and the headers)."""
        headers = {} if retry_after_s is None else {"Retry-After": str(retry_after_s)}
        if reset_ms is not None:
            headers |= {"X-RateLimit-Requests-Remaining": "0", "X-RateLimit-Requests-Reset": str(reset_ms)}
            headers |= {
                "X-RateLimit-Complexity-Remaining": "9000",
                "X-RateLimit-Complexity-Reset": "99999999999999",
            }
        self.answer(operation, Answer.of_json({"errors": [_LIMITED]}, status=400, headers=headers))

    def lose(self, operation: str) -> None:
        """Do what the next call of the operation asks for, and hang up instead of saying so."""
        self._lost.add(operation)

    def calls(self, operation: str) -> list[Json]:
        """The variables of each call, in order."""
        return [variables for name, variables, _ in self.seen if name == operation]

    def serve(self, request: Seen) -> Answer:
        if (request.method, request.path) != ("POST", "/graphql"):
            return Answer(404)
        body = request.json()
        operation, variables = body.get("operationName", ""), body.get("variables") or {}
        with self._lock:
            self.seen.append((operation, variables, request))
            if self._next[operation]:
                return self._next[operation].pop(0)
            answer = self._carry_out(
                request.headers.get("authorization", ""), body["query"], operation, variables
            )
            if operation in self._lost:
                self._lost.discard(operation)
                return Answer(hang_up=True)
            return answer

    def _carry_out(self, authorization: str, query: str, operation: str, variables: Json) -> Answer:
        scopes = self.headers.get(authorization)
        if scopes is None:
            return Answer.of_json({"errors": [_NOT_LOGGED_IN]}, status=401)
        try:
            document = parse(query)
        except GraphQLError as error:
            return _invalid([error])
        wrong = validate(SCHEMA, document)
        if wrong:
            return _invalid(wrong)
        points = points_of(document, operation, variables)
        if points > MOST_POINTS:
            said = f"Query too complex: {points} points, {MOST_POINTS} at most."
            return Answer.of_json({"errors": [refusal("Query too complex", said=said)]}, status=400)
        if _operation(document, operation).operation.value == "mutation" and "write" not in scopes:
            return Answer.of_json({"data": None, "errors": [_NO_WRITE]})
        result = execute_sync(
            SCHEMA, document, self.workspace.root(), variable_values=variables, operation_name=operation
        )
        if result.errors and not any(error.path for error in result.errors):
            return _invalid(result.errors)
        return Answer.of_json(result.formatted, headers={"X-Complexity": str(points)})


def points_of(document: DocumentNode, operation: str, variables: Json) -> int:
    """0.1 for a property, 1 for an object, and a connection multiplies what is in it by its page.

    Source: https://linear.app/developers/rate-limiting (complexity).
    """
    fragments = {
        one.name.value: one.selection_set
        for one in document.definitions
        if isinstance(one, FragmentDefinitionNode)
    }

    def points(selected: SelectionSetNode) -> float:
        return sum(map(one_of, selected.selections))

    def one_of(node: Any) -> float:
        if isinstance(node, FragmentSpreadNode):
            return points(fragments[node.name.value])
        if not isinstance(node, FieldNode) or node.selection_set is None:
            return 0.1
        inner = points(node.selection_set)
        is_connection = any(
            isinstance(one, FieldNode) and one.name.value in ("nodes", "edges")
            for one in node.selection_set.selections
        )
        return _first(node, variables) * inner if is_connection else 1 + inner

    return ceil(points(_operation(document, operation).selection_set))


def _first(node: FieldNode, variables: Json) -> int:
    for argument in node.arguments or ():
        if argument.name.value == "first":
            value = argument.value
            if isinstance(value, VariableNode):
                return int(variables.get(value.name.value) or 50)
            if isinstance(value, IntValueNode):
                return int(value.value)
    return 50


def _operation(document: DocumentNode, name: str) -> OperationDefinitionNode:
    return next(
        one
        for one in document.definitions
        if isinstance(one, OperationDefinitionNode) and (one.name is None or one.name.value == name)
    )


def _invalid(errors: list[GraphQLError]) -> Answer:
    extensions = {"code": "GRAPHQL_VALIDATION_FAILED", "type": "graphql error", "userError": True}
    said = [{"message": error.message, "extensions": extensions} for error in errors]
    return Answer.of_json({"errors": said}, status=400)


@contextmanager
def linear_server() -> Iterator[LinearServer]:
    with local_http_server({}) as local:
        linear = LinearServer(local)
        local.routes[ELSEWHERE] = linear.serve
        yield linear
