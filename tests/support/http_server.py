"""A real HTTP server on 127.0.0.1 that answers from a script and remembers what it was asked.

with local_http_server({"/items": [Answer(503), Answer.of_json({"id": 1})]}) as server:
    ...                      # server.base_url, server.seen
with reachable(server): ...  # the operator's allow-list, for the duration of a test
"""

from __future__ import annotations

import json
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from backend.util.settings import settings, use


@dataclass(frozen=True, slots=True)
class Seen:
    """One request as it arrived. Header names are lower case."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes
    target: str = ""

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class Answer:
    """One scripted answer.

    `chunks` replaces `body` and is sent as it comes, without a length; `delay_s` waits before the status
    line; `hang_up` closes the connection without an answer.
    """

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    chunks: Callable[[], Iterable[bytes]] | None = None
    delay_s: float = 0.0
    hang_up: bool = False

    @classmethod
    def of_json(cls, value: object, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
        kind = {"Content-Type": "application/json", **(headers or {})}
        return cls(status=status, body=json.dumps(value).encode(), headers=kind)

    @classmethod
    def redirect(cls, location: str, *, status: int = 302) -> Answer:
        return cls(status=status, headers={"Location": location})


Route = Answer | list[Answer] | Callable[[Seen], Answer]
"""An answer for ever, answers in turn (the last one stays), or a function of the request."""
ELSEWHERE = "*"
"""The route of all paths that have none: for a server whose paths have ids in them."""


class LocalServer:
    """What a test sees of the running server."""

    def __init__(self, routes: Mapping[str, Route]) -> None:
        self.routes: dict[str, Route] = dict(routes)
        self.seen: list[Seen] = []
        self.connections = 0
        self.port = 0
        self.scheme = "http"
        self._lock = threading.Lock()

    @property
    def address(self) -> str:
        """The host:port pair, as in the operator's allow-list."""
        return f"127.0.0.1:{self.port}"

    @property
    def base_url(self) -> str:
        return f"{self.scheme}://{self.address}"

    def answer(self, request: Seen) -> Answer:
        with self._lock:
            self.seen.append(request)
            route = (
                self.routes.get(request.path) or self.routes.get(ELSEWHERE) or Answer(404, b"no such route")
            )
            if isinstance(route, list):
                return route.pop(0) if len(route) > 1 else route[0]
        return route(request) if callable(route) else route


@contextmanager
def local_http_server(
    routes: Mapping[str, Route], *, tls: ssl.SSLContext | None = None
) -> Iterator[LocalServer]:
    """Serve `routes` (path -> answer) on a free port until the block is left."""
    local = LocalServer(routes)
    server = _Server(("127.0.0.1", 0), _handler_for(local))
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
        local.scheme = "https"
    local.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield local
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def reachable(
    *servers: LocalServer | str, environment: str = "test", origin_map: Mapping[str, str] | None = None
) -> Iterator[None]:
    """Settings whose allow-list is exactly these servers (or host:port texts)."""
    before = settings.model_copy()
    allowed = [server if isinstance(server, str) else server.address for server in servers]
    changed: dict[str, object] = {
        "allowed_addresses": allowed,
        "http_origin_map": dict(origin_map or {}),
        "environment": environment,
    }
    use(before.model_copy(update=changed))
    try:
        yield
    finally:
        use(before)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 256


def _handler_for(local: LocalServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1
        disable_nagle_algorithm = True

        def setup(self) -> None:
            super().setup()
            local.connections += 1

        def log_message(self, format: str, *args: object) -> None:
            return

        def _serve(self) -> None:
            answer = local.answer(self._request())
            time.sleep(answer.delay_s)
            self.close_connection = answer.hang_up or answer.chunks is not None
            if not answer.hang_up:
                _send(self, answer)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = _serve

        def _request(self) -> Seen:
            length = int(self.headers.get("Content-Length") or 0)
            parts = urlsplit(self.path)
            return Seen(
                method=self.command,
                path=parts.path,
                query=parse_qs(parts.query, keep_blank_values=True),
                headers={name.lower(): value for name, value in self.headers.items()},
                body=self.rfile.read(length),
                target=self.path,
            )

    return Handler


def _send(handler: BaseHTTPRequestHandler, answer: Answer) -> None:
    handler.send_response(answer.status)
    for name, value in answer.headers.items():
        handler.send_header(name, value)
    if answer.chunks is None:
        handler.send_header("Content-Length", str(len(answer.body)))
    handler.end_headers()
    try:
        for chunk in (answer.body,) if answer.chunks is None else answer.chunks():
            if handler.command != "HEAD":
                handler.wfile.write(chunk)
                handler.wfile.flush()
    except OSError:
        handler.close_connection = True
