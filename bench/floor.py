"""The floor under each work: the least that the same work costs on this machine, with nothing of ours in it."""

from __future__ import annotations

import asyncio
from concurrent.futures import Executor

from backend.data.connection import Connection
from bench.blocks import fibonacci
from bench.timing import Work


async def _light_node(n: int) -> int:
    return fibonacci(n)


async def fibonacci_row(count: int = 40, n: int = 10) -> None:
    """W1 on bare asyncio: one task for each node, each waits for the one before."""
    for _ in range(count):
        await asyncio.create_task(_light_node(n))


async def _passed(value: int) -> int:
    await asyncio.sleep(0)
    return value


async def _through(value: int, passes: int) -> int:
    for _ in range(passes):
        value = await _passed(value)
    return value


async def fan_out(count: int = 1000, passes: int = 3) -> None:
    """W3 on bare asyncio: one task for each value, which gives way at each node; gathered."""
    gathered = await asyncio.gather(*(_through(value, passes) for value in range(count)))
    assert gathered == list(range(count))


def fibonacci_on_all_cores(pool: Executor, count: int = 10, n: int = 33) -> Work:
    """W1b in plain Python: a pool of warm processes, one for each core."""

    async def run_once() -> None:
        loop = asyncio.get_running_loop()
        await asyncio.gather(*(loop.run_in_executor(pool, fibonacci, n) for _ in range(count)))

    return run_once


async def commits(connection: Connection, count: int = 40) -> Work:
    """Effects on bare PostgreSQL: `count` rows, each committed to disk before the next."""
    await connection.execute("CREATE TABLE IF NOT EXISTS bench_floor (id serial PRIMARY KEY, data json)")

    async def run_once() -> None:
        for _ in range(count):
            await connection.execute("INSERT INTO bench_floor (data) VALUES ($1)", '[["f", 1, 1, 0]]')

    return run_once
