"""Live is not ready: a process that cannot work says so and why, and one that ends says that."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx

from backend.app import App
from tests.server.conftest import echo_graph, stored, waiting_graph
from tests.support.deployment import deployed


async def test_ready_says_what_is_wrong_and_live_does_not_care(app: App, nobody: httpx.AsyncClient) -> None:
    answer = await nobody.get("/api/health/ready")
    assert (answer.status_code, answer.json()) == (200, {"status": "ready", "problems": [], "warnings": []})
    async with app.database.raw() as connection:
        await connection.execute("UPDATE alembic_version SET version_num = '0001_start'")
    answer = await nobody.get("/api/health/ready")
    assert (answer.status_code, answer.json()["status"]) == (503, "not ready")
    assert "0001_start" in answer.json()["problems"][0]
    assert (await nobody.get("/api/health/live")).status_code == 200


async def test_runs_that_nobody_takes_are_a_warning_and_nothing_of_them_is_told(
    app: App, ada: httpx.AsyncClient, nobody: httpx.AsyncClient
) -> None:
    graph_id = await stored(ada, waiting_graph())
    await ada.post(f"/api/graphs/{graph_id}/runs", json={"wait": 0.2})
    async with app.database.raw() as connection:
        await connection.execute("UPDATE run SET status = 'queued', created_at = now() - interval '2 min'")
    answer = await nobody.get("/api/health/ready")
    assert (answer.status_code, answer.json()["status"]) == (200, "ready")
    [warning] = answer.json()["warnings"]
    assert "queued for more than 60 s" in warning
    assert graph_id not in answer.text


async def test_draining_process_is_not_ready_and_still_takes_requests_and_keeps_no_connection(
    app: App, ada: httpx.AsyncClient, nobody: httpx.AsyncClient
) -> None:
    graph_id = await stored(ada, echo_graph())
    app.draining.set()
    answer = await nobody.get("/api/health/ready")
    assert (answer.status_code, answer.json()["status"]) == (503, "ending")
    assert answer.headers["connection"] == "close"
    assert (await nobody.get("/api/health/live")).status_code == 200
    run = await ada.post(f"/api/graphs/{graph_id}/runs", json={"inputs": {"name": "x"}, "wait": True})
    assert (run.status_code, run.json()["status"]) == (200, "completed")


async def test_handed_over_process_answers_202_and_stores_what_is_still_sent(
    app: App, ada: httpx.AsyncClient
) -> None:
    graph_id = await stored(ada, waiting_graph(3))
    quick = await stored(ada, echo_graph())
    waiting = asyncio.create_task(ada.post(f"/api/graphs/{graph_id}/runs", json={"wait": 30}))
    while not app.worker.loops:
        await asyncio.sleep(0.01)
    await app.worker.hand_over()
    answer = await asyncio.wait_for(waiting, 3)
    assert (answer.status_code, answer.json()["status"]) == (202, "queued")
    late = await ada.post(f"/api/graphs/{quick}/runs", json={"inputs": {"name": "x"}, "wait": 30})
    assert (late.status_code, late.json()["status"]) == (202, "queued")
    assert app.worker.loops == {}
    async with app.database.raw() as connection:
        rows = await connection.fetch("SELECT id, status::text FROM run ORDER BY id")
    assert [row["status"] for row in rows] == ["queued", "queued"]
    assert {row["id"] for row in rows} == {answer.json()["run_id"], late.json()["run_id"]}


async def test_process_that_is_told_to_end_says_so_before_it_closes(
    database_url: str, tmp_path: Path
) -> None:
    async with deployed(database_url, tmp_path, DRAIN_S="2") as deployment:
        server = await deployment.start("serve").ready()
        assert await server.status("/api/health/live") == 200
        server.tell_to_end()
        while await server.status("/api/health/ready") == 200:
            await asyncio.sleep(0.02)
        assert await server.status("/api/health/ready") == 503
        assert await server.status("/api/health/live") == 200
        assert await server.ended(20) == 0
        assert await server.status("/api/health/live") == 0


async def test_second_signal_ends_the_draining_at_once(database_url: str, tmp_path: Path) -> None:
    async with deployed(database_url, tmp_path, DRAIN_S="300") as deployment:
        server = await deployment.start("serve").ready()
        server.tell_to_end()
        while await server.status("/api/health/ready") == 200:
            await asyncio.sleep(0.02)
        server.tell_to_end()
        assert await server.ended(20) == 0
