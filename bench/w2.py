"""W2: a request comes in, 10 trivial nodes run, the answer has their result. 32 connections, 10 seconds.

Ours is `blockyard serve`, which knows the trivial block besides its own: the API key is checked and the run is on disk, with every
firing, before the answer goes out. The floor is a bare FastAPI route under uvicorn that only answers.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import psutil

from bench import graphs, node_red
from bench.engine import data_folder
from bench.figure import Figure
from bench.load import Request, put_load
from bench.prepared import prepare
from bench.served import blockyard, free_port, served

SECONDS = 10
_WARM_UP_S = 2


@dataclass(frozen=True, slots=True)
class Answers:
    """What the load came to; `cpu_ms` of the server process for each request."""

    rate: float
    p99_ms: float
    tool: str
    cpu_ms: float


async def measure(*, with_peers: bool) -> AsyncIterator[Figure]:
    floor = await _bare_fastapi()
    peer = await _node_red() if with_peers else None
    with data_folder() as folder:
        ours = await _ours(folder)
    yield Figure(
        "W2", "requests, 10 trivial nodes each", "/s",
        ours.rate, floor.rate, peer.rate if peer else None, 3_500.0, more_is_better=True,
        note=f"floor: bare FastAPI, nothing stored; load by {ours.tool}",
    )  # fmt: skip
    yield Figure(
        "W2", "the slowest in a hundred", "ms", ours.p99_ms, floor.p99_ms, peer.p99_ms if peer else None, 20.0
    )
    yield Figure(
        "W2", "processor time of the server for each", "ms", ours.cpu_ms, floor.cpu_ms, peer.cpu_ms if peer else None,
        note="processor time is what a busy machine changes least; PostgreSQL's is not in it",
    )  # fmt: skip


async def _ours(folder: Path) -> Answers:
    token = await prepare(folder, [graphs.ten_nodes()])
    path = f"/api/graphs/{graphs.ten_nodes().id}/runs"
    async with blockyard(folder, module="bench.serve") as server:
        request = Request(server.port, path, "POST", '{"inputs":{},"wait":true}', token)
        return await _loaded(request, server.pid)


async def _bare_fastapi() -> Answers:
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "bench.bare:app", "--port", str(port)]
    command += ["--no-access-log", "--log-level", "warning"]
    async with served(command, port=port, path="/live") as server:
        return await _loaded(Request(port, "/run", "POST", '{"inputs":{},"wait":true}'), server.pid)


async def _node_red() -> Answers:
    async with node_red.running() as server:
        return await _loaded(Request(server.port, "/w2"), server.pid)


async def _loaded(request: Request, pid: int) -> Answers:
    await asyncio.to_thread(put_load, request, seconds=_WARM_UP_S)
    before_s = _cpu_s(pid)
    load = await asyncio.to_thread(put_load, request, seconds=SECONDS)
    cpu_ms = (_cpu_s(pid) - before_s) * 1e3 / (load.rate * SECONDS)
    return Answers(load.rate, load.p99_ms, load.tool, cpu_ms)


def _cpu_s(pid: int) -> float:
    times = psutil.Process(pid).cpu_times()
    return times.user + times.system
