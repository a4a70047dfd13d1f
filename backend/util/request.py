"""The one HTTP client: `Requests` for blocks that run in threads, `AsyncRequests` for the rest.

    url_target     one strict reading of a URL       http_redirect  credentials, redirects
    address_guard  public addresses, allow-list      http_retry     what is sent again, and when
    http_exchange  the whole decision, no I/O        http_answer    refusals -> typed errors
    http_connect   resolve once, check, connect      http_transport one attempt over a pooled connection

Nothing of a request or an answer is logged, proxies of the environment are not used, and cookies are not kept.
"""

from __future__ import annotations

import asyncio
import base64
import threading
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Generic, TypedDict, TypeVar, Unpack
from weakref import WeakKeyDictionary

from backend.util.address_guard import AddressGuard
from backend.util.errors import InvalidInput
from backend.util.http_body import ACCEPT_ENCODING
from backend.util.http_encode import Files, Form, Params, encoded, with_params
from backend.util.http_exchange import Steps, Terms, exchange
from backend.util.http_messages import Headers, Hop, Response
from backend.util.http_redirect import clean_headers, split_credentials
from backend.util.http_retry import MAX_RETRIES
from backend.util.http_wait import cancel_check, pause
from backend.util.settings import settings
from backend.util.url_target import Target, parse_target

if TYPE_CHECKING:
    from backend.util.http_transport import AsyncTransport, Transport

__all__ = ["AsyncRequests", "CallOptions", "Headers", "Requests", "Response", "aclose_shared", "cancel_check"]

T = TypeVar("T")

TIMEOUT_S = 30.0
MAX_BYTES = 10 * 1_048_576
MAX_REDIRECTS = 10
_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})
_UNLESS_SAID = {"accept": "*/*", "user-agent": "Blockyard"}


class CallOptions(TypedDict, total=False):
    """What one call may say. `data` is a form (or the body itself), `auth` is HTTP Basic (user, password).

    `is_read`: it changes nothing, though its method may (a search by POST, a query of GraphQL), and may be repeated.
    """

    params: Params | None
    headers: Mapping[str, str] | None
    json: Any
    data: Form | bytes | str | None
    content: bytes | str | None
    files: Files | None
    auth: tuple[str, str] | None
    allow_redirects: bool
    max_redirects: int
    timeout_s: float
    is_read: bool


class _Client(Generic[T]):
    """What both faces know: how a call becomes an exchange."""

    def __init__(
        self,
        extra_headers: Mapping[str, str] | None = None,
        trusted_origins: Sequence[str] | None = None,
        *,
        raise_for_status: bool = True,
        timeout_s: float = TIMEOUT_S,
        max_bytes: int = MAX_BYTES,
        max_retries: int = MAX_RETRIES,
        transport: T | None = None,
    ) -> None:
        """A client for one service.

        `extra_headers` go with every call. Those that may be credentials go only to `trusted_origins`
        (like "https://api.example.com") when some are named, else to the origin of each call's URL.
        `timeout_s` covers one call with its retries, redirects and body; `max_bytes` is counted after
        decompression. `transport` replaces the shared connections (for tests).
        """
        self._transport = transport
        self._extra = clean_headers(extra_headers or {})
        self._trusted = frozenset(parse_target(origin).origin for origin in trusted_origins or ())
        self._raise_for_status = raise_for_status
        self._timeout_s = timeout_s
        self._max_bytes = max_bytes
        self._max_retries = max_retries

    def _begin(self, guard: AddressGuard, method: str, url: str, options: CallOptions) -> Steps:
        target = with_params(guard.target(url), options.get("params"))
        hop, note = self._first_hop(_method(method), target, options)
        terms = Terms(
            guard=guard,
            timeout_s=options.get("timeout_s", self._timeout_s),
            max_bytes=self._max_bytes,
            max_retries=self._max_retries,
            max_redirects=options.get("max_redirects", MAX_REDIRECTS)
            if options.get("allow_redirects", True)
            else 0,
            raise_for_status=self._raise_for_status,
            trusted=self._trusted,
            origin_map=_origin_map(),
            note=note,
            is_read=options.get("is_read", False),
        )
        return exchange(hop, terms)

    def _first_hop(self, method: str, target: Target, options: CallOptions) -> tuple[Hop, str]:
        """The request as asked for, and a note for its errors when credentials were held back."""
        body, described = encoded(
            json_value=options.get("json"),
            data=options.get("data"),
            content=options.get("content"),
            files=options.get("files"),
        )
        plain, kept = split_credentials(self._extra)
        trusted = not self._trusted or target.origin in self._trusted
        own_plain, own_secret = split_credentials(_call_headers(options))
        headers = {**_UNLESS_SAID, **described, **plain, **own_plain, "accept-encoding": ACCEPT_ENCODING}
        if options.get("files") is not None:
            headers |= described  # the boundary of the parts is in it
        hop = Hop(method, target, headers, {**(kept if trusted else {}), **own_secret}, body)
        held_back = kept and not trusted
        return hop, f"No credentials were sent: {target.origin} is not a trusted origin." if held_back else ""


class Requests(_Client["Transport"]):
    """The client for threads. Methods raise as `http_exchange.exchange` says, and what `cancel_check` raises."""

    def request(self, method: str, url: str, **options: Unpack[CallOptions]) -> Response:
        guard = _guard()
        steps = self._begin(guard, method, url, options)
        transport = self._transport or _shared_transport(guard)
        try:
            send = next(steps)
            while True:
                pause(send.pause_s)
                send = steps.send(transport.send(send))
        except StopIteration as done:
            return _response(done)

    def get(self, url: str, **options: Unpack[CallOptions]) -> Response:
        return self.request("GET", url, **options)

    def post(self, url: str, **options: Unpack[CallOptions]) -> Response:
        return self.request("POST", url, **options)

    def put(self, url: str, **options: Unpack[CallOptions]) -> Response:
        return self.request("PUT", url, **options)

    def patch(self, url: str, **options: Unpack[CallOptions]) -> Response:
        return self.request("PATCH", url, **options)

    def delete(self, url: str, **options: Unpack[CallOptions]) -> Response:
        return self.request("DELETE", url, **options)

    def head(self, url: str, **options: Unpack[CallOptions]) -> Response:
        return self.request("HEAD", url, **options)

    def options(self, url: str, **options: Unpack[CallOptions]) -> Response:
        return self.request("OPTIONS", url, **options)


class AsyncRequests(_Client["AsyncTransport"]):
    """The client for an event loop. Methods raise as `http_exchange.exchange` says."""

    async def request(self, method: str, url: str, **options: Unpack[CallOptions]) -> Response:
        guard = _guard()
        steps = self._begin(guard, method, url, options)
        transport = self._transport or _shared_async_transport(guard)
        try:
            send = next(steps)
            while True:
                await asyncio.sleep(send.pause_s)
                send = steps.send(await transport.send(send))
        except StopIteration as done:
            return _response(done)

    async def get(self, url: str, **options: Unpack[CallOptions]) -> Response:
        return await self.request("GET", url, **options)

    async def post(self, url: str, **options: Unpack[CallOptions]) -> Response:
        return await self.request("POST", url, **options)

    async def put(self, url: str, **options: Unpack[CallOptions]) -> Response:
        return await self.request("PUT", url, **options)

    async def patch(self, url: str, **options: Unpack[CallOptions]) -> Response:
        return await self.request("PATCH", url, **options)

    async def delete(self, url: str, **options: Unpack[CallOptions]) -> Response:
        return await self.request("DELETE", url, **options)

    async def head(self, url: str, **options: Unpack[CallOptions]) -> Response:
        return await self.request("HEAD", url, **options)

    async def options(self, url: str, **options: Unpack[CallOptions]) -> Response:
        return await self.request("OPTIONS", url, **options)


async def aclose_shared() -> None:
    """Close the connections of this event loop and those that threads share. The next call opens new ones."""
    with _lock:
        mine = _async_transports.pop(asyncio.get_running_loop(), {})
        threads = list(_transports.values())
        _transports.clear()
    for transport in threads:
        transport.close()
    for async_transport in mine.values():
        await async_transport.aclose()


# A pool belongs to the guard that let its connections through: with other settings there is another pool.
_lock = threading.Lock()
_transports: dict[AddressGuard, Transport] = {}
_async_transports: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[AddressGuard, AsyncTransport]]
_async_transports = WeakKeyDictionary()


def _shared_transport(guard: AddressGuard) -> Transport:
    from backend.util.http_transport import Transport

    with _lock:
        if guard not in _transports:
            _transports[guard] = Transport(guard)
        return _transports[guard]


def _shared_async_transport(guard: AddressGuard) -> AsyncTransport:
    from backend.util.http_transport import AsyncTransport

    with _lock:
        mine = _async_transports.setdefault(asyncio.get_running_loop(), {})
        if guard not in mine:
            mine[guard] = AsyncTransport(guard)
        return mine[guard]


def _guard() -> AddressGuard:
    mapped = (f"{target.host}:{target.port}" for target in _origin_map().values())
    return _guard_of((*settings.allowed_addresses, *mapped))


@lru_cache(maxsize=64)
def _guard_of(entries: tuple[str, ...]) -> AddressGuard:
    return AddressGuard.allowing(entries)


def _origin_map() -> dict[str, Target]:
    """`HTTP_ORIGIN_MAP`, in test and development only: in production it could point a service elsewhere."""
    if settings.environment not in ("test", "development"):
        return {}
    pairs = settings.http_origin_map.items()
    return {parse_target(origin).origin: parse_target(local) for origin, local in pairs}


def _method(text: str) -> str:
    method = text.upper()
    if method not in _METHODS:
        raise InvalidInput(
            f"{text!r} is not a method that can be sent. Use one of {', '.join(sorted(_METHODS))}."
        )
    return method


def _call_headers(options: CallOptions) -> dict[str, str]:
    headers = clean_headers(options.get("headers") or {})
    auth = options.get("auth")
    if auth is not None:
        headers["authorization"] = "Basic " + base64.b64encode(":".join(auth).encode()).decode()
    return headers


def _response(done: StopIteration) -> Response:
    response: Response = done.value
    return response
