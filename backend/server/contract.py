"""The contract: OpenAPI of all routes, with what each asks of its caller, one kind of refusal, and examples."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from copy import deepcopy
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from backend.server.access import ACCESS, PUBLIC, SESSION, Scope
from backend.server.auth import COOKIE
from backend.server.errors import MEDIA_TYPE
from backend.server.examples import Examples
from backend.server.wire.common import ProblemDetails

REFUSALS: dict[int | str, dict[str, Any]] = {"4XX": {"description": "Refused", "content": {MEDIA_TYPE: {}}}}
"""What routers are included with; `make_document` puts one shared answer in its place."""
_PROBLEM = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}}
_RESPONSES: dict[str, Any] = {
    "Refused": {"description": "Refused: what is wrong, and the cure", "content": _PROBLEM},
    "Away": {"description": "The database is away, or this process ends; try again", "content": _PROBLEM},
}
EVENT_STREAM = "text/event-stream"
_METHODS = frozenset({"get", "put", "post", "patch", "delete"})
_DESCRIPTION = """Everything that a person can do in Blockyard, for programs. Lists are pages: pass `next_cursor` as `cursor`
until it is null. Every refusal is a problem document (RFC 9457) with a stable `code` and the path of each
wrong field. What belongs to somebody else answers 404, like what does not exist. Times are UTC, amounts
micro-dollars. A POST that is repeated with the same `Idempotency-Key` makes nothing new."""
_SCHEMES: dict[str, Any] = {
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": COOKIE,
        "description": "The cookie that `POST /api/auth/login` sets",
    },
    "key": {
        "type": "http",
        "scheme": "bearer",
        "description": "An API key, `by_…`; it opens what its scopes name",
    },
}


def operation_id(route: APIRoute) -> str:
    """The name of the function: short, stable, and one for each operation (a test looks)."""
    name: str = route.name
    return name


def make_document(api: FastAPI, models: Iterable[type[BaseModel]]) -> dict[str, Any]:
    """The OpenAPI document. `models` are those of bodies that routes parse themselves."""
    document = get_openapi(title=api.title, version=api.version, description=_DESCRIPTION, routes=api.routes)
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for name, schema in _schemas_of([ProblemDetails, *models]).items():
        schemas.setdefault(name, schema)
    schemas["ServerSentEvent"] = _EVENT
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    components["securitySchemes"], components["responses"] = _SCHEMES, deepcopy(_RESPONSES)
    for method, path, operation in operations(document):
        operation["summary"] = _summary(operation)
        operation["security"] = _security(method, path)
        _set_refusals(operation)
        _describe_stream(operation)
    Examples(document).fill()
    return document


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Each operation with its method in capitals and its path."""
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if method in _METHODS:
                yield method.upper(), path, operation


def _schemas_of(models: list[type[BaseModel]]) -> dict[str, Any]:
    _, definitions = models_json_schema(
        [(model, "validation") for model in models], ref_template="#/components/schemas/{model}"
    )
    found: dict[str, Any] = definitions["$defs"]
    return found


def _summary(operation: dict[str, Any]) -> str:
    """The first sentence of the docstring says more than the function's name."""
    text = operation.get("description", "").split("\n", 1)[0]
    return text.split(". ", 1)[0].removesuffix(".") or str(operation["summary"])


def _security(method: str, path: str) -> list[dict[str, list[str]]]:
    """Any one of the list opens the route; the names beside a key are the scopes that it needs."""
    need = ACCESS.get((method, path))
    if need is PUBLIC:
        return []
    session: dict[str, list[str]] = {"session": []}
    if need is SESSION:
        return [session]
    return [session, {"key": [need.value] if isinstance(need, Scope) else []}]


def _set_refusals(operation: dict[str, Any]) -> None:
    """What FastAPI says of invalid requests is not what we answer."""
    responses = operation["responses"]
    responses.pop("422", None)
    responses["4XX"] = {"$ref": "#/components/responses/Refused"}
    responses.setdefault("503", {"$ref": "#/components/responses/Away"})


def _describe_stream(operation: dict[str, Any]) -> None:
    """Server-sent events: OpenAPI 3.1 has no words for their items, so the schema is that of one event."""
    content = operation["responses"].get("200", {}).get("content", {})
    if EVENT_STREAM in content:
        content[EVENT_STREAM] = {"schema": {"$ref": "#/components/schemas/ServerSentEvent"}}


_EVENT: dict[str, Any] = {
    "type": "object",
    "title": "ServerSentEvent",
    "description": "One event of a stream; what is named `end` is the last, comments say that it lives.",
    "properties": {
        "id": {"type": "string", "description": "To go on behind it: send it as `Last-Event-ID`"},
        "event": {"type": "string", "description": "`message` or `end`"},
        "data": {
            "type": "string",
            "contentMediaType": "application/json",
            "contentSchema": {
                "anyOf": [{"$ref": "#/components/schemas/RunEvent"}, {"type": "object", "maxProperties": 0}]
            },
        },
    },
    "required": ["data"],
}
