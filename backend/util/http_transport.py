"""The I/O of the guarded client: one attempt over a pooled connection, from threads or from an event loop."""

from __future__ import annotations

import asyncio
import logging
import ssl
from dataclasses import dataclass
from functools import cache

import certifi
import httpcore

from backend.util.address_guard import AddressGuard
from backend.util.errors import ProviderUnavailable
from backend.util.http_body import BodyCollector
from backend.util.http_connect import (
    CONNECT_TIMEOUT_S,
    AsyncGuardedBackend,
    Checked,
    GuardedBackend,
    Resolve,
    exchange_deadline,
    resolve,
)
from backend.util.http_messages import Headers, Lost, Reply, Send
from backend.util.http_wait import beat, left_s

_MAX_CONNECTIONS = 256
_MAX_IDLE = 64
_IDLE_S = 5.0  # shorter than what common servers keep, so that we close first

logging.getLogger("httpcore").setLevel(logging.WARNING)  # below that it logs headers

_TOO_SLOW = (httpcore.TimeoutException, TimeoutError)
_LOSSES = (httpcore.NetworkError, httpcore.RemoteProtocolError, *_TOO_SLOW)


@cache
def tls_context() -> ssl.SSLContext:
    """The system's certificates and certifi's: a slim container has none, a company has its own."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


class Transport:
    """Sends from threads. `resolve` and `network` are for tests: the name server, and what opens sockets."""

    def __init__(
        self,
        guard: AddressGuard,
        *,
        resolve: Resolve = resolve,
        network: httpcore.NetworkBackend | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=tls or tls_context(),
            max_connections=_MAX_CONNECTIONS,
            max_keepalive_connections=_MAX_IDLE,
            keepalive_expiry=_IDLE_S,
            network_backend=GuardedBackend(Checked(guard, resolve), network or httpcore.SyncBackend()),
        )

    def send(self, send: Send) -> Reply | Lost:
        """One attempt. Raises AddressRefused, ProviderError, and whatever `cancel_check` raises."""
        token = exchange_deadline.set(send.deadline)
        try:
            beat(send.deadline)
            request = _Request.of(send)
            with self._pool.stream(
                request.method,
                request.url,
                headers=request.headers,
                content=request.content,
                extensions=request.extensions,
            ) as response:
                body = _collector(send, response)
                for chunk in response.iter_stream():
                    beat(send.deadline)
                    body.feed(chunk)
                return _reply(response, body)
        except _LOSSES as error:
            return _lost(error, send)
        finally:
            exchange_deadline.reset(token)

    def close(self) -> None:
        self._pool.close()


class AsyncTransport:
    """Sends from one event loop; the rest is as in `Transport`."""

    def __init__(
        self,
        guard: AddressGuard,
        *,
        resolve: Resolve = resolve,
        network: httpcore.AsyncNetworkBackend | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        opener: httpcore.AsyncNetworkBackend = network or httpcore.AnyIOBackend()  # pyright: ignore[reportAssignmentType]  # httpcore declares it twice
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=tls or tls_context(),
            max_connections=_MAX_CONNECTIONS,
            max_keepalive_connections=_MAX_IDLE,
            keepalive_expiry=_IDLE_S,
            network_backend=AsyncGuardedBackend(Checked(guard, resolve), opener),
        )

    async def send(self, send: Send) -> Reply | Lost:
        """One attempt. Raises AddressRefused and ProviderError."""
        try:
            async with asyncio.timeout(left_s(send.deadline)):
                return await self._send(send)
        except _LOSSES as error:
            return _lost(error, send)

    async def _send(self, send: Send) -> Reply:
        request = _Request.of(send)
        async with self._pool.stream(
            request.method,
            request.url,
            headers=request.headers,
            content=request.content,
            extensions=request.extensions,
        ) as response:
            body = _collector(send, response)
            async for chunk in response.aiter_stream():
                body.feed(chunk)
            return _reply(response, body)

    async def aclose(self) -> None:
        await self._pool.aclose()


@dataclass(frozen=True, slots=True)
class _Request:
    """A `Send` in httpcore's words."""

    method: str
    url: httpcore.URL
    headers: list[tuple[bytes, bytes]]
    content: bytes | None
    extensions: dict[str, object]

    @classmethod
    def of(cls, send: Send) -> _Request:
        hop, wire = send.hop, send.wire
        headers = {"host": hop.target.authority, **hop.headers, **hop.credentials}
        has_body = bool(hop.body) or hop.method in ("POST", "PUT", "PATCH")
        left = left_s(send.deadline)
        timeout = {"connect": min(CONNECT_TIMEOUT_S, left), "read": left, "write": left, "pool": left}
        return cls(
            hop.method,
            httpcore.URL(scheme=wire.scheme, host=wire.host, port=wire.port, target=wire.path_and_query),
            # Title case, because some old servers compare header names as they are written.
            [(name.title().encode(), value.encode()) for name, value in headers.items()],
            hop.body if has_body else None,
            {"timeout": timeout},
        )


def _collector(send: Send, response: httpcore.Response) -> BodyCollector:
    codings = _headers(response).get_list("content-encoding")
    return BodyCollector(codings, max_bytes=send.max_bytes, source=send.hop.target.shown)


def _reply(response: httpcore.Response, body: BodyCollector) -> Reply:
    return Reply(response.status, _headers(response), body.finish())


def _headers(response: httpcore.Response) -> Headers:
    return Headers([(name.decode("ascii"), _text(value)) for name, value in response.headers])


def _text(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")


def _lost(error: Exception, send: Send) -> Lost:
    """What happened, in words. Raises ProviderUnavailable for a certificate: trying again cannot help."""
    if isinstance(error, httpcore.ConnectTimeout):
        return Lost(
            f"took no connection within {CONNECT_TIMEOUT_S:.0f} s. Check the address, or try again later."
        )
    if isinstance(error, _TOO_SLOW):
        return Lost("did not finish in the time allowed. Ask for less, or allow a longer time.")
    if not isinstance(error, httpcore.ConnectError):
        return Lost("closed the connection before the answer was complete. Try again.")
    if "CERTIFICATE_VERIFY_FAILED" in str(error):
        raise ProviderUnavailable(
            f"{send.hop.target.origin} has a certificate that cannot be trusted. Check the address; "
            "for a company's own authority, set SSL_CERT_FILE."
        ) from error
    return Lost("cannot be reached. Check the address, or try again later.")
