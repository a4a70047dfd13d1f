"""Stands before every route: headers, origin, who is calling, the size of the body, and all errors.

Nobody passes without credentials unless the path is on the allow-list of access.py, so a route that
forgets to ask is not open. `POST /api/graphs/{graph_id}/runs` is answered right here: FastAPI's own
way takes longer than a run of ten nodes. The same route exists in FastAPI, and tests hold both to the
same answers.
"""

from __future__ import annotations

from fastapi import FastAPI, Response
from starlette.requests import ClientDisconnect
from starlette.types import Message, Receive, Scope, Send

from backend.server.access import check_access, is_public
from backend.server.body import limited, read_body
from backend.server.deps import key_in
from backend.server.errors import bug_response, messages_of, problem_response
from backend.server.headers import check_origin, with_headers
from backend.server.site import Site
from backend.server.start_run import request_in, start_run
from backend.util.errors import BadInput, BlockyardError, Problem

_RUNS = ("/api/graphs/", "/runs")
_RUNS_ROUTE = "/api/graphs/{graph_id}/runs"
Headers = dict[bytes, bytes]


class Gate:
    """The ASGI application."""

    def __init__(self, site: Site, api: FastAPI, *, is_direct: bool = True) -> None:
        self.site = site
        self.api = api
        self._is_direct = is_direct

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] != "http":
            await self.api(scope, receive, send)
            return
        has_begun = False

        async def send_guarded(message: Message) -> None:
            nonlocal has_begun
            if message["type"] == "http.response.start":
                has_begun = True
                message["headers"] = with_headers(message["headers"])
            await send(message)

        try:
            await self._handle(scope, receive, send_guarded)
        except ClientDisconnect:
            return
        except BlockyardError as error:
            if not has_begun:
                await _send(problem_response(error), send_guarded)
        except Exception as error:  # a bug of ours; FastAPI has answered and logged its own
            if not has_begun:
                await _send(bug_response(error, f"{scope['method']} {scope['path']}"), send_guarded)

    async def _handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers: Headers = dict(scope["headers"])
        method, path = scope["method"], scope["path"]
        check_origin(method, headers)
        scope["site"] = self.site
        if not is_public(method, path):
            scope["caller"] = await self.site.callers.find(headers)
        _check_request(scope, headers)
        receive = limited(receive, headers, self.site.app.settings.max_body_bytes)
        graph_id = _graph_to_run(method, path) if self._is_direct else None
        if graph_id is None:
            await self.api(scope, receive, send)
        else:
            await _send(await self._run(scope, headers, graph_id, receive), send)

    async def _run(self, scope: Scope, headers: Headers, graph_id: str, receive: Receive) -> Response:
        caller = scope["caller"]
        check_access(caller, "POST", _RUNS_ROUTE)
        request = await request_in(await read_body(receive))
        return await start_run(self.site.app.worker, caller, graph_id, key_in(headers), request)


def _graph_to_run(method: str, path: str) -> str | None:
    """The id in the path of the route that is answered here."""
    start, end = _RUNS
    if method != "POST" or not path.startswith(start) or not path.endswith(end):
        return None
    graph_id = path[len(start) : -len(end)]
    return graph_id if graph_id and "/" not in graph_id else None


def _check_request(scope: Scope, headers: Headers) -> None:
    """Refuse what no route can use.

    Raises:
        BadInput: says what.
    """
    if "\x00" in scope["path"] or b"%00" in scope["query_string"]:
        problem = Problem("The address holds the character U+0000.", "Remove it.", path="address")
        raise BadInput(str(problem), problems=(problem,))
    content_type = headers.get(b"content-type")
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
