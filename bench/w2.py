"""W2: a request comes in, 10 trivial nodes run, the answer has their result. 32 connections, 10 seconds.

Ours is `blockyard serve`, which knows the trivial block besides its own. A webhook's signature is checked, its event
is looked for among those that came before, and it is on disk with the run and its answer before that goes out; a
call of the API has its key checked, and the run with every firing is on disk. The floor is a bare FastAPI route under uvicorn that only answers.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import psutil

from backend.integrations.providers import ProviderName
from backend.integrations.webhooks._verify import hmac_hex
from bench import graphs, node_red
from bench.engine import data_folder
from bench.figure import Figure
from bench.load import Request, put_load
from bench.prepared import prepare, prepare_webhook
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
        called = await _called(folder)
    with data_folder() as folder:
        delivered = await _delivered(folder)
    peer_rate, peer_p99_ms = (peer.rate, peer.p99_ms) if peer else (None, None)
    yield Figure(
        "W2", "signed webhooks answered, 10 trivial nodes each", "/s",
        delivered.rate, floor.rate, peer_rate, 3_500.0, more_is_better=True,
        note=f"floor: bare FastAPI, nothing stored or checked; load by {delivered.tool}",
    )  # fmt: skip
    yield Figure("W2", "the slowest in a hundred", "ms", delivered.p99_ms, floor.p99_ms, peer_p99_ms, 20.0)
    yield Figure(
        "W2", "processor time of the server for each", "ms", delivered.cpu_ms, floor.cpu_ms, peer.cpu_ms if peer else None,
        note="processor time is what a busy machine changes least; PostgreSQL's is not in it",
    )  # fmt: skip
    yield Figure(
        "W2", "API calls with a key that wait for the end", "/s",
        called.rate, floor.rate, peer_rate, 3_500.0, more_is_better=True,
    )  # fmt: skip
    yield Figure(
        "W2", "the slowest in a hundred of these", "ms", called.p99_ms, floor.p99_ms, peer_p99_ms, 20.0
    )


async def _called(folder: Path) -> Answers:
    token = await prepare(folder, [graphs.ten_nodes()])
    path = f"/api/graphs/{graphs.ten_nodes().id}/runs"
    async with blockyard(folder, module="bench.serve") as server:
        request = Request(server.port, path, "POST", '{"inputs":{},"wait":true}', token)
        return await _loaded(request, server.pid)


async def _delivered(folder: Path) -> Answers:
    """Through the real ingress: the signature is checked, and every delivery has an id of its own."""
    graph, secret, body = graphs.answered_webhook(), "a secret of the benchmark", '{"said":"hello"}'
    await prepare(folder, [graph])
    provider = ProviderName.EXAMPLE_PROVIDER.value
    webhook_id = await prepare_webhook(folder, graph, provider=provider, secret=secret)
    path = f"/api/integrations/{provider}/webhooks/{webhook_id}/ingress"
    signature = {"X-Webhook-Signature": f"sha256={hmac_hex(secret, body.encode())}"}
    async with blockyard(folder, module="bench.serve") as server:
        request = Request(server.port, path, "POST", body, more=signature, counted="webhook-id")
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
