"""Runs of workers that end, die or stall go on elsewhere: at once, whole, and written by one owner at a time."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

import pytest

from backend.data import run_store
from backend.data.db import Database
from backend.data.run import RunStatus
from backend.data.user_store import LOCAL_USER_ID
from backend.util.settings import Settings
from tests.support import durable
from tests.support.worker_process import start_worker
from tests.support.workers import at_work, ended, enqueue, fetch, is_queue_empty, status, submit, until, value


async def test_a_worker_that_ends_in_order_hands_its_runs_over_at_once(
    database: Database, settings: Settings, tmp_path: Path
) -> None:
    slow = settings.model_copy(update={"heartbeat_s": 30.0, "dead_after_s": 90.0})
    async with at_work(database, slow) as heir:
        async with at_work(database, slow) as leaving:
            run_id = await submit(leaving, durable.sleeps(0.5))
        began = time.monotonic()
        assert (await ended(heir, run_id)).status is RunStatus.COMPLETED
        assert time.monotonic() - began < 10  # 90 s without the hand-over
    assert await value(database, "SELECT epoch FROM run WHERE id = $1", run_id) == 2


async def test_workers_that_come_and_go_while_jobs_arrive_leave_none_behind(
    database: Database, settings: Settings
) -> None:
    async with at_work(database, settings, takes_queued=False) as watching:
        graph = await watching.save_graph(LOCAL_USER_ID, durable.sleeps(0.05))
        run_ids = await enqueue(database, graph, 60)
        for k in range(8):
            async with at_work(database, settings, max_runs_per_worker=8):
                await asyncio.sleep(0.02 * k)
        async with at_work(database, settings):
            for run_id in run_ids:
                assert (await ended(watching, run_id)).status is RunStatus.COMPLETED
            await until(lambda: is_queue_empty(database), within_s=3)


@pytest.mark.parametrize("kind", ["alone", "nested"])
async def test_the_runs_of_a_killed_process_go_on_elsewhere(
    database: Database, settings: Settings, tmp_path: Path, kind: str
) -> None:
    async with at_work(database, settings) as heir:
        graph = await heir.save_graph(LOCAL_USER_ID, durable.sleeps(0.8))
        if kind == "nested":
            graph = await heir.save_graph(LOCAL_USER_ID, durable.nested(graph))
        process = await (await start_worker(settings.database_url, tmp_path)).ready()
        run_id = await process.submit(graph.id, 7)
        await process.kill()
        began = time.monotonic()
        view = await ended(heir, run_id)
        assert time.monotonic() - began < 3.5
        assert view.status is RunStatus.COMPLETED
        assert view.summary is not None
        assert view.summary.outputs == {"y": [7]}


@pytest.mark.parametrize("kind", ["alone", "nested"])
async def test_a_stalled_owner_writes_nothing_after_it_was_taken_over_and_drops_the_run(
    database: Database, settings: Settings, tmp_path: Path, kind: str
) -> None:
    async with at_work(database, settings, takes_queued=False) as watching:
        graph = await watching.save_graph(LOCAL_USER_ID, durable.sleeps(2.5))
        if kind == "nested":
            graph = await watching.save_graph(LOCAL_USER_ID, durable.nested(graph))
        process = await (await start_worker(settings.database_url, tmp_path)).ready()
        run_id = await process.submit(graph.id, 7)
        await until(lambda: _holds(process, run_id), within_s=2)
        process.stall(2.0)
        async with at_work(database, settings) as heir:
            view = await ended(heir, run_id)
            assert view.status is RunStatus.COMPLETED
            assert view.summary is not None
            assert view.summary.outputs == {"y": [7]}
            before = await fetch(database, "SELECT id, status, epoch, xmin FROM run ORDER BY id")
            await asyncio.sleep(2)
            assert await process.loops() == []
            assert await fetch(database, "SELECT id, status, epoch, xmin FROM run ORDER BY id") == before
        await process.stop()
    rows = await fetch(
        database, "SELECT seq, count, epoch FROM run_event WHERE run_id = $1 ORDER BY seq", run_id
    )
    assert [row[0] for row in rows[1:]] == [row[0] + row[1] for row in rows[:-1]]
    assert [row[2] for row in rows] == sorted(row[2] for row in rows)


async def _holds(process: Any, run_id: str) -> bool:
    return run_id in await process.loops()


async def test_a_run_whose_claim_was_answered_into_a_broken_connection_is_not_stuck(
    database: Database, settings: Settings
) -> None:
    async with at_work(database, settings) as worker:
        graph = await worker.save_graph(LOCAL_USER_ID, durable.pure())
        async with database.raw() as connection, connection.transaction():
            [run_id] = await _queued_row(connection, graph)
            claimed = await run_store.claim(connection, worker.id, [run_id], 1.0)
            assert [row["id"] for row in claimed] == [run_id]
        assert await status(database, run_id) == "running"
        assert (await ended(worker, run_id, within_s=3)).status is RunStatus.COMPLETED


async def _queued_row(connection: Any, graph: Any) -> list[str]:
    row = {
        "id": "stray",
        "user_id": LOCAL_USER_ID,
        "graph_id": graph.id,
        "graph_version": graph.version,
        "inputs": '{"x": 1}',
        "options": "{}",
        "idempotency_key": None,
    }
    await run_store.enqueue_new_runs(connection, [row])
    return ["stray"]


async def test_children_of_a_run_that_cannot_be_resumed_end_with_it(
    database: Database, settings: Settings
) -> None:
    async with at_work(database, settings, takes_queued=False) as first:
        child = await first.save_graph(LOCAL_USER_ID, durable.sleeps(5))
        parent = await first.save_graph(LOCAL_USER_ID, durable.nested(child))
        run_id = (await first.submit(LOCAL_USER_ID, parent.id, {"x": 1})).run_id
        await until(lambda: _has_child(database, run_id), within_s=3)
    await value(database, "UPDATE graph_version SET definition = '{\"name\": \"gone\", \"nodes\": [], \"links\": []}' "
                "WHERE graph_id = $1", parent.id)  # fmt: skip
    async with at_work(database, settings) as second:
        assert (await ended(second, run_id)).status is RunStatus.FAILED
    rows = await fetch(database, "SELECT status::text FROM run WHERE parent_run_id = $1", run_id)
    assert [row[0] for row in rows] == ["cancelled"]


async def _has_child(database: Database, run_id: str) -> bool:
    return bool(await value(database, "SELECT count(*) FROM run WHERE parent_run_id = $1", run_id))
