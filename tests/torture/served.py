"""`blockyard serve` and `blockyard worker` as processes, spoken to over HTTP as any caller does."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx

from backend.data.db import Database
from backend.server.auth import KEY_PREFIX, new_token
from tests.support.keys import store_key
from tests.support.worker_process import INTERNAL, ROOT, Gone, Refused


class Served:
    """One process of the real command; a worker without a port takes runs from the queue alone."""

    def __init__(self, process: asyncio.subprocess.Process, key: str, port: int | None) -> None:
        self.process = process
        self._url = None if port is None else f"http://127.0.0.1:{port}"
        self._client = httpx.AsyncClient(headers={"authorization": f"Bearer {key}"}, timeout=30)
        self._is_up = False
        self._looking = asyncio.create_task(self._look())

    @property
    def url(self) -> str:
        """Where it listens, if it does."""
        return self._url or ""

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def is_alive(self) -> bool:
        return self.process.returncode is None

    @property
    def is_ready(self) -> bool:
        return self._is_up and self.is_alive

    async def ready(self) -> Served:
        async with asyncio.timeout(60):
            await asyncio.shield(self._looking)
        return self

    async def _look(self) -> None:
        while self._url is not None and not self._is_up and self.is_alive:
            with suppress(httpx.HTTPError):
                self._is_up = (await self._client.get(f"{self._url}/api/health/ready")).is_success
            await asyncio.sleep(0.05)

    async def submit(self, graph_id: str, value: Any, key: str) -> str:
        answer = await self._post(
            f"/api/graphs/{graph_id}/runs", {"inputs": {"x": value}}, {"idempotency-key": key}
        )
        return str(answer.json()["run_id"])

    async def decide(self, review_id: str) -> None:
        await self._post(f"/api/reviews/{review_id}/decision", {"approved": True}, {})

    async def _post(self, path: str, body: dict[str, Any], headers: dict[str, str]) -> httpx.Response:
        try:
            answer = await self._client.post(f"{self._url}{path}", json=body, headers=headers)
        except httpx.HTTPError as error:
            raise Gone from error
        if not answer.is_success:
            kind = INTERNAL if answer.status_code == 500 else str(answer.status_code)
            raise Refused(f"{kind}: {answer.text}")
        return answer

    def stall(self, seconds: float) -> None:
        raise AssertionError("The real command cannot be told to stall.")

    async def kill(self) -> None:
        if self.is_alive:
            with suppress(ProcessLookupError):
                self.process.kill()
            await self.process.wait()
        self._looking.cancel()
        await self._client.aclose()


async def starter(
    database: Database, *, dead_after_s: float, with_workers: bool = True
) -> Callable[[Path], Awaitable[Served]]:
    """Starts, in turn, two servers and a worker; or servers only."""
    key = KEY_PREFIX + new_token()
    async with database.begin() as connection:
        await store_key(connection, key)
    environment = {
        **os.environ,
        "DATABASE_URL": database.dsn,
        "HEARTBEAT_S": str(dead_after_s / 5),
        "DEAD_AFTER_S": str(dead_after_s),
        "PYTHONUNBUFFERED": "1",
    }
    started = 0

    async def start(log: Path) -> Served:
        nonlocal started
        started += 1
        port = None if with_workers and started % 3 == 0 else _free_port()
        options = ["worker"] if port is None else ["serve", "--port", str(port)]
        with log.open("ab") as said:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "backend.cli", "--data-dir", str(log.parent), *options),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                cwd=ROOT,
                process_group=0,
                env=environment,
            )
        return Served(process, key, port)

    return start


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
