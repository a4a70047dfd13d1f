"""Processes that are told to end in the middle of their work: nobody is cut off, and nothing is lost or done twice."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest

from backend.data.graph import Graph
from backend.data.graph_store import save_graph
from backend.data.user_store import LOCAL_USER_ID
from backend.util.crypto import MasterKey
from tests.server.conftest import TEXT_INPUT
from tests.support.deployment import Deployment, Process, deployed
from tests.support.http_server import Answer, LocalServer, local_http_server
from tests.support.tcp_postgres import tcp_postgres

REQUEST = "6595ae1f-b924-42cb-9a41-551a0611c4b4"
OUTPUT = "363ae599-353e-4804-937e-b2ee3cef3da4"
NEVER_DEAD = {"HEARTBEAT_S": "0.5", "DEAD_AFTER_S": "600"}
NEVER_DEAD["BLOCKYARD_MASTER_KEY"] = MasterKey.new().written()
"""So long until others take a silent process for dead that only what is handed over goes on."""


@pytest.fixture(scope="module")
def postgres_url() -> Iterator[str]:
    with tcp_postgres() as url:
        yield url


@pytest.fixture
def service() -> Iterator[LocalServer]:
    """An outside service that takes its time; it remembers who asked."""
    answers = {
        "/quick": Answer.of_json({"done": True}),
        "/effect": Answer(body=b'{"done": true}', headers={"Content-Type": "application/json"}, delay_s=0.4),
        "/slow": Answer(body=b'{"done": true}', headers={"Content-Type": "application/json"}, delay_s=2.0),
    }
    with local_http_server(answers) as server:
        yield server


@pytest.fixture
async def deployment(postgres_url: str, service: LocalServer, tmp_path: Path) -> AsyncIterator[Deployment]:
    allowed = orjson.dumps([service.address]).decode()
    async with deployed(postgres_url, tmp_path, ALLOWED_ADDRESSES=allowed, **NEVER_DEAD) as made:
        yield made


def _calls(service: LocalServer, path: str) -> Graph:
    """Asks the service twice in a row, and gives back what it says."""
    raw = {
        "id": f"calls-{path[1:]}",
        "name": "calls",
        "nodes": [
            {"id": "in", "block_id": TEXT_INPUT, "input_default": {"name": "x"}},
            *(
                {"id": name, "block_id": REQUEST, "input_default": {"url": f"{service.base_url}{path}"}}
                for name in ("first", "second")
            ),
            {"id": "out", "block_id": OUTPUT, "input_default": {"name": "y"}},
        ],
        "links": [
            {
                "id": "1",
                "source_id": "in",
                "source_name": "result",
                "sink_id": "first",
                "sink_name": "body_#_x",
            },
            {
                "id": "2",
                "source_id": "first",
                "source_name": "response",
                "sink_id": "second",
                "sink_name": "body",
            },
            {
                "id": "3",
                "source_id": "second",
                "source_name": "response",
                "sink_id": "out",
                "sink_name": "value",
            },
        ],
    }
    return Graph.model_validate(raw)


async def _saved(deployment: Deployment, graph: Graph) -> str:
    async with deployment.database.begin() as connection:
        return (await save_graph(connection, LOCAL_USER_ID, graph)).id


@dataclass
class Load:
    """Callers of a server, and what they were answered."""

    client: httpx.AsyncClient
    graph_id: str
    accepted: list[str] = field(default_factory=list[str])
    answers: Counter[int] = field(default_factory=Counter[int])
    broken: list[str] = field(default_factory=list[str])
    is_over: bool = False

    async def call(self, wait: float | bool) -> None:
        """One run, over a connection of its own."""
        body = {"inputs": {"x": "1"}, "wait": wait}
        try:
            answer = await self.client.post(f"/api/graphs/{self.graph_id}/runs", json=body)
        except httpx.HTTPError as error:
            self.broken.append(repr(error))
            return
        self.answers[answer.status_code] += 1
        if answer.status_code in (200, 202):
            self.accepted.append(answer.json()["run_id"])
        else:
            self.broken.append(answer.text)

    async def keep_calling(self, number: int) -> None:
        while not self.is_over:
            await self.call(wait=20 if number % 3 else False)

    async def until_not_ready(self, server: Process) -> None:
        """As a load balancer does: asks now and then, and sends nothing more when the server is not ready."""
        while await server.status("/api/health/ready") == 200:
            await asyncio.sleep(0.05)
        self.is_over = True


async def _taken(deployment: Deployment, graph_id: str, *, epoch: int = 1) -> int:
    """How many runs a process has taken from the queue, or from a process before it."""
    async with deployment.database.raw() as connection:
        count = await connection.fetchval(
            "SELECT count(*) FROM run r JOIN run_event e ON e.run_id = r.id AND e.seq = 1 "
            "WHERE r.graph_id = $1 AND r.epoch >= $2 AND r.worker_id IS NOT NULL AND (e.epoch = 0 OR $2 > 1)",
            graph_id,
            epoch,
        )
    return int(count)


async def _all_ended(deployment: Deployment, graph_id: str, within_s: float) -> list[Any]:
    deadline = time.monotonic() + within_s
    while True:
        async with deployment.database.raw() as connection:
            rows = await connection.fetch(
                "SELECT id, status::text, summary::text AS summary, epoch FROM run WHERE graph_id = $1",
                graph_id,
            )
        if all(row["status"] not in ("queued", "running", "waiting") for row in rows):
            return list(rows)
        assert time.monotonic() < deadline, Counter(row["status"] for row in rows)
        await asyncio.sleep(0.1)


def _calls_by_key(service: LocalServer) -> Counter[str]:
    return Counter(request.headers["idempotency-key"] for request in service.seen)


async def test_a_worker_and_the_server_end_under_load_and_every_run_comes_to_its_end_once(
    deployment: Deployment, service: LocalServer, capsys: pytest.CaptureFixture[str]
) -> None:
    graph_id = await _saved(deployment, _calls(service, "/effect"))
    server = deployment.start("serve", DRAIN_S="2", MAX_RUNS_PER_WORKER="8")
    workers = [deployment.start("worker", MAX_RUNS_PER_WORKER="8") for _ in range(2)]
    for process in (server, *workers):
        await process.ready()
    load = Load(deployment.client(server), graph_id)
    callers = [asyncio.create_task(load.keep_calling(number)) for number in range(24)]
    while await _taken(deployment, graph_id) < 10:
        await asyncio.sleep(0.02)
    workers[0].tell_to_end()
    await asyncio.sleep(1.0)
    server.tell_to_end()
    await load.until_not_ready(server)
    assert await server.status("/api/health/ready") == 503
    assert await server.status("/api/health/live") == 200
    assert await server.ended(20) == 0
    assert await workers[0].ended(20) == 0
    await asyncio.gather(*callers)
    rows = await _all_ended(deployment, graph_id, within_s=30)
    assert load.broken == []
    assert {row["id"] for row in rows} == set(load.accepted)
    assert len(load.accepted) == len(set(load.accepted)) > 30
    assert Counter(row["status"] for row in rows) == {"completed": len(rows)}
    assert all(orjson.loads(row["summary"])["outputs"] == {"y": [{"done": True}]} for row in rows)
    calls = _calls_by_key(service)
    repeated = sum(calls.values()) - len(calls)
    handed_over = sum(row["epoch"] > 1 for row in rows)
    assert handed_over > 0
    assert len(calls) == 2 * len(rows), "every effect of every run, and no other"
    assert repeated <= 16, "only what was being asked when its process ended is asked again, by the same key"
    with capsys.disabled():
        print(
            f"\n{len(rows)} runs, {load.answers[200]} answered with their result, {load.answers[202]} with 202; "
            f"{handed_over} taken from a queue or another process, {repeated} requests asked again, 0 broken"
        )


async def test_callers_who_wait_get_202_at_once_and_their_runs_go_on_elsewhere_within_a_second(
    deployment: Deployment, service: LocalServer, capsys: pytest.CaptureFixture[str]
) -> None:
    graph_id = await _saved(deployment, _calls(service, "/slow"))
    server, worker = deployment.start("serve"), deployment.start("worker")
    await server.ready()
    load = Load(deployment.client(server), graph_id)
    callers = [asyncio.create_task(load.call(wait=True)) for _ in range(20)]
    while len(service.seen) < 20:
        await asyncio.sleep(0.01)
    await worker.ready()
    server.tell_to_end()
    began = time.monotonic()
    while await _taken(deployment, graph_id, epoch=2) < 20:
        assert time.monotonic() - began < 10
        await asyncio.sleep(0.01)
    gone_on_s = time.monotonic() - began
    await asyncio.gather(*callers)
    answered_s = time.monotonic() - began
    assert await server.ended(10) == 0
    ended_s = time.monotonic() - began
    with capsys.disabled():
        print(
            f"\n20 waiting callers: all runs went on elsewhere after {gone_on_s:.2f} s, all answered after "
            f"{answered_s:.2f} s, process over after {ended_s:.2f} s"
        )
    assert load.broken == []
    assert load.answers == {202: 20}
    assert gone_on_s < 1.0
    assert answered_s < 2.0
    rows = await _all_ended(deployment, graph_id, within_s=20)
    assert {row["id"] for row in rows} == set(load.accepted)
    assert {row["status"] for row in rows} == {"completed"}
    assert len(_calls_by_key(service)) == 40


async def test_workers_answer_health_and_figures_and_nothing_else(deployment: Deployment) -> None:
    worker = await deployment.start("worker", METRICS_TOKEN="scrape").ready()
    headers = {"authorization": "Bearer scrape"}
    assert await worker.status("/api/health/live") == 200
    async with httpx.AsyncClient(base_url=worker.url, trust_env=False) as client:
        text = (await client.get("/metrics", headers=headers)).text
        assert "blockyard_runs_active 0.0" in text
        assert (await client.get("/metrics")).status_code == 401
        for path in ("/api/graphs", "/api/runs", "/api/openapi.json", "/api/status"):
            key = {"authorization": f"Bearer {deployment.key}"}
            assert (await client.get(path, headers=key)).status_code == 404, path
        for path in ("/", "/api/setup"):
            assert (await client.get(path)).status_code == 404, path
    worker.tell_to_end()
    assert await worker.ended(10) == 0
