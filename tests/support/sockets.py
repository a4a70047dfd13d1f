"""A client of the live WebSocket, for tests."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from typing import Any

import httpx
import orjson
from websockets.asyncio.client import ClientConnection, connect


class LiveClient:
    """One connection; keeps the events that came, in their order."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.events: list[dict[str, Any]] = []
        self._ended: set[str] = set()

    async def send(self, **message: Any) -> None:
        await self.connection.send(orjson.dumps(message).decode())

    async def next(self) -> dict[str, Any]:
        """The next message; its events are kept besides."""
        message: dict[str, Any] = orjson.loads(await self.connection.recv())
        self.events += message.get("events", []) if message["op"] == "events" else []
        if message["op"] == "end" and "run" in message:
            self._ended.add(message["run"])
        return message

    async def ask(self, **message: Any) -> dict[str, Any]:
        """Send, and wait for the answer that is not events."""
        await self.send(**message)
        return await self.next_of("subscribed", "unsubscribed", "error", "pong")

    async def next_of(self, *ops: str) -> dict[str, Any]:
        """The next message of one of these kinds."""
        while (message := await self.next())["op"] not in ops:
            pass
        return message

    async def to_end(self, run_id: str) -> list[dict[str, Any]]:
        """All events until the run has ended."""
        while (await self.next_of("end")).get("run") != run_id:
            pass
        return self.events

    async def to_ends(self, run_ids: Collection[str]) -> None:
        """Until all of these runs have ended."""
        while not self._ended.issuperset(run_ids):
            await self.next()

    def numbers(self, run_id: str) -> list[int]:
        """The numbers of the recorded events of a run, in the order in which they came."""
        return [event["seq"] for event in self.events if event["run_id"] == run_id and event["seq"]]


@asynccontextmanager
async def live(client: httpx.AsyncClient, **headers: str) -> AsyncIterator[LiveClient]:
    """A connection with the credentials of this HTTP client."""
    url = str(client.base_url).replace("http://", "ws://").rstrip("/") + "/api/ws"
    given = {name: client.headers[name] for name in ("authorization", "cookie") if name in client.headers}
    async with connect(url, additional_headers={**given, **headers}, compression=None) as connection:
        yield LiveClient(connection)
