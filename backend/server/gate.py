"""Stands before every route: headers, origin, who is calling, the size of the body, and all errors.

Nobody passes without credentials unless the path is on the allow-list of access.py, so a route that
forgets to ask is not open. Deliveries of webhooks (ingress.py) and `POST /api/graphs/{graph_id}/runs` are answered
right here: FastAPI's own way takes longer than a run of ten nodes. The latter route exists in FastAPI too, and
tests hold both to the same answers.
"""

from __future__ import annotations

import asyncio
import hmac
import time
from contextlib import suppress

from fastapi import FastAPI, Response
from starlette.requests import ClientDisconnect
from starlette.types import Message, Receive, Scope, Send

from backend.server.access import Caller, check_access, is_public
from backend.server.access import Scope as Permission
from backend.server.body import limited, read_body
from backend.server.deps import key_in
from backend.server.errors import bug_response, messages_of, problem_response
from backend.server.headers import check_origin, with_headers
from backend.server.ingress import place_in, receive_delivery
from backend.server.linger import noted, send_and_linger
from backend.server.live import Socket
from backend.server.oauth_page import is_callback, stranger_page
from backend.server.request_log import answered, begin, route_of
from backend.server.site import Site
from backend.server.start_run import request_in, start_run
from backend.util.errors import BadInput, BlockyardError, NotFound, Problem, Unauthorized

_RUNS = ("/api/graphs/", "/runs")
LIVE = "/api/ws"
_METRICS = "/metrics"
_GONE_S = 1.0
_CLOSE = (b"connection", b"close")
"""While the process ends: the caller's next request goes to another one. Also where the rest of a body is refused."""
_RUNS_ROUTE = "/api/graphs/{graph_id}/runs"
_TAKES_ANY_BODY = frozenset({("POST", "/api/files")})
"""Bodies of every kind, which the route itself reads and limits (uploads.py). All others take JSON only."""
Headers = dict[bytes, bytes]


class Gate:
    """The ASGI application."""

    def __init__(self, site: Site, api: FastAPI, *, is_direct: bool = True) -> None:
        self.site = site
        self.api = api
        self._is_direct = is_direct

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self._connect(scope, receive, send)
            return
        if scope["type"] != "http":
            await self.api(scope, receive, send)
            return
        began = time.perf_counter()
        request_id = begin(scope).encode()
        draining, tracing = self.site.app.draining, self.site.app.tracing

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                scope["status"] = message["status"]
                headers = [*with_headers(message["headers"]), (b"x-request-id", request_id)]
                is_last = draining.is_set() or _cuts_off(scope, message["status"])
                message["headers"] = [*headers, _CLOSE] if is_last else headers
            elif _cuts_off(scope, scope["status"]) and not message.get("more_body", False):
                await send_and_linger(message, scope, receive, send)
                return
            await send(message)

        try:
            if tracing is None:
                await self._answer(scope, receive, send_guarded)
            else:
                with tracing.request(scope):
                    await self._answer(scope, receive, send_guarded)
                    scope["route_name"] = route_of(scope)
        finally:
            answered(self.site, scope, began)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._handle(scope, receive, send)
        except ClientDisconnect:
            return
        except BlockyardError as error:
            if not scope["status"]:
                scope["problem"] = error.code
                is_lost = isinstance(error, Unauthorized) and is_callback(scope)
                await _send(stranger_page() if is_lost else problem_response(error), send)
        except Exception as error:  # a bug of ours; FastAPI has answered and logged its own
            if not scope["status"]:
                scope["problem"] = "internal_error"
                await _send(bug_response(error, f"{scope['method']} {route_of(scope)}"), send)

    async def _connect(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The one WebSocket: refused before it opens, or served until it closes."""
        try:
            headers: Headers = dict(scope["headers"])
            check_origin("POST", headers)
            caller = await self.site.callers.find(headers)
            if scope["path"] != LIVE:
                raise NotFound(f"There is no WebSocket at {scope['path']!r}. See /api/openapi.json.")
            check_access(caller, "WEBSOCKET", LIVE)
            async with self.site.sockets.place(caller.user_id):
                await Socket(self.site, caller, headers, send).serve(receive)
        except BlockyardError as error:
            start, body = messages_of(problem_response(error))
            start["headers"] = with_headers(start["headers"])
            await send({**start, "type": "websocket.http.response.start"})
            await send({**body, "type": "websocket.http.response.body"})
            await _until_gone(receive)

    async def _handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers: Headers = dict(scope["headers"])
        method, path = scope["method"], scope["path"]
        place = place_in(scope)
        if place is not None:
            receive = noted(receive, scope)
            await _send(await receive_delivery(self.site, place, scope, receive), send)
            return
        check_origin(method, headers)
        scope["site"] = self.site
        if not is_public(method, path):
            scope["caller"] = self._scraper(path, headers) or await self.site.callers.find(headers)
        _check_request(scope, headers)
        receive = noted(receive, scope)
        if (method, path) not in _TAKES_ANY_BODY:
            receive = limited(receive, headers, self.site.app.settings.max_body_bytes)
        graph_id = _graph_to_run(method, path) if self._is_direct else None
        if graph_id is None:
            await self.api(_as_get(scope), receive, send)
        else:
            await _send(await self._run(scope, headers, graph_id, receive), send)

    def _scraper(self, path: str, headers: Headers) -> Caller | None:
        """Whoever has the token of the settings, on the one path that it opens."""
        if path != _METRICS:
            return None
        token = self.site.app.settings.metrics_token.get_secret_value()
        if not token:
            return None
        given = headers.get(b"authorization", b"")
        if not hmac.compare_digest(given, f"Bearer {token}".encode()):
            return None
        return Caller("", "metrics", frozenset({Permission.ADMIN}), False, "")

    async def _run(self, scope: Scope, headers: Headers, graph_id: str, receive: Receive) -> Response:
        caller = scope["caller"]
        scope["route_path"] = _RUNS_ROUTE
        check_access(caller, "POST", _RUNS_ROUTE)
        request = await request_in(await read_body(receive))
        return await start_run(self.site.app.worker, caller, graph_id, key_in(headers), request)


def _as_get(scope: Scope) -> Scope:
    """HEAD is answered as GET, of which uvicorn leaves out the body; but for streams, which would not end."""
    if scope["method"] != "HEAD" or scope["path"].endswith("/stream"):
        return scope
    return {**scope, "method": "GET"}


async def _until_gone(receive: Receive) -> None:
    """Stay until uvicorn has closed a connection that was refused: else it takes the handshake for forgotten."""
    goodbyes = 0
    with suppress(TimeoutError):
        async with asyncio.timeout(_GONE_S):
            while goodbyes < 2:  # ours, and the connection's
                goodbyes += (await receive())["type"] == "websocket.disconnect"


def _graph_to_run(method: str, path: str) -> str | None:
    """The id in the path of the route that is answered here."""
    start, end = _RUNS
    if method != "POST" or not path.startswith(start) or not path.endswith(end):
        return None
    graph_id = path[len(start) : -len(end)]
    return graph_id if graph_id and "/" not in graph_id else None


def _cuts_off(scope: Scope, status: int) -> bool:
    """Whether what is still to come of the body is refused with this answer, however long it may be."""
    return status == 413 or (status >= 400 and (scope["method"], scope["path"]) in _TAKES_ANY_BODY)


def _check_request(scope: Scope, headers: Headers) -> None:
    """Refuse what no route can use.

    Raises:
        BadInput: says what.
    """
    if "\x00" in scope["path"] or b"%00" in scope["query_string"]:
        problem = Problem("The address holds the character U+0000.", "Remove it.", path="address")
        raise BadInput(str(problem), problems=(problem,))
    content_type = headers.get(b"content-type")
    if (scope["method"], scope["path"]) in _TAKES_ANY_BODY:
        return
    if content_type is not None and scope["method"] not in ("GET", "HEAD") and not _is_json(content_type):
        problem = Problem(
            f"The body is said to be {content_type.decode('latin-1')[:100]!r}.",
            "Send JSON, with the header `Content-Type: application/json`.",
            path="Content-Type",
        )
        raise BadInput(str(problem), problems=(problem,))


def _is_json(content_type: bytes) -> bool:
    kind = content_type.partition(b";")[0].strip().lower()
    return kind == b"application/json" or (kind.startswith(b"application/") and kind.endswith(b"+json"))


async def _send(response: Response, send: Send) -> None:
    for message in messages_of(response):
        await send(message)
