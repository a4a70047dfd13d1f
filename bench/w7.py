"""W7: growth. 100,000 runs of 1,000 graphs are stored: every list of runs and graphs. Runs of 10,000 firings are
opened for the first time. A journal of 1,000,000 events: pages of it, and what it costs a new run.

All over HTTP to a server of its own, one request after the other; the history is put into its database.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import httpx

from backend.data.db import open_database
from backend.data.user_store import LOCAL_USER_ID
from backend.util.clock import new_id, now
from bench import graphs, history
from bench.engine import data_folder, settings_for
from bench.figure import Figure
from bench.history import Size
from bench.prepared import prepare
from bench.served import blockyard

ROUNDS = 20
OPENED = 5
ITEMS = 3_333
"""Each passes three nodes: with the two others 10,001 firings."""
_SMALL_RUNS = 200
LIST_MS, OPEN_MS = 50.0, 1_000.0

Query = dict[str, Any]


def filters(parent: str) -> dict[str, tuple[str, Query]]:
    """Each list with each filter by its name: path and query. Some find much, some little, some nothing.

    `parent` is a run with others within it.
    """
    moment = now()
    days = {
        "created_after": (moment - timedelta(days=40)).isoformat(),
        "created_before": (moment - timedelta(days=10)).isoformat(),
    }
    of_runs: dict[str, Query] = {
        "runs": {},
        "runs of a graph": {"graph_id": "bench-graph-00000"},
        "runs of a graph that failed": {"graph_id": "bench-graph-00007", "status": "failed"},
        "runs that failed or were cancelled": {"status": ["failed", "cancelled"]},
        "runs that wait": {"status": "waiting"},
        "completed runs": {"status": "completed"},
        "runs of some days": days,
        "dear runs": {"min_cost_usd_micros": 500_000},
        "runs that cost nothing": {"max_cost_usd_micros": 0},
        "runs with a common word": {"q": "invoice"},
        "runs with a word that none has": {"q": "unheard of"},
        "runs with a label": {"label": "nightly"},
        "runs with a label that none has": {"label": "unheard of"},
        "runs within a run": {"parent_run_id": parent},
        "runs from a run": {"from_run_id": parent},
        "runs by everything at once": {
            **days, "status": ["failed", "completed"], "q": "quota", "label": "import", "min_cost_usd_micros": 1
        },
    }  # fmt: skip
    of_graphs: dict[str, Query] = {
        "graphs": {}, "graphs by name": {"sort": "name"}, "graphs with a word": {"q": "invoice"}
    }  # fmt: skip
    named = {name: ("/api/runs", query) for name, query in of_runs.items()}
    return named | {name: ("/api/graphs", query) for name, query in of_graphs.items()}


@dataclass(frozen=True, slots=True)
class Times:
    """Milliseconds."""

    samples: list[float]

    @property
    def median_ms(self) -> float:
        return median(self.samples)

    @property
    def best_ms(self) -> float:
        return min(self.samples)

    @property
    def p95_ms(self) -> float:
        return quantiles(self.samples, n=20, method="inclusive")[-1]


async def measure(*, with_peers: bool) -> AsyncIterator[Figure]:
    with data_folder() as folder:
        token = await prepare(folder, [graphs.ten_nodes(), graphs.fan_out(ITEMS)])
        parent = await _fill(folder, Size())
        async with blockyard(folder, module="bench.serve") as server:
            headers = {"authorization": f"Bearer {token}"}
            base_url = f"http://127.0.0.1:{server.port}"
            async with httpx.AsyncClient(base_url=base_url, headers=headers, timeout=300) as client:
                async for figure in _figures(client, folder, parent):
                    yield figure


async def _figures(client: httpx.AsyncClient, folder: Path, parent: str) -> AsyncIterator[Figure]:
    lists = await list_times(client, parent, rounds=ROUNDS)
    for name, times in lists.items():
        yield Figure("W7", f"list: {name}", "ms", times.median_ms, target=LIST_MS)
    slowest = max(lists, key=lambda name: lists[name].p95_ms)
    yield Figure(
        "W7", "the slowest list, 95 of 100 requests", "ms", lists[slowest].p95_ms, target=LIST_MS,
        note=f"slowest list: {slowest}",
    )  # fmt: skip
    opened = await opening_times(client, times=OPENED)
    yield Figure(
        "W7", "open a run of 10,000 firings for the first time", "ms", opened.median_ms, target=OPEN_MS
    )
    before = await small_runs(client, count=_SMALL_RUNS)
    run_id = await _long_journal(folder, Size().events)
    pages = await page_times(client, run_id, Size().events, rounds=ROUNDS)
    yield Figure(
        "W7", "1,000 events anywhere in a journal of 1,000,000", "ms", pages.median_ms, target=LIST_MS
    )
    took = await _ms(_get(client, f"/api/runs/{run_id}/nodes"))
    yield Figure("W7", "its nodes, looked up for the first time", "ms", took)
    firings = await firing_times(client, run_id, rounds=ROUNDS)
    yield Figure("W7", "50 of its firings, anywhere", "ms", firings.median_ms, target=LIST_MS)
    after = await small_runs(client, count=_SMALL_RUNS)
    yield Figure(
        "W7", "a run of 10 nodes beside a journal of 1,000,000 events", "ms", after.median_ms, before.median_ms,
        note="floor: the same before that journal was there",
    )  # fmt: skip


async def _fill(folder: Path, size: Size) -> str:
    database = await open_database(settings_for(folder))
    try:
        return await history.fill(database, LOCAL_USER_ID, size)
    finally:
        await database.close()


async def _long_journal(folder: Path, events: int) -> str:
    database = await open_database(settings_for(folder))
    run_id = new_id()
    graph = graphs.fan_out(ITEMS).model_copy(update={"version": 1})
    try:
        await history.fill_journal(database, LOCAL_USER_ID, graph, run_id, events)
    finally:
        await database.close()
    return run_id


# -- what is measured, also by a test ----------------------------------------------------------------------


async def list_times(client: httpx.AsyncClient, parent: str, *, rounds: int) -> dict[str, Times]:
    """The first page of each list, by turns, after a round that is not measured."""
    lists = filters(parent)
    for path, query in lists.values():
        await _get(client, path, **query)
    found: dict[str, list[float]] = {name: [] for name in lists}
    for _ in range(rounds):
        for name, (path, query) in lists.items():
            found[name].append(await _ms(_get(client, path, **query)))
    return {name: Times(samples) for name, samples in found.items()}


async def opening_times(client: httpx.AsyncClient, *, times: int) -> Times:
    """What a page that shows a run asks for, of runs that nobody has opened before."""
    samples: list[float] = []
    for _ in range(times):
        run_id = await _run(client, graphs.fan_out(ITEMS).id)
        samples.append(await _ms(_open(client, run_id)))
    return Times(samples)


async def _open(client: httpx.AsyncClient, run_id: str) -> None:
    run = await _get(client, f"/api/runs/{run_id}")
    nodes = await _get(client, f"/api/runs/{run_id}/nodes")
    events = await _get(client, f"/api/runs/{run_id}/events")
    firings = sum(node["completed"] for node in nodes["items"])
    if run["status"] != "completed" or firings < 3 * ITEMS or len(events["items"]) != 1_000:
        raise RuntimeError(f"The run {run_id} is not what it should be.")


async def small_runs(client: httpx.AsyncClient, *, count: int) -> Times:
    """Runs of ten trivial nodes, answered when their end is on disk."""
    return Times([await _ms(_run(client, graphs.ten_nodes().id)) for _ in range(count)])


async def page_times(client: httpx.AsyncClient, run_id: str, events: int, *, rounds: int) -> Times:
    """1,000 events from evenly spread places."""
    samples: list[float] = []
    for k in range(rounds):
        after = k * (events - 1_000) // max(rounds - 1, 1)
        samples.append(await _ms(_full_page(client, run_id, after)))
    return Times(samples)


async def _full_page(client: httpx.AsyncClient, run_id: str, after: int) -> None:
    page = await _get(client, f"/api/runs/{run_id}/events", after=after)
    if len(page["items"]) != 1_000 or page["items"][0]["seq"] != after + 1:
        raise RuntimeError(f"A page behind event {after} is not what it should be.")


async def firing_times(client: httpx.AsyncClient, run_id: str, *, rounds: int) -> Times:
    """50 firings from evenly spread places, with their items."""
    nodes = (await _get(client, f"/api/runs/{run_id}/nodes"))["items"]
    count = nodes[1]["completed"]
    path = f"/api/runs/{run_id}/nodes/{nodes[1]['node_id']}/firings"
    places = [k * (count - 51) // max(rounds - 1, 1) for k in range(rounds)]
    return Times([await _ms(_get(client, path, after=after)) for after in places])


async def _ms(work: Awaitable[object]) -> float:
    began = time.perf_counter()
    await work
    return (time.perf_counter() - began) * 1e3


async def _get(client: httpx.AsyncClient, path: str, **query: Any) -> Any:
    return (await client.get(path, params=query)).raise_for_status().json()


async def _run(client: httpx.AsyncClient, graph_id: str) -> str:
    answer = await client.post(f"/api/graphs/{graph_id}/runs", json={"wait": True})
    result = answer.raise_for_status().json()
    if result["status"] != "completed":
        raise RuntimeError(f"A run of {graph_id} did not complete: {result}")
    return str(result["run_id"])
