"""The two faces of the client behind one way of calling, and fakes of the name server and of the network."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

import httpcore

from backend.util.address_guard import AddressGuard, why_not_public
from backend.util.http_connect import Resolve
from backend.util.http_transport import AsyncTransport, Transport
from backend.util.request import AsyncRequests, Requests, Response
from tests.support.http_server import LocalServer, Route, local_http_server, reachable

NOW = {"Retry-After": "0"}
SECRETS = {
    "Authorization": "Bearer sesame",
    "X-Api-Key": "sesame",
    "Cookie": "sid=sesame",
    "Private-Token": "sesame",
}


@contextmanager
def serving(routes: dict[str, Route]) -> Iterator[LocalServer]:
    """A local server that the client may reach."""
    with local_http_server(routes) as server, reachable(server):
        yield server


class Face(Protocol):
    """One face: `client` are the constructor's arguments, `options` those of the call."""

    async def __call__(
        self, method: str, url: str, *, client: Mapping[str, Any] | None = None, **options: Any
    ) -> Response: ...


async def call_sync(
    method: str, url: str, *, client: Mapping[str, Any] | None = None, **options: Any
) -> Response:
    return await asyncio.to_thread(Requests(**(client or {})).request, method, url, **options)


async def call_async(
    method: str, url: str, *, client: Mapping[str, Any] | None = None, **options: Any
) -> Response:
    return await AsyncRequests(**(client or {})).request(method, url, **options)


@dataclass
class Names:
    """A name server: each name has its answers in turn, the last one for ever, a public one without any. Remembers what it is asked."""

    answers: dict[str, list[list[str]]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def __call__(self, host: str, port: int) -> list[str]:
        self.asked.append(host)
        default = [host] if why_not_public(host) is None else ["93.184.216.34"]
        turns = self.answers.get(host, [default])
        return turns.pop(0) if len(turns) > 1 else turns[0]


class SpyNetwork(httpcore.NetworkBackend):
    """Opens nothing and remembers what it was asked to open; `routes` lead an address to a real local port."""

    def __init__(self, routes: Mapping[str, int] | None = None) -> None:
        self.connects: list[tuple[str, int]] = []
        self._routes = dict(routes or {})

    def connect_tcp(self, host: str, port: int, *args: Any, **kwargs: Any) -> httpcore.NetworkStream:
        self.connects.append((host, port))
        if host not in self._routes:
            raise httpcore.ConnectError
        return httpcore.SyncBackend().connect_tcp("127.0.0.1", self._routes[host])


class AsyncSpyNetwork(httpcore.AsyncNetworkBackend):
    """The same for an event loop."""

    def __init__(self, routes: Mapping[str, int] | None = None) -> None:
        self.connects: list[tuple[str, int]] = []
        self._routes = dict(routes or {})

    async def connect_tcp(
        self, host: str, port: int, *args: Any, **kwargs: Any
    ) -> httpcore.AsyncNetworkStream:
        self.connects.append((host, port))
        if host not in self._routes:
            raise httpcore.ConnectError
        opener: Any = httpcore.AnyIOBackend()
        stream: httpcore.AsyncNetworkStream = await opener.connect_tcp("127.0.0.1", self._routes[host])
        return stream


class Bench:
    """A face with a name server and a network of the test's own; `connects` are the sockets it opened."""

    def __init__(
        self, face: Face, names: Resolve, *, routes: Mapping[str, int] | None = None, tls: Any = None
    ) -> None:
        guard = AddressGuard()
        self._face = face
        network, async_network = SpyNetwork(routes), AsyncSpyNetwork(routes)
        if face is call_sync:
            self._transport: Transport | AsyncTransport = Transport(
                guard, resolve=names, network=network, tls=tls
            )
            self.connects = network.connects
        else:
            self._transport = AsyncTransport(guard, resolve=names, network=async_network, tls=tls)
            self.connects = async_network.connects

    async def __call__(
        self, method: str, url: str, *, client: Mapping[str, Any] | None = None, **options: Any
    ) -> Response:
        return await self._face(
            method, url, client={**(client or {}), "transport": self._transport}, **options
        )

    async def close(self) -> None:
        if isinstance(self._transport, AsyncTransport):
            await self._transport.aclose()
        else:
            self._transport.close()
