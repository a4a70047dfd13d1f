"""W4: runs of one trivial node wait in the queue; worker processes drain them.

The clock runs from the common word to begin, given when all workers are ready, to the last final state as
another connection sees it in the database. The floor is pgqueuer alone in one process, with as many jobs that
do nothing.
"""

from __future__ import annotations

import asyncio
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import median

from backend.data import graph_store, run_store
from backend.data.connection import Connection
from backend.data.db import Database, open_database
from backend.data.user_store import LOCAL_USER_ID, ensure_local_user
from backend.util.clock import new_id
from bench import drain, graphs
from bench.engine import data_folder, settings_for
from bench.figure import Figure

TARGETS = {1: 2_500.0, 2: 4_000.0}
"""Runs in a second, by the number of workers."""
FEW, MANY = 1_000, 10_000
_LOOK_S = 0.005
_LONGEST_S = 120.0
_NONE_LEFT = "SELECT NOT EXISTS (SELECT 1 FROM run WHERE status IN ('queued', 'running', 'waiting'))"
_NO_JOB_LEFT = f"SELECT NOT EXISTS (SELECT 1 FROM pgqueuer WHERE entrypoint = '{drain.BARE}')"

Fill = Callable[[Connection, int], Awaitable[None]]


async def measure(*, with_peers: bool) -> AsyncIterator[Figure]:
    with data_folder() as folder:
        database = await open_database(settings_for(folder))
        try:
            await _save_graph(database)
            for count, rounds in ((FEW, 5), (MANY, 1)):
                floor = await rate(database, folder, count, rounds=rounds, is_bare=True)
                for workers, target in TARGETS.items():
                    ours = await rate(database, folder, count, workers=workers, rounds=rounds)
                    yield Figure(
                        "W4", f"{count:,} queued runs, drained by {workers}", "runs/s", ours, floor, None, target,
                        more_is_better=True, note="floor: pgqueuer alone, jobs that do nothing",
                    )  # fmt: skip
        finally:
            await database.close()


async def rate(
    database: Database, folder: Path, count: int, *, workers: int = 1, rounds: int = 1, is_bare: bool = False
) -> float:
    """Runs in a second: the median of the rounds. Processes are new for each round."""
    fill, is_empty = (_fill_bare, _NO_JOB_LEFT) if is_bare else (_fill_runs, _NONE_LEFT)
    connection = await database.connect()
    try:
        seconds = [await _drained(connection, folder, count, workers, fill, is_empty) for _ in range(rounds)]
    finally:
        await connection.close()
    return count / median(seconds)


async def _drained(
    connection: Connection, folder: Path, count: int, workers: int, fill: Fill, is_empty: str
) -> float:
    """Seconds from the word to the end."""
    extra = ["--bare"] if fill is _fill_bare else []
    async with _ready_workers(folder, workers, extra) as processes:
        await fill(connection, count)
        began = time.perf_counter()
        for process in processes:
            assert process.stdin is not None
            process.stdin.write(f"{drain.GO}\n".encode())
        while not await connection.fetchval(is_empty):
            if time.perf_counter() - began > _LONGEST_S:
                raise RuntimeError(f"{count} runs were not drained in {_LONGEST_S:.0f} s.")
            await asyncio.sleep(_LOOK_S)
        return time.perf_counter() - began


@asynccontextmanager
async def _ready_workers(folder: Path, count: int, extra: list[str]) -> AsyncIterator[list[Process]]:
    command = [sys.executable, "-m", "bench.drain", str(folder), *extra]
    processes = [
        await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE) for _ in range(count)
    ]
    try:
        for process in processes:
            await _until_ready(process)
        yield processes
    finally:
        for process in processes:
            await _end(process)


async def _until_ready(process: Process) -> None:
    assert process.stdout is not None
    async for line in process.stdout:
        if line.strip() == drain.READY.encode():
            return
    raise RuntimeError("A worker process ended before it was ready; its reason stands above.")


async def _end(process: Process) -> None:
    if process.stdin is not None:
        process.stdin.close()
    try:
        await asyncio.wait_for(process.wait(), 20)
    except TimeoutError:
        process.kill()
        await process.wait()


async def _save_graph(database: Database) -> None:
    async with database.begin() as connection:
        await ensure_local_user(connection)
        await graph_store.save_graph(connection, LOCAL_USER_ID, graphs.single_node())


async def _fill_runs(connection: Connection, count: int) -> None:
    rows = [
        {
            "id": new_id(),
            "user_id": LOCAL_USER_ID,
            "graph_id": graphs.single_node().id,
            "graph_version": 1,
            "inputs": "{}",
            "options": "{}",
            "idempotency_key": None,
        }
        for _ in range(count)
    ]
    for start in range(0, count, 1000):
        await run_store.enqueue_new_runs(connection, rows[start : start + 1000])


async def _fill_bare(connection: Connection, count: int) -> None:
    await connection.execute(
        "INSERT INTO pgqueuer (priority, entrypoint, payload, status) "
        "SELECT 0, $1, NULL, 'queued' FROM generate_series(1, $2)",
        drain.BARE,
        count,
    )
