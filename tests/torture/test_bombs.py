"""Every bomb is thrown at a real server: it is stopped in time, the run says why, and others notice nothing.

A bomb is an input of a few bytes, or of as many as a request may have, that would take a lot of time or
memory (security.md). Beside each one somebody else asks the server how it is, all the time.
"""

from __future__ import annotations

import asyncio
import importlib
import os
import pkgutil
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from backend.blocks import catalogue
from backend.data.examples import file_value
from backend.data.file import FileContent
from backend.data.model import JsonObject
from tests.server.file_bodies import upload
from tests.support.deployment import Deployment, Process, deployed
from tests.torture import bombs
from tests.torture.bombs.bomb import Bomb

pytestmark = pytest.mark.torture

IS_FULL = os.environ.get("BLOCKYARD_TORTURE") == "1"
SLACK = 1 if IS_FULL else 4
"""In `make test` others use the machine too."""
STOPPED_S = 1.0 * SLACK
MOST_BYTES = 256 * 1_048_576
UNNOTICED_S = 0.25 * SLACK
EVERY = 1 if IS_FULL else 3
LEAST_BOMBS = 60


def all_bombs() -> Iterator[Bomb]:
    for info in pkgutil.iter_modules(bombs.__path__, prefix=f"{bombs.__name__}."):
        yield from getattr(importlib.import_module(info.name), "BOMBS", ())


@dataclass(frozen=True, slots=True)
class Blast:
    """What a bomb did. `grown_bytes`: of the server's own memory, `peak_bytes`: of its largest helper's."""

    status: str
    message: str
    seconds: float
    grown_bytes: int
    peak_bytes: int
    slowest_s: float


def complaints(bomb: Bomb, blast: Blast) -> Iterator[str]:
    """What is wrong with how it went; a graph that cannot even be stored is stopped well enough."""
    if blast.status == "refused" and bomb.says is not None:
        return
    wanted = "completed" if bomb.says is None or _is_output(bomb) else "failed"
    if blast.status != wanted:
        yield f"the run is {blast.status}, not {wanted}: {blast.message[:200]}"
    if bomb.says is not None and bomb.says not in blast.message:
        yield f"it does not say {bomb.says!r}: {blast.message[:200]}"
    if blast.seconds > STOPPED_S:
        yield f"it took {blast.seconds:.2f} s"
    if blast.grown_bytes > MOST_BYTES or blast.peak_bytes > MOST_BYTES:
        yield f"the server grew by {blast.grown_bytes >> 20} MiB, a helper to {blast.peak_bytes >> 20} MiB"
    if blast.slowest_s > UNNOTICED_S:
        yield f"somebody else waited for {blast.slowest_s:.2f} s"


async def test_every_bomb_is_stopped_and_nobody_else_notices(database_url: str, tmp_path: Path) -> None:
    thrown = list(all_bombs())
    assert len(thrown) >= LEAST_BOMBS
    assert len({bomb.name for bomb in thrown}) == len(thrown)
    wrong: dict[str, list[str]] = {}
    async with deployed(database_url, tmp_path) as deployment:
        server = await deployment.start("serve").ready()
        async with deployment.client(server) as client:
            for bomb in thrown[::EVERY]:
                blast = await throw(bomb, deployment, server, client)
                if IS_FULL:
                    print(f"{bomb.name}: {blast}")  # the figures of the long proof
                if found := list(complaints(bomb, blast)):
                    wrong[bomb.name] = found
        assert server.popen.poll() is None
    assert wrong == {}


async def throw(bomb: Bomb, deployment: Deployment, server: Process, client: httpx.AsyncClient) -> Blast:
    """Run the bomb's block with what it makes, as a graph of one node, beside somebody who asks for the health."""
    block = next(block for block in catalogue() if block.name == bomb.block)
    files = {file_value(content): await uploaded(client, content) for content in bomb.files}
    constants = renamed(bomb.make(), files)
    graph = {
        "name": bomb.name,
        "nodes": [{"id": "bomb", "block_id": block.id, "input_default": constants}],
        "links": [],
    }
    answer = await client.post("/api/graphs", json=graph)
    if answer.status_code != 201:
        return Blast("refused", answer.text, 0, 0, 0, 0)
    memory = Memory(server.popen.pid)
    async with bystander(server) as waits:
        started = time.perf_counter()
        run = await client.post(f"/api/graphs/{answer.json()['id']}/runs", json={"wait": 20})
        seconds = time.perf_counter() - started
    said = run.json()
    is_refused = run.status_code >= 400
    message = said["detail"] if is_refused else str((said.get("errors"), said.get("outputs")))
    return Blast(
        "failed" if is_refused else said["status"],
        message,
        seconds,
        memory.grown_bytes(),
        memory.peak_of_helpers_bytes(),
        max(waits, default=0.0),
    )


def _is_output(bomb: Bomb) -> bool:
    """An output of the graph gives the reason on, as the AutoGPT platform has it."""
    return bomb.block == "AgentOutputBlock"


async def uploaded(client: httpx.AsyncClient, content: FileContent) -> str:
    stored = await upload(client, content.data, content.name, content.media_type)
    return f"file:{stored['id']}"


def renamed(value: Any, files: dict[str, str]) -> JsonObject:
    """The inputs with each of the bomb's files under the name that the server gave it."""

    def walk(one: Any) -> Any:
        if isinstance(one, dict):
            return {key: walk(inner) for key, inner in one.items()}
        if isinstance(one, list) and files:
            return [walk(inner) for inner in one]
        return files.get(one, one) if isinstance(one, str) else one

    walked: JsonObject = walk(value)
    return walked


@asynccontextmanager
async def bystander(server: Process) -> AsyncIterator[list[float]]:
    """Asks for the health every 10 ms; how long each answer took, in seconds."""
    waits: list[float] = []

    async def ask() -> None:
        async with httpx.AsyncClient(base_url=server.url, timeout=30, trust_env=False) as client:
            await client.get("/api/health/live")
            while True:
                began = time.perf_counter()
                assert (await client.get("/api/health/live")).status_code == 200
                waits.append(time.perf_counter() - began)
                await asyncio.sleep(0.01)

    task = asyncio.create_task(ask())
    await asyncio.sleep(0.05)
    try:
        yield waits
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


class Memory:
    """The highest memory of a process and of those that it started, from now on (Linux keeps the marks)."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._before = _peak_bytes(pid, is_new=True)
        for child in self._helpers():
            _peak_bytes(child, is_new=True)

    def grown_bytes(self) -> int:
        return _peak_bytes(self._pid) - self._before

    def peak_of_helpers_bytes(self) -> int:
        """0: they are gone, as those are that went beyond what the system gives them."""
        return max(map(_peak_bytes, self._helpers()), default=0)

    def _helpers(self) -> list[int]:
        children = psutil.Process(self._pid).children()
        return [child.pid for child in children if "bounded" in " ".join(child.cmdline())]


def _peak_bytes(pid: int, *, is_new: bool = False) -> int:
    place = Path(f"/proc/{pid}")
    with suppress(OSError):
        if is_new:
            (place / "clear_refs").write_text("5", encoding="ascii")
        for line in (place / "status").read_text(encoding="utf-8").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1_024
    return 0
