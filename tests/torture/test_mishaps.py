"""Nothing accepted is lost, recorded twice or changed after its end, whatever is killed, stopped or stalled.

In `make test` at a tenth of the size; `make torture` sets BLOCKYARD_TORTURE=1 for all of it.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psutil
import pytest

from backend.data.db import Database, open_database
from backend.data.embedded import EmbeddedServer, open_embedded
from backend.data.user_store import ensure_local_user
from backend.util.settings import Settings
from tests.torture.load import Load, summary, under_load

pytestmark = pytest.mark.torture

IS_WHOLE = os.environ.get("BLOCKYARD_TORTURE") == "1"
KILLS = 200 if IS_WHOLE else 20
STOPS = 30 if IS_WHOLE else 3
STALLS = 5 if IS_WHOLE else 2
STALL_S = 20.0 if IS_WHOLE else 3.0
STALL_DEAD_AFTER_S = 6.0 if IS_WHOLE else 1.0
PROCESSES = 3


@pytest.fixture
def folder() -> Iterator[Path]:
    """A short path of its own: the database's socket is below it."""
    made = Path(tempfile.mkdtemp(prefix="by"))
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture
def server(folder: Path) -> Iterator[EmbeddedServer]:
    """A PostgreSQL of this test's own, which it may stop."""
    opened = open_embedded(folder / "data")
    yield opened
    opened.close()


@pytest.fixture
async def own_database(server: EmbeddedServer, folder: Path) -> AsyncIterator[Database]:
    settings = Settings(database_url=server.dsn, BLOCKYARD_DATA_DIR=folder)
    opened = await open_database(settings)
    async with opened.begin() as connection:
        await ensure_local_user(connection)
    yield opened
    await opened.close()


async def _verdict(
    load: Load, name: str, mishaps: int, capsys: pytest.CaptureFixture[str], *, may_overlap: bool = False
) -> None:
    found = await load.settle(may_overlap=may_overlap)
    with capsys.disabled():
        print(f"\n{summary(name, load, found, mishaps=mishaps)}")
    assert found.problems() == {}
    assert load.internal_errors == []
    assert found.slowest_s < 60
    assert len(load.accepted) > 5 * mishaps


async def test_nothing_is_lost_when_processes_are_killed(
    own_database: Database, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with under_load(
        own_database, folder, processes=PROCESSES, heartbeat_s=0.5, dead_after_s=2.5, seed=1
    ) as load:
        for kill in range(KILLS):
            await asyncio.sleep(load.random.uniform(0.1, 0.6))
            for _ in range(2 if kill % 10 == 9 else 1):
                process = load.some_process()
                if process is not None:
                    await load.replace(process)
            await _some_ready(load, PROCESSES - 1)
        await _verdict(load, "kill -9", KILLS, capsys)


async def _some_ready(load: Load, count: int) -> None:
    """Until so many processes work again, so that there is load to be killed."""
    deadline = time.monotonic() + 60
    while sum(process.is_ready for process in load.processes) < count:
        assert time.monotonic() < deadline, "No process comes up any more."
        await asyncio.sleep(0.05)


async def test_nothing_is_lost_when_the_database_is_stopped_and_started(
    own_database: Database, server: EmbeddedServer, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    again: list[EmbeddedServer] = []
    pid = server.pid
    async with under_load(
        own_database, folder, processes=PROCESSES, heartbeat_s=0.5, dead_after_s=2.5, seed=2
    ) as load:
        pids = {process.process.pid for process in load.processes}
        for stop in range(STOPS):
            await asyncio.sleep(load.random.uniform(1.5, 3))
            how = (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL)[stop % 3]  # fast, immediate, kill -9
            await _stop(pid, how)
            await asyncio.sleep(load.random.uniform(0.2, 2))
            again.append(await asyncio.to_thread(open_embedded, folder / "data"))
            assert again[-1].dsn == server.dsn
            pid = again[-1].pid
        await asyncio.sleep(2)
        await _verdict(load, "database", STOPS, capsys)
        assert {process.process.pid for process in load.processes if process.is_alive} == pids
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
        own_database,
        folder,
        processes=2,
        heartbeat_s=STALL_DEAD_AFTER_S / 5,
        dead_after_s=STALL_DEAD_AFTER_S,
        seed=3,
    ) as load:
        for stall in range(STALLS):
            await asyncio.sleep(1.5)
            load.processes[stall % 2].stall(STALL_S)
            await asyncio.sleep(STALL_S + 1)
        await _verdict(load, "stalls", STALLS, capsys, may_overlap=True)
        assert all(process.is_alive for process in load.processes)
