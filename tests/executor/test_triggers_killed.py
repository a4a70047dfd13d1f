"""Processes that start runs by schedules and polls are killed with signal 9: nothing is lost, nothing doubled."""

from __future__ import annotations

import asyncio
import json
import random
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from backend.blocks import catalogue
from backend.data.db import Database
from backend.data.graph_store import save_graph
from backend.data.user_store import LOCAL_USER_ID
from backend.data.version_store import set_published
from backend.executor.triggers.polls import go_live_polls
from backend.util.settings import Settings
from tests.support import durable
from tests.support.feeds import Feed, feed_graph
from tests.support.http_server import LocalServer, local_http_server
from tests.support.schedules import published, row_of, scheduled
from tests.support.worker_process import WorkerProcess, start_worker
from tests.support.workers import fetch, until, value

pytestmark = pytest.mark.timeout(300)
SCHEDULES, ROUNDS, KILLS = 30, 4, 5
_SEED = 7


class Fleet:
    """Processes over one database, replaced when they are killed."""

    def __init__(self, database_url: str, data_dir: Path) -> None:
        self._database_url = database_url
        self._data_dir = data_dir
        self.processes: list[WorkerProcess] = []

    async def start(self) -> WorkerProcess:
        process = await start_worker(
            self._database_url, self._data_dir, log=self._data_dir / "processes.log", max_runs=20
        )
        self.processes.append(process)
        return process

    async def kill_one(self, place: int = 0) -> None:
        await self.processes.pop(place).kill()

    async def end(self) -> None:
        for process in self.processes:
            await process.kill()


@pytest.fixture
async def server() -> AsyncIterator[LocalServer]:
    with local_http_server({"/feed": Feed()}) as local:
        yield local


@pytest.fixture
async def fleet(
    settings: Settings, tmp_path: Path, server: LocalServer, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Fleet]:
    monkeypatch.setenv("ALLOWED_ADDRESSES", json.dumps([server.address]))
    made = Fleet(settings.database_url, tmp_path)
    yield made
    await made.end()


async def test_schedules_start_each_time_once_while_processes_are_killed(
    database: Database, fleet: Fleet
) -> None:
    chance = random.Random(_SEED)
    graph = await published(database, durable.pure())
    ids = [await scheduled(database, graph, overlap="allow", ago=None) for _ in range(SCHEDULES)]
    for process in [await fleet.start() for _ in range(3)]:
        await process.ready()
    due: list[str] = []
    for _ in range(ROUNDS):
        rows = await fetch(
            database,
            "UPDATE schedule SET next_at = date_trunc('milliseconds', now() - interval '1 ms'), "
            "last_at = NULL RETURNING id, next_at",
        )
        due += [f"schedule:{row['id']}:{row['next_at'].isoformat()}" for row in rows]
        assert {row["id"] for row in rows} == set(ids)
        await value(database, "SELECT pg_notify('blockyard', '[[\"schedules\",\"\"]]')")
        await asyncio.sleep(chance.uniform(0.0, 0.25))
        await fleet.kill_one(chance.randrange(len(fleet.processes)))
        await until(lambda: _none_due(database), within_s=30)
        await (await fleet.start()).ready()
    # A time that its cron has brought by itself meanwhile, at a full minute, is one too.
    keys = [row[0] for row in await fetch(database, "SELECT idempotency_key FROM run")]
    assert [key for key, count in Counter(keys).items() if count > 1] == []
    assert set(due) - set(keys) == set()
    assert all(":00+00:00" in key for key in set(keys) - set(due))
    await until(lambda: _all_ended(database), within_s=60)
    assert await value(database, "SELECT count(*) FROM run WHERE status <> 'completed'") == 0


async def _none_due(database: Database) -> bool:
    return not await value(database, "SELECT count(*) FROM schedule WHERE next_at <= now()")


async def _all_ended(database: Database) -> bool:
    return not await value(database, "SELECT count(*) FROM run WHERE ended_at IS NULL")


async def test_a_time_that_came_while_no_process_was_there_is_caught_up_once(
    database: Database, fleet: Fleet
) -> None:
    graph = await published(database, durable.pure())
    schedule_id = await scheduled(database, graph)
    await value(database, "UPDATE schedule SET next_at = now() - interval '2 hours'")
    for process in [await fleet.start() for _ in range(2)]:
        await process.ready()
    await until(lambda: _none_due(database), within_s=20)
    row = await row_of(database, schedule_id)
    assert row["missed"] in (119, 120, 121)
    assert await value(database, "SELECT count(*) FROM run") <= 2  # and perhaps the next full minute's


async def test_a_record_survives_the_death_of_a_process_between_answer_and_commit(
    database: Database, fleet: Fleet, server: LocalServer
) -> None:
    feed = Feed([("old", "Old")])
    server.routes["/feed"] = feed
    poll_id = await _live(database, server)
    first = await (await fleet.start()).ready()
    await until(lambda: _polled(database, poll_id), within_s=30)
    feed.add("new")
    feed.delay_s = 1.0
    async with database.raw() as connection, connection.transaction():
        await _poll_now(database)
        await until(lambda: _is_leased(database), within_s=30)
        # Whoever has the answer waits for this lock before it can store anything.
        await connection.fetchval("SELECT id FROM poll WHERE id = $1 FOR UPDATE", poll_id)
        await until(lambda: _is_stuck(database), within_s=30)
        await fleet.kill_one()
    assert first.process.returncode == -9
    assert await value(database, "SELECT count(*) FROM run") == 0
    await _poll_now(database)
    await (await fleet.start()).ready()
    await until(lambda: _runs(database, 1), within_s=30)
    assert await _ids(database) == ["new"]


async def test_each_record_starts_one_run_while_processes_are_killed_at_any_moment(
    database: Database, fleet: Fleet, server: LocalServer
) -> None:
    chance = random.Random(_SEED)
    feed = Feed()
    server.routes["/feed"] = feed
    poll_id = await _live(database, server)
    for process in [await fleet.start() for _ in range(2)]:
        await process.ready()
    await until(lambda: _polled(database, poll_id), within_s=20)
    for number in range(KILLS):
        for k in range(5):
            feed.add(f"{number}.{k}")
        await _poll_now(database)
        await asyncio.sleep(chance.uniform(0.0, 0.1))
        await fleet.kill_one(chance.randrange(len(fleet.processes)))
        await (await fleet.start()).ready()
    await _poll_now(database)
    await until(lambda: _runs(database, KILLS * 5), within_s=60)
    assert await _ids(database) == sorted(f"{n}.{k}" for n in range(KILLS) for k in range(5))


async def _live(database: Database, server: LocalServer) -> str:
    graph = feed_graph(server.base_url + "/feed")
    async with database.begin() as connection:
        saved = await save_graph(connection, LOCAL_USER_ID, graph)
        await set_published(connection, LOCAL_USER_ID, saved.id, saved.version)
        await go_live_polls(connection, LOCAL_USER_ID, saved, catalogue().find)
    return str(await value(database, "SELECT id FROM poll"))


async def _polled(database: Database, poll_id: str) -> bool:
    found = await value(database, "SELECT problem FROM poll WHERE id = $1 AND polled_at IS NOT NULL", poll_id)
    assert found in (None, "")
    return found is not None


async def _is_leased(database: Database) -> bool:
    return bool(await value(database, "SELECT count(*) FROM poll WHERE leased_until > now()"))


async def _poll_now(database: Database) -> None:
    """As if the leases of the dead had ended, and all were due."""
    await value(database, "UPDATE poll SET next_at = now(), leased_until = NULL")
    await value(database, "SELECT pg_notify('blockyard', '[[\"graph\",\"\"]]')")


async def _is_stuck(database: Database) -> bool:
    """Whether somebody waits for a lock."""
    return bool(
        await value(
            database,
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
            "AND wait_event_type = 'Lock' AND query LIKE 'SELECT id FROM poll%'",
        )
    )


async def _ids(database: Database) -> list[str]:
    """The ids of all records that have started runs, each as often as it has."""
    rows = await fetch(database, "SELECT inputs::json->'payload'->>'id' FROM run ORDER BY 1")
    return [str(row[0]) for row in rows]


async def _runs(database: Database, count: int) -> bool:
    return int(await value(database, "SELECT count(*) FROM run")) >= count
