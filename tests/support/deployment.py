"""The services of docker-compose.yml as processes: one PostgreSQL over TCP, `blockyard serve`, `blockyard worker`."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from backend.data.db import Database, open_database
from backend.data.user_store import ensure_local_user
from backend.server.auth import KEY_PREFIX, new_token
from backend.util.settings import Settings
from tests.support.command_line import ROOT
from tests.support.keys import store_key


@dataclass
class Process:
    """One service, and where it answers."""

    popen: subprocess.Popen[bytes]
    url: str
    log: Path
    asker: httpx.AsyncClient

    def tell_to_end(self) -> None:
        self.popen.send_signal(signal.SIGTERM)

    async def ended(self, within_s: float) -> int:
        """Its exit code."""
        return await asyncio.to_thread(self.popen.wait, within_s)

    async def status(self, path: str) -> int:
        """What a GET answers; 0: nothing."""
        with suppress(httpx.HTTPError):
            return (await self.asker.get(f"{self.url}{path}")).status_code
        return 0

    async def ready(self, within_s: float = 40) -> Process:
        deadline = time.monotonic() + within_s
        while await self.status("/api/health/ready") != 200:
            assert self.popen.poll() is None, self.log.read_text()
            assert time.monotonic() < deadline, self.log.read_text()
            await asyncio.sleep(0.05)
        return self


@dataclass
class Deployment:
    """The processes on one database, and a key of the built-in user for all scopes."""

    database: Database
    key: str
    folder: Path
    environment: dict[str, str]
    asker: httpx.AsyncClient
    processes: list[Process] = field(default_factory=list[Process])

    def start(self, command: str, **environment: str) -> Process:
        """Another `serve` or `worker`; `ready()` says when it works."""
        port = free_port()
        where = {"BLOCKYARD_PORT": str(port)} if command == "serve" else {"WORKER_PORT": str(port)}
        log = self.folder / f"{command}-{len(self.processes)}.log"
        with log.open("wb") as said:
            popen = subprocess.Popen(
                [sys.executable, "-m", "backend.cli", command],
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                cwd=ROOT,
                env={**self.environment, **where, **environment},
            )
        process = Process(popen, f"http://127.0.0.1:{port}", log, self.asker)
        self.processes.append(process)
        return process

    def client(self, process: Process) -> httpx.AsyncClient:
        """A caller with the key, who makes a connection for each request."""
        return _client(base_url=process.url, headers={"authorization": f"Bearer {self.key}"})


def _client(**options: Any) -> httpx.AsyncClient:
    limits = httpx.Limits(max_keepalive_connections=0)
    return httpx.AsyncClient(timeout=60, trust_env=False, verify=False, limits=limits, **options)


@asynccontextmanager
async def deployed(dsn: str, folder: Path, **environment: str) -> AsyncGenerator[Deployment]:
    """A database ready to be used; what was started on it ends with the block."""
    database = await open_database(Settings(database_url=dsn, data_dir=folder))
    key = KEY_PREFIX + new_token()
    async with database.begin() as connection:
        await ensure_local_user(connection)
        await store_key(connection, key)
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}
    own = {"DATABASE_URL": dsn, "BLOCKYARD_DATA_DIR": str(folder), "PYTHONUNBUFFERED": "1"}
    made = Deployment(database, key, folder, {**kept, **own, **environment}, _client())
    try:
        yield made
    finally:
        for process in made.processes:
            process.popen.kill()
            process.popen.wait()
        await made.asker.aclose()
        await database.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
