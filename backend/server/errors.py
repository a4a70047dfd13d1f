"""The only place where an error becomes an answer: `application/problem+json` (RFC 9457)."""

from __future__ import annotations

from dataclasses import asdict
from http import HTTPStatus
from typing import Any, cast

import orjson
import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic_core import ErrorDetails
from starlette.exceptions import HTTPException
from starlette.types import Message

from backend.server.body import problems_in
from backend.server.request_log import route_of
from backend.util.clock import new_id
from backend.util.errors import BadInput, BlockyardError, Problem, ProviderError, RangeRefused, TooMany

log = structlog.get_logger(__name__)

MEDIA_TYPE = "application/problem+json"
_SAID: dict[int, tuple[str, str]] = {
    404: ("not_found", "There is nothing at this address. See /api/openapi.json for what there is."),
    405: (
        "method_not_allowed",
        "This address does not take {method}. See /api/openapi.json for what it takes.",
    ),
}


def problem_response(error: BlockyardError) -> Response:
    """The answer to a refusal."""
    headers: dict[str, str] = {}
    retry_after_s = error.retry_after_s if isinstance(error, TooMany | ProviderError) else None
    if retry_after_s is not None:
        headers["retry-after"] = str(max(1, round(retry_after_s)))
    if isinstance(error, RangeRefused):
        headers["content-range"] = f"bytes */{error.size_bytes}"
    if error.status == HTTPStatus.UNAUTHORIZED:
        headers["www-authenticate"] = "Bearer"
    detail = str(error) or "; ".join(map(str, error.problems))
    return _response(error.status, error.code, detail, error.problems, headers)


def bug_response(error: BaseException, where: str) -> Response:
    """The answer to a bug of ours: a reference by which the log can be searched, and nothing of the error."""
    reference = new_id()
    log.error("server.internal_error", reference=reference, where=where, exc_info=error)
    detail = f"Blockyard failed. What you sent may be right; report the reference {reference} if it stays."
    return _response(500, "internal_error", detail, (), {})


def _response(
    status: int, code: str, detail: str, problems: tuple[Problem, ...], headers: dict[str, str]
) -> Response:
    content = {
        "type": f"urn:blockyard:error:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
        "errors": [asdict(problem) for problem in problems],
    }
    raw = orjson.dumps(content)
    return Response(raw, status_code=status, headers=headers, media_type=MEDIA_TYPE)


def messages_of(response: Response) -> tuple[Message, Message]:
    """A response as the two messages that ASGI wants, for answers ahead of FastAPI."""
    start: Message = {
        "type": "http.response.start",
        "status": response.status_code,
        "headers": response.raw_headers,
    }
    return start, {"type": "http.response.body", "body": bytes(response.body)}


def add_handlers(api: FastAPI) -> None:
    """Tell FastAPI how to answer."""
    api.add_exception_handler(BlockyardError, _on_refusal)
    api.add_exception_handler(RequestValidationError, _on_invalid)
    api.add_exception_handler(HTTPException, _on_http)
    api.add_exception_handler(Exception, _on_bug)


async def _on_refusal(request: Request, error: Exception) -> Response:
    refusal = cast("BlockyardError", error)
    request.scope["problem"] = refusal.code
    return problem_response(refusal)


async def _on_invalid(request: Request, error: Exception) -> Response:
    details = cast("list[ErrorDetails]", cast("RequestValidationError", error).errors())
    problems = problems_in(details)
    request.scope["problem"] = BadInput.code
    return problem_response(BadInput("; ".join(map(str, problems)), problems=problems))


async def _on_http(request: Request, error: Exception) -> Response:
    http = cast("HTTPException", error)
    code, detail = _SAID.get(http.status_code, ("http_error", str(http.detail)))
    request.scope["problem"] = code
    headers: dict[str, Any] = dict(http.headers or {})
    if http.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        detail = detail.format(method=request.method)
    return _response(http.status_code, code, detail, (), headers)


async def _on_bug(request: Request, error: Exception) -> Response:
    request.scope["problem"] = "internal_error"
    return bug_response(error, f"{request.method} {route_of(request.scope)}")
