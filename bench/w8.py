"""W8: 200 watchers on one busy run, over WebSockets: what they cost it, and when they have everything.

Runs of two equal graphs take turns, one watched and one not; the watchers sit in this process, the server
in another. Each watcher must have every event once and in order, or the measurement fails.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from statistics import median

import httpx
import orjson
from websockets.asyncio.client import ClientConnection, connect

from bench import graphs
from bench.engine import data_folder
from bench.figure import Figure
from bench.prepared import prepare
from bench.served import blockyard

WATCHERS = 200
ROUNDS = 7
_ITEMS = 2_000
_SEQ = re.compile(r'"seq":(\d+)')


@dataclass(slots=True)
class Watcher:
    """One connection; keeps what came until it is looked at."""

    socket: ClientConnection
    frames: list[str] = field(default_factory=list[str])

    async def until_end(self, count: int) -> None:
        """Read until a run of `count` events is over."""
        while not self.frames or '"op":"end"' not in self.frames[-1]:
            self.frames.append(str(await self.socket.recv()))
        seqs = [int(seq) for frame in self.frames for seq in _SEQ.findall(frame)]
        self.frames.clear()
        if seqs != list(range(1, count + 1)):
            raise AssertionError(f"Of {count} events a watcher had {len(seqs)}, or in another order.")


@dataclass(frozen=True, slots=True)
class Watched:
    """Medians: a run's time alone and watched, and how long after its end every watcher had everything."""

    alone_ms: float
    watched_ms: float
    behind_ms: float
    events: int


async def measure(*, with_peers: bool) -> AsyncIterator[Figure]:
    found = await watched(WATCHERS, ROUNDS, _ITEMS)
    yield Figure(
        "W8", f"a run of {found.events:,} events with {WATCHERS} watchers", "ms",
        found.watched_ms, found.alone_ms, target=found.alone_ms * 1.1,
        note="floor: the same run without watchers",
    )  # fmt: skip
    yield Figure("W8", "until every watcher has everything, after the end", "ms", found.behind_ms)


async def watched(count: int, rounds: int, items: int) -> Watched:
    """Runs by turns, `rounds` of each kind."""
    with data_folder() as folder:
        quiet, busy = "bench-w8-quiet", "bench-w8-busy"
        token = await prepare(folder, [graphs.effects_of_items(name, items) for name in (quiet, busy)])
        async with blockyard(folder, module="bench.serve") as server, AsyncExitStack() as stack:
            headers = {"authorization": f"Bearer {token}"}
            client = await stack.enter_async_context(
                httpx.AsyncClient(base_url=f"http://127.0.0.1:{server.port}", headers=headers, timeout=300)
            )
            await _run(client, quiet)
            watchers = [
                Watcher(
                    await stack.enter_async_context(
                        connect(
                            f"ws://127.0.0.1:{server.port}/api/ws",
                            additional_headers=headers,
                            compression=None,
                            max_size=None,
                            max_queue=None,
                            ping_interval=None,
                        )
                    )
                )
                for _ in range(count)
            ]
            for watcher in watchers:
                await watcher.socket.send(orjson.dumps({"op": "subscribe", "graph": busy}).decode())
                await watcher.socket.recv()
            return await _rounds(client, quiet, busy, watchers, rounds)


async def _rounds(
    client: httpx.AsyncClient, quiet: str, busy: str, watchers: list[Watcher], rounds: int
) -> Watched:
    alone: list[float] = []
    seen: list[float] = []
    behind: list[float] = []
    events = 0
    for _ in range(rounds):
        alone.append((await _run(client, quiet))[1])
        run_id, took_ms = await _run(client, busy)
        ended = time.perf_counter()
        seen.append(took_ms)
        events = await _count(client, run_id)
        await asyncio.gather(*(watcher.until_end(events) for watcher in watchers))
        behind.append((time.perf_counter() - ended) * 1e3)
    return Watched(median(alone), median(seen), median(behind), events)


async def _run(client: httpx.AsyncClient, graph_id: str) -> tuple[str, float]:
    answer = await client.post(f"/api/graphs/{graph_id}/runs", json={"wait": True})
    result = answer.raise_for_status().json()
    if result["status"] != "completed":
        raise AssertionError(result)
    return result["run_id"], result["duration_ms"]


async def _count(client: httpx.AsyncClient, run_id: str) -> int:
    after = 0
    while True:
        page = (await client.get(f"/api/runs/{run_id}/events", params={"after": after, "limit": 5000})).json()
        after = page["next_after"]
        if page["is_end"]:
            return int(after)
