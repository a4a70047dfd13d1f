"""Short messages between processes by LISTEN/NOTIFY: cancel, look again, done, graph changed.

A message may be lost with its connection; whoever depends on one also looks by itself now and then.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import orjson
import structlog

from backend.data.connection import DATABASE_AWAY, Connection

log = structlog.get_logger(__name__)

CHANNEL = "blockyard"
LONGEST_PAYLOAD = 7_500
RETRY_S = 0.5


class Signals:
    """Sends in batches, and calls `on_message(what, id)` for each message from elsewhere or from here."""

    def __init__(
        self, connect: Callable[[], Awaitable[Connection]], on_message: Callable[[str, str], None]
    ) -> None:
        self._connect = connect
        self._on_message = on_message
        self._outbox: list[list[str]] = []
        self._wake = asyncio.Event()

    def send(self, what: str, about: str) -> None:
        """Tell all processes; soon, and at most once."""
        self._outbox.append([what, about])
        self._wake.set()

    async def run(self) -> None:
        """Listen and send until cancelled, with a new connection whenever the old one breaks."""
        while True:
            try:
                connection = await self._connect()
            except DATABASE_AWAY:
                await asyncio.sleep(RETRY_S)
                continue
            try:
                await connection.add_listener(CHANNEL, self._receive)
                await self._send_all(connection)
            except DATABASE_AWAY as error:
                log.warning("signals.database_away", error=error)
                await asyncio.sleep(RETRY_S)
            finally:
                connection.terminate()

    async def _send_all(self, connection: Connection) -> None:
        while not connection.is_closed():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), timeout=RETRY_S)
            self._wake.clear()
            messages, self._outbox = self._outbox, []
            for payload in _packed(messages):
                await connection.execute("SELECT pg_notify($1, $2)", CHANNEL, payload)

    def _receive(self, _connection: Any, _pid: int, _channel: str, payload: object) -> None:
        for what, about in orjson.loads(str(payload)):
            self._on_message(what, about)


def _packed(messages: list[list[str]]) -> Iterator[str]:
    """As many messages in one payload as PostgreSQL takes (8,000 bytes); one that alone is longer is dropped."""
    batch: list[str] = []
    size = 2
    for message in messages:
        text = orjson.dumps(message).decode()
        length = len(text.encode()) + 1
        if batch and size + length > LONGEST_PAYLOAD:
            yield f"[{','.join(batch)}]"
            batch, size = [], 2
        if length <= LONGEST_PAYLOAD - 2:
            batch.append(text)
            size += length
    if batch:
        yield f"[{','.join(batch)}]"
