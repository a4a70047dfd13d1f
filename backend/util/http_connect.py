"""How sockets are opened: resolve a name once, check every answer, connect to what was checked.

httpcore calls these backends for each new connection, so nothing reaches a socket unguarded. TLS and the Host
header keep the name. httpcore is imported with this module, and only `http_transport.py` imports it.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from functools import cache
from typing import Any

import httpcore

from backend.util.address_guard import AddressGuard
from backend.util.errors import ProviderUnavailable
from backend.util.http_wait import beat, left_s

CONNECT_TIMEOUT_S = 10.0
_WRITE_BYTES = 16_384

Resolve = Callable[[str, int], list[str]]
SocketOptions = Iterable[httpcore.SOCKET_OPTION]

exchange_deadline: ContextVar[float] = ContextVar("http_exchange_deadline")
"""Until when the exchange of this thread may read and write (time.monotonic, seconds)."""


def resolve(host: str, port: int) -> list[str]:
    """Every address of `host`, in the order the system prefers. Raises socket.gaierror."""
    answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(answer[4][0]) for answer in answers))


class Checked:
    """Resolves and checks: what both backends do before they connect."""

    def __init__(self, guard: AddressGuard, resolve: Resolve) -> None:
        self._guard = guard
        self._resolve = resolve

    def answers(self, host: str, port: int) -> list[str]:
        """The checked addresses of `host`. Raises AddressRefused, ProviderUnavailable, httpcore.ConnectError."""
        try:
            answers = self._resolve(host, port)
        except socket.gaierror as error:
            raise (_example_host(host) or _unresolved(host, error)) from error
        if not answers:
            raise _unknown_host(host)
        self._guard.check_answers(host, port, answers)
        return answers


class GuardedBackend(httpcore.NetworkBackend):
    """Opens connections for threads."""

    def __init__(self, checked: Checked, network: httpcore.NetworkBackend) -> None:
        self._checked = checked
        self._network = network

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: SocketOptions | None = None,
    ) -> httpcore.NetworkStream:
        until = time.monotonic() + (timeout or CONNECT_TIMEOUT_S)
        looking_up = _resolver_threads().submit(self._checked.answers, host, port)
        failure: Exception = httpcore.ConnectError()
        for address, share_s in _shares(looking_up.result(left_s(until)), until):
            try:
                stream = self._network.connect_tcp(address, port, share_s, local_address, socket_options)
                return PatientStream(stream)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure


class AsyncGuardedBackend(httpcore.AsyncNetworkBackend):
    """Opens connections for an event loop."""

    def __init__(self, checked: Checked, network: httpcore.AsyncNetworkBackend) -> None:
        self._checked = checked
        self._network = network

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: SocketOptions | None = None,
    ) -> httpcore.AsyncNetworkStream:
        until = time.monotonic() + (timeout or CONNECT_TIMEOUT_S)
        loop = asyncio.get_running_loop()
        looking_up = loop.run_in_executor(_resolver_threads(), self._checked.answers, host, port)
        failure: Exception = httpcore.ConnectError()
        for address, share_s in _shares(await asyncio.wait_for(looking_up, left_s(until)), until):
            try:
                return await self._network.connect_tcp(address, port, share_s, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure


class PatientStream(httpcore.NetworkStream):
    """A connection that looks up from waiting: httpcore's time-outs are per read, ours is for the whole exchange."""

    def __init__(self, inner: httpcore.NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        while True:
            try:
                return self._inner.read(max_bytes, beat(exchange_deadline.get()))
            except httpcore.ReadTimeout:
                continue

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for start in range(0, len(buffer), _WRITE_BYTES):
            beat(exchange_deadline.get())
            self._inner.write(buffer[start : start + _WRITE_BYTES], left_s(exchange_deadline.get()))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return PatientStream(self._inner.start_tls(ssl_context, server_hostname, timeout))

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


@cache
def _resolver_threads() -> ThreadPoolExecutor:
    """Threads of their own, and many: a stuck name server must hold neither blocks nor other names."""
    return ThreadPoolExecutor(64, thread_name_prefix="resolve")


def _shares(addresses: Sequence[str], until: float) -> Iterator[tuple[str, float]]:
    """Each address with the seconds it gets, so that a dead first one leaves time for the second."""
    for position, address in enumerate(addresses):
        yield address, left_s(until) / (len(addresses) - position)


def _example_host(host: str) -> ProviderUnavailable | None:
    """For a name that nobody can own: it stands in a scaffold or in a page. None: it may be somebody's."""
    if not host.endswith((".example", ".test", ".invalid", ".example.com")):
        return None
    return ProviderUnavailable(
        f"There is no host {host!r}: its name is for examples. Put the service's own address in its place; or send it to a "
        f"server of this machine: start Blockyard with ENVIRONMENT=development and HTTP_ORIGIN_MAP="
        f'\'{{"https://{host}": "http://127.0.0.1:8099"}}\'.'
    )


def _unresolved(host: str, error: socket.gaierror) -> Exception:
    if error.errno == socket.EAI_AGAIN:
        return httpcore.ConnectError(f"the name server did not answer for {host}")
    return _unknown_host(host)


def _unknown_host(host: str) -> ProviderUnavailable:
    return ProviderUnavailable(
        f"There is no host {host!r}. Check its spelling, and this machine's network and name service."
    )
