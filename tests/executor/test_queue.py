"""How runs come to workers and leave them: the queue's promises, and pgqueuer's traps, each with its test."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from pgqueuer.adapters.drivers.asyncpg import AsyncpgDriver
from sqlalchemy import text

from backend.data import review_store, run_store
from backend.data.block import Decision
from backend.data.db import Database
from backend.data.graph_store import save_graph
from backend.data.run import RunStatus
from backend.data.user_store import LOCAL_USER_ID
from backend.executor.journal_reader import read_segments
from backend.executor.queue import OwnedQueries, RunQueue
from backend.executor.worker import Worker
from backend.util.settings import Settings
from tests.support import durable
from tests.support.workers import at_work, ended, enqueue, fetch, is_queue_empty, status, submit, until, value


async def started(database: Database, run_id: str) -> list[Any]:
    """(node, firing) of all that has started in a run, in order."""
    async with database.raw() as connection:
        segments = await read_segments(connection, run_id)
    records = [record for segment in segments for record in segment.records]
    return [(record[1], record[2]) for record in records if record[0] in "is"]


async def jobs(database: Database, column: str = "status") -> list[Any]:
    return [row[0] for row in await fetch(database, f"SELECT {column} FROM pgqueuer ORDER BY id")]


# -- pgqueuer's traps ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("outcome", ["successful", "failed", "canceled"])
async def test_a_job_that_another_worker_took_over_is_not_ended_by_the_first(
    database: Database, outcome: str
) -> None:
    first, second = [await value(database, "SELECT gen_random_uuid()") for _ in range(2)]
    job = await value(
        database,
        "INSERT INTO pgqueuer (priority, entrypoint, payload, status, queue_manager_id) "
        "VALUES (0, 'run', 'r', 'picked', $1) RETURNING id",
        second,
    )
    async with database.raw() as connection:
        queries = OwnedQueries(AsyncpgDriver(connection))
        await queries.log_jobs([(SimpleNamespace(id=job, queue_manager_id=first), outcome, None)])
        assert await jobs(database) == ["picked"]
        await queries.log_jobs([(SimpleNamespace(id=job, queue_manager_id=second), outcome, None)])
    assert await jobs(database) == {"successful": [], "failed": ["failed"], "canceled": ["queued"]}[outcome]


async def test_a_job_delivered_twice_starts_one_run(database: Database, settings: Settings) -> None:
    async with database.begin() as connection:
        graph = await save_graph(connection, LOCAL_USER_ID, durable.sleeps(0.3))
    [run_id] = await enqueue(database, graph)
    await value(database, "SELECT enqueue_run($1, $2)", run_id, LOCAL_USER_ID)
    async with at_work(database, settings) as one, at_work(database, settings) as other:
        await ended(one, run_id)
        await until(lambda: is_queue_empty(database), within_s=3)
        assert not one.loops
        assert not other.loops
    assert await started(database, run_id) == [(0, 0), (1, 0), (2, 0)]
    assert await value(database, "SELECT epoch FROM run WHERE id = $1", run_id) == 1


async def test_after_its_connections_are_cut_the_queue_hears_of_jobs_again_and_no_run_is_cancelled(
    database: Database, settings: Settings
) -> None:
    async with at_work(database, settings) as worker:
        long = await worker.save_graph(LOCAL_USER_ID, durable.sleeps(4))
        short = await worker.save_graph(LOCAL_USER_ID, durable.pure())
        [long_run] = await enqueue(database, long)
        await until(lambda: _is(database, long_run, "running"), within_s=3)
        await value(
            database,
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()",
        )
        [short_run] = await enqueue(database, short)
        await ended(worker, short_run, within_s=3)
        assert await status(database, long_run) == "running"
        view = await ended(worker, long_run, within_s=6)
        assert view.status is RunStatus.COMPLETED
    assert await started(database, long_run) == [(0, 0), (1, 0), (2, 0)]


async def _is(database: Database, run_id: str, wanted: str) -> bool:
    return await status(database, run_id) == wanted


async def test_a_worker_takes_no_more_jobs_than_it_may_have_runs(
    database: Database, settings: Settings
) -> None:
    async with at_work(database, settings, max_runs_per_worker=4) as worker:
        graph = await worker.save_graph(LOCAL_USER_ID, durable.sleeps(0.15))
        run_ids = await enqueue(database, graph, 20)
        most = 0
        while not all(
            [(await worker.view(LOCAL_USER_ID, run_id)).status.is_final for run_id in run_ids[-1:]]
        ):
            most = max(most, len(worker.loops))
            await asyncio.sleep(0.01)
        assert 2 <= most <= 4


async def test_a_job_that_fails_is_kept(database: Database) -> None:
    async def fail(run_id: str) -> None:
        raise RuntimeError(f"no {run_id}")

    queue = RunQueue(database.connect, fail, max_runs=4, dead_after_s=1)
    serving = asyncio.create_task(queue.run())
    await value(database, "SELECT enqueue_run('r', $1)", LOCAL_USER_ID)
    await until(lambda: _has_failed(database), within_s=5)
    queue.stop()
    await serving
    assert await jobs(database, "convert_from(payload, 'UTF8')") == ["r"]


async def _has_failed(database: Database) -> bool:
    return await jobs(database) == ["failed"]


async def test_jobs_that_ended_are_gone_and_leave_one_row_in_the_log(
    database: Database, settings: Settings
) -> None:
    async with at_work(database, settings) as worker:
        graph = await worker.save_graph(LOCAL_USER_ID, durable.pure())
        for run_id in await enqueue(database, graph, 50):
            await ended(worker, run_id)
        await until(lambda: is_queue_empty(database), within_s=3)
    assert await value(database, "SELECT count(*) FROM pgqueuer_statistics") == 0
    # What pgqueuer says of each pick stays until it is pruned; of ends and heartbeats it says nothing.
    assert await value(database, "SELECT count(*) FROM pgqueuer_log") <= 50


async def test_old_rows_of_the_queues_log_and_of_dead_workers_are_removed(database: Database) -> None:
    async with database.raw() as connection:
        for age in ("2 days", "1 minute"):
            await connection.execute(
                "INSERT INTO pgqueuer_log (created, job_id, status, priority, entrypoint) "
                f"VALUES (now() - interval '{age}', 1, 'queued', 0, 'run')"
            )
            await connection.execute(
                f"INSERT INTO worker (id, host, pid, heartbeat_at) VALUES ('{age}', '', 1, now() - interval '{age}')"
            )
        await run_store.clean_up(connection)
    assert await value(database, "SELECT count(*) FROM pgqueuer_log") == 1
    assert await value(database, "SELECT array_agg(id) FROM worker") == ["1 minute"]


# -- turns ---------------------------------------------------------------------------------------------------


async def _add_user(database: Database, user_id: str) -> None:
    async with database.begin() as connection:
        await connection.execute(
            text("INSERT INTO users (id, email, name, role) VALUES (:id, :id || '@x', :id, 'editor')"),
            {"id": user_id},
        )


async def _start_order(database: Database, run_ids: list[str]) -> list[str]:
    rows = await fetch(
        database,
        "SELECT run_id FROM run_event WHERE run_id = ANY($1) AND seq = 2 ORDER BY at, run_id",
        run_ids,
    )
    return [row[0] for row in rows]


@pytest.mark.parametrize("is_late", [False, True])
async def test_one_users_burst_does_not_delay_anothers_first_run_by_more_than_a_slot(
    database: Database, settings: Settings, is_late: bool
) -> None:
    await _add_user(database, "b")
    graph = durable.sleeps(0.02)
    async with database.begin() as connection:
        of_a = await save_graph(connection, LOCAL_USER_ID, graph)
        of_b = await save_graph(connection, "b", graph.model_copy(update={"id": "b-graph"}))
    burst = await enqueue(database, of_a, 200)
    single = [] if is_late else await enqueue(database, of_b, 1, user_id="b")
    slots = 4
    async with at_work(database, settings, max_runs_per_worker=slots) as worker:
        if is_late:
            await until(lambda: _has_started(database, burst, 20), within_s=10)
            single = await enqueue(database, of_b, 1, user_id="b")
            before = len(await _start_order(database, burst))
        else:
            before = 0
        await ended(worker, single[0], user_id="b")
        order = await _start_order(database, burst + single)
        assert order.index(single[0]) <= before + 2 * slots
        assert await value(database, "SELECT count(*) FROM pgqueuer") > 100


async def _has_started(database: Database, run_ids: list[str], count: int) -> bool:
    return len(await _start_order(database, run_ids)) >= count


async def test_runs_of_one_user_start_in_the_order_in_which_they_came(
    database: Database, settings: Settings
) -> None:
    async with database.begin() as connection:
        graph = await save_graph(connection, LOCAL_USER_ID, durable.sleeps(0.005))
    run_ids = await enqueue(database, graph, 40)
    slots = 2
    async with at_work(database, settings, max_runs_per_worker=slots) as worker:
        await ended(worker, run_ids[-1])
    order = await _start_order(database, run_ids)
    assert all(abs(place - run_ids.index(run_id)) <= slots for place, run_id in enumerate(order))


# -- accepting -----------------------------------------------------------------------------------------------


async def test_a_run_is_claimed_where_it_is_accepted_and_queued_when_there_is_no_room(
    database: Database, settings: Settings
) -> None:
    async with at_work(database, settings, takes_queued=False, max_runs_per_worker=2) as worker:
        graph = await worker.save_graph(LOCAL_USER_ID, durable.sleeps(1))
        accepted = [await worker.submit(LOCAL_USER_ID, graph.id, {"x": k}) for k in range(3)]
        assert [one.loop is not None for one in accepted] == [True, True, False]
        rows = await fetch(database, "SELECT status, worker_id FROM run ORDER BY id")
        assert [tuple(row) for row in rows] == [("running", worker.id)] * 2 + [("queued", None)]
        assert await jobs(database, "convert_from(payload, 'UTF8')") == [accepted[2].run_id]


async def test_a_repeated_request_starts_one_run_also_when_both_come_at_once(
    database: Database, settings: Settings
) -> None:
    async with at_work(database, settings) as worker:
        graph = await worker.save_graph(LOCAL_USER_ID, durable.pure())

        async def send() -> str:
            accepted = await worker.submit(LOCAL_USER_ID, graph.id, {"x": 1}, idempotency_key="k")
            return accepted.run_id

        ids = {*await asyncio.gather(*(send() for _ in range(10))), await send()}
        assert len(ids) == 1
        await ended(worker, ids.pop())
    assert await value(database, "SELECT count(*) FROM run") == 1


async def test_a_run_whose_data_the_database_refuses_fails_and_says_so(
    database: Database, settings: Settings
) -> None:
    async with at_work(database, settings) as worker:
        graph = durable.review("unused")
        graph.nodes = [node for node in graph.nodes if node.id != "led0"]
        graph.links = [link for link in graph.links if "led0" not in (link.source_id, link.sink_id)]
        next(node for node in graph.nodes if node.id == "ask").input_default.update(name="a\x00b", data=1)
        refused = await submit(worker, graph)
        within = await submit(worker, durable.nested(graph))
        view = await ended(worker, refused)
        assert view.status is RunStatus.FAILED
        assert view.summary is not None
        assert "could not be stored" in view.summary.errors[0].message
        assert (await ended(worker, within)).status is RunStatus.FAILED
        assert (await ended(worker, await submit(worker, durable.pure()))).status is RunStatus.COMPLETED


# -- cancelling ----------------------------------------------------------------------------------------------


async def _cancelled_within_a_second(worker: Worker, run_id: str) -> None:
    await worker.cancel(LOCAL_USER_ID, run_id)
    await until(lambda: _is(worker.database, run_id, "cancelled"), within_s=1)


async def test_a_queued_run_is_cancelled_at_once_and_its_job_does_nothing(
    database: Database, settings: Settings
) -> None:
    async with database.begin() as connection:
        graph = await save_graph(connection, LOCAL_USER_ID, durable.pure())
    [run_id] = await enqueue(database, graph)
    async with at_work(database, settings, takes_queued=False) as idle:
        await _cancelled_within_a_second(idle, run_id)
    async with at_work(database, settings):
        await until(lambda: is_queue_empty(database), within_s=3)
    assert await started(database, run_id) == []
    assert await status(database, run_id) == "cancelled"


async def test_a_running_run_is_cancelled_here_and_from_elsewhere(
    database: Database, settings: Settings
) -> None:
    async with at_work(database, settings) as here, at_work(database, settings) as elsewhere:
        for worker in (here, elsewhere):
            run_id = await submit(here, durable.sleeps(30))
            await _cancelled_within_a_second(worker, run_id)
            assert not here.loops


@pytest.mark.parametrize(
    "graph", [durable.waits(60), durable.review("unused"), durable.nested(durable.waits(60))]
)
async def test_a_waiting_run_is_cancelled_with_all_below_it(
    database: Database, settings: Settings, tmp_path: Path, graph: Any
) -> None:
    async with at_work(database, settings) as worker:
        for one in (durable.waits(60), graph):
            await worker.save_graph(LOCAL_USER_ID, one)
        for node in graph.nodes:
            if "path" in node.input_default:
                node.input_default["path"] = str(tmp_path / "ledger")
        run_id = await submit(worker, graph)
        await until(lambda: _is(database, run_id, "waiting"), within_s=3)
        await _cancelled_within_a_second(worker, run_id)
    rows = await fetch(database, "SELECT DISTINCT status::text FROM run WHERE root_run_id = $1", run_id)
    assert [row[0] for row in rows] == ["cancelled"]
    assert await value(database, "SELECT count(*) FROM review WHERE status = 'open'") == 0


async def test_a_cancel_that_meets_the_commit_of_a_run_put_aside_follows_its_last_event(
    database: Database, settings: Settings
) -> None:
    """The request waits for the owner's row; what the owner wrote meanwhile it must not write again."""
    async with at_work(database, settings) as worker:
        run_id = await submit(worker, durable.waits(60))
        await until(lambda: _is(database, run_id, "waiting"), within_s=3)
        seq, count, events = (await fetch(database, _TAKE_LAST, run_id))[0]
        await value(database, "UPDATE run SET status = 'running', worker_id = $2 WHERE id = $1", run_id, "x")
        async with database.raw() as owner, database.raw() as other:
            parked = owner.transaction()
            await parked.start()
            await owner.execute("UPDATE run SET status = 'waiting', worker_id = NULL WHERE id = $1", run_id)
            asking = asyncio.create_task(run_store.request_cancel(other, LOCAL_USER_ID, run_id))
            await until(lambda: _is_blocked(database), within_s=3)
            await owner.execute(_PUT_BACK, run_id, seq, count, events)
            await parked.commit()
            assert await asking == (run_id, RunStatus.CANCELLED)
    assert await value(database, "SELECT max(seq) FROM run_event WHERE run_id = $1", run_id) == seq + count


_TAKE_LAST = """
DELETE FROM run_event WHERE run_id = $1 AND seq = (SELECT max(seq) FROM run_event WHERE run_id = $1)
  RETURNING seq, count, events::text"""
_PUT_BACK = """
INSERT INTO run_event (run_id, seq, count, epoch, at, events) VALUES ($1, $2, $3, 1, now(), $4::text::json)"""


async def _is_blocked(database: Database) -> bool:
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    return bool(await value(database, waiting))


# -- waiting -------------------------------------------------------------------------------------------------


async def test_a_waiting_run_holds_no_worker_and_wakes_on_time(
    database: Database, settings: Settings
) -> None:
    async with at_work(database, settings) as worker:
        began = time.monotonic()
        run_id = await submit(worker, durable.waits(3))
        await until(lambda: _is(database, run_id, "waiting"), within_s=1)
        assert not worker.loops
        assert await value(database, "SELECT worker_id FROM run WHERE id = $1", run_id) is None
        await ended(worker, run_id)
        assert 3 <= time.monotonic() - began < 4


async def test_a_waiting_run_wakes_in_another_process_after_a_restart(
    database: Database, settings: Settings
) -> None:
    async with at_work(database, settings) as worker:
        run_id = await submit(worker, durable.waits(2.2))
        await until(lambda: _is(database, run_id, "waiting"), within_s=1)
    await asyncio.sleep(2.2)
    async with at_work(database, settings) as another:
        assert (await ended(another, run_id, within_s=2)).status is RunStatus.COMPLETED


async def test_an_answer_given_while_its_run_is_being_parked_is_not_lost(
    database: Database, settings: Settings, tmp_path: Path
) -> None:
    """Reviews are answered as soon as they can be seen: the run is then on its way out of the worker."""
    async with at_work(database, settings) as one, at_work(database, settings) as other:
        graph = await one.save_graph(LOCAL_USER_ID, durable.review(str(tmp_path / "ledger")))
        outer = await one.save_graph(LOCAL_USER_ID, durable.nested(graph))
        is_over = asyncio.Event()
        answering = asyncio.create_task(_answer_all(other, is_over))
        run_ids = [
            (await one.submit(LOCAL_USER_ID, chosen.id, {"x": k})).run_id
            for k in range(75)
            for chosen in (graph, outer)
        ]
        views = [await ended(one, run_id, within_s=20) for run_id in run_ids]
        is_over.set()
        answered = await answering
    assert answered == len(run_ids)
    assert {view.status for view in views} == {RunStatus.COMPLETED}
    lines = (tmp_path / "ledger").read_text().splitlines()
    assert len(lines) == len({line.split()[0] for line in lines}) == 2 * len(run_ids)


async def _answer_all(worker: Worker, is_over: asyncio.Event) -> int:
    answered = 0
    while not is_over.is_set():
        async with worker.database.begin() as connection:
            found = await review_store.list_open_reviews(connection, LOCAL_USER_ID)
        for review in found:
            await worker.decide(LOCAL_USER_ID, review["id"], Decision(True, None))
            answered += 1
        await asyncio.sleep(0)
    return answered
