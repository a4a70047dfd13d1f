"""What blocks usually take: medians over the last completed runs, of their owner's, and at once."""

from __future__ import annotations

import time
from itertools import pairwise
from typing import Any

import httpx

from backend.app import App
from backend.executor.typical import MOST_RUNS, Taken, TypicalRuns, medians
from tests.server.conftest import VALUE, echo_graph, graph_json, link, node, stored


async def _run(client: httpx.AsyncClient, graph_id: str, **body: Any) -> str:
    answer = await client.post(f"/api/graphs/{graph_id}/runs", json={"wait": True, **body})
    assert answer.status_code == 200, answer.text
    return str(answer.json()["run_id"])


async def _typical(client: httpx.AsyncClient, graph_id: str) -> dict[str, dict[str, Any]]:
    answer = await client.get(f"/api/graphs/{graph_id}/typical")
    assert answer.status_code == 200, answer.text
    return {item["node_id"]: item for item in answer.json()["items"]}


def test_middle_of_the_runs_is_told_and_how_many_they_are() -> None:
    runs = [{"a": Taken(1_000, 10)}, {"a": Taken(90_000, 30), "b": Taken(5, 0)}, {"a": Taken(2_000, 20)}]
    a, b = medians(runs)
    assert (a.node_id, a.duration_ms, a.usd_micros, a.runs) == ("a", 2.0, 20, 3)
    assert (b.node_id, b.duration_ms, b.usd_micros, b.runs) == ("b", 0.005, 0, 1)


async def test_graph_without_runs_has_nothing_typical(ada: httpx.AsyncClient) -> None:
    assert await _typical(ada, await stored(ada, echo_graph())) == {}


async def test_each_node_has_its_own_time_as_the_runs_tell_it(ada: httpx.AsyncClient) -> None:
    graph_id = await stored(ada, echo_graph())
    told: dict[str, list[float]] = {}
    for _ in range(3):
        run_id = await _run(ada, graph_id, inputs={"name": "Ada"})
        for item in (await ada.get(f"/api/runs/{run_id}/nodes")).json()["items"]:
            told.setdefault(item["node_id"], []).append(item["duration_ms"])
    typical = await _typical(ada, graph_id)
    assert {node_id: item["duration_ms"] for node_id, item in typical.items()} == {
        node_id: sorted(times)[1] for node_id, times in told.items()
    }
    assert {item["runs"] for item in typical.values()} == {3}
    assert {item["cost"]["usd_micros"] for item in typical.values()} == {0}


async def test_new_run_is_in_the_next_answer_and_a_failed_one_never(ada: httpx.AsyncClient) -> None:
    graph_id = await stored(ada, echo_graph())
    await _run(ada, graph_id, inputs={"name": "Ada"})
    assert {item["runs"] for item in (await _typical(ada, graph_id)).values()} == {1}
    await _run(ada, graph_id, inputs={"name": "Bob"})
    failed = await ada.post(f"/api/graphs/{graph_id}/runs", json={"wait": True, "limits": {"max_firings": 1}})
    assert failed.json().get("status") != "completed"
    assert {item["runs"] for item in (await _typical(ada, graph_id)).values()} == {2}


async def test_nobody_else_is_told(ada: httpx.AsyncClient, bob: httpx.AsyncClient) -> None:
    graph_id = await stored(ada, echo_graph())
    await _run(ada, graph_id, inputs={"name": "Ada"})
    for path in (graph_id, "absent"):
        answer = await bob.get(f"/api/graphs/{path}/typical")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_twenty_runs_of_fifty_blocks_are_told_within_a_moment(app: App, ada: httpx.AsyncClient) -> None:
    names = [f"n{place}" for place in range(50)]
    nodes = [node("n0", VALUE, input="x" * 200), *(node(name, VALUE) for name in names[1:])]
    links = [link(f"{a}.output", f"{b}.input") for a, b in pairwise(names)]
    graph_id = await stored(ada, graph_json("long", nodes, links))
    for _ in range(MOST_RUNS + 2):
        await _run(ada, graph_id)
    me = (await ada.get("/api/auth/me")).json()["id"]
    times: list[float] = []
    for _ in range(5):
        fresh = TypicalRuns(app.database)
        began = time.perf_counter()
        found = await fresh.of_graph(me, graph_id)
        times.append(time.perf_counter() - began)
        assert {(one.node_id, one.runs) for one in found} == {(name, MOST_RUNS) for name in names}
    assert min(times) < 0.1, times
