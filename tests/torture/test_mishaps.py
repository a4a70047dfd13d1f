"""Nothing accepted is lost, recorded twice or changed after its end, whatever is killed, stopped or stalled.

In `make test` at a tenth of the size; `make torture` sets BLOCKYARD_TORTURE=1 for all of it.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path

import psutil
import pytest

from backend.data.db import Database
from backend.data.embedded import EmbeddedServer, open_embedded
from tests.support.worker_process import start_worker
from tests.torture.load import Target, some_ready, under_load, verdict

pytestmark = pytest.mark.torture

IS_WHOLE = os.environ.get("BLOCKYARD_TORTURE") == "1"
KILLS = 200 if IS_WHOLE else 20
STOPS = 30 if IS_WHOLE else 3
STALLS = 5 if IS_WHOLE else 2
STALL_S = 20.0 if IS_WHOLE else 3.0
STALL_DEAD_AFTER_S = 6.0 if IS_WHOLE else 1.0
PROCESSES = 3


def _starter(database: Database, *, dead_after_s: float) -> Callable[[Path], Awaitable[Target]]:
    """Starts worker processes that are given up after so many seconds of silence."""

    async def start(log: Path) -> Target:
        return await start_worker(
            database.dsn, log.parent, heartbeat_s=dead_after_s / 5, dead_after_s=dead_after_s, log=log
        )

    return start


async def test_nothing_is_lost_when_processes_are_killed(
    own_database: Database, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with under_load(
        own_database, folder, _starter(own_database, dead_after_s=2.5), processes=PROCESSES, seed=1
    ) as load:
        kills = 0
        while kills < KILLS:
            await asyncio.sleep(load.random.uniform(0.1, 0.6))
            for _ in range(load.random.choice((1, 1, 2))):
                process = load.some_process()
                if process is not None:
                    await load.replace(process)
                    kills += 1
            await some_ready(load, PROCESSES - 1)
        assert await verdict(load, "kill -9", kills, capsys) == {}


async def test_nothing_is_lost_when_the_database_is_stopped_and_started(
    own_database: Database, server: EmbeddedServer, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    again: list[EmbeddedServer] = []
    pid = server.pid
    async with under_load(
        own_database, folder, _starter(own_database, dead_after_s=2.5), processes=PROCESSES, seed=2
    ) as load:
        pids = {process.pid for process in load.processes}
        for stop in range(STOPS):
            await asyncio.sleep(load.random.uniform(1.5, 3))
            how = (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL)[stop % 3]  # fast, immediate, kill -9
            await _stop(pid, how)
            await asyncio.sleep(load.random.uniform(0.2, 2))
            again.append(await asyncio.to_thread(open_embedded, folder / "data"))
            assert again[-1].dsn == server.dsn
            pid = again[-1].pid
        await asyncio.sleep(2)
        assert await verdict(load, "database", STOPS, capsys) == {}
        assert {process.pid for process in load.processes if process.is_alive} == pids
    for opened in again:
        opened.close()


async def _stop(pid: int, how: signal.Signals) -> None:
    postmaster = psutil.Process(pid)
    postmaster.send_signal(how)
    await asyncio.to_thread(postmaster.wait, 60)


async def test_nothing_is_doubled_when_an_event_loop_stalls(
    own_database: Database, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with under_load(
        own_database, folder, _starter(own_database, dead_after_s=STALL_DEAD_AFTER_S), processes=2, seed=3
    ) as load:
        for stall in range(STALLS):
            await asyncio.sleep(1.5)
            load.processes[stall % 2].stall(STALL_S)
            await asyncio.sleep(STALL_S + 1)
        assert await verdict(load, "stalls", STALLS, capsys, may_overlap=True) == {}
        assert all(process.is_alive for process in load.processes)
