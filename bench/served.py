"""A server in a process of its own: started, waited for, ended."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from bench.load import get

_CHECKOUT = Path(__file__).resolve().parents[1]
_LONGEST_START_S = 60.0
_LOOK_S = 0.005
_END_S = 20.0


@dataclass(frozen=True, slots=True)
class Served:
    """A server that answers; `start_s` seconds went by from its spawn to its first 200."""

    port: int
    pid: int
    start_s: float


def free_port() -> int:
    """A port of 127.0.0.1 that nobody has at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@asynccontextmanager
async def served(
    command: Sequence[str],
    *,
    port: int,
    path: str,
    cwd: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> AsyncIterator[Served]:
    """Start a server and wait for 200 on `path`. What it prints is shown only when it does not come to that.

    Raises:
        RuntimeError: it ended, or did not answer within a minute.
    """
    with tempfile.TemporaryFile() as said:
        began = time.perf_counter()
        process = await asyncio.create_subprocess_exec(
            *command, stdout=said, stderr=said, cwd=cwd, env={**os.environ, **(environment or {})}
        )
        try:
            while not await _answers(port, path):
                if process.returncode is not None or time.perf_counter() - began > _LONGEST_START_S:
                    raise RuntimeError(f"{' '.join(command)} does not answer. It said:\n{_end_of(said)}")
                await asyncio.sleep(_LOOK_S)
            yield Served(port, process.pid, time.perf_counter() - began)
        finally:
            await end(process)


def _end_of(said: IO[bytes]) -> str:
    said.seek(0)
    return said.read()[-2_000:].decode("utf-8", "replace")


@asynccontextmanager
async def blockyard(
    folder: Path, *, path: str = "/api/health/ready", module: str = "backend.cli"
) -> AsyncIterator[Served]:
    """`python -m MODULE serve` on the data in `folder`, without this machine's `.env`."""
    port = free_port()
    environment = {
        "BLOCKYARD_DATA_DIR": str(folder),
        "BLOCKYARD_PORT": str(port),
        "DATABASE_URL": "",
        "PYTHONPATH": str(_CHECKOUT),
    }
    command = [sys.executable, "-m", module, "serve"]
    async with served(command, port=port, path=path, cwd=folder, environment=environment) as server:
        yield server


async def end(process: asyncio.subprocess.Process) -> None:
    """Ask it to end; kill it when it does not."""
    if process.returncode is None:
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), _END_S)
    except TimeoutError:
        process.kill()
        await process.wait()


async def _answers(port: int, path: str) -> bool:
    try:
        await get(port, path)
    except (OSError, RuntimeError, asyncio.IncompleteReadError):
        return False
    return True
