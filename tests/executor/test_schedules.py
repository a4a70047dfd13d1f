"""Schedules: each time starts one run or is counted, whatever overlaps, breaks or was missed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import orjson
import pytest

from backend.data.cron import parse_cron
from backend.data.db import Database
from backend.data.graph_store import delete_graph, save_graph
from backend.data.schedule_store import (
    DueSchedule,
    Overlap,
    create_schedule,
    due_schedules,
    run_key,
    stop_schedules,
)
from backend.data.user_store import LOCAL_USER_ID
from backend.data.version_store import set_published
from backend.executor.triggers.schedules import SIGNAL, Schedules, turn_at, verdict
from backend.executor.worker import Worker
from backend.util.errors import NotFound
from backend.util.settings import Settings
from tests.executor.test_triggers import BellTriggerBlock
from tests.support import durable, graphs
from tests.support.collector import thaw
from tests.support.engine import catalogue_with
from tests.support.schedules import make_due, published, row_of, runs_of, scheduled
from tests.support.workers import ended, enqueue, fetch, until, value

AT = datetime(2025, 7, 1, 12, 0, 30, tzinfo=UTC)
HOURLY = parse_cron("0 * * * *", "UTC")


@pytest.fixture
async def idle(database: Database, settings: Settings) -> AsyncIterator[Worker]:
    """A worker that takes nothing from the queue, so that runs stay as they are."""
    known = catalogue_with([*durable.BLOCKS, BellTriggerBlock])
    worker = Worker(database, settings, known.find)
    async with worker.at_work(takes_queued=False):
        yield worker
    thaw()


# -- which times have come -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hours_ago", "passed", "due_hour"), [(0, 1, 12), (1, 2, 12), (5, 6, 12), (24 * 40, 24 * 40 + 1, 12)]
)
def test_all_times_that_have_come_are_counted_and_the_last_is_the_one_that_runs(
    hours_ago: int, passed: int, due_hour: int
) -> None:
    turn = turn_at(HOURLY, AT.replace(second=0) - timedelta(hours=hours_ago), AT)
    assert turn.passed == passed
    assert turn.due_at == AT.replace(hour=due_hour, second=0)
    assert turn.next_at == AT.replace(hour=13, minute=0, second=0)


def test_a_time_of_the_future_has_not_come_and_the_next_is_worked_out_anew() -> None:
    turn = turn_at(HOURLY, AT + timedelta(days=365), AT)
    assert (turn.due_at, turn.passed) == (None, 0)
    assert turn.next_at == AT.replace(hour=13, second=0)


def test_missed_times_are_counted_up_to_a_limit() -> None:
    turn = turn_at(parse_cron("* * * * *", "UTC"), AT - timedelta(days=100), AT)
    assert turn.passed == 100_000
    assert turn.next_at == AT + timedelta(seconds=30)


def _due(overlap: Overlap, *, is_busy: bool, version: int | None = 1) -> DueSchedule:
    return DueSchedule(
        "s", "u", "g", "* * * * *", "UTC", {}, overlap, AT, None, "", version, is_busy, AT
    )  # fmt: skip


@pytest.mark.parametrize(
    ("overlap", "is_busy", "version", "problem", "outcome", "missed"),
    [
        ("skip", False, 1, "", "started", 2),
        ("skip", True, 1, "", "skipped", 3),
        ("queue", False, 1, "", "started", 2),
        ("queue", True, 1, "", "waiting", 0),
        ("allow", True, 1, "", "started", 2),
        ("allow", True, None, "", "failed", 3),
        ("queue", True, None, "", "failed", 3),
        ("skip", False, 1, "broken", "failed", 3),
    ],
)
def test_three_times_come_to(
    overlap: str, is_busy: bool, version: int | None, problem: str, outcome: str, missed: int
) -> None:
    said = verdict(_due(Overlap(overlap), is_busy=is_busy, version=version), 3, problem)
    assert (said.outcome, said.missed) == (outcome, missed)


# -- starting ------------------------------------------------------------------------------------------------


async def test_a_due_schedule_starts_one_run_of_the_published_version_with_its_inputs(
    idle: Worker, database: Database
) -> None:
    graph = await published(database, durable.pure())
    async with database.begin() as connection:
        newer = graph.model_copy(update={"description": "changed since"})
        assert (await save_graph(connection, LOCAL_USER_ID, newer)).version == 2
    schedule_id = await scheduled(database, graph, inputs={"x": 7})
    due_at = (await row_of(database, schedule_id))["next_at"]
    assert await Schedules(idle).start_due() == 1
    [run] = await runs_of(database, graph)
    assert (run["graph_version"], orjson.loads(run["inputs"]), run["status"]) == (1, {"x": 7}, "queued")
    assert run["idempotency_key"] == run_key(schedule_id, due_at)
    row = await row_of(database, schedule_id)
    assert (row["last_outcome"], row["last_at"], row["last_run_id"]) == ("started", due_at, run["id"])
    assert row["next_at"] > due_at
    assert (row["missed"], row["problem"]) == (0, "")


async def test_what_is_not_due_starts_nothing(idle: Worker, database: Database) -> None:
    graph = await published(database, durable.pure())
    schedule_id = await scheduled(database, graph, ago=None)
    assert await Schedules(idle).start_due() == 0
    await make_due(database, schedule_id)
    await value(database, "UPDATE schedule SET is_active = false WHERE id = $1", schedule_id)
    assert await Schedules(idle).start_due() == 0
    assert await runs_of(database, graph) == []


async def test_missed_times_are_caught_up_once_and_counted(idle: Worker, database: Database) -> None:
    graph = await published(database, durable.pure())
    schedule_id = await scheduled(database, graph, ago=timedelta(days=3))
    assert await Schedules(idle).start_due() == 1
    assert await Schedules(idle).start_due() == 0
    assert len(await runs_of(database, graph)) == 1
    row = await row_of(database, schedule_id)
    assert row["missed"] in (3 * 1440 - 1, 3 * 1440)
    assert row["last_at"] > datetime.now(UTC) - timedelta(minutes=2)


async def test_many_processes_at_once_start_each_time_once(idle: Worker, database: Database) -> None:
    graph = await published(database, durable.pure())
    ids = [await scheduled(database, graph, overlap="allow") for _ in range(10)]
    for round_ in range(1, 4):
        await asyncio.gather(*(Schedules(idle).start_due() for _ in range(6)))
        keys = [run["idempotency_key"] for run in await runs_of(database, graph)]
        assert len(keys) == len(set(keys)) == round_ * len(ids)
        for schedule_id in ids:
            await make_due(database, schedule_id)


async def test_the_schedule_of_a_user_who_was_shut_out_waits_until_they_are_back(
    idle: Worker, database: Database
) -> None:
    graph = await published(database, durable.pure())
    await scheduled(database, graph)
    await value(database, "UPDATE users SET is_active = false WHERE id = $1", LOCAL_USER_ID)
    assert await Schedules(idle).start_due() == 0
    await value(database, "UPDATE users SET is_active = true WHERE id = $1", LOCAL_USER_ID)
    assert await Schedules(idle).start_due() == 1


# -- overlap -------------------------------------------------------------------------------------------------


async def test_skip_starts_nothing_while_a_run_goes_on_and_counts_it(
    idle: Worker, database: Database
) -> None:
    graph = await published(database, durable.pure())
    schedule_id = await scheduled(database, graph, overlap="skip")
    schedules = Schedules(idle)
    await schedules.start_due()
    await make_due(database, schedule_id)
    await schedules.start_due()
    assert len(await runs_of(database, graph)) == 1
    row = await row_of(database, schedule_id)
    assert (row["last_outcome"], row["missed"]) == ("skipped", 1)
    await _end_runs(database)
    await make_due(database, schedule_id)
    await schedules.start_due()
    assert len(await runs_of(database, graph)) == 2
    assert (await row_of(database, schedule_id))["last_outcome"] == "started"


async def test_queue_starts_one_run_when_the_last_has_ended_however_many_times_have_come(
    idle: Worker, database: Database
) -> None:
    graph = await published(database, durable.pure())
    schedule_id = await scheduled(database, graph, overlap="queue")
    await Schedules(idle).start_due()
    due_at = await make_due(database, schedule_id, ago=timedelta(minutes=3))
    await Schedules(idle).start_due()
    row = await row_of(database, schedule_id)
    assert (row["last_outcome"], row["next_at"], row["missed"]) == ("waiting", due_at, 0)
    async with database.raw() as connection:
        assert await due_schedules(connection, 10) == []  # left alone until the run has ended
    await _end_runs(database)
    assert await Schedules(idle).start_due() == 1
    assert await Schedules(idle).start_due() == 0
    assert len(await runs_of(database, graph)) == 2
    row = await row_of(database, schedule_id)
    assert (row["last_outcome"], row["missed"]) == ("started", 3)


async def test_allow_starts_a_run_beside_another(idle: Worker, database: Database) -> None:
    graph = await published(database, durable.pure())
    schedule_id = await scheduled(database, graph, overlap="allow")
    await Schedules(idle).start_due()
    await make_due(database, schedule_id)
    await Schedules(idle).start_due()
    assert [run["status"] for run in await runs_of(database, graph)] == ["queued", "queued"]


async def test_runs_of_others_do_not_count_as_overlap(idle: Worker, database: Database) -> None:
    graph = await published(database, durable.pure())
    await enqueue(database, graph)
    await scheduled(database, graph, overlap="skip")
    await scheduled(database, graph, overlap="skip")
    assert await Schedules(idle).start_due() == 2
    assert len(await runs_of(database, graph)) == 3


async def _end_runs(database: Database) -> None:
    await value(database, "UPDATE run SET status = 'completed', ended_at = now()")


# -- what cannot run -----------------------------------------------------------------------------------------


async def test_a_graph_that_is_not_published_is_said_and_tried_again_at_the_next_time(
    idle: Worker, database: Database
) -> None:
    graph = await published(database, durable.pure())
    schedule_id = await scheduled(database, graph)
    async with database.begin() as connection:
        await set_published(connection, LOCAL_USER_ID, graph.id, None)
    await Schedules(idle).start_due()
    row = await row_of(database, schedule_id)
    assert (row["last_outcome"], row["missed"]) == ("failed", 1)
    assert "Publish it" in row["problem"]
    assert row["next_at"] > datetime.now(UTC)
    async with database.begin() as connection:
        await set_published(connection, LOCAL_USER_ID, graph.id, 1)
    await make_due(database, schedule_id)
    await Schedules(idle).start_due()
    row = await row_of(database, schedule_id)
    assert (row["last_outcome"], row["problem"], row["missed"]) == ("started", "", 1)


async def test_inputs_that_no_longer_fit_are_said(idle: Worker, database: Database) -> None:
    graph = await published(database, durable.pure())
    schedule_id = await scheduled(database, graph, inputs={"y": 1})
    await Schedules(idle).start_due()
    row = await row_of(database, schedule_id)
    assert row["last_outcome"] == "failed"
    assert "no input 'y'" in row["problem"]
    assert await runs_of(database, graph) == []


async def test_a_graph_with_triggers_only_is_said_to_start_nothing(idle: Worker, database: Database) -> None:
    bells = graphs.graph([graphs.node("bell", BellTriggerBlock)])
    graph = await published(database, bells)
    schedule_id = await scheduled(database, graph, inputs={})
    await Schedules(idle).start_due()
    assert "triggers only" in (await row_of(database, schedule_id))["problem"]


async def test_a_zone_that_is_not_known_any_more_stops_no_other_schedule(
    idle: Worker, database: Database
) -> None:
    graph = await published(database, durable.pure())
    broken = await scheduled(database, graph, ago=timedelta(minutes=5))
    await value(database, "UPDATE schedule SET timezone = 'Atlantis/City' WHERE id = $1", broken)
    await scheduled(database, graph)
    assert await Schedules(idle).start_due() == 2
    assert len(await runs_of(database, graph)) == 1
    row = await row_of(database, broken)
    assert "Atlantis/City" in row["problem"]
    assert row["next_at"] > datetime.now(UTC) + timedelta(minutes=50)


async def test_with_its_graph_a_schedule_goes_and_nobody_elses(idle: Worker, database: Database) -> None:
    graph, other = [await published(database, one) for one in (durable.pure(), durable.sleeps(0.1))]
    for one in (graph, graph, other):
        await scheduled(database, one)
    async with database.begin() as connection:
        assert await stop_schedules(connection, "somebody else", graph.id) == 0
        assert await stop_schedules(connection, LOCAL_USER_ID, graph.id) == 2
        await delete_graph(connection, LOCAL_USER_ID, graph.id)
    assert await Schedules(idle).start_due() == 1
    assert await runs_of(database, graph) == []


async def test_no_schedule_is_made_for_a_foreign_graph(database: Database) -> None:
    async with database.begin() as connection:
        await connection.exec_driver_sql(
            "INSERT INTO users (id, email, name) VALUES ('bob', 'b@example.com', 'Bob')"
        )
    foreign = await published(database, durable.pure(), user_id="bob")
    with pytest.raises(NotFound):
        await scheduled(database, foreign)


async def test_a_schedule_that_is_made_while_its_graph_is_deleted_goes_with_it(database: Database) -> None:
    graph = await published(database, durable.pure())

    async def delete() -> None:
        async with database.begin() as connection:
            await delete_graph(connection, LOCAL_USER_ID, graph.id)
            await stop_schedules(connection, LOCAL_USER_ID, graph.id)

    async with database.begin() as connection:
        values = {"cron": "* * * * *", "next_at": AT}
        await create_schedule(connection, LOCAL_USER_ID, "beside", graph.id, values)
        deleting = asyncio.create_task(delete())
        await asyncio.wait([deleting], timeout=0.5)
    await deleting
    assert await value(database, "SELECT count(*) FROM schedule") == 0


# -- clocks --------------------------------------------------------------------------------------------------


async def test_after_a_clock_that_ran_years_ahead_a_schedule_finds_back_and_starts_no_time_twice(
    idle: Worker, database: Database
) -> None:
    graph = await published(database, durable.pure())
    schedule_id = await scheduled(database, graph, overlap="allow")
    ahead = timedelta(days=3650)
    await value(
        database,
        "UPDATE schedule SET last_at = now() + $2::interval, next_at = now() + $2::interval WHERE id = $1",
        schedule_id,
        ahead,
    )
    await Schedules(idle).start_due()
    row = await row_of(database, schedule_id)
    assert row["next_at"] < datetime.now(UTC) + timedelta(minutes=2)
    assert await runs_of(database, graph) == []
    due_at = await make_due(database, schedule_id)
    await Schedules(idle).start_due()
    await value(database, "UPDATE schedule SET next_at = $2 WHERE id = $1", schedule_id, due_at)
    await Schedules(idle).start_due()
    [run] = await runs_of(database, graph)
    assert (await row_of(database, schedule_id))["last_run_id"] == run["id"]


# -- the loop ------------------------------------------------------------------------------------------------


async def test_a_worker_starts_what_is_due_and_a_new_schedule_as_soon_as_it_is_told(
    database: Database, settings: Settings
) -> None:
    worker = Worker(database, settings, catalogue_with(durable.BLOCKS).find)
    worker.beside.append(Schedules(worker).run)
    graph = await published(database, durable.pure())
    async with worker.at_work():
        await asyncio.sleep(0.5)  # it sleeps for half a minute now
        schedule_id = await scheduled(database, graph, ago=-timedelta(seconds=1.5))
        worker.send(SIGNAL, schedule_id)
        await until(lambda: runs_of(database, graph), within_s=10)
        [run] = await runs_of(database, graph)
        view = await ended(worker, run["id"])
        assert view.summary is not None
        assert view.summary.outputs == {"y": [6]}
    thaw()


async def test_a_waiting_time_starts_by_itself_when_the_last_run_has_ended(
    database: Database, settings: Settings
) -> None:
    worker = Worker(database, settings, catalogue_with(durable.BLOCKS).find)
    worker.beside.append(Schedules(worker).run)
    graph = await published(database, durable.sleeps(2.0))
    async with worker.at_work():
        schedule_id = await scheduled(database, graph, overlap="queue")
        worker.send(SIGNAL, schedule_id)
        await until(lambda: runs_of(database, graph), within_s=5)
        await make_due(database, schedule_id)
        worker.send(SIGNAL, schedule_id)
        await until(lambda: _is_waiting(database, schedule_id), within_s=2)
        await until(lambda: _count(database, graph.id, 2), within_s=10)
        rows = await fetch(
            database, "SELECT created_at, ended_at FROM run WHERE graph_id = $1 ORDER BY id", graph.id
        )
        assert rows[1]["created_at"] > rows[0]["ended_at"]
    thaw()


async def _is_waiting(database: Database, schedule_id: str) -> bool:
    return bool((await row_of(database, schedule_id))["last_outcome"] == "waiting")


async def _count(database: Database, graph_id: str, wanted: int) -> bool:
    return int(await value(database, "SELECT count(*) FROM run WHERE graph_id = $1", graph_id)) >= wanted
