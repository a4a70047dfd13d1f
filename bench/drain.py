"""A worker process for W4: gets ready, waits for the word on stdin, then takes runs from the queue until stdin ends.

`python -m bench.drain FOLDER` works off runs as `blockyard worker` does. `python -m bench.drain FOLDER --bare` is
the floor: pgqueuer as it comes, with jobs that do nothing.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable
from datetime import timedelta
from pathlib import Path

import uvloop
from pgqueuer import PgQueuer
from pgqueuer.adapters.drivers.asyncpg import AsyncpgDriver
from pgqueuer.domain.models import Job

from backend.data.db import open_database
from bench.engine import engine, settings_for

BARE = "bench"
"""The bare jobs' entry point: a worker of ours leaves them alone."""
GO = "go"
READY = "ready"


async def drain_runs(folder: Path) -> None:
    """Work off runs with everything that a worker has."""
    async with engine(settings_for(folder)) as app:
        await _between_words(app.worker.queue.run())


async def drain_bare(folder: Path) -> None:
    """Work off jobs that do nothing, with pgqueuer alone."""
    database = await open_database(settings_for(folder))
    connection = await database.connect()
    queuer = PgQueuer(AsyncpgDriver(connection))

    async def nothing(job: Job) -> None:
        return

    queuer.entrypoint(BARE)(nothing)
    try:
        await _between_words(
            queuer.qm.run(dequeue_timeout=timedelta(seconds=10), batch_size=100, max_concurrent_tasks=400)
        )
    finally:
        connection.terminate()
        await database.close()


async def _between_words(work: Awaitable[None]) -> None:
    """Say that we are ready, do the work from the word on, stop when stdin ends."""
    print(READY, flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    task = asyncio.ensure_future(work)
    await asyncio.to_thread(sys.stdin.read)
    task.cancel()
    await asyncio.wait([task])


def main() -> None:
    folder = Path(sys.argv[1])
    uvloop.run(drain_bare(folder) if "--bare" in sys.argv else drain_runs(folder))


if __name__ == "__main__":
    main()
