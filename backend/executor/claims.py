"""Takes runs for this worker: claims that arrive together are one statement."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import structlog

from backend.data import run_store
from backend.data.away import is_away
from backend.data.connection import DATABASE_AWAY, Connection

log = structlog.get_logger(__name__)
_RETRY_S = 0.2


class Control:
    """One connection for claims and heartbeats, replaced when it breaks."""

    def __init__(self, connect: Callable[[], Awaitable[Connection]]) -> None:
        self._connect = connect
        self._connection: Connection | None = None
        self._lock = asyncio.Lock()

    async def do(self, work: Callable[[Connection], Awaitable[Any]]) -> Any:
        """Execute on the connection, one piece of work at a time.

        Raises:
            OSError, PostgresError, InterfaceError: the database is away; the next call connects anew.
        """
        async with self._lock:
            if self._connection is None or self._connection.is_closed():
                self._connection = await self._connect()
            try:
                return await work(self._connection)
            except DATABASE_AWAY as error:
                if is_away(error):
                    self._connection.terminate()
                    self._connection = None
                raise

    async def close(self) -> None:
        if self._connection is not None:
            self._connection.terminate()


class Claims:
    """`take(run_id)` gives the claimed row, or None when the run is somebody else's or over."""

    def __init__(self, control: Control, worker_id: str, dead_after_s: float) -> None:
        self._control = control
        self._worker_id = worker_id
        self._dead_after_s = dead_after_s
        self._asked: dict[str, asyncio.Future[dict[str, Any] | None]] = {}
        self._wake = asyncio.Event()

    async def take(self, run_id: str) -> dict[str, Any] | None:
        if run_id in self._asked:  # a job delivered twice: one of them gets the run
            return None
        future = self._asked[run_id] = asyncio.get_running_loop().create_future()
        self._wake.set()
        return await asyncio.shield(future)

    async def run(self) -> None:
        """Claim until cancelled."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            asked, self._asked = self._asked, {}
            rows = await self._claim_surely(list(asked))
            for run_id, future in asked.items():
                if not future.done():
                    future.set_result(rows.get(run_id))

    async def _claim_surely(self, run_ids: list[str]) -> dict[str, dict[str, Any]]:
        while run_ids:
            try:
                rows = await self._control.do(
                    lambda connection: run_store.claim(
                        connection, self._worker_id, run_ids, self._dead_after_s
                    )
                )
                return {row["id"]: row for row in rows}
            except DATABASE_AWAY as error:
                log.warning("claims.database_away", error=error)
                await asyncio.sleep(_RETRY_S)
        return {}
